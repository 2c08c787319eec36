# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: resets and aborts in each cycle around the start of a contraction; the next one is right.

At any other time: order_tests.py.
"""

import itertools
import math
from collections.abc import Awaitable, Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

from models.device.layout import Completion
from tb.common.bench import reset
from tests.dma.host import ERROR, Host, Pair, opened
from tests.dma.queue import Queue
from tests.share import amount

SPAN = 700  # cycles from the doorbell within which the first contraction starts
ABORTED = ERROR["ErrAborted"]


def queued(host: Host, operands: Pair) -> Queue:
    """Lay two equal contractions."""
    queue = Queue(host)
    for _ in range(2):
        queue.put(operands)
    return queue


async def first(low: int, high: int, condition: Callable[[int], Awaitable[bool]]) -> int:
    """Return the first delay after `low` at which a condition holds; it holds at `high`."""
    begin, end = low, high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if await condition(middle) else (middle, high)
    assert begin + 8 < high < end, "the moment lies outside of the range"
    return high


@cocotb.test()
async def aborts_around_the_start(dut: SimHandleBase) -> None:
    """From the loading of operands on an abort is never lost, least of all in the cycles around the start.

    Then the frames of the next contraction begin. The chip takes none while it stops. So the DMA must hold back a
    frame that it has just made.
    """
    host = await opened(dut)
    operands = host.draw(((6, 30), (7, 30)), 0.6)  # computed for longer than the next operands are read

    async def aborted(delay: int) -> Completion:
        """Abort some cycles after the doorbell; return the record of the first contraction."""
        queue = queued(host, operands)
        await host.ring()
        await ClockCycles(dut.clk_i, delay)
        code = await host.abort()
        record = await host.completed(queue.turns[0].slot)
        assert record.code == code, f"{record}, the registers have {code:#x}"
        await host.reset()
        return record

    async def started(delay: int) -> bool:
        return bool((await aborted(delay)).computing)

    start = await first(0, SPAN, started)
    dut._log.info("the contraction starts %d cycles after the doorbell", start)
    around = range(start - 8, start + amount(10, 60))
    codes = {}
    for delay in (*range(host.random.randrange(16), around.start, amount(48, 16)), *around):
        codes[delay] = (await aborted(delay)).code
        await host.works_again(f"an abort {delay} cycles after the doorbell", operands, "abort")
    earliest = min(delay for delay, code in codes.items() if code)
    assert earliest < start - 16
    assert {code for delay, code in codes.items() if delay >= earliest} == {ABORTED}, codes


@cocotb.test()
async def aborts_between_two_contractions(dut: SimHandleBase) -> None:
    """Results of the one before wait in the chip: it completes, and the next one is aborted."""
    host = await opened(dut)
    host.bus.channels["aw"].stall(itertools.repeat(True))
    kept = 170 * host.memory.beat // 12  # results in the interface, at most
    side = math.isqrt(kept + kept // 4) + 1
    queue = queued(host, host.draw(((side, 9), (side, 9)), 1.0))
    await host.ring()
    while not await host.status("StatusDone"):
        pass
    assert not await host.status("StatusDrained")
    await host.command("ControlAbort")
    host.bus.channels["aw"].stall(None)
    queue.check_ended(2, await host.ended(2))
    assert await host.read("RegDmaError") == ABORTED
    await host.works_again("an abort between two contractions")


@cocotb.test()
async def ends_around_a_handover(dut: SimHandleBase) -> None:
    """The operands of the next contraction wait, so it starts in the cycle in which the one before ends."""
    host = await opened(dut)
    operands = host.draw(((4, 30), (4, 30)), 1.0)

    async def ended(way: str, delay: int) -> list[int]:
        """End two contractions some cycles after the doorbell; return the codes of the completion records."""
        queue, codes = queued(host, operands), []
        await host.ring()
        await ClockCycles(dut.clk_i, delay)
        if way == "abort":
            await host.command("ControlAbort")
            await host.idle()
            head = await host.read("RegRingHead")
            codes = [(await host.completed(turn.slot)).code for turn in queue.turns[:head]]
        if way == "reset pin":
            await reset(dut, 3)
            await ClockCycles(dut.clk_i, 3)
            host.tail = 0
            await host.set_ring()
        else:
            await host.reset()
        return codes

    async def both(delay: int) -> bool:
        return len(await ended("abort", delay)) > 1

    start = await first(SPAN // 2, 3 * SPAN, both)
    dut._log.info("the second contraction starts %d cycles after the doorbell", start)
    for delay in range(start - amount(5, 12), start + amount(5, 12)):
        codes = await ended("abort", delay)
        assert codes == ([ABORTED] if delay < start else [0, ABORTED]), f"{codes} at {delay}"
        await host.works_again(f"an abort {delay} cycles after the doorbell", operands)
    for way in ("soft reset", "reset pin"):
        # The pin takes no write to a register.
        for delay in host.random.sample(range(start - 12, start + 12), amount(6, 24)):
            await ended(way, delay)
            await host.works_again(f"{way}, {delay} cycles after the doorbell", operands)
