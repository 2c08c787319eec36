# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the next operands come while a contraction runs, and disturb nothing of it."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_time

from models.device.layout import Descriptor
from tests.dma.host import BIT, CAPACITY, RESULTS, SHAPES, SLOTS, Host, check, expected, opened
from tests.dma.queue import Bus, Queue

BETWEEN = 20  # cycles between the computing of two contractions whose operands are loaded
Operand = tuple[tuple[int, ...], float]  # shape and density


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 60])
async def queues_of_all_kinds(dut: SimHandleBase, stalls: str, latency: int) -> None:
    """Long and short contractions of all orders, some with an operand of the one before; the last one interrupts."""
    host = await opened(dut, latency, stalls)
    random = host.random
    for _ in range(3):
        queue, shapes = Queue(host), random.choice(SHAPES)
        for index in range(SLOTS - 1):
            keep = (index > 0 and random.random() < 0.3, index > 0 and random.random() < 0.3)
            if not any(keep):
                shapes = random.choice(SHAPES)
            kind = {"coordinates": random.random() < 0.5, "dense": random.random() < 0.3}
            density = random.choice([0.0, 0.1, 0.4, 1.0])
            queue.draw(shapes, density, kept=keep, interrupt=index == SLOTS - 2, **kind)
        assert dut.irq_o.value == 0
        await queue.run()
        assert dut.irq_o.value == 1 and await host.read("RegDmaIrqStatus") == BIT["DmaIrqDone"]
        await host.write("RegDmaIrqStatus", BIT["DmaIrqDone"])


@dataclasses.dataclass(frozen=True)
class Kind:
    """Queues, one after the other.

    Attributes:
        queues: operands of each contraction of each queue.
        latency, slots: of the host.
        coordinates: the records have them.
        stalled: the bus takes no data until all is computed.
    """

    queues: Sequence[Sequence[tuple[Operand, Operand]]]
    latency: int = 1
    slots: int = SLOTS
    coordinates: bool = False
    stalled: bool = False


def queue_of(*turns: tuple[Operand, Operand], count: int = SLOTS - 1) -> list[tuple[Operand, Operand]]:
    """Return contractions in turns."""
    return list(itertools.islice(itertools.cycle(turns), count))


MANY, FEW = ((((3, 40), 0.5), ((20, 40), 0.1)), (((3, 40), 0.5), ((2, 40), 1.0)))
LONG, SHORT = ((((3, 600), density), ((2, 600), 0.05)) for density in (1.0, 0.01))  # a slot holds 512 entries
DEEP = (((2, 1, 2, 1, 1, 2, 1, 9), 0.4), ((1, 2, 1, 1, 2, 1, 1, 9), 0.4))
KINDS = {
    # B has few long fibers and many short ones in turns, in separate buffers. So a line of one buffer lies in a
    # fiber that the other buffer lacks. A has three fibers: two groups share the middle one's B.
    "few_then_many": Kind([queue_of(FEW, MANY)]),
    "many_then_few": Kind([queue_of(MANY, FEW)]),
    # A has fibers that span the slots of an engine, and fibers of a slot, in turns. The engines still work at the
    # last lines of the long ones when the plan of the short ones is complete.
    "long_then_short": Kind([queue_of(LONG, SHORT)]),
    "short_then_long": Kind([queue_of(SHORT, LONG)]),
    # The last results still wait in the engines' stores; some fit into the backlog after the packer, some do not.
    "results_wait": Kind(
        [[(((8, 4), 1.0), ((fibers, 4), 1.0)), (((2, 9), 1.0), ((3, 9), 1.0))] for fibers in (18, 21, 24, 30)],
        stalled=True,
    ),
    # The next operands are loaded while coordinates of results still come from the operands in use. Most fibers are
    # empty, so the operands differ in all coordinates.
    "coordinates_wait": Kind([queue_of((((40, 9), 0.06), ((50, 9), 0.06)))], coordinates=True, stalled=True),
    # Twelve stand in the ring, each with levels of its own: none that is read ahead replaces one in use.
    "more_than_can_be_ahead": Kind([queue_of(*[((a, 0.4), (b, 0.4)) for a, b in SHAPES], count=12)], 20, 13),
    # Both operands have the greatest order: the next descriptor follows the last level at once.
    **{f"all_levels_{latency}": Kind([queue_of(DEEP)], latency) for latency in (1, 20, 60)},
}


