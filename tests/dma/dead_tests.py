# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a channel of the memory dies, at each phase of a queue.

The registers report each dead channel at once: ErrWatchdog, DmaStatusHalted, DmaIrqError. A soft reset
then waits for the memory, and the machine works again when the memory responds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

from models.device.layout import COMPLETION_AT
from tb.dma import coverage
from tests.dma.host import BIT, CAPACITY, ERROR, QUIET, Host, opened
from tests.dma.queue import Queue, Turn
from tests.share import amount

PATIENCE = 1000  # cycles without progress
SLOTS = 9
WATCHDOG = ERROR["ErrWatchdog"]
SHAPES = ((4, 40), (5, 40))
# A single contraction needs only these channels after the phase's begin.
ALONE = {
    "descriptor": ("ar", "r", "aw", "w", "b", "all"),
    "operands": ("r", "aw", "w", "b", "all"),
    "results": ("aw", "w", "b", "all"),
    "completion": ("b", "all"),
}
READS = ("ar", "r")
QUEUED = ("ar", "r", "aw", "w", "b", "all")


async def _begin(dut: SimHandleBase, count: int = 0, patience: int = PATIENCE) -> tuple[Host, Queue]:
    """Put contractions into the ring of a chip whose watchdog is on; the caller rings."""
    # Without the chip's watchdog nothing moves for as long as the memory is dead.
    host = await opened(dut, latency=3, slots=SLOTS, quiet=QUIET if patience else 50 * PATIENCE)
    await host.write("RegWatchdog", patience)
    return host, _queued(host, count)


