# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: as many descriptors in flight as there may be, and what ends them."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from tb.dma import coverage
from tests.dma.host import CAPACITY, ERROR, Host, opened
from tests.dma.queue import Bus, Queue, Turn
from tests.share import amount

LATENCY = 500
QUEUED, SLOTS = 18, 20
SHAPES = (((2, 9), (3, 9)), ((9,), (4, 9)), ((2, 3, 20), (5, 20)), ((3, 2, 2, 9), (2, 2, 9)))
LONG = ((9, 60), (9, 60))
KINDS = ("descriptor", "refused descriptor", "refused array", "contents")


def queued(host: Host, count: int = QUEUED) -> Queue:
    """Lay a queue of small contractions."""
    queue = Queue(host, CAPACITY // 32)
    for index in range(count):
        queue.draw(SHAPES[index % len(SHAPES)], 0.6)
    return queue


@cocotb.test()
async def all_that_may_be_are_in_flight(dut: SimHandleBase) -> None:
    """Each slot of the ring is one of them once: three queues, each begins where the one before ended."""
    host = await opened(dut, LATENCY, slots=SLOTS)
    for _ in range(3):
        queue, bus = queued(host), Bus(host)
        await queue.run()
        slots = {host.slot(index) for index in range(SLOTS)}
        ahead = [address for cycle, address in bus.reads if address in slots and cycle < bus.began[0]]
        assert len(ahead) == int(dut.InFlight.value), f"{len(ahead)} before the first result"


def spoil(host: Host, turn: Turn, kind: str) -> tuple[int, int]:
    """Make a contraction wrong, and return code and place of its error."""
    _, level, _, crd, _ = next(found for found in turn.parts if found[:3] == (1, 7, "Crd"))
    array = 1 << 31 | level << 28
    if kind == "descriptor":
        host.memory.put(turn.slot, bytes(4))
        return ERROR["ErrDescriptor"], 0
    if kind == "contents":
        host.memory.put(crd + 4, bytes(4))
        return ERROR["ErrCoordOrder"], array | 1
    host.memory.refused = {crd if kind == "refused array" else turn.slot: AxiResp.SLVERR}
    return ERROR["ErrReadSlave"], array | 1 << 24 if kind == "refused array" else 0


@cocotb.test()
@cocotb.parametrize(kind=list(KINDS), latency=[1, LATENCY])
async def one_in_flight_is_wrong(dut: SimHandleBase, kind: str, latency: int) -> None:
    """At each place among those in flight: all before it are right, it has the error, none after it has a record.

    With a fast memory it is read while the one before it, which is long, runs.
    """
    far = latency > 1
    host = await opened(dut, latency, **({"slots": SLOTS} if far else {}))
    places = list(range(int(dut.InFlight.value) + 1))
    for place in sorted(host.random.sample(places, amount(4, len(places)))) if far else [1]:
        queue = queued(host, place) if far else Queue(host)
        if not far:
            queue.draw(LONG, 1.0)
        wanted = spoil(host, queue.draw(((3, 9), (2, 9)) if far else ((3, 60), (2, 60)), 1.0), kind)
        for _ in range(QUEUED - place - 1 if far else 0):
            queue.draw(SHAPES[0])
        await host.ring()
        error = await host.ended(place + 1)
        assert error == wanted, f"{place}: {error[0]:#x} at {error[1]:#x}"
        coverage.sample_error(*error)
        queue.check_ended(place + 1, error)
        await host.works_again(f"a wrong {kind} at {place}")
        host.set_latency(latency)


@cocotb.test()
@cocotb.parametrize(end=["abort", "soft reset"], latency=[1, LATENCY])
async def all_in_flight_are_ended(dut: SimHandleBase, end: str, latency: int) -> None:
    """At any time after the doorbell, in many of them while two are computed and loaded; what has a record is right.

    Some aborts come in time, others when all is complete.
    """
    host = await opened(dut, latency, slots=SLOTS)
    random, met = host.random, set()
    for _ in range(amount(4, 12) if latency > 1 else amount(12, 24)):
        host.set_latency(latency if latency > 1 else random.choice([1, 3, 30]))
        queue = queued(host) if latency > 1 else Queue(host)
        for _ in range(0 if latency > 1 else 3):
            queue.draw(((5, 60), (4, 60)), 1.0)
        await host.ring()
        await ClockCycles(dut.clk_i, random.randrange(100, 5 * LATENCY))
        if end == "abort":
            code = await host.abort()
            head = await host.read("RegRingHead")
            met.add((code, head))
            queue.check_ended(head, (code, 0))
        else:
            await host.reset()
            queue.check_records()
        await host.works_again(end, behind=end)
    dut._log.info("codes and heads: %s", sorted(met))
    assert end != "abort" or len(met) > 1 and any(code for code, _ in met)
