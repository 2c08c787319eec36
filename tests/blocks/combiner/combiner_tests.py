# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_combiner adds words of portions in any order, and rounds once."""

from __future__ import annotations

import itertools

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset
from tests.blocks.combiner.combiner_bench import Bench, begin, close, pack_part, rest
from tests.blocks.combiner.portion_model import PRODUCT, Message
from tests.blocks.mac import mac_directed
from tests.blocks.mac.mac_floats import floats
from tests.blocks.mac.mac_random import random_dots


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.9], dense=[False, True])
async def random_sums(dut, stall: float, dense: bool) -> None:
    random = await begin(dut)
    bench = Bench(dut, random)
    await bench.run([list(item.pairs) for item in random_dots(bench.fmt.name, random, 120)], stall, dense)


@cocotb.test()
async def corners_with_a_product_per_portion(dut) -> None:
    """The directed cases of the MAC: here carries, cancellation, halves and specials meet."""
    random = await begin(dut)
    bench = Bench(dut, random)
    bench.single = True
    dots: list[list[tuple[int, int]]] = [[], [(0, 0)]]
    if bench.fmt.is_float:
        f = floats(bench.fmt.name)
        for case in (
            mac_directed.power_of_equal_terms,
            mac_directed.negated_digit_over_zeros,
            mac_directed.halfway,
            mac_directed.subnormal_results,
            mac_directed.overflow,
            mac_directed.cancellation,
            mac_directed.class_matrix,
            mac_directed.wide_sums,
        ):
            played = [[*item.pairs] * item.times + [*item.tail] for item in case(f) if item.times < 9]
            dots += random.sample(played, min(len(played), 25))
    else:
        least, most = 2 ** (bench.fmt.value_width - 1), 2 ** (bench.fmt.value_width - 1) - 1
        dots += [[(least, least)] * 20, [(least, most)] * 20, [(most, most), (least, most)] * 3]
    await bench.run(dots)


@cocotb.test()
async def specials_that_meet_only_here(dut) -> None:
    """Each kind of product with each, a portion each: infinities, invalid products, NaN of both kinds."""
    random = await begin(dut)
    bench = Bench(dut, random)
    bench.single = True
    if bench.fmt.is_float:
        kinds = mac_directed.product_kinds(floats(bench.fmt.name)).values()
        await bench.run([list(pair) for pair in itertools.product(kinds, kinds)], dense=True)


@cocotb.test()
async def reset_forgets_all_slots(dut) -> None:
    """Reset with open slots, portions in progress and stored results; then everything is as at first."""
    random = await begin(dut)
    name = Bench(dut, random).fmt.name
    for cycles in (5, 20, 60, 150):
        bench = Bench(dut, random)
        dots = [list(item.pairs) for item in random_dots(name, random, 80)]
        playing = cocotb.start_soon(bench.run(dots, stall=0.5))
        await ClockCycles(dut.clk_i, cycles)
        assert not playing.done()
        playing.cancel()
        rest(dut)
        await reset(dut, 2)
        await FallingEdge(dut.clk_i)
        assert int(dut.idle_o.value) == 1 and int(dut.result_valid_o.value) == 0
        await Bench(dut, random).run(dots)


@cocotb.test()
async def latency(dut) -> None:
    """Count cycles from the last word of a dot product to its result, as the contract states them."""
    random = await begin(dut)
    fmt = Bench(dut, random).fmt
    dut.dense_i.value = 1  # small sums are zero
    for words in range(1, 8) if fmt.is_float else (1,):
        dut.open_valid_i.value = 1
        await FallingEdge(dut.clk_i)
        slot = int(dut.open_slot_o.value)
        await RisingEdge(dut.clk_i)
        dut.open_valid_i.value = 0
        close(dut, slot, 1)
        await RisingEdge(dut.clk_i)
        dut.close_i.value = 0
        dut.part_valid_i.value = 1
        for index in range(words):
            message = Message(index == words - 1, True, index, PRODUCT, 1)
            dut.part_i.value = pack_part(fmt, slot, message)
            await RisingEdge(dut.clk_i)
        dut.part_valid_i.value = 0
        waited = 0  # since the edge at which the last word was accepted
        while not int(dut.result_valid_o.value) and waited < 100:
            await RisingEdge(dut.clk_i)
            waited += 1
        assert waited == (15 + words if fmt.is_float else 6), f"{waited} cycles for {words} words"
        dut.result_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.result_ready_i.value = 0
