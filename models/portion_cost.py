# SPDX-License-Identifier: Apache-2.0
"""The price of RegPortion on the resident machine: cycles with portions and without, from the lengths of the fibers.

A portion meets each fiber of B. So a fiber of A in *n* portions reads B *n* times. Portions of few entries on long
fibers cost the product of both lengths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.spread import SLOT_ENTRIES, SLOTS, part_lines

_MUCH = 2  # times the cycles without portions: from there on a host is warned


@dataclass(frozen=True)
class PortionCost:
    """The estimates for a contraction.

    Attributes:
        portion: most entries of A per portion, 0 for whole fibers.
        cycles: with these portions.
        whole: without portions.
        least: the least portion that pays, 0 if whole fibers are best.
    """

    portion: int
    cycles: int
    whole: int
    least: int

    @property
    def warning(self) -> str:
        """A sentence with the remedy if the portions make the contraction much slower, otherwise empty."""
        if self.cycles <= _MUCH * self.whole:
            return ""
        remedy = f"0 (whole fibers) or {self.least:,} and more" if self.least else "0 (whole fibers)"
        return (
            f"a portion of {self.portion:,} entries takes about {self.cycles:,} cycles, whole fibers take about"
            f" {self.whole:,}; take {remedy}"
        )


def least_portion(lengths_a: np.ndarray, lengths_b: np.ndarray, engines: int) -> int:
    """Return half an engine's share of the entries of all dot products.

    So only a dot product that would keep an engine busy for that long is split.

    Args:
        lengths_a, lengths_b: entries of each fiber.
        engines: of the machine.
    """
    entries = int(lengths_a.sum()) * len(lengths_b) + int(lengths_b.sum()) * len(lengths_a)
    return max(1, entries // engines // 2)


def portion_cost(lengths_a: np.ndarray, lengths_b: np.ndarray, lanes: int, engines: int, portion: int) -> PortionCost:
    """Return the estimates for a contraction.

    Args:
        lengths_a, lengths_b: entries of each fiber.
        lanes: entries of a line.
        engines: of the machine.
        portion: most entries of A per portion, 0 for whole fibers.
    """
    lengths_a, lengths_b = (np.asarray(lengths)[np.asarray(lengths) > 0] for lengths in (lengths_a, lengths_b))
    if not portion or not len(lengths_a) or not len(lengths_b):
        return PortionCost(portion, 0, 0, 0)
    chosen, whole = (_cycles(lengths_a, lengths_b, lanes, engines, most) for most in (portion, 0))
    least = least_portion(lengths_a, lengths_b, engines)
    return PortionCost(portion, chosen, whole, least if least < lengths_a.max() else 0)


def _cycles(lengths_a: np.ndarray, lengths_b: np.ndarray, lanes: int, engines: int, portion: int) -> int:
    """All of B streams past the parts that the engines hold, set by set; a shared sum takes the combiner a cycle."""
    lines_a, lines_b = -(-lengths_a // lanes), -(-lengths_b // lanes)
    part = part_lines(lanes, portion)
    parts, slots = -(-lines_a // part), 1
    if parts.max() == 1 and lengths_a.max() <= SLOT_ENTRIES:
        slots = SLOTS
    passes = -(-int(parts.sum()) // (engines * slots))
    shared = int(parts[parts > 1].sum()) * len(lines_b) if engines > 1 else 0
    return max(int(lines_a.sum()) // engines + passes * int(lines_b.sum()), shared)
