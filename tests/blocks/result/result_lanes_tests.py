# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_result_lanes passes every result once, in batches or one by one."""

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.ports import Numbered, Sink
from tests.share import amount


class Bench:
    """Numbered results of all sources, and the outputs: one by one, or in batches."""

    def __init__(self, dut: SimHandleBase, producers: str, consumer: str):
        self.dut, self.random = dut, rng()
        self.lanes = int(dut.Lanes.value)
        self.source = Numbered(dut, "in", producers)
        self.beats: list[int] = []  # bits of the results that came
        self.batches: list[int] = []  # their sizes
        self.taken = 0
        self.dropping = [False, False]  # in this cycle, in the one before
        self.right: list[int] = []  # results of each source before the cycle before drop_i
        dut.numbers_i.value = dut.drop_i.value = 0
        self.pack = bench_types()["result_t"].pack
        Sink(dut, "out", consumer, take=self._one)
        Sink(dut, "batch", consumer, take=self._batch)
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        before = now = [0] * self.source.streams
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value != 1:
                continue
            self.dropping = [self.dut.drop_i.value == 1, self.dropping[0]]
            ready = int(self.dut.in_valid_i.value) & int(self.dut.in_ready_o.value)
            before, now = now, [count + (ready >> source & 1) for source, count in enumerate(now)]
            if self.dropping[0] and not self.right:
                self.right = before
            self.taken += int(self.dut.taken_o.value)

    def _one(self, result: tuple) -> None:
        if self.dut.drop_i.value == 0:
            self.beats.append(self.pack(result))

    def _batch(self, batch: tuple) -> None:
        self.batches.append(batch.count)
        assert self.dut.numbers_i.value == 1 and not self.dropping[1] and 1 <= batch.count <= self.lanes
        self.beats += map(self.pack, batch.results[: batch.count])

    @property
    def came(self) -> list[list[int]]:
        """Results that came, by source."""
        return self.source.by_stream(self.beats)

    def send(self, results: int) -> None:
        """Let every source offer up to `results` more results."""
        for stream in range(self.source.streams):
            self.source.send(self.random.randint(results // 2, results), stream)

    async def finish(self) -> None:
        """Wait until all have left."""
        total = self.source.total
        await until(self.dut, lambda: self.taken >= total, 100 * total + 100, "the last result")
        await ClockCycles(self.dut.clk_i, 3)
        assert self.taken == total


@cocotb.test()
@cocotb.parametrize(numbers=[0, 1], consumer=amount(["none", "random"], list(STALLS)))
async def every_result_leaves_once(dut, numbers: int, consumer: str) -> None:
    bench = Bench(dut, "random", consumer)
    dut.numbers_i.value = numbers
    await start(dut)
    for _ in range(3):
        bench.send(20)
        await bench.finish()
    assert bench.came == bench.source.sent
    assert bool(bench.batches) == (numbers == 1 and bench.lanes > 1)


@cocotb.test()
async def lanes_work_side_by_side(dut) -> None:
    """With many results batches are full, one per cycle."""
    bench = Bench(dut, "none", "none")
    dut.numbers_i.value = 1
    await start(dut)
    bench.send(64)
    await bench.finish()
    lanes = min(bench.lanes, bench.source.streams)
    if bench.lanes > 1:
        assert bench.batches.count(lanes) > len(bench.batches) // 2


@cocotb.test()
@cocotb.parametrize(numbers=[0, 1])
async def dropped(dut, numbers: int) -> None:
    """From a cycle on all results leave unseen; a wrong one may come a cycle before, and is in no batch."""
    bench = Bench(dut, "random", "random")
    dut.numbers_i.value = numbers
    await start(dut)
    bench.send(30)
    await ClockCycles(dut.clk_i, bench.random.randint(3, 10))
    dut.drop_i.value = 1
    await bench.finish()
    for came, sent in zip(bench.came, bench.source.sent, strict=True):
        assert came == sent[: len(came)]
    assert bench.came != bench.source.sent
    if numbers and bench.lanes > 1:
        assert all(len(came) <= right for came, right in zip(bench.came, bench.right, strict=True))
