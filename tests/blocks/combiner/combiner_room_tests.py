# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: words of flaash_combiner up to their greatest values, made by hand.

A word has room for 2**24 products. No simulation sends that many, but their sums come as a few words.
"""

from __future__ import annotations

from collections import deque
from random import Random

import cocotb

from models.numbers import DotResult, Flags, NumberFormat, dot
from tests.blocks.combiner.combiner_bench import Bench, Portions, begin
from tests.blocks.combiner.portion_model import COUNT_BITS, PRODUCT, WORD, Message, total, word_bits
from tests.blocks.mac.mac_floats import floats


def rounded(fmt: NumberFormat, value: int) -> DotResult:
    """Return the result of an exact sum, in units of the least product, of at least one product."""
    if fmt.is_float:
        f = floats(fmt.name)
        # Far beyond 2**128 every sum is the same infinity.
        huge = abs(value) >> (200 - f.lsb)
        pairs = [f.term(1 if value > 0 else -1, 200)] if huge else f.value(value, f.lsb) or [(0, 0)]
        return dot(fmt, [a for a, _ in pairs], [b for _, b in pairs])
    limit = 2 ** (fmt.result_width - 1)
    if not -limit <= value < limit:
        return DotResult(0, Flags(0), False, True, False, True)
    return DotResult(value % (2 * limit), Flags(0), False, value == 0, True)


def sums_of(random: Random, value: int) -> list[list[int]]:
    """Return ways in which the words of some portions add up to a value, none of them beyond it."""
    far, sign = abs(value), 1 if value > 0 else -1
    cuts = sorted(random.randrange(far + 1) for _ in range(4))
    pieces = [b - a for a, b in zip([0, *cuts], [*cuts, far], strict=True)]
    return [
        [value],
        [value - sign, sign],
        [sign * (far // 2), value - sign * (far // 2)],
        [sign * piece for piece in pieces],
        [value, -value, value],
        [value, -value + sign],
    ]


def portions(words: list[dict[int, int]]) -> Portions:
    """Return portions that have these words, by their numbers."""
    return [
        deque(Message(i == max(piece), True, i, PRODUCT, word) for i, word in sorted(piece.items())) for piece in words
    ]


async def play(bench: Bench, sums: list[Portions]) -> None:
    """Send sums, and expect the exact one of each, rounded or checked."""
    values = [total(message for portion in item for message in portion) for item in sums]
    await bench.play(sums, [rounded(bench.fmt, value) for value in values])


@cocotb.test()
async def words_as_great_as_they_get(dut) -> None:
    """One word, alone and as the sum of portions, with the greatest number of products, and near it."""
    random = await begin(dut)
    bench = Bench(dut, random)
    bits = word_bits(bench.fmt)
    most = 2**COUNT_BITS * (2 ** (bits - COUNT_BITS - 1) - 1)  # as many of the greatest magnitude
    sums = [
        portions([{index: word} for word in way])
        for index in (range(12) if bench.fmt.is_float else (0,))
        for far in (most, most - 1, most >> 1, most >> 4, most >> 8, most >> 9)
        for sign in (1, -1)
        for way in sums_of(random, sign * far)
    ]
    await play(bench, sums)


@cocotb.test()
async def neighbours_that_are_full(dut) -> None:
    """Neighbouring words that are all full: the greatest carries and borrows go from each to the next."""
    random = await begin(dut)
    bench = Bench(dut, random)
    if not bench.fmt.is_float:
        return  # integers have one word
    most = 2**COUNT_BITS * (2**WORD - 1)
    sums = []
    for first, number in ((low, size) for size in (2, 3, 12) for low in range(13 - size)):
        for signs in ([1] * number, [-1] * number, [(-1) ** i for i in range(number)]):
            full = {first + i: sign * most for i, sign in enumerate(signs)}
            half = {i: word // 2 for i, word in full.items()}
            sums += [portions([full]), portions([half, {i: full[i] - half[i] for i in full}])]
    await play(bench, sums)


@cocotb.test()
async def a_range_that_only_the_total_leaves(dut) -> None:
    """Portions that fit, with a sum that does not: it is reported, not stored. The sums next to it fit."""
    random = await begin(dut)
    bench = Bench(dut, random)
    if bench.fmt.is_float:
        return  # a sum of floats overflows to infinity, which the corners cover
    limit = 2 ** (bench.fmt.result_width - 1)
    await play(
        bench,
        [
            portions([{0: value // 2}, {0: value - value // 2}])
            for value in (limit - 1, limit, -limit, -limit - 1, limit // 2)
        ],
    )
