# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_row_bounds gives the begin and the end of each row."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tests.blocks.ports import Sink, Source

PAIR = 8  # bytes of a begin and an end


class Bench:
    """Lengths of rows, and the table that they must give."""

    def __init__(self, dut: SimHandleBase, consumer: str):
        self.dut, self.random = dut, rng()
        self.beats: list = []
        zero(dut, "clear", "send", "stop", "layout")
        self.source = Source(dut, "length", "random")
        self.length_t = bench_types()["length_i"].elements[0][1]
        self.stored = 0  # lengths
        Sink(dut, "beat", consumer, take=self.beats.append)
        cocotb.start_soon(self._count())

    async def _count(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.source.on:
                self.stored += int(self.dut.stored_o.value)

    async def pulse(self, name: str) -> None:
        signal = getattr(self.dut, f"{name}_i")
        signal.value = 1
        await RisingEdge(self.dut.clk_i)
        signal.value = 0

    async def cleared(self, layout: dict[str, int]) -> None:
        """Begin a layout, without a length."""
        dut = self.dut
        dut.layout_i.value = bench_types()["layout_i"].pack(layout)
        await self.pulse("clear")
        await until(dut, lambda: dut.cleared_o.value == 1, layout["rows"] + 9, "cleared lengths")

    async def sent(self, layout: dict[str, int], lengths: dict[int, int]) -> None:
        """Send these lengths, of some of the rows, in any order, and wait for the last beat."""
        dut, rows = self.dut, layout["rows"]
        await self.cleared(layout)
        self.stored = 0
        for row in self.random.sample(sorted(lengths), len(lengths)):
            packed = self.length_t.pack({"row": row, "length": lengths[row]})
            self.source.put(packed, stream=self.random.randrange(self.source.streams))
        await until(dut, lambda: self.stored == len(lengths), 9 * rows + 99, "that all lengths are stored")
        await RisingEdge(dut.clk_i)
        self.beats.clear()
        await self.pulse("send")
        await until(dut, lambda: dut.sent_o.value == 1, 200 * rows + 99, "the last beat")
        await ClockCycles(dut.clk_i, 2)

    async def table(self, rows: int, pitch: int, lengths: dict[int, int]) -> None:
        """Send these lengths, of some of the rows, in any order, and compare the table."""
        dut = self.dut
        await self.sent({"valid": 1, "pitch": pitch, "rows": rows}, lengths)
        full = min((row for row, length in lengths.items() if length > pitch), default=None)
        complete = rows if full is None else full
        assert (int(dut.full_o.value), int(dut.complete_o.value)) == (full is not None, complete)
        wanted = b"".join(
            (row * pitch).to_bytes(4, "little") + (row * pitch + lengths.get(row, 0)).to_bytes(4, "little")
            for row in range(complete)
        )
        size = int(dut.DataWidth.value) // 8
        came = b"".join(beat.data.to_bytes(size, "little")[: beat.bytes] for beat in self.beats)
        assert [beat.index for beat in self.beats] == list(range(len(self.beats))) and came == wanted


@cocotb.test()
@cocotb.parametrize(consumer=["none", "random"])
async def tables_of_all_sizes(dut, consumer: str) -> None:
    """No row, each number of rows of a beat, empty rows, rows of exactly the pitch, and none from before."""
    bench = Bench(dut, consumer)
    await start(dut)
    for rows in (0, 1, 2, 3, 7, 8, 9, 16, 17, 63, int(dut.NodeDepth.value)):
        lengths = {row: bench.random.choice([1, 63, 64]) for row in range(rows) if bench.random.random() < 0.6}
        await bench.table(rows, 64, lengths)


@cocotb.test()
async def rows_beyond_the_pitch(dut) -> None:
    """The table ends before the first row that has too many results, wherever it lies in its beat."""
    bench = Bench(dut, "random")
    await start(dut)
    for first in (*range(9), 15, 16, 20):
        lengths = dict.fromkeys(range(0, 21, 2), 64) | {first: 65, 20: 70}
        await bench.table(21, 64, lengths)
        await bench.table(21, 128, lengths)


@cocotb.test()
@cocotb.parametrize(consumer=["none", "random"])
async def zeros_of_empty_rows(dut, consumer: str) -> None:
    """A dense result: each row without a length gets zeros for all of its columns, and nothing else."""
    bench = Bench(dut, consumer)
    await start(dut)
    size = int(dut.DataWidth.value) // 8
    for rows, columns, narrow in ((0, 5, 0), (1, 1, 1), (9, 64, 0), (20, 65, 1), (17, 130, 0)):
        given = {row: 1 for row in range(rows) if bench.random.random() < 0.5}
        layout = {"valid": 1, "dense": 1, "narrow": narrow, "pitch": 192, "rows": rows, "columns": columns}
        await bench.sent(layout, given)
        wanted = columns * int((dut.NarrowBytes if narrow else dut.ValueBytes).value)
        found: dict[int, int] = {}
        for beat in bench.beats:
            assert beat.values and not beat.data and beat.index * size == found.get(beat.row, 0)
            found[beat.row] = found.get(beat.row, 0) + beat.bytes
        assert found == {row: wanted for row in range(rows) if row not in given}
        assert (int(dut.full_o.value), int(dut.complete_o.value)) == (0, rows)


@cocotb.test()
@cocotb.parametrize(dense=[0, 1])
async def a_table_that_is_stopped(dut, dense: int) -> None:
    """The beat on offer is the last one; the next table is whole."""
    bench = Bench(dut, "random")
    await start(dut)
    rows = int(dut.NodeDepth.value)
    layout = {"valid": 1, "dense": dense, "pitch": 128, "rows": rows, "columns": 128}
    for wait in (0, 1, 5, 9):
        await bench.cleared(layout)
        await bench.pulse("send")
        await ClockCycles(dut.clk_i, wait)
        dut.stop_i.value = 1
        await ClockCycles(dut.clk_i, 1)
        before = len(bench.beats)
        await until(dut, lambda: dut.sent_o.value == 1, 30, "the last beat")
        await ClockCycles(dut.clk_i, 9)
        assert len(bench.beats) <= before + 1
        dut.stop_i.value = 0
        await bench.table(rows, 64, {0: 64})
