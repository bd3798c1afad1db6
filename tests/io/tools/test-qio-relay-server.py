#!/usr/bin/env python3
"""qio-relay as a server: tokens, files, limits, signals, and the service manager.

test-qio-relay-server PROGRAM
"""

import fcntl
import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

import relay_support as support
from relay_support import RelayTest, Target, WebSocket, echo, receive_all


def named(name):
    """A target that says who it is."""
    def serve(connection):
        with connection:
            connection.sendall(name)
    return serve


class Tokens(RelayTest):
    def ask(self, relay, path):
        client = relay.websocket(path)
        return client.receive_to_end()[0] if client.status == 101 else client.status

    def test_a_token_names_the_target(self):
        one, two = self.target(named(b"one")), self.target(named(b"two"),
                                                           address=self.path("two"))
        port = one.address.rsplit(":", 1)[1]
        tokens = self.write("tokens", f"# machines\n\none: 127.0.0.1:{port}\n"
                            f"a b: unix_socket:{self.path('two')}\nlong: {one.address}\n"
                            "wrong\nalso wrong: nowhere\n")
        relay = self.relay("ws://127.0.0.1:0", "--token-file", tokens)
        self.assertEqual(self.ask(relay, "/websockify?x=1&token=one"), b"one")
        self.assertEqual(self.ask(relay, "/?token=a%20b"), b"two")
        self.assertEqual(self.ask(relay, "/?token=long"), b"one")
        errors = [line["message"] for line in relay.lines if line["event"] == "error"]
        self.assertEqual(len(errors), 2)
        self.assertRegex(errors[0], f"^{tokens}:6: ")
        accepted = one.accepted + two.accepted
        for path in ("/", "/?token=", "/?token=three", "/?token=one%00", "/?token=%zz",
                     "/?nottoken=one", "/one"):
            self.assertEqual(self.ask(relay, path), 404, path)
        self.assertEqual(one.accepted + two.accepted, accepted)

    def test_a_token_is_the_end_of_the_path(self):
        one = self.target(named(b"one"))
        relay = self.relay("ws://127.0.0.1:0/websockify", "--token-in-path", "--token-file",
                           self.write("tokens", f"one: {one.address}\n"))
        self.assertEqual(self.ask(relay, "/websockify/one"), b"one")
        for path in ("/one", "/websockify/?token=one", "/websockify/x/one", "/websockify"):
            self.assertEqual(self.ask(relay, path), 404, path)

    def test_changes_count_at_once(self):
        one, two = self.target(named(b"one")), self.target(named(b"two"))
        tokens = self.write("tokens/a", f"vm: {one.address}\n")
        relay = self.relay("ws://127.0.0.1:0", "--token-dir", self.path("tokens"))
        self.assertEqual(self.ask(relay, "/?token=vm"), b"one")
        self.write("tokens/a", f"vm: {two.address}\n")
        self.assertEqual(self.ask(relay, "/?token=vm"), b"two")
        self.write("tokens/b", f"new: {one.address}\n")
        self.assertEqual(self.ask(relay, "/?token=new"), b"one")
        os.unlink(tokens)
        self.assertEqual(self.ask(relay, "/?token=vm"), 404)
        self.write("tokens/.hidden", f"hidden: {one.address}\n")
        self.assertEqual(self.ask(relay, "/?token=hidden"), 404)


