# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_axi_write writes each beat once, in bursts within 4 KB; lines between."""

from collections import Counter

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.constants import package_constants
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, until, zero
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_memory import PAGE, AxiMemory, Words, together
from tests.blocks.ports import Source
from tests.share import amount

TURNS = package_constants("flaash_axi_pkg")["Turns"]
LINE = 64
LINES_AT = 1 << 56  # lines go here, beats below


class Bus:
    """The memory: words by address; bursts that begin at refused addresses get SLVERR."""

    def __init__(self, dut, stalls: str, random, latency: int):
        self.dut, self.words = dut, Words()
        self.faults: list[tuple[int, int, int, int]] = []
        self.turns: dict[int, int] = {}  # of the regions of 16 MB for beats and lines
        zero(dut, "start", "addr", "turn", "flush", "kill", "single_valid", "single")
        self.beats_in, self.lines_in = Source(dut, "in", "random" if stalls != "none" else stalls), Source(dut, "line")
        self.memory = AxiMemory(dut, stalls, random, latency, write=self.words.write)
        self.memory.answered = self._answered
        self.done: Counter[int] = Counter()  # responses, by turn
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        """Check in each cycle which turns have bursts without a response."""
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 1:
                waits = int(self.dut.waits_o.value)
                begun = Counter(self.turns[burst.addr >> 24] for burst in self.memory.writes)
                assert all(waits >> turn & 1 for turn in begun - self.done), "forgotten"
                assert self.dut.idle_o.value == 0 or not waits

    def _answered(self, addr: int) -> None:
        about, answer = (
            bench_types()[name].unpack(int(getattr(self.dut, name).value)) for name in ("resp_burst_o", "resp_o")
        )
        assert (about.line, about.turn) == (addr >= LINES_AT, self.turns[addr >> 24]), "about another burst"
        assert int(self.dut.waits_o.value) >> about.turn & 1, "forgotten in the cycle of the response"
        self.done[about.turn] += 1
        if answer.wrong:
            self.faults.append((about.line, about.turn, about.offset, 2 + answer.decode))

    async def begin(self, addr: int, turn: int = 0) -> None:
        dut = self.dut
        self.turns[addr >> 24] = turn
        dut.addr_i.value, dut.turn_i.value, dut.start_i.value = addr, turn, 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0

    async def put(self, words: list[int]) -> None:
        """Put words, and wait until they are accepted; the last beat may have fewer than the others."""
        count = self.memory.bytes // 4
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
    assert bus.words.found == right and not bus.memory.outstanding


@cocotb.test()
@cocotb.parametrize(behind=[False, True])
async def nothing_holds_up_beats(dut, behind: bool) -> None:
    """A beat per cycle, across bursts and page boundaries, while the memory accepts them.

    Args:
        behind: it accepts data only after their address.
    """
    random = rng()
    bus = Bus(dut, "none", random, 1)
    bus.memory.behind = behind
    await start(dut)
    await bus.begin(PAGE - 64)
    count = 40 * int(dut.BurstBeats.value)
    for _ in range(3 * count):
        bus.beats_in.put(in_words_i=bus.memory.bytes // 4)
    await ClockCycles(dut.clk_i, 3 * count)
    first = bus.memory.moved[0] + count // 2
    assert set(range(first, first + count)) <= set(bus.memory.moved), "the data have a gap"
    bus.beats_in.clear()
    await bus.end()


@cocotb.test()
async def refusals_tell_their_burst(dut) -> None:
    random = rng()
    bus = Bus(dut, "random", random, 5)
    await start(dut)
    addr = 3 * PAGE - 128
    await bus.begin(addr, 2)
    bus.words.refused = {3 * PAGE, 3 * PAGE + int(dut.BurstBeats.value) * bus.memory.bytes}
    await bus.put([1] * 1000)
    await bus.end(until_idle=False)
    second = (1 << 24) + 64
    await bus.begin(second, 3)
    results = [(0, 2, (at - addr) // 16, 2) for at in sorted(bus.words.refused)]
    bus.words.refused |= {second, LINES_AT}
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
        bus.words.found.clear()
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
        under_way = bus.memory.request.aw_valid
        await RisingEdge(dut.clk_i)
        begun = len(bus.memory.writes)
        await until(dut, lambda: dut.idle_o.value == 1, 5_000, "idle")
        await RisingEdge(dut.clk_i)
        dut.kill_i.value = 0
        assert len(bus.memory.writes) <= begun + under_way and not bus.memory.outstanding
        right = {PAGE - 128 + 4 * i: word for i, word in enumerate(words)}
        right |= {LINES_AT + 4 * i: word for i, word in enumerate(line)}
        assert bus.words.found.items() <= right.items()
