#!/usr/bin/python3
"""Other people's WebSockets against ours, plain and over TLS: their servers and ws-ask, their
clients and ws-echo.

ws-peers.py [WORD]...: the peers whose name has each WORD in it.
"""

import contextlib
import json
import os
import ssl
import sys
import tempfile
from pathlib import Path

import websocket

from support import DEADLINE, Program, Server, built, run, run_checks

HERE = Path(__file__).resolve().parent


PLAIN_OFFER = "permessage-deflate; client_max_window_bits"
# What of both sides' contexts and windows is agreed on.
WINDOWS = ["server_max_window_bits=10", "client_max_window_bits=11"]
NO_TAKEOVER = ["server_no_context_takeover", "client_no_context_takeover"]


def servers(folder):
    """Servers that echo, with TLS if there is a folder: name, command, options of ws-ask."""
    tls = ["--tls", folder] if folder else []
    bare = [folder] if folder else []
    node = ["node", HERE / "ws-server.mjs"]
    python = ["/usr/bin/python3", HERE / "ws-server.py"]
    libsoup = [built("tests/interop/ws-soup"), *tls]
    libwebsockets = [built("tests/interop/ws-lws"), *tls]
    yield "node", [*node, *bare], []
    yield "python", [*python, *bare], []
    yield "libsoup", libsoup, []
    yield "libwebsockets", libwebsockets, []
    # With compression: as the peers like it, and as the one or the other side wants it.
    yield "node-deflate", [*node, "--deflate", '{"threshold": 0}', *bare], ["--deflate"]
    yield "node-deflate-theirs", \
        [*node, "--deflate", json.dumps({
            "threshold": 0, "serverNoContextTakeover": True, "clientNoContextTakeover": True,
            "serverMaxWindowBits": 10, "clientMaxWindowBits": 11}), *bare], \
        ["--deflate", *agreed(NO_TAKEOVER + WINDOWS)]
    yield "python-deflate", [*python, "--deflate", "{}", *bare], ["--deflate"]
    yield "python-deflate-theirs", \
        [*python, "--deflate", json.dumps({
            "server_no_context_takeover": True, "client_no_context_takeover": True,
            "server_max_window_bits": 10, "client_max_window_bits": 11}), *bare], \
        ["--deflate", *agreed(NO_TAKEOVER + WINDOWS)]
    yield "libsoup-deflate", libsoup, ["--deflate"]
    if not folder:
        yield "libwebsockets-deflate", [*libwebsockets, "--deflate", PLAIN_OFFER], \
            ["--deflate", "--no-empty"]
    ours = ["--deflate", "--no-takeover", "--own-window-bits", "11", "--peer-window-bits", "10"]
    for name, command in (("node", [*node, "--deflate", "{}", *bare]),
                          ("python", [*python, "--deflate", "{}", *bare]),
                          ("libsoup", libsoup)):
        yield f"{name}-deflate-ours", command, \
            [*ours, *agreed(["server_no_context_takeover", WINDOWS[0]])]


def agreed(words):
    return [option for word in words for option in ("--agreed", word)]


def print_lines(label, output):
    """Passes on the result lines of a program, with a label; False if there are none or one
    failed."""
    lines = [line for line in output.decode().splitlines()
             if line.startswith(("ok ", "FAILED "))]
    for line in lines or ["FAILED ended without a result"]:
        verdict, rest = line.split(" ", 1)
        print(f"{verdict} {label} {rest}", flush=True)
    return bool(lines) and not any(line.startswith("FAILED") for line in lines)


def run_server(name, scheme, command, folder, options):
    label = f"ws-peers {scheme} {name}-server"
    try:
        with Program(*command, ready="listening ") as server:
            port = server.ready_line.split()[1]
            tls = ["--tls", folder] if folder else []
            return print_lines(label, run(built("tests/interop/ws-ask"), "--port", port, *tls,
                                          *options, status=None).stdout)
    except Exception as error:  # pylint: disable=broad-except
        print(f"FAILED {label} {error!r}".replace("\n", " | "), flush=True)
        return False


def run_client(label, scheme, folder, name, options=(), server_options=()):
    """A client that is a program and prints its own lines."""
    tls = ["--tls", folder] if folder else []
    with Server("tests/interop/ws-echo", "--messages", "--sub-protocol", "binary",
                "--no-verify", *tls, *server_options) as server:
        done = run(built(f"tests/interop/{name}"), "--port", server.port, *tls, *options,
                   status=None)
    return print_lines(f"ws-peers {scheme} {label}", done.stdout)


def clients():
    """Clients that are programs: name, program, its options, and those of ws-echo."""
    ours = ["--deflate", "--no-takeover", "--own-window-bits", "10"]
    yield "libsoup", "ws-soup", [], []
    yield "libwebsockets", "ws-lws", [], []
    yield "libsoup-deflate", "ws-soup", ["--deflate"], ["--deflate"]
    yield "libsoup-deflate-ours", "ws-soup", ["--deflate"], ours



