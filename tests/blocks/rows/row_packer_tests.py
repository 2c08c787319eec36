# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_row_packer packs the results of each row, in order, and nothing else."""

from __future__ import annotations

from collections import deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tests.blocks.ports import Sink, Source
from tests.share import amount

SLOTS = 4  # open rows of an engine
PITCH = 64


class Bench:
    """Rows that come through slots, and the arrays that they must give.

    Args:
        dut: flaash_row_packer.
        producer, consumer: how the results, and all outputs, pause.
        short: columns have 2 bytes.
        pitch: elements of a row, most.
        plain: numbers of rows, and of columns, are those of the fibers.
        narrow: values are narrow.
        columns: of a dense row, which has an element for each; 0 for rows of results.

    Attributes:
        wanted: the columns and the values of each row.
        lengths: those that came, by row.
        arrays: bytes that came, by array and row, from the offset of each beat on.
    """

    def __init__(
        self,
        dut: SimHandleBase,
        producer: str,
        consumer: str,
        short: bool,
        pitch: int,
        plain: tuple,
        narrow: bool = False,
        columns: int = 0,
    ):
        self.dut, self.random, self.short, self.pitch, self.plain = dut, rng(), short, pitch, plain
        self.keys = int(dut.Sources.value) * SLOTS
        self.beat_bytes, self.columns = int(dut.DataWidth.value) // 8, columns
        self.value_bytes = int((dut.NarrowBytes if narrow else dut.ValueBytes).value)
        self.wanted: dict[int, tuple[list[int], list[int]]] = {}
        self.lengths: dict[int, int] = {}
        self.arrays: dict[tuple[int, int], dict[int, bytes]] = {}
        self.steps = 0
        layout = {"valid": 1, "short_crd": short, "pitch": pitch, "rows": 1000, "first": 0}
        layout |= {"narrow": narrow, "dense": bool(columns), "columns": columns}
        zero(dut, "flush", "drop", "rsp_valid", "rsp")
        dut.layout_i.value = bench_types()["layout_i"].pack(layout)
        dut.plain_i.value = plain[1] << 1 | plain[0]
        self.fiber_bits = bench_types()["filled_i"].width // 2
        self.source = Source(dut, "in", producer)
        self._requests: deque[int] = deque()
        Sink(dut, "req", consumer, take=self._request)
        Sink(dut, "beat", consumer, take=self._beat)
        Sink(dut, "length", consumer, take=self._length)
        self.fill(0)
        cocotb.start_soon(self._respond())

    def fill(self, fibers: int) -> None:
        """Let only fibers below this one have numbers."""
        self.filled = fibers
        self.dut.filled_i.value = fibers << self.fiber_bits | fibers

    def number(self, operand: int, fiber: int) -> int:
        """Return the row, or the column, of a fiber."""
        if self.plain[operand]:
            return fiber
        return 3 * fiber + 1 if operand else (7 * fiber + 5) % 1024  # some rows lie beyond the result

    def rows(self, lengths: list[int], first: int = 0) -> None:
        """Send rows of these lengths: a fiber of A each, through random slots."""
        queues: list[list[dict]] = [[] for _ in range(self.keys)]
        for fiber, length in enumerate(lengths, first):
            key = self.random.randrange(self.keys)
            columns, values = [], []
            for column in sorted(self.random.sample(range(self.columns or 2000), length)):
                value = self.random.getrandbits(8 * self.value_bytes - 2)
                result = {"slot": key % SLOTS, "a_id": fiber, "b_id": column, "value": value & (1 << 47) - 1}
                queues[key].append({"key": key, "result": result})
                columns.append(self.number(1, column))
                values.append(result["value"] & (1 << 8 * self.value_bytes) - 1)
            if length and self.number(0, fiber) < 1000:
                self.wanted[self.number(0, fiber)] = columns, values
        while any(queues):
            queue = self.random.choice([queue for queue in queues if queue])
            for _ in range(min(self.random.choice([1, 1, 2, 9]), len(queue))):
                self.source.put(queue.pop(0))

    def _request(self, line) -> None:
        assert line.addr < self.filled, "a number was requested that is not known"
        self._requests.append(self.number(line.operand, line.addr))

    async def _respond(self) -> None:
        while True:
            await RisingEdge(self.dut.clk_i)
            valid = bool(self._requests)
            self.dut.rsp_valid_i.value = valid
            self.dut.rsp_i.value = self._requests.popleft() if valid else 0
            await FallingEdge(self.dut.clk_i)

    def _beat(self, beat) -> None:
        array = self.arrays.setdefault((beat.columns, beat.row), {})
        offset = beat.index * self.beat_bytes
        assert offset not in array, f"beat {beat.index} of row {beat.row} came twice"
        assert 0 < beat.bytes <= self.beat_bytes
        array[offset] = beat.data.to_bytes(self.beat_bytes, "little")[: beat.bytes]

    def _length(self, length) -> None:
        assert length.row not in self.lengths, f"row {length.row} ended twice"
        self.lengths[length.row] = length.length

    async def finish(self) -> None:
        """End all rows, and compare."""
        await self.source.taken(200_000)
        await ClockCycles(self.dut.clk_i, 1)
        self.dut.flush_i.value = 1
        await ClockCycles(self.dut.clk_i, 2)
        await until(self.dut, lambda: self.dut.flushed_o.value == 1, 20_000, "the end of all rows")
        self.dut.flush_i.value = 0
        await ClockCycles(self.dut.clk_i, 2)
        dense = bool(self.columns)
        assert self.lengths == {row: 1 if dense else len(columns) for row, (columns, _) in self.wanted.items()}
        for columns, values in self.wanted.values() if dense else ():
            given = dict(zip(columns, values, strict=True))
            columns[:], values[:] = (), [given.get(column, 0) for column in range(self.columns)]
        sizes = self.value_bytes, 2 if self.short else 4
        for array, size in enumerate(sizes):
            for row, (columns, values) in self.wanted.items():
                numbers = (columns if array else values)[: self.pitch]
                came = self.arrays.pop((array, row), {})
                expected, at = b"".join((n & (1 << 8 * size) - 1).to_bytes(size, "little") for n in numbers), 0
                for offset in sorted(came):
                    assert offset == at, f"array {array}, row {row}: a hole before {offset}"
                    at += len(came[offset])
                assert b"".join(came[offset] for offset in sorted(came)) == expected, f"array {array}, row {row}"
        assert not self.arrays, f"beats of no row: {list(self.arrays)[:3]}"
        self.wanted, self.lengths = {}, {}


