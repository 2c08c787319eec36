# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: completion records wait for their own results only, and what ends a queue meanwhile."""

from __future__ import annotations

import itertools

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiResp

from models.device.layout import COMPLETION, COMPLETION_AT
from tb.common.bench import rng, start
from tb.dma import coverage
from tests.dma.ends import reset_over
from tests.dma.error_tests import right
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, ERROR, Host
from tests.dma.overlap_tests import Queue

SLOTS = 12
EACH = 0x2000  # bytes of a result buffer
LATE = 400  # cycles until the response to a write
PATIENCE = 3 * LATE
SMALL, LONG = ((3, 9), (3, 9)), ((14, 6), (40, 6))
BEFORE = 4  # descriptors ahead of the one that an event finds in the chip


async def begin(dut, shapes: list) -> tuple[Host, Queue, np.random.Generator]:
    """Put contractions, none of them prompt, into a ring whose memory responds late to writes."""
    host, numbers = Host(dut, slots=SLOTS), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    host.bus.delay({"ar": 1, "b": LATE})
    queue = Queue(host, EACH)
    for pair in shapes:
        queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in pair])
    return host, queue, numbers


async def records_wait(host: Host, queue: Queue, count: int) -> None:
    """Ring, and wait until the first records are in memory, while none has its response."""
    await host.ring()
    while not host.record(queue.turns[count - 1].slot):
        await RisingEdge(host.dut.clk_i)
    assert await host.read("RegRingHead") == 0, "the first record has its response already"


async def works_again(host: Host, numbers: np.random.Generator, why: str) -> None:
    host.memory.refused.clear()
    host.bus.delay({})
    await right(host, *(drawn(numbers, shape, host.fmt.name) for shape in SMALL), why)


@cocotb.test()
async def no_round_trip_for_each_record(dut) -> None:
    """A queue takes less than half of a round trip per contraction; each record comes after its own results."""
    host, queue, _numbers = await begin(dut, [SMALL] * (SLOTS - 1))
    before = get_sim_time("ns")
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))
    cycles = int(get_sim_time("ns") - before)
    dut._log.info("%d cycles for %d contractions", cycles, len(queue.turns))
    assert cycles < 2 * LATE + len(queue.turns) * LATE // 2


@cocotb.test()
@cocotb.parametrize(bad=[0, 1])
async def a_refused_record_has_others_after_it(dut, bad: int) -> None:
    """The head stops behind it. Results of later records are right, and nothing else is written."""
    host, queue, numbers = await begin(dut, [SMALL] * BEFORE)
    at = queue.turns[bad].slot + COMPLETION_AT + COMPLETION - 1
    host.memory.refused[at - at % host.memory.beat] = AxiResp.SLVERR
    await host.ring()
    await host.halted()
    while await host.idle() and await host.read("RegRingHead") != bad + 1:
        pass
    assert await host.read("RegDmaError") == ERROR["ErrWriteSlave"]
    for index, turn in enumerate(queue.turns):
        record = host.record(turn.slot)
        assert (index == bad) <= (record is None), "a record that the memory has refused"
        if record:
            turn.check(host, record)
    assert host.record(queue.turns[bad + 1].slot), "later records wait for the response"
    await host.reset()
    await works_again(host, numbers, "a refused record")


@cocotb.test()
async def a_refused_result_has_no_record_after_it(dut) -> None:
    """Its record has the error; records before it are right, later ones do not come."""
    host, queue, numbers = await begin(dut, [SMALL] * BEFORE)
    bad = 2
    host.memory.refused[queue.turns[bad].at] = AxiResp.DECERR
    await host.ring()
    await host.halted()
    while await host.idle() and await host.read("RegRingHead") != bad + 1:
        pass
    for index, turn in enumerate(queue.turns):
        record = host.record(turn.slot)
        if index < bad:
            turn.check(host, record)
        else:
            assert (record.code if record else None) == (ERROR["ErrWriteDecode"] if index == bad else None)
    await host.reset()
    await works_again(host, numbers, "a refused result")


@cocotb.test()
async def an_abort_while_records_wait(dut) -> None:
    """The contraction in the chip has the error; those whose records wait are complete."""
    host, queue, numbers = await begin(dut, [SMALL] * 2 + [LONG, SMALL])
    await records_wait(host, queue, 2)
    await host.write("RegControl", BIT["ControlAbort"])
    await host.halted()
    while await host.idle() and await host.read("RegRingHead") != 3:
        pass
    coverage.sample_end("abort", host.bus.in_flight)
    for turn in queue.turns[:2]:
        turn.check(host, host.record(turn.slot))
    assert host.record(queue.turns[2].slot).code == ERROR["ErrAborted"] == await host.read("RegDmaError")
    assert not host.record(queue.turns[3].slot)
    await host.reset()
    await works_again(host, numbers, "an abort")


@cocotb.test()
async def the_watchdog_while_records_wait(dut) -> None:
    """The oldest descriptor has the error, and the head stops behind it."""
    host, queue, numbers = await begin(dut, [SMALL] * BEFORE)
    await host.write("RegWatchdog", PATIENCE)
    await records_wait(host, queue, 2)
    host.bus.channels["b"].stall(itertools.repeat(True))
    await host.halted()
    assert await host.read("RegDmaError") == ERROR["ErrWatchdog"]
    host.bus.channels["b"].stall(None)
    while await host.idle() and await host.read("RegRingHead") != 1:
        pass
    assert host.record(queue.turns[0].slot).code == ERROR["ErrWatchdog"]
    for turn in queue.turns[1:]:
        record = host.record(turn.slot)
        if record:
            turn.check(host, record)
    await host.write("RegWatchdog", 0)
    await host.reset()
    await works_again(host, numbers, "the watchdog")


@cocotb.test()
@cocotb.parametrize(cycles=[0, 1, 7, 100])
async def a_reset_while_records_wait(dut, cycles: int) -> None:
    """A soft reset waits for all responses, the pin does not; after each of them a queue is right."""
    host, queue, numbers = await begin(dut, [SMALL] * BEFORE)
    await records_wait(host, queue, 2)
    await ClockCycles(dut.clk_i, cycles)
    await reset_over(host)
    for turn in queue.turns:
        record = host.record(turn.slot)
        if record:
            turn.check(host, record)
    await works_again(host, numbers, "a soft reset")
