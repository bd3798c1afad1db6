#!/usr/bin/python3
"""OpenSSL's and GnuTLS's programs against tls-echo and tls-ask, curl against tls-http.

tls-peers.py [WORD]...: the checks whose name has each WORD in it.
"""

import os
import sys
import tempfile
from pathlib import Path

from support import Program, Server, built, free_port, run, run_checks

SIZE = 1024 * 1024
DATA = os.urandom(SIZE)
PSK = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"
WRONG_PSK = PSK[::-1]
VERSIONS = ["1.2", "1.3"]
FOLDER = Path(sys.argv[0])  # set by main()


def priority(version, psk=False):
    exchanges = ":+ECDHE-PSK:+DHE-PSK" if psk else ""
    return f"NORMAL:-VERS-ALL:+VERS-TLS{version}{exchanges}"


def tls_server(program, *options, folder=None, version="1.2"):
    return Server(program, "--tls", folder or FOLDER, "--priority",
                  f"NORMAL:-VERS-ALL:+VERS-TLS{version}", *options)


def tls_echo(*options, **more):
    return tls_server("tests/interop/tls-echo", *options, **more)


def tls_ask(port, *options, folder=None, status=0):
    return run(built("tests/interop/tls-ask"), "--tls", folder or FOLDER, "--port", port,
               *options, status=status).stdout.decode().splitlines()


def expect_lines(lines, *wanted):
    """Each line has all the words that are wanted in it."""
    assert len(lines) == len(wanted), f"{lines}, not {wanted}"
    for line, words in zip(lines, wanted):
        for word in words.split():
            assert word in line.split(), f"no '{word}' in '{line}'"


def expect_session(server, words, ended):
    """What tls-echo tells of a connection that went well."""
    expect_lines([server.line(), server.line()], "open " + words, ended)


# ---- their clients, our server


class OpensslClient:
    """`openssl s_client`. On its own input's end it goes on, until the server says goodbye."""

    def __init__(self, version, port):
        self.command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}",
                        "-tls" + version.replace(".", "_"), "-servername", "localhost",
                        "-CAfile", FOLDER / "ca-cert.pem", "-verify_return_error",
                        "-verify_hostname", "localhost", "-quiet", "-nocommands"]

    def identity(self, folder=None):
        folder = folder or FOLDER
        self.command += ["-cert", folder / "client-cert.pem", "-key", folder / "client-key.pem"]
        return self

    def shared_key(self, key=PSK):
        at = self.command.index("-CAfile")
        self.command[at:at + 5] = ["-psk_identity", "qemu", "-psk", key]
        return self

    def add(self, *options):
        self.command += options
        return self

    def run(self, data=b"", status=0):
        return run(*self.command, data=data, status=status)

    def echo(self):
        done = self.run(DATA)
        assert done.stdout == DATA, "other bytes came back"
        assert b"unexpected eof" not in done.stderr, "no close_notify of the server's"

    def leave(self):
        """Says goodbye first, at once."""
        return self.add("-no_ign_eof").run()

    def refused(self):
        # Where the client learns it late (TLS 1.3), it has begun to wait for data.
        done = self.run(status=None)
        assert done.returncode != 0, "the client took it for a success"
        assert b"alert" in done.stderr, f"no alert: {done.stderr}"

    def offer_protocols(self, names):
        return self.add("-alpn", names)

    def resume_round(self, state, has_session):
        """One of two sessions, the second of which resumes the first."""
        self.add("-sess_in" if has_session else "-sess_out", state)
        self.echo()


