# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: early ends of a contraction: abort, parity error, watchdog; starts right after an end."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tests.blocks.control.register_port import RegisterPort, code, error, frame, out_of_range


@cocotb.test()
async def an_abort_ends_what_is_under_way(dut) -> None:
    """An abort works while results are computed or an operand is received; else it changes nothing."""
    port = await RegisterPort.begin(dut)
    await port.abort()
    await port.command("ControlSoftReset", "ControlAbort")
    assert port.stops == 0, "an abort with nothing under way, or together with a soft reset"
    port.drive(loading=1)
    await port.abort()
    assert port.stops == 1
    port.drive(loading=0)
    await port.start()
    await port.command("ControlAbort", "ControlStart")
    assert (port.stops, port.starts) == (2, 1)
    await ended(port, "ErrAborted")
    await port.start()
    await port.pulse(done=1)
    await port.abort()
    assert port.stops == 2, "every result is stored: there is nothing to end"
    assert int(dut.trailer_code_o.value) == 0
    await port.expect(ErrorCount=0)


@cocotb.test()
async def an_abort_in_the_cycle_of_done_comes_too_late(dut) -> None:
    port = await RegisterPort.begin(dut)
    outcomes = set()
    for delay in range(12):
        await port.start()
        before = port.stops
        abort = cocotb.start_soon(port.abort())
        await ClockCycles(dut.clk_i, 1 + delay)
        late = port.stops == before
        outcomes.add(late)
        if late:
            await port.pulse(done=1)
            assert port.stops == before and await port.status("StatusDone"), "aborted, and done"
        else:
            port.drive(stopping=1)
            await ClockCycles(dut.clk_i, 2)
        await abort
        await port.pulse(drained=1)
        port.drive(stopping=0)
        await port.reset()
    assert outcomes == {False, True}


@cocotb.test()
@cocotb.parametrize(what=["drained", "loaded"])
async def a_start_is_accepted_from_the_first_cycle_on(dut, what: str) -> None:
    """A start in the cycle in which the previous contraction drains, or the operand is complete."""
    port = await RegisterPort.begin(dut)
    outcomes = set()
    for delay in range(12):
        if what == "drained":
            await port.start()
            await port.pulse(done=1)
        else:
            port.drive(loading=1)
        before = port.starts
        start = cocotb.start_soon(port.start())
        await ClockCycles(dut.clk_i, 1 + delay)
        if what == "drained":
            await port.pulse(drained=1)
        else:
            port.drive(loading=0)
        await start
        await ClockCycles(dut.clk_i, 2)
        refused = await port.read("RegErrorCount")
        assert port.starts == before + 1 - refused
        outcomes.add(refused)
        if not refused:
            await port.pulse(done=1, drained=1)
        await port.reset()
        port.operands()
    assert outcomes == {0, 1}


@cocotb.test()
async def the_watchdogs_limit_may_change_while_it_waits(dut) -> None:
    """The limit falls below the cycles that have passed; 1 is the least."""
    port = await RegisterPort.begin(dut, operands=False)
    for limit in (20, 1):
        await port.set(Watchdog=1000)
        port.drive(loading=1, waits_for_in=1)
        await ClockCycles(dut.clk_i, 100)
        await port.expect(ErrorCount=0)
        await port.set(Watchdog=limit)
        await ClockCycles(dut.clk_i, 3)
        await port.expect(Error="ErrWatchdog", ErrorCount=1)
        port.drive(loading=0)
        await port.reset()
        await ClockCycles(dut.clk_i, 3)


@cocotb.test()
async def the_watchdog_counts_cycles_without_progress(dut) -> None:
    port = await RegisterPort.begin(dut)
    random, limit = port.random, 60

    async def quiet(why: str, count: int = 0) -> None:
        await ClockCycles(dut.clk_i, 3 * limit)
        await port.expect(why, ErrorCount=count)

    await port.set(Watchdog=limit)
    await quiet("nothing was under way")
    await port.start()
    for gap in [*(random.randint(1, limit - 1) for _ in range(9)), limit - 1]:  # the last one just in time
        await ClockCycles(dut.clk_i, gap)
        kind = random.choice(["progress", "moves"])
        port.drive(**{kind: 1})
        await RisingEdge(dut.clk_i)
        port.drive(**{kind: 0})
    assert port.stops == 0, "there was progress in time"
    port.drive(waits_for_out=1)
    await FallingEdge(dut.clk_i)  # the first cycle without
    await ClockCycles(dut.clk_i, limit - 1)
    assert port.stops == 0
    await ClockCycles(dut.clk_i, 1)
    assert port.stops == 1, "not in the cycle in which it is due"
    await port.expect(Error="ErrWatchdog", ErrorPlace=0b0110)
    await ended(port, "ErrWatchdog")
    await quiet("it expires once", 1)
    await port.reset()
    port.drive(loading=1, waits_for_in=1, waits_for_out=0)
    await port.set(Watchdog=0)
    await quiet("0 does not turn it off")
    await port.set(Watchdog=5)
    await ClockCycles(dut.clk_i, 5)
    await port.expect(Error="ErrWatchdog", ErrorPlace=0b1001)


@cocotb.test()
async def a_parity_error_ends_the_contraction(dut) -> None:
    port = await RegisterPort.begin(dut)
    await port.pulse(parity_error=error("ErrParity", 5))
    await port.expect(Error="ErrParity")
    assert port.stops == 0
    await port.reset()
    await port.start()
    await port.pulse(parity_error=error("ErrParity", 0xF000_0007), **frame("ErrOrder"))
    assert port.stops == 1
    await ended(port, "ErrParity")
    await port.expect(Error="ErrParity", ErrorPlace=0xF000_0007, ErrorCount=2)
    # An error that is reported while results still leave counts, up to a soft reset.
    await port.start()
    await port.abort()
    port.drive(stopping=1)
    await port.pulse(parity_error=error("ErrParity"))
    await port.expect(ErrorCount=3)
    assert port.stops == 2
    await port.pulse(drained=1)
    port.drive(stopping=0)
    # The next contraction's trailer holds the first error, which stays until a soft reset.
    await port.start()
    await ClockCycles(dut.clk_i, 2)
    assert int(dut.trailer_code_o.value) == code("ErrParity")


async def ended(port: RegisterPort, name: str) -> None:
    """Play the rest of the chip after stop_o, up to the end of the frame."""
    port.drive(stopping=1)
    await ClockCycles(port.dut.clk_i, 2)
    wrong = ("Error",) if await port.read("RegErrorCount") else ()
    assert int(port.dut.trailer_code_o.value) == code(name)
    await port.status_is("Loaded", "Busy", *wrong)
    # The core's reports no longer count; beats still come and go.
    before = {counter: await port.counter(counter) for counter in ("CntJobs", "CntUnloaded", "CntDiscarded")}
    errors = await port.read("RegErrorCount")
    await port.pulse(flags=15, increments=dict.fromkeys(before, 1), **frame("ErrOrder"), **out_of_range())
    await port.expect(**{counter: value + (counter != "CntJobs") for counter, value in before.items()})
    await port.expect(ErrorCount=errors, Flags=0)
    await port.pulse(drained=1)
    port.drive(stopping=0)
    await port.status_is("Loaded", "Drained", *wrong)
    assert await port.has("RegIrqStatus", "IrqDrained")
