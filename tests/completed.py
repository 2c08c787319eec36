# SPDX-License-Identifier: Apache-2.0
"""Programs that a test runs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sim import options
from sim.commands import BUILD_FOLDER
from sim.toolchain import ROOT
from tools import commands


def completed(command: object, *more: object, cwd: Path = ROOT, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return its status and all that it has printed.

    Args:
        command: the program and its first arguments, with blanks between them; `python` is the one of the suite.
        more: arguments, each as it is.
        cwd: the folder, by default the checkout.
        options: of subprocess.run.
    """
    program, *words = str(command).split()
    vector = [sys.executable if program == "python" else program, *words, *map(str, more)]
    return subprocess.run(vector, cwd=cwd, capture_output=True, text=True, **options)


def make(*arguments: str, cwd: Path = ROOT, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Call make as a user, independent of the variables with which make has called the suite."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", BUILD_FOLDER)
    }
    return completed("make", *arguments, cwd=cwd, env={**inherited, **options.environment(runs="")}, check=check)


def words(target: str, module: str, *variables: str) -> list[str]:
    """Return the arguments with which a target runs its only module."""
    (run,) = commands.COMMANDS[target].runs(commands.read(target, [word.replace("$$", "$") for word in variables]))
    run = run[run.index("-m") + 1 :]
    assert run[0] == module
    return run[1:]
