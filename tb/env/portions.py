# SPDX-License-Identifier: Apache-2.0
"""How many portions the dispatcher must make of a contraction."""

from __future__ import annotations

import numpy as np

from models.csf import Csf


def portions_per_fiber(a: Csf, lanes: int, most: int) -> np.ndarray:
    """Return the portions of a dot product by its fiber of A, 0 where it stays in one piece.

    The hardware knows a fiber's lines, not its entries, so that the last portion may be empty.

    Args:
        a: the operand whose fibers are split.
        lanes: entries of a line.
        most: entries of a portion, 0 for no splitting.
    """
    bounds = a.fiber_bounds()
    places = -(-(bounds[:, 1] - bounds[:, 0]) // lanes) * lanes
    if not most:
        return np.zeros(len(places), np.int64)
    return np.where(places > most, -(-places // most), 0)


def count_portions(a: Csf, b: Csf, lanes: int, most: int) -> int:
    """Return the portions of all dot products of a contraction."""
    return int(portions_per_fiber(a, lanes, most).sum()) * len(b.fiber_bounds())
