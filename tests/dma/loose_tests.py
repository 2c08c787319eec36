# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: operands whose fibers lie apart, by a table of their begins and ends."""

from __future__ import annotations

import cocotb
import numpy as np

from flaash.driver.arrays import WORD, Level
from models.csf import Csf
from models.device.layout import Descriptor, LevelEntry
from models.tensor import SparseTensor
from tb.common.bench import rng, start
from tb.dma.image import levels, loosened
from tests.dma.first_tests import drawn
from tests.dma.host import ERROR, RESULTS, SLOTS, Host, check, expected
from tests.dma.image import Image
from tests.share import amount

EACH = 0x8000  # bytes of a result buffer
GAPS = ((0,), (1,), (15, 16, 17), (0, 0, 31, 32, 33), (0, 1, 63, 64, 65))  # elements
SHAPES = (((4, 9), (5, 9)), ((3, 2, 40), (6, 40)), ((2, 3, 2, 9), (9,)), ((1, 70), (2, 3, 70)), ((7, 5), (8, 5)))


class Loose:
    """Lays contractions whose operands may have gaps."""

    def __init__(self, host: Host, numbers: np.random.Generator):
        self.host, self.numbers, self.image = host, numbers, Image(host.memory)
        self.jobs: list[tuple[int, int, np.ndarray]] = []

    def gaps(self, nodes: int, kinds: tuple[int, ...]) -> list[int]:
        return [int(gap) for gap in self.numbers.choice(kinds, nodes + 1)]

    def side(self, which: int, operand: SparseTensor, kinds: tuple[int, ...] | None, dense: bool) -> list[LevelEntry]:
        """Put an operand; without kinds of gaps it has pointers."""
        upper = operand.order - 2
        found = levels(Csf.from_tensor(operand), self.host.fmt, [upper] if dense else [])
        if kinds and upper >= 0:
            found = loosened(found, self.gaps(found[-2].count, kinds))
        return self.image.operand(which, found)

    def put(self, sides: list[list[LevelEntry]], operands: list[SparseTensor], **flags) -> int:
        host, at = self.host, RESULTS + EACH * len(self.jobs)
        slot = host.put(Descriptor(*sides, host.fmt.code, at, EACH, interrupt=False, **flags))
        self.jobs.append((slot, at, expected(*operands, host.fmt, flags.get("coordinates", False))))
        return slot

    async def check(self) -> None:
        host = self.host
        await host.ring()
        for slot, at, wanted in self.jobs:
            record = await host.completed(slot)
            assert (record.code, record.results) == (0, len(wanted)), record
            check(np.frombuffer(host.memory.get(at, wanted.nbytes), "<u4").reshape(wanted.shape), wanted)
        await host.idle()
        self.jobs.clear()
        self.image = Image(host.memory)


