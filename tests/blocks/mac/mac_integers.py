# SPDX-License-Identifier: Apache-2.0
"""Directed dot products of the integer formats."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from models.numbers import DotResult, Flags, get_format
from tests.blocks.mac.mac_player import Dot


def corners(name: str) -> list[int]:
    """Return the patterns of the numbers around zero and at both ends."""
    width = get_format(name).value_width
    half = 1 << (width - 1)
    return [value % (1 << width) for value in (0, 1, -1, 2, -2, half - 1, -half, -half + 1)]


def directed(name: str) -> list[Dot]:
    """Return corners times corners, and sums that end at each end of the result's range or beyond."""
    numbers = corners(name)
    dots = [Dot([pair]) for pair in itertools.product(numbers, numbers)]
    dots += [
        Dot([pair, other])
        for pair in itertools.product(numbers, numbers)
        for other in ((1, 1), (numbers[5], numbers[6]))
    ]
    dots += [Dot([])] * 3 + [Dot([(0, 0)]), Dot([], hole=True), Dot([(1, numbers[2])], closed=False)]
    dots += [Dot([(1, 1)], hole=True), Dot([]), Dot([(1, 1), (1, numbers[2])])]
    dots += [Dot([(numbers[6], numbers[6])] * 7), Dot([(numbers[6], numbers[5])] * 7)]
    return dots


def ends_of_range(name: str) -> list[Dot]:
    """Return long sums that end at each end of the result's range, and one beyond it."""
    one, minus, _, _, _, least = corners(name)[1:7]
    greatest = corners(name)[5]
    # 2**17 times the greatest product is one more than the greatest result, for both formats.
    above, below = [(least, least)], [(least, greatest), (least, one)]
    return [
        Dot(above, times=2**17),
        Dot(above, times=2**17, tail=[(one, minus)]),
        Dot(below, times=2**17),
        Dot(below, times=2**17, tail=[(one, minus)]),
        Dot([(least, least), (least, greatest), (least, one)], times=2**17, tail=[(one, one)]),
    ]


def full_room(name: str, log: int) -> list[Dot]:
    """Return sums of 2**log products, of half and of a quarter of that number, far beyond the result's range.

    The greatest of them are powers of two, so a register with too few bits would show zero or
    a sum that fits. The last two go as far out as 2**(log - 1) products reach, and back into the range.
    """
    greatest, least = corners(name)[5:7]
    above, below = (least, least), (least, greatest)
    return [
        Dot([above], times=2**log),
        Dot([below], times=2 ** (log - 1)),
        Dot([below], times=2**log),
        Dot([above], times=2 ** (log - 1)),
        Dot([above], times=2 ** (log - 2)),
        Dot([below], times=2 ** (log - 2)),
        Dot([above, below], times=2 ** (log - 1) - 1, tail=[above]),
        Dot([below, above], times=2 ** (log - 1) - 1, tail=[below]),
    ]


def exact(name: str, item: Dot) -> int:
    """Return a dot product's exact value, without a list of all its products."""
    return item.times * _value(name, item.pairs) + _value(name, item.tail)


def expected(name: str, item: Dot) -> DotResult:
    """Return the result of a dot product with products, by the promise: the exact sum, or 0 and an error."""
    total, limit = exact(name, item), 2 ** (get_format(name).result_width - 1)
    if not -limit <= total < limit:
        return DotResult(0, Flags(0), False, True, False, True)
    return DotResult(total % (2 * limit), Flags(0), False, total == 0, True)


def _value(name: str, pairs: Sequence[tuple[int, int]]) -> int:
    width = get_format(name).value_width
    return sum((a - (a >> width - 1 << width)) * (b - (b >> width - 1 << width)) for a, b in pairs)