def borders(bench: Bench) -> list[int]:
    """Return lengths around the ends of beats, and around the pitch."""
    beats = {bench.beat_bytes // size for size in (bench.value_bytes, 2, 4)}
    return [1, *(n * beat + d for beat in beats for n in (1, 2) for d in (-1, 0, 1) if n * beat + d > 0)] + [
        bench.pitch + d for d in (-1, 0, 1, 9)
    ]


@cocotb.test()
@cocotb.parametrize(short=[False, True], consumer=amount(["none", "random"], ["none", "random", "bursty"]))
async def rows_of_all_lengths(dut, short: bool, consumer: str) -> None:
    """Numbers of fibers, and numbers that are looked up; rows that the result does not have."""
    random = rng()
    bench = Bench(dut, random.choice(["none", "random"]), consumer, short, PITCH, (0, 0))
    await start(dut)
    bench.fill(2000)
    for round_ in range(2):
        bench.rows(borders(bench) + [random.randint(1, 20) for _ in range(3 * bench.keys)], 100 * round_)
        await bench.finish()


@cocotb.test()
async def numbers_of_fibers(dut) -> None:
    """No request, if each row and each column has a fiber; a pitch of two rows of beats."""
    bench = Bench(dut, "none", "random", True, 2 * PITCH, (1, 1))
    await start(dut)
    bench.rows(borders(bench))
    await bench.finish()


@cocotb.test()
async def numbers_that_come_late(dut) -> None:
    """A result waits until its column is known, in vain if it never is."""
    bench = Bench(dut, "none", "none", False, PITCH, (0, 0))
    await start(dut)
    bench.rows([5, 30])
    for fibers in range(0, 2000, 20):
        bench.fill(fibers)
        await ClockCycles(dut.clk_i, 3)
    bench.fill(2000)
    await bench.finish()


@cocotb.test()
async def a_result_per_cycle(dut) -> None:
    """Long rows take a cycle per result, and one per beat of values that leaves with one of columns."""
    bench = Bench(dut, "none", "none", True, 1024, (1, 1))
    await start(dut)
    bench.rows([600])
    cycles = 600 + 600 * bench.value_bytes // bench.beat_bytes + 20
    await until(dut, lambda: not any(bench.source.queues), cycles, "all results")
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(consumer=["none", "random"], columns=[1, 3, 64, 129])
async def dense_rows(dut, consumer: str, columns: int) -> None:
    """An element for each column: zeros before, between and after the results, in rows of all lengths."""
    random = rng()
    bench = Bench(dut, "random", consumer, False, 192, (1, 1), random.random() < 0.5, columns)
    await start(dut)
    bench.rows([random.choice([1, columns, random.randint(1, columns)]) for _ in range(2 * bench.keys)])
    await bench.finish()


@cocotb.test()
async def narrow_rows(dut) -> None:
    """Values with the size of an operand's value."""
    bench = Bench(dut, "none", "random", False, PITCH, (1, 1), True)
    await start(dut)
    bench.rows(borders(bench))
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(columns=[0, 129])
async def rows_that_are_dropped(dut, columns: int) -> None:
    """After drop nothing more is offered, however many rows are open; the next rows have no trace of them."""
    bench = Bench(dut, "none", "random", False, 192, (1, 1), False, columns)
    await start(dut)
    for round_ in range(4):
        bench.rows([bench.random.randint(1, 100) for _ in range(2 * bench.keys)], 100 * round_)
        await ClockCycles(dut.clk_i, bench.random.randrange(20, 400))
        dut.drop_i.value = 1
        await ClockCycles(dut.clk_i, 1)
        await bench.source.taken(20_000)
        await until(dut, lambda: not (dut.beat_valid_o.value or dut.length_valid_o.value), 99, "what was offered")
        bench.arrays.clear()
        bench.lengths.clear()
        dut.flush_i.value = 1
        await until(dut, lambda: dut.flushed_o.value == 1, 999, "the end of all rows")
        dut.flush_i.value = dut.drop_i.value = 0
        bench.wanted.clear()
        bench.rows([bench.random.randint(1, 100) for _ in range(bench.keys)], 100 * round_ + 50)
        await bench.finish()
