# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_mac_integer, so narrow that every number of products is tried."""

from random import Random

import cocotb
from cocotb.triggers import FallingEdge

from sim.rtl_types import bench_types
from tb.common.bench import start

VALUE_BITS = 48


async def _send(dut, terms: list[int], partial: bool) -> tuple[int, bool, int]:
    """Add up terms; return the result as a signed number, whether it is out of range, and the word."""
    for number, term in enumerate(terms):
        tag = {
            "first": int(number == 0),
            "last": int(number == len(terms) - 1),
            "product": 1,
            "sign": int(term < 0),
            "name": {"partial": int(partial), "slot": number},
        }
        dut.in_i.value = bench_types()["in_i"].pack(tag=tag, size=abs(term))
        dut.in_valid_i.value = 1
        await FallingEdge(dut.clk_i)
    dut.in_valid_i.value = 0
    assert int(dut.part_valid_o.value) == partial
    part = int(dut.part_o.value)
    await FallingEdge(dut.clk_i)
    assert int(dut.result_valid_o.value) == (not partial)
    result = bench_types()["result_o"].unpack(int(dut.result_o.value))
    value, word = result.value, bench_types()["part_o"].unpack(part).word
    return value - (value >> (VALUE_BITS - 1) << VALUE_BITS), bool(result.range), word


def _sums(random: Random, greatest: int, room: int) -> list[list[int]]:
    """Return terms that go up and then down, or down and up, as far as each number of terms reaches."""
    sums = [
        [sign * greatest] * one_way + [-sign * greatest] * other
        for one_way in range(room + 1)
        for other in range(room + 1 - one_way)
        for sign in (1, -1)
        if one_way + other
    ]
    return sums + [[random.choice((1, -1)) * random.randint(0, greatest) for _ in range(room)] for _ in range(200)]


@cocotb.test()
async def every_sum_that_there_is_room_for(dut) -> None:
    """Each sum of up to 2**CountWidth products is exact, or reported; its word is always exact."""
    for port in (dut.in_valid_i, dut.in_i, dut.finish_i):
        port.value = 0
    dut.room_i.value = dut.part_room_i.value = 1
    random = await start(dut)
    greatest, room = 2 ** int(dut.ProductWidth.value) - 1, 2 ** int(dut.CountWidth.value)
    limit = 2 ** (int(dut.SumWidth.value) - 1)
    width = bench_types()["part_o"]["word"].width
    await FallingEdge(dut.clk_i)
    for terms in _sums(random, greatest, room):
        value, wrong, _ = await _send(dut, terms, partial=False)
        fits = -limit <= sum(terms) < limit
        assert (value, wrong) == (sum(terms) if fits else 0, not fits), f"{value}, {wrong} for {terms}"
        _, _, word = await _send(dut, terms, partial=True)
        assert word - (word >> (width - 1) << width) == sum(terms), f"word {word:x} for {terms}"
