"""Real machines of QEMU on D-Bus: what dbus-view sees is what QEMU's monitor saves.

qemu.py

QIO_BUILD names the build folder (build). QEMU boots a sector of our own, once on a private
bus and once with a socket between the two. Prints "ok NAME" or "FAILED NAME REASON" lines.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("QIO_BUILD", HERE.parent.parent / "build")).resolve()
DEADLINE = 30
KEY_A, KEY_B, KEY_SPACE = 30, 48, 57


def until(check, what):
    """Calls `check` until it says yes, with short naps between."""
    end = time.monotonic() + DEADLINE
    while not check():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not in {DEADLINE} s")
        time.sleep(0.05)


class Monitor:
    """The machine's control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        until(lambda: self.socket.connect_ex(str(path)) == 0, "monitor")
        self.lines = self.socket.makefile("r")
        self.lines.readline()
        self.call("qmp_capabilities")

    def call(self, command, descriptors=(), **arguments):
        text = json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n"
        socket.send_fds(self.socket, [text], list(descriptors))
        while True:
            reply = json.loads(self.lines.readline())
            if "error" in reply:
                raise RuntimeError(f"{command}: {reply['error']}")
            if "return" in reply:
                return reply["return"]


class View:
    """dbus-view."""

    def __init__(self, *arguments, descriptors=()):
        self.process = subprocess.Popen(
            [BUILD / "tests/interop/dbus-view", *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, pass_fds=descriptors)

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def hear(self, wanted):
        """The lines up to one that begins with `wanted`."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.strip())
            if line.startswith(wanted):
                return lines
        raise RuntimeError(f"dbus-view ended before it said {wanted}")

    def close(self):
        self.process.stdin.close()
        if self.process.wait(DEADLINE) != 0:
            raise RuntimeError(f"dbus-view ended with {self.process.returncode}")


class Picture:
    def __init__(self, path):
        data = path.read_bytes()
        fields = data.split(maxsplit=4)
        self.size = int(fields[1]), int(fields[2])
        self.pixels = data[-3 * self.size[0] * self.size[1]:]

    def __eq__(self, other):
        return self.size == other.size and self.pixels == other.pixels

    def colours(self):
        return len({self.pixels[i:i + 3] for i in range(0, len(self.pixels), 3)})


class Machine:
    def __init__(self, folder, display):
        self.folder = folder
        image = folder / "picture.img"
        subprocess.run(["nasm", "-f", "bin", "-o", image, HERE / "machine/picture.asm"],
                       check=True)
        control = folder / "control"
        control.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "16", "-nodefaults",
             "-vga", "std", "-device", "usb-ehci", "-device", "usb-tablet", "-display", display,
             "-drive", f"file={image},format=raw,if=ide,snapshot=on",
             "-qmp", f"unix:{control},server=on,wait=off"])
        self.monitor = Monitor(control)

    def saved(self):
        path = self.folder / "saved.ppm"
        self.monitor.call("screendump", filename=str(path))
        return Picture(path)

    def close(self):
        self.process.terminate()
        self.process.wait()


@contextmanager
def closing(thing):
    try:
        yield thing
    finally:
        thing.close()


def seen(view, folder):
    path = folder / "seen.ppm"
    view.say(f"dump {path}")
    view.hear("dumped")
    return Picture(path)


def check_pictures(machine, view):
    """The same picture on both sides, after each key."""
    def same(colours):
        ours, theirs = seen(view, machine.folder), machine.saved()
        return ours == theirs and colours(ours.colours())

    until(lambda: same(lambda count: count > 100), "colours")
    size = seen(view, machine.folder).size
    view.say(f"key {KEY_A}")
    until(lambda: same(lambda count: count == 2), "text")
    if seen(view, machine.folder).size == size:
        raise RuntimeError("the text has the size of the colours")
    for _ in range(5):
        view.say(f"key {KEY_SPACE}")
        until(lambda: same(lambda count: count > 100), "colours again")
        view.say(f"key {KEY_B}")
        until(lambda: same(lambda count: count == 2), "text again")
    for button in range(9):
        view.say(f"click 10 10 {button}")
    view.say("list")
    view.hear("listed")
    machine.monitor.call("query-status")


@contextmanager
def bus(folder):
    address = f"unix:path={folder}/bus"
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"])
    try:
        until((folder / "bus").exists, "bus")
        yield address
    finally:
        daemon.terminate()
        daemon.wait()


def on_a_bus(folder):
    with bus(folder) as address, closing(View("--bus", address)) as view:
        view.hear("vanished")
        for _ in range(2):
            with closing(Machine(folder, f"dbus,addr={address}")) as machine:
                view.hear("appeared")
                check_pictures(machine, view)
            view.hear("vanished")


def with_a_socket(folder):
    with closing(Machine(folder, "dbus,p2p=on")) as machine:
        ours, theirs = socket.socketpair()
        machine.monitor.call("getfd", [theirs.fileno()], fdname="viewer")
        theirs.close()
        with closing(View("--fd", str(ours.fileno()), descriptors=(ours.fileno(),))) as view:
            ours.close()
            machine.monitor.call("add_client", protocol="@dbus-display", fdname="viewer")
            view.hear("appeared")
            check_pictures(machine, view)
            machine.close()
            view.hear("vanished")


def main():
    failed = False
    for check in (on_a_bus, with_a_socket):
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(Path(folder))
                print(f"ok qemu {check.__name__}", flush=True)
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                failed = True
                print(f"FAILED qemu {check.__name__} {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
