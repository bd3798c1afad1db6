#!/usr/bin/python3
"""Python's websockets client against ws-echo, which echoes bytes as a stream of frames; plain
and over TLS."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / os.environ.get("QIO_BUILD", "build") / "tests/interop/ws-echo"
DEADLINE = 30
SIZES = [1, 125, 126, 65535, 65536, 1024 * 1024]
CLOSE_CODES = [1000, 1001, 3000, 4999]


FOLDER = None  # with the certificates, while it goes over TLS


def connect(port, **options):
    scheme = "wss" if FOLDER else "ws"
    if FOLDER:
        options["ssl"] = ssl.create_default_context(cafile=FOLDER / "ca-cert.pem")
    return websockets.connect(f"{scheme}://127.0.0.1:{port}/", max_size=None, **options)


async def receive(socket, count):
    """The next `count` bytes, however they are framed."""
    data = b""
    while len(data) < count:
        data += await socket.recv()
    assert len(data) == count, f"{len(data)} bytes, not {count}"
    return data


async def expect_echo(socket, data):
    await socket.send(data)
    assert await receive(socket, len(data)) == data, "other bytes"


async def echoes_nothing_for_nothing(port):
    async with connect(port) as socket:
        await socket.send(b"")
        await expect_echo(socket, b"x")


async def echoes(port, size):
    async with connect(port) as socket:
        await expect_echo(socket, os.urandom(size))
        await expect_echo(socket, os.urandom(size))


async def refuses_text(port):
    async with connect(port) as socket:
        await socket.send("text")
        await socket.wait_closed()
        assert socket.close_code == 1003, f"close code {socket.close_code}"


async def answers_pings(port):
    async with connect(port) as socket:
        for payload in (b"\0", b"ping", bytes(range(125))):
            await (await socket.ping(payload))


async def joins_fragments(port):
    data = os.urandom(70_001)

    async def parts(socket):
        yield data[:10]
        # The answer is waited for while the message is still open.
        await (await socket.ping(b"between"))
        yield data[10:70_000]
        yield data[70_000:]

    async with connect(port) as socket:
        await socket.send(parts(socket))
        assert await receive(socket, len(data)) == data, "other bytes"


async def echoes_the_close_code(port, code):
    socket = await connect(port)
    await socket.close(code, "reason")
    assert socket.close_code == code, f"close code {socket.close_code}"


async def chooses_the_sub_protocol():
    async with Server("--sub-protocol", "binary") as port:
        for offered, chosen in ((["binary"], "binary"), (["base64", "binary"], "binary"),
                                (None, None)):
            async with connect(port, subprotocols=offered) as socket:
                assert socket.subprotocol == chosen, f"{offered}: {socket.subprotocol}"


# What the client offers, what ws-echo wants, and what must have been agreed on.
COMPRESSIONS = {
    "deflate": ({"client_max_window_bits": True}, [], {}),
    "deflate-theirs": (
        {"server_no_context_takeover": True, "client_no_context_takeover": True,
         "server_max_window_bits": 10, "client_max_window_bits": 11}, [],
        {"remote_no_context_takeover": True, "local_no_context_takeover": True,
         "remote_max_window_bits": 10, "local_max_window_bits": 11}),
    "deflate-ours": (
        {"client_max_window_bits": True},
        ["--no-takeover", "--own-window-bits", "10", "--peer-window-bits", "11"],
        {"remote_no_context_takeover": True, "local_max_window_bits": 11}),
}


async def compresses(offer, options, agreed):
    async with Server("--deflate", *options) as port:
        factory = ClientPerMessageDeflateFactory(**offer)
        async with connect(port, compression=None, extensions=[factory]) as socket:
            assert len(socket.extensions) == 1, "no compression was agreed on"
            for name, value in agreed.items():
                found = getattr(socket.extensions[0], name)
                assert found == value, f"{name} is {found}"
            for size in SIZES:
                await expect_echo(socket, os.urandom(size))
                await expect_echo(socket, b"compressible" * (size // 12 + 1))
            parts = [b"fragments " * count for count in (10, 6000, 1000)]
            await socket.send(iter(parts))
            assert await receive(socket, sum(map(len, parts))) == b"".join(parts), "other bytes"


class Server:
    """ws-echo, running as long as the `async with` does; gives its port."""

    def __init__(self, *options):
        self.options = [*options, *(["--tls", FOLDER, "--no-verify"] if FOLDER else [])]

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            PROGRAM, "--port", "0", *self.options, stdout=asyncio.subprocess.PIPE)
        line = await asyncio.wait_for(self.process.stdout.readline(), DEADLINE)
        return int(line.split()[1])

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), DEADLINE)


async def run_check(name, check):
    try:
        await asyncio.wait_for(check, DEADLINE)
        print(f"ok ws-python {'wss' if FOLDER else 'ws'} {name}", flush=True)
        return True
    except Exception as error:  # pylint: disable=broad-except
        print(f"FAILED ws-python {'wss' if FOLDER else 'ws'} {name} {error!r}", flush=True)
        return False


async def check_all():
    async with Server() as port:
        checks = [
            ("echo-0", echoes_nothing_for_nothing(port)),
            *((f"echo-{size}", echoes(port, size)) for size in SIZES),
            ("text", refuses_text(port)),
            ("ping", answers_pings(port)),
            ("fragments", joins_fragments(port)),
            *((f"close-{code}", echoes_the_close_code(port, code)) for code in CLOSE_CODES),
            ("sub-protocol", chooses_the_sub_protocol()),
            *((name, compresses(*case)) for name, case in COMPRESSIONS.items()),
        ]
        return all([await run_check(name, check) for name, check in checks])


def main():
    global FOLDER  # pylint: disable=global-statement
    is_good = asyncio.run(check_all())
    with tempfile.TemporaryDirectory(prefix="qio-ws-python-") as folder:
        FOLDER = Path(folder)
        subprocess.run([PROGRAM.parent / "make-credentials", folder], check=True)
        return asyncio.run(check_all()) and is_good


sys.exit(0 if main() else 1)
