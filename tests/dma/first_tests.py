# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: contractions from memory to memory, one after the other and queued."""

import dataclasses

import cocotb
import numpy as np
from cocotb.utils import get_sim_time
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.layout import Descriptor
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from tb.common.bench import rng, start
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, SLOTS, Host, check, expected
from tests.dma.image import Image

BETWEEN = 20  # cycles between the computing of two contractions whose operands are loaded
VALUES = {"fp32": "normal", "bf16": "normal", "int8": "int8", "int16": "int16"}
SHAPES = [
    ((7,), (7,)),
    ((4, 90), (5, 90)),
    ((3, 2, 40), (2, 3, 40)),
    ((2, 1, 2, 1, 1, 2, 1, 9), (3, 9)),
    ((3, 300), (300,)),
    ((2, 9), (2, 1, 3, 1, 2, 9)),
]
LOWER = ((3, 18, 20), (2, 5, 20))  # a dense lower level begins anew within a beat of each width


def drawn(random: np.random.Generator, shape: tuple[int, ...], fmt: str, density: float = 0.4) -> SparseTensor:
    return uniform_tensor(random, shape, density, values=VALUES[fmt])


@cocotb.test()
async def the_example_of_the_page(dut) -> None:
    """A is [[0, 2, 0], [0, 0, 0], [1, 0, 3]] in CSR form, B is [4, 5, 0]."""
    host = Host(dut)
    await start(dut)
    await host.set_ring()
    a = SparseTensor((3, 3), np.array([[0, 1], [2, 0], [2, 2]]), np.array([2.0, 1.0, 3.0]))
    b = SparseTensor((3,), np.array([[0], [1]]), np.array([4.0, 5.0]))
    image = Image(host.memory)
    operands = [
        image.operand(0, levels(Csf.from_tensor(a), host.fmt, dense=[0])),
        image.operand(1, levels(Csf.from_tensor(b), host.fmt)),
    ]
    slot = host.put(Descriptor(*operands, host.fmt.code, RESULTS, 48, tag=7))
    await host.ring()
    record = await host.completed(slot)
    assert (record.code, record.place, record.tag, record.results) == (0, 0, 7, 2)
    check(host.rows(record, 2 + host.value_words), expected(a, b, host.fmt))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 20])
