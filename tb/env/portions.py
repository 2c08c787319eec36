# SPDX-License-Identifier: Apache-2.0
"""How many portions the hardware must make."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.csf import Csf
from models.spread import configured_parts


def all_portions(a: Csf, b: Csf, config: Mapping[str, int | str], most: int) -> int:
    """Return the portions of all dot products of a contraction; engines hold a portion for all fibers of B.

    Args:
        a, b: operands.
        config: values of the hardware's parameters.
        most: entries of a portion, 0 for no splitting.
    """
    lanes, fibers_b = int(config["Lanes"]), len(b.fiber_bounds())
    lines_a = -(-np.diff(a.fiber_bounds(), axis=1).ravel() // lanes)
    return configured_parts(lines_a.tolist(), fibers_b, config, most)