# ---- python3-websocket


@contextlib.contextmanager
def connection(port, folder, **options):
    scheme = "wss" if folder else "ws"
    if folder:
        options["sslopt"] = {"ca_certs": str(folder / "ca-cert.pem"),
                             "cert_reqs": ssl.CERT_REQUIRED}
    socket = websocket.create_connection(f"{scheme}://localhost:{port}/", timeout=DEADLINE,
                                         **options)
    try:
        yield socket
    finally:
        socket.shutdown()


def expect_close(socket, code):
    opcode, data = socket.recv_data(control_frame=True)
    assert opcode == websocket.ABNF.OPCODE_CLOSE, f"opcode {opcode}"
    assert int.from_bytes(data[:2], "big") == code, f"close {data}"


def client_echoes(port, folder, size):
    with connection(port, folder) as socket:
        data = os.urandom(size)
        socket.send_binary(data)
        assert socket.recv_data() == (websocket.ABNF.OPCODE_BINARY, data), "other bytes"
        socket.send_close(1000, b"done")
        expect_close(socket, 1000)


def client_sends_text(port, folder):
    with connection(port, folder) as socket:
        socket.send("grüße 世界 😀")
        assert socket.recv() == "grüße 世界 😀", "another text"


def client_sends_fragments(port, folder):
    with connection(port, folder) as socket:
        def part(data, opcode, fin):
            socket.send_frame(websocket.ABNF.create_frame(data, opcode, fin))
        part(b"one ", websocket.ABNF.OPCODE_BINARY, 0)
        socket.ping(b"between")
        part(b"two ", websocket.ABNF.OPCODE_CONT, 0)
        part(b"three", websocket.ABNF.OPCODE_CONT, 1)
        assert socket.recv_data(control_frame=True) == (websocket.ABNF.OPCODE_PONG, b"between")
        assert socket.recv() == b"one two three", "other bytes"


def client_is_closed(port, folder):
    with connection(port, folder) as socket:
        socket.send("close 4001 farewell")
        expect_close(socket, 4001)


def client_sends_bad_text(port, folder):
    with connection(port, folder) as socket:
        socket.send(b"\xc3\x28", websocket.ABNF.OPCODE_TEXT)
        expect_close(socket, 1007)


def client_chooses(port, folder):
    with connection(port, folder, subprotocols=["other", "binary"]) as socket:
        assert socket.getsubprotocol() == "binary", socket.getsubprotocol()
    with connection(port, folder) as socket:
        assert socket.getsubprotocol() is None, socket.getsubprotocol()
    expect_refusal(port, folder, 400, subprotocols=["other"])


def client_from_elsewhere(port, folder):
    expect_refusal(port, folder, 403, origin="https://elsewhere.example")
    with connection(port, folder, origin="https://localhost:1"):
        pass


def expect_refusal(port, folder, status, **options):
    try:
        with connection(port, folder, **options):
            raise AssertionError("was let in")
    except websocket.WebSocketBadStatusException as refused:
        assert refused.status_code == status, f"status {refused.status_code}"


def run_websocket_client(scheme, folder):
    tls = ["--tls", folder] if folder else []
    with Server("tests/interop/ws-echo", "--messages", "--sub-protocol", "binary",
                "--no-verify", *tls) as server:
        checks = [(f"echo-{size}", lambda s=size: client_echoes(server.port, folder, s))
                  for size in (0, 1, 125, 126, 65535, 65536, 1024 * 1024)]
        for name, check in (("text", client_sends_text), ("fragments", client_sends_fragments),
                            ("closed-by-server", client_is_closed),
                            ("not-utf8", client_sends_bad_text),
                            ("sub-protocol", client_chooses),
                            ("origin", client_from_elsewhere)):
            checks.append((name, lambda c=check: c(server.port, folder)))
        return run_checks(f"ws-peers {scheme} python3-websocket-client", checks) == 0


def main(words):
    is_good = True
    with tempfile.TemporaryDirectory(prefix="qio-ws-") as made:
        run(built("tests/interop/make-credentials"), made)
        for scheme, folder in (("ws", None), ("wss", Path(made))):
            peers = {f"{name}-server":
                     lambda n=name, c=command, o=options: run_server(n, scheme, c, folder, o)
                     for name, command, options in servers(folder)}
            peers |= {f"{name}-client":
                      lambda n=name, r=rest: run_client(f"{n}-client", scheme, folder, *r)
                      for name, *rest in clients()}
            peers["python3-websocket-client"] = lambda: run_websocket_client(scheme, folder)
            for name, peer in peers.items():
                if all(word in f"{scheme} {name}" for word in words):
                    is_good = peer() and is_good
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
