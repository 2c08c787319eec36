# SPDX-License-Identifier: Apache-2.0
"""How much a test does: little in the suite, more in the full one, all there is in LIST=long.

Of a sweep of builds the suite runs a share, and another one with the next seed.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

LONG = os.environ.get("FLAASH_LONG") == "1"  # as make regress LIST=long runs the tests
# As make test FULL=1 does, and make cov, whose holes would else be those of the stimulus left out. (Modules
# that run in a simulator read this, so it imports nothing.)
FULL = LONG or "1" in map(os.environ.get, ("FLAASH_FULL", "FLAASH_COVERAGE"))

T = TypeVar("T")


def amount(suite: T, full: T) -> T:
    """Return how much to do, or what, of a test that runs in the suite and in the full one."""
    return full if FULL else suite


def share(items: Sequence[T], seed: int, of: int = 2, suite: int | None = None) -> list[T]:
    """Return the first item, and one in `of` of those behind it: which, says the seed.

    Args:
        items: of the sweep.
        seed: of the run.
        of: so many seeds have all items.
        suite: that number for the suite, if it does less than the full one.
    """
    turns = of if FULL or suite is None else suite
    return list(items) if LONG else [
        item for number, item in enumerate(items) if number == 0 or number % turns == seed % turns]