async def operands_of_all_orders(dut, stalls: str, latency: int) -> None:
    """Both kinds of records, sparse and dense results, dense levels, short coordinates, empty operands."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut, latency, stalls, random)
    await start(dut)
    await host.set_ring()
    for shapes in (*SHAPES, LOWER):
        density = random.choice([0.0, 0.1, 0.4, 1.0])
        a, b = (drawn(numbers, shape, host.fmt.name, density) for shape in shapes)
        coordinates, dense = random.random() < 0.5, random.random() < 0.3
        image = Image(host.memory)
        operands = [
            image.operand(
                i,
                levels(
                    Csf.from_tensor(t),
                    host.fmt,
                    dense=[level for level in range(len(t.shape)) if random.random() < 0.5],
                    narrow=random.random() < 0.5,
                ),
            )
            for i, t in enumerate((a, b))
        ]
        tag = random.getrandbits(32)
        host.memory.read_bytes = 0
        slot = host.put(
            Descriptor(*operands, host.fmt.code, RESULTS, CAPACITY, dense, coordinates, interrupt=False, tag=tag)
        )
        await host.ring()
        record = await host.completed(slot)
        wanted = expected(a, b, host.fmt, coordinates, dense)
        assert (record.code, record.tag, record.results) == (0, tag, len(wanted)), record
        check(host.rows(record, wanted.shape[1]), wanted)
        assert record.written == wanted.nbytes
        assert record.read == host.memory.read_bytes
        assert record.computing == await host.read("CntCycles")
        assert record.cycles > record.computing


@cocotb.test()
async def a_queue(dut) -> None:
    """More descriptors than the ring has slots, in portions; those that ask for it raise the interrupt."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut)
    await start(dut)
    await host.set_ring()
    for _ in range(3):
        image, jobs = Image(host.memory), []
        at = RESULTS
        for index in range(SLOTS - 1):
            a, b = (drawn(numbers, shape, host.fmt.name) for shape in random.choice(SHAPES))
            operands = [image.operand(i, levels(Csf.from_tensor(t), host.fmt)) for i, t in enumerate((a, b))]
            wanted = expected(a, b, host.fmt)
            jobs.append(
                (
                    host.put(
                        Descriptor(*operands, host.fmt.code, at, wanted.nbytes, interrupt=index == SLOTS - 2, tag=index)
                    ),
                    at,
                    wanted,
                )
            )
            at += -(-max(wanted.nbytes, 1) // 64) * 64
        assert dut.irq_o.value == 0
        await host.ring()
        for slot, at, wanted in jobs:
            record = await host.completed(slot)
            assert record.code == 0 and record.results == len(wanted)
            found = np.frombuffer(host.memory.get(at, wanted.nbytes), "<u4")
            check(found.reshape(wanted.shape), wanted)
        while await host.read("RegRingHead") != host.tail:
            pass
        assert dut.irq_o.value == 1
        assert await host.read("RegDmaIrqStatus") == BIT["DmaIrqDone"]
        await host.write("RegDmaIrqStatus", BIT["DmaIrqDone"])


@cocotb.test()
async def the_buffer_is_full(dut) -> None:
    """Every capacity from none to one byte less than is needed, at a boundary of 4 KB; then enough."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut)
    await start(dut)
    a, b = (drawn(numbers, shape, host.fmt.name, 1.0) for shape in ((5, 3), (2, 3)))
    wanted = expected(a, b, host.fmt)
    size = wanted.shape[1] * 4
    for capacity in [
        0,
        1,
        size - 1,
        size,
        size + 1,
        5 * size,
        6 * size + 3,
        wanted.nbytes - 1,
        wanted.nbytes,
    ]:
        at = RESULTS + 0x1000 - 64
        host.allow(at, at + capacity // size * size)
        await host.set_ring()
        slot = host.put(Descriptor(*host.lay(a, b), host.fmt.code, at, capacity, interrupt=False))
        await host.ring()
        record = await host.completed(slot)
        if record.code:
            coverage.sample_error(record.code, record.place)
        full = capacity < wanted.nbytes
        assert record.code == (0x48 if full else 0)
        assert record.results == len(wanted) and record.place == (len(wanted) if full else 0)
        assert record.written == capacity // size * size
        assert bool(await host.idle() & BIT["DmaStatusHalted"]) == full
        await host.reset()


@cocotb.test()
async def operands_that_are_kept(dut) -> None:
    """A stays while B changes, and the other way round; both; nothing of a kept operand is read."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut)
    await start(dut)
    await host.set_ring()
    operands = [drawn(numbers, shape, host.fmt.name) for shape in SHAPES[1]]
    for keep in [(False, False), (True, False), (False, True), (True, True), (True, False)]:
        image, found = Image(host.memory), []
        for which, kept in enumerate(keep):
            if not kept:
                operands[which] = drawn(numbers, operands[which].shape, host.fmt.name)
            found.append(image.operand(which, levels(Csf.from_tensor(operands[which]), host.fmt)))
        host.memory.refused = {
            addr: AxiResp.SLVERR
            for operand, _, _, at, size in image.parts
            if keep[operand]
            for addr in range(at, at + size, host.memory.beat)
        }
        slot = host.put(Descriptor(*found, host.fmt.code, RESULTS, CAPACITY, interrupt=False, kept=keep))
        await host.ring()
        record = await host.completed(slot)
        wanted = expected(*operands, host.fmt)
        assert (record.code, record.results) == (0, len(wanted))
        check(host.rows(record, wanted.shape[1]), wanted)
    host.memory.refused = {}
    # The chip refuses to keep an operand of another order or extent.
    for spoil in ("order", "extent"):
        await host.reset()
        await host.set_ring()
        image = Image(host.memory)
        shape = (2, 2, 90) if spoil == "order" else (4, 80)
        others = [drawn(numbers, s, host.fmt.name) for s in (shape, (5, shape[-1]))]
        for pair, keep in ((operands, (False, False)), (others, (True, False))):
            found = [image.operand(i, levels(Csf.from_tensor(t), host.fmt)) for i, t in enumerate(pair)]
            slot = host.put(Descriptor(*found, host.fmt.code, RESULTS, CAPACITY, interrupt=False, kept=keep))
        await host.ring()
        record = await host.completed(slot)
        assert (record.code, record.place) == (ERROR["ErrNoOperand"], 1), spoil
        coverage.sample_error(record.code, record.place)


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
@cocotb.parametrize(kept=[False, True])
async def a_queue_hides_the_memory(dut, kept: bool) -> None:
    """With a latency of 100 a further contraction takes 250 cycles less than one alone. With kept operands
    it takes only its computing and the gap between two contractions: the memory does not count."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    host = Host(dut, latency=100)
    await start(dut)
    await host.set_ring()
    shapes = ((8, 40), (6, 40)) if kept else ((3, 20), (2, 20))
    operands = [drawn(numbers, shape, host.fmt.name, 0.3) for shape in shapes]
    descriptor = Descriptor(*host.lay(*operands), host.fmt.code, RESULTS, CAPACITY, interrupt=False)
    wanted = expected(*operands, host.fmt)
    if kept:
        await taken(host, descriptor, wanted, 1)
        descriptor = dataclasses.replace(descriptor, kept=(True, True))
    alone, _ = await taken(host, descriptor, wanted, 1)
    queued, computing = await taken(host, descriptor, wanted, SLOTS - 1)
    further = (queued - alone) / (SLOTS - 2)
    dut._log.info("alone %d cycles, each further one %.0f, computing %d", alone, further, computing)
    assert further < (computing + BETWEEN if kept else alone - 250)