def _queued(host: Host, count: int, deep: bool = False) -> Queue:
    """Put contractions into the ring; if they are deep, the readers hold the arrays of two at a time, no more."""
    queue = Queue(host, CAPACITY // SLOTS // 64 * 64)
    shapes, density = SHAPES, 0.4
    if deep:
        held = int(host.dut.ReadDepth.value) * int(host.dut.DataWidth.value) // 32  # words of a reader
        shapes, density = ((2, held // 10), (5, held // 10)), 1.0
    for _ in range(count):
        queue.draw(shapes, density)
    return queue


def _die(host: Host, channel: str, dead: bool = True) -> None:
    for name in host.bus.channels if channel == "all" else (channel,):
        host.bus.channels[name].stall(itertools.repeat(True) if dead else None)


async def _reached(host: Host, phase: str, turn: Turn) -> None:
    """Wait until an address of this phase of a contraction has been taken by the memory."""
    if phase == "operands":
        await host.taken("ar", lambda at: not turn.slot <= at < turn.slot + COMPLETION_AT)
    elif phase == "results":
        await host.taken("aw", lambda at: turn.at <= at < turn.at + turn.wanted.nbytes)
    elif phase == "completion":
        await host.taken("aw", lambda at: at == turn.slot + COMPLETION_AT)


async def _halted(host: Host, within: int) -> None:
    """Wait for the interrupt and compare the registers."""
    await host.until(lambda: host.dut.irq_o.value == 1, "no interrupt", within)
    assert await host.read("RegDmaIrqStatus") & BIT["DmaIrqError"]
    assert await host.read("RegDmaStatus") & BIT["DmaStatusHalted"], "the queue goes on"
    assert await host.error() == (WATCHDOG, 0)
    assert await host.read("RegError") == WATCHDOG
    coverage.sample_error(WATCHDOG, 0)


async def _agree(host: Host, queue: Queue) -> int:
    """Compare the completions of all that the head has passed with the registers; return the head."""
    head = await host.read("RegRingHead")
    for index, turn in enumerate(queue.turns[:head]):
        record = host.record(turn.slot)
        assert record, "the head has passed what is not completed"
        if record.code:
            assert index == head - 1 and (record.code, record.place) == (WATCHDOG, 0)
        else:
            turn.check(host, record)
    return head


async def _reset(host: Host, channel: str) -> None:
    """Reset while the memory is dead: the reset waits for it."""
    await host.command("ControlSoftReset")
    await ClockCycles(host.dut.clk_i, 2 * PATIENCE)
    assert await host.read("RegStatus") & BIT["StatusBusy"], "the reset has not waited"
    _die(host, channel, dead=False)
    await host.wait_while("StatusBusy")
    assert host.bus.in_flight == "nothing", "a burst is under way behind a soft reset"
    assert await host.error() == (0, 0) and not await host.read("RegDmaStatus")
    host.tail = 0


@cocotb.test()
@cocotb.parametrize(phase=list(ALONE), count=[1, SLOTS - 1])
async def a_channel_dies(dut, phase: str, count: int) -> None:
    """For good: the reset comes first. Or until the completion could be written: the reset comes then."""
    host, _ = await _begin(dut)
    chance = host.random
    channels = ALONE[phase] if count == 1 else QUEUED
    reads = [name for name in channels if name in READS]
    others = [name for name in channels if name not in READS]
    for channel in [
        *chance.sample(reads, amount(min(1, len(reads)), len(reads))),
        *chance.sample(others, amount(1, len(others))),
    ]:
        # Reads of all small operands were prefetched when a result is written; no write follows the last record.
        queue = _queued(host, count, channel in READS and phase in ("results", "completion"))
        turn = queue.turns[0 if channel in READS else chance.randrange(max(count - 1, 1))]
        if phase == "descriptor":
            _die(host, channel)
        await host.ring()
        if phase != "descriptor":
            await _reached(host, phase, turn)
            _die(host, channel)
        dut._log.info("%s dies at %s of %d", channel, phase, queue.turns.index(turn))
        await _halted(host, 20 * PATIENCE)
        head = await _agree(host, queue)
        if channel in READS:
            assert not await host.idle() & BIT["DmaStatusBusy"]
            head = await _agree(host, queue)
            record = host.record(queue.turns[head - 1].slot)
            assert (record.code, record.place) == (WATCHDOG, 0), "the memory would have taken the completion"
        else:
            assert head < count and await host.read("RegRingHead") == head
            assert await host.read("RegDmaStatus") & BIT["DmaStatusBusy"]
        if chance.random() < 0.5:
            await _reset(host, channel)
        else:
            _die(host, channel, dead=False)
            await host.idle()
            record = host.record(queue.turns[await _agree(host, queue) - 1].slot)
            assert record.code == WATCHDOG, "completion and registers differ"
            assert await host.read("RegDmaError") == await host.read("RegError") == WATCHDOG
            assert await host.read("RegErrorCount") == 1
        await host.works_again(f"a dead {channel}")
        host.set_latency(3)
        for index in range(SLOTS):
            host.memory.put(host.slot(index) + COMPLETION_AT, bytes(64))


@cocotb.test()
@cocotb.parametrize(channel=["ar", "r", "aw", "w", "b"])
async def without_a_watchdog_a_dead_memory_is_waited_for(dut, channel: str) -> None:
    host, queue = await _begin(dut, 3, patience=0)
    # The reads of all three were prefetched when a result is written.
    phase = host.random.choice(["descriptor", "operands"] if channel in READS else ["operands", "results"])
    await host.ring()
    await _reached(host, phase, queue.turns[0])
    _die(host, channel)
    await ClockCycles(dut.clk_i, amount(4, 40) * PATIENCE)
    assert await host.read("RegDmaStatus") == BIT["DmaStatusBusy"] and not await host.read("RegError")
    _die(host, channel, dead=False)
    await queue.check()
    assert not await host.idle() and not await host.read("RegErrorCount")


@cocotb.test()
async def a_slow_memory_is_not_dead(dut) -> None:
    """It takes one read at a time, and the limit is a little above its round trip."""
    trip = amount(300, 2000)
    host, queue = await _begin(dut, patience=trip + trip // 4)
    # Arrays of several bursts: a reader waits until all others have had their turn.
    queue.draw(((2, 400), (2, 400)), 1.0)
    host.bus.delay({"ar": trip, "b": trip})

    def one_at_a_time() -> Iterator[bool]:
        for cycle in itertools.count():  # ready for one cycle of eight: the next one would come too soon
            yield cycle % 8 != 0 or host.bus.channels["ar"].busy or host.bus.channels["r"].busy

    host.bus.channels["ar"].stall(one_at_a_time())
    await host.ring()
    await queue.check()
    assert not await host.idle() and not await host.read("RegErrorCount")


@cocotb.test()
async def a_long_computation_is_progress(dut) -> None:
    """The memory has nothing to do for longer than the limit, and reads that wait for room are not its."""
    host, _ = await _begin(dut)
    queue = Queue(host)
    for shapes in (((9, 200), (9, 200)), ((9, 200), (9, 200)), SHAPES):
        queue.draw(shapes, 1.0)
    records = await queue.run()
    assert records[0].computing > 5 * PATIENCE
    assert not await host.read("RegErrorCount")


@cocotb.test()
async def results_that_nobody_takes(dut: SimHandleBase) -> None:
    """Engines stall: the machine writes complete results, and the queue ends."""
    host, _ = await _begin(dut)
    queue = Queue(host)
    for shapes in (((30, 6), (60, 6)), SHAPES):  # 1,800 results: more than can wait for the bus and in the engines
        queue.draw(shapes, 1.0)
    _die(host, "w")
    await host.ring()
    await ClockCycles(dut.clk_i, 8 * PATIENCE)
    _die(host, "w", dead=False)
    assert await host.ended(1) == (WATCHDOG, 0) and await host.read("RegError") == WATCHDOG
    turn, later = queue.turns
    record = await host.completed(turn.slot)
    assert (record.code, record.place) == (WATCHDOG, 0)
    found, wanted = ({tuple(row) for row in rows} for rows in (turn.found(host, record.results), turn.wanted))
    assert found and found < wanted and len(found) == record.results
    assert not host.record(later.slot)
    await host.works_again("results that nobody takes")
