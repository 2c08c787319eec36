# SPDX-License-Identifier: Apache-2.0
"""How many portions the hardware must make."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.csf import Csf
from models.spread import configured_parts


def count_portions(length: int, lanes: int, most: int) -> int:
    """Return the portions of a dot product, 0 if it stays in one piece.

    The hardware knows a fiber's lines, not its entries, so that the last portion may be empty.

    Args:
        length: entries of the fiber of A.
        lanes: entries of a line.
        most: entries of a portion, 0 for no splitting.
    """
    places = -(-length // lanes) * lanes
    return -(-places // most) if most and places > most else 0


def all_portions(a: Csf, b: Csf, config: Mapping[str, int | str], most: int) -> int:
    """Return the portions of all dot products of a contraction.

    Engines that hold fibers of A hold each portion for all fibers of B; then a portion counts once.

    Args:
        a, b: operands.
        config: values of the hardware's parameters.
        most: entries of a portion, 0 for no splitting.
    """
    lanes, fibers_b = int(config["Lanes"]), len(b.fiber_bounds())
    if config["Engine"] == "resident":
        lines_a = -(-np.diff(a.fiber_bounds(), axis=1).ravel() // lanes)
        return configured_parts(lines_a.tolist(), fibers_b, config, most)
    lengths, times = np.unique(np.diff(a.fiber_bounds(), axis=1), return_counts=True)
    portions = sum(
        count_portions(int(length), lanes, most) * int(number) for length, number in zip(lengths, times, strict=True)
    )
    return portions * fibers_b