class Web(RelayTest):
    def setUp(self):
        super().setUp()
        self.write("web/index.html", "<title>front</title>")
        self.write("web/app/index.html", "<title>app</title>")
        self.write("web/app/app.js", "x" * 300_000)
        self.write("web/.secret", "secret")
        self.write("outside", "secret")
        os.symlink(self.path("outside"), self.path("web/link"))
        os.symlink("app.js", self.path("web/app/inner.js"))
        try:
            self.web = self.relay("ws://127.0.0.1:0", self.target().address, "--web",
                                  self.path("web"))
        except EOFError as error:
            if "libsoup" in str(error):
                self.skipTest("built without libsoup")
            raise

    def ask(self, path, method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def test_files_and_websockets_share_a_port(self):
        status, body, headers = self.ask("/")
        self.assertEqual((status, body), (200, b"<title>front</title>"))
        self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.ask("/app/app.js?v=1")[1], b"x" * 300_000)
        self.assertEqual(self.ask("/app/inner.js")[0], 200)
        client = self.web.websocket("/websockify")
        client.send(b"hello")
        self.assertEqual(client.receive(5), b"hello")

    def test_a_client_knows_that_each_request_needs_a_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=20)
        self.addCleanup(connection.close)
        for _ in range(3):
            connection.request("GET", "/app/")
            self.assertEqual(connection.getresponse().read(), b"<title>app</title>")

    def test_bytes_behind_the_request_reach_the_websocket(self):
        connection = self.web.connect()
        frame = b"\x82\x85" + bytes(4) + b"early"
        request = ("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
                   "\r\n\r\n").encode()
        connection.sendall(request[:50])
        connection.sendall(request[50:] + frame)
        received = b""
        while b"early" not in received:
            received += connection.recv(4096)
        self.assertTrue(received.endswith(b"\r\n\r\n\x82\x05early"))

    def test_only_what_is_below_the_folder_is_served(self):
        for path in ("/.secret", "/link", "/../outside", "/%2e%2e/outside",
                     "//index.html", "/app/%2e%2e/.secret", "/none", "/app%00/", "/%5c..%5coutside"):
            self.assertIn(self.ask(path)[0], (400, 404), path)

    def test_folders_need_a_slash_and_methods_are_two(self):
        status, _, headers = self.ask("/app?token=x")
        self.assertEqual((status, headers["Location"]), (301, "/app/?token=x"))
        status, body, headers = self.ask("/app/app.js", "HEAD")
        self.assertEqual((status, body, headers["Content-Length"]), (200, b"", "300000"))
        self.assertEqual(self.ask("/", "POST")[0], 405)
        modified = self.ask("/")[2]["Last-Modified"]
        self.assertEqual(self.ask("/", headers={"If-Modified-Since": modified})[0], 304)

    def test_a_request_without_an_end_is_turned_away(self):
        connection = self.web.connect()
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 5000)
        self.assertRegex(receive_all(connection), b"^HTTP/1.1 431 ")


class Limits(RelayTest):
    def test_websockets_over_the_limit_get_503(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address, "--max-connections", "2")
        clients = [relay.websocket() for _ in range(2)]
        self.assertEqual(relay.websocket().status, 503)
        clients[0].close()
        self.assertEqual(clients[0].receive_frame()[0], 8)
        while relay.wait_for("connection")["outcome"] != "closed":
            pass
        self.assertEqual(relay.websocket().status, 101)

    def test_others_over_the_limit_are_closed(self):
        relay = self.relay("tcp:127.0.0.1:0", self.target().address,
                           "--max-connections-per-address", "1")
        first = relay.connect()
        first.sendall(b"x")
        self.assertEqual(first.recv(1), b"x")
        with relay.connect() as second:
            self.assertEqual(receive_all(second), b"")

    # P-WS-01
    def test_pages_from_elsewhere_may_not_connect(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address)
        self.assertEqual(relay.websocket(fields=["Origin: http://evil.example"]).status, 403)
        self.assertEqual(relay.websocket(fields=["Origin: http://localhost:81"]).status, 101)

    def test_the_default_follows_the_descriptors(self):
        relay = Relay_with_descriptors(self, 300)
        self.assertEqual(relay.listening["max_connections"], 86)

    def test_the_limit_of_descriptors_is_raised_to_the_highest(self):
        relay = Relay_with_descriptors(self, 100, 300)
        self.assertEqual(relay.listening["max_connections"], 86)

    def test_a_log_that_nobody_reads_stops_nothing(self):
        relay = self.relay("ws://127.0.0.1:0", self.target(named(b"x")).address)
        for _ in range(600):
            client = relay.websocket("/" + "long" * 50)
            self.assertEqual(client.receive_to_end()[0], b"x")
            client.connection.close()


