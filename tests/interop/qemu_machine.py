"""A machine of QEMU with a boot sector of ours, its monitor, and what stands around it."""

import json
import socket
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from support import DEADLINE, Program, built, run, run_checks
from x_screen import pixels_of

HERE = Path(__file__).resolve().parent
TABLET = ("-device", "usb-ehci", "-device", "usb-tablet")


def until(check, what):
    """Calls `check` until it says yes."""
    end = time.monotonic() + DEADLINE
    while not check():
        assert time.monotonic() < end, f"{what}: not in {DEADLINE} s"
        time.sleep(0.05)


class Monitor:
    """The machine's control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        until(lambda: self.socket.connect_ex(str(path)) == 0, "monitor")
        self.lines = self.socket.makefile("r")
        self.lines.readline()
        self.call("qmp_capabilities")

    def call(self, command, descriptors=(), **arguments):
        text = json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n"
        socket.send_fds(self.socket, [text], list(descriptors))
        while True:
            reply = json.loads(self.lines.readline())
            assert "error" not in reply, f"{command}: {reply}"
            if "return" in reply:
                return reply["return"]

    def close(self):
        self.lines.close()
        self.socket.close()


class Picture(NamedTuple):
    """24 bits for each pixel."""

    size: tuple
    pixels: bytes

    def colours(self):
        return len({self.pixels[i:i + 3] for i in range(0, len(self.pixels), 3)})


class Machine(Program):
    """QEMU with the sector in machine/SECTOR.asm, without a system."""

    def __init__(self, folder, display, *options, sector="picture", machine="pc,accel=tcg"):
        self.folder = folder
        image = folder / f"{sector}.img"
        run("nasm", "-f", "bin", "-o", image, HERE / f"machine/{sector}.asm")
        self.control = folder / "control"
        self.control.unlink(missing_ok=True)
        super().__init__(
            "qemu-system-x86_64", "-machine", machine, "-m", "16", "-nodefaults",
            "-vga", "std", "-display", display, *options,
            "-drive", f"file={image},format=raw,if=ide,snapshot=on",
            "-qmp", f"unix:{self.control},server=on,wait=off")

    def __enter__(self):
        super().__enter__()
        self.monitor = Monitor(self.control)
        return self

    def __exit__(self, *_):
        self.monitor.close()
        super().__exit__()

    def picture(self):
        path = self.folder / "saved.ppm"
        self.monitor.call("screendump", filename=str(path))
        return Picture(*pixels_of(path.read_bytes()))

    def wait_for_boot(self):
        """Until the sector shows its colours: a key before that is lost."""
        until(lambda: self.picture().colours() > 100, "boot")

    def press(self, key):
        """By QEMU's name of the key."""
        self.monitor.call("send-key", keys=[{"type": "qcode", "data": key}])


def dbus_address(folder):
    return f"unix:path={folder}/bus"


def dbus_daemon(folder):
    return Program("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address",
                   f"--address={dbus_address(folder)}", ready="unix:")


class Bridge(Program):
    """qio-vnc, which waits for viewers at a socket in the folder."""

    def __init__(self, folder, *options, ready="listening: "):
        self.viewers = folder / "viewers"
        super().__init__(built("ui/tools/qio-vnc/qio-vnc"), "-a", dbus_address(folder),
                         "-l", f"unix:{self.viewers}", *options, ready=ready)


def run_in_folder(prefix, checks):
    """As run_checks(), of checks by name, which all get the same folder."""
    with tempfile.TemporaryDirectory(prefix="qio-qemu-") as folder:
        return run_checks(prefix, [(name, lambda c=check: c(Path(folder)))
                                   for name, check in checks.items()])
