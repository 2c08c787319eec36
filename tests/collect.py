# SPDX-License-Identifier: Apache-2.0
"""Asks pytest which tests it would run."""

import re
import subprocess
import sys

from tb.common.toolchain import ROOT


def collected(*arguments: str) -> list[str]:
    """Return the names of the tests that pytest would run with these arguments.

    Raises:
        AssertionError: pytest refused them, or there is no such test; the text is what it said.
    """
    done = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-o", "addopts=-q",
                           *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^tests/\S+::\S+", done.stdout, re.MULTILINE)