def Relay_with_descriptors(test, count, highest=None):
    import resource
    return test.relay("tcp:127.0.0.1:0", test.target().address, preexec_fn=lambda:
                      resource.setrlimit(resource.RLIMIT_NOFILE, (count, highest or count)))


class Signals(RelayTest):
    def test_sigterm_tells_websockets_and_lets_nobody_in(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address)
        clients = [relay.websocket() for _ in range(3)]
        relay.signal()
        self.assertEqual(relay.wait_for("stopping")["connections"], 3)
        with self.assertRaises(ConnectionRefusedError):
            relay.connect()
        for client in clients:
            self.assertEqual(client.receive_to_end(), (b"", 1001, "the relay is stopping"))
        self.assertEqual(relay.end(), 0)
        self.assertEqual({line["outcome"] for line in relay.lines
                          if line["event"] == "connection"}, {"stopped"})

    def test_sigterm_waits_for_an_answer_also_while_connecting(self):
        full = socket.socket()  # nobody accepts, and few may wait
        self.addCleanup(full.close)
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            self.addCleanup(each.close)
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        relay = self.relay("ws://127.0.0.1:0", "tcp:127.0.0.1:%d" % full.getsockname()[1])
        client = relay.websocket()
        relay.signal()
        self.assertEqual(client.receive_frame()[0], 8)
        with self.assertRaises(subprocess.TimeoutExpired):
            relay.process.wait(0.2)
        client.close(1001)
        self.assertEqual(relay.end(), 0)

    def test_sigterm_half_closes_others_and_waits_for_them(self):
        relay = self.relay("tcp:127.0.0.1:0", self.target().address)
        client = relay.connect()
        client.sendall(b"x")
        self.assertEqual(client.recv(1), b"x")
        relay.signal()
        self.assertEqual(receive_all(client), b"")
        with self.assertRaises(subprocess.TimeoutExpired):
            relay.process.wait(0.2)
        client.close()
        self.assertEqual(relay.end(), 0)

    def test_who_does_not_end_is_cut_off_after_the_grace(self):
        relay = self.relay("tcp:127.0.0.1:0", self.target().address, "--grace", "0.3")
        client = relay.connect()
        client.sendall(b"x")
        self.assertEqual(client.recv(1), b"x")
        relay.signal(signal.SIGINT)
        self.assertEqual(relay.end(), 0)

    def test_a_second_signal_ends_at_once(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address, "--grace", "1000")
        client = relay.websocket()
        relay.signal()
        relay.wait_for("stopping")
        self.assertEqual(client.receive_frame()[0], 8)
        start = time.monotonic()
        relay.signal()
        self.assertEqual(relay.end(), 0)
        self.assertLess(time.monotonic() - start, 4)

    def test_sighup_takes_new_certificates_for_new_connections(self):
        support.make_certificates(self.folder)
        relay = self.relay(f"wss{{dir={self.folder}}}://127.0.0.1:0", self.target().address)
        old = relay.websocket(context=self.client_context(self.folder))
        support.make_certificates(self.folder)
        relay.signal(signal.SIGHUP)
        relay.wait_for("reloaded")
        new = relay.websocket(context=self.client_context(self.folder))
        for client in (old, new):
            client.send(b"still")
            self.assertEqual(client.receive(5), b"still")

    def test_sighup_keeps_what_works_when_the_new_is_wrong(self):
        support.make_certificates(self.folder)
        context = self.client_context(self.folder)
        relay = self.relay(f"wss{{dir={self.folder}}}://127.0.0.1:0", self.target().address)
        self.write("server-cert.pem", "nonsense")
        relay.signal(signal.SIGHUP)
        self.assertIn("server-cert.pem", relay.wait_for("error")["message"])
        self.assertEqual(relay.websocket(context=context).status, 101)

    def test_sighup_opens_the_log_again(self):
        log = self.path("log")
        relay = self.relay("ws://127.0.0.1:0", self.target(named(b"x")).address,
                           "--access-log", log)
        relay.websocket("/one").receive_to_end()
        while not (os.path.exists(log) and os.path.getsize(log)):
            time.sleep(0)
        os.rename(log, log + ".1")
        relay.signal(signal.SIGHUP)
        relay.wait_for("reloaded")
        relay.websocket("/two").receive_to_end()
        while not (os.path.exists(log) and os.path.getsize(log)):
            time.sleep(0)
        with open(log, encoding="utf-8") as file:
            self.assertIn('"/two"', file.read())


