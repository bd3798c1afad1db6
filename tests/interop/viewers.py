#!/usr/bin/python3
"""Viewers of other projects, on a screen of their own, against vnc-scene.

viewers.py [WORD]...: the checks whose name has each WORD in it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rfb_tap import Tap
from support import DEADLINE, run, run_checks
from vnc_scene import (ANONYMOUS, HEIGHT, LAST_STEP, PASSWORD, PLAIN, WIDTH, Scene, Talking,
                       make_credentials)
from x_screen import Selection, XScreen, largest_difference, pixels_of, scene, with_levels

SCREEN, FIRST, LAST = None, None, None  # set by main()
LEVELS = {0: (1, 1, 1), 1: (2, 2, 2), 2: (3, 3, 2)}  # TigerVNC's bits of each colour


def tigervnc(port, *options):
    return Talking("xtigervncviewer", "-FullScreen", "-AlertOnFatalError=0",
                   "-ReconnectOnError=0", "-AutoSelect=0", *options, f"localhost::{port}")


def tightvnc(port, *options):
    return Talking("xtightvncviewer", "-fullscreen", *options, f"localhost::{port}")


def ssvnc(port, *options):
    return Talking("ssvncviewer", "-fullscreen", *options, f"localhost::{port}")


def wait_for(found, wanted, difference):
    """`difference(found())` becomes at most `wanted`."""
    end = time.monotonic() + DEADLINE
    while (last := difference(found())) > wanted:
        assert time.monotonic() < end, f"{last} away"
        time.sleep(0.01)  # leaves the processor to those who draw


def expect_screen(picture, bound=0):
    def difference(shown):
        # To know which is the largest takes long.
        return largest_difference(shown, picture) if bound else int(shown != picture)

    wait_for(SCREEN.picture, bound, difference)


def press(key):
    run("xdotool", "key", "--clearmodifiers", key)


def watch_moving(server, change=lambda picture: picture, bound=0):
    expect_screen(change(FIRST), bound)
    press("F7")
    server.line_with("key ")
    expect_screen(change(LAST), bound)


def check_encoding(viewer, used, *options, bits=32):
    with Scene() as server, Tap(server.port) as tap, viewer(tap.port, *options):
        watch_moving(server)
        found = tap.first_encoding(bits)
        assert found == used, f"{found} was used"


def check_low_colours(level):
    with Scene() as server, tigervnc(server.port, "-FullColor=0", f"-LowColorLevel={level}"):
        watch_moving(server, lambda picture: with_levels(picture, *LEVELS[level]), 1)


def check_login(method, server_options, options):
    with Scene(*server_options) as server, tigervnc(server.port, *options):
        line = server.line_with("login ")
        assert line.startswith(f"login {method} "), line
        watch_moving(server)


def check_password(viewer, folder):
    with Scene(*PASSWORD) as server, \
            viewer(server.port, "-passwd", f"{folder}/obscured"):
        server.line_with("login vnc")
        watch_moving(server)


def check_refused(viewer, folder):
    with Scene("--method", "password", "--password", "other") as server, \
            viewer(server.port, "-passwd", f"{folder}/obscured") as program:
        program.line_with("uthentication fail")


def check_clipboard():
    with Scene() as server, tigervnc(server.port):
        expect_screen(FIRST)
        server.say("clipboard", "grüße 😀")
        end = time.monotonic() + DEADLINE
        while (found := Selection.get()) != "grüße 😀":
            assert time.monotonic() < end, found
        Selection.put("zurück 😀\nzwei")
        server.line_with("cut zurück 😀\\nzwei")


def check_sizes():
    with Scene("--size", "500 400") as server, tigervnc(server.port, "-RemoteResize=1"):
        server.line_with(f"resize {WIDTH} {HEIGHT}")
        watch_moving(server)


def check_snapshot(folder, encoding):
    with Scene() as server, Tap(server.port) as tap:
        file = f"{folder}/snapshot.jpg"
        run("vncsnapshot", "-nojpeg", "-encodings", encoding, "-quality", 100,
            f"localhost:{tap.port - 5900}", file)
        shown = pixels_of(run("convert", file, "-depth", "8", "ppm:-").stdout)
        loss = largest_difference(shown, FIRST)
        assert loss <= 60, f"{loss} away"
        used = tap.first_encoding()
        assert used == encoding, f"{used} was used"


def logins(folder):
    """Names of TigerVNC's security types, what the server reports, the server's options."""
    x509 = ["--tls", folder]
    return [("None", "none", []), ("VncAuth", "vnc", PASSWORD),
            ("TLSNone", "vencrypt+tls+none", ANONYMOUS),
            ("TLSVnc", "vencrypt+tls+vnc", ANONYMOUS + PASSWORD),
            ("TLSPlain", "vencrypt+tls+plain", ANONYMOUS + PLAIN),
            ("X509None", "vencrypt+x509+none", x509),
            ("X509Vnc", "vencrypt+x509+vnc", x509 + PASSWORD),
            ("X509Plain", "vencrypt+x509+plain", x509 + PLAIN)]


def tigervnc_checks(folder):
    checks = [(f"tigervnc {name}", lambda name=name: check_encoding(
        tigervnc, name.lower(), f"-PreferredEncoding={name}", "-NoJPEG"))
              for name in ["Raw", "Hextile", "ZRLE", "Tight"]]
    checks += [(f"tigervnc Tight with JPEG {quality}", lambda quality=quality: check_encoding(
        tigervnc, "tight", "-PreferredEncoding=Tight", f"-QualityLevel={quality}"))
               for quality in [1, 9]]
    checks += [(f"tigervnc low colours {level}", lambda level=level: check_low_colours(level))
               for level in LEVELS]
    checks += [(f"tigervnc {name}", lambda name=name, method=method, options=options: check_login(
        method, options, [f"-SecurityTypes={name}", f"-X509CA={folder}/ca-cert.pem"]))
               for name, method, options in logins(folder)]
    return checks + [("tigervnc clipboard", check_clipboard), ("tigervnc sizes", check_sizes)]


def old_checks(folder):
    """Viewers that know RFB 3.3 to 3.8 and no extensions of later years."""
    checks = [(f"tightvnc {name}", lambda name=name: check_encoding(
        tightvnc, name, "-encodings", name, "-nojpeg"))
              for name in ["raw", "rre", "hextile", "zlib", "tight"]]
    checks += [(f"ssvnc {name}", lambda name=name: check_encoding(
        ssvnc, name, "-encodings", name, "-nojpeg"))
               for name in ["raw", "rre", "hextile", "zlib", "tight", "zrle"]]
    checks += [(f"vncsnapshot {name}", lambda name=name: check_snapshot(folder, name))
               for name in ["raw", "hextile", "zlib", "tight"]]
    for name, viewer in [("tightvnc", tightvnc), ("ssvnc", ssvnc)]:
        checks += [(f"{name} password", lambda viewer=viewer: check_password(viewer, folder)),
                   (f"{name} wrong password", lambda viewer=viewer: check_refused(
                       viewer, folder))]
    return checks


def main(words):
    global SCREEN, FIRST, LAST  # pylint: disable=global-statement
    FIRST, LAST = scene(0), scene(LAST_STEP)
    with tempfile.TemporaryDirectory(prefix="qio-viewers.") as folder, \
            XScreen(folder) as SCREEN:
        make_credentials(folder)
        os.environ.update(HOME=folder, VNC_USERNAME="joe", VNC_PASSWORD="secret")
        obscured = subprocess.run(["tigervncpasswd", "-f"], input=b"secret\n", check=True,
                                  capture_output=True).stdout
        Path(folder, "obscured").write_bytes(obscured)
        checks = tigervnc_checks(folder) + old_checks(folder)
        return run_checks("viewers", [
            check for check in checks if all(word in check[0] for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
