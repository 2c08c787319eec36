# SPDX-License-Identifier: Apache-2.0
"""Programs that a test runs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from sim.toolchain import ROOT


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
