# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: no word of the accumulator overflows with 2**CountWidth products."""

import cocotb

from models.numbers import DotResult, dot
from tests.blocks.mac_floats import floats
from tests.blocks.mac_integers import ends_of_range
from tests.blocks.mac_player import Dot, play
from tests.blocks.mac_player_tests import FLOATS, INTEGERS, begin


@cocotb.test()
async def few_products_fill_the_room(dut) -> None:
    """With room for 2**4 products: so many of the greatest, wherever they are; more are too many."""
    await begin(dut)
    room = 2 ** int(dut.FloatCountWidth.value)
    work = {name: [Dot([floats(name).full(position, sign)], times=room)
                   for position in range(507) for sign in (1, -1)] for name in FLOATS}
    await play(dut, work)
    for name in FLOATS:
        f = floats(name)
        # The word's topmost place: the product of fp32 fills 48 bits, that of bf16 the upper 16.
        fits = [Dot([f.full(48 * 5 + 48 - 2 * f.precision)], times=room)]
        await play(dut, {name: fits})
        try:
            await play(dut, {name: [Dot(fits[0].pairs, times=room + 2)]})
        except AssertionError as error:
            assert "model" in str(error)
        else:
            raise AssertionError(f"{name}: the test can't tell an overflow")


@cocotb.test()
async def a_million_products(dut) -> None:
    """Add 2**20 equal products in each format; integers swing to their extremes and back."""
    await begin(dut)
    work = {name: [Dot([floats(name).full(48 * 5 + 48 - 2 * floats(name).precision, -1)], times=2**20)]
            for name in FLOATS}
    work |= {name: ends_of_range(name) for name in INTEGERS}
    await play(dut, work, oracle=_expected)


def _expected(item: Dot, fmt: str) -> DotResult:
    """Return the model's result; 2**20 equal products are one with an exponent higher by 20."""
    if item.times < 2**20:
        return item.expected(fmt)
    (a, b), = item.pairs
    return dot(fmt, [a + (20 << (floats(fmt).precision - 1))], [b])
