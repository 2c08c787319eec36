# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma executes descriptors, and a kill ends it at any cycle."""

from __future__ import annotations

from dataclasses import dataclass

import cocotb
import numpy as np

from models.csf import Csf
from models.device.layout import COMPLETION, COMPLETION_AT, Completion, Descriptor
from models.generate import uniform_tensor
from models.numbers import Finish
from tb.common.bench import start
from tb.common.rtl_constants import ERRORS
from tb.dma.image import levels
from tests.blocks.dma.dma_bench import SLOT, Bench
from tests.blocks.dma.dma_loader_bench import SHAPES, VALUES, wanted
from tests.blocks.dma.operand_sink import Taken
from tests.dma.image import Image, words
from tests.share import amount

RING, RESULTS, ARRAYS, SLOTS, CAPACITY, RECORD = 0x4000, 0x8000, 0x1_0000, 4, 1024, 12
ABORTED = ERRORS["ErrAborted"].value


@dataclass
class Job:
    """A descriptor of the ring, and its operands."""

    slot: int
    results: int
    descriptor: Descriptor
    operands: list[Taken]

    def completion(self, bench: Bench) -> Completion | None:
        return Completion.unpack(bytes(bench.data[self.slot + COMPLETION_AT :][:COMPLETION]))

    def check(self, bench: Bench, ran: list[tuple[int, int, int]]) -> None:
        """Compare what lies in memory with what the chip computed; of a contraction that was cut, a part."""
        record = self.completion(bench)
        assert (record.tag, record.written) == (self.descriptor.tag, RECORD * record.results)
        assert record.read > 0 and record.computing <= record.cycles
        rows = np.frombuffer(bytes(bench.data[self.results : self.results + record.written]), "<u4").reshape(-1, 3)
        assert record.results == len(ran) or (record.code and record.results < len(ran))
        assert rows.tolist() == [list(row) for row in ran[: record.results]]


def finish(bench: Bench, number: int) -> Finish:
    """Return a finish that the format has; another one for each descriptor."""
    narrow = bench.fmt.name != "fp32" and number % 4 > 1
    return Finish(number % 2 == 1, narrow, 7 * number % 64 if narrow and not bench.fmt.is_float else 0)


def jobs(bench: Bench, numbers: np.random.Generator, count: int) -> list[Job]:
    """Put descriptors and operands into memory, and start the queue."""
    image, found = Image(bench, ARRAYS), []
    bench.orders, bench.ran, bench.may = [], [], []
    bench.abandon()
    for sink in bench.sinks:
        sink.taken = [Taken()]
    for number in range(count):
        shapes = [bench.random.choice([shape for shape in SHAPES if len(shape) < 4]) for _ in range(2)]
        shapes[1] = (*shapes[1][:-1], shapes[0][-1])
        tensors = [
            Csf.from_tensor(uniform_tensor(numbers, shape, 0.3, values=VALUES[bench.fmt.name])) for shape in shapes
        ]
        operands = [image.operand(i, levels(csf, bench.fmt)) for i, csf in enumerate(tensors)]
        slot, results = RING + SLOT * number, RESULTS + CAPACITY * number
        descriptor = Descriptor(
            *operands,
            bench.fmt.code,
            results,
            CAPACITY,
            run_length=bench.random.randrange(9),
            tag=bench.random.getrandbits(32),
            prompt=bench.random.random() < 0.5,
            finish=finish(bench, number),
        )
        bench.put(slot, descriptor.pack().ljust(SLOT, b"\0"))
        bench.may += [range(results, results + CAPACITY), range(slot + COMPLETION_AT, slot + SLOT)]
        taken = [wanted(bench, csf, i, words(descriptor)) for i, csf in enumerate(tensors)]
        found.append(Job(slot, results, descriptor, taken))
    bench.write("RegRingBase", RING)
    bench.write("RegRingSize", SLOTS)
    bench.write("RegRingTail", count)
    return found


