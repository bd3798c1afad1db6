#!/usr/bin/env python3
"""Plays the game of docs/examples/libretro over a VNC connection.

libretro.py PLAYER CORE GAME

Starts the program PLAYER with the core and the game, and is a viewer of it: the picture has
to be the game's and to move, keys have to do what the game does with them, and its tone has
to be heard if the server knows QEMU's audio messages. Prints "ok NAME" or "FAILED NAME
REASON" for each check; exits 1 if any failed.
"""

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
TONE = 440

RIGHT, LEFT, ENTER, SHIFT = 0xFF53, 0xFF51, 0xFF0D, 0xFFE1

# What the game has on its screen, in pixels of 256 x 240; a core may leave out rows at the
# top and at the bottom.
HEIGHT = 240
BANNER_AT, BANNER = (13 * 8, 7 * 8), [3, 4, 5, 6, 4, 7]
BACKDROP_AT = (4, 20)
FIRST_PLAYED_ROW = 96
TILE = 8


class Viewer:
    """An RFB client that asks for updates all the time and keeps the picture."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), DEADLINE)
        self.sound = bytearray()
        self.has_audio = False
        self.updates = 0
        self.shake_hands()
        self.send(struct.pack(">BxHiii", 2, 3, RAW, DESKTOP_SIZE, QEMU_AUDIO))
        self.request(incremental=False)

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
                raise RuntimeError("the server has closed the connection")
            data += piece
        return bytes(data)

    def request(self, incremental=True):
        self.send(struct.pack(">BBHHHH", 3, incremental, 0, 0, self.width, self.height))

    def key(self, keysym, down):
        self.send(struct.pack(">BBxxI", 4, down, keysym))

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
        """Red, green and blue at a place of the whole screen."""
        at = ((y - (HEIGHT - self.height) // 2) * self.width + x) * 4
        blue, green, red = self.pixels[at:at + 3]
        return red, green, blue


def places(viewer, is_wanted):
    """Where the pixels are for which that holds, as (left, top), if they fill one tile."""
    rows = range(FIRST_PLAYED_ROW, HEIGHT - (HEIGHT - viewer.height) // 2)
    found = [(x, y) for y in rows for x in range(256) if is_wanted(*viewer.pixel(x, y))]
    if not found:
        return None
    left, top = min(x for x, _ in found), min(y for _, y in found)
    right, bottom = max(x for x, _ in found), max(y for _, y in found)
    return (left, top) if (right - left, bottom - top) == (TILE - 1, TILE - 1) else None


def ball(viewer):
    return places(viewer, lambda red, green, blue: red > 128 > blue)


def square(viewer):
    return places(viewer, lambda red, green, blue: blue > 128 > red)


def backdrop_is(viewer, colour):
    # "blue" may have a bit of red, and so on: the strongest has to be the right one.
    values = viewer.pixel(*BACKDROP_AT)
    if colour == "black":
        return max(values) < 32
    if colour == "yellow":
        return min(values[:2]) > values[2] + 32
    strongest = "red green blue".split().index(colour)
    return all(values[strongest] > value + 32 for i, value in enumerate(values)
               if i != strongest)


def shows_the_banner(viewer, game):
    with open(game, "rb") as file:
        tiles = file.read()[16 + 16384:]

    def is_shown():
        for index, tile in enumerate(BANNER):
            for row in range(TILE):
                for column in range(TILE):
                    is_ink = tiles[tile * 16 + row] >> (7 - column) & 1
                    pixel = viewer.pixel(BANNER_AT[0] + index * TILE + column,
                                         BANNER_AT[1] + row)
                    if not (min(pixel) > 200 if is_ink else max(pixel) < 32):
                        return False
        return True

    viewer.wait_for("the banner", is_shown)


def moves_the_ball(viewer, _):
    seen = set()

    def has_moved():
        seen.add(ball(viewer))
        return len(seen - {None}) >= 10

    viewer.wait_for("ten places of the ball", has_moved)
    corners = seen - {None}
    if any(not 8 <= x <= 232 or not 96 <= y - 1 <= 208 for x, y in corners):
        raise RuntimeError(f"the ball was outside: {corners}")


def turns_buttons_into_colours(viewer, _):
    for keysym, colour in [(ord("x"), "red"), (ord("z"), "green"), (ENTER, "blue"),
                           (SHIFT, "yellow"), (ord("X"), "red")]:
        viewer.key(keysym, True)
        viewer.wait_for(f"{colour} for {keysym:#x}", lambda: backdrop_is(viewer, colour))
        viewer.key(keysym, False)
        viewer.wait_for("black again", lambda: backdrop_is(viewer, "black"))


def moves_the_square_with_the_arrows(viewer, _):
    start = viewer.wait_for("the square", lambda: square(viewer))
    for keysym, direction in [(RIGHT, 1), (LEFT, -1)]:
        viewer.key(keysym, True)
        viewer.wait_for(
            f"the square at the {'right' if direction > 0 else 'left'}",
            lambda: (at := square(viewer)) and (at[0] - start[0]) * direction > 40)
        viewer.key(keysym, False)
        start = viewer.wait_for("the square", lambda: square(viewer))


def sees_a_key_that_is_down_for_an_instant(viewer, _):
    # The ball moves each frame, so there is an update for each; by now nothing is held.
    enough = viewer.updates + 10
    viewer.wait_for("ten frames", lambda: viewer.updates >= enough)
    before = viewer.wait_for("the square", lambda: square(viewer))
    viewer.key(RIGHT, True)
    viewer.key(RIGHT, False)
    viewer.wait_for("a step", lambda: (at := square(viewer)) and at[0] > before[0])


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


def plays_a_tone_while_a_is_held(viewer, _):
    viewer.ask_for_sound()
    viewer.wait_for("silence", lambda: loudness(last_samples(viewer, 0.1)) < 100)
    viewer.key(ord("x"), True)
    viewer.wait_for("the tone", lambda: loudness(last_samples(viewer, 0.1)) > 1000)
    heard = frequency(last_samples(viewer, 0.5))
    if abs(heard - TONE) > 10:
        raise RuntimeError(f"{heard} Hz, not {TONE}")
    viewer.key(ord("x"), False)
    viewer.wait_for("silence again", lambda: loudness(last_samples(viewer, 0.1)) < 100)


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


def main():
    player, port = start(sys.argv[1:])
    failed = False
    try:
        viewer = Viewer("127.0.0.1", port)
        viewer.wait_for("a picture", lambda: viewer.updates > 1)
        checks = [shows_the_banner, moves_the_ball, turns_buttons_into_colours,
                  moves_the_square_with_the_arrows, sees_a_key_that_is_down_for_an_instant]
        if viewer.has_audio:
            checks.append(plays_a_tone_while_a_is_held)
        for check in checks:
            try:
                check(viewer, sys.argv[3])
                print(f"ok libretro {check.__name__}")
            except RuntimeError as error:
                print(f"FAILED libretro {check.__name__} {error}")
                failed = True
    finally:
        player.terminate()
        if player.wait(DEADLINE) != 0:
            print(f"FAILED libretro it ended with {player.returncode}")
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
