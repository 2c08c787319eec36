# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a channel of the memory dies, at each phase of a queue.

The registers report each dead channel at once: ErrWatchdog, DmaStatusHalted, DmaIrqError. A soft reset
then waits for the memory, and the machine works again when the memory responds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge

from models.device.layout import COMPLETION_AT
from tb.common.bench import rng, start
from tb.dma import coverage
from tests.dma.first_tests import drawn
from tests.dma.host import BIT, CAPACITY, ERROR, LIMIT, QUIET, Host, check, expected
from tests.dma.overlap_tests import Queue, Turn
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


async def _begin(dut, count: int, patience: int = PATIENCE) -> tuple[Host, Queue, np.random.Generator]:
    """Put contractions into the ring of a chip whose watchdog is on; the caller rings."""
    # Without the chip's watchdog nothing moves for as long as the memory is dead.
    host = Host(dut, latency=3, slots=SLOTS, quiet=QUIET if patience else 50 * PATIENCE)
    numbers = np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    await host.write("RegWatchdog", patience)
    return host, _queued(host, numbers, count), numbers


def _queued(host: Host, numbers: np.random.Generator, count: int, deep: bool = False) -> Queue:
    """Put contractions into the ring; if they are deep, the readers hold the arrays of two at a time, no more."""
    queue = Queue(host, CAPACITY // SLOTS // 64 * 64)
    shapes, density = SHAPES, 0.4
    if deep:
        held = int(host.dut.ReadDepth.value) * int(host.dut.DataWidth.value) // 32  # words of a reader
        shapes, density = ((2, held // 10), (5, held // 10)), 1.0
    for _ in range(count):
        queue.put([drawn(numbers, shape, host.fmt.name, density) for shape in shapes])
    return queue


def _die(host: Host, channel: str, dead: bool = True) -> None:
    for name in host.bus.channels if channel == "all" else (channel,):
        host.bus.channels[name].stall(itertools.repeat(True) if dead else None)


async def _reached(host: Host, phase: str, turn: Turn) -> None:
    """Wait until an address of this phase of a contraction has been taken by the memory."""
    dut = host.dut

    def comes(channel: str, wanted) -> bool:
        found = {name: getattr(dut, f"m_axi_{channel}{name}").value for name in ("valid", "ready", "addr")}
        return bool(found["valid"]) and bool(found["ready"]) and wanted(int(found["addr"]))

    conditions = {
        "operands": lambda: comes("ar", lambda at: not turn.slot <= at < turn.slot + COMPLETION_AT),
        "results": lambda: comes("aw", lambda at: turn.at <= at < turn.at + turn.wanted.nbytes),
        "completion": lambda: comes("aw", lambda at: at == turn.slot + COMPLETION_AT),
    }
    while phase != "descriptor" and not conditions[phase]():
        await RisingEdge(dut.clk_i)


async def _halted(host: Host, within: int) -> None:
    """Wait for the interrupt and compare the registers."""
    for _ in range(within):
        await RisingEdge(host.dut.clk_i)
        if host.dut.irq_o.value == 1:
            break
    assert host.dut.irq_o.value == 1, "no interrupt"
    assert await host.read("RegDmaIrqStatus") & BIT["DmaIrqError"]
    assert await host.read("RegDmaStatus") & BIT["DmaStatusHalted"], "the queue goes on"
    assert await host.read("RegDmaError") == WATCHDOG and await host.read("RegDmaPlace") == 0
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


async def _works_again(host: Host, channel: str, numbers: np.random.Generator, dead: bool) -> None:
    """Reset, while the memory is dead or not, and contract."""
    await host.write("RegControl", BIT["ControlSoftReset"])
    if dead:
        await ClockCycles(host.dut.clk_i, 2 * PATIENCE)
        assert await host.read("RegStatus") & BIT["StatusBusy"], "the reset has not waited"
        _die(host, channel, dead=False)
    for _ in range(LIMIT):
        if not await host.read("RegStatus") & BIT["StatusBusy"]:
            break
    assert host.bus.in_flight == "nothing", "a burst is under way behind a soft reset"
    host.check()
    host.tail = 0
    await host.set_ring()
    assert not await host.read("RegDmaError") and not await host.read("RegDmaStatus")
    operands = [drawn(numbers, shape, host.fmt.name) for shape in SHAPES]
    record, rows = await host.contract(*operands)
    assert record.code == 0, f"{record.code:#x} behind a memory that was dead"
    check(rows, expected(*operands, host.fmt))


@cocotb.test()
@cocotb.parametrize(phase=list(ALONE), count=[1, SLOTS - 1])
async def a_channel_dies(dut, phase: str, count: int) -> None:
    """For good: the reset comes first. Or until the completion could be written: the reset comes then."""
    host, _empty, numbers = await _begin(dut, 0)
    chance = rng()
    channels = ALONE[phase] if count == 1 else QUEUED
    reads = [name for name in channels if name in READS]
    others = [name for name in channels if name not in READS]
    for channel in [
        *chance.sample(reads, amount(min(1, len(reads)), len(reads))),
        *chance.sample(others, amount(1, len(others))),
    ]:
        # Reads of all small operands were prefetched when a result is written; no write follows the last record.
        queue = _queued(host, numbers, count, channel in READS and phase in ("results", "completion"))
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
        dead = chance.random() < 0.5
        if not dead:
            _die(host, channel, dead=False)
            await host.idle()
            record = host.record(queue.turns[await _agree(host, queue) - 1].slot)
            assert record.code == WATCHDOG, "completion and registers differ"
            assert await host.read("RegDmaError") == await host.read("RegError") == WATCHDOG
            assert await host.read("RegErrorCount") == 1
        await _works_again(host, channel, numbers, dead)
        await host.reset()
        await host.set_ring()
        for index in range(SLOTS):
            host.memory.put(host.slot(index) + COMPLETION_AT, bytes(64))


@cocotb.test()
@cocotb.parametrize(channel=["ar", "r", "aw", "w", "b"])
async def without_a_watchdog_a_dead_memory_is_waited_for(dut, channel: str) -> None:
    host, queue, _numbers = await _begin(dut, 3, patience=0)
    # The reads of all three were prefetched when a result is written.
    phase = rng().choice(["descriptor", "operands"] if channel in READS else ["operands", "results"])
    await host.ring()
    await _reached(host, phase, queue.turns[0])
    _die(host, channel)
    await ClockCycles(dut.clk_i, amount(4, 40) * PATIENCE)
    assert await host.read("RegDmaStatus") == BIT["DmaStatusBusy"] and not await host.read("RegError")
    _die(host, channel, dead=False)
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))
    assert not await host.idle() and not await host.read("RegErrorCount")


@cocotb.test()
async def a_slow_memory_is_not_dead(dut) -> None:
    """It takes one read at a time, and the limit is a little above its round trip."""
    trip = amount(300, 2000)
    host, queue, numbers = await _begin(dut, 0, patience=trip + trip // 4)
    # Arrays of several bursts: a reader waits until all others have had their turn.
    queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in ((2, 400), (2, 400))])
    host.bus.delay({"ar": trip, "b": trip})

    def one_at_a_time() -> Iterator[bool]:
        for cycle in itertools.count():  # ready for one cycle of eight: the next one would come too soon
            yield cycle % 8 != 0 or host.bus.channels["ar"].busy or host.bus.channels["r"].busy

    host.bus.channels["ar"].stall(one_at_a_time())
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))
    assert not await host.idle() and not await host.read("RegErrorCount")


@cocotb.test()
async def a_long_computation_is_progress(dut) -> None:
    """The memory has nothing to do for longer than the limit, and reads that wait for room are not its."""
    host, numbers = Host(dut), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    await host.write("RegWatchdog", PATIENCE)
    queue = Queue(host)
    for shapes in (((9, 200), (9, 200)), ((9, 200), (9, 200)), SHAPES):
        queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in shapes])
    await host.ring()
    records = [await host.completed(turn.slot) for turn in queue.turns]
    for turn, record in zip(queue.turns, records, strict=True):
        turn.check(host, record)
    assert records[0].computing > 5 * PATIENCE
    assert not await host.read("RegErrorCount")
