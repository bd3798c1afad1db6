#!/usr/bin/env python3
"""Makes a GResource bundle of noVNC's modules: bundle.py FOLDER OUTPUT DEPFILE"""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

# What a page imports, and the terms it comes under.
WANTED = ["core/**/*.js", "vendor/**/*.js", "LICENSE.txt", "package.json"]


def main():
    folder, output, depfile = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3])
    files = sorted({path for pattern in WANTED for path in folder.glob(pattern)})
    entries = "".join(f"<file>{escape(str(path.relative_to(folder)))}</file>\n"
                      for path in files)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as description:
        description.write('<gresources><gresource prefix="/novnc">\n'
                          f"{entries}</gresource></gresources>\n")
        description.flush()
        subprocess.run(["glib-compile-resources", "--sourcedir", folder,
                        "--target", output, description.name], check=True)
    depfile.write_text(f"{output}: {' '.join(str(path) for path in files)}\n",
                       encoding="utf-8")


if __name__ == "__main__":
    main()