async def begin(dut, stalls: str = "none", latency: int = 1) -> tuple[Host, Loose]:
    random = rng()
    host = Host(dut, latency, stalls, random)
    await start(dut)
    await host.set_ring()
    return host, Loose(host, np.random.default_rng(random.getrandbits(32)))


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"], latency=[1, 60])
async def operands_of_all_orders(dut, stalls: str, latency: int) -> None:
    """Either operand or both, dense and compressed, with empty fibers; the next descriptor may keep one."""
    host, loose = await begin(dut, stalls, latency)
    numbers = loose.numbers
    for _ in range(amount(4, 12)):
        for _ in range((SLOTS - 1) // 2):
            shapes = SHAPES[numbers.integers(len(SHAPES))]
            density = numbers.choice([0.05, 0.4, 1.0])
            operands = [drawn(numbers, shape, host.fmt.name, density) for shape in shapes]
            which, dense = int(numbers.integers(1, 4)), bool(numbers.integers(2))
            sides = [
                loose.side(side, operand, GAPS[numbers.integers(len(GAPS))] if which >> side & 1 else None, dense)
                for side, operand in enumerate(operands)
            ]
            loose.put(sides, operands, coordinates=bool(numbers.integers(2)))
            kept = int(numbers.integers(2))
            operands[1 - kept] = drawn(numbers, shapes[1 - kept], host.fmt.name, density)
            sides[1 - kept] = loose.side(1 - kept, operands[1 - kept], GAPS[3], False)
            loose.put(sides, operands, kept=(kept == 0, kept == 1))
        await loose.check()


@cocotb.test()
async def nothing_but_gaps(dut) -> None:
    """All fibers are empty, or there is no node."""
    host, loose = await begin(dut)
    one = drawn(loose.numbers, (3, 9), host.fmt.name, 1.0)
    none = SparseTensor((4, 9), np.zeros((0, 2), np.int64), np.zeros(0))
    table = np.repeat(np.array([0, 3, 3, 20], WORD), 2)
    value = np.zeros(20, f"<u{host.fmt.value_width // 8}")
    for found in (
        [Level(4, 4, table, None, loose=True), Level(9, 20, np.full(20, 99).astype(WORD), value)],
        [Level(4, 0, table[:0], table[:0], loose=True), Level(9, 0, table[:0], value[:0])],
    ):
        for which in (0, 1):
            sides, operands = [None, None], [None, None]
            sides[which], operands[which] = loose.image.operand(which, found), none
            sides[1 - which], operands[1 - which] = loose.side(1 - which, one, GAPS[2], False), one
            loose.put(sides, operands)
        await loose.check()
        assert await host.read("RegEntriesB") == 0
    sides = [loose.side(which, one, GAPS[3], True) for which in (0, 1)]
    loose.put(sides, [one, one])
    await loose.check()
    assert await host.read("RegEntriesA") == one.nnz


@cocotb.test()
async def a_table_without_gaps_takes_few_cycles_more(dut) -> None:
    """Than pointers: its own words, and no step of the loader."""
    host, loose = await begin(dut)
    operands = [drawn(loose.numbers, (40, 9), host.fmt.name, 0.7), drawn(loose.numbers, (9,), host.fmt.name, 1.0)]
    cycles = []
    for kinds in (None, (0,)):
        loose.put([loose.side(which, operand, kinds, True) for which, operand in enumerate(operands)], operands)
        slot = loose.jobs[0][0]
        await host.ring()
        record = await host.completed(slot)
        cycles.append(record.cycles)
        loose.jobs.clear()
        await host.idle()
    words = host.memory.beat // 4
    dut._log.info("%d cycles with pointers, %d with pairs", *cycles)
    assert cycles[1] - cycles[0] <= -(-40 // words) + 4


@cocotb.test()
async def a_node_takes_the_room_of_two(dut) -> None:
    """One node more than half of those that the chip has room for."""
    host, loose = await begin(dut)
    most = int(dut.NodeDepth.value)
    b = LevelEntry(RESULTS, RESULTS, 9, 0)
    for nodes in (most // 2 + 1, most):
        upper = LevelEntry(RESULTS, 0, nodes, nodes, dense=True, loose=True)
        slot = host.put(Descriptor([upper, b], [b], host.fmt.code, RESULTS, EACH))
        await host.ring()
        record = await host.completed(slot)
        assert (record.code, record.place) == (ERROR["ErrMemoryFull"], 0)
        await host.reset()
        await host.set_ring()
    table = np.zeros(most // 2 * 2, WORD)
    found = [
        Level(most // 2, most // 2, table, None, loose=True),
        Level(9, 0, table[:0], np.zeros(0, f"<u{host.fmt.value_width // 8}")),
    ]
    none = SparseTensor((most // 2, 9), np.zeros((0, 2), np.int64), np.zeros(0))
    one = drawn(loose.numbers, (9,), host.fmt.name, 1.0)
    loose.put([loose.image.operand(0, found), loose.side(1, one, None, False)], [none, one])
    await loose.check()
