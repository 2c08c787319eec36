# SPDX-License-Identifier: Apache-2.0
"""Directed dot products of the integer formats."""

from __future__ import annotations

import itertools

from models.numbers import get_format
from tests.blocks.mac_player import Dot


def corners(name: str) -> list[int]:
    """Return the patterns of the numbers around zero and at both ends."""
    width = get_format(name).value_width
    half = 1 << (width - 1)
    return [value % (1 << width) for value in (0, 1, -1, 2, -2, half - 1, -half, -half + 1)]


def directed(name: str) -> list[Dot]:
    """Return corners times corners, and sums that end at each end of the result's range or beyond."""
    numbers = corners(name)
    dots = [Dot([pair]) for pair in itertools.product(numbers, numbers)]
    dots += [Dot([pair, other]) for pair in itertools.product(numbers, numbers)
             for other in ((1, 1), (numbers[5], numbers[6]))]
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
    return [Dot(above, times=2**17), Dot(above, times=2**17, tail=[(one, minus)]),
            Dot(below, times=2**17), Dot(below, times=2**17, tail=[(one, minus)]),
            Dot([(least, least), (least, greatest), (least, one)], times=2**17, tail=[(one, one)])]