class GnutlsClient:
    """`gnutls-cli`. At the end of its input it says goodbye, and reads on."""

    def __init__(self, version, port):
        self.version = version
        self.psk = False
        self.command = ["gnutls-cli", "--port", str(port), "--logfile", "/dev/stderr",
                        "--sni-hostname", "localhost", "--verify-hostname", "localhost",
                        "--x509cafile", FOLDER / "ca-cert.pem"]

    def identity(self, folder=None):
        folder = folder or FOLDER
        self.command += ["--x509certfile", folder / "client-cert.pem",
                         "--x509keyfile", folder / "client-key.pem"]
        return self

    def shared_key(self, key=PSK):
        self.psk = True
        self.command = self.command[:-2] + ["--pskusername", "qemu", "--pskkey", key]
        return self

    def add(self, *options):
        self.command += options
        return self

    def run(self, data=b"", status=0):
        exchanges = ":-KX-ALL:+PSK" if self.psk and self.version == "1.2" else ""
        return run(*self.command, "--priority", priority(self.version, self.psk) + exchanges,
                   "127.0.0.1", data=data, status=status)

    def echo(self):
        assert self.run(DATA).stdout == DATA, "other bytes came back"

    def leave(self):
        return self.run()

    def refused(self):
        assert self.run(status=None).returncode != 0, "the client took it for a success"

    def offer_protocols(self, names):
        for name in names.split(","):
            self.add("--alpn", name)
        return self


CLIENTS = {"openssl": OpensslClient, "gnutls": GnutlsClient}


def client_echoes(kind, version):
    with tls_echo("--limit", SIZE, version=version) as server:
        CLIENTS[kind](version, server.port).identity().echo()
        expect_session(server, f"protocol=TLS{version} resumed=no name=localhost peer=CN=client",
                       f"ended {SIZE}")


def client_leaves_first(kind, version):
    with tls_echo(version=version) as server:
        CLIENTS[kind](version, server.port).identity().leave()
        expect_session(server, f"protocol=TLS{version}", "ended 0")


def client_without_certificate(kind, version):
    with tls_echo(version=version) as server:
        CLIENTS[kind](version, server.port).refused()
        server.expect("refused ")
    with tls_echo("--no-verify", version=version) as server:
        CLIENTS[kind](version, server.port).leave()
        line = server.expect("open ")
        assert "peer=" not in line, line


def client_of_a_stranger(kind, version):
    with tls_echo(version=version) as server:
        CLIENTS[kind](version, server.port).identity(FOLDER / "stranger").refused()
        server.expect("refused ")


def client_not_authorized(kind, version):
    with tls_echo("--authorized", "CN=somebody-else", version=version) as server:
        CLIENTS[kind](version, server.port).identity().refused()
        server.expect("refused ")


def client_shuns_a_strange_server(kind, version):
    with tls_echo("--no-verify", folder=FOLDER / "stranger", version=version) as server:
        done = CLIENTS[kind](version, server.port).run(status=None)
        assert done.returncode != 0, "the client took it for a success"


def client_shared_key(kind, version):
    with tls_echo("--psk", "--limit", SIZE, version=version) as server:
        CLIENTS[kind](version, server.port).shared_key().echo()
        expect_session(server, f"protocol=TLS{version} resumed=no", f"ended {SIZE}")
        CLIENTS[kind](version, server.port).shared_key(WRONG_PSK).refused()
        server.expect("refused ")


def client_protocols(kind, version):
    with tls_echo("--alpn", "second", "--alpn", "first", "--require-alpn",
                  version=version) as server:
        def offer(names):
            return CLIENTS[kind](version, server.port).identity().offer_protocols(names)
        # The server's order counts.
        offer("first,second").leave()
        expect_session(server, "alpn=second", "ended 0")
        offer("other,first").leave()
        expect_session(server, "alpn=first", "ended 0")
        offer("other").refused()
        server.expect("refused ")


def openssl_resumes(version):
    state = FOLDER / f"session-{version}"
    with tls_echo("--limit", SIZE, version=version) as server:
        for resumed in ("no", "yes"):
            OpensslClient(version, server.port).identity().resume_round(state, resumed == "yes")
            # Who it is counts in a resumed session, too.
            expect_session(server, f"resumed={resumed} name=localhost peer=CN=client",
                           f"ended {SIZE}")


def gnutls_resumes(version):
    with tls_echo(version=version) as server:
        GnutlsClient(version, server.port).identity().add("--resume", "--waitresumption").leave()
        for resumed in ("no", "yes"):
            expect_session(server, f"resumed={resumed} peer=CN=client", "ended 0")


# ---- curl, and libsoup's web server over our TLS


def curl(version, *options, data=b"", status=0):
    return run("curl", "--silent", "--show-error", f"--tlsv{version}", "--tls-max", version,
               "--cacert", FOLDER / "ca-cert.pem", *options, data=data, status=status)


