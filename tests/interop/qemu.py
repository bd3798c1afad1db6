"""Real machines of QEMU on D-Bus: what dbus-view sees is what QEMU's monitor saves.

qemu.py

QEMU boots a sector of our own, once on a private bus and once with a socket between the
two. Prints "ok NAME" or "FAILED NAME REASON" lines.
"""

import socket
import sys

from qemu_machine import TABLET, Machine, Picture, dbus_address, dbus_daemon, run_in_folder, until
from support import DEADLINE, Program, built
from x_screen import pixels_of

KEY_A, KEY_B, KEY_SPACE = 30, 48, 57


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
        return Picture(*pixels_of(path.read_bytes()))

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(DEADLINE)
        assert status == 0, f"dbus-view ended with {status}"


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
    address = dbus_address(folder)
    with dbus_daemon(folder), View("--bus", address) as view:
        view.line_with("vanished")
        for _ in range(2):  # it is followed when it is started again
            with Machine(folder, f"dbus,addr={address}", *TABLET) as machine:
                view.line_with("appeared")
                check_pictures(machine, view)
            view.line_with("vanished")
        view.end()


def with_a_socket(folder):
    with Machine(folder, "dbus,p2p=on", *TABLET) as machine:
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
    return run_in_folder("qemu", {"on a bus": on_a_bus, "with a socket": with_a_socket})


if __name__ == "__main__":
    sys.exit(main())
