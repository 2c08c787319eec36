# SPDX-License-Identifier: Apache-2.0
"""Looks for the programs of the suite, for make test, before anything is set up.

As root, apt-get installs those that the machine lacks. Otherwise one line names their packages, and the suite
leaves out their tests (tests/programs.py). This file imports nothing that make installs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from sim.toolchain import PROGRAMS, REQUIRED, SUITE, ToolMissing, missing, packages

MISTAKE = 2
APT = ("apt-get", "-qq", "-y", "--no-install-recommends")


def apt(*words: str) -> str:
    """Call apt-get; return the last line of its output if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run([*APT, *words], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return (done.stdout.strip() or str(done.returncode)).splitlines()[-1] if done.returncode else ""


def install(names: Sequence[str]) -> None:
    """Install packages; if apt-get refuses one, the others."""
    print(f"apt-get install {' '.join(names)} (APT=0: without them)", flush=True)
    apt("update")
    for name in names if apt("install", *names) else ():
        if told := apt("install", name):
            print(f"apt-get can't install {name}: {told}", flush=True)


def line(names: Sequence[str]) -> str:
    """Return the one line that gets programs of PROGRAMS."""
    return f"apt-get install {' '.join(packages(names))}"


def main(required: bool = False, by_apt: bool = True) -> int:
    """Look for g++ and make, unless `required` for the other programs, too; return the exit status."""
    wanted = REQUIRED if required else (*REQUIRED, *SUITE)
    absent = missing(wanted)
    if absent and not required and by_apt and os.geteuid() == 0 and shutil.which(APT[0]):
        install(packages(absent))
        absent = missing(wanted)
    if stops := [name for name in absent if name in REQUIRED]:
        print(f"error: {ToolMissing.of(stops[0])}", file=sys.stderr)
        return MISTAKE
    if absent:
        print(f"not installed: {line(absent)}", *(f"  {name}: {PROGRAMS[name][0]}" for name in absent), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
