# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: completion records wait for their own results only, and what ends a queue meanwhile.

What the memory refuses meanwhile is in error_tests.py.
"""

from __future__ import annotations

import itertools

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiResp

from models.device.layout import COMPLETION, COMPLETION_AT
from tests.dma.ends import reset_over
from tests.dma.host import ERROR, Host, opened
from tests.dma.queue import Queue

SLOTS = 12
EACH = 0x2000  # bytes of a result buffer
LATE = 400  # cycles until the response to a write
PATIENCE = 3 * LATE
SMALL, LONG = ((3, 9), (3, 9)), ((14, 6), (40, 6))


async def begin(dut: SimHandleBase, *shapes: tuple) -> tuple[Host, Queue]:
    """Put contractions, none of them prompt, into a ring whose memory responds late to writes."""
    host = await opened(dut, slots=SLOTS)
    host.bus.delay({"ar": 1, "b": LATE})
    queue = Queue(host, EACH)
    for pair in shapes:
        queue.draw(pair, 1.0)
    return host, queue


@cocotb.test()
async def no_round_trip_for_each_record(dut: SimHandleBase) -> None:
    """A queue takes less than half of a round trip per contraction; each record comes after its own results."""
    host, queue = await begin(dut, *[SMALL] * (SLOTS - 1))
    before = get_sim_time("ns")
    await host.ring()
    await queue.check()
    cycles = int(get_sim_time("ns") - before)
    dut._log.info("%d cycles for %d contractions", cycles, len(queue.turns))
    assert cycles < 2 * LATE + len(queue.turns) * LATE // 2


@cocotb.test()
@cocotb.parametrize(end=["abort", "watchdog", "refusal", 0, 1, 7, 100])
async def an_end_while_records_wait(dut: SimHandleBase, end: str | int) -> None:
    """Two records are in memory and have no response yet: an abort, the watchdog, or a soft reset after some cycles.

    The contraction in the chip has the error of an abort, and those whose records wait are complete. The watchdog's
    error goes to the oldest descriptor. A refused record has others after it, and the head stops behind it.
    """
    host, queue = await begin(dut, SMALL, SMALL, LONG, SMALL)
    await host.write("RegWatchdog", PATIENCE if end == "watchdog" else 0)
    first, *others = queue.turns
    if end == "refusal":
        at = first.slot + COMPLETION_AT + COMPLETION - 1
        host.memory.refused[at - at % host.memory.beat] = AxiResp.SLVERR
    await host.ring()
    await host.until(lambda: host.record(queue.turns[1].slot) is not None, "no second record")
    assert await host.read("RegRingHead") == 0, "the first record has its response already"
    if end == "abort":
        await host.command("ControlAbort")
        queue.check_ended(3, await host.ended(3))
        assert await host.read("RegDmaError") == ERROR["ErrAborted"]
    elif end == "watchdog":
        host.bus.channels["b"].stall(itertools.repeat(True))
        await host.halted()
        host.bus.channels["b"].stall(None)
        assert await host.ended(1) == (ERROR["ErrWatchdog"], 0)
        assert host.record(first.slot).code == ERROR["ErrWatchdog"]
        queue.turns = others
        queue.check_records()
        await host.write("RegWatchdog", 0)
    elif end == "refusal":
        code, _ = await host.ended(1)
        assert code == ERROR["ErrWriteSlave"] and host.record(first.slot) is None
        queue.check_records()
    else:
        await ClockCycles(dut.clk_i, end)
        await reset_over(host)
        queue.check_records()
    await host.works_again(str(end))
