# SPDX-License-Identifier: Apache-2.0
"""Of a sweep of builds the suite runs a share, and another one with the next seed; LIST=long runs all."""

import os
from collections.abc import Sequence

LONG = os.environ.get("FLAASH_LONG") == "1"  # as make regress LIST=long runs the tests


def share(items: Sequence, seed: int, of: int = 2) -> list:
    """Return the first item, and one in `of` of those behind it: which, says the seed."""
    return list(items) if LONG else [
        item for number, item in enumerate(items) if number == 0 or number % of == seed % of]
