#!/usr/bin/python3
"""libvncserver's client library against vnc-scene.

libvncclient.py [WORD]...: the checks whose name has each WORD in it.
"""

import sys
import tempfile

from rfb_tap import Tap
from support import run_checks
from vnc_scene import (ANONYMOUS, KEYSYM_F7, LAST_STEP, ME, PASSWORD, PLAIN, SASL, VIEW_ONLY,
                       Scene, SceneClient, losses, make_credentials)

ENCODINGS = ["raw", "rre", "hextile", "zlib", "tight", "trle", "zrle"]
FORMATS = ["32", "16", "8"]


def client(port, *options, **more):
    return SceneClient("libvnc", port, *options, **more)


def check_encoding(name, *options, bits="32"):
    with Scene() as server, Tap(server.port) as tap, \
            client(tap.port, "--encodings", f"{name} raw", "--format", bits,
                   *options) as viewer:
        viewer.watch_moving()
        used = tap.first_encoding(int(bits))
        assert used == name.split()[-1], f"{used} was used"


def check_jpeg(bits):
    """What is lossy at first is exact in the end."""
    with Scene() as server, client(server.port, "--encodings", "tight raw", "--jpeg",
                                   "--format", bits) as viewer:
        lost = losses(viewer.see(0))
        assert lost and min(lost) > 0, "nothing was lossy"
        viewer.say("key", KEYSYM_F7)
        viewer.see(LAST_STEP)


def check_waves():
    """Tiles of many colours come as waves at first, and exact in the end."""
    with Scene() as server, Tap(server.port) as tap, \
            client(tap.port, "--encodings", "zywrle raw", "--jpeg") as viewer:
        lost = losses(viewer.see(0))
        assert lost and min(lost) > 0, "nothing was lossy"
        assert (used := tap.first_encoding()) == "zywrle", f"{used} was used"
        viewer.say("key", KEYSYM_F7)
        viewer.see(LAST_STEP)


def check_login(method, server_options, client_options, view_only=False):
    with Scene(*server_options) as server, client(server.port, *client_options) as viewer:
        line = server.line_with("login ")
        assert line.startswith(f"login {method} "), line
        server.line_with("client view" if view_only else "client control")
        viewer.see(0)
        if not view_only:
            viewer.watch_moving()


def check_refused(server_options, client_options):
    with Scene(*server_options) as server, \
            client(server.port, *client_options, ready=None) as viewer:
        viewer.line_with("refused")


def check_input():
    with Scene() as server, client(server.port) as viewer:
        viewer.see(0)
        viewer.say("key", 0xe4, 40)
        server.line_with("key 228 40 down")
        server.line_with("key 228 40 up")
        viewer.say("key", 0x61)
        server.line_with("key 97 - down")
        viewer.say("pointer", 300, 200, 5)
        server.line_with("pointer 300 200 5")


def check_clipboard():
    with Scene() as server, client(server.port) as viewer:
        viewer.see(0)
        viewer.say("cut", "one\\ntwo")
        server.line_with("cut one\\ntwo")
        server.say("clipboard", "caf\u00e9 three")
        assert "three" in viewer.line_with("cut ")


def check_cursor():
    with Scene() as server, client(server.port, "--cursor") as viewer:
        viewer.see(0)
        server.say("cursor", 1)
        viewer.line_with("cursor 12x10 3,4")


def check_sizes():
    with Scene() as server, client(server.port, "--encodings", "zrle raw") as viewer:
        viewer.see(0)
        server.say("size", 333, 222)
        viewer.line_with("size 333 222")
        viewer.see(0)
        viewer.say("resize", 700, 500)
        server.line_with("resize 700 500")
        viewer.line_with("size 700 500")
        viewer.watch_moving()


def check_others():
    with Scene() as server, client(server.port) as viewer:
        viewer.line_with("power 1 1")
        viewer.see(0)
        viewer.say("power", 2)
        server.line_with("power 0")
        viewer.say("power", 3)
        viewer.line_with("power 1 0")
        server.say("bell")
        viewer.line_with("bell")


def logins(folder):
    """Security types: name, what the server reports, options of both sides."""
    x509 = ["--tls", folder]
    ca = ["--ca", f"{folder}/ca-cert.pem"]
    by_number = ca + ["--host", "127.0.0.1"]  # SASL's library takes no names
    ca += ["--host", "localhost"]
    return [
        ("None", "none", [], []),
        ("SASL DIGEST-MD5", "sasl", SASL, ME + ["--mechanism", "DIGEST-MD5"]),
        ("TLSSASL", "vencrypt+tls+sasl", ANONYMOUS + SASL, ME + ["--mechanism", "SCRAM-SHA-256"]),
        ("X509SASL", "vencrypt+x509+sasl", x509 + SASL, by_number + ME + ["--mechanism", "SCRAM-SHA-256"]),
        ("VNC", "vnc", PASSWORD, ME),
        ("TLSNone", "vencrypt+tls+none", ANONYMOUS, []),
        ("TLSVnc", "vencrypt+tls+vnc", ANONYMOUS + PASSWORD, ME),
        ("TLSPlain", "vencrypt+tls+plain", ANONYMOUS + PLAIN, ME),
        ("X509None", "vencrypt+x509+none", x509, ca),
        ("X509Vnc", "vencrypt+x509+vnc", x509 + PASSWORD, ca + ME),
        ("X509Plain", "vencrypt+x509+plain", x509 + PLAIN, ca + ME),
    ]


def all_checks(folder):
    checks = [(f"{name} {bits} bits", lambda name=name, bits=bits: check_encoding(name, bits=bits))
              for name in ENCODINGS for bits in FORMATS]
    checks += [(f"{name} level {level}", lambda name=name, level=level: check_encoding(
        name, "--compression", level)) for name in ["zlib", "tight", "zrle"] for level in [0, 9]]
    checks += [("copyrect before tight", lambda: check_encoding("copyrect tight"))]
    checks += [("zywrle 32 bits", check_waves)]
    checks += [(f"zywrle {bits} bits", lambda bits=bits: check_encoding("zywrle", bits=bits))
               for bits in ["16", "8"]]
    checks += [(f"tight JPEG {bits} bits", lambda bits=bits: check_jpeg(bits))
               for bits in ["32", "16"]]
    checks += [(name, lambda rest=rest: check_login(*rest)) for name, *rest in logins(folder)]
    checks += [
        ("view-only password", lambda: check_login(
            "vnc", VIEW_ONLY, ["--password", "looking"], view_only=True)),
        ("wrong password", lambda: check_refused(PASSWORD, ["--password", "wrong"])),
        ("strange authority", lambda: check_refused(
            ["--tls", folder], ["--ca", f"{folder}/stranger/ca-cert.pem"])),
        ("keys and pointer", check_input), ("clipboard", check_clipboard),
        ("cursor", check_cursor), ("sizes", check_sizes), ("power and bell", check_others)]
    return checks


def main(words):
    with tempfile.TemporaryDirectory(prefix="qio-libvncclient.") as folder:
        make_credentials(folder)
        return run_checks("libvncclient", [
            check for check in all_checks(folder) if all(word in check[0] for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
