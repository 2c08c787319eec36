# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: no sum of the MAC overflows with 2**CountWidth products."""

import itertools

import cocotb

from models.numbers import DotResult, dot
from sim.thisrun import argument
from tests.blocks.mac.mac_floats import Floats, Pair, floats
from tests.blocks.mac.mac_integer_coverage import ENDS, IntegerCoverage
from tests.blocks.mac.mac_integers import ends_of_range, expected, full_room
from tests.blocks.mac.mac_player import Dot, play
from tests.blocks.mac.mac_player_tests import FLOATS, INTEGERS, begin


@cocotb.test()
async def few_products_fill_the_room(dut) -> None:
    """With room for 2**4 products: that number of the greatest, at every place; more overflow."""
    await begin(dut)
    room = 2 ** int(dut.FloatCountWidth.value)
    work = {
        name: [Dot([floats(name).full(position, sign)], times=room) for position in range(507) for sign in (1, -1)]
        for name in FLOATS
    }
    await play(dut, work)
    for name in FLOATS:
        pair = _top_of_word(floats(name), 5, 1)
        await play(dut, {name: [Dot([pair], times=room)]})
        try:
            await play(dut, {name: [Dot([pair], times=room + 2)]})
        except AssertionError as error:
            assert "model" in str(error)
        else:
            raise AssertionError(f"{name}: the test can't tell an overflow")


@cocotb.test()
async def all_products_there_is_room_for(dut) -> None:
    """Add up to 2**20 equal products: floats in an even and an odd word, in both signs.

    Integers go to the ends of the range and back, and as far beyond as there is room for. The argument `formats` names
    the formats.
    """
    room = int(dut.IntegerCountWidth.value)
    named = argument("formats")
    work = {
        name: [_top_of_word(floats(name), word, sign) for word, sign in ends]
        for name, ends in (("fp32", ((4, 1), (5, -1))), ("bf16", ((4, -1), (5, 1))))
        if name in named
    }
    integers = {name: [*ends_of_range(name), *full_room(name, room)[:2]] for name in INTEGERS if name in named}
    assert {*work, *integers} == set(named)
    await _fill(dut, work, integers)
    for name in integers:
        coverage = IntegerCoverage(name)
        coverage.sample(integers[name])
        assert not coverage.holes(ENDS), coverage.holes(ENDS)


@cocotb.test()
async def all_products_of_each_kind(dut) -> None:
    """The same with both signs in each of the words, and with all sums of integers beyond the range."""
    room = int(dut.IntegerCountWidth.value)
    work = {
        name: [_top_of_word(floats(name), word, sign) for word, sign in itertools.product((0, 4, 5), (1, -1))]
        for name in FLOATS
    }
    await _fill(dut, work, {name: full_room(name, room)[2:] for name in INTEGERS})


async def _fill(dut, products: dict[str, list[Pair]], integers: dict[str, list[Dot]]) -> None:
    """Play each of these floating-point products up to the limit, and these sums of integers."""
    await begin(dut)
    log = int(dut.FloatCountWidth.value)
    work = {name: [Dot([pair], times=2**log) for pair in pairs] for name, pairs in products.items()}
    await play(
        dut,
        work | integers,
        oracle=lambda item, fmt, _: expected(fmt, item) if fmt in INTEGERS else _one_product(item, fmt, log),
    )


def _top_of_word(f: Floats, word: int, sign: int) -> Pair:
    """Return the greatest product that ends with a word: in fp32 it fills the word, in bf16 a third of it."""
    return f.full(48 * word + 48 - 2 * f.precision, sign)


def _one_product(item: Dot, fmt: str, log: int) -> DotResult:
    """Return the model's result: 2**log equal products are one with an exponent higher by log."""
    ((a, b),) = item.pairs
    return dot(fmt, [a + (log << (floats(fmt).precision - 1))], [b])
