# SPDX-License-Identifier: Apache-2.0
"""The paths of the simulators, and their environment."""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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


class ToolMissing(Exception):
    """A program that the command needs is not installed; the text explains how to get it."""


def environment() -> dict[str, str]:
    """Return os.environ with this Python and the project's tools first on PATH.

    Verilator's makefiles call `python3`, which has to be this interpreter.
    """
    env = dict(os.environ)
    folders = [str(ROOT / "tools"), str(Path(sys.executable).parent), env.get("PATH", "")]
    env["PATH"] = os.pathsep.join(folders)
    if __name__.startswith("tb."):  # in a checkout; an installed package is found anyway
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    return env


def has_icarus() -> bool:
    """Return whether Icarus Verilog is on PATH."""
    return shutil.which("iverilog") is not None and shutil.which("vvp") is not None


def available_simulators() -> list[str]:
    """Return the simulators that can run here; Verilator comes with requirements.txt."""
    return ["verilator", "icarus"] if has_icarus() else ["verilator"]


def require(simulator: str) -> None:
    """Raise ToolMissing unless `simulator` is known and can run here."""
    if simulator not in SIMULATORS:
        raise ToolMissing(f"unknown simulator '{simulator}', choose one of {', '.join(SIMULATORS)}")
    if simulator == "icarus" and not has_icarus():
        raise ToolMissing("Icarus Verilog is not installed: install Debian's package 'iverilog' (12.0)")
    for program in ("g++", "make") if simulator == "verilator" else ():
        if shutil.which(program) is None:
            raise ToolMissing(f"'{program}' is not installed, Verilator needs it to build a simulation")
