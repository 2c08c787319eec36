# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_write writes each beat once, in bursts within 4 KB."""

from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import rng, start, until
from tb.common.rtl_types import bench_types
from tb.common.stalls import STALLS

PAGE = 4096


class Bus:
    """The memory: words by address; bursts that begin in refused pages get SLVERR."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut = dut
        self.stalls = {name: STALLS[stalls](random) for name in ("aw", "w", "b")}
        self.latency = latency
        self.bytes = int(dut.DataWidth.value) // 8
        self.words: dict[int, int] = {}
        self.bursts: list[tuple[int, int]] = []
        self.waiting: deque[tuple[int, int]] = deque()
        self.beats: deque[tuple[int, int, int]] = deque()
        self.answers: deque[tuple[int, int]] = deque()
        self.faults: list[tuple[int, int]] = []
        self.refused: set[int] = set()
        self.cycle = 0
        for name in (
            "start",
            "addr",
            "flush",
            "stop",
            "in_valid",
            "in_data",
            "in_words",
            "aw_ready",
            "w_ready",
            "b_valid",
            "b_resp",
        ):
            getattr(dut, f"{name}_i").value = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, burst_t, answer_t = self.dut, bench_types()["aw_o"], bench_types()["answer_o"]
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            self.cycle += 1
            if dut.aw_valid_o.value == 1 and dut.aw_ready_i.value == 1:
                burst = burst_t.unpack(int(dut.aw_o.value))
                size = (burst.len + 1) * self.bytes
                assert burst.addr // PAGE == (burst.addr + size - 1) // PAGE and burst.addr % self.bytes == 0
                assert burst.len < int(dut.BurstBeats.value)
                self.bursts.append((burst.addr, burst.len + 1))
                self.waiting.append((burst.addr, burst.len + 1))
            if dut.w_valid_o.value == 1 and dut.w_ready_i.value == 1:
                self.beats.append(
                    tuple(int(getattr(dut, f"w_{name}_o").value) for name in ("data", "strb", "last"))
                )
            if answer_t.unpack(int(dut.answer_o.value)).wrong:
                answer = answer_t.unpack(int(dut.answer_o.value))
                self.faults.append((int(dut.offset_o.value), 2 + answer.decode))
            answered = dut.b_valid_i.value == 1 and dut.b_ready_o.value == 1
            if answered:
                self.answers.popleft()
            while self.waiting and len(self.beats) >= self.waiting[0][1]:
                self._write(*self.waiting.popleft())
            await RisingEdge(dut.clk_i)
            dut.aw_ready_i.value = not next(self.stalls["aw"])
            dut.w_ready_i.value = not next(self.stalls["w"])
            if dut.b_valid_i.value == 0 or answered:
                offer = bool(self.answers) and self.answers[0][0] <= self.cycle and not next(self.stalls["b"])
                dut.b_valid_i.value = offer
                dut.b_resp_i.value = self.answers[0][1] if offer else 0

    def _write(self, addr: int, beats: int) -> None:
        for index in range(beats):
            data, strobes, last = self.beats.popleft()
            assert last == (index == beats - 1), "the last beat of a burst is not marked"
            for word in range(self.bytes // 4):
                lanes = strobes >> 4 * word & 15
                assert lanes in (0, 15)
                if lanes:
                    at = addr + index * self.bytes + 4 * word
                    assert at not in self.words, "written twice"
                    self.words[at] = data >> 32 * word & 0xFFFF_FFFF
        self.answers.append((self.cycle + self.latency, 2 if addr in self.refused else 0))

    async def begin(self, addr: int) -> None:
        dut = self.dut
        self.words.clear()
        dut.addr_i.value, dut.start_i.value = addr, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0

    async def put(self, words: list[int], random) -> None:
        """Put words; the last beat may have fewer than the others."""
        dut, count = self.dut, self.bytes // 4
        for at in range(0, len(words), count):
            some = words[at : at + count]
            dut.in_data_i.value = sum(word << 32 * i for i, word in enumerate(some))
            dut.in_words_i.value = len(some)
            dut.in_valid_i.value = 1
            await FallingEdge(dut.clk_i)
            while dut.in_ready_o.value == 0:
                await FallingEdge(dut.clk_i)
            await RisingEdge(dut.clk_i)
            dut.in_valid_i.value = 0
            if random.random() < 0.2:
                await RisingEdge(dut.clk_i)

    async def end(self) -> None:
        dut = self.dut
        dut.flush_i.value = 1
        await FallingEdge(dut.clk_i)
        await until(dut, lambda: dut.idle_o.value == 1, 20_000, "idle")
        dut.flush_i.value = 0


def drawn(random) -> tuple[int, list[int]]:
    addr = random.choice(
        [0, PAGE - 64, 7 * PAGE - 320, (1 << 50) + PAGE - 64, random.randrange(0, 1 << 16, 64)]
    )
    count = random.choice([0, 1, 3, 4, 16, 64, 65, random.randint(1, 700)])
    return addr, [random.getrandbits(32) for _ in range(count)]


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS), latency=[1, 60])
async def every_word_is_written_once(dut, stalls: str, latency: int) -> None:
    random = rng()
    bus = Bus(dut, stalls, random, latency)
    await start(dut)
    for _ in range(8):
        addr, words = drawn(random)
        await bus.begin(addr)
        await bus.put(words, random)
        await bus.end()
        assert bus.words == {addr + 4 * i: word for i, word in enumerate(words)}
        assert not bus.answers and not bus.waiting


@cocotb.test()
async def refusals_tell_their_burst(dut) -> None:
    random = rng()
    bus = Bus(dut, "random", random, 5)
    await start(dut)
    addr = 3 * PAGE - 128
    await bus.begin(addr)
    bus.refused = {3 * PAGE, 3 * PAGE + int(dut.BurstBeats.value) * bus.bytes}
    await bus.put([1] * 1000, random)
    await bus.end()
    assert bus.faults == [((at - addr) // 16, 2) for at in sorted(bus.refused)]


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def a_stop_at_any_cycle(dut, stalls: str) -> None:
    """Bursts that have begun are ended, with the right data; nothing else is written."""
    random = rng()
    bus = Bus(dut, stalls, random, 9)
    await start(dut)
    for cycles in range(0, 80, 3):
        words = [random.getrandbits(32) for _ in range(400)]
        await bus.begin(PAGE - 128)
        putting = cocotb.start_soon(bus.put(words, random))
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
        putting.cancel()
        dut.in_valid_i.value = 0
        dut.stop_i.value = 1
        await FallingEdge(dut.clk_i)
        under_way = dut.aw_valid_o.value == 1
        await RisingEdge(dut.clk_i)
        begun = len(bus.bursts)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "idle")
        await RisingEdge(dut.clk_i)
        dut.stop_i.value = 0
        assert len(bus.bursts) <= begun + under_way and not bus.answers and not bus.beats
        right = {PAGE - 128 + 4 * i: word for i, word in enumerate(words)}
        assert bus.words.items() <= right.items()
