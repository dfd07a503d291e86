#!/usr/bin/env python3
"""Opens every package in a folder as its recipient would, and asks other tools about it.

    python scripts/packages.py FOLDER

Each ZIP must open with unzip, match its SHA256SUMS, and pass `frictionless validate`; its
command line runs in this process, because starting it anew for each package takes seconds.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from frictionless.console import console
from typer.testing import CliRunner


def faults_of(archive: Path) -> str:
    """What is wrong with one package; empty when nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        for command in (
            ["unzip", "-q", str(archive.resolve()), "-d", folder],
            ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        ):
            ran = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120
            )
            if ran.returncode != 0:
                return f"{command[0]}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}"
        before = os.getcwd()
        os.chdir(folder)
        try:
            validated = CliRunner().invoke(console, ["validate", "datapackage.json"])
        finally:
            os.chdir(before)
        if validated.exit_code != 0:
            return f"frictionless validate: exit {validated.exit_code}\n{validated.output}"
    return ""


def main() -> int:
    archives = sorted(Path(sys.argv[1]).rglob("*.zip"))
    if not archives:
        print("the tests kept no package", file=sys.stderr)
        return 1
    wrong = 0
    for archive in archives:
        faults = faults_of(archive)
        if faults:
            wrong += 1
            print(f"{archive.name}: {faults}", file=sys.stderr)
    print(f"{len(archives)} packages, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
