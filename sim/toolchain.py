# SPDX-License-Identifier: Apache-2.0
"""The paths of the simulators, and their environment."""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sim.options import options

ROOT = Path(__file__).resolve().parents[1]
# Installed by pip, ROOT is the package, which stays unchanged.
IN_CHECKOUT = (ROOT / "Makefile").exists()
BUILD = Path(
    os.environ.get("FLAASH_BUILD")  # make BUILD=
    or (ROOT / "build" if IN_CHECKOUT else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flaash")
).resolve()
SIMULATORS = ("verilator", "icarus")


def shown(path: Path) -> str:
    """Return a path for a message: relative if it lies in the checkout, else in full."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


# Programs and headers that make does not install: their purpose, and Debian's package.
PROGRAMS = {
    "iverilog": ("simulates for SIM=icarus and the suite", "iverilog (12.0)"),
    "vvp": ("simulates for SIM=icarus and the suite", "iverilog (12.0)"),
    "g++": ("compiles Verilator's simulations", "g++"),
    "c++": ("compiles Verilator's simulations", "g++"),
    "make": ("builds Verilator's simulations", "make"),
    "yosys": ("maps to standard cells for make silicon LIBERTY= and the suite", "yosys (0.52)"),
    "sta": ("times standard cells for make silicon LIBERTY= and the suite", "opensta (2.0.17)"),
    "clang++-19": ("compiles fast simulations", "clang-19"),
    "cc": ("compiles the C driver for the suite", "gcc"),
    "gcc": ("compiles the C driver for the suite", "gcc"),
    "git": ("lists the sources for the suite and make package", "git"),
    "dtc": ("compiles device trees for the suite", "device-tree-compiler"),
    "ccache": ("makes repeated builds faster", "ccache"),
    "lz4.h": ("makes Verilator's traces smaller, as FST", "liblz4-dev"),
    "zlib.h": ("makes Verilator's traces smaller, as FST", "zlib1g-dev"),
    "genhtml": ("writes coverage pages for make pages", "lcov"),
    "chromium": ("shows pages for make pages", "chromium"),
    "sbatch": ("starts the workers of ON=slurm", "slurm-wlm"),
}
# Without these there is no simulation; without one of SUITE the suite leaves out its tests, or takes longer.
REQUIRED = ("g++", "make")
SUITE = ("iverilog", "vvp", "ccache", "lz4.h", "zlib.h", "yosys", "sta", "clang++-19", "git", "dtc")
HEADERS = Path("/usr/include")
FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
ROOM = 65536  # bytes that a command which has failed tries to write


class ToolMissing(Exception):
    """A program that the command needs is not installed; the text explains how to get it."""

    programs: tuple[str, ...] = ()  # their names, where known

    @classmethod
    def of(cls, program: str) -> "ToolMissing":
        """Return the error for a program of PROGRAMS, in one line."""
        purpose, package = PROGRAMS[program]
        error = cls(f"'{program}' is not installed, which {purpose}: Debian's package {package}")
        error.programs = (program,)
        if options().missed:
            with open(options().missed, "a") as file:
                file.write(f"{program}\n")
        return error


def missing(names: Iterable[str]) -> list[str]:
    """Return the names of PROGRAMS that are not installed."""
    return [name for name in names if not ((HEADERS / name).exists() if name.endswith(".h") else shutil.which(name))]


def packages(names: Iterable[str]) -> list[str]:
    """Return Debian's packages of PROGRAMS, each once."""
    return list(dict.fromkeys(PROGRAMS[name][1].split()[0] for name in names))


def explained(error: OSError) -> str | None:
    """Return one line for the user, if the cause is outside of the project: a full disk, a program, a permission."""
    name = os.fsdecode(error.filename) if error.filename else ""
    if isinstance(error, FileNotFoundError) and name in PROGRAMS:
        return str(ToolMissing.of(name))
    if error.errno in FULL:
        return disk_full()
    return f"{name}: {error.strerror}" if name and error.errno in DENIED else None


def disk_full() -> str:
    """Return the line that reports a full disk."""
    return f"the disk of {BUILD} is full: make room there, or BUILD=folder names another folder"


def is_full() -> bool:
    """Return whether the disk of BUILD takes no further file. A program that fails for it may say something else."""
    try:
        with tempfile.TemporaryFile(dir=BUILD, buffering=0) as file:
            return file.write(bytes(ROOM)) < ROOM
    except OSError as error:
        return error.errno in FULL


def environment() -> dict[str, str]:
    """Return os.environ with this Python and the project's tools first on PATH.

    Verilator's makefiles call `python3`, which has to be this interpreter.
    """
    env = dict(os.environ)
    folders = [str(ROOT / "tools"), str(Path(sys.executable).parent), env.get("PATH", "")]
    env["PATH"] = os.pathsep.join(folders)
    if __name__.startswith("sim."):  # in a checkout; an installed package is found anyway
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    return env


def has_icarus() -> bool:
    """Return whether Icarus Verilog is on PATH."""
    return shutil.which("iverilog") is not None and shutil.which("vvp") is not None


def require(simulator: str) -> None:
    """Raise ToolMissing unless `simulator` is known and can run here."""
    if simulator not in SIMULATORS:
        raise ToolMissing(f"unknown simulator '{simulator}', choose one of {', '.join(SIMULATORS)}")
    if simulator == "icarus" and not has_icarus():
        raise ToolMissing.of("iverilog")
    for program in ("g++", "make") if simulator == "verilator" else ():
        if shutil.which(program) is None:
            raise ToolMissing.of(program)
