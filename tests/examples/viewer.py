"""A viewer for the tests of the examples, written from the text of RFB alone, and how they
start what they look at."""

import math
import select
import socket
import struct
import subprocess
import sys
import time

DEADLINE = 20  # seconds, for anything to happen
RAW, DESKTOP_SIZE, QEMU_AUDIO = 0, -223, -259
AUDIO_RATE = 48000


class Viewer:
    """An RFB client that asks for updates all the time and keeps the picture."""

    def __init__(self, port):
        self.port = port
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), DEADLINE)
        self.sound = bytearray()
        self.has_audio = False
        self.updates = 0
        self.shake_hands()
        self.send(struct.pack(">BxHiii", 2, 3, RAW, DESKTOP_SIZE, QEMU_AUDIO))
        self.request(incremental=False)

    def reconnect(self):
        self.socket.close()
        self.connect()
        self.wait_for("a picture", lambda: self.updates > 0)

    def shake_hands(self):
        self.read(12)
        self.send(b"RFB 003.008\n")
        self.read(self.read(1)[0])
        self.send(b"\x01")  # nobody is asked who he is
        if self.read(4) != bytes(4):
            raise RuntimeError("refused")
        self.send(b"\x01")
        self.width, self.height = struct.unpack(">HH", self.read(4))
        self.read(16)
        self.name = self.read(*struct.unpack(">I", self.read(4))).decode()
        self.resize(self.width, self.height)
        # 32 bits, 0x00RRGGBB, little-endian.
        self.send(struct.pack(">B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0))

    def resize(self, width, height):
        self.width, self.height = width, height
        self.pixels = bytearray(width * height * 4)

    def send(self, data):
        self.socket.sendall(data)

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError("the server has closed the connection")
            data += piece
        return bytes(data)

    def request(self, incremental=True):
        self.send(struct.pack(">BBHHHH", 3, incremental, 0, 0, self.width, self.height))

    def key(self, keysym, down):
        self.send(struct.pack(">BBxxI", 4, down, keysym))

    def press(self, keysym):
        """For an instant: both messages are sent at once."""
        self.send(struct.pack(">BBxxIBBxxI", 4, True, keysym, 4, False, keysym))

    def pointer(self, x, y, buttons=0):
        self.send(struct.pack(">BBHH", 5, buttons, x, y))

    def take_message(self):
        kind = self.read(1)[0]
        if kind == 0:
            (count,) = struct.unpack(">xH", self.read(3))
            for _ in range(count):
                self.take_rectangle()
            self.updates += 1
            self.request()
        elif kind == 255:
            self.take_qemu_message()
        elif kind != 2:  # a bell
            raise RuntimeError(f"message {kind}")

    def take_rectangle(self):
        x, y, width, height, encoding = struct.unpack(">HHHHi", self.read(12))
        if encoding == DESKTOP_SIZE:
            self.resize(width, height)
        elif encoding == QEMU_AUDIO:
            self.has_audio = True
        elif encoding == RAW:
            for row in range(y, y + height):
                at = (row * self.width + x) * 4
                self.pixels[at:at + width * 4] = self.read(width * 4)
        else:
            raise RuntimeError(f"encoding {encoding}")

    def take_qemu_message(self):
        kind, operation = struct.unpack(">BH", self.read(3))
        if kind != 1 or operation > 2:
            raise RuntimeError(f"message 255/{kind}/{operation}")
        if operation == 2:
            self.sound += self.read(*struct.unpack(">I", self.read(4)))

    def ask_for_sound(self):
        self.wait_for("audio", lambda: self.has_audio)
        signed_16_bits, mono = 3, 1
        self.send(struct.pack(">BBHBBI", 255, 1, 2, signed_16_bits, mono, AUDIO_RATE))
        self.send(struct.pack(">BBH", 255, 1, 0))

    def wait_for(self, what, condition):
        """Takes messages until the condition holds; gives what it has told."""
        end = time.monotonic() + DEADLINE
        while not (result := condition()):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                raise RuntimeError(f"{what}: not within {DEADLINE} s")
            self.take_message()
        return result

    def pixel(self, x, y):
        """Red, green and blue."""
        at = (y * self.width + x) * 4
        blue, green, red = self.pixels[at:at + 3]
        return red, green, blue


def last_samples(viewer, seconds):
    wanted = int(AUDIO_RATE * seconds) * 2
    viewer.sound.clear()
    viewer.wait_for("sound", lambda: len(viewer.sound) >= wanted)
    return struct.unpack(f"<{wanted // 2}h", viewer.sound[:wanted])


def loudness(samples):
    mean = sum(samples) / len(samples)
    return math.sqrt(sum((sample - mean) ** 2 for sample in samples) / len(samples))


def frequency(samples):
    mean = sum(samples) / len(samples)
    rises = sum(a < mean <= b for a, b in zip(samples, samples[1:]))
    return rises * AUDIO_RATE / len(samples)


def start(arguments):
    """The program, and the port it listens on."""
    player = subprocess.Popen(
        [*arguments, "--listen", "127.0.0.1:0", "--websocket", "127.0.0.1:0"],
        stdout=subprocess.PIPE, text=True)
    line = player.stdout.readline()
    if not line.startswith("VNC viewers: tcp:127.0.0.1:"):
        player.kill()
        sys.exit(f"FAILED libretro: it says {line!r}")
    return player, int(line.split(":")[3].split(",")[0])


def run_checks(arguments, name, checks, *context):
    """Plays for a viewer, whom each check is given. Prints how it went; whether all passed."""
    player, port = start(arguments)
    passed = True
    try:
        viewer = Viewer(port)
        viewer.wait_for("a picture", lambda: viewer.updates > 0)
        for check in checks:
            try:
                check(viewer, *context)
                print(f"ok {name} {check.__name__}")
            except (RuntimeError, OSError, EOFError) as error:
                print(f"FAILED {name} {check.__name__} {error}")
                passed = False
    finally:
        player.terminate()
        if player.wait(DEADLINE) != 0:
            print(f"FAILED {name} it ended with {player.returncode}")
            passed = False
    return passed
