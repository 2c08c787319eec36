# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the next operands come while a contraction runs, and disturb nothing of it."""

from __future__ import annotations

import dataclasses
import itertools

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.layout import Completion, Descriptor
from models.tensor import SparseTensor
from tb.common.bench import rng, start
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.first_tests import SHAPES, drawn
from tests.dma.host import BIT, CAPACITY, ERROR, LIMIT, RESULTS, SLOTS, Host, check, expected
from tests.dma.image import Image

EACH = CAPACITY // (SLOTS - 1)  # bytes of the result buffer for each contraction of a queue


@dataclasses.dataclass
class Turn:
    """A contraction of a queue: its slot, the address of its results, and the expected results."""

    slot: int
    at: int
    wanted: np.ndarray

    def check(self, host: Host, record: Completion) -> None:
        assert (record.code, record.results) == (0, len(self.wanted)), record
        found = np.frombuffer(host.memory.get(self.at, self.wanted.nbytes), "<u4")
        check(found.reshape(self.wanted.shape), self.wanted)


class Queue:
    """Lays contractions into memory; an operand that is kept is the one of the contraction before."""

    def __init__(self, host: Host, each: int = EACH):
        self.host, self.image, self.turns, self._each = host, Image(host.memory), [], each
        self._operands: list[SparseTensor] = []

    def put(
        self,
        operands: list[SparseTensor],
        keep: tuple[bool, bool] = (False, False),
        coordinates: bool = False,
        dense: bool = False,
    ) -> Turn:
        """Write a descriptor; the caller rings."""
        if self._operands:
            operands = [
                before if kept else new for before, new, kept in zip(self._operands, operands, keep, strict=True)
            ]
        self._operands = operands
        found = [self.image.operand(i, levels(Csf.from_tensor(t), self.host.fmt)) for i, t in enumerate(operands)]
        wanted = expected(*operands, self.host.fmt, coordinates, dense)
        at = RESULTS + self._each * len(self.turns)
        slot = self.host.put(
            Descriptor(*found, self.host.fmt.code, at, self._each, dense, coordinates, interrupt=False, kept=keep)
        )
        self.turns.append(Turn(slot, at, wanted))
        return self.turns[-1]


async def begin(dut, latency: int = 1, stalls: str = "none") -> tuple[Host, object, np.random.Generator]:
    random = rng()
    host = Host(dut, latency, stalls, random)
    await start(dut)
    await host.set_ring()
    return host, random, np.random.default_rng(random.getrandbits(32))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 60])
async def queues_of_all_kinds(dut, stalls: str, latency: int) -> None:
    """Long and short contractions of all orders, some with an operand of the one before."""
    host, random, numbers = await begin(dut, latency, stalls)
    for _ in range(3):
        queue, shapes = Queue(host), random.choice(SHAPES)
        for index in range(SLOTS - 1):
            keep = (index > 0 and random.random() < 0.3, index > 0 and random.random() < 0.3)
            if not any(keep):
                shapes = random.choice(SHAPES)
            density = random.choice([0.0, 0.1, 0.4, 1.0])
            queue.put(
                [drawn(numbers, shape, host.fmt.name, density) for shape in shapes],
                keep,
                coordinates=random.random() < 0.5,
                dense=random.random() < 0.3,
            )
        await host.ring()
        for turn in queue.turns:
            turn.check(host, await host.completed(turn.slot))
        await host.idle()


@cocotb.test()
@cocotb.parametrize(first=[0, 1])
async def few_fibers_and_many(dut, first: int) -> None:
    """B has few long fibers and many short ones in turns, in separate buffers. So a line of one buffer
    lies in a fiber that the other buffer lacks. A has three fibers: two groups share the middle one's B."""
    host, _random, numbers = await begin(dut)
    queue = Queue(host)
    for index in range(first, first + SLOTS - 1):
        shape, density = [((2, 40), 1.0), ((20, 40), 0.1)][index % 2]
        queue.put([drawn(numbers, (3, 40), host.fmt.name, 0.5), drawn(numbers, shape, host.fmt.name, density)])
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))