def web_server(version):
    return tls_server("tests/interop/tls-http", "--alpn", "http/1.1", version=version)


def curl_identity():
    return ["--cert", FOLDER / "client-cert.pem", "--key", FOLDER / "client-key.pem"]


def curl_fetches(version):
    with web_server(version) as server:
        url = f"https://localhost:{server.port}"
        done = curl(version, *curl_identity(), f"{url}/{SIZE}", f"{url}/10",
                    "--write-out", "%{stderr}%{num_connects};")
        assert done.stdout == b"x" * (SIZE + 10), "other bytes"
        assert done.stderr == b"1;0;", f"not over one connection: {done.stderr}"
        expect_lines([server.line()],
                     f"open protocol=TLS{version} alpn=http/1.1 name=localhost peer=CN=client")


def curl_posts(version):
    with web_server(version) as server:
        done = curl(version, *curl_identity(), "--data-binary", "@-",
                    f"https://localhost:{server.port}/", data=DATA)
        assert done.stdout == DATA, "other bytes"


def curl_without_certificate(version):
    with web_server(version) as server:
        done = curl(version, f"https://localhost:{server.port}/1", status=None)
        assert done.returncode != 0, "curl took it for a success"
        server.expect("refused ")


# ---- our client, their servers


class OpensslServer(Program):
    """`openssl s_server`, which sends each line back reversed."""

    ask_options = ("--reversed",)

    def __init__(self, version, *options, folder=None, psk=None):
        folder = folder or FOLDER
        identity = ["-nocert", "-psk_identity", "qemu", "-psk", psk] if psk else [
            "-cert", folder / "server-cert.pem", "-key", folder / "server-key.pem"]
        super().__init__(
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", *identity,
            "-tls" + version.replace(".", "_"), *options, ready="ACCEPT ")

    def __enter__(self):
        super().__enter__()
        self.port = int(self.ready_line.rsplit(":", 1)[1])
        return self

    verify_options = ("-Verify", "1", "-verify_return_error", "-CAfile")

    def expect_name(self, subject):
        self.line_with(f"Peer certificate: CN = {subject}")


class GnutlsServer(Program):
    """`gnutls-serv`, which sends back what it gets. It listens on every interface."""

    ask_options = ()
    attempts = 5

    def __init__(self, version, *options, folder=None, psk=None):
        folder = folder or FOLDER
        self.identity = [
            "--pskpasswd", folder / "keys.psk"] if psk else [
            "--x509certfile", folder / "server-cert.pem",
            "--x509keyfile", folder / "server-key.pem"]
        self.options = ["--priority", priority(version, psk is not None), *options]
        super().__init__()

    def __enter__(self):
        for attempt in range(self.attempts):
            self.port = free_port()
            self.command = [str(part) for part in (
                "gnutls-serv", "--echo", "--port", self.port, *self.identity, *self.options)]
            self.ready = "listening on IPv4"
            try:
                return super().__enter__()
            except AssertionError:
                if attempt == self.attempts - 1:
                    raise
        raise AssertionError("unreachable")

    verify_options = ("--require-client-cert", "--verify-client-cert", "--x509cafile")

    def expect_name(self, subject):
        self.line_with(f"Subject: CN={subject}")


SERVERS = {"openssl": OpensslServer, "gnutls": GnutlsServer}


def asked(server, version, *options, **more):
    return tls_ask(server.port, "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
                   *server.ask_options, *options, **more)


def went_well(*words):
    return [line for some in words for line in ("open " + some, f"echoed {SIZE}", "ended")]


def server_echoes(kind, version):
    with SERVERS[kind](version) as server:
        expect_lines(asked(server, version),
                     *went_well(f"protocol=TLS{version} resumed=no peer=CN=server"))


def server_asks_who(kind, version):
    make = SERVERS[kind]
    with make(version, *make.verify_options, FOLDER / "ca-cert.pem") as server:
        expect_lines(asked(server, version), *went_well("peer=CN=server"))
        server.expect_name("client")
        lines = asked(server, version, folder=FOLDER / "impostor", status=1)
        assert lines[-1].startswith("failed "), lines


def server_of_a_stranger(kind, version):
    with SERVERS[kind](version, folder=FOLDER / "stranger") as server:
        lines = asked(server, version, status=1)
        assert lines[0].startswith("failed "), lines


