#!/usr/bin/env python3
"""Writes the page's files as a C++ source: embed.py OUTPUT FILE..."""

import sys
from pathlib import Path


def array_of(name, content):
    rows = [", ".join(str(byte) for byte in content[at:at + 24])
            for at in range(0, len(content), 24)]
    return f"constexpr unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def main():
    output, files = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    names = ["file_" + path.name.replace(".", "_").replace("-", "_") for path in files]
    arrays = "\n".join(array_of(name, path.read_bytes()) for name, path in zip(names, files))
    entries = "".join(f'    {{"/{path.name}", std::as_bytes(std::span({name}))}},\n'
                      for name, path in zip(names, files))
    Path(output).write_text(f"""// The files of the demo's page. Generated.
#include "ui/tools/page-files.hpp"

namespace qio::demo {{

namespace {{

{arrays}
}} // namespace

std::span<const BuiltinFile> builtin_files() {{
    static const BuiltinFile files[] = {{
{entries}    }};
    return files;
}}

}} // namespace qio::demo
""", encoding="utf-8")


if __name__ == "__main__":
    main()
