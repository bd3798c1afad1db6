#!/usr/bin/env python3
"""The unit qio-vnc@.service: systemd knows every line of it, and it shuts the rest out.

test-unit.py SYSTEMD_ANALYZE UNIT PROGRAM
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ANALYZE, UNIT, PROGRAM = sys.argv[1:4]
# Of 100, where a service without any hardening has 96 or so.
MAX_EXPOSURE = 25


def main():
    lines = Path(UNIT).read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder) / "qio-vnc@one.service"
        # The program is not installed yet, and there need be no such user.
        text = [f"ExecStart={Path(PROGRAM).resolve()}" + line[line.index(" "):]
                if line.startswith("ExecStart=") else line
                for line in lines if not line.startswith("User=")]
        unit.write_text("\n".join(text) + "\n", encoding="utf-8")
        verified = subprocess.run([ANALYZE, "verify", "--man=no", unit], capture_output=True,
                                  text=True, timeout=60, check=False)
        wrong = [line for line in verified.stderr.splitlines() if "qio-vnc" in line]
        security = subprocess.run(
            [ANALYZE, "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", unit],
            capture_output=True, text=True, timeout=60, check=False)
    if wrong:
        print("\n".join(wrong))
    if security.returncode != 0:
        print(security.stdout[-400:], security.stderr[-400:])
    return 1 if wrong or security.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
