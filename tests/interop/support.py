"""What the Python drivers here share: programs under test, and named checks with a deadline."""

import os
import queue
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE = int(os.environ.get("QIO_DEADLINE", "30"))  # seconds


def built(path):
    """A program of the build folder; QIO_BUILD names another one than `build`."""
    return str(ROOT / os.environ.get("QIO_BUILD", "build") / path)


class Program:
    """A program that runs as long as the `with` does, and the lines it prints."""

    def __init__(self, *command, ready=None, descriptors=()):
        """`ready`: part of a line that is waited for; `descriptors`: what it inherits."""
        self.command = [str(part) for part in command]
        self.descriptors = descriptors
        self.ready = ready
        self.lines = queue.Queue()
        self.seen = []

    def __enter__(self):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, pass_fds=self.descriptors)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if self.ready is not None:
            try:
                self.ready_line = self.line_with(self.ready)
            except AssertionError:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.reader.join(DEADLINE)
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode(errors="replace").rstrip("\n"))
        self.lines.put(None)

    def line(self):
        """The next line."""
        try:
            line = self.lines.get(timeout=DEADLINE)
        except queue.Empty:
            line = None
        assert line is not None, f"{self.command[0]}: no more lines after {self.seen[-3:]}"
        self.seen.append(line)
        return line

    def line_with(self, part):
        """The next line that has `part` in it."""
        while part not in (line := self.line()):
            pass
        return line

    def expect(self, wanted):
        """The next line must begin with `wanted`; returns it."""
        line = self.line()
        assert line.startswith(wanted), f"'{line}', not '{wanted}…'"
        return line


class Server(Program):
    """One of our servers."""

    def __init__(self, path, *options):
        super().__init__(built(path), "--port", "0", *options, ready="listening ")

    def __enter__(self):
        super().__enter__()
        self.port = int(self.ready_line.split()[1])
        return self


def run(*command, data=b"", status=0):
    """Runs a program to its end on `data`; returns its output. None: any status."""
    done = subprocess.run([str(part) for part in command], input=data, capture_output=True,
                          timeout=DEADLINE, check=False)
    assert status in (None, done.returncode), \
        f"{command[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-300:]}"
    return done


def free_port():
    """For servers that cannot be told to take any: somebody else may be faster."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_checks(prefix, checks):
    """Prints "ok NAME" or "FAILED NAME REASON" for each; returns the exit status."""
    status = 0
    for name, check in checks:
        started = time.monotonic()
        try:
            check()
            print(f"ok {prefix} {name}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            status = 1
            reason = f"{type(error).__name__} {error}".replace("\n", " | ")
            print(f"FAILED {prefix} {name} after {time.monotonic() - started:.1f} s: {reason}",
                  flush=True)
    return status
