# SPDX-License-Identifier: Apache-2.0
"""Coverage of the directed dot products of the floating-point formats.

Every bin is computed from the operand patterns and their exact sum, in integers. The function of mac_directed
that made a dot product, and its purpose, have no influence.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from tests.blocks.mac.mac_floats import CLASSES, Floats, Pair
from tests.blocks.mac.mac_player import Dot

WORD = 48  # bits of an accumulator word
KINDS = ("zero", "vanishing", "subnormal", "normal", "overflowing", "infinity", "undefined", "quiet", "signalling")
SIGNS = (0, 1)
Bin = tuple


def all_bins(f: Floats) -> dict[str, set[Bin]]:
    """Return every bin of each cross for a format."""
    top = 254 - f.lsb  # place of the greatest power of two that is a product
    places = [
        place for word in range(top // WORD + 1) for step in range(-3, 4) if 0 <= (place := WORD * word + step) <= top
    ]
    return {
        "operand classes": set(itertools.product(CLASSES, SIGNS, CLASSES, SIGNS)),
        "sums of two kinds": set(itertools.product(KINDS, SIGNS, KINDS, SIGNS)),
        "powers of two at a word boundary": {
            (place, sign, beside)
            for place, sign, beside in itertools.product(places, SIGNS, (-1, 0, 1))
            if beside == 0 or place > 1
        },
        "powers of two by a carry alone": set(itertools.product(range(1, 11), range(1, 7), SIGNS)),
        "halfway": set(
            itertools.product(
                ("subnormal", "least binade", "normal", "greatest binade"), ("even", "odd", "ones"), SIGNS, (-1, 0, 1)
            )
        ),
        "cancelled": set(itertools.product((-1, 0, 1), ("two", "few", "many"), ("one word", "words"))),
        "alternating": set(itertools.product(("short", "long"), ("even",), (-1, 0, 1)))
        | set(itertools.product(("short", "long"), ("odd",), ("-", "+"))),
    }


class MacCoverage:
    """Collects the bins of one format.

    Attributes:
        missing: bins without a dot product, by cross.
    """

    def __init__(self, f: Floats):
        self.f = f
        self.missing = all_bins(f)

    def sample(self, dots: Iterable[Dot]) -> None:
        """Record the bins of dot products whose results have been compared."""
        for item in dots:
            pairs = [*item.pairs] * item.times + [*item.tail]
            self._products(pairs)
            if all(_kind(self.f, pair) in KINDS[:5] for pair in pairs):
                terms = [self.f.exact(pair) for pair in pairs]
                self._sum(terms)

    def holes(self) -> list[str]:
        """Return a sentence per incomplete cross, with its first missing bins."""
        return [
            f"{self.f.name}: {len(bins)} bins of '{name}' missing: {sorted(bins, key=str)[:5]}"
            for name, bins in self.missing.items()
            if bins
        ]

    def _hit(self, cross: str, *found: object) -> None:
        self.missing[cross].discard(tuple(found))

    def _products(self, pairs: list[Pair]) -> None:
        f = self.f
        if len(pairs) == 1:
            ((a, b),) = pairs
            self._hit("operand classes", f.classify(a), f.sign(a), f.classify(b), f.sign(b))
        if len(pairs) == 2:
            self._hit(
                "sums of two kinds", *(part for a, b in pairs for part in (_kind(f, (a, b)), f.sign(a) ^ f.sign(b)))
            )

    def _sum(self, terms: list[int]) -> None:
        total = sum(terms)
        magnitude, sign = abs(total), int(total < 0)
        for beside in (-1, 0, 1):
            power = magnitude - beside
            if _is_power(power):
                self._hit("powers of two at a word boundary", power.bit_length() - 1, sign, beside)
        place = magnitude.bit_length() - 1
        if _is_power(magnitude) and place % WORD == 0 and len(set(terms)) == 1 and _is_power(len(terms)):
            self._hit("powers of two by a carry alone", place // WORD, len(terms).bit_length() - 1, sign)
        self._rounding(magnitude, sign)
        self._cancelling(terms, total)

    def _rounding(self, magnitude: int, sign: int) -> None:
        """Record a sum halfway between two results, or one place of the accumulator beside it."""
        length, least = magnitude.bit_length(), -149 - self.f.lsb
        shift = max(length - 24, least)
        kept, rest = magnitude >> shift, magnitude & ((1 << shift) - 1)
        beside = rest - (1 << (shift - 1))
        if magnitude and abs(beside) <= 1 and shift <= least + 253:
            region = (
                "subnormal"
                if kept >> 23 == 0
                else "least binade"
                if shift == least
                else "greatest binade"
                if shift == least + 253
                else "normal"
            )
            ones = kept in (0x7F_FFFF, 0xFF_FFFF) and (kept == 0xFF_FFFF or region == "subnormal")
            self._hit("halfway", region, "ones" if ones else "odd" if kept & 1 else "even", sign, beside)

    def _cancelling(self, terms: list[int], total: int) -> None:
        """Record terms that cancel to zero or to the last bit, and swings between the greatest products."""
        nonzero = [abs(term) for term in terms if term]
        if abs(total) <= 1 and len(nonzero) > 1:
            number = "two" if len(nonzero) <= 3 else "few" if len(nonzero) <= 8 else "many"
            large = [term for term in nonzero if term > 1] or nonzero
            words = {
                place // WORD for term in large for place in ((term & -term).bit_length() - 1, term.bit_length() - 1)
            }
            self._hit("cancelled", total, number, "one word" if len(words) == 1 else "words")
        great = abs(self.f.exact(self.f.full(506)))
        swing = [term for term in terms if abs(term) == great]
        if len(swing) > 1 and all(a == -b for a, b in itertools.pairwise(swing)):
            length = "short" if len(swing) <= 3 else "long"
            if len(swing) % 2:
                self._hit("alternating", length, "odd", "-" if total < 0 else "+")
            else:
                self._hit("alternating", length, "even", (total > 0) - (total < 0))


def _is_power(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _kind(f: Floats, pair: Pair) -> str:
    """Return which of KINDS the product of two patterns is."""
    classes = {f.classify(bits) for bits in pair}
    for name, kind in (("signalling NaN", "signalling"), ("quiet NaN", "quiet")):
        if name in classes:
            return kind
    if "infinity" in classes:
        return "undefined" if "zero" in classes else "infinity"
    if "zero" in classes:
        return "zero"
    exponent = abs(f.exact(pair)).bit_length() - 1 + f.lsb
    return (
        "vanishing"
        if exponent < -149
        else "subnormal"
        if exponent < -126
        else "normal"
        if exponent < 128
        else "overflowing"
    )
