"""A running qio-relay, and the peers that tests put at its ends."""

import base64
import json
import os
import re
import selectors
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import unittest

PATIENCE = 20
PROGRAM = ""


def make_certificates(folder, name="localhost"):
    """An authority, and a server's certificate by it, as the relay looks for them."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl("req", "-x509", *key, "-keyout", "ca-key.pem", "-out", "ca-cert.pem",
            "-subj", "/CN=authority of " + name, "-addext", "keyUsage=keyCertSign")
    openssl("req", "-x509", *key, "-CA", "ca-cert.pem", "-CAkey", "ca-key.pem",
            "-keyout", "server-key.pem", "-out", "server-cert.pem", "-subj", "/CN=" + name,
            "-addext", "subjectAltName=DNS:" + name + ",IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "keyUsage=digitalSignature", "-addext", "extendedKeyUsage=serverAuth")


class Target:
    """Listens; each connection goes to a function on a thread of its own."""

    def __init__(self, serve, address=("127.0.0.1", 0)):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.bind(address)
            self.address = "unix:" + address
        else:
            self.socket = socket.socket()
            self.socket.bind(address)
            self.address = "tcp:127.0.0.1:%d" % self.socket.getsockname()[1]
        self.socket.listen(2000)
        self.serve = serve
        self.accepted = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.socket.close()


def echo(connection):
    with connection:
        while data := connection.recv(1 << 16):
            connection.sendall(data)


def receive_all(connection):
    data = bytearray()
    while more := connection.recv(1 << 16):
        data += more
    return bytes(data)


def receive_exactly(connection, size):
    data = bytearray()
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError(bytes(data))
        data += more
    return bytes(data)


class WebSocket:
    """A client over a connected socket. Its handshake's answer is in `status`."""

    def __init__(self, connection, path="/", fields=()):
        self.connection = connection
        self.close_frame = None
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(), *fields]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = connection.recv(1)
            if not more:
                break
            head += more
        self.status = int(head.split(b" ")[1]) if head else 0

    def send_frame(self, opcode, data):
        size = len(data)
        if size < 126:
            head = bytes([0x80 | opcode, 0x80 | size])
        elif size < 65536:
            head = bytes([0x80 | opcode, 0x80 | 126]) + struct.pack(">H", size)
        else:
            head = bytes([0x80 | opcode, 0x80 | 127]) + struct.pack(">Q", size)
        self.connection.sendall(head + bytes(4) + data)  # a mask of zeros

    def send(self, data):
        self.send_frame(2, data)

    def close(self, code=1000):
        self.send_frame(8, struct.pack(">H", code))

    def receive_frame(self):
        first, second = receive_exactly(self.connection, 2)
        size = second & 0x7F
        if size == 126:
            size, = struct.unpack(">H", receive_exactly(self.connection, 2))
        elif size == 127:
            size, = struct.unpack(">Q", receive_exactly(self.connection, 8))
        return first & 0x0F, receive_exactly(self.connection, size)

    def receive(self, size):
        """At least `size` bytes of data."""
        data = b""
        while len(data) < size:
            opcode, payload = self.receive_frame()
            if opcode == 8:
                raise EOFError(payload)
            data += payload if opcode == 2 else b""
        return data

    def receive_to_end(self):
        """All data up to the close frame, and its code; answers it."""
        data = b""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == 8:
                self.send_frame(8, payload[:2])
                return data, struct.unpack(">H", payload[:2])[0], payload[2:].decode()
            data += payload if opcode == 2 else b""


class Relay:
    """A running qio-relay whose JSON lines are read. `port` is that of its first address."""

    def __init__(self, *arguments, waits=True, **options):
        self.process = subprocess.Popen(
            [PROGRAM, "--json", "--access-log", "-", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **options)
        self.lines = []
        self.connections = []
        self.port = None
        if waits:
            self.listening = self.wait_for("listening")
            found = re.search(r":(\d+)/?[^:]*$", self.listening["listen"][0])
            self.port = int(found.group(1)) if found else None

    def wait_for(self, event):
        """The next line about such an event; others are kept in `lines`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(PATIENCE):
                    raise TimeoutError(event)
                line = self.read_line()
                if not line:
                    raise EOFError(event + ": " + self.process.stderr.read().decode())
                self.lines.append(json.loads(line))
                if self.lines[-1]["event"] == event:
                    return self.lines[-1]

    def read_line(self):
        # Unbuffered, so that select() knows about all there is.
        line = b""
        while not line.endswith(b"\n"):
            more = os.read(self.process.stdout.fileno(), 1)
            if not more:
                break
            line += more
        return line

    def connect(self, context=None):
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        if context:
            connection = context.wrap_socket(connection, server_hostname="localhost")
        self.connections.append(connection)
        return connection

    def websocket(self, path="/", fields=(), context=None):
        return WebSocket(self.connect(context), path, fields)

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def end(self):
        """The exit status; all lines are in `lines` then."""
        rest = self.process.stdout.read()
        self.lines += [json.loads(line) for line in rest.splitlines()]
        return self.process.wait(PATIENCE)

    def stop(self):
        for connection in self.connections:
            connection.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class RelayTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def target(self, serve=echo, **options):
        target = Target(serve, **options)
        self.addCleanup(target.close)
        return target

    def relay(self, *arguments, **options):
        relay = Relay(*arguments, **options)
        self.addCleanup(relay.stop)
        return relay

    def client_context(self, folder):
        return ssl.create_default_context(cafile=os.path.join(folder, "ca-cert.pem"))


def run(program):
    global PROGRAM  # noqa: PLW0603 (the tests have one program)
    PROGRAM = program