def server_with_another_name(kind, version):
    with SERVERS[kind](version) as server:
        lines = asked(server, version, "--name", "elsewhere.example", status=1)
        assert lines[0].startswith("failed ") and "elsewhere.example" in lines[0], lines


def server_shared_key(kind, version):
    with SERVERS[kind](version, psk=PSK) as server:
        expect_lines(asked(server, version, "--psk-user", "qemu"),
                     *went_well(f"protocol=TLS{version}"))
        lines = asked(server, version, "--psk-user", "qemu", folder=FOLDER / "stranger",
                      status=1)
        assert lines[0].startswith("failed "), lines


def server_resumes(kind, version):
    with SERVERS[kind](version) as server:
        expect_lines(asked(server, version, "--again"),
                     *went_well("resumed=no peer=CN=server", "resumed=yes peer=CN=server"))


def server_protocols(kind, version):
    option = {"openssl": ["-alpn", "one,two"], "gnutls": ["--alpn", "one", "--alpn", "two"]}
    with SERVERS[kind](version, *option[kind]) as server:
        expect_lines(asked(server, version, "--alpn", "two"), *went_well("alpn=two"))


def openssl_server_by_name(version):
    folder = FOLDER / "stranger"
    # By the name the client asks for, it shows the certificate that is trusted.
    with OpensslServer(version, "-servername", "localhost", "-cert2",
                       FOLDER / "server-cert.pem", "-key2", FOLDER / "server-key.pem",
                       folder=folder) as server:
        expect_lines(asked(server, version), *went_well("peer=CN=server"))


def gnutls_server_by_name(version):
    with GnutlsServer(version, "--sni-hostname", "localhost", "--sni-hostname-fatal") as server:
        expect_lines(asked(server, version), *went_well("peer=CN=server"))
        lines = asked(server, version, "--name", "elsewhere.example", status=1)
        assert lines[0].startswith("failed "), lines


def all_checks():
    by_kind = {
        "client echo": client_echoes, "client leaves-first": client_leaves_first,
        "client no-certificate": client_without_certificate,
        "client stranger": client_of_a_stranger, "client unauthorized": client_not_authorized,
        "client shuns-stranger": client_shuns_a_strange_server,
        "client psk": client_shared_key, "client alpn": client_protocols,
        "server echo": server_echoes, "server client-certificate": server_asks_who,
        "server stranger": server_of_a_stranger, "server name": server_with_another_name,
        "server psk": server_shared_key, "server resumption": server_resumes,
        "server alpn": server_protocols}
    single = {
        "curl client fetches": curl_fetches, "curl client posts": curl_posts,
        "curl client no-certificate": curl_without_certificate,
        "openssl client resumption": openssl_resumes, "gnutls client resumption": gnutls_resumes,
        "openssl server sni": openssl_server_by_name, "gnutls server sni": gnutls_server_by_name}
    for version in VERSIONS:
        for kind in CLIENTS:
            for name, check in by_kind.items():
                yield (f"{kind} TLS{version} {name}",
                       lambda c=check, k=kind, v=version: c(k, v))
        for name, check in single.items():
            kind, rest = name.split(" ", 1)
            yield f"{kind} TLS{version} {rest}", lambda c=check, v=version: c(v)


def make_impostor():
    """A folder that trusts the authority, but whose own certificate it has not issued."""
    impostor = FOLDER / "impostor"
    impostor.mkdir()
    (impostor / "ca-cert.pem").write_bytes(
        (FOLDER / "ca-cert.pem").read_bytes() + (FOLDER / "stranger/ca-cert.pem").read_bytes())
    for name in ("client-cert.pem", "client-key.pem"):
        (impostor / name).write_bytes((FOLDER / "stranger" / name).read_bytes())


def main(words):
    global FOLDER  # pylint: disable=global-statement
    with tempfile.TemporaryDirectory(prefix="qio-tls-") as folder:
        FOLDER = Path(folder)
        run(built("tests/interop/make-credentials"), folder)
        make_impostor()
        return run_checks("tls-peers", [(name, check) for name, check in sorted(all_checks())
                                        if all(word in name for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
