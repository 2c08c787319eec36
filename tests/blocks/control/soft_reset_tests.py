# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a soft reset at any moment ends both streams by the rules.

The proof `soft_reset` shows for any order of requests how long core and stores are reset, and what waits.
"""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, First, RisingEdge
from cocotbext.axi import AxiStreamFrame

from tb.common.bench import until
from tb.common.rtl_constants import ERRORS
from tb.common.stalls import STALLS
from tests.blocks.control.host_side import HostSide, check, operand, prepared, results_of, start_pulse
from tests.share import amount

ABORTED = ERRORS["ErrAborted"].value


async def _watch_loader(dut, side: HostSide) -> None:
    """All frames are right, so every error of the loader would come from a reset."""
    while True:
        await FallingEdge(dut.clk_i)
        assert not side.report.errors, "the loader got a part of a frame"


async def _count_rest(dut, beats: int, seen: dict[str, int]) -> None:
    """Count the beats of a frame of this length that come from the reset on, and those reported as discarded."""
    cut = False
    while True:
        await FallingEdge(dut.clk_i)
        cut |= dut.resetting_o.value == 1
        seen["discarded"] += int(dut.discarded_o.value)
        if beats and dut.s_axis_tvalid_i.value == 1 and dut.s_axis_tready_o.value == 1:
            beats -= 1
            seen["rest"] += cut


async def _watch_reset(dut, side: HostSide) -> None:
    """The core is reset only while no result frame is open, for four cycles."""
    while True:
        await FallingEdge(dut.core_rst_no)
        assert dut.idle_o.value == 1, "the core was reset inside a result frame"
        assert dut.resetting_o.value == 1
        for _ in range(4):
            await FallingEdge(dut.clk_i)
            assert dut.core_rst_no.value == 0, "the reset of the core was too short"
        await FallingEdge(dut.clk_i)
        assert dut.core_rst_no.value == 1 and not any(side.loaded)


async def _soft_reset(dut, side: HostSide) -> None:
    """Request a soft reset and wait for its end; the core's results end with its reset."""
    await start_pulse(dut.soft_reset_i, dut.clk_i)
    await until(dut, lambda: dut.resetting_o.value == 1, 3, "the begin of the reset")
    await until(dut, lambda: dut.resetting_o.value == 0, 2000, "the end of the reset")
    assert not any(side.loaded), "operands survived the soft reset"
    side.operands = [None, None]


async def _core(dut, side: HostSide, results) -> None:
    """Feed results until the core is reset."""
    feed = cocotb.start_soon(side.feed(results))
    await First(feed, FallingEdge(dut.core_rst_no))
    feed.cancel()
    side.core.clear()


async def _contract(dut, random, side: HostSide) -> None:
    """Load two operands and get a whole result frame."""
    operands = await side.load_both(random, (3, 3), 15)
    await side.delivers(results_of(random, operands, side.fmt, 20, True))


@cocotb.test()
@cocotb.parametrize(host=amount(["none", "random"], list(STALLS)))
async def inside_a_result_frame(dut, host: str) -> None:
    """Whole records that were ready come, then the trailer; nothing of them reaches the next frame."""
    random, side = await prepared(dut)
    cocotb.start_soon(_watch_reset(dut, side))
    side.sink.set_pause_generator(STALLS[host](random))
    short = 0
    for _ in range(12):
        operands = await side.load_both(random, (3, 3), 15)
        results = results_of(random, operands, side.fmt, 40, random.random() < 0.5)
        await side.begin()
        core = cocotb.start_soon(_core(dut, side, results))
        await ClockCycles(dut.clk_i, random.randint(1, 60))
        await _soft_reset(dut, side)
        await core
        side.operands = operands
        frame = await side.received()
        assert frame.error == ABORTED
        check(frame, *side.expected(results[: frame.count]))
        short += frame.count < len(results)
        side.operands = [None, None]
        await _contract(dut, random, side)
    assert short >= 6, "hardly any frame was cut short: the test does not test"


