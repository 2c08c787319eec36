# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_write writes each beat once, in bursts within 4 KB; lines between."""

from collections import Counter, deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from models.constants import package_constants
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_ports import AxiStructs
from tests.blocks.ports import Source, now
from tests.share import amount

PAGE = 4096
TURNS = package_constants("flaash_axi_pkg")["Turns"]
LINE = 64
LINES_AT = 1 << 56  # lines go here, beats below


class Bus:
    """The memory: words by address; bursts that begin at refused addresses get SLVERR."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut = dut
        self.stalls = {name: STALLS[stalls](random) for name in ("aw", "w", "b")}
        self.latency = latency
        self.bytes = int(dut.DataWidth.value) // 8
        self.words: dict[int, int] = {}
        self.bursts: list[tuple[int, int]] = []
        self.waiting: deque[tuple[int, int]] = deque()
        self.beats: deque[tuple[int, int, int]] = deque()
        self.answers: deque[tuple[int, int, int]] = deque()
        self.faults: list[tuple[int, int, int, int]] = []
        self.refused: set[int] = set()
        self.turns: dict[int, int] = {}  # of the regions of 16 MB for beats and lines
        self.in_flight: Counter[int] = Counter()  # bursts without a response, by turn
        self.behind = False  # data are accepted only after their address
        zero(dut, "start", "addr", "turn", "flush", "kill", "single_valid", "single")
        self.beats_in, self.lines_in = Source(dut, "in", "random" if stalls != "none" else stalls), Source(dut, "line")
        self.axi = AxiStructs(dut)
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, axi = self.dut, self.axi
        resp_t, name_t = (bench_types()[name] for name in ("resp_o", "resp_burst_o"))
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            seen = axi.request
            if seen.aw_valid and axi.given["aw_ready"]:
                burst = seen.aw
                size = (burst.len + 1) * self.bytes
                assert burst.addr // PAGE == (burst.addr + size - 1) // PAGE and burst.addr % self.bytes == 0
                assert burst.len < int(dut.BurstBeats.value)
                assert burst.addr < LINES_AT or size == LINE
                self.bursts.append((burst.addr, burst.len + 1))
                self.waiting.append((burst.addr, burst.len + 1))
                self.in_flight[self.turn(burst.addr)] += 1
            if seen.w_valid and axi.given["w_ready"]:
                self.beats.append((seen.w_data, seen.w_strb, seen.w_last))
            waits = int(dut.waits_o.value)
            assert all(waits >> turn & 1 for turn, count in self.in_flight.items() if count), "forgotten"
            assert dut.idle_o.value == 0 or not waits
            answered = bool(axi.given["b_valid"] and seen.b_ready)
            if answered:
                addr = self.answers.popleft()[2]
                about = name_t.unpack(int(dut.resp_burst_o.value))
                answer = resp_t.unpack(int(dut.resp_o.value))
                assert (about.line, about.turn) == (addr >= LINES_AT, self.turn(addr)), "about another burst"
                self.in_flight[about.turn] -= 1
                if answer.wrong:
                    self.faults.append((about.line, about.turn, about.offset, 2 + answer.decode))
            while self.waiting and len(self.beats) >= self.waiting[0][1]:
                self._write(*self.waiting.popleft())
            await RisingEdge(dut.clk_i)
            addressed = sum(beats for _, beats in self.waiting) > len(self.beats)
            axi.respond(
                aw_ready=not next(self.stalls["aw"]),
                w_ready=not next(self.stalls["w"]) and (addressed or not self.behind),
            )
            if not axi.given["b_valid"] or answered:
                offer = bool(self.answers) and self.answers[0][0] <= now() and not next(self.stalls["b"])
                axi.respond(b_valid=offer, b_resp=self.answers[0][1] if offer else 0)

    def turn(self, addr: int) -> int:
        return self.turns[addr >> 24]

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
        self.answers.append((now() + self.latency, 2 if addr in self.refused else 0, addr))

    async def begin(self, addr: int, turn: int = 0) -> None:
        dut = self.dut
        self.turns[addr >> 24] = turn
        dut.addr_i.value, dut.turn_i.value, dut.start_i.value = addr, turn, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0

    async def put(self, words: list[int]) -> None:
        """Put words, and wait until they are accepted; the last beat may have fewer than the others."""
        count = self.bytes // 4
        for at in range(0, len(words), count):
            some = words[at : at + count]
            self.beats_in.put(in_data_i=together(some), in_words_i=len(some))
        await self.beats_in.taken()

    async def put_line(self, addr: int, turn: int, words: list[int]) -> None:
        """Put a line, and wait until it is accepted."""
        self.turns[addr >> 24] = turn
        self.lines_in.put({"addr": addr, "turn": turn, "data": together(words)})
        await self.lines_in.taken()

    async def end(self, until_idle: bool = True) -> None:
        """Wait until all beats are in bursts, or until all have their responses."""
        dut = self.dut
        dut.flush_i.value = 1
        await FallingEdge(dut.clk_i)
        done = dut.idle_o if until_idle else dut.begun_o
        await until(dut, lambda: done.value == 1, 20_000, "the end")
        await RisingEdge(dut.clk_i)
        dut.flush_i.value = 0


def together(words: list[int]) -> int:
    return sum(word << 32 * i for i, word in enumerate(words))


def drawn(random, region: int = 0) -> tuple[int, list[int]]:
    """Return an address in a region of 16 MB, near the end of a page, and words."""
    at = random.choice([0, PAGE - 64, 7 * PAGE - 320, 1 << 23, random.randrange(0, 1 << 16, 64)])
    count = random.choice([0, 1, 3, 4, 16, 64, 65, random.randint(1, 700)])
    return (region << 24) + at, [random.getrandbits(32) for _ in range(count)]


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)), latency=[1, 60])
async def every_word_is_written_once(dut, stalls: str, latency: int) -> None:
    """One stream of beats begins after the previous one's last burst; lines come at any time."""
    random = rng()
    bus = Bus(dut, stalls, random, latency)
    await start(dut)
    right: dict[int, int] = {}

    async def lines() -> None:
        for index in range(12):
            for _ in range(random.choice([0, 1, 3, 40])):
                await RisingEdge(dut.clk_i)
            addr = LINES_AT + (index << 24) + random.choice([0, 960, PAGE - LINE])
            words = [random.getrandbits(32) for _ in range(LINE // 4)]
            right.update({addr + 4 * i: word for i, word in enumerate(words)})
            await bus.put_line(addr, random.randrange(TURNS), words)

    sending = cocotb.start_soon(lines())
    for index in range(8):
        addr, words = drawn(random, index)
        right.update({addr + 4 * i: word for i, word in enumerate(words)})
        await bus.begin(addr, index % TURNS)
        await bus.put(words)
        await bus.end(until_idle=random.random() < 0.3)
    await sending
    await bus.end()
    assert bus.words == right
    assert not bus.answers and not bus.waiting and not bus.beats


@cocotb.test()
@cocotb.parametrize(behind=[False, True])
async def nothing_holds_up_beats(dut, behind: bool) -> None:
    """A beat per cycle, across bursts and page boundaries, while the memory accepts them.

    Args:
        behind: it accepts data only after their address.
    """
    random = rng()
    bus = Bus(dut, "none", random, 1)
    bus.behind = behind
    await start(dut)
    await bus.begin(PAGE - 64)
    count = 40 * int(dut.BurstBeats.value)
    for _ in range(3 * count):
        bus.beats_in.put(in_words_i=bus.bytes // 4)
    moved = []
    for _ in range(3 * count):
        await FallingEdge(dut.clk_i)
        moved.append(bus.axi.request.w_valid and bus.axi.given["w_ready"])
    first = moved.index(True)
    assert sum(moved[first + count // 2 :][:count]) == count, "the data channel has a gap"
    bus.beats_in.clear()
    await bus.end()


@cocotb.test()
async def refusals_tell_their_burst(dut) -> None:
    random = rng()
    bus = Bus(dut, "random", random, 5)
    await start(dut)
    addr = 3 * PAGE - 128
    await bus.begin(addr, 2)
    bus.refused = {3 * PAGE, 3 * PAGE + int(dut.BurstBeats.value) * bus.bytes}
    await bus.put([1] * 1000)
    await bus.end(until_idle=False)
    second = (1 << 24) + 64
    await bus.begin(second, 3)
    results = [(0, 2, (at - addr) // 16, 2) for at in sorted(bus.refused)]
    bus.refused |= {second, LINES_AT}
    await bus.put([2])
    await bus.end(until_idle=False)
    await bus.put_line(LINES_AT, 1, [3] * (LINE // 4))
    await bus.end()
    assert bus.faults == [*results, (0, 3, 0, 2), (1, 1, 0, 2)]


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def a_stop_at_any_cycle(dut, stalls: str) -> None:
    """Bursts that have begun are completed, with the right data; nothing else is written."""
    random = rng()
    bus = Bus(dut, stalls, random, 9)
    await start(dut)
    line = [random.getrandbits(32) for _ in range(LINE // 4)]
    for cycles in range(0, 80, 3):
        bus.words.clear()
        words = [random.getrandbits(32) for _ in range(400)]
        await bus.begin(PAGE - 128)
        work = [cocotb.start_soon(bus.put(words)), cocotb.start_soon(bus.put_line(LINES_AT, 1, line))]
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
        for putting in work:
            putting.cancel()
        bus.beats_in.clear()
        bus.lines_in.clear()
        dut.kill_i.value = 1
        await FallingEdge(dut.clk_i)
        under_way = bus.axi.request.aw_valid
        await RisingEdge(dut.clk_i)
        begun = len(bus.bursts)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "idle")
        await RisingEdge(dut.clk_i)
        dut.kill_i.value = 0
        assert len(bus.bursts) <= begun + under_way and not bus.answers and not bus.beats
        right = {PAGE - 128 + 4 * i: word for i, word in enumerate(words)}
        right |= {LINES_AT + 4 * i: word for i, word in enumerate(line)}
        assert bus.words.items() <= right.items()
