# SPDX-License-Identifier: Apache-2.0
"""The amount of a test: little in the suite, more in the full suite, everything in LIST=long.

The suite runs a share of a sweep of builds, and another share with the next seed.
"""

from collections.abc import Sequence
from typing import TypeVar

from sim.options import options

LONG = options().long  # as make regress LIST=long runs the tests
COUNTED = options().coverage  # in make cov; elsewhere nothing reads what a test has covered
FULL = options().everything  # as in make test FULL=1

T = TypeVar("T")


def amount(suite: T, full: T) -> T:
    """Return the amount, or the items, for a test that runs in the suite and in the full suite."""
    return full if FULL else suite


def share(items: Sequence[T], seed: int, of: int = 2, suite: int | None = None) -> list[T]:
    """Return the first item, and one in `of` of the later ones, chosen by the seed.

    Args:
        items: of the sweep.
        seed: of the run.
        of: this number of seeds covers all items.
        suite: that number for the suite, if it does less than the full one.
    """
    turns = of if FULL or suite is None else suite
    return (
        list(items)
        if LONG
        else [item for number, item in enumerate(items) if number == 0 or number % turns == seed % turns]
    )
