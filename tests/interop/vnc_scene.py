"""The moving picture's server, and the clients that this project has built to look at it."""

import os
from pathlib import Path

from support import Program, Server, built, run

LAST_STEP = 24
WIDTH, HEIGHT = 642, 487
KEYSYM_F7 = 0xffc4  # makes the picture move
LARGEST_LOSS = 60  # of one colour of one pixel, at the quality that most viewers ask for


# Ways to log in: the server's options, and those of a client for all that ask for something.
PASSWORD = ["--method", "password", "--password", "secret"]
VIEW_ONLY = PASSWORD + ["--view-only-password", "looking"]
PLAIN = ["--method", "plain", "--user", "joe", "--password", "secret"]
SASL = ["--method", "sasl"]
ANONYMOUS = ["--anonymous-tls"]
ME = ["--user", "joe", "--password", "secret"]


class Talking(Program):
    """A program that takes lines."""

    def say(self, *words):
        self.process.stdin.write((" ".join(str(word) for word in words) + "\n").encode())
        self.process.stdin.flush()


class Scene(Server, Talking):
    """vnc-scene, our server."""

    def __init__(self, *options):
        super().__init__("tests/interop/vnc-scene", *options)


class SceneClient(Talking):
    """One of the programs vnc-client-*."""

    def __init__(self, name, port, *options, ready="connected ", within=()):
        """`within`: the words of a program that starts it."""
        super().__init__(*within, built(f"tests/interop/vnc-client-{name}"), "--port", port,
                         *options, ready=ready)

    def see(self, step):
        """Waits for that very picture; returns the lines about others before it."""
        already = len(self.seen)
        self.say("expect", step)
        self.line_with(f"picture {step}")
        return [line.split() for line in self.seen[already:] if line.startswith("differs ")]

    def watch_moving(self, key=KEYSYM_F7):
        self.see(0)
        self.say("key", key)
        self.see(LAST_STEP)


def losses(lines):
    """The largest loss of each picture that was near enough to be the right one."""
    return [int(words[2]) for words in lines if int(words[2]) <= LARGEST_LOSS]


def make_credentials(folder):
    """Certificates, and in the folder `sasl` a user joe with the password "secret".

    The folder `sasl-plain` has the same, and no mechanism but PLAIN.
    """
    run(built("tests/interop/make-credentials"), folder)
    users = Path(folder) / "users"
    run("/usr/sbin/saslpasswd2", "-p", "-c", "-f", users, "joe", data=b"secret")
    for name, mechanisms in [("sasl", "PLAIN SCRAM-SHA-256 DIGEST-MD5"), ("sasl-plain", "PLAIN")]:
        (Path(folder) / name).mkdir()
        (Path(folder) / name / "qemu.conf").write_text(
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
            f"sasldb_path: {users}\nmech_list: {mechanisms}\n")
    os.environ["SASL_CONF_PATH"] = f"{folder}/sasl"
