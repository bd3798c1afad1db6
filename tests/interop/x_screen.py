"""A screen of X11 without a monitor, and what is to be seen there."""

import os
import struct
import subprocess
from pathlib import Path

from support import DEADLINE, Program, built, run
from vnc_scene import HEIGHT, WIDTH


class XScreen(Program):
    """An Xvfb just as large as the moving picture, or as asked; DISPLAY names it from then on."""

    def __init__(self, folder, width=WIDTH, height=HEIGHT):
        """`folder`: where it keeps what is to be seen."""
        super().__init__("Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24",
                         "-nolisten", "tcp", "-nocursor", "-fbdir", folder)
        self.file = Path(folder) / "Xvfb_screen0"

    def __enter__(self):
        super().__enter__()
        while not (line := self.line()).isdigit():
            pass
        os.environ["DISPLAY"] = f":{line}"
        return self

    def picture(self):
        """Read from its memory, in XWD's format: no other client of it is needed."""
        data = self.file.read_bytes()
        header = struct.unpack(">20I", data[:80])
        size, (width, height), colours = header[0], header[4:6], header[19]
        assert header[7] == 0 and header[11:13] == (32, 4 * width), header
        pixels = data[size + 12 * colours:][:4 * width * height]
        picture = bytearray(3 * width * height)
        for part in range(3):
            picture[part::3] = pixels[2 - part::4]
        return (width, height), bytes(picture)


def pixels_of(ppm):
    """Size and bytes of a picture in the format P6."""
    fields = ppm.split(maxsplit=4)[:4]
    assert fields[0] == b"P6", ppm[:20]
    width, height = int(fields[1]), int(fields[2])
    return (width, height), ppm[-3 * width * height:]


def scene(step):
    return pixels_of(run(built("tests/interop/vnc-scene"), "--ppm", step).stdout)


def largest_difference(one, other):
    """Of one colour of one pixel."""
    assert one[0] == other[0], f"{one[0]}, not {other[0]}"
    return max(map(lambda a, b: abs(a - b), one[1], other[1])) if one[1] != other[1] else 0


def with_levels(picture, red, green, blue):
    """The picture as it looks with so many bits of each colour."""
    tables = [bytes(round((value >> 8 - bits) * 255 / (2 ** bits - 1)) for value in range(256))
              for bits in (red, green, blue)]
    pixels = bytearray(picture[1])
    for part, table in enumerate(tables):
        pixels[part::3] = pixels[part::3].translate(table)
    return picture[0], bytes(pixels)


class Selection:
    """The clipboard of X11."""

    @staticmethod
    def put(text):
        # It serves the text in the background, and would keep a pipe open.
        subprocess.run(["xclip", "-selection", "clipboard", "-in"], input=text.encode(),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=DEADLINE, check=True)

    @staticmethod
    def get():
        return run("xclip", "-selection", "clipboard", "-out", status=None).stdout.decode()