PLACE_AND_RUN = """
import os, sys
copies = sys.argv[1].split(",")
for number, copy in enumerate(copies):
    os.dup2(int(copy), 3 + number)
    os.close(int(copy))
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(copies)))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Manager(RelayTest):
    def start(self, address, *sockets, **environment):
        """The relay with sockets from descriptor 3 on, as a service manager gives them."""
        # Copies out of the way, so that no number is taken before it is read.
        copies = [fcntl.fcntl(each, fcntl.F_DUPFD, 100) for each in sockets]
        process = subprocess.Popen(
            [sys.executable, "-c", PLACE_AND_RUN, ",".join(map(str, copies)), support.PROGRAM,
             "--json", address, self.target().address], stdout=subprocess.PIPE,
            pass_fds=copies, env={**os.environ, **environment})
        for copy in copies:
            os.close(copy)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertIn(b"listening", process.stdout.readline())
        return process

    def try_all(self, sockets):
        for each in sockets:
            with socket.create_connection(each.getsockname()) as connection:
                client = WebSocket(connection)
                client.send(b"hi")
                self.assertEqual(client.receive(2), b"hi")

    def test_sockets_of_the_manager_are_used(self):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for each in sockets:
            self.addCleanup(each.close)
        self.start("ws:systemd:", *sockets)
        self.try_all(sockets)
        self.start("ws:fd:3", *sockets)
        self.try_all(sockets[:1])

    def test_the_manager_is_told(self):
        notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notifications.close)
        notifications.bind(self.path("notify"))
        notifications.settimeout(support.PATIENCE)
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        process = self.start("ws:systemd:", listener, NOTIFY_SOCKET=self.path("notify"))
        notifications.settimeout(2)
        try:
            self.assertIn(b"READY=1", notifications.recv(1000))
        except TimeoutError:
            self.skipTest("built without libsystemd")
        process.send_signal(signal.SIGHUP)
        self.assertIn(b"RELOADING=1", notifications.recv(1000))
        self.assertIn(b"READY=1", notifications.recv(1000))
        process.send_signal(signal.SIGTERM)
        self.assertIn(b"STOPPING=1", notifications.recv(1000))


class Refusals(RelayTest):
    def test_what_cannot_start_says_why_in_one_line(self):
        busy = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(busy.close)
        port = busy.getsockname()[1]
        for arguments in (
                (), ("tcp::0",), ("exec:cat", "tcp:h:1"), ("ws://*:x", "tcp:h:1"),
                ("tcp::0", "tcp:h:1", "--grace", "x"), ("tcp::0", "-"), ("-", "-"),
                (f"tcp:127.0.0.1:{port}", "tcp:h:1"), ("wss://127.0.0.1:0", "tcp:h:1"),
                ("wss{dir=/nowhere}://127.0.0.1:0", "tcp:h:1"), ("systemd:", "tcp:h:1"),
                ("ws://127.0.0.1:0", "--token-file", "/nowhere"),
                ("ws://127.0.0.1:0", "tcp:h:1", "--web", "/nowhere"),
                ("ws://127.0.0.1:0", "tcp:h:1", "--access-log", "/nowhere/log")):
            done = subprocess.run([support.PROGRAM, *arguments], capture_output=True,
                                  timeout=support.PATIENCE, check=False, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertRegex(done.stderr, r"\Aqio-relay: .+\n\Z", arguments)

    def test_help_and_version_are_answered(self):
        for option, beginning in (("--help", "qio-relay - "), ("--version", "qio-relay 0.")):
            done = subprocess.run([support.PROGRAM, option], capture_output=True, check=True,
                                  text=True)
            self.assertTrue(done.stdout.startswith(beginning))


if __name__ == "__main__":
    support.run(sys.argv.pop(1))
    unittest.main(verbosity=2)
