"""Real machines of QEMU on D-Bus: what dbus-view sees is what QEMU's monitor saves.

qemu.py

QEMU boots a sector of our own, once on a private bus and once with a socket between the
two. Prints "ok NAME" or "FAILED NAME REASON" lines.
"""

import json
import socket
import sys
import tempfile
import time
from pathlib import Path

from support import DEADLINE, Program, built, run, run_checks

HERE = Path(__file__).resolve().parent
KEY_A, KEY_B, KEY_SPACE = 30, 48, 57


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


class View(Program):
    """dbus-view."""

    def __init__(self, *arguments, descriptors=()):
        super().__init__(built("tests/interop/dbus-view"), *arguments, descriptors=descriptors)

    def say(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def picture(self, folder):
        path = folder / "seen.ppm"
        self.say(f"dump {path}")
        self.line_with("dumped")
        return Picture(path)

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(DEADLINE)
        assert status == 0, f"dbus-view ended with {status}"


class Picture:
    """A PPM file."""

    def __init__(self, path):
        data = path.read_bytes()
        fields = data.split(maxsplit=4)
        self.size = int(fields[1]), int(fields[2])
        self.pixels = data[-3 * self.size[0] * self.size[1]:]

    def __eq__(self, other):
        return self.size == other.size and self.pixels == other.pixels

    def colours(self):
        return len({self.pixels[i:i + 3] for i in range(0, len(self.pixels), 3)})


class Machine(Program):
    """QEMU with the sector in machine/picture.asm, without a system."""

    def __init__(self, folder, display):
        self.folder = folder
        image = folder / "picture.img"
        run("nasm", "-f", "bin", "-o", image, HERE / "machine/picture.asm")
        self.control = folder / "control"
        self.control.unlink(missing_ok=True)
        super().__init__(
            "qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "16", "-nodefaults",
            "-vga", "std", "-device", "usb-ehci", "-device", "usb-tablet", "-display", display,
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
        return Picture(path)


def check_pictures(machine, view):
    """The same picture on both sides, after each key."""
    def same(colours):
        ours, theirs = view.picture(machine.folder), machine.picture()
        return ours == theirs and colours(ours.colours())

    until(lambda: same(lambda count: count > 100), "colours")
    size = view.picture(machine.folder).size
    view.say(f"key {KEY_A}")
    until(lambda: same(lambda count: count == 2), "text")
    assert view.picture(machine.folder).size != size, "the text has the size of the colours"
    for _ in range(5):
        view.say(f"key {KEY_SPACE}")
        until(lambda: same(lambda count: count > 100), "colours again")
        view.say(f"key {KEY_B}")
        until(lambda: same(lambda count: count == 2), "text again")
    # No button ends the machine, not even those that only newer ones know: the key behind
    # them comes to it in turn.
    for button in range(9):
        view.say(f"click 10 10 {button}")
    view.say("cut text")
    view.say(f"key {KEY_SPACE}")
    until(lambda: same(lambda count: count > 100), "colours after the buttons")
    assert machine.monitor.call("query-status")["running"], "a button stopped the machine"


def on_a_bus(folder):
    address = f"unix:path={folder}/bus"
    with Program("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address",
                 f"--address={address}", ready="unix:"), View("--bus", address) as view:
        view.line_with("vanished")
        for _ in range(2):  # it is followed when it is started again
            with Machine(folder, f"dbus,addr={address}") as machine:
                view.line_with("appeared")
                check_pictures(machine, view)
            view.line_with("vanished")
        view.end()


def with_a_socket(folder):
    with Machine(folder, "dbus,p2p=on") as machine:
        ours, theirs = socket.socketpair()
        with theirs:
            machine.monitor.call("getfd", [theirs.fileno()], fdname="viewer")
        with ours, View("--fd", ours.fileno(), descriptors=[ours.fileno()]) as view:
            ours.close()
            machine.monitor.call("add_client", protocol="@dbus-display", fdname="viewer")
            view.line_with("appeared")
            check_pictures(machine, view)
            machine.process.terminate()
            view.line_with("vanished")
            view.end()


def main():
    with tempfile.TemporaryDirectory(prefix="qio-qemu-") as folder:
        checks = {"on a bus": on_a_bus, "with a socket": with_a_socket}
        return run_checks("qemu", [(name, lambda c=check: c(Path(folder)))
                                   for name, check in checks.items()])


if __name__ == "__main__":
    sys.exit(main())
