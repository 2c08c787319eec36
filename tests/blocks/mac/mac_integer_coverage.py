# SPDX-License-Identifier: Apache-2.0
"""Coverage of the directed dot products of the integer formats.

As in mac_coverage, every bin is computed from the operand patterns and their exact sum.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from models.numbers import get_format
from tests.blocks.mac.mac_integers import exact
from tests.blocks.mac.mac_player import Dot

OPERANDS, ENDS = "operands", "ends of the range"
CORNERS = ("least", "least + 1", "-2", "-1", "0", "1", "2", "greatest")
# The last sum that fits, the first that does not, and sums beyond twice the range.
PLACES = ("last", "first beyond", "far beyond")


class IntegerCoverage:
    """Collects the bins of one format.

    Attributes:
        missing: bins without a dot product, by cross.
    """

    def __init__(self, name: str):
        self.name = name
        self.missing: dict[str, set[tuple]] = {
            OPERANDS: set(itertools.product(CORNERS, CORNERS)),
            ENDS: set(itertools.product(PLACES, "+-")),
        }

    def sample(self, dots: Iterable[Dot]) -> None:
        """Record the bins of dot products whose results have been compared."""
        for item in dots:
            if len(item.pairs) == item.times == 1 and not item.tail:
                ((a, b),) = item.pairs
                self.missing[OPERANDS].discard((self._corner(a), self._corner(b)))
            total = exact(self.name, item)
            # Distance beyond the last sum that fits; the range has one negative number more.
            sign, limit = "+-"[total < 0], 2 ** (get_format(self.name).result_width - 1)
            beyond = total - (limit - 1) if total >= 0 else -limit - total
            place = {0: "last", 1: "first beyond"}.get(beyond)
            self.missing[ENDS].discard(("far beyond" if abs(total) > 2 * limit else place, sign))

    def holes(self, cross: str) -> list[str]:
        """Return a sentence for an incomplete cross, with its first missing bins."""
        bins = self.missing[cross]
        return [f"{self.name}: {len(bins)} bins of '{cross}' missing: {sorted(bins)[:5]}"] if bins else []

    def _corner(self, bits: int) -> str | None:
        half = 1 << (get_format(self.name).value_width - 1)
        value = bits - 2 * half * (bits >= half)
        return {
            -half: "least",
            1 - half: "least + 1",
            half - 1: "greatest",
            **{number: str(number) for number in range(-2, 3)},
        }.get(value)
