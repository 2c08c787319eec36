# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: early ends of a contraction or a frame, and normal work afterwards.

Aborts by register at random cycles, and the watchdog for each dead neighbour. Arguments: `config`,
and `count`, the number of random aborts.
"""

from __future__ import annotations

import math
import random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge

from models.contract import contract
from models.csf import Csf
from sim.thisrun import argument
from tb.common import rtl_constants as rtl
from tb.common.stalls import STALLS
from tests.share import amount
from tests.top.contractions import ABORTED, Case, case, compare, covered, no_error, run
from tests.top.host import Host, begin, bit

WATCHDOG = rtl.ERRORS["ErrWatchdog"].value
# Bits of the watchdog's place.
RECEIVING, COMPUTING, NOT_TAKEN, NOT_SENT = 1, 2, 4, 8


def _dense(host: Host, chance: random.Random, least: int = 1, most: float = math.inf) -> Case:
    """Return a contraction that keeps every result, of `least` to `most` jobs."""
    while True:
        found = case(chance, host, extent=60)
        if found.dense and least <= found.result.jobs <= most:
            return found


async def _cut_frame(host: Host, cut: Case, codes: tuple[int, ...]) -> bool:
    """Check the frame of a contraction that was cut short; return whether it lacks results.

    All stored results must have come as records.
    """
    frame = await host.frame(cut.modes)
    compare(cut, frame, frame.error, frame.error in codes)
    assert frame.error in (0, *codes), f"trailer with {rtl.error_name(frame.error)}"
    stored, sent = await host.counter("CntResults"), await host.counter("CntUnloaded")
    assert stored == sent == frame.count, f"{stored} results were complete, {sent} were sent"
    return bool(frame.error)


@cocotb.test()
async def abort_a_contraction(dut) -> None:
    """An abort at any cycle: the frame has the complete results, operands stay, no error is recorded."""
    host, chance = await begin(dut)
    cut = kept = 0
    for _ in range(argument("count")):
        victim = case(chance, host, extent=60)
        await host.load_all(victim)
        host.stall_results(chance.choice([*STALLS, "never"]))
        await host.start(victim.dense, victim.run_length)
        await ClockCycles(dut.clk_i, int(chance.expovariate(1 / 40)))
        await host.write("RegControl", bit("ControlAbort"))
        host.stall_results(host.any_stalls())
        await host.interrupt("IrqDrained")
        await host.wait_while("StatusBusy")
        if await _cut_frame(host, victim, (ABORTED,)):
            cut += 1
            assert not await host.status("StatusDone")
        assert await host.status("StatusDrained") and not host.frames and not host.inside_frame
        assert not host.queues_in_use(), f"not empty: {host.queues_in_use()}"
        kept += 1
        await no_error(host)
        await run(host, victim, host.any_stalls(), load=())
    dut._log.info("%d contractions aborted, %d of them cut short", kept, cut)
    assert cut > kept // 4


@cocotb.test()
async def abort_a_frame(dut) -> None:
    """An abort at any beat: the rest of the frame is discarded, its operand is lost, the other one stays."""
    host, chance = await begin(dut)
    pair = case(chance, host, extent=60)
    await run(host, pair)
    aborted = 0
    for _ in range(max(amount(2, 6), argument("count") // 3)):
        which = chance.randrange(2)
        beats = host.pack(pair.operands[which], which)
        sent = chance.randrange(1, len(beats))
        await host.send(beats[:sent], host.any_stalls(), last=False)
        await ClockCycles(dut.clk_i, chance.randrange(12))
        before = await host.counter("CntDiscarded")
        await host.write("RegControl", bit("ControlAbort"))
        await host.wait_while("StatusBusy")
        assert not await host.status("StatusLoading")
        loaded = [await host.status(f"StatusLoaded{letter}") for letter in "AB"]
        assert loaded[1 - which] and not loaded[which], f"loaded: {loaded}, aborted in {which}"
        await host.send(beats[sent:], host.any_stalls())
        assert await host.counter("CntDiscarded") - before == len(beats) - sent
        await no_error(host)
        await run(host, pair, load=(which,))
        aborted += 1
    dut._log.info("%d operand frames aborted", aborted)


@cocotb.test()
async def abort_changes_nothing_else(dut) -> None:
    """Aborts when idle, when results only have to leave, in a soft reset, twice, and with other commands."""
    host, chance = await begin(dut)
    await host.write("RegControl", bit("ControlAbort"))
    assert await host.read("RegStatus") == 0 and not host.frames
    pair = _dense(host, chance, most=int(host.config["ResultDepth"]))  # one engine could store all results
    await run(host, pair)
    status = await host.read("RegStatus")
    await host.write("RegControl", bit("ControlAbort"))
    assert await host.read("RegStatus") == status

    host.stall_results("never")
    await host.start(pair.dense)
    await host.wait_while("StatusDone", False)
    await host.write("RegControl", bit("ControlAbort"))  # all results are stored: they leave
    host.stall_results("bursty")
    await host.interrupt("IrqDrained")
    compare(pair, await host.frame(pair.modes))

    # Two aborts, and a start while the first waits for the host.
    long = _dense(host, chance, 6)
    await host.load_all(long)
    host.stall_results("never")
    await host.start(long.dense, 1)
    for command in ("ControlAbort", "ControlAbort", "ControlStart"):
        await host.write("RegControl", bit(command))
    assert await host.read("RegError") == rtl.ERRORS["ErrStartBusy"].value
    # A soft reset replaces the abort: the operands are lost, too.
    await host.write("RegControl", bit("ControlSoftReset") | bit("ControlAbort") | bit("ControlStart"))
    host.stall_results("none")
    await host.wait_while("StatusBusy")
    compare(long, await host.frame(long.modes), ABORTED, True)
    assert await host.read("RegStatus") == 0, await host.describe()
    await run(host, pair)
    await no_error(host)


@cocotb.test()
async def watchdog_and_a_host_that_takes_nothing(dut) -> None:
    host, chance = await begin(dut)
    limit = 300
    await host.write("RegWatchdog", limit)
    ended = 0
    for _ in range(amount(2, 6)):
        pair = _dense(host, chance)
        await host.load_all(pair)
        host.stall_results("never")
        await host.start(pair.dense)
        await host.interrupt("IrqError")
        busy = await host.read("RegErrorPlace") & COMPUTING
        await _check_watchdog(host, NOT_TAKEN | busy)
        await ClockCycles(dut.clk_i, 3 * limit)  # it expires once
        assert await host.read("RegErrorCount") == 1
        host.stall_results("single")
        await host.interrupt("IrqDrained")
        ended += await _cut_frame(host, pair, (WATCHDOG,))
        await host.soft_reset()
        assert await host.read("RegWatchdog") == limit
        await run(host, pair)
        await no_error(host)
    dut._log.info("%d contractions not ended when the host was given up", ended)


async def _check_watchdog(host: Host, place: int) -> None:
    seen = await host.error()
    assert seen == [WATCHDOG, place, 1], f"{seen}, expected the watchdog at {place:#x}"
    covered("ErrWatchdog")


@cocotb.test()
async def watchdog_and_a_host_that_stops_sending(dut) -> None:
    """The host stops within a frame; the rest may come later, or after a hard reset not at all."""
    host, chance = await begin(dut)
    pair = case(chance, host, extent=60)
    for reset in ("soft", "none", "hard", "soft"):
        await run(host, pair)
        await host.write("RegWatchdog", 300)
        which = chance.randrange(2)
        beats = host.pack(pair.operands[which], which)
        sent = chance.randrange(1, len(beats))
        await host.send(beats[:sent], last=False)
        await host.interrupt("IrqError")
        await _check_watchdog(host, RECEIVING | NOT_SENT)
        assert not await host.status("StatusLoading"), "the frame was not given up"
        if reset == "hard":
            await host.hard_reset()
        else:
            await host.send(beats[sent:])
        if reset == "soft":
            await host.soft_reset()
        code = WATCHDOG if reset == "none" else 0
        await run(host, pair, load=(which,) if code else (0, 1), code=code)
        await host.write("RegWatchdog", 0)
        await host.soft_reset()


@cocotb.test()
async def watchdog_sees_the_loader_walk(dut) -> None:
    """Nodes without children cost a cycle each, in which no beat comes in: the watchdog must not expire."""
    host, _ = await begin(dut)
    nodes, limit = 600, 60
    childless = Csf(
        (nodes, 8, 4),
        [np.arange(nodes), np.array([5])],
        [np.array([0] * nodes + [1]), np.array([0, 1])],
        np.array([2]),
        np.array([1.5]),
    )
    other = Csf((4,), [], [], np.array([2]), np.array([3.0]))
    await host.write("RegWatchdog", limit)
    for pair in ((childless, other), (other, childless)):
        await run(host, Case(*pair, False, 0, contract(*(csf.to_tensor() for csf in pair), host.fmt)))
    await no_error(host)


@cocotb.test()
async def watchdog_waits_as_long_as_it_shall(dut) -> None:
    """Stalls below the limit never expire the watchdog, and 0 turns it off."""
    host, chance = await begin(dut)
    for limit in (400, 0):
        await host.write("RegWatchdog", limit)
        for _ in range(amount(1, 4)):
            await run(host, case(chance, host, extent=60), host.any_stalls())
        await no_error(host)
    pair = _dense(host, chance)
    await host.load_all(pair)
    host.stall_results("never")
    await host.start(pair.dense)
    await ClockCycles(dut.clk_i, 1500)
    await no_error(host)
    # A soft reset that waits for the host is reported, too, and continues to wait.
    await host.write("RegWatchdog", 200)
    await host.write("RegControl", bit("ControlSoftReset"))
    for _ in range(20):  # while results without a place are computed and dropped, there is progress
        await ClockCycles(dut.clk_i, 500)
        if await host.read("RegError"):
            break
    await _check_watchdog(host, NOT_TAKEN)
    host.stall_results("none")
    await host.wait_while("StatusBusy")
    await RisingEdge(dut.clk_i)
    compare(pair, await host.frame(pair.modes), ABORTED, True)
    await host.soft_reset()
    await run(host, pair)
    await no_error(host)