@cocotb.test()
@cocotb.parametrize(first=[0, 1])
async def long_fibers_and_short_ones(dut, first: int) -> None:
    """A has fibers that span the slots of an engine, and fibers of a slot, in turns. The engines still work at
    the last lines of the long ones when the plan of the short ones is complete."""
    host, _random, numbers = await begin(dut)
    queue = Queue(host)
    for index in range(first, first + SLOTS - 1):
        density = [1.0, 0.01][index % 2]  # an engine's slot holds 512 entries
        queue.put([drawn(numbers, (3, 600), host.fmt.name, density), drawn(numbers, (2, 600), host.fmt.name, 0.05)])
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))


@cocotb.test()
async def results_wait_for_the_bus(dut) -> None:
    """The bus takes no data until the end of computing, so the last results still wait in the engines'
    stores. Results of the next contraction follow them."""
    host, _random, numbers = await begin(dut)
    for fibers in (18, 21, 24, 30):  # some fit into the backlog after the packer, some do not
        host.bus.channels["w"].stall(itertools.repeat(True))
        queue = Queue(host)
        for shapes in (((8, 4), (fibers, 4)), ((2, 9), (3, 9))):
            queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in shapes])
        await host.ring()
        await ClockCycles(dut.clk_i, 2000)
        host.bus.channels["w"].stall(None)
        for turn in queue.turns:
            turn.check(host, await host.completed(turn.slot))


@cocotb.test()
async def coordinates_wait_for_the_bus(dut) -> None:
    """The next operands are loaded while coordinates of results still come from the operands in use. Most
    fibers are empty, so the operands differ in all coordinates."""
    host, _random, numbers = await begin(dut)
    host.bus.channels["w"].stall(itertools.repeat(True))
    queue = Queue(host)
    for _ in range(SLOTS - 1):
        queue.put([drawn(numbers, shape, host.fmt.name, 0.06) for shape in ((40, 9), (50, 9))], coordinates=True)
    await host.ring()
    await ClockCycles(dut.clk_i, 2000)
    host.bus.channels["w"].stall(None)
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))


@cocotb.test()
@cocotb.parametrize(latency=[1, 20, 200])
async def first_operands_before_more_descriptors(dut, latency: int) -> None:
    """Nothing computes yet: a fourth descriptor would stand in the way of the first arrays.

    It would not with a slow memory: then it comes before them, and its arrays come a round trip earlier.
    """
    host, _random, numbers = await begin(dut, latency)
    queue, asked, arrays = Queue(host), [], []
    for _ in range(SLOTS - 1):
        queue.put([drawn(numbers, (5, 40), host.fmt.name) for _ in range(2)])
        arrays.append({address for _operand, _level, _part, address, _size in queue.image.parts})

    async def watch() -> None:
        while True:
            await RisingEdge(dut.clk_i)
            if int(dut.m_axi_arvalid.value) and int(dut.m_axi_arready.value):
                asked.append(int(dut.m_axi_araddr.value))

    cocotb.start_soon(watch())
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))
    before = set(asked[: asked.index(queue.turns[-1].slot)])
    assert arrays[0] <= before if latency < 64 else not arrays[0] & before


@cocotb.test()
async def more_descriptors_than_can_be_ahead(dut) -> None:
    """Twelve stand in the ring, each with levels of its own: none that is read ahead replaces one in use."""
    random = rng()
    host, numbers = Host(dut, latency=20, slots=13), np.random.default_rng(random.getrandbits(32))
    await start(dut)
    await host.set_ring()
    queue = Queue(host, CAPACITY // 16)
    for shapes in [SHAPES[index % len(SHAPES)] for index in range(12)]:
        queue.put([drawn(numbers, shape, host.fmt.name, 0.4) for shape in shapes])
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))


@cocotb.test()
@cocotb.parametrize(latency=[1, 20, 60])
async def descriptors_of_all_levels(dut, latency: int) -> None:
    """Both operands have the greatest order: the next descriptor follows the last level at once."""
    host, _random, numbers = await begin(dut, latency)
    shapes = ((2, 1, 2, 1, 1, 2, 1, 9), (1, 2, 1, 1, 2, 1, 1, 9))
    queue = Queue(host)
    for _ in range(SLOTS - 1):
        queue.put([drawn(numbers, shape, host.fmt.name, 0.4) for shape in shapes])
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))


