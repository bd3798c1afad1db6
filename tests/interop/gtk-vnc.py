#!/usr/bin/python3
"""gtk-vnc's VncConnection against vnc-scene.

gtk-vnc.py [WORD]...: the checks whose name has each WORD in it.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from rfb_tap import Tap
from support import run_checks
from vnc_scene import (ANONYMOUS, KEYSYM_F7, LAST_STEP, ME, PASSWORD, PLAIN, SASL, VIEW_ONLY,
                       Scene, SceneClient, losses, make_credentials)

ENCODINGS = {"raw": 0, "rre": 2, "hextile": 5, "tight": 7, "zrle": 16}
FORMATS = ["32", "16", "8"]
SIZE, EXTENDED_SIZE, LAST_RECT = -223, -308, -224
QUALITY_6 = -26
CURSOR, ALPHA_CURSOR, POINTER_MODE, KEYS, SOUND, LEDS, NAME, XVP = (
    -239, -314, -257, -258, -259, -261, -307, -309)
TLS = 19  # VeNCrypt, as a security type


def client(port, *encodings, options=(), **more):
    listed = [word for number in encodings for word in ("--encoding", number)]
    return SceneClient("gvnc", port, *listed, *options, **more)


def see_from_home(folder):
    """What puts a program into a home whose authority is the folder's.

    It is where gtk-vnc looks for authorities, and the user's home is not to be touched.
    """
    authorities = Path(folder) / "home/.pki/CA"
    authorities.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(folder) / "ca-cert.pem", authorities / "cacert.pem")
    home = pwd.getpwuid(os.getuid()).pw_dir
    mount = f'mount --bind "{folder}/home" "{home}" && exec "$0" "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", mount]


def check_encoding(name, bits="32", before=()):
    with Scene() as server, Tap(server.port) as tap, \
            client(tap.port, *before, ENCODINGS[name], options=["--format", bits]) as viewer:
        viewer.watch_moving()
        used = tap.first_encoding(int(bits))
        assert used == name, f"{used} was used"


def check_jpeg():
    with Scene() as server, client(server.port, ENCODINGS["tight"], QUALITY_6) as viewer:
        lost = losses(viewer.see(0))
        assert lost and min(lost) > 0, "nothing was lossy"
        viewer.say("key", KEYSYM_F7, 65)
        viewer.see(LAST_STEP)


def check_many():
    """Equal ones share what is encoded, others must not."""
    kinds = [("tight", "32"), ("tight", "32"), ("zrle", "32"), ("zrle", "16"), ("zrle", "16"),
             ("hextile", "8"), ("tight", "16"), ("raw", "32")]
    with Scene() as server, contextlib.ExitStack() as stack:
        viewers = [stack.enter_context(client(
            server.port, ENCODINGS[name], options=["--format", bits])) for name, bits in kinds]
        for viewer in viewers:
            viewer.see(0)
        viewers[0].say("key", KEYSYM_F7)
        for viewer in viewers:
            viewer.see(LAST_STEP)


def check_login(method, server_options, client_options, view_only=False, within=()):
    with Scene(*server_options) as server, \
            client(server.port, 7, options=client_options, within=within) as viewer:
        line = server.line_with("login ")
        assert line.startswith(f"login {method} "), line
        server.line_with("client view" if view_only else "client control")
        viewer.see(0)
        if not view_only:
            viewer.watch_moving()


def check_sasl_plain(folder):
    """A password as it is, which the certificate protects."""
    options = ["--user", "joe", "--password", "secret", "--host", "localhost",
               "--type", TLS, "--subtype", 263]
    with mock.patch.dict(os.environ, SASL_CONF_PATH=f"{folder}/sasl-plain"):
        check_login("vencrypt+x509+sasl", ["--tls", folder] + SASL, options,
                    within=see_from_home(folder))


def check_refused(server_options, client_options, why="refused", within=()):
    with Scene(*server_options) as server, client(
            server.port, 7, options=client_options, ready=None, within=within) as viewer:
        viewer.line_with(why)


def check_input():
    with Scene() as server, client(server.port, 0, KEYS) as viewer:
        viewer.see(0)
        viewer.say("key", 0xe4, 40)
        server.line_with("key 228 40 down")
        server.line_with("key 228 40 up")
        viewer.say("pointer", 300, 200, 5)
        server.line_with("pointer 300 200 5")
    with Scene() as server, client(server.port, 0) as viewer:
        viewer.see(0)
        viewer.say("key", 0xe4, 40)
        server.line_with("key 228 - down")


def check_relative_pointer():
    with Scene() as server, client(server.port, 0, POINTER_MODE) as viewer:
        viewer.see(0)
        server.say("relative", 1)
        viewer.line_with("relative")
        viewer.say("pointer", 0x7fff + 3, 0x7fff - 5, 1)
        server.line_with("motion 3 -5 1")
        server.say("relative", 0)
        viewer.line_with("absolute")


def check_clipboard():
    with Scene() as server, client(server.port, 0) as viewer:
        viewer.see(0)
        viewer.say("cut", "one\\ntwo")
        server.line_with("cut one\\ntwo")
        server.say("clipboard", "three")
        viewer.line_with("cut")


def check_cursor(number, pixel):
    with Scene() as server, client(server.port, 0, number) as viewer:
        viewer.see(0)
        server.say("cursor", 1)
        viewer.line_with("cursor 12x10 3,4 " + pixel)


def check_sizes(*numbers):
    with Scene() as server, client(server.port, 16, *numbers) as viewer:
        viewer.see(0)
        server.say("size", 333, 222)
        viewer.line_with("size 333 222")
        viewer.see(0)
        if EXTENDED_SIZE in numbers:
            viewer.say("resize", 700, 500)
            server.line_with("resize 700 500")
            viewer.line_with("size 700 500")
        viewer.watch_moving()


def check_sound():
    with Scene() as server, client(server.port, 0, SOUND) as viewer:
        viewer.see(0)
        viewer.say("listen", 3, 2, 22050)
        server.say("tone")
        viewer.line_with("sound starts 3 2 22050")
        left, right = map(int, viewer.line_with("sound ").split()[1:])
        assert 3500 < left < 5500 and 7000 < right < 11000, f"{left}, {right}"
        server.say("silence")
        viewer.line_with("sound stops")


def check_others():
    with Scene() as server, client(server.port, 0, LEDS, NAME, XVP) as viewer:
        viewer.line_with("power")
        viewer.see(0)
        server.say("leds", 0, 1, 1)
        server.say("name", "other")
        viewer.line_with("name other")
        viewer.say("leds")
        viewer.line_with("leds 6")
        server.say("bell")
        viewer.line_with("bell")
        viewer.say("power", 2)
        server.line_with("power 0")
        viewer.say("power", 3)
        viewer.line_with("power failed")


def logins(folder):
    """Security types: name, what the server reports, options of both sides."""
    x509 = ["--tls", folder]
    name = ["--host", "localhost"]
    inside = {"None": ("none", [], 257, 260), "Vnc": ("vnc", PASSWORD, 258, 261),
              "Plain": ("plain", PLAIN, 259, 262), "SASL": ("sasl", SASL, 264, 263)}
    table = [("None", "none", [], []), ("VNC", "vnc", PASSWORD, ME),
             ("SASL", "sasl", SASL, ME)]
    for kind, (method, options, tls, certified) in inside.items():
        table += [(f"TLS{kind}", f"vencrypt+tls+{method}", ANONYMOUS + options,
                   ME + ["--type", TLS, "--subtype", tls]),
                  (f"X509{kind}", f"vencrypt+x509+{method}", x509 + options,
                   ME + name + ["--type", TLS, "--subtype", certified], False,
                   see_from_home(folder))]
    return table


def all_checks(folder):
    checks = [(f"{name} {bits} bits", lambda name=name, bits=bits: check_encoding(name, bits))
              for name in ENCODINGS for bits in FORMATS]
    checks += [(name, lambda rest=rest: check_login(*rest)) for name, *rest in logins(folder)]
    checks += [
        ("tight JPEG", check_jpeg), ("many at once", check_many),
        ("copyrect and last rectangle before zrle",
         lambda: check_encoding("zrle", before=[1, LAST_RECT])),
        ("view-only password", lambda: check_login(
            "vnc", VIEW_ONLY, ["--password", "looking"], view_only=True)),
        ("wrong password", lambda: check_refused(PASSWORD, ["--password", "wrong"])),
        ("strange authority", lambda: check_refused(
            ["--tls", folder], ["--host", "localhost"], "not trusted",
            see_from_home(f"{folder}/stranger"))),
        ("X509SASL PLAIN", lambda: check_sasl_plain(folder)),
        ("wrong SASL password", lambda: check_refused(
            SASL, ["--user", "joe", "--password", "wrong"])),
        ("keys and pointer", check_input), ("relative pointer", check_relative_pointer),
        ("clipboard", check_clipboard),
        ("cursor", lambda: check_cursor(CURSOR, "0 192 255 255")),
        ("alpha cursor", lambda: check_cursor(ALPHA_CURSOR, "255 192 0 255")),
        ("desktop size", lambda: check_sizes(SIZE)),
        ("extended desktop size", lambda: check_sizes(EXTENDED_SIZE)),
        ("sound", check_sound), ("lights, name, bell and power", check_others)]
    return checks


def may_mount():
    """Whether this system lets us have a home of our own for a program."""
    command = ["unshare", "--map-root-user", "--mount", "true"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def possible_checks(folder):
    checks = all_checks(folder)
    if may_mount():
        return checks
    print("left out: X.509, which takes a mount namespace", file=sys.stderr)
    return [check for check in checks
            if not check[0].startswith("X509") and check[0] != "strange authority"]


def main(words):
    with tempfile.TemporaryDirectory(prefix="qio-gtk-vnc.") as folder:
        make_credentials(folder)
        return run_checks("gtk-vnc", [
            check for check in possible_checks(folder) if all(word in check[0] for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
