# SPDX-License-Identifier: Apache-2.0
"""Asks pytest which tests it would run."""

import os
import re

from sim import options
from tests.completed import completed


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
    done = completed("python -m pytest --collect-only -o addopts=-q", *arguments, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^tests/\S+::\S+", done.stdout, re.MULTILINE)
