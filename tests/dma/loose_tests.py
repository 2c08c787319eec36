# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: operands whose fibers lie apart, by a table of their begins and ends."""

from __future__ import annotations

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase

from flaash.driver.arrays import WORD, Level
from models.csf import Csf
from models.device.layout import Descriptor, LevelEntry
from models.tensor import SparseTensor
from tb.dma.image import levels, loosened
from tests.dma.host import ERROR, RESULTS, SLOTS, Host, opened
from tests.dma.queue import Queue
from tests.share import amount

EACH = 0x8000  # bytes of a result buffer
GAPS = ((0,), (1,), (15, 16, 17), (0, 0, 31, 32, 33), (0, 1, 63, 64, 65))  # elements
SHAPES = (((4, 9), (5, 9)), ((3, 2, 40), (6, 40)), ((2, 3, 2, 9), (9,)), ((1, 70), (2, 3, 70)), ((7, 5), (8, 5)))


class Loose(Queue):
    """Lays contractions whose operands may have gaps."""

    def side(self, operand: SparseTensor, kinds: tuple[int, ...] | None, dense: bool = False) -> list[Level]:
        """Return the levels of an operand with gaps of these kinds; without kinds it has pointers."""
        upper = operand.order - 2
        found = levels(Csf.from_tensor(operand), self.host.fmt, [upper] if dense else [])
        if kinds and upper >= 0:
            found = loosened(found, [int(gap) for gap in self.host.numbers.choice(kinds, found[-2].count + 1)])
        return found


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 60])
async def operands_of_all_orders(dut: SimHandleBase, stalls: str, latency: int) -> None:
    """Either operand or both, dense and compressed, with empty fibers; the next descriptor may keep one."""
    host = await opened(dut, latency, stalls)
    numbers = host.numbers
    for _ in range(amount(4, 12)):
        queue = Loose(host, EACH)
        for _ in range((SLOTS - 1) // 2):
            shapes = SHAPES[numbers.integers(len(SHAPES))]
            density = numbers.choice([0.05, 0.4, 1.0])
            operands = host.draw(shapes, density)
            which, dense = int(numbers.integers(1, 4)), bool(numbers.integers(2))
            found = [
                queue.side(operand, GAPS[numbers.integers(len(GAPS))] if which >> side & 1 else None, dense)
                for side, operand in enumerate(operands)
            ]
            queue.put(operands, found, coordinates=bool(numbers.integers(2)))
            kept = int(numbers.integers(2))
            operands[1 - kept] = host.drawn(shapes[1 - kept], density)
            found[1 - kept] = queue.side(operands[1 - kept], GAPS[3])
            queue.put(operands, found, kept=(kept == 0, kept == 1))
        await queue.run()


def nothing(host: Host, nodes: int, count: int, table: np.ndarray, dense: bool = True) -> list[Level]:
    """Return an operand without entries, whose table is this one, above `count` invalid elements."""
    value = np.zeros(count, f"<u{host.fmt.value_width // 8}")
    upper = Level(nodes, len(table) // 2, table.astype(WORD), None if dense else table[:0].astype(WORD), loose=True)
    return [upper, Level(9, count, np.full(count, 99).astype(WORD), value)]


@cocotb.test()
async def nothing_but_gaps(dut: SimHandleBase) -> None:
    """All fibers are empty, or there is no node."""
    host = await opened(dut)
    one, none = host.drawn((3, 9), 1.0), SparseTensor((4, 9), np.zeros((0, 2), np.int64), np.zeros(0))
    table = np.repeat(np.array([0, 3, 3, 20]), 2)
    for empty in (nothing(host, 4, 20, table), nothing(host, 4, 0, table[:0], dense=False)):
        queue = Loose(host, EACH)
        right = queue.side(one, GAPS[2])
        queue.put([none, one], [empty, right])
        queue.put([one, none], [right, empty])
        await queue.run()
        assert await host.read("RegEntriesB") == 0
    queue = Loose(host, EACH)
    queue.put([one, one], [queue.side(one, GAPS[3], True) for _ in range(2)])
    await queue.run()
    assert await host.read("RegEntriesA") == one.nnz


@cocotb.test()
async def a_table_without_gaps_takes_few_cycles_more(dut: SimHandleBase) -> None:
    """Than pointers: its own words, and no step of the loader."""
    host = await opened(dut)
    operands, cycles = [host.drawn((40, 9), 0.7), host.drawn((9,), 1.0)], []
    for kinds in (None, (0,)):
        queue = Loose(host, EACH)
        queue.put(operands, [queue.side(operand, kinds, True) for operand in operands])
        cycles.append((await queue.run())[0].cycles)
    words = host.memory.beat // 4
    dut._log.info("%d cycles with pointers, %d with pairs", *cycles)
    assert cycles[1] - cycles[0] <= -(-40 // words) + 4


@cocotb.test()
async def a_node_takes_the_room_of_two(dut: SimHandleBase) -> None:
    """One node more than half of those that the chip has room for."""
    host = await opened(dut)
    most = int(dut.NodeDepth.value)
    b = LevelEntry(RESULTS, RESULTS, 9, 0)
    for nodes in (most // 2 + 1, most):
        upper = LevelEntry(RESULTS, 0, nodes, nodes, dense=True, loose=True)
        slot = host.put(Descriptor([upper, b], [b], host.fmt.code, RESULTS, EACH))
        await host.ring()
        record = await host.completed(slot)
        assert (record.code, record.place) == (ERROR["ErrMemoryFull"], 0)
        await host.reset()
    half, one, queue = most // 2, host.drawn((9,), 1.0), Loose(host, EACH)
    none = SparseTensor((half, 9), np.zeros((0, 2), np.int64), np.zeros(0))
    queue.put([none, one], [nothing(host, half, 0, np.zeros(2 * half)), queue.side(one, None)])
    await queue.run()
