# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_writer writes result frames to their buffers, one by one."""

import itertools
from collections import deque

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from models.constants import package_constants
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_ports import AxiStructs

MAGIC, ABORTED = 0x4641_4C45, 0x11  # of a trailer
BURST = 16  # beats
TURNS = package_constants("flaash_axi_pkg")["Turns"]
ALL = (1 << TURNS) - 1
IDS, VALUE = 20, 48  # bits of a fiber and of a value in a result


class Bench:
    """The chip before the writer and the memory after it."""

    def __init__(self, dut: SimHandleBase, random, stalls: str, latency: int):
        self.dut, self.random, self.latency, self.types = dut, random, latency, bench_types()
        self.lanes = int(dut.ResultLanes.value)
        self.value_words = 2 if int(dut.Format.value) == 3 else 1
        self.bytes = int(dut.DataWidth.value) // 8
        self.stalls = {name: STALLS[stalls](random) for name in ("aw", "w", "b")}
        self.words: dict[int, int] = {}
        self.bursts: deque[tuple[int, int]] = deque()
        self.beats: deque[tuple[int, int]] = deque()
        self.answers: deque[tuple[int, int]] = deque()
        self.moved: list[int] = []  # cycles in which a beat was accepted
        self.faults: list[tuple[int, int]] = []
        self.refused: set[int] = set()
        self.cycle = self.written = 0
        zero(dut)
        self.axi = AxiStructs(dut)
        cocotb.start_soon(self._memory())

    async def _memory(self) -> None:
        dut, axi, fault_t = self.dut, self.axi, self.types["fault_o"]
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            self.cycle += 1
            self.written = int(dut.written_o.value)
            seen = axi.request
            if seen.aw_valid and axi.given["aw_ready"]:
                self.bursts.append((seen.aw.addr, seen.aw.len + 1))
            if seen.w_valid and axi.given["w_ready"]:
                self.beats.append((seen.w_data, seen.w_strb))
                self.moved.append(self.cycle)
            answered = axi.given["b_valid"]
            if answered:
                self.answers.popleft()
                fault = fault_t.unpack(int(dut.fault_o.value))
                if fault.error.valid:
                    self.faults.append((fault.turn, fault.error.place))
            while self.bursts and len(self.beats) >= self.bursts[0][1]:
                self._write(*self.bursts.popleft())
            await RisingEdge(dut.clk_i)
            offer = bool(self.answers) and self.answers[0][0] <= self.cycle and not next(self.stalls["b"])
            axi.respond(
                aw_ready=not next(self.stalls["aw"]),
                w_ready=not next(self.stalls["w"]),
                b_valid=offer,
                b_resp=self.answers[0][1] if offer else 0,
            )

    def _write(self, addr: int, beats: int) -> None:
        for index in range(beats):
            data, strobes = self.beats.popleft()
            assert strobes, "a beat without a word"
            for word in range(self.bytes // 4):
                if strobes >> 4 * word & 1:
                    at = addr + index * self.bytes + 4 * word
                    assert at not in self.words, "written twice"
                    self.words[at] = data >> 32 * word & 0xFFFF_FFFF
        self.answers.append((self.cycle + self.latency, 2 if addr in self.refused else 0))

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
        await bench.until(lambda turn=turn: bench.written >> turn & 1)
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
    await bench.until(lambda: bench.written == ALL and dut.idle_o.value == 1)
    assert bench.words == right and not bench.faults


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
    await bench.until(lambda: bench.written == ALL)
    took = bench.moved[-1] - bench.moved[0] + 1
    least = -(-2 * steps * bench.lanes * 4 * (2 + bench.value_words) // bench.bytes)
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
    bench.stalls |= dict.fromkeys(("aw", "w"), itertools.repeat(True))
    await bench.begin(1, 1 << 20, 1 << 19)
    words: list[int] = []
    while True:
        some = [bench.drawn() for _ in range(bench.lanes)]
        try:
            await bench.batch(some, limit=10)
        except TimeoutError:
            break
        words += [word for result in some for word in bench.record(*result)]
    kept, behind = 4 * len(words) // bench.bytes, int(dut.BeatsBuffered.value)
    dut._log.info("%d beats were taken", kept)
    assert behind <= kept <= behind + 2 * BURST + 6  # and the beats in flight to the bus
    bench.stalls |= dict.fromkeys(("aw", "w"), itertools.repeat(False))
    await bench.until(lambda: dut.batch_ready_o.value == 1)  # the one that waited
    words += [word for result in some for word in bench.record(*result)]
    await RisingEdge(dut.clk_i)
    dut.batch_valid_i.value = 0
    await bench.trailer()
    await bench.until(lambda: bench.written == ALL)
    assert bench.words == {(1 << 20) + 4 * i: word for i, word in enumerate(words)}


@cocotb.test()
async def refusals_and_stops(dut) -> None:
    """A refusal names the turn; a frame without a request is discarded; after a stop nothing begins."""
    random = rng()
    bench = Bench(dut, random, "random", 5)
    await start(dut)
    await bench.begin(2, 1 << 20, 1 << 16, coordinates=True)
    bench.refused = {1 << 20}
    for _ in range(6):
        await bench.beat(random.getrandbits(96))
    await bench.trailer()
    await bench.until(lambda: bench.written == ALL)
    assert bench.faults == [(2, 4 << 24)]
    await RisingEdge(dut.clk_i)
    await bench.begin(3, 1 << 21, 1 << 16, coordinates=True)
    dut.refused_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.refused_i.value = 0
    await bench.until(lambda: bench.written == ALL)
    bench.words.clear()
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
    await bench.until(lambda: bench.written == ALL and dut.idle_o.value == 1)
    assert not bench.words and not bench.answers and not bench.bursts
