# SPDX-License-Identifier: Apache-2.0
"""Asks pytest which tests it would run."""

import os
import re
import subprocess
import sys

from sim import options
from sim.toolchain import ROOT


def collected(*arguments: str, full: bool = False, coverage: bool = False) -> list[str]:
    """Return the names of the tests that pytest would run with these arguments.

    Args:
        arguments: of pytest.
        full: of the full suite.
        coverage: in `make cov`.

    Raises:
        AssertionError: pytest refused them, or there is no such test; the text is pytest's.
    """
    environment = {**os.environ, **options.environment(coverage=coverage, full=full, long=False)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-o", "addopts=-q", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^tests/\S+::\S+", done.stdout, re.MULTILINE)
