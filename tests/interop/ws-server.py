#!/usr/bin/python3
"""Python's websockets as a server that echoes messages: ws-server.py [--deflate JSON] [FOLDER],
with parameters for permessage-deflate, and with TLS if there is a folder with certificates.
Prints "listening PORT"."""

import asyncio
import json
import signal
import ssl
import sys
from pathlib import Path

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def serve(socket):
    async for message in socket:
        if isinstance(message, str) and message.startswith("close "):
            _, code, reason = message.split(" ", 2)
            await socket.close(int(code), reason)
            return
        await socket.send(message)


async def main():
    context = None
    words = sys.argv[1:]
    extensions = []
    if words[:1] == ["--deflate"]:
        extensions.append(ServerPerMessageDeflateFactory(**json.loads(words[1])))
        words = words[2:]
    if words:
        folder = Path(words[0])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server-cert.pem", folder / "server-key.pem")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with websockets.serve(serve, "127.0.0.1", 0, ssl=context, max_size=None,
                                compression=None, extensions=extensions,
                                subprotocols=["binary"]) as server:
        print("listening", server.sockets[0].getsockname()[1], flush=True)
        await stop.wait()


asyncio.run(main())
