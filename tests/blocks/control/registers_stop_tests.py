# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: early ends of a contraction: abort, parity error, watchdog."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tests.blocks.control.register_bench import ABORT, DRAINED, SOFT_RESET, START, begin, code, error, status_of
from tests.blocks.control.register_port import RegisterPort, start_counting


@cocotb.test()
async def an_abort_ends_what_is_under_way(dut) -> None:
    """An abort works while results are computed or an operand is received; else it changes nothing."""
    _, port, _ = await begin(dut)
    stops = start_counting(dut, "stop_o", "start_o")
    port.operands()
    await port.write("RegControl", ABORT)
    await port.write("RegControl", SOFT_RESET | ABORT)
    assert stops["stop_o"] == 0, "an abort with nothing under way, or together with a soft reset"
    port.drive(loading=1)
    await port.write("RegControl", ABORT)
    assert stops["stop_o"] == 1
    port.drive(loading=0)
    await port.write("RegControl", START)
    await port.write("RegControl", ABORT | START)
    assert stops == {"stop_o": 2, "start_o": 1}
    await _stop(dut, port, "ErrAborted")
    await port.write("RegControl", START)
    await port.pulse(done=1)
    await port.write("RegControl", ABORT)
    assert stops["stop_o"] == 2, "every result is stored: there is nothing to end"
    assert int(dut.trailer_code_o.value) == 0 and await port.read("RegErrorCount") == 0


@cocotb.test()
async def an_abort_in_the_cycle_of_done_comes_too_late(dut) -> None:
    _, port, _ = await begin(dut)
    stops = start_counting(dut, "stop_o")
    port.operands()
    early = late = 0
    for delay in range(12):
        await port.write("RegControl", START)
        before = stops["stop_o"]
        abort = cocotb.start_soon(port.write("RegControl", ABORT))
        await ClockCycles(dut.clk_i, 1 + delay)
        if stops["stop_o"] == before:
            await port.pulse(done=1)
            late += 1
            assert stops["stop_o"] == before and "Done" in await status_of(port), "aborted, and done"
        else:
            early += 1
            port.drive(stopping=1)
            await ClockCycles(dut.clk_i, 2)
        await abort
        await port.pulse(drained=1)
        port.drive(stopping=0)
        await port.write("RegControl", SOFT_RESET)
    assert early and late


async def _stop(dut, port: RegisterPort, name: str) -> None:
    """Play the rest of the chip after stop_o, up to the end of the frame."""
    port.drive(stopping=1)
    await ClockCycles(dut.clk_i, 2)
    assert int(dut.trailer_code_o.value) == code(name)
    assert await status_of(port) - {"Error"} == {"LoadedA", "LoadedB", "Busy"}
    # The core's reports no longer count; beats still come and go.
    before = {counter: await port.counter(counter) for counter in ("CntJobs", "CntUnloaded", "CntDiscarded")}
    errors = await port.read("RegErrorCount")
    await port.pulse(
        flags=15,
        frame_error=error("ErrOrder"),
        frame_errors=1,
        range_error=error("ErrResultRange"),
        range_errors=1,
        increments=dict.fromkeys(before, 1),
    )
    for counter, value in before.items():
        assert await port.counter(counter) == value + (counter != "CntJobs"), counter
    assert await port.read("RegErrorCount") == errors and await port.read("RegFlags") == 0
    await port.pulse(drained=1)
    port.drive(stopping=0)
    assert await status_of(port) - {"Error"} == {"LoadedA", "LoadedB", "Drained"}
    assert await port.read("RegIrqStatus") & DRAINED


@cocotb.test()
async def a_parity_error_ends_the_contraction(dut) -> None:
    _, port, _ = await begin(dut)
    stops = start_counting(dut, "stop_o")
    port.operands()
    await port.pulse(parity_error=error("ErrParity", 5))
    assert stops["stop_o"] == 0 and await port.read("RegError") == code("ErrParity")
    await port.write("RegControl", SOFT_RESET)
    await port.write("RegControl", START)
    await port.pulse(parity_error=error("ErrParity", 0xF000_0007), frame_error=error("ErrOrder"), frame_errors=1)
    assert stops["stop_o"] == 1
    await _stop(dut, port, "ErrParity")
    assert (await port.read("RegError"), await port.read("RegErrorPlace")) == (code("ErrParity"), 0xF000_0007)
    assert await port.read("RegErrorCount") == 2
    # An error that is reported while results still leave counts, up to a soft reset.
    await port.write("RegControl", START)
    await port.write("RegControl", ABORT)
    port.drive(stopping=1)
    await port.pulse(parity_error=error("ErrParity"))
    assert await port.read("RegErrorCount") == 3 and stops["stop_o"] == 2
    await port.pulse(drained=1)
    port.drive(stopping=0)
    # The next contraction's trailer holds the first error, which stays until a soft reset.
    await port.write("RegControl", START)
    await ClockCycles(dut.clk_i, 2)
    assert int(dut.trailer_code_o.value) == code("ErrParity")


