# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: contractions from memory to memory, one after the other."""

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotbext.axi import AxiResp

from models.csf import Csf
from models.device.layout import Descriptor
from models.tensor import SparseTensor
from tb.dma import coverage
from tb.dma.image import levels
from tests.dma.host import BIT, CAPACITY, ERROR, RESULTS, SHAPES, check, expected, opened
from tests.dma.image import Image
from tests.dma.queue import Queue

LOWER = ((3, 18, 20), (2, 5, 20))  # a dense lower level begins anew within a beat of each width


@cocotb.test()
async def the_example_of_the_page(dut: SimHandleBase) -> None:
    """A is [[0, 2, 0], [0, 0, 0], [1, 0, 3]] in CSR form, B is [4, 5, 0]."""
    host = await opened(dut)
    a = SparseTensor((3, 3), np.array([[0, 1], [2, 0], [2, 2]]), np.array([2.0, 1.0, 3.0]))
    b = SparseTensor((3,), np.array([[0], [1]]), np.array([4.0, 5.0]))
    found = [levels(Csf.from_tensor(a), host.fmt, dense=[0]), levels(Csf.from_tensor(b), host.fmt)]
    queue = Queue(host)
    queue.put((a, b), found, capacity=48, interrupt=True, tag=7)
    (record,) = await queue.run()
    assert (record.place, record.tag, record.results) == (0, 7, 2)


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 20])
async def operands_of_all_orders(dut: SimHandleBase, stalls: str, latency: int) -> None:
    """Both kinds of records, sparse and dense results, dense levels, short coordinates, empty operands."""
    host = await opened(dut, latency, stalls)
    random = host.random
    for shapes in (*SHAPES, LOWER):
        operands = host.draw(shapes, random.choice([0.0, 0.1, 0.4, 1.0]))
        found = []
        for operand in operands:
            dense = [level for level in range(operand.order) if random.random() < 0.5]
            found.append(levels(Csf.from_tensor(operand), host.fmt, dense, narrow=random.random() < 0.5))
        queue, tag = Queue(host, CAPACITY), random.getrandbits(32)
        host.memory.read_bytes = 0
        kind = {"coordinates": random.random() < 0.5, "dense": random.random() < 0.3}
        turn = queue.put(operands, found, tag=tag, **kind)
        (record,) = await queue.run()
        assert (record.tag, record.written, record.read) == (tag, turn.wanted.nbytes, host.memory.read_bytes)
        assert record.cycles > record.computing == await host.read("CntCycles")


@cocotb.test()
async def the_buffer_is_full(dut: SimHandleBase) -> None:
    """Every capacity from none to one byte less than is needed, at a boundary of 4 KB; then enough."""
    host = await opened(dut)
    a, b = host.draw(((5, 3), (2, 3)), 1.0)
    wanted = expected(a, b, host.fmt)
    size, whole, at = wanted.shape[1] * 4, wanted.nbytes, RESULTS + 0x1000 - 64
    for capacity in (0, 1, size - 1, size, size + 1, 5 * size, 6 * size + 3, whole - 1, whole):
        host.allow(at, at + capacity // size * size)
        slot = host.put(Descriptor(*host.lay(a, b), host.fmt.code, at, capacity, interrupt=False))
        await host.ring()
        record, full = await host.completed(slot), capacity < whole
        if record.code:
            coverage.sample_error(record.code, record.place)
        assert (record.code, record.place) == ((ERROR["ErrResultFull"], len(wanted)) if full else (0, 0))
        assert (record.results, record.written) == (len(wanted), capacity // size * size)
        assert bool(await host.idle() & BIT["DmaStatusHalted"]) == full
        await host.reset()


@cocotb.test()
async def operands_that_are_kept(dut: SimHandleBase) -> None:
    """A stays while B changes, and the other way round; both; nothing of a kept operand is read."""
    host = await opened(dut)
    operands = host.draw(SHAPES[1])
    for keep in [(False, False), (True, False), (False, True), (True, True), (True, False)]:
        image, found = Image(host.memory), []
        for which, kept in enumerate(keep):
            if not kept:
                operands[which] = host.drawn(operands[which].shape)
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
        assert record.code == 0, record
        check(host.rows(record, 2 + host.value_words), expected(*operands, host.fmt))
    host.memory.refused = {}
    # The chip refuses to keep an operand of another order or extent.
    for shape in ((2, 2, 90), (4, 80)):
        await host.reset()
        queue = Queue(host)
        queue.put(operands)
        others = host.draw((shape, (5, shape[-1])))
        sides = [queue.image.operand(i, levels(Csf.from_tensor(other), host.fmt)) for i, other in enumerate(others)]
        wrong = queue.enter(sides, others, [], kept=(True, False))
        await host.ring()
        record = await host.completed(wrong.slot)
        assert (record.code, record.place) == (ERROR["ErrNoOperand"], 1), shape
        coverage.sample_error(record.code, record.place)