@cocotb.test()
async def loading_behind_computing(dut) -> None:
    """Each further contraction of a queue takes the time of its computing, without its loading."""
    host, _random, numbers = await begin(dut)
    computing, loading, cycles = [], 0, 0

    async def one(count: int) -> int:
        """Return the cycles of a queue of `count` contractions."""
        nonlocal loading
        queue = Queue(host)
        for _ in range(count):
            queue.put([drawn(numbers, shape, host.fmt.name, 0.8) for shape in ((9, 60), (9, 60))])
        begun, loaded = get_sim_time("ns"), await host.read("CntLoadCycles")
        await host.ring()
        records = [await host.completed(turn.slot) for turn in queue.turns]
        taken = int(get_sim_time("ns") - begun)
        for turn, record in zip(queue.turns, records, strict=True):
            turn.check(host, record)
        computing.extend(record.computing for record in records)
        await host.idle()
        loading += await host.read("CntLoadCycles") - loaded
        return taken

    cycles = await one(1)
    further = (await one(SLOTS - 1) - cycles) / (SLOTS - 2)
    least, load = max(computing), loading / len(computing)
    dut._log.info(
        "alone %d cycles, each further one %.0f, of which %d compute; loading takes %.0f", cycles, further, least, load
    )
    assert load > 150, "the operands are too small to tell"
    assert further < least + load / 2


@cocotb.test()
async def what_is_wrong_behind_a_good_contraction(dut) -> None:
    """The contraction that runs ends well; the next one, which was read meanwhile, has the error."""
    host, _random, numbers = await begin(dut)
    for what in ("order", "answer", "descriptor"):
        queue = Queue(host)
        good = queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in ((9, 60), (9, 60))])
        before = len(queue.image.parts)
        bad = queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in ((3, 60), (2, 60))])
        _, level, _, at, _ = next(found for found in queue.image.parts[before:] if found[:3] == (1, 7, "Crd"))
        wanted = (ERROR["ErrCoordOrder"], 1 << 31 | level << 28 | 1)
        if what == "answer":
            host.memory.refused = {at: AxiResp.SLVERR}
            wanted = (ERROR["ErrReadSlave"], 1 << 31 | level << 28 | 1 << 24)
        elif what == "order":
            host.memory.put(at + 4, bytes(4))
        else:
            host.memory.put(bad.slot, bytes(4))
            wanted = (ERROR["ErrDescriptor"], 0)
        await host.ring()
        good.check(host, await host.completed(good.slot))
        record = await host.completed(bad.slot)
        assert (record.code, record.place) == wanted, f"{record.code:#x} at {record.place:#x}"
        coverage.sample_error(record.code, record.place)
        assert await host.idle() & BIT["DmaStatusHalted"]
        host.memory.refused = {}
        await host.reset()
        await host.set_ring()


@cocotb.test()
async def aborts_while_both_are_under_way(dut) -> None:
    """Whatever an abort meets: all contractions before the one that is aborted are right."""
    host, random, numbers = await begin(dut)
    codes = set()
    for _ in range(16):
        queue = Queue(host)
        for _ in range(3):
            queue.put([drawn(numbers, shape, host.fmt.name, 1.0) for shape in ((5, 60), (4, 60))])
        await host.ring()
        await ClockCycles(dut.clk_i, random.randrange(300, 2400))
        coverage.sample_end("abort", host.bus.in_flight)
        await host.write("RegControl", BIT["ControlAbort"])
        for _ in range(LIMIT):
            if await host.idle() & BIT["DmaStatusHalted"] or await host.read("RegRingHead") == host.tail:
                break
        code, head = await host.read("RegDmaError"), await host.read("RegRingHead")
        codes.add((code, head))
        for index, turn in enumerate(queue.turns[:head]):
            record = await host.completed(turn.slot)
            if code and index == head - 1:
                assert record.code == code == ERROR["ErrAborted"]
            else:
                turn.check(host, record)
        await host.reset()
        await host.set_ring()
    dut._log.info("codes and heads: %s", codes)
    assert len(codes) > 1
