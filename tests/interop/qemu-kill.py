#!/usr/bin/python3
"""Real machines of QEMU and qio-vnc, and the end of either by force at any moment.

qemu-kill.py [SEED]

QEMU must run on whenever qio-vnc is killed; when QEMU is killed, qio-vnc waits for the next
one, or ends. The moments are random; SEED repeats those of a run, which prints it. Prints
"ok NAME" or "FAILED NAME REASON" lines.
"""

import contextlib
import random
import subprocess
import sys
import threading
import time

from qemu_machine import Bridge, Machine, dbus_address, dbus_daemon, run_in_folder, until
from rfb_viewer import Viewer
from support import DEADLINE

ROUNDS_OF_SERVERS, ROUNDS_OF_MACHINES, ROUNDS_OF_BOTH = 10, 5, 3
SETTING_UP = 0.2  # seconds within which a program that is being set up is killed
SHOWING = 0.8  # and one that shows what changes
LONGEST_ANSWER = 2
KEYSYM_A = 0x61


def machine_on_bus(folder):
    return Machine(folder, f"dbus,addr={dbus_address(folder)}", sector="modes")


def expect_running(machine):
    started = time.monotonic()
    status = machine.monitor.call("query-status")["status"]
    took = time.monotonic() - started
    assert status == "running", f"the machine is {status}"
    assert took < LONGEST_ANSWER, f"the machine took {took:.1f} s to answer"


def expect_pictures(viewer, machine):
    """Both have the same one, and another after a key of the viewer's."""
    until(lambda: viewer.picture() == machine.picture(), "picture")
    before = viewer.picture()
    viewer.press(KEYSYM_A)
    until(lambda: before != viewer.picture() == machine.picture(), "next picture")


def kill_after(program, seconds):
    """It has to live until then."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        status = program.process.wait(seconds)
        raise AssertionError(f"{program.command[0]} ended with {status}")
    program.process.kill()
    program.process.wait()


def kill_while_showing(bridge, machine, seconds):
    """The modes change until then, and a viewer looks."""
    with Viewer(bridge.viewers) as viewer:
        killer = threading.Timer(seconds, bridge.process.kill)
        killer.start()
        with contextlib.suppress(ConnectionError):
            while True:
                machine.press("a")
                viewer.take_message()
        killer.join()


def check_end_of_server(folder, moments):
    with dbus_daemon(folder), machine_on_bus(folder) as machine:
        machine.wait_for_boot()
        for _ in range(ROUNDS_OF_SERVERS // 2):
            with Bridge(folder, ready=None) as bridge:
                kill_after(bridge, moments.uniform(0, SETTING_UP))
            expect_running(machine)
            with Bridge(folder) as bridge:
                kill_while_showing(bridge, machine, moments.uniform(0, SHOWING))
            expect_running(machine)
        with Bridge(folder) as bridge, Viewer(bridge.viewers) as viewer:
            expect_pictures(viewer, machine)


def check_end_of_machine(folder, moments):
    """A viewer stays through it all."""
    with dbus_daemon(folder), Bridge(folder, "--wait") as bridge:
        with machine_on_bus(folder) as machine:
            bridge.line_with("showing ")
            machine.wait_for_boot()
            viewer = Viewer(bridge.viewers)
            expect_pictures(viewer, machine)
            machine.process.kill()
        with viewer:
            for _ in range(ROUNDS_OF_MACHINES - 1):
                with machine_on_bus(folder) as machine:
                    machine.press("a")
                    kill_after(machine, moments.uniform(0, 2 * SHOWING))
                viewer.picture()
            with machine_on_bus(folder) as machine:
                machine.wait_for_boot()
                expect_pictures(viewer, machine)


def check_end_of_both(folder, moments):
    with dbus_daemon(folder):
        for _ in range(ROUNDS_OF_BOTH):
            with machine_on_bus(folder) as machine, Bridge(folder) as bridge:
                kill_after(machine, moments.uniform(0, SHOWING))
                status = bridge.process.wait(DEADLINE)
                assert status == 0, f"qio-vnc ended with {status}"


def main(seed):
    print(f"seed {seed}", flush=True)
    checks = {"end of qio-vnc": check_end_of_server, "end of QEMU": check_end_of_machine,
              "end of QEMU without --wait": check_end_of_both}
    return run_in_folder("qemu-kill", {
        name: lambda folder, c=check: c(folder, random.Random(seed))
        for name, check in checks.items()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else str(random.randrange(2 ** 32))))
