#!/usr/bin/python3
"""Real machines of QEMU with qio-vnc beside them, in viewers: TigerVNC, and one that hears.

qemu-viewers.py

QEMU boots a sector that goes to another mode with every key. What is on the screen must
become what its monitor saves. Prints "ok NAME" or "FAILED NAME REASON" lines.
"""

import array
import contextlib
import os
import sys

from qemu_machine import Bridge, Machine, dbus_address, dbus_daemon, run_in_folder, until
from rfb_viewer import SOUND, Viewer
from support import Program, run
from x_screen import XScreen

LARGEST = 1920, 1080
SIZES = [(640, 480), (720, 400), (1024, 768), LARGEST, (1024, 768), (720, 400), (640, 480)]
HERTZ = 1000  # of the tone in machine/modes.asm
RATE = 22050  # samples in a second
KEYSYM_A, KEYSYM_B = 0x61, 0x62


@contextlib.contextmanager
def shown_machine(folder):
    """The machine, and where viewers connect."""
    display = f"dbus,addr={dbus_address(folder)},audiodev=snd"
    with dbus_daemon(folder), Bridge(folder, "--wait") as bridge, \
            Machine(folder, display, "-audiodev", "dbus,id=snd", sector="modes",
                    machine="pc,accel=tcg,pcspk-audiodev=snd") as machine:
        bridge.line_with("showing ")
        machine.wait_for_boot()
        yield machine, bridge


def inner(picture, size):
    """The middle of it."""
    (width, height), pixels = picture
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    rows = [3 * ((top + row) * width + left) for row in range(size[1])]
    return size, b"".join(pixels[at:at + 3 * size[0]] for at in rows)


def check_tigervnc(folder):
    def shows(size):
        picture = machine.picture()
        return picture.size == size and inner(screen.picture(), size) == picture

    os.environ["HOME"] = str(folder)
    with XScreen(folder, *LARGEST) as screen, shown_machine(folder) as (machine, bridge), \
            Program("xtigervncviewer", "-FullScreen", "-AlertOnFatalError=0", "-RemoteResize=0",
                    "-ReconnectOnError=0", "-AutoSelect=0", "-PreferredEncoding=ZRLE",
                    bridge.viewers):
        seen = set()
        for size in SIZES:
            until(lambda size=size: shows(size), f"{size[0]} x {size[1]}")
            seen.add(machine.picture())
            run("xdotool", "key", "--clearmodifiers", "a")
        assert len(seen) == len(SIZES), f"{len(seen)} different pictures"


def tone_of(samples):
    """How often the samples change from one side to the other and back, in a second."""
    values = array.array("h", samples)
    middle = (min(values) + max(values)) / 2
    changes = sum((one > middle) != (other > middle) for one, other in zip(values, values[1:]))
    return changes / 2 * RATE / len(values)


def check_sound(folder):
    with shown_machine(folder) as (machine, bridge), Viewer(bridge.viewers, SOUND) as viewer:
        viewer.listen(RATE)
        viewer.press(KEYSYM_B)
        while len(viewer.samples) < RATE:  # half a second
            viewer.take_message()
        tone = tone_of(bytes(viewer.samples))
        assert abs(tone - HERTZ) < HERTZ / 50, f"{tone} Hz, not {HERTZ}"
        loudest = max(map(abs, array.array("h", bytes(viewer.samples))))
        assert loudest > 10000, f"samples up to {loudest}"
        viewer.press(KEYSYM_A)
        while viewer.is_playing:
            viewer.take_message()


def main():
    return run_in_folder("qemu-viewers", {"tigervnc": check_tigervnc, "sound": check_sound})


if __name__ == "__main__":
    sys.exit(main())