async def whole(bench: Bench, numbers: np.random.Generator) -> None:
    """A queue that nothing ends."""
    queue = jobs(bench, numbers, SLOTS - 1)
    await bench.until(lambda: all(job.completion(bench) for job in queue), "the queue", 20_000)
    await bench.until(lambda: not bench.state.works, "its end")
    assert [job.completion(bench).code for job in queue] == [0] * len(queue)
    assert len(bench.orders) == len(queue) and not bench.memory.outstanding
    for number, (job, order) in enumerate(zip(queue, bench.orders, strict=True)):
        assert order.numbers == 1 and order.setup.run_length == job.descriptor.run_length
        own, made = job.descriptor.finish, order.setup.finish
        assert (made.relu, made.narrow, made.shift) == (own.relu, own.narrow, own.shift)
        assert [bench.sinks[i].taken[number] for i in (0, 1)] == job.operands
        job.check(bench, bench.ran[number])


async def soft_reset(bench: Bench) -> None:
    """Kill everything until the interface is idle; from the second cycle on no burst begins."""
    bench.kill = {"valid": 1, "all": 1, "cause": ABORTED}
    for _ in range(3):
        await bench.cycle()
    limit = bench.calls + 2  # addresses that are on offer
    await bench.until(lambda: bench.state.idle and bench.results is None, "the end of the kill", 4000)
    await bench.cycle()
    assert not bench.memory.outstanding, "idle with outstanding bursts"
    assert bench.calls <= limit, "a burst began in the kill"
    calls, bench.kill = bench.calls, {}
    for _ in range(40):
        await bench.cycle()
    assert bench.calls == calls and not bench.state.works and bench.state.idle, "work is left behind"


async def begun(dut) -> tuple[Bench, np.random.Generator]:
    """Start the interface; return its bench and the numbers of operands."""
    bench = Bench(dut)
    bench.random = await start(dut)
    return bench, np.random.default_rng(bench.random.getrandbits(32))


@cocotb.test()
async def descriptors_are_executed(dut) -> None:
    """Each once, in order: operands, order, results and completion record."""
    bench, numbers = await begun(dut)
    for pace in (1.0, 0.7, 0.2):
        bench.pace = pace
        await whole(bench, numbers)
        await soft_reset(bench)


@cocotb.test()
async def a_soft_reset_at_any_cycle(dut) -> None:
    """It waits for all responses, whatever the interface does; the next queue is right."""
    bench, numbers = await begun(dut)
    waited = 0
    for _ in range(amount(8, 80)):
        bench.pace = bench.random.choice([1.0, 0.7, 0.2])
        jobs(bench, numbers, SLOTS - 1)
        for _ in range(bench.random.randrange(500)):
            await bench.cycle()
        waited += bench.memory.outstanding
        await soft_reset(bench)
    assert waited > 5, "hardly a burst was outstanding"
    await whole(bench, numbers)


@cocotb.test()
async def a_stop_at_any_cycle(dut) -> None:
    """The contraction that is cut short, or the descriptor whose operands come, has the cause; the queue ends."""
    bench, numbers = await begun(dut)
    cut = early = 0
    while min(cut, early) < amount(2, 10):
        bench.pace = bench.random.choice([1.0, 0.7])
        queue = jobs(bench, numbers, SLOTS - 1)
        for _ in range(bench.random.randrange(20, 400)):
            await bench.cycle()
        if bench.random.random() < 0.5:
            await bench.until(lambda: bench.results or not bench.state.works, "a contraction")
        if bench.results or bench.state.holds:
            bench.error = ABORTED if bench.results else 0
            cut, early = cut + bool(bench.results), early + (not bench.results)
            bench.kill = {"valid": 1, "cut": bool(bench.results), "cause": ABORTED}
            await bench.until(lambda: bench.results is None, "the trailer")
            for _ in range(6):
                await bench.cycle()
            bench.kill = {}
            bench.abandon()
            await bench.until(lambda: not bench.state.works, "the end of the queue")
            records = [record for job in queue if (record := job.completion(bench))]
            assert [record.code for record in records] == [0] * (len(records) - 1) + [ABORTED]
            for job, ran in zip(queue[: len(records)], [*bench.ran, []], strict=False):
                job.check(bench, ran)
            assert not any(taken.flushed for taken in bench.sinks[0].taken[: len(records) - 1])
        await soft_reset(bench)
    await whole(bench, numbers)
