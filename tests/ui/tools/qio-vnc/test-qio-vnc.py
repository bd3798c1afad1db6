#!/usr/bin/env python3
"""qio-vnc as a program, with a bus and a fake machine: whom it serves, and how it ends.

test-qio-vnc.py PROGRAM FAKE_MACHINE MAKE_CREDENTIALS VNC_RESPONSE [UNITTEST OPTION]...
"""

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

PROGRAM, FAKE_MACHINE, MAKE_CREDENTIALS, VNC_RESPONSE = (sys.argv.pop(1) for _ in range(4))
DEADLINE = 30


def until(check, what):
    """Calls `check` until it says yes."""
    end = time.monotonic() + DEADLINE
    while not check():
        assert time.monotonic() < end, f"{what}: not in {DEADLINE} s"
        time.sleep(0.01)


class Process:
    """A program, and the lines it prints."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, **options)
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line_with(self, part):
        end = time.monotonic() + DEADLINE
        while True:
            try:
                line = self.lines.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                line = None
            assert line is not None, f"no '{part}' in {self.seen}"
            self.seen.append(line)
            if part in line:
                return line

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def calls(self):
        """What a fake machine was asked for so far."""
        self.say("calls")
        first = len(self.seen)
        self.line_with("end")
        return self.seen[first:-1]

    def end(self, signal_number=None):
        if signal_number is not None:
            self.process.send_signal(signal_number)
        else:
            self.process.stdin.close()
        return self.process.wait(DEADLINE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(DEADLINE)
        self.process.stdout.close()
        with contextlib.suppress(OSError):
            self.process.stdin.close()


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        assert part, f"the end after {data!r}"
        data += part
    return data


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(DEADLINE)
    connection.connect(str(path))
    return connection


def security_types(path):
    with connect(path) as connection:
        assert receive(connection, 12) == b"RFB 003.008\n"
        connection.sendall(b"RFB 003.008\n")
        return list(receive(connection, receive(connection, 1)[0]))


def comes_in(path, password):
    """Whether that password opens the server."""
    with connect(path) as connection:
        receive(connection, 12)
        connection.sendall(b"RFB 003.008\n")
        assert receive(connection, 2) == b"\1\2"
        connection.sendall(b"\2")
        answer = subprocess.run([VNC_RESPONSE, password, receive(connection, 16).hex()],
                                capture_output=True, text=True, timeout=DEADLINE, check=True)
        connection.sendall(bytes.fromhex(answer.stdout))
        return receive(connection, 4) == bytes(4)


def width_seen(connection):
    """Logs in without a password, and returns the width that the server tells."""
    receive(connection, 12)
    connection.sendall(b"RFB 003.008\n")
    assert receive(connection, 2) == b"\1\1"
    connection.sendall(b"\1\1")
    return int.from_bytes(receive(connection, 24)[4:6], "big")


def log_in(connection):
    """Logs in without a password; the size and the name that the server tells."""
    width = width_seen(connection)
    count = int.from_bytes(receive(connection, 4), "big")
    return width, receive(connection, count).decode()


def press(connection, keysym):
    for down in (1, 0):
        connection.sendall(struct.pack(">BBxxI", 4, down, keysym))


def pixels_seen(connection, width, height):
    """The whole screen, with the encoding Raw and the server's own pixels."""
    connection.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
    kind, count = struct.unpack(">BxH", receive(connection, 4))
    assert (kind, count) == (0, 1), (kind, count)
    assert struct.unpack(">HHHHi", receive(connection, 12)) == (0, 0, width, height, 0)
    return receive(connection, 4 * width * height)


def ask(path, target, *fields):
    """The status of the answer to a WebSocket's request."""
    with connect(path) as connection:
        connection.sendall("\r\n".join([
            f"GET {target} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", *fields, "", ""]).encode())
        return int(receive(connection, 12).split()[1])


