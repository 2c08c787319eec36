# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_writer writes result frames to their buffers, one by one."""

import itertools

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from models.constants import package_constants
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tests.blocks.axi.axi_memory import AxiMemory, Words

MAGIC, ABORTED = 0x4641_4C45, 0x11  # of a trailer
BURST = 16  # beats
TURNS = package_constants("flaash_axi_pkg")["Turns"]
ALL = (1 << TURNS) - 1
IDS, VALUE = 20, 48  # bits of a fiber and of a value in a result


class Bench:
    """The chip before the writer and the memory after it."""

    def __init__(self, dut: SimHandleBase, random, stalls: str, latency: int):
        self.dut, self.random, self.types, self.words = dut, random, bench_types(), Words()
        self.lanes = int(dut.ResultLanes.value)
        self.value_words = 2 if int(dut.Format.value) == 3 else 1
        self.faults: list[tuple[int, int]] = []
        zero(dut)
        self.memory = AxiMemory(dut, stalls, random, latency, write=self._write)
        self.memory.answered = self._answered

    def _write(self, addr: int, data: int, strobes: int) -> int:
        assert strobes, "a beat without a word"
        return self.words.write(addr, data, strobes)

    def _answered(self, addr: int) -> None:
        fault = self.types["fault_o"].unpack(int(self.dut.fault_o.value))
        if fault.error.valid:
            self.faults.append((fault.turn, fault.error.place))

    @property
    def written(self) -> bool:
        """Whether all turns have their responses."""
        return int(self.dut.written_o.value) == ALL

    async def until(self, condition, limit: int = 5_000) -> None:
        for _ in range(limit):
            await FallingEdge(self.dut.clk_i)
            if condition():
                return
        raise TimeoutError("the writer hangs")

    async def begin(self, turn: int, results: int, capacity: int, coordinates: bool = False) -> None:
        """Request a frame, into the buffer at `results`, of operands of orders 3 and 2."""
        dut = self.dut
        dut.head_i.value = self.types["head_i"].pack(
            orders=[3, 2], coordinates=coordinates, results=results, capacity=capacity
        )
        dut.turn_i.value, dut.start_i.value = turn, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0

    async def beat(self, data: int, last: bool = False) -> None:
        dut = self.dut
        dut.beat_i.value, dut.in_valid_i.value = self.types["beat_i"].pack(data=data, last=last), 1
        await self.until(lambda: dut.in_ready_o.value == 1)
        await RisingEdge(dut.clk_i)
        dut.in_valid_i.value = 0

    async def trailer(self, code: int = 0) -> None:
        await self.beat(code << 32 | MAGIC, last=True)

    async def batch(self, results: list[tuple[int, int, int]], limit: int = 5_000, ends: bool = False) -> None:
        """Put results: fiber of A, fiber of B, value; within `limit` cycles, or raise TimeoutError.

        Args:
            results, limit: as above.
            ends: the trailer comes in the cycle in which they are accepted.
        """
        dut, members = self.dut, ("a_id", "b_id", "value")
        dut.batch_i.value = self.types["batch_i"].pack(
            count=len(results), results=[dict(zip(members, result, strict=True)) for result in results]
        )
        dut.batch_valid_i.value = 1
        await self.until(lambda: dut.batch_ready_o.value == 1, limit)
        if ends:
            dut.beat_i.value, dut.in_valid_i.value = self.types["beat_i"].pack(data=MAGIC, last=True), 1
        await RisingEdge(dut.clk_i)
        dut.batch_valid_i.value = dut.in_valid_i.value = 0

    def drawn(self) -> tuple[int, int, int]:
        return tuple(self.random.getrandbits(bits) for bits in (IDS, IDS, VALUE))

    def record(self, a: int, b: int, value: int) -> list[int]:
        """Return the words of a record by number."""
        signed = value - (1 << VALUE) if value >> (VALUE - 1) else value
        return [a, b, *(signed >> 32 * i & 0xFFFF_FFFF for i in range(self.value_words))]


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random", "bursty"], latency=[1, 60])
async def frames_behind_each_other(dut, stalls: str, latency: int) -> None:
    """Batches, or beats, as far as they fit; the next frame is requested while this one is written."""
    random = rng()
    bench = Bench(dut, random, stalls, latency)
    await start(dut)
    right: dict[int, int] = {}
    for index in range(16):
        at, turn = (index << 20) + random.choice([0, 4096 - 64]), index % TURNS
        await bench.until(lambda turn=turn: int(dut.written_o.value) >> turn & 1)
        await RisingEdge(dut.clk_i)
        coordinates = bench.lanes == 1 or random.random() < 0.4
        words = (3 if coordinates else 2) + bench.value_words
        # 4, 8 and 16 records of three words end with a whole beat, the lower one of its pair.
        count = [4, 8, 16][index // 2] if index % 2 and index < 6 else random.choice([0, 1, 5, 40])
        room = count if index < 6 else random.choice([count, count, max(count - 1, 0), count + 7])
        capacity = 4 * words * room + random.choice([0, 3])
        await bench.begin(turn, at, capacity, coordinates)
        sent: list[list[int]] = []
        with_batch = not coordinates and count > 0 and random.random() < 0.5  # the trailer comes
        while len(sent) < count:
            if coordinates:
                record = [random.getrandbits(32) for _ in range(words)]
                for first in range(0, words, 4):
                    await bench.beat(sum(word << 32 * i for i, word in enumerate(record[first : first + 4])))
                sent.append(record)
            else:
                some = [bench.drawn() for _ in range(random.randint(1, min(bench.lanes, count - len(sent))))]
                sent += [bench.record(*result) for result in some]
                await bench.batch(some, ends=with_batch and len(sent) == count)
        if not with_batch:
            await bench.trailer()
        fit = [word for record in sent[: capacity // (4 * words)] for word in record]
        right |= {at + 4 * i: word for i, word in enumerate(fit)}
        await FallingEdge(dut.clk_i)
        passed = bench.types["passed_o"].unpack(int(dut.passed_o.value))
        assert (passed.results, passed.bytes) == (len(sent), 4 * len(fit))
        assert bool(passed.full) == (capacity // (4 * words) < len(sent))
        await RisingEdge(dut.clk_i)
    await bench.until(lambda: bench.written and dut.idle_o.value == 1)
    assert bench.words.found == right and not bench.faults


@cocotb.test()
async def results_per_cycle(dut) -> None:
    """With full batches a beat leaves in every cycle, except before the first burst of a frame."""
    random = rng()
    bench = Bench(dut, random, "none", 100)
    await start(dut)
    if bench.lanes == 1:
        return
    steps = 400 // bench.lanes
    packed = random.getrandbits(bench.lanes * (2 * IDS + VALUE))
    for frame in range(2):
        await bench.begin(frame, frame << 20, 1 << 19)
        dut.batch_i.value = bench.types["batch_i"].pack(count=bench.lanes, results=packed)
        dut.batch_valid_i.value = 1
        for _ in range(steps):
            await bench.until(lambda: dut.batch_ready_o.value == 1)
            await RisingEdge(dut.clk_i)
        dut.batch_valid_i.value = 0
        await bench.trailer()
    await bench.until(lambda: bench.written)
    took = bench.memory.moved[-1] - bench.memory.moved[0] + 1
    least = -(-2 * steps * bench.lanes * 4 * (2 + bench.value_words) // bench.memory.bytes)
    rate = 2 * steps * bench.lanes / took
    dut._log.info("%.2f results per cycle; %d cycles, %d are the least", rate, took, least)
    assert took <= least + BURST + 4


@cocotb.test()
async def results_wait_for_the_bus(dut) -> None:
    """While the bus stalls, BeatsBuffered beats are accepted from the chip; then all are written."""
    random = rng()
    bench = Bench(dut, random, "none", 1)
    await start(dut)
    if bench.lanes == 1:
        return
    bench.memory.stalls |= dict.fromkeys(("aw", "w"), itertools.repeat(True))
    await bench.begin(1, 1 << 20, 1 << 19)
    words: list[int] = []
    while True:
        some = [bench.drawn() for _ in range(bench.lanes)]
        try:
            await bench.batch(some, limit=10)
        except TimeoutError:
            break
        words += [word for result in some for word in bench.record(*result)]
    kept, behind = 4 * len(words) // bench.memory.bytes, int(dut.BeatsBuffered.value)
    dut._log.info("%d beats were taken", kept)
    assert behind <= kept <= behind + 2 * BURST + 6  # and the beats in flight to the bus
    bench.memory.stalls |= dict.fromkeys(("aw", "w"), itertools.repeat(False))
    await bench.until(lambda: dut.batch_ready_o.value == 1)  # the one that waited
    words += [word for result in some for word in bench.record(*result)]
    await RisingEdge(dut.clk_i)
    dut.batch_valid_i.value = 0
    await bench.trailer()
    await bench.until(lambda: bench.written)
    assert bench.words.found == {(1 << 20) + 4 * i: word for i, word in enumerate(words)}


@cocotb.test()
async def refusals_and_stops(dut) -> None:
    """A refusal names the turn; a frame without a request is discarded; after a stop nothing begins."""
    random = rng()
    bench = Bench(dut, random, "random", 5)
    await start(dut)
    await bench.begin(2, 1 << 20, 1 << 16, coordinates=True)
    bench.words.refused = {1 << 20}
    for _ in range(6):
        await bench.beat(random.getrandbits(96))
    await bench.trailer()
    await bench.until(lambda: bench.written)
    assert bench.faults == [(2, 4 << 24)]
    await RisingEdge(dut.clk_i)
    await bench.begin(3, 1 << 21, 1 << 16, coordinates=True)
    dut.refused_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.refused_i.value = 0
    await bench.until(lambda: bench.written)
    bench.words.found.clear()
    await RisingEdge(dut.clk_i)
    await bench.beat(random.getrandbits(96))
    await bench.trailer(ABORTED)
    await bench.begin(0, 1 << 22, 1 << 16, coordinates=True)
    for _ in range(3):
        await bench.beat(random.getrandbits(96))
    dut.kill_i.value = 1
    await bench.until(lambda: dut.idle_o.value == 1)
    for _ in range(3):
        await RisingEdge(dut.clk_i)
    dut.kill_i.value = 0
    await bench.until(lambda: bench.written and dut.idle_o.value == 1)
    assert not bench.words.found and not bench.memory.outstanding
