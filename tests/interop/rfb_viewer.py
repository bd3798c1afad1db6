"""A viewer that has the pixels as they are sent, and hears: for pictures of any size.

It knows RFB 3.8 without authentication, Raw, DesktopSize, and QEMU's sound.
"""

import select
import socket
import struct

from qemu_machine import Picture
from support import DEADLINE

RAW, DESKTOP_SIZE, SOUND = 0, -223, -259
SIGNED_16 = 3  # a format of samples


class Viewer:
    """One connection to a UNIX socket."""

    def __init__(self, path, *encodings):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(str(path))
        self.samples = bytearray()
        self.is_playing = False
        self._log_in()
        self._send(">Bxxx4B3H3Bxxx", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
        encodings = (RAW, DESKTOP_SIZE, *encodings)
        self._send(f">BxH{len(encodings)}i", 2, len(encodings), *encodings)
        self._ask(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _log_in(self):
        assert self._read(12) == b"RFB 003.008\n"
        self.socket.sendall(b"RFB 003.008\n")
        types = self._read(self._take(">B")[0])
        assert 1 in types, f"no type without authentication: {types}"
        self._send(">B", 1)
        assert self._take(">I") == (0,)
        self._send(">B", 1)  # others may stay
        self._resize(*self._take(">HH16x"))
        self._read(self._take(">I")[0])

    def _resize(self, width, height):
        self.size = width, height
        self.pixels = bytearray(4 * width * height)

    def _read(self, count):
        data = bytearray()
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the server has gone")
            data += part
        return bytes(data)

    def _take(self, fields):
        return struct.unpack(fields, self._read(struct.calcsize(fields)))

    def _send(self, fields, *values):
        self.socket.sendall(struct.pack(fields, *values))

    def _ask(self, incremental):
        self._send(">BB4H", 3, incremental, 0, 0, *self.size)

    def _take_rectangle(self):
        left, top, width, height, encoding = self._take(">4Hi")
        if encoding == DESKTOP_SIZE:
            self._resize(width, height)
        elif encoding == RAW:
            pixels = self._read(4 * width * height)
            for row in range(height):
                at = 4 * ((top + row) * self.size[0] + left)
                self.pixels[at:at + 4 * width] = pixels[4 * width * row:4 * width * (row + 1)]
        else:
            assert encoding == SOUND, f"encoding {encoding}"

    def _take_update(self):
        before = self.size
        for _ in range(self._take(">xH")[0]):
            self._take_rectangle()
        self._ask(int(self.size == before))

    def _take_sound(self):
        kind, operation = self._take(">BH")
        assert kind == 1, f"message 255/{kind}"
        if operation == 2:
            self.samples += self._read(self._take(">I")[0])
        else:
            self.is_playing = operation == 1

    def take_message(self):
        """Waits for the next one."""
        kind, = self._take(">B")
        if kind == 0:
            self._take_update()
        elif kind == 3:
            self._read(self._take(">3xI")[0])
        else:
            assert kind == 255, f"message {kind}"
            self._take_sound()

    def picture(self):
        """After all that has come."""
        while select.select([self.socket], [], [], 0)[0]:
            self.take_message()
        shown = bytearray(3 * self.size[0] * self.size[1])
        for part in range(3):
            shown[part::3] = self.pixels[2 - part::4]
        return Picture(self.size, bytes(shown))

    def press(self, keysym):
        for down in (1, 0):
            self._send(">BBxxI", 4, down, keysym)

    def listen(self, frequency):
        """To one channel of 16 bits."""
        self._send(">BBHBBI", 255, 1, 2, SIGNED_16, 1, frequency)
        self._send(">BBH", 255, 1, 0)
