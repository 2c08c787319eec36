# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: resets and aborts at random cycles; the next contraction is right."""

import itertools
import math

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge

from models.device.layout import Completion
from sim.thisrun import argument
from tb.common.bench import reset, rng, start
from tb.dma import coverage
from tests.dma.error_cases import setting
from tests.dma.error_tests import right
from tests.dma.first_tests import SHAPES, drawn
from tests.dma.host import BIT, ERROR, LIMIT, SLOTS, Host
from tests.share import amount

TRIES = argument("resets", amount(5, 12))
SPAN = 700  # cycles within which a reset falls


async def queued(host: Host, random, numbers) -> tuple:
    """Ring for two descriptors and return their operands and slots."""
    host.set_latency(random.choice([1, 3, 30]))
    a, b = (drawn(numbers, shape, host.fmt.name) for shape in random.choice(SHAPES[1:3]))
    slots = []
    for _ in range(2):
        now = setting(host, a, b)
        now.lay()
        slots.append(host.put(now.words))
    await host.ring()
    return a, b, slots


async def reset_by_the_pin(dut, host: Host) -> None:
    await reset(dut, 3)
    await ClockCycles(dut.clk_i, 3)
    host.tail = 0


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def soft_resets(dut, stalls: str) -> None:
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut, 1, stalls, random)
    await start(dut)
    for _ in range(TRIES):
        await host.set_ring()
        a, b, _slots = await queued(host, random, numbers)
        await ClockCycles(dut.clk_i, random.randrange(SPAN))
        await host.reset()
        assert host.bus.in_flight == "nothing", "a burst is under way behind a soft reset"
        assert not await host.read("RegDmaStatus") and not await host.read("RegError")
        assert await host.read("RegRingHead") == await host.read("RegRingTail") == 0
        await right(host, a, b, "a soft reset")
        coverage.hit("dma.after", "soft reset")
        assert await host.read("RegError") == 0


@cocotb.test()
async def resets_by_the_pin(dut) -> None:
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut)
    await start(dut)
    for _ in range(TRIES):
        await host.set_ring()
        a, b, _slots = await queued(host, random, numbers)
        await ClockCycles(dut.clk_i, random.randrange(SPAN))
        coverage.sample_end("reset pin", host.bus.in_flight)
        await reset_by_the_pin(dut, host)
        await right(host, a, b, "the reset pin")
        coverage.hit("dma.after", "reset pin")


