# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: of two errors of a contraction flaash_dma reports that of the page's table."""

from __future__ import annotations

import cocotb

from models.device.layout import COMPLETION_AT
from tb.common.rtl_constants import DMA, ERRORS
from tests.blocks.dma.dma_bench import Bench
from tests.blocks.dma.dma_tests import RECORD, Job, begun, jobs, soft_reset, whole
from tests.dma.pair_table import FIRST, IN_CHIP, pairs, read_table, reported
from tests.share import amount

CODE = {
    **{name: ERRORS[code].value for name, code in (("abort", "ErrAborted"), ("parity", "ErrParity"))},
    "range": ERRORS["ErrResultRange"].value,
    "full": DMA.errors["ErrResultFull"].value,
    "watchdog": ERRORS["ErrWatchdog"].value,
    "results": DMA.errors["ErrWriteSlave"].value,
    "record": DMA.errors["ErrWriteSlave"].value,
}
PART = {"results": DMA.constants["PartResult"].value, "record": DMA.constants["PartCompletion"].value}
ENDS = ("abort", "parity")  # they end the contraction
FEW, MANY = 30, 60  # records that fit if an error is to come later, results of the contraction


class Pair:
    """A contraction that has two errors, and the chip that makes them.

    Args:
        bench: around the interface.
        job: the only descriptor of the queue.
        order: the two errors; the first one comes first.
    """

    def __init__(self, bench: Bench, job: Job, order: tuple[str, str]):
        self.bench, self.job, self.order = bench, job, order

    def prepare(self) -> None:
        """Make the errors that are there from the beginning: a small buffer, and what the memory refuses."""
        bench, job = self.bench, self.job
        bench.amount = MANY
        if "full" in self.order:
            bench.put(job.slot + 16, (FEW * RECORD).to_bytes(8, "little"))
        refused = {"results": job.results, "record": job.slot + COMPLETION_AT}
        bench.refused = {at // bench.bytes * bench.bytes for name, at in refused.items() if name in self.order}
        bench.silent = "watchdog" in self.order

    async def happen(self, name: str, first: bool) -> None:
        """Let an error happen; a buffer is full once more results than fit have left."""
        bench = self.bench
        if name == "full":
            # The writer counts a record a cycle after it has come.
            await bench.until(lambda: bench.results is None or len(bench.results) < MANY - FEW, "the results")
            for _ in range(2):
                await bench.cycle()
        elif name == "range":
            bench.reports = [CODE["range"]]
            await bench.cycle()
        elif name in ENDS:
            bench.error, bench.remainder = CODE[name], MANY if first else 0
            bench.kill = {"valid": 1, "cut": 1, "cause": CODE[name]}
        elif name == "watchdog":
            await bench.until(lambda: bench.results is None, "the end of the contraction")
            for _ in range(30):
                await bench.cycle()
            bench.expires = True
            await bench.cycle()
            bench.silent = False

    async def run(self) -> None:
        """Let both errors happen, and the queue end."""
        bench = self.bench
        await bench.until(lambda: bench.results is not None, "the contraction")
        await bench.until(lambda: len(bench.results) < MANY, "the first result")
        # The watchdog counts while nothing else happens.
        for name in sorted(self.order, key="watchdog".__eq__):
            await self.happen(name, first=name == self.order[0] and self.order[1] == "full")
        if bench.kill:
            await bench.until(lambda: bench.results is None, "the trailer")
            bench.kill = {}
        await bench.until(lambda: not bench.state.works, "the end of the queue", 20_000)


@cocotb.test()
async def of_two_errors_the_one_of_the_table(dut) -> None:
    """Each pair in both orders, prompt or not; then a right queue."""
    bench, numbers = await begun(dut)
    table = read_table()
    # The causes of an early end come from the registers of the chip, one per contraction.
    chosen = [pair for pair in pairs(table, IN_CHIP) if set(pair) != set(ENDS)]
    for turn, order in enumerate(chosen * amount(1, 4)):
        bench.pace = bench.random.choice([1.0, 0.6])
        job = jobs(bench, numbers, 1)[0]
        pair = Pair(bench, job, order)
        pair.prepare()
        await pair.run()
        wanted, why = reported(table, *order), f"{order[0]}, then {order[1]}, prompt {job.descriptor.prompt}"
        code, place = await bench.read("RegDmaError"), await bench.read("RegDmaPlace")
        assert code == CODE[wanted], f"{why}: {code:#x}, not {CODE[wanted]:#x}"
        if wanted in PART:
            assert place >> 24 & 15 == PART[wanted], f"{why}: place {place:#x}"
        if wanted != "record":
            record = job.completion(bench)
            assert record and (record.code, record.place) == (code, place), f"{why}: {record}"
            if wanted == "full":
                assert record.place == record.results > FEW, f"{why}: {record}"
        bench.amount = None
        bench.refused = set()
        await soft_reset(bench)
        if turn % 8 == 0:
            await whole(bench, numbers)
            await soft_reset(bench)
    assert len(chosen) > 30 and FIRST in table.values()