@cocotb.test()
async def a_start_is_accepted_from_the_first_cycle_on(dut) -> None:
    """A start in the cycle in which the previous contraction drains, or the operand is complete."""
    _, port, _ = await begin(dut)
    starts = start_counting(dut, "start_o")
    port.operands()
    for what in ("drained", "loaded"):
        early = late = 0
        for delay in range(12):
            before = starts["start_o"]
            if what == "drained":
                await port.write("RegControl", START)
                await port.pulse(done=1)
                before += 1
            else:
                port.drive(loading=1)
            start = cocotb.start_soon(port.write("RegControl", START))
            await ClockCycles(dut.clk_i, 1 + delay)
            if what == "drained":
                await port.pulse(drained=1)
            else:
                port.drive(loading=0)
            await start
            await ClockCycles(dut.clk_i, 2)
            refused = await port.read("RegErrorCount")
            assert starts["start_o"] == before + 1 - refused
            early, late = early + refused, late + 1 - refused
            if not refused:
                await port.pulse(done=1, drained=1)
            await port.write("RegControl", SOFT_RESET)
            port.operands()
        assert early and late, what


@cocotb.test()
async def the_watchdogs_limit_may_change_while_it_waits(dut) -> None:
    """The limit falls below the cycles that have passed; 1 is the least."""
    _, port, _ = await begin(dut)
    for limit in (20, 1):
        await port.write("RegWatchdog", 1000)
        port.drive(loading=1, waits_for_in=1)
        await ClockCycles(dut.clk_i, 100)
        assert await port.read("RegErrorCount") == 0
        await port.write("RegWatchdog", limit)
        await ClockCycles(dut.clk_i, 3)
        assert (await port.read("RegError"), await port.read("RegErrorCount")) == (code("ErrWatchdog"), 1)
        port.drive(loading=0)
        await port.write("RegControl", SOFT_RESET)
        await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def the_watchdog_counts_cycles_without_progress(dut) -> None:
    random, port, _ = await begin(dut)
    stops = start_counting(dut, "stop_o")
    port.operands()
    limit = 60
    await port.write("RegWatchdog", limit)
    await ClockCycles(dut.clk_i, 3 * limit)
    assert await port.read("RegErrorCount") == 0, "nothing was under way"
    await port.write("RegControl", START)
    for gap in [*(random.randint(1, limit - 1) for _ in range(9)), limit - 1]:  # the last one just in time
        await ClockCycles(dut.clk_i, gap)
        kind = random.choice(["progress", "moves"])
        port.drive(**{kind: 1})
        await RisingEdge(dut.clk_i)
        port.drive(**{kind: 0})
    assert stops["stop_o"] == 0, "there was progress in time"
    port.drive(waits_for_out=1)
    await FallingEdge(dut.clk_i)  # the first cycle without
    await ClockCycles(dut.clk_i, limit - 1)
    assert stops["stop_o"] == 0
    await ClockCycles(dut.clk_i, 1)
    assert stops["stop_o"] == 1, "not in the cycle in which it is due"
    assert await port.read("RegError") == code("ErrWatchdog")
    assert await port.read("RegErrorPlace") == 0b0110
    await _stop(dut, port, "ErrWatchdog")
    await ClockCycles(dut.clk_i, 3 * limit)
    assert await port.read("RegErrorCount") == 1
    await port.write("RegControl", SOFT_RESET)
    port.drive(loading=1, waits_for_in=1, waits_for_out=0)
    await port.write("RegWatchdog", 0)
    await ClockCycles(dut.clk_i, 3 * limit)
    assert await port.read("RegErrorCount") == 0, "0 does not turn it off"
    await port.write("RegWatchdog", 5)
    await ClockCycles(dut.clk_i, 5)
    assert (await port.read("RegError"), await port.read("RegErrorPlace")) == (code("ErrWatchdog"), 0b1001)
