# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_quota passes the records that fit the buffer, and counts."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import CONSTANTS

BEAT = 4  # words of a beat of a record
MOST = CONSTANTS["MaxBatch"]


class Quota:
    """The expected records: a buffer, record by record."""

    def __init__(self, capacity: int, words: int):
        self.left, self.size = capacity, 4 * words
        self.records = self.bytes = 0
        self.full = False

    def take(self, count: int, drop: bool) -> int:
        """Count records that come at once, and return how many pass; dropped records need room, too."""
        self.records += count
        fit = 0 if self.full else min(count, self.left // self.size)
        self.full |= fit < count
        passed = 0 if drop else fit
        self.left -= passed * self.size
        self.bytes += passed * self.size
        return passed


async def step(dut, whole: bool, count: int) -> int:
    """Bring records, or a beat of one, and return the words that pass."""
    dut.whole_i.value, dut.count_i.value, dut.step_i.value = whole, count, 1
    await FallingEdge(dut.clk_i)
    kept = int(dut.kept_o.value)
    await RisingEdge(dut.clk_i)
    dut.step_i.value = 0
    return kept


@cocotb.test()
async def records_as_far_as_they_fit(dut) -> None:
    """Batches and beats, every size of a record; none passes after one that did not fit, or while dropped."""
    random = rng()
    zero(dut)
    await start(dut)
    for turn in range(120):
        whole = turn % 2 == 0
        words = random.randint(1, 32 // MOST if whole else 16)
        records = random.randint(0, 40)
        capacity = random.choice([0, 1, 4 * words * records, 4 * words * random.randint(0, 40) + 3, 1 << 60])
        quota = Quota(capacity, words)
        dut.words_i.value, dut.capacity_i.value, dut.start_i.value = words, capacity, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        dropped = random.choice([1000, random.randint(0, 40)])
        while quota.records < records:
            drop = quota.records >= dropped
            dut.drop_i.value = drop
            if whole:
                count = random.randint(1, MOST)
                assert await step(dut, True, count) == quota.take(count, drop) * words
                continue
            passes = quota.take(1, drop)
            for at in range(0, words, BEAT):
                assert await step(dut, False, 0) == passes * min(words - at, BEAT)
                # Inside a record it does not matter.
                dut.drop_i.value = quota.records >= dropped or random.random() < 0.5
        await FallingEdge(dut.clk_i)
        told = bench_types()["passed_o"].unpack(int(dut.passed_o.value))
        assert (told.results, told.bytes, bool(told.full)) == (quota.records, quota.bytes, quota.full)
        dut.drop_i.value = 0
        await RisingEdge(dut.clk_i)
