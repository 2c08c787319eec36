# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the chip's watchdog ends work on a memory that does not respond in time."""

from __future__ import annotations

import itertools

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from models.device.layout import Completion
from tb.dma import coverage
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, ERROR, Host, check, expected
from tests.dma.overlap_tests import Queue, Turn, begin

LIMIT = 1000  # cycles without progress
LONG = ((30, 6), (60, 6))  # 1,800 results: more than can wait for the bus and in the engines
SHORT = ((4, 60), (5, 60))


async def _queued(dut, *shapes: tuple) -> tuple[Host, list[Turn], np.random.Generator]:
    """Put contractions into the ring of a chip whose watchdog is on; the caller rings."""
    host, _random, numbers = await begin(dut)
    await host.write("RegWatchdog", LIMIT)
    queue = Queue(host)
    for pair in shapes:
        queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in pair])
    return host, queue.turns, numbers


async def _stands_still(host: Host, channel: str, turn: Turn, cycles: int) -> Completion:
    """Let a channel pause for long, then go on; return the record, which has the watchdog's error."""
    host.bus.channels[channel].stall(itertools.repeat(True))
    await ClockCycles(host.dut.clk_i, cycles)
    host.bus.channels[channel].stall(None)
    record = await host.completed(turn.slot)
    assert (record.code, record.place) == (ERROR["ErrWatchdog"], 0), f"{record.code:#x} at {record.place:#x}"
    coverage.sample_error(record.code, record.place)
    assert await host.idle() & BIT["DmaStatusHalted"]
    assert await host.read("RegError") == ERROR["ErrWatchdog"]
    return record


async def _works_again(host: Host, numbers: np.random.Generator) -> None:
    await host.reset()
    await host.set_ring()
    operands = [drawn(numbers, shape, host.fmt.name) for shape in SHORT]
    record, rows = await host.contract(*operands)
    assert record.code == 0
    check(rows, expected(*operands, host.fmt))


@cocotb.test()
async def results_that_nobody_takes(dut) -> None:
    """Engines stall: the machine writes complete results, and the queue ends."""
    host, turns, numbers = await _queued(dut, LONG, SHORT)
    await host.ring()
    record = await _stands_still(host, "w", turns[0], 8 * LIMIT)
    wanted = {tuple(row) for row in turns[0].wanted}
    found = np.frombuffer(host.memory.get(turns[0].at, record.written), "<u4").reshape(record.results, -1)
    assert 0 < len(found) < len(wanted) and {tuple(row) for row in found} < wanted
    assert not host.record(turns[1].slot)
    await _works_again(host, numbers)


@cocotb.test()
@cocotb.parametrize(after=[20, 200])
async def operands_that_do_not_come(dut, after: int) -> None:
    """The core abandons a frame that has begun."""
    host, turns, numbers = await _queued(dut, LONG)
    await host.ring()
    await ClockCycles(dut.clk_i, after)
    record = await _stands_still(host, "r", turns[0], 4 * LIMIT)
    assert record.results == 0
    await _works_again(host, numbers)
