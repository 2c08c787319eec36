# SPDX-License-Identifier: Apache-2.0
"""Whether a hardware configuration has room for an operand."""

from __future__ import annotations

import numpy as np

from models.axes import contracted_limit
from models.constants import CONSTANTS
from models.csf import Csf
from models.errors import TensorError
from sim.configs import Config


def check_fits(name: str, csf: Csf, config: Config) -> None:
    """Refuse an operand for which the hardware would report ErrOrder, ErrExtent or ErrMemoryFull.

    Args:
        name: of the operand, for the message: a file, "operand A".
        csf: the operand, the contracted mode last.
        config: of the hardware.

    Raises:
        TensorError: it does not fit; the message names the count, the limit and the parameter.
    """
    lanes = int(config["Lanes"])
    lengths = np.diff(csf.fiber_bounds())
    lines = int((-(-lengths // lanes)).sum())  # a fiber begins on a line of its own
    lines_text = "lines" if lanes == 1 else f"lines of {lanes} entries"
    for what, count, most, parameter in (
        ("modes", csf.order, CONSTANTS["MaxOrder"], "MaxOrder"),
        (
            "coordinates in its contracted mode",
            csf.shape[-1],
            contracted_limit(int(config["CoordWidth"])),
            "CoordWidth",
        ),
        ("nodes above the entries", csf.nodes, int(config["NodeDepth"]), "NodeDepth"),
        ("fibers", len(lengths), int(config["FiberDepth"]), "FiberDepth"),
        (lines_text, lines, int(config["MemLines"]), "MemLines"),
    ):
        if count > most:
            raise TensorError(f"{name}: {count:,} {what}, CONFIG={config.name} takes {most:,} ({parameter})")
