#!/usr/bin/env python3
"""vnc-demo as a program: what it says, what its web server answers, how it ends.

test-vnc-demo.py PROGRAM [UNITTEST OPTION]...
"""

import http.client
import json
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

PROGRAM = sys.argv.pop(1)
DEADLINE_SECONDS = 30
FREE = ["--port", "0", "--websocket-port", "0", "--rfb-port", "0"]


class Demo:
    """A running vnc-demo; its first lines of output are in `lines`."""

    def __init__(self, *arguments, lines=1):
        self.process = subprocess.Popen([PROGRAM, *FREE, *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.lines = [self.process.stdout.readline() for _ in range(lines)]

    def stop(self, signal_number=signal.SIGTERM):
        self.process.send_signal(signal_number)
        self.rest, self.errors = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode


def run(*arguments):
    """Exit status, output and errors of a run that ends by itself."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                          timeout=DEADLINE_SECONDS, check=False)
    return done.returncode, done.stdout, done.stderr


class Start(unittest.TestCase):
    def assert_refused(self, arguments, *parts):
        status, output, errors = run(*arguments)
        self.assertEqual((status, output), (2, ""), errors)
        self.assertTrue(errors.startswith("vnc-demo: "), errors)
        self.assertEqual(errors.count("\n"), 1, errors)
        for part in parts:
            self.assertIn(part, errors)

    def test_refuses_what_it_cannot_use(self):
        self.assert_refused(["--prot", "1"], "--prot", "--help")
        self.assert_refused(["--port", "http"], "--port http", "65535")
        self.assert_refused(["--size", "1x1"], "--size 1x1", "160x120")
        self.assert_refused(["--port"], "--port", "missing")
        self.assert_refused(["--json=1"], "--json")
        self.assert_refused(["--novnc", "/nowhere"], "--novnc /nowhere", "core/rfb.js")
        self.assert_refused([*FREE, "--address", "no.such.host.invalid"],
                            "--address no.such.host.invalid", "choose another host")

    def test_refuses_ports_that_are_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            for option in ("--port", "--websocket-port", "--rfb-port"):
                self.assert_refused([*FREE, option, port],
                                    f"{option} {port}: the port is in use; choose another "
                                    f"one with {option} N, or 0")

    def test_refuses_a_unix_path_that_is_taken(self):
        with tempfile.NamedTemporaryFile() as taken:
            self.assert_refused([*FREE, "--unix", taken.name], f"--unix {taken.name}")

    def test_help_and_version(self):
        status, output, errors = run("--help")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("Example:", output)
        self.assertLess(max(map(len, output.splitlines())), 80)
        status, output, errors = run("--version")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"^vnc-demo \d+\.\d+\.\d+\n$")

    def test_tells_people_where_to_look(self):
        demo = Demo(lines=3)
        self.assertEqual(demo.stop(signal.SIGINT), 0)
        self.assertRegex(demo.lines[0],
                         r"^vnc-demo: open http://127\.0\.0\.1:\d+/ in a browser\n$")
        self.assertRegex(demo.lines[1],
                         r"^ {10}native viewers: 127\.0\.0\.1::\d+   "
                         r"WebSocket: ws://127\.0\.0\.1:\d+/websockify\n$")
        self.assertEqual(demo.lines[2], " " * 10 + "Ctrl-C stops\n")

    def test_tells_programs_in_one_line(self):
        demo = Demo("--json")
        self.assertEqual(demo.stop(), 0)
        self.assertEqual(demo.rest, "")
        told = json.loads(demo.lines[0])
        self.assertEqual(sorted(told), ["page", "rfb", "websocket"])
        self.assertGreater(min(told["rfb"], told["websocket"]), 0)

    def test_names_a_host_that_people_can_use(self):
        demo = Demo("--json", "--address", "0.0.0.0")
        self.assertEqual(demo.stop(), 0)
        self.assertNotIn("0.0.0.0", demo.lines[0])


class Served(unittest.TestCase):
    """A running demo with a small noVNC folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "secret.js").write_text("secret")
        (self.root / "novnc/core").mkdir(parents=True)
        (self.root / "novnc/core/rfb.js").write_text("export default 1;\n")
        self.demo = Demo("--json", "--novnc", str(self.root / "novnc"),
                         "--unix", str(self.root / "rfb"))
        self.addCleanup(self.stop)
        self.told = json.loads(self.demo.lines[0])

    def stop(self):
        self.assertEqual(self.demo.stop(), 0)
        self.assertEqual(self.demo.errors, "")

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection(urlsplit(self.told["page"]).netloc,
                                                timeout=DEADLINE_SECONDS)
        connection.putrequest(method, path)  # as it is, dots and all
        connection.endheaders()
        response = connection.getresponse()
        content = response.read().decode()
        connection.close()
        return response, content

    def test_serves_the_page(self):
        response, content = self.ask("/")
        self.assertEqual(response.status, 200)
        self.assertEqual(response.getheader("content-type"), "text/html; charset=utf-8")
        self.assertEqual(response.getheader("x-content-type-options"), "nosniff")
        self.assertIn("default-src 'none'", response.getheader("content-security-policy"))
        self.assertIn("connect-src 'self' ws: wss:;",
                      response.getheader("content-security-policy"))
        self.assertIn("demo.js", content)
        for path in ("/demo.js", "/demo.css", "/icon.svg", "/index.html"):
            self.assertEqual(self.ask(path)[0].status, 200, path)

    def test_serves_the_configuration(self):
        response, content = self.ask("/config.json")
        self.assertEqual(response.getheader("content-type"), "application/json")
        self.assertEqual(json.loads(content),
                         {"websocketPort": self.told["websocket"], "novnc": True})

    def test_serves_novnc(self):
        response, content = self.ask("/novnc/core/rfb.js")
        self.assertEqual(response.status, 200)
        self.assertEqual(response.getheader("content-type"), "text/javascript; charset=utf-8")
        self.assertIn("max-age", response.getheader("cache-control"))
        self.assertEqual(content, "export default 1;\n")

    def test_head_has_no_body(self):
        response, content = self.ask("/novnc/core/rfb.js", "HEAD")
        self.assertEqual((response.status, content), (200, ""))
        self.assertEqual(response.getheader("content-length"), "18")

    def test_serves_nothing_else(self):
        for path in ("/nothing", "/novnc", "/novnc/", "/novnc/core", "/novnc/core/",
                     "/novnc/../secret.js", "/novnc/%2e%2e/secret.js", "//",
                     "/novnc/core/..%2f..%2f..%2fsecret.js", "/novnc//core/rfb.js",
                     "/../secret.js", "/novnc/core/rfb.js%00"):
            response, content = self.ask(path)
            self.assertIn(response.status, (400, 404), path)
            self.assertNotIn("secret", content)

    def test_takes_no_other_method(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            response, _ = self.ask("/", method)
            self.assertEqual(response.status, 405, method)
            self.assertEqual(response.getheader("allow"), "GET, HEAD")

    def greeting(self, client):
        client.settimeout(DEADLINE_SECONDS)
        with client, client.makefile("rb") as stream:
            return stream.read(12)

    def test_speaks_rfb_on_its_port_and_on_the_unix_socket(self):
        client = socket.create_connection(("127.0.0.1", self.told["rfb"]))
        self.assertEqual(self.greeting(client), b"RFB 003.008\n")
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(self.root / "rfb"))
        self.assertEqual(self.greeting(client), b"RFB 003.008\n")

    def test_speaks_websocket_to_its_own_names_only(self):
        for host, status in (("127.0.0.1", 101), ("localhost", 101), ("example.org", 421)):
            connection = http.client.HTTPConnection("127.0.0.1", self.told["websocket"],
                                                    timeout=DEADLINE_SECONDS)
            connection.request("GET", "/websockify", headers={
                "Host": host, "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
            self.assertEqual(connection.getresponse().status, status, host)
            connection.close()


if __name__ == "__main__":
    unittest.main()
