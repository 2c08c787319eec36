# SPDX-License-Identifier: Apache-2.0
"""Folders of runs: two commands in one checkout never write into the same folder."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from sim.options import options
from sim.toolchain import BUILD


def runs() -> Path:
    """Return the folder in which this command makes a folder per run."""
    return Path(options().runs or BUILD / "runs")


def claim(stem: Path) -> tuple[Path, AcquireReturnProxy]:
    """Take the first of the folders `stem`, `stem-2`, `stem-3`.. that no living command holds.

    Returns:
        The folder, which need not exist, and its lock, which ends with `with` or the process.
    """
    for number in itertools.count(1):
        folder = stem if number == 1 else stem.with_name(f"{stem.name}-{number}")
        with contextlib.suppress(Timeout):
            return folder, FileLock(f"{folder}.lock").acquire(blocking=False)
    raise AssertionError("count() ends")
