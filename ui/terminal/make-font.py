#!/usr/bin/env python3
"""Writes a font's glyphs as a C++ source: make-font.py OUTPUT FONT"""

import sys
from pathlib import Path

ROWS, DIGITS, WIDTH = 18, 3, 9


def rows_of(digits):
    """The rows from top to bottom; of each, bit 0 is the pixel on the right."""
    rows = [digits[at:at + DIGITS] for at in range(0, len(digits), DIGITS)]
    if len(rows) != ROWS:
        raise ValueError(f"{len(rows)} rows, not {ROWS}")
    return [int(row, 16) >> (4 * DIGITS - WIDTH) for row in rows]


def main():
    output, font = sys.argv[1:]
    lines = [line.split(":") for line in Path(font).read_text(encoding="ascii").splitlines()
             if not line.startswith("#")]
    glyphs = sorted((int(code, 16), rows_of(digits)) for code, digits in lines)
    table = ",\n".join(f"    {{{code:#x}, {{{', '.join(map(str, rows))}}}}}"
                       for code, rows in glyphs)
    Path(output).write_text(f"""// The glyphs of the terminal's font. Generated.
#include "ui/terminal/font.hpp"

namespace qio::terminal {{

namespace {{

constexpr Glyph glyphs[] = {{
{table}}};

}} // namespace

std::span<const Glyph> font_glyphs() {{
    return glyphs;
}}

}} // namespace qio::terminal
""", encoding="utf-8")


if __name__ == "__main__":
    main()