def status_for(port, host):
    """The status of the answer to a WebSocket's request for a host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    connection.request("GET", "/", headers={
        "Host": host, "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="})
    status = connection.getresponse().status
    connection.close()
    return status


def run(*arguments, **options):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                          timeout=DEADLINE, check=False, **options)
    return done.returncode, done.stdout, done.stderr


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.address = f"unix:path={self.folder}/bus"
        self.bus = self.start_bus()

    def start(self, *command, **options):
        process = Process(*command, **options)
        self.addCleanup(process.close)
        return process

    def start_bus(self):
        bus = self.start("dbus-daemon", "--session", "--nofork", "--nopidfile",
                         "--print-address", f"--address={self.address}")
        bus.line_with("unix:")
        return bus

    def machine(self, *labels):
        machine = self.start(FAKE_MACHINE, self.address, *(labels or ["VGA"]))
        machine.line_with("ready")
        return machine

    def serve(self, *arguments, **options):
        return self.start(PROGRAM, "-a", self.address, "-l", f"unix:{self.folder}/vnc",
                          *arguments, **options)

    def assert_refused(self, arguments, *parts):
        status, output, errors = run("-a", self.address, *arguments)
        self.assertEqual((status, output), (2, ""), errors)
        self.assertEqual(errors.count("\n"), 1, errors)
        for part in ("qio-vnc: ", *parts):
            self.assertIn(part, errors)


class Start(Case):
    def test_refuses_what_it_cannot_use(self):
        self.assert_refused(["--vnc"], "--vnc", "--help")
        self.assert_refused(["-C", "serial.0", "-N"], "--no-vt", "leave it out")
        self.assert_refused(["--password-file", "/nowhere"], "/nowhere", "first line")
        self.assert_refused(["-t", str(self.folder)], f"--tls-creds {self.folder}")
        self.assert_refused(["-k", "no-such"], "--keyboard-layout no-such")
        self.assert_refused(["--token-key-file", "/nowhere"], "--token-key-file /nowhere")
        self.assert_refused(["--http", "127.0.0.1:0", "--novnc", "/nowhere"],
                            "--novnc /nowhere", "core/rfb.js")
        self.assert_refused(["--host", "vnc.example"], "--host: ", "add --http ADDRESS")

    def test_tells_that_no_socket_was_passed_on(self):
        for number in "3", "4", "9":
            status, output, errors = run("-p", number)
            self.assertEqual((status, output, errors.count("\n")), (2, "", 1), errors)
            self.assertIn(f"--dbus-p2p-fd {number}: there is no such socket", errors)

    def test_tells_how_to_start_a_machine_when_there_is_none(self):
        self.assert_refused([], "nobody has the name org.qemu", "-display dbus", "--wait")
        self.assert_refused(["-n", "org.qemu.two"], "nobody has the name org.qemu.two")
        self.assert_refused(["-a", "unix:path=/nowhere"], "bus: ", "--dbus-address")

    def test_tells_whose_address_is_taken(self):
        self.machine()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, _, errors = run("-a", self.address, "-l", "none",
                                    "--http", f"127.0.0.1:{port}")
        self.assertEqual(status, 2, errors)
        self.assertIn(f"--http: tcp:127.0.0.1:{port}: ", errors)
        self.assertIn("choose another", errors)

    def test_tells_which_screens_there_are(self):
        self.machine("VGA", "second")
        self.assert_refused(["-l", "none,display=third"],
                            "display=third: no such screen; there are VGA second")

    def test_help_and_version(self):
        status, output, errors = run("--help")
        self.assertEqual((status, errors), (0, ""))
        self.assertLess(max(map(len, output.splitlines())), 80)
        self.assertRegex(run("-V")[1], r"^qio-vnc \d+\.\d+\.\d+\n$")


class Serving(Case):
    def test_shows_the_first_screen_that_is_no_terminal(self):
        machine = self.machine("=serial", "VGA")
        server = self.serve()
        server.line_with("listening: VNC on")
        machine.line_with("shown")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(width_seen(viewer), 101)
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_shows_the_screen_that_is_named(self):
        machine = self.machine("VGA", "second")
        server = self.start(PROGRAM, "-a", self.address, "-l",
                            f"unix:{self.folder}/vnc,display=second")
        server.line_with("listening")
        machine.line_with("shown")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(width_seen(viewer), 101)
        self.assertEqual(server.end(signal.SIGINT), 0)

    def test_tells_screens_apart_by_path(self):
        self.machine("VGA", "second")
        server = self.serve("-w", f"unix:{self.folder}/ws", "--path", "second=/vm")
        server.line_with("WebSocket on")
        for path, status in {"/": 101, "/websockify": 101, "/display/0": 101,
                             "/display/1": 101, "/VGA": 101, "/second": 101, "/vm": 101,
                             "/display/2": 404, "/third": 404}.items():
            self.assertEqual(ask(self.folder / "ws", path), status, path)

    def test_shows_a_serial_port_as_a_terminal(self):
        machine = self.machine("VGA", "+serial0=org.qemu.console.serial.0",
                               "+serial1=org.qemu.console.serial.1",
                               "+monitor=org.qemu.monitor.hmp.0")
        server = self.start(PROGRAM, "-a", self.address, "-w", f"unix:{self.folder}/ws",
                            "-l", f"unix:{self.folder}/vnc,display=serial.0",
                            "--path", "serial0=/log")
        server.line_with("showing 2 screens")
        server.line_with("WebSocket on")
        for path, status in {"/display/serial0": 101, "/serial.0": 101, "/log": 101,
                             "/VGA": 101, "/serial.1": 404, "/hmp.0": 404}.items():
            self.assertEqual(ask(self.folder / "ws", path), status, path)
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(log_in(viewer), (720, "QEMU (fake): serial.0"))
            black = pixels_seen(viewer, 720, 432)
            machine.say("write serial0 login:")
            until(lambda: pixels_seen(viewer, 720, 432) != black, "text")
            for letter in "root":
                press(viewer, ord(letter))
            press(viewer, 0xFF0D)
            machine.say("read serial0 root\r")
            machine.line_with("heard")
        # Nobody else's device is touched.
        calls = [call for call in machine.calls() if " Register(" in call]
        self.assertEqual([call for call in calls if call.startswith("Chardev_")],
                         ["Chardev_serial0 Register(0,)"], calls)
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_shows_the_terminals_that_are_named(self):
        self.machine("VGA", "+serial0=org.qemu.console.serial.0",
                     "+monitor=org.qemu.monitor.hmp.0")
        server = self.serve("-w", f"unix:{self.folder}/ws", "-C", "hmp.0", "-C", "con.9")
        server.line_with("--vt-chardev con.9: the machine has no such character device; "
                         "there are hmp.0 serial.0")
        server.line_with("WebSocket on")
        for path, status in {"/hmp.0": 101, "/serial.0": 404}.items():
            self.assertEqual(ask(self.folder / "ws", path), status, path)

    def test_shows_no_terminals_if_told_so(self):
        machine = self.machine("VGA", "+serial0=org.qemu.console.serial.0")
        server = self.serve("-N")
        server.line_with("showing 1 screen")
        self.assertFalse([call for call in machine.calls() if call.startswith("Chardev")])

    def test_shows_the_terminal_of_a_machine_without_a_screen(self):
        self.machine("+serial0=org.qemu.console.serial.0")
        server = self.serve()
        server.line_with("showing 1 screen")
        server.line_with("listening")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(log_in(viewer)[0], 720)

    def test_tells_which_picture_it_cannot_read(self):
        machine = self.machine("VGA")
        server = self.serve()
        server.line_with("listening")
        machine.line_with("shown")
        machine.say("gpu")
        line = server.line_with("VGA: the picture is in the memory of a graphics card")
        self.assertIn("gl=off", line)

    def test_tells_which_path_leads_nowhere(self):
        self.machine("VGA", "second")
        server = self.serve("-w", f"unix:{self.folder}/ws", "--path", "third=/vm",
                            "--path", "second=/VGA")
        server.line_with("--path third=/vm: the machine has no such console; "
                         "there are VGA second")
        server.line_with("WebSocket on")
        for path, status in {"/vm": 404, "/VGA": 101, "/second": 101}.items():
            self.assertEqual(ask(self.folder / "ws", path), status, path)

    def test_goes_when_the_machine_goes(self):
        machine = self.machine()
        server = self.serve()
        server.line_with("listening")
        self.assertEqual(machine.end(), 0)
        server.line_with("the machine has gone")
        self.assertEqual(server.process.wait(DEADLINE), 0)

    def test_waits_for_the_next_machine(self):
        server = self.serve("--wait")
        server.line_with("waiting for a machine: nobody has the name")
        for _ in range(2):
            machine = self.machine()
            server.line_with("showing 1 screen")
            machine.line_with("shown")
            with connect(self.folder / "vnc") as viewer:
                self.assertEqual(width_seen(viewer), 100)
                machine.end()
                server.line_with("waiting for a machine")
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_waits_for_a_screen(self):
        server = self.serve("--wait")
        machine = self.start(FAKE_MACHINE, self.address)
        server.line_with("waiting for a screen: the machine has no screens")
        machine.say("plug VGA")
        server.line_with("showing 1 screen")
        machine.line_with("plugged")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(width_seen(viewer), 100)
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_waits_for_the_screen_that_is_named(self):
        server = self.start(PROGRAM, "-a", self.address, "--wait", "-l",
                            f"unix:{self.folder}/vnc,display=second")
        machine = self.machine("VGA")
        server.line_with("waiting for a screen: display=second: no such screen; there are VGA")
        machine.end()
        server.line_with("waiting for a machine")
        machine = self.machine("VGA")
        server.line_with("waiting for a screen: display=second: no such screen; there are VGA")
        machine.say("plug second")
        server.line_with("showing 2 screens")
        machine.line_with("plugged")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(width_seen(viewer), 101)
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_serves_from_a_sandbox(self):
        # The leak checker of a build with sanitizers is a process of its own.
        server = self.serve("--wait", "--sandbox=on", "--http", "127.0.0.1:0",
                            env={**os.environ, "LSAN_OPTIONS": "detect_leaks=0"})
        line = server.line_with(": ")
        if "built without libseccomp" in line:
            self.skipTest(line)
        for _ in range(2):
            machine = self.machine()
            machine.line_with("shown")
            with connect(self.folder / "vnc") as viewer:
                self.assertEqual(width_seen(viewer), 100)
            server.process.send_signal(signal.SIGHUP)
            server.line_with("are read again")
            # The bus ends, and the machine with it; both come again.
            self.bus.end(signal.SIGTERM)
            server.line_with("waiting for a machine")
            machine.end()
            self.bus = self.start_bus()
        for status in Path(f"/proc/{server.process.pid}/task").glob("*/status"):
            self.assertRegex(status.read_text(), r"(?s)NoNewPrivs:\t1.*Seccomp:\t2", status)
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_passes_keys_on(self):
        machine = self.machine()
        server = self.serve()
        server.line_with("listening")
        machine.line_with("shown")
        with connect(self.folder / "vnc") as viewer:
            width_seen(viewer)
            for down in (b"\1", b"\0"):
                viewer.sendall(b"\4" + down + b"\0\0" + b"\0\0\0a")
            until(lambda: any("Release(30,)" in call for call in machine.calls()), "release")
        self.assertTrue(any("Press(30,)" in call for call in machine.calls()))

    def test_serves_pages_and_its_status(self):
        self.machine("VGA", "second")
        server = self.serve("--http", "127.0.0.1:0")
        port = int(server.line_with("http://").split(":")[-1].strip("/"))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        connection.request("GET", "/status")
        displays = json.load(connection.getresponse())["displays"]
        connection.close()
        self.assertEqual([display["id"] for display in displays], ["0", "1"])
        connection.request("GET", "/")
        self.assertIn(b"<title>", connection.getresponse().read())
        connection.close()

    def test_meets_a_machine_without_a_bus(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            server = self.start(PROGRAM, "-p", ours.fileno(), "-l", f"unix:{self.folder}/vnc",
                                pass_fds=[ours.fileno()])
            machine = self.start(FAKE_MACHINE, f"fd:{theirs.fileno()}", "VGA",
                                 pass_fds=[theirs.fileno()])
        server.line_with("listening")
        machine.line_with("shown")
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(width_seen(viewer), 100)
        machine.end()
        server.line_with("the machine has gone")
        self.assertEqual(server.process.wait(DEADLINE), 0)

    def test_connects_to_a_viewer_that_listens(self):
        machine = self.machine()
        with socket.create_server(("127.0.0.1", 0)) as viewer:
            port = viewer.getsockname()[1]
            server = self.start(PROGRAM, "-a", self.address, "-l",
                                f"127.0.0.1:{port},reverse=on")
            machine.line_with("shown")
            viewer.settimeout(DEADLINE)
            with viewer.accept()[0] as connection:
                self.assertEqual(width_seen(connection), 100)
            self.assertEqual(server.end(signal.SIGTERM), 0)

    def serve_at(self, listener, name, *arguments):
        """As the service manager starts it, with that socket."""
        return self.start("sh", "-c", f"LISTEN_PID=$$ exec \"$@\" 3<&{listener.fileno()}",
                          "sh", PROGRAM, "-a", self.address, "--wait", *arguments,
                          pass_fds=[listener.fileno()],
                          env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": name})

    def test_has_pages_at_a_socket_of_the_service_manager(self):
        (self.folder / "core").mkdir()
        (self.folder / "core/rfb.js").write_text("// ours\n")
        self.machine()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = self.serve_at(listener, "http", "--novnc", self.folder)
            server.line_with("showing")
            page = http.client.HTTPConnection(*listener.getsockname(), timeout=DEADLINE)
            page.request("GET", "/")
            self.assertIn(b"<title>", page.getresponse().read())
            page.close()
            port = listener.getsockname()[1]
            self.assertEqual(status_for(port, "localhost"), 101)
            self.assertEqual(status_for(port, "evil.example"), 421)
            self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_takes_the_sockets_of_the_service_manager(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "vnc"))
            listener.listen()
            server = self.serve_at(listener, "vnc")
            server.line_with("waiting")
            with connect(self.folder / "vnc") as early:  # waits for the machine
                self.machine().line_with("shown")
                self.assertEqual(width_seen(early), 100)
        self.assertFalse([line for line in server.seen if "5900" in line], server.seen)


class Logins(Case):
    def test_asks_for_what_the_options_say(self):
        subprocess.run([MAKE_CREDENTIALS, self.folder / "pki"], check=True, timeout=DEADLINE)
        (self.folder / "vnc-password").write_text("secret\n")
        self.machine()
        table = [
            ([], {}, [1]),
            (["--password"], {}, [2]),
            (["--password-file", self.folder / "vnc-password"], {}, [2]),
            (["-O", f"secret,id=s,file={self.folder}/vnc-password",
              "-l", f"unix:{self.folder}/vnc,password-secret=s"], {}, [2]),
            ([], {"CREDENTIALS_DIRECTORY": str(self.folder)}, [2]),
            (["-t", self.folder / "pki"], {}, [19]),
            (["-O", "tls-creds-anon,id=t", "-l", f"unix:{self.folder}/vnc,tls-creds=t"],
             {}, [19]),
        ]
        for arguments, environment, types in table:
            server = self.serve(*arguments, env={**os.environ, **environment})
            server.line_with("listening")
            self.assertEqual(security_types(self.folder / "vnc"), types, arguments)
            self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_has_tls_around_pages_and_websockets(self):
        pki = self.folder / "pki"
        subprocess.run([MAKE_CREDENTIALS, pki], check=True, timeout=DEADLINE)
        self.machine()
        server = self.serve("-t", pki, "--http", "127.0.0.1:0")
        port = int(server.line_with("https://").split(":")[-1].strip("/"))
        trust = ssl.create_default_context(cafile=str(pki / "ca-cert.pem"))
        trust.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=DEADLINE,
                                                 context=trust)
        connection.request("GET", "/status")
        self.assertTrue(json.load(connection.getresponse())["displays"][0]["server"][1]["tls"])
        connection.close()
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        plain.request("GET", "/status")
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.assertNotEqual(plain.getresponse().status, 200)
            raise OSError
        plain.close()

    def test_reads_the_password_again(self):
        password = self.folder / "password"
        password.write_text("secret\n")
        self.machine()
        server = self.serve("--password-file", password)
        server.line_with("listening")
        self.assertTrue(comes_in(self.folder / "vnc", "secret"))
        password.write_text("changed\n")
        self.assertFalse(comes_in(self.folder / "vnc", "changed"))
        server.process.send_signal(signal.SIGHUP)
        server.line_with("are read again")
        self.assertFalse(comes_in(self.folder / "vnc", "secret"))
        self.assertTrue(comes_in(self.folder / "vnc", "changed"))
        password.write_text("\n")
        server.process.send_signal(signal.SIGHUP)
        server.line_with("nothing was changed: password: ")
        self.assertTrue(comes_in(self.folder / "vnc", "changed"))
        self.assertEqual(server.end(signal.SIGTERM), 0)

    def test_wants_a_token_where_there_is_a_key(self):
        key = self.folder / "key"
        key.write_text("0123456789abcdef\n")
        self.machine()
        server = self.serve("-w", f"unix:{self.folder}/ws", "--token-key-file", key)
        server.line_with("WebSocket on")
        self.assertEqual(ask(self.folder / "ws", "/display/0"), 401)
        with connect(self.folder / "vnc") as viewer:
            self.assertEqual(viewer.recv(1), b"")

    def test_answers_on_the_loopback_to_known_hosts_only(self):
        self.machine()
        server = self.serve("--http", "127.0.0.1:0", "--host", "vnc.example")
        port = int(server.line_with("http://").split(":")[-1].strip("/"))
        self.assertEqual([status_for(port, host)
                          for host in ("localhost", "vnc.example", "evil.example")],
                         [101, 101, 421])


class Notices(Case):
    """What the service manager is told."""

    def setUp(self):
        super().setUp()
        path = str(self.folder / "notify")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(path)
        self.environment = {**os.environ, "NOTIFY_SOCKET": path}

    def hear(self, deadline=DEADLINE):
        self.manager.settimeout(deadline)
        return self.manager.recv(1000).decode().splitlines()

    def hear_ready(self, status):
        try:
            self.assertEqual(self.hear(5), ["READY=1", f"STATUS={status}"])
        except TimeoutError:
            self.skipTest("built without libsystemd")

    def assert_reloads(self, server, said, status):
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.hear()[0], "RELOADING=1")
        server.line_with(said)
        self.assertEqual(self.hear(), ["READY=1", f"STATUS={status}"])

    def test_a_reload_begins_and_ends(self):
        password = self.folder / "password"
        password.write_text("secret\n")
        server = self.serve("--wait", "--password-file", password, env=self.environment)
        self.hear_ready("waiting for org.qemu")
        waiting = "waiting for a machine: nobody has the name org.qemu"
        self.assertEqual(self.hear(), [f"STATUS={waiting}"])
        self.assert_reloads(server, "are read again", waiting)
        password.unlink()
        self.assert_reloads(server, "nothing was changed", waiting)
        # Both at once: the end counts.
        for number in (signal.SIGSTOP, signal.SIGHUP, signal.SIGTERM, signal.SIGCONT):
            server.process.send_signal(number)
        self.assertEqual(server.process.wait(DEADLINE), 0)
        self.assertEqual(self.hear()[0], "STOPPING=1")
        with self.assertRaises(BlockingIOError):
            self.hear(0)

    def test_a_reload_is_no_news_before_it_is_ready(self):
        ours, theirs = socket.socketpair()
        ours.settimeout(DEADLINE)
        with ours, theirs:  # a machine that does not answer
            server = self.start(PROGRAM, "-p", theirs.fileno(), "-l", "none",
                                pass_fds=[theirs.fileno()], env=self.environment)
            receive(ours, 1)
            server.process.send_signal(signal.SIGHUP)
            server.line_with("are read again")
            self.assertEqual(server.end(signal.SIGTERM), 0)
        try:
            self.assertEqual(self.hear(5)[0], "STOPPING=1")
        except TimeoutError:
            self.skipTest("built without libsystemd")


class Management(Case):
    """dbus-send comes with dbus-daemon's own tools."""

    def call(self, path, member, *arguments):
        done = subprocess.run(
            ["dbus-send", f"--bus={self.address}", "--dest=org.qemu.vnc", "--print-reply=literal",
             f"/org/qemu/Vnc1/{path}", member, *arguments],
            capture_output=True, text=True, timeout=DEADLINE, check=False)
        return (done.stdout + done.stderr).strip()

    def test_managers_see_clients_and_set_passwords(self):
        self.machine()
        server = self.serve("--password")
        server.line_with("listening")
        get = "org.freedesktop.DBus.Properties.Get"
        interface = "string:org.qemu.Vnc1.Server"
        until(lambda: "vnc" in self.call("Server", get, interface, "string:Auth"), "Auth")
        with connect(self.folder / "vnc") as viewer:
            receive(viewer, 12)
            self.assertIn("/org/qemu/Vnc1/Client_1",
                          self.call("Server", get, interface, "string:Clients"))
            self.assertIn("unix", self.call("Client_1", get, "string:org.qemu.Vnc1.Client",
                                            "string:Family"))
        self.assertEqual(self.call("Server", "org.qemu.Vnc1.Server.SetPassword",
                                   "string:secret"), "")
        self.assertIn("Error", self.call("Server", "org.qemu.Vnc1.Server.ExpirePassword",
                                         "string:tomorrow"))
        self.assertIn("no certificates",
                      self.call("Server", "org.qemu.Vnc1.Server.ReloadCertificates"))
        self.assertEqual(server.end(signal.SIGTERM), 0)


if __name__ == "__main__":
    unittest.main()
