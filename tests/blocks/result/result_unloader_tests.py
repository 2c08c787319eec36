# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: results leave with their coordinates, in frames that always end properly."""

import cocotb
from cocotb.triggers import ClockCycles, Timer
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiStreamFrame

from sim.rtl_types import bench_types
from tb.common.bench import until
from tb.common.rtl_constants import ERRORS
from tb.common.stalls import STALLS
from tests.blocks.control.host_side import operand, prepared, results_of
from tests.blocks.operand.loader_frames import tensor


@cocotb.test()
@cocotb.parametrize(orders=[(1, 1), (1, 3), (3, 1), (2, 2), (3, 3), (4, 2), (8, 8)])
async def records_have_their_coordinates(dut, orders: tuple[int, int]) -> None:
    random, side = await prepared(dut)
    for in_order in (True, False):
        # A new operand each time: nothing of a remembered path may survive.
        await side.load_both(random, orders)
        results = results_of(random, side.operands, side.fmt, 60, in_order)
        await side.delivers(results)
    assert side.drained == 2


@cocotb.test()
async def a_path_of_other_operands_is_forgotten(dut) -> None:
    """Operands of one fiber each, whose nodes have the earlier nodes' numbers, but other coordinates."""
    random, side = await prepared(dut)
    for _ in range(4):
        for which in range(2):
            await side.load(tensor(random, (50, 50, 4), 1), which)
        results = results_of(random, side.operands, side.fmt, 1, True)
        await side.delivers(results)


@cocotb.test()
@cocotb.parametrize(core=list(STALLS), host=list(STALLS))
async def stalls_change_nothing(dut, core: str, host: str) -> None:
    random, side = await prepared(dut, core)
    side.sink.set_pause_generator(STALLS[host](random))
    await side.load_both(random, (3, 4))
    results = results_of(random, side.operands, side.fmt, 50, random.random() < 0.5)
    await side.delivers(results)
    assert (side.sent, side.drained) == (len(results), 1)


@cocotb.test()
@cocotb.parametrize(orders=[(1, 1), (3, 4), (8, 8)])
async def records_have_the_numbers_of_their_fibers(dut, orders: tuple[int, int]) -> None:
    """A record per cycle: nothing is walked."""
    random, side = await prepared(dut)
    dut.numbers_i.value = 1
    await side.load_both(random, orders)
    results = results_of(random, side.operands, side.fmt, 100, False)
    begun = get_sim_time("ns")
    await side.delivers(results)
    assert get_sim_time("ns") - begun <= len(results) + 15


@cocotb.test()
@cocotb.parametrize(host=["none", "random"])
async def trailer_that_need_not_wait(dut, host: str) -> None:
    """With numbers a frame without further results ends at once, if the host is ready, and only once."""
    random, side = await prepared(dut)
    dut.numbers_i.value = 1
    await side.load_both(random, (2, 3))
    side.sink.set_pause_generator(STALLS[host](random))
    for index in range(12):
        results = results_of(random, side.operands, side.fmt, random.choice([0, 0, 1, 3]), False)
        await side.delivers(results)
        await ClockCycles(dut.clk_i, random.choice([0, 8]))
        assert side.drained == index + 1 and side.sink.empty()


@cocotb.test()
async def frames_without_records(dut) -> None:
    random, side = await prepared(dut)
    await side.load_both(random, (2, 3))
    for code in (0, ERRORS["ErrResultRange"].value):
        dut.error_code_i.value = code
        await side.delivers([], code)
    assert side.sent == 0


@cocotb.test()
@cocotb.parametrize(case=[(2, 2, 1), (3, 3, 2), (2, 4, 3)], in_order=[True, False])
async def cycles_per_record(dut, case: tuple[int, int, int], in_order: bool) -> None:
    *orders, limit = case
    random, side = await prepared(dut)
    await side.load_both(random, tuple(orders))
    results = results_of(random, side.operands, side.fmt, 200, in_order)
    begun = get_sim_time("ns")
    await side.delivers(results)
    cycles = get_sim_time("ns") - begun
    dut._log.info("%.2f cycles per record", cycles / len(results))
    assert cycles <= limit * len(results) + 15, f"{cycles} cycles for {len(results)} records"


@cocotb.test()
async def neighbours_are_cheap(dut) -> None:
    """Only the leaf is new, so one of the three levels of each operand is walked."""
    random, side = await prepared(dut)
    for which in range(2):
        await side.load(tensor(random, (1, 1, 12, 4), 30), which)
    results = results_of(random, side.operands, side.fmt, 100, True)
    begun = get_sim_time("ns")
    await side.delivers(results)
    cycles = get_sim_time("ns") - begun
    assert cycles <= 2 * len(results) + 15, f"{cycles} cycles for {len(results)} records"


@cocotb.test()
async def a_wrong_frame_leaves_no_operand(dut) -> None:
    random, side = await prepared(dut)
    for which in range(2):
        await side.load_both(random, (3, 2))
        wrong = side.beats(operand(random, 2, 5), which)
        await side.source.send(AxiStreamFrame(wrong[:-1]))
        await until(dut, lambda: side.report.errors, 200, "the error")
        await ClockCycles(dut.clk_i, 2)
        assert side.loaded == (bool(which), not which), "the other operand must stay, only it"


@cocotb.test()
async def hard_reset_inside_a_frame(dut) -> None:
    random, side = await prepared(dut)
    for _ in range(5):
        await side.load_both(random, (3, 2))
        results = results_of(random, side.operands, side.fmt, 30, True)
        await side.begin()
        feed = cocotb.start_soon(side.feed(results))
        await ClockCycles(dut.clk_i, random.randint(1, 40))
        feed.cancel()
        side.core.clear()
        dut.rst_ni.value = 0
        await Timer(3, "ns")
        side.sink.clear()
        dut.rst_ni.value = 1
        await ClockCycles(dut.clk_i, 3)
        assert side.loaded == (False, False) and dut.idle_o.value == 1
    await side.load_both(random, (3, 2))
    results = results_of(random, side.operands, side.fmt, 30, True)
    await side.delivers(results)


@cocotb.test()
async def fiber_tables_are_read_back(dut) -> None:
    """The job generator's view: first lines of all fibers, then the sentinel."""
    random, side = await prepared(dut)
    for which, shape in enumerate(((3, 4, 30), (9, 50))):
        await side.load(tensor(random, shape, 100), which)
    for which, csf in enumerate(side.operands):
        lengths = [int(end - begin) for begin, end in csf.fiber_bounds()]
        firsts = [sum(-(-n // 4) for n in lengths[:i]) for i in range(len(lengths) + 1)]
        types = bench_types()
        seen = []
        for fiber in range(len(firsts)):
            dut.table_addr_i.value = types["table_addr_i"].pack([fiber * (i == which) for i in range(2)])
            await ClockCycles(dut.clk_i, 2)
            answer = types["table_o"].unpack(int(dut.table_o.value))[which]
            assert not answer.wrong
            seen.append(answer.first)
        assert seen == firsts
