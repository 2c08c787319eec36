# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_result_lanes passes every result once, in batches or one by one."""

from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge

from sim.rtl_types import bench_types
from tb.agents.stream.sink import StreamSink
from tb.agents.stream.vector import VectorSource
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS
from tests.share import amount

NUMBER_BITS = 16  # of a result: its number at its source; the source is above, noise above that


class Bench:
    """Numbered results of all sources, and the output."""

    def __init__(self, dut: SimHandleBase, random: Random, producers: str | None, consumer: str):
        self.dut, self.random = dut, random
        self.lanes = int(dut.Lanes.value)
        self.width = len(dut.out_result_o)
        self.source = VectorSource(dut, "in", dut.clk_i, "result", random, producers)
        self.sent: list[list[int]] = [[] for _ in range(len(dut.in_valid_i))]
        self.came: list[list[int]] = [[] for _ in self.sent]
        self.batches: list[int] = []  # their sizes
        self.taken = 0
        self.accepted: list[list[int]] = []  # per cycle: results of each source so far
        self.right: list[int] = []  # of these, results before the cycle before drop_i
        dut.numbers_i.value = dut.drop_i.value = 0
        StreamSink(dut, "out", dut.clk_i, STALLS[consumer](random))
        StreamSink(dut, "batch", dut.clk_i, STALLS[consumer](random))
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        dut, drop = self.dut, False
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            dropping, drop = drop, dut.drop_i.value == 1  # in the cycle before
            if drop and not self.right:
                self.right = self.accepted[-2]
            ready = int(dut.in_valid_i.value) & int(dut.in_ready_o.value)
            before = self.accepted[-1] if self.accepted else [0] * len(self.sent)
            self.accepted.append([count + (ready >> source & 1) for source, count in enumerate(before)])
            self.taken += int(dut.taken_o.value)
            if dut.out_valid_o.value == 1 and dut.out_ready_i.value == 1 and dut.drop_i.value == 0:
                self._receive(int(dut.out_result_o.value))
            if dut.batch_valid_o.value == 1 and dut.batch_ready_i.value == 1:
                types = bench_types()
                batch = types["batch_o"].unpack(int(dut.batch_o.value))
                count = batch.count
                self.batches.append(count)
                assert dut.numbers_i.value == 1 and not dropping and 1 <= count <= self.lanes
                for result in batch.results[:count]:
                    self._receive(types["result_t"].pack(result))

    def _receive(self, result: int) -> None:
        self.came[result >> NUMBER_BITS & 127].append(result)

    def send(self, results: int) -> None:
        """Let every source offer up to `results` more results."""
        for number, sent in enumerate(self.sent):
            for _ in range(self.random.randint(results // 2, results)):
                noise = self.random.getrandbits(self.width - NUMBER_BITS - 7)
                result = noise << (NUMBER_BITS + 7) | number << NUMBER_BITS | len(sent)
                sent.append(result)
                self.source.queues[number].append(result)

    async def finish(self) -> None:
        """Wait until all have left."""
        total = sum(map(len, self.sent))
        await until(self.dut, lambda: self.taken >= total, 100 * total + 100, "the last result")
        await ClockCycles(self.dut.clk_i, 3)
        assert self.taken == total


@cocotb.test()
@cocotb.parametrize(numbers=[0, 1], consumer=amount(["none", "random"], list(STALLS)))
async def every_result_leaves_once(dut, numbers: int, consumer: str) -> None:
    bench = Bench(dut, rng(), "random", consumer)
    dut.numbers_i.value = numbers
    await start(dut)
    for _ in range(3):
        bench.send(20)
        await bench.finish()
    assert bench.came == bench.sent
    assert bool(bench.batches) == (numbers == 1 and bench.lanes > 1)


@cocotb.test()
async def lanes_work_side_by_side(dut) -> None:
    """With many results batches are full, one per cycle."""
    bench = Bench(dut, rng(), "none", "none")
    dut.numbers_i.value = 1
    await start(dut)
    bench.send(64)
    await bench.finish()
    lanes = min(bench.lanes, len(bench.sent))
    if bench.lanes > 1:
        assert bench.batches.count(lanes) > len(bench.batches) // 2


@cocotb.test()
@cocotb.parametrize(numbers=[0, 1])
async def dropped(dut, numbers: int) -> None:
    """From a cycle on all results leave unseen; a wrong one may come a cycle before, and is in no batch."""
    random = rng()
    bench = Bench(dut, random, "random", "random")
    dut.numbers_i.value = numbers
    await start(dut)
    bench.send(30)
    await ClockCycles(dut.clk_i, random.randint(3, 10))
    dut.drop_i.value = 1
    await bench.finish()
    for came, sent in zip(bench.came, bench.sent, strict=True):
        assert came == sent[: len(came)]
    assert bench.came != bench.sent
    if numbers and bench.lanes > 1:
        assert all(len(came) <= right for came, right in zip(bench.came, bench.right, strict=True))