@cocotb.test()
async def while_the_trailer_waits(dut) -> None:
    """An offered trailer is complete and stays unchanged."""
    random, side = await prepared(dut)
    operands = await side.load_both(random, (2, 2), 10)
    results = results_of(random, operands, side.fmt, 10, True)
    await side.begin()
    await side.feed(results)
    await until(dut, lambda: side.sent == len(results), 200, "all records")
    side.sink.pause = True
    await until(dut, lambda: dut.m_axis_tready_i.value == 0, 5, "the sink's pause")
    dut.all_stored_i.value = 1
    await until(dut, lambda: dut.m_axis_tlast_o.value == 1 and dut.m_axis_tvalid_o.value == 1, 20, "trailer")
    await start_pulse(dut.soft_reset_i, dut.clk_i)
    for _ in range(50):
        await RisingEdge(dut.clk_i)
        assert dut.resetting_o.value == 1 and dut.core_rst_no.value == 1, "the reset did not wait"
    side.sink.pause = False
    dut.all_stored_i.value = 0
    frame = await side.received()
    assert frame.error == 0
    check(frame, *side.expected(results))


@cocotb.test()
@cocotb.parametrize(host=["none", "random"])
async def inside_an_operand_frame(dut, host: str) -> None:
    """The rest of the frame is discarded; the next frame waits and is read."""
    random, side = await prepared(dut)
    cocotb.start_soon(_watch_reset(dut, side))
    cocotb.start_soon(_watch_loader(dut, side))
    side.source.set_pause_generator(STALLS[host](random))
    for _ in range(12):
        which = random.randrange(2)
        first, second = operand(random, 3, 20), operand(random, 2, 15)
        beats, seen = side.beats(first, which), {"rest": 0, "discarded": 0}
        counting = cocotb.start_soon(_count_rest(dut, len(beats), seen))
        await side.source.send(AxiStreamFrame(beats))
        await side.source.send(AxiStreamFrame(side.beats(second, 1 - which)))
        for _ in range(random.randint(1, len(beats) - 1)):
            await FallingEdge(dut.clk_i)
            while not (dut.s_axis_tvalid_i.value == 1 and dut.s_axis_tready_o.value == 1):
                await FallingEdge(dut.clk_i)
        await RisingEdge(dut.clk_i)
        if random.random() < 0.5:  # the rest comes when the reset is over
            side.source.clear_pause_generator()
            side.source.pause = True
        await _soft_reset(dut, side)
        side.source.pause = False
        side.source.set_pause_generator(STALLS[host](random))
        await until(dut, lambda: side.source.idle() and not side.report.loading, 2000, "the second frame")
        await ClockCycles(dut.clk_i, 2)
        assert side.loaded == (bool(which), not which), "the frame behind must be loaded, only it"
        counting.cancel()
        assert seen["discarded"] == seen["rest"], f"beats of the cut frame, and beats that are reported: {seen}"
        await _contract(dut, random, side)


@cocotb.test()
async def with_nothing_under_way(dut) -> None:
    """The operands are dropped; frames before and after the reset are whole."""
    random, side = await prepared(dut)
    cocotb.start_soon(_watch_reset(dut, side))
    for _ in range(3):
        await _contract(dut, random, side)
        await _soft_reset(dut, side)
    assert side.sink.empty(), "a frame came that no start asked for"


@cocotb.test()
@cocotb.parametrize(host=amount(["none", "random"], list(STALLS)))
async def a_stop_keeps_the_operands(dut, host: str) -> None:
    """The frame ends when it is drained, then the core is reset; a soft reset replaces the abort."""
    random, side = await prepared(dut)
    side.sink.set_pause_generator(STALLS[host](random))
    for takes_over in (None, 0, 5, 40, None):
        operands = await side.load_both(random, (3, 3), 15)
        results = results_of(random, operands, side.fmt, 10, True)
        await side.begin()
        await side.feed(results)
        await start_pulse(dut.stop_i, dut.clk_i)
        await start_pulse(dut.stop_i, dut.clk_i)  # a second one changes nothing
        await until(dut, lambda: dut.stopping_o.value == 1, 3, "the begin of the stop")
        assert dut.resetting_o.value == 0 and dut.core_rst_no.value == 1, "the frame has not ended"
        dut.all_stored_i.value = 1
        if takes_over is not None:
            await ClockCycles(dut.clk_i, takes_over)
            await start_pulse(dut.soft_reset_i, dut.clk_i)
            await until(dut, lambda: dut.resetting_o.value == 1, 3, "the soft reset")
        await until(dut, lambda: dut.stopping_o.value == 0 and dut.resetting_o.value == 0, 2000, "the end")
        dut.all_stored_i.value = 0
        frame = await side.received()
        expected = results if frame.error == 0 else results[: frame.count]
        check(frame, *side.expected(expected))
        assert side.loaded == (takes_over is None,) * 2