@cocotb.test()
async def aborts(dut) -> None:
    """An abort ends the current descriptor, or comes too late. The next descriptor does not begin."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut)
    await start(dut)
    seen = set()
    for turn in range(2 * max(TRIES, 8)):
        await host.set_ring()
        a, b, slots = await queued(host, random, numbers)
        # Both ends are to be seen: some come when all has been computed.
        await ClockCycles(dut.clk_i, random.randrange(SPAN) if turn % 4 else 4 * SPAN)
        coverage.sample_end("abort", host.bus.in_flight)
        await host.write("RegControl", BIT["ControlAbort"])
        for _ in range(LIMIT):
            status = await host.idle()
            if status & BIT["DmaStatusHalted"] or await host.read("RegRingHead") == host.tail:
                break
        code = await host.read("RegDmaError")
        assert code in (0, ERROR["ErrAborted"])
        seen.add(code)
        if code:
            coverage.sample_error(code, await host.read("RegDmaPlace"))
        records = [await host.completed(slot) for slot in slots[: await host.read("RegRingHead")]]
        assert records and [record.code for record in records] == [0] * (len(records) - 1) + [code]
        await host.reset()
        await right(host, a, b, "an abort")
        coverage.hit("dma.after", "abort")
    assert len(seen) == 2


@cocotb.test()
@cocotb.parametrize(way=["soft reset", "reset pin", "abort"])
async def ends_while_reads_and_writes_are_under_way(dut, way: str) -> None:
    """The next operands are read while results are written, which random cycles seldom meet."""
    random = rng()
    host, numbers = Host(dut, latency=30), np.random.default_rng(random.getrandbits(32))
    # With beats of 64 bytes all that the ring has room for is read before the first result is written.
    wanted = "writes" if host.bus.bytes.beat == 64 else "reads and writes"
    await start(dut)
    for _ in range(3):
        await host.set_ring()
        a, b = (drawn(numbers, shape, host.fmt.name) for shape in SHAPES[1])
        now = setting(host, a, b)
        now.lay()
        for _ in range(SLOTS - 1):  # the first ones are read before there is anything to write
            host.put(now.words)
        await host.ring()
        for _ in range(LIMIT):
            await RisingEdge(dut.clk_i)
            if host.bus.in_flight == wanted:
                break
        assert host.bus.in_flight == wanted
        if way != "soft reset":  # which is sampled where it is written
            coverage.sample_end(way, host.bus.in_flight)
        if way == "reset pin":
            await reset_by_the_pin(dut, host)
        elif way == "abort":
            await host.write("RegControl", BIT["ControlAbort"])
            assert await host.idle() & BIT["DmaStatusHalted"]
            assert await host.read("RegDmaError") == ERROR["ErrAborted"]
        if way != "reset pin":
            await host.reset()
        await right(host, a, b, way)
        coverage.hit("dma.after", way)


@cocotb.test()
async def aborts_around_the_start(dut) -> None:
    """From the loading of operands on an abort is never lost, least of all in the cycles around the start."""
    random = rng()
    host, numbers = Host(dut), np.random.default_rng(random.getrandbits(32))
    await start(dut)
    a, b = (drawn(numbers, shape, host.fmt.name) for shape in SHAPES[1])

    async def aborted(delay: int) -> Completion:
        """Abort `cycles` cycles after the doorbell."""
        await host.set_ring()
        now = setting(host, a, b)
        now.lay()
        slot = host.put(now.words)
        await host.ring()
        await ClockCycles(dut.clk_i, delay)
        await host.write("RegControl", BIT["ControlAbort"])
        record = await host.completed(slot)
        await host.reset()
        return record

    before, behind = 0, SPAN
    while behind - before > 1:
        middle = (before + behind) // 2
        if (await aborted(middle)).computing:
            behind = middle
        else:
            before = middle
    dut._log.info("the contraction starts %d cycles behind the doorbell", behind)
    assert 8 < behind < SPAN
    codes = {}
    for delay in [*range(random.randrange(16), behind - 8, amount(48, 16)), *range(behind - 8, behind + 8)]:
        codes[delay] = (await aborted(delay)).code
        await right(host, a, b, f"an abort {delay} cycles behind the doorbell")
    first = min(delay for delay, code in codes.items() if code)
    assert first < behind - 16
    assert {code for delay, code in codes.items() if delay >= first} == {ERROR["ErrAborted"]}, codes


@cocotb.test()
async def aborts_between_two_contractions(dut) -> None:
    """Results of the one before wait in the chip: it completes, and the next one is aborted."""
    host, numbers = Host(dut), np.random.default_rng(rng().getrandbits(32))
    await start(dut)
    await host.set_ring()
    host.bus.channels["aw"].stall(itertools.repeat(True))
    kept = 170 * host.memory.beat // 12  # results in the interface, at most
    side = math.isqrt(kept + kept // 4) + 1
    a, b = (drawn(numbers, (side, 9), host.fmt.name, 1.0) for _ in range(2))
    now = setting(host, a, b)
    now.lay()
    slots = [host.put(now.words) for _ in range(2)]
    await host.ring()
    while not await host.read("RegStatus") & BIT["StatusDone"]:
        pass
    assert not await host.read("RegStatus") & BIT["StatusDrained"]
    await host.write("RegControl", BIT["ControlAbort"])
    host.bus.channels["aw"].stall(None)
    records = [await host.completed(slot) for slot in slots]
    assert [record.code for record in records] == [0, ERROR["ErrAborted"]]
    await host.reset()
    await right(host, a, b, "an abort between two contractions")


@cocotb.test()
async def ends_around_a_handover(dut) -> None:
    """The operands of the next contraction wait, so it starts in the cycle in which the one before ends."""
    random = rng()
    host, numbers = Host(dut), np.random.default_rng(random.getrandbits(32))
    await start(dut)
    a, b = (drawn(numbers, (4, 30), host.fmt.name, 1.0) for _ in range(2))

    async def ended(way: str, delay: int) -> list[Completion]:
        """End two contractions some cycles after the doorbell; return the completion records."""
        await host.set_ring()
        now = setting(host, a, b)
        now.lay()
        slots = [host.put(now.words) for _ in range(2)]
        await host.ring()
        await ClockCycles(dut.clk_i, delay)
        records = []
        if way == "abort":
            await host.write("RegControl", BIT["ControlAbort"])
            await host.idle()
            records = [await host.completed(slot) for slot in slots[: await host.read("RegRingHead")]]
        if way == "reset pin":
            await reset_by_the_pin(dut, host)
        else:
            await host.reset()
        return records

    before, behind = SPAN // 2, 3 * SPAN
    while behind - before > 1:
        middle = (before + behind) // 2
        if len(await ended("abort", middle)) > 1:
            behind = middle
        else:
            before = middle
    dut._log.info("the second contraction starts %d cycles behind the doorbell", behind)
    around = range(behind - amount(5, 12), behind + amount(5, 12))
    for delay in around:
        codes = [record.code for record in await ended("abort", delay)]
        aborted = ERROR["ErrAborted"]
        assert codes == ([aborted] if delay < behind else [0, aborted]), f"{codes} at {delay}"
        await right(host, a, b, f"an abort {delay} cycles behind the doorbell")
    for way in ("soft reset", "reset pin"):
        # The pin takes no write to a register.
        for delay in random.sample(range(behind - 12, behind + 12), amount(6, 24)):
            await ended(way, delay)
            await right(host, a, b, f"{way}, {delay} cycles behind the doorbell")