@cocotb.test()
@cocotb.parametrize(kind=[cocotb.Param(kind, name) for name, kind in KINDS.items()])
async def queues_of_one_kind(dut: SimHandleBase, kind: Kind) -> None:
    host = await opened(dut, kind.latency, slots=kind.slots)
    for turns in kind.queues:
        queue = Queue(host, CAPACITY // (kind.slots - 1) // 64 * 64)
        for turn in turns:
            queue.put([host.drawn(*operand) for operand in turn], coordinates=kind.coordinates)
        host.bus.channels["w"].stall(itertools.repeat(True) if kind.stalled else None)
        await host.ring()
        if kind.stalled:
            await ClockCycles(dut.clk_i, 2000)
            host.bus.channels["w"].stall(None)
        await queue.check()


@cocotb.test()
@cocotb.parametrize(latency=[1, 20, 200])
async def first_operands_before_more_descriptors(dut: SimHandleBase, latency: int) -> None:
    """Nothing computes yet: a fourth descriptor would stand in the way of the first arrays.

    It would not with a slow memory: then it comes before them, and its arrays come a round trip earlier.
    """
    host = await opened(dut, latency)
    queue, bus = Queue(host), Bus(host)
    for _ in range(SLOTS - 1):
        queue.draw(((5, 40), (5, 40)))
    await queue.run()
    asked = [address for _, address in bus.reads]
    before = set(asked[: asked.index(queue.turns[-1].slot)])
    first = {address for *_, address, _ in queue.turns[0].parts}
    assert first <= before if latency < 64 else not first & before


async def taken(host: Host, descriptor: Descriptor, wanted: np.ndarray, count: int) -> tuple[int, int]:
    """Return the cycles from a doorbell to the last of the completions, and the cycles of computing."""
    slots = [host.put(descriptor) for _ in range(count)]
    await host.ring()
    begun = get_sim_time("ns")
    records = [await host.completed(slot) for slot in slots]
    cycles = int(get_sim_time("ns") - begun)
    assert all(record.code == 0 for record in records)
    check(host.rows(records[-1], wanted.shape[1]), wanted)
    await host.idle()
    return cycles, records[-1].computing


@cocotb.test()
@cocotb.parametrize(hidden=["latency", "kept operands", "loading"])
async def a_further_contraction_takes_less(dut: SimHandleBase, hidden: str) -> None:
    """With a latency of 100 a further contraction takes 250 cycles less than one alone.

    With kept operands it takes only its computing and the gap between two contractions: the memory does not count.
    With a fast memory it takes the time of its computing, without its loading.
    """
    shapes, density, latency = {
        "latency": (((3, 20), (2, 20)), 0.3, 100),
        "kept operands": (((8, 40), (6, 40)), 0.3, 100),
        "loading": (((9, 60), (9, 60)), 0.8, 1),
    }[hidden]
    host = await opened(dut, latency)
    operands = host.draw(shapes, density)
    descriptor = Descriptor(*host.lay(*operands), host.fmt.code, RESULTS, CAPACITY, interrupt=False)
    wanted = expected(*operands, host.fmt)
    if hidden == "kept operands":
        await taken(host, descriptor, wanted, 1)
        descriptor = dataclasses.replace(descriptor, kept=(True, True))
    before = await host.read("CntLoadCycles")
    alone, _ = await taken(host, descriptor, wanted, 1)
    loading = await host.read("CntLoadCycles") - before
    queued, computing = await taken(host, descriptor, wanted, SLOTS - 1)
    further = (queued - alone) / (SLOTS - 2)
    dut._log.info("alone %d cycles, further %.0f; computing %d, loading %d", alone, further, computing, loading)
    if hidden == "loading":
        assert loading > 150, "the operands are too small to tell"
    most = {"latency": alone - 250, "kept operands": computing + BETWEEN, "loading": computing + loading / 2}
    assert further < most[hidden]
