#!/usr/bin/env python3
"""qio-relay carries bytes between every two kinds of addresses.

test-qio-relay PROGRAM
"""

import os
import socket
import struct
import subprocess
import sys
import threading
import unittest
from pathlib import Path

import relay_support as support
from relay_support import RelayTest, Target, echo, receive_all, receive_exactly

BIG = os.urandom(1 << 20) * 6


def exchange(connection, data):
    """Sends, says that there is no more, and gives what came back."""
    def send():
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    received = receive_all(connection)
    sender.join()
    return received


class Addresses(RelayTest):
    def test_tcp_reaches_tcp_and_half_closes_are_passed_on(self):
        relay = self.relay("tcp:127.0.0.1:0", self.target().address)
        with relay.connect() as client:
            self.assertEqual(exchange(client, BIG), BIG)
        record = relay.wait_for("connection")
        self.assertEqual((record["bytes_in"], record["bytes_out"]), (len(BIG), len(BIG)))
        self.assertEqual(record["outcome"], "closed")

    def test_unix_reaches_unix(self):
        target = self.target(address=self.path("target"))
        self.relay("unix:" + self.path("listen"), target.address)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.path("listen"))
            self.assertEqual(exchange(client, BIG), BIG)

    def test_a_websocket_reaches_tcp(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address)
        client = relay.websocket("/websockify?x=1")
        self.assertEqual(client.status, 101)
        client.send(b"hello")
        self.assertEqual(client.receive(5), b"hello")
        client.close()
        self.assertEqual(client.receive_frame(), (8, struct.pack(">H", 1000)))
        record = relay.wait_for("connection")
        self.assertEqual(record["request"], "/websockify?x=1")
        self.assertEqual(record["outcome"], "closed")

    def test_a_websocket_in_tls_reaches_tcp(self):
        support.make_certificates(self.folder)
        relay = self.relay(f"wss{{dir={self.folder}}}://127.0.0.1:0", self.target().address)
        client = relay.websocket(context=self.client_context(self.folder))
        client.send(BIG[:100_000])
        self.assertEqual(client.receive(100_000), BIG[:100_000])

    def test_tcp_reaches_a_websocket_in_tls(self):
        support.make_certificates(self.folder)
        inner = self.relay(f"wss{{dir={self.folder}}}://127.0.0.1:0/in", self.target().address)
        outer = self.relay("tcp:127.0.0.1:0",
                           f"wss{{dir={self.folder}}}://127.0.0.1:{inner.port}/in")
        with outer.connect() as client:
            client.sendall(BIG[:300_000])
            self.assertEqual(receive_exactly(client, 300_000), BIG[:300_000])
        self.assertEqual(outer.wait_for("connection")["outcome"], "closed")
        self.assertEqual(inner.wait_for("connection")["outcome"], "closed")

    def test_websockets_compress_where_both_ends_want_it(self):
        for inner_on, outer_on in (("on", "on"), ("on", "off"), ("off", "on")):
            inner = self.relay(f"ws{{deflate={inner_on}}}://127.0.0.1:0/",
                               self.target().address)
            counter = self.relay("tcp:127.0.0.1:0", f"tcp:127.0.0.1:{inner.port}")
            outer = self.relay("tcp:127.0.0.1:0",
                               f"ws{{deflate={outer_on}}}:tcp:127.0.0.1:{counter.port}")
            text = b"again and " * 10_000
            with outer.connect() as client:
                client.sendall(text)
                self.assertEqual(receive_exactly(client, len(text)), text)
            on_the_wire = counter.wait_for("connection")["bytes_in"]
            if (inner_on, outer_on) == ("on", "on"):
                self.assertLess(on_the_wire, len(text) // 10)
            else:
                self.assertGreater(on_the_wire, len(text))

    def test_a_target_with_another_name_is_refused(self):
        support.make_certificates(self.folder)
        inner = self.relay(f"tls{{dir={self.folder}}}:tcp:127.0.0.1:0", self.target().address)
        relay = self.relay(
            "tcp:127.0.0.1:0",
            f"tls{{dir={self.folder},name=example.org}}:tcp:127.0.0.1:{inner.port}")
        with relay.connect() as client:
            self.assertEqual(receive_all(client), b"")
        record = relay.wait_for("connection")
        self.assertEqual(record["outcome"], "no-target")
        self.assertRegex(record["message"], "^tls: ")

    def test_each_connection_gets_a_command(self):
        relay = self.relay("tcp:127.0.0.1:0", "exec:tr a-z A-Z")
        for _ in range(2):
            with relay.connect() as client:
                self.assertEqual(exchange(client, b"quiet words"), b"QUIET WORDS")

    def test_what_a_command_says_after_it_stopped_listening_arrives(self):
        relay = self.relay("tcp:127.0.0.1:0",
                           "exec:sh -c 'read x; exec <&-; kill -STOP $$; echo got $x'")
        with relay.connect() as client:
            client.sendall(b"this\n")
            pid = self.stopped_child(relay)
            client.sendall(BIG)
            os.kill(pid, 18)
            self.assertEqual(receive_all(client), b"got this\n")

    def stopped_child(self, relay):
        children = f"/proc/{relay.process.pid}/task/{relay.process.pid}/children"
        while True:
            for pid in Path(children).read_text("ascii").split():
                state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1]
                if state.split()[0] == "T":
                    return int(pid)

    def test_standard_streams_are_a_client(self):
        done = subprocess.run([support.PROGRAM, "-", self.target().address], input=BIG,
                              capture_output=True, timeout=support.PATIENCE, check=False)
        self.assertEqual((done.stdout, done.stderr, done.returncode), (BIG, b"", 0))

    def test_standard_streams_are_a_target(self):
        process = subprocess.Popen(
            [support.PROGRAM, "--once", "unix:" + self.path("s"), "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.assertIn(b"listening on unix:", process.stderr.readline())
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.path("s"))
            client.sendall(b"question")
            client.shutdown(socket.SHUT_WR)
            output, _ = process.communicate(b"answer", support.PATIENCE)
            self.assertEqual(receive_all(client), b"answer")
        self.assertEqual((output, process.returncode), (b"question", 0))

    def test_a_thousand_connections_lose_nothing(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address,
                           "--max-connections", "1000")
        clients = [relay.websocket() for _ in range(1000)]
        for number, client in enumerate(clients):
            client.send(b"client %06d" % number * 20)
        for number, client in enumerate(clients):
            self.assertEqual(client.receive(13 * 20), b"client %06d" % number * 20)
        for client in clients:
            client.close()
        for client in clients:
            self.assertEqual(client.receive_frame()[0], 8)
            client.connection.close()


class Ends(RelayTest):
    def test_a_websocket_gets_all_bytes_and_then_1000(self):
        def talk(connection):
            with connection:
                connection.sendall(BIG)

        relay = self.relay("ws://127.0.0.1:0", self.target(talk).address)
        data, code, _ = relay.websocket().receive_to_end()
        self.assertEqual((data == BIG, code), (True, 1000))
        self.assertEqual(relay.wait_for("connection")["outcome"], "closed")

    def test_a_target_that_fails_gives_1011_behind_its_bytes(self):
        def fail(connection):
            connection.sendall(b"so far")
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        relay = self.relay("ws://127.0.0.1:0", self.target(fail).address)
        client = relay.websocket()
        self.assertEqual(client.receive(6), b"so far")
        client.send(b"x")
        self.assertEqual(client.receive_to_end(), (b"", 1011, "the target failed"))
        self.assertEqual(relay.wait_for("connection")["outcome"], "target-failed")

    def test_a_target_that_is_not_there_gives_1011(self):
        target = Target(echo)
        target.socket.shutdown(socket.SHUT_RDWR)
        target.close()
        relay = self.relay("ws://127.0.0.1:0", target.address)
        client = relay.websocket()
        self.assertEqual(client.receive_to_end(), (b"", 1011, "cannot connect to the target"))
        self.assertEqual(relay.wait_for("connection")["outcome"], "no-target")

    def test_a_silent_session_ends(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address, "--idle-timeout", "0.2")
        self.assertEqual(relay.websocket().receive_to_end()[1], 1001)
        self.assertEqual(relay.wait_for("connection")["outcome"], "idle")

    def test_a_websocket_peer_that_does_not_answer_pings_is_gone(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address, "--heartbeat", "0.2")
        client = relay.websocket()
        self.assertEqual(client.receive_frame()[0], 9)
        self.assertEqual(relay.wait_for("connection")["outcome"], "client-failed")

    # P-WS-02
    def test_a_client_that_does_not_finish_its_request_is_turned_away(self):
        relay = self.relay("ws://127.0.0.1:0", self.target().address,
                           "--handshake-timeout", "0.2")
        with relay.connect() as client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            self.assertRegex(receive_all(client), b"^HTTP/1.1 408 ")

    def test_once_ends_with_its_connection(self):
        relay = self.relay("tcp:127.0.0.1:0", self.target().address, "--once")
        with relay.connect() as client:
            self.assertEqual(exchange(client, b"only"), b"only")
        self.assertEqual(relay.end(), 0)
        relay = self.relay("tcp:127.0.0.1:0", "unix:" + self.path("nobody"), "--once")
        with relay.connect() as client:
            self.assertEqual(receive_all(client), b"")
        self.assertEqual(relay.end(), 1)


if __name__ == "__main__":
    support.run(sys.argv.pop(1))
    unittest.main(verbosity=2)
