# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_retire completes contractions in order, after their results."""

import dataclasses
import itertools

import cocotb
from cocotb.triggers import FallingEdge, First, RisingEdge, ValueChange

from models.constants import package_constants
from models.device.layout import COMPLETION_AT, Completion
from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero

TURNS = package_constants("flaash_axi_pkg")["Turns"]
FULL, WRITE, WATCHDOG = 0x48, 0x46, 0x12
CHIP = 0x0F, 0x11, 0x13  # out of range, aborted, parity: errors that end a contraction in the chip


@dataclasses.dataclass(eq=False)
class Contraction:
    """The input: the contraction, and the errors of its writes with their cycles."""

    slot: int
    tag: int
    results: int
    full: bool
    fault: tuple[int, int] | None  # code, place: while it is in the chip
    write_fault: tuple[int, int] | None
    refused: bool  # its completion record
    prompt: bool
    full_first: bool = False  # a record did not fit before its fault came
    slow: bool = False  # its results are sent at once and get late responses
    late: bool = False  # with slow: the watchdog expires meanwhile
    began: int = 0

    @property
    def told(self) -> tuple[int, int]:
        """Return code and place of the completion record."""
        full = (FULL, self.results) if self.full else None
        first = (full or self.fault) if self.full_first else (self.fault or full)
        return self.write_fault or ((WATCHDOG, 0) if self.late else first) or (0, 0)


def drawn(random, faulty: bool) -> Contraction:
    kind = random.randrange(9) if faulty else None
    place = random.getrandbits(32)
    return Contraction(
        slot=random.getrandbits(54) * 1024,
        tag=random.getrandbits(32),
        results=random.getrandbits(20),
        full=kind in (0, 1, 6),
        full_first=random.random() < 0.5,
        fault=(random.choice(CHIP), place) if kind in (1, 2, 7, 8) else None,
        write_fault=(WRITE, place & ~(15 << 24) | 4 << 24) if kind in (3, 4, 6, 7) else None,
        refused=kind in (5, 8),
        prompt=random.random() < 0.5,
    )


class Bench:
    """The chip, the writer and the ring around the module."""

    def __init__(self, dut, random):
        self.dut, self.random, self.types = dut, random, bench_types()
        zero(dut)
        self.open: list[Contraction] = []  # contractions by turn
        self.lines: list[tuple[int, Completion | None]] = []
        self.finished: list[tuple[int, tuple[int, int]]] = []  # entry, error
        self.entries = int(dut.InFlight.value)
        self.in_flight = [0] * TURNS  # for each turn: its results, its record
        self.ring_told: list[int] = []  # after this number of finished contractions
        self.holds = False  # the writer accepts two records, and more once an error is known
        self.cycle = 0
        self.passing: Contraction | None = None  # whose records were told last
        self.sent = self.written = (1 << TURNS) - 1  # by turn
        dut.sent_i.value, dut.written_i.value = self.sent, self.written
        self.corrected = 0  # records that were sent once more
        self.corrected_late = 0  # those of them after whose first record others had been sent
        self.early = 0  # records sent before the responses to the results
        self.ahead = [0, 0]  # records sent before the responses to records of earlier turns: normal, prompt
        self.with_end = 0  # turns that opened in the cycle in which the previous one ended
        self.closed = 0  # turns that have left the chip
        cocotb.start_soon(self._watch())
        cocotb.start_soon(self._look_up())

    def _entry(self, port) -> Contraction | None:
        """Return the contraction of an entry: they follow each other from the oldest one on."""
        index = len(self.finished) + (int(port.value) - int(self.dut.done_o.value)) % self.entries
        return self.open[index] if index < len(self.open) else None

    async def _look_up(self) -> None:
        """Respond as the table of descriptors, in the same cycle."""
        dut = self.dut
        while True:
            await First(*(ValueChange(port) for port in (dut.look_o, dut.next_o, dut.done_o)), RisingEdge(dut.clk_i))
            if dut.rst_ni.value != 1:
                continue
            if following := self._entry(dut.next_o):
                dut.prompt_i.value = following.prompt
            if work := self._entry(dut.look_o):
                dut.retired_i.value = self.types["retired_i"].pack(
                    slot=work.slot,
                    tag=work.tag,
                    now=self.cycle,
                    began=work.began,
                    computing=work.tag + 1,
                    bytes_read=work.tag + 2,
                )

    async def _watch(self) -> None:
        """Accept lines; a line is written some cycles later. Collect finished contractions."""
        dut, line_t, fault_t = self.dut, self.types["line_o"], self.types["error_o"]
        failing, offered = False, None  # in the cycle before
        while True:
            await FallingEdge(dut.clk_i)
            self.cycle += 1
            if offered is not None:
                assert dut.line_valid_o.value == 1 and dut.line_o.value == offered, "an offer changes"
            elif dut.line_valid_o.value == 1:
                self._is_due(line_t.unpack(int(dut.line_o.value)), failing)
            waits = dut.line_valid_o.value == 1 and dut.line_ready_i.value == 0
            offered = dut.line_o.value if waits and dut.kill_i.value == 0 else None
            failing = dut.failing_o.value == 1
            if dut.line_valid_o.value == 1 and dut.line_ready_i.value == 1:
                line = line_t.unpack(int(dut.line_o.value))
                self.lines.append((int(line.addr), Completion.unpack(int(line.data).to_bytes(64, "little"))))
                work = self.work_of(int(line.addr))
                assert self.sent >> int(line.turn) & 1, "a record ahead of its results"
                if not self.written >> int(line.turn) & 1:
                    self.early += 1
                    assert work.prompt, "a record that does not wait for the answers to its results"
                cocotb.start_soon(self.write(int(line.turn), work, refused=True))
            outcome = fault_t.unpack(int(dut.error_o.value))
            if dut.finish_o.value == 1:
                told = (int(outcome.code), int(outcome.place)) if outcome.valid else (0, 0)
                self.finished.append((int(dut.done_o.value), told))
            elif outcome.valid:
                self.ring_told.append(len(self.finished))
            await RisingEdge(dut.clk_i)
            held = self.holds and len(self.lines) >= 2 and not failing
            dut.line_ready_i.value = not held and self.random.random() < 0.5

    def work_of(self, addr: int) -> Contraction:
        return next(work for work in self.open if work.slot + COMPLETION_AT == addr)

    def _is_due(self, line, failing: bool) -> None:
        """Check that a record that overtakes earlier ones may do so."""
        work = self.work_of(int(line.addr))
        if self.open.index(work) > len(self.finished):
            assert not failing, "a record that does not wait for those before it, though there is an error"
            self.ahead[work.prompt] += 1

    def packed(self, port: str, fault: tuple[int, int]) -> int:
        return self.types[port].pack(valid=1, code=fault[0], place=fault[1])

    async def write(self, turn: int, work: Contraction, refused: bool = False) -> None:
        """Bursts of a turn are outstanding, and then get their responses."""
        dut, cycles = self.dut, self.random.choice([1, 2, 20, 60])
        self.in_flight[turn] += 1
        self.written &= ~(1 << turn)
        dut.written_i.value = self.written
        sent = 0 if refused else self.random.randrange(cycles + 1)  # cycles before the responses
        if work.slow and not refused:
            cycles = sent = 60
        if sent < cycles and not refused:
            self.sent &= ~(1 << turn)
            dut.sent_i.value = self.sent
        fault = work.write_fault
        if refused:
            fault = (WRITE, 5 << 24) if work.refused else None
        for left in range(cycles, 0, -1):
            if left == sent and not refused:
                self.sent |= 1 << turn
                dut.sent_i.value = self.sent
            if left == 20 and work.late and not refused:
                dut.late_i.value = 1
            if left == 1 and fault:
                dut.write_fault_i.value = self.types["write_fault_i"].pack(
                    turn=turn, error={"valid": 1, "code": fault[0], "place": fault[1]}
                )
            await RisingEdge(dut.clk_i)
        if fault:  # another turn's may be reported in this cycle
            dut.write_fault_i.value = 0
        self.in_flight[turn] -= 1
        if not refused:
            self.sent |= 1 << turn
        if not self.in_flight[turn]:
            self.written |= 1 << turn
        dut.sent_i.value, dut.written_i.value = self.sent, self.written

    async def seen(self, condition) -> None:
        """Wait until condition() holds in the middle of a cycle."""
        for _ in range(5_000):
            await FallingEdge(self.dut.clk_i)
            if condition():
                return
        raise TimeoutError("no turn, or no end")

    async def contract(self, work: Contraction, following: Contraction | None = None) -> bool:
        """Give a contraction a turn; False if the queue has ended before it.

        Args:
            work: the contraction, which may already have its turn.
            following: one that may get the next turn in the cycle in which this one ends.
        """
        dut, random = self.dut, self.random
        if work not in self.open:
            await self.seen(lambda: dut.ready_o.value == 1 or dut.failing_o.value == 1)
            if dut.failing_o.value == 1:
                return False
            await RisingEdge(dut.clk_i)
            self._open(work)
            await RisingEdge(dut.clk_i)
            dut.open_i.value = 0
        turn = self.open.index(work) % TURNS
        writing = cocotb.start_soon(self.write(turn, work))
        for _ in range(random.choice([0, 3, 30])):
            await RisingEdge(dut.clk_i)
        dut.full_i.value = work.full and work.full_first
        early = work.fault is not None and random.random() < 0.5  # else it comes with the end
        if work.fault:
            dut.fault_i.value = self.packed("fault_i", work.fault)
            if early:
                await RisingEdge(dut.clk_i)
                dut.fault_i.value = 0
        dut.close_i.value = 1
        await FallingEdge(dut.clk_i)
        assert dut.busy_o.value == 1, "nothing is under way, though a turn is taken"
        assert not early or dut.faulty_o.value == 1, "results are wanted of a contraction that has failed"
        if following and dut.ready_o.value == 1 and random.random() < 0.5:
            self._open(following)
            self.with_end += 1
        await RisingEdge(dut.clk_i)
        dut.close_i.value = dut.open_i.value = dut.fault_i.value = dut.full_i.value = 0
        self.closed += 1
        dut.turn_i.value = self.closed % min(TURNS, self.entries)
        cocotb.start_soon(self._pass(work))
        if random.random() < 0.3:
            await writing
        return True

    async def _pass(self, work: Contraction) -> None:
        """Tell the records of a turn in the cycle after its end; in others they do not count."""
        port, self.passing = self.dut.passed_i, work
        port.value = self.types["passed_i"].pack(full=work.full, results=work.results, bytes=12 * work.results)
        await RisingEdge(self.dut.clk_i)
        if self.passing is work:
            port.value = self.random.getrandbits(len(port))

    def _open(self, work: Contraction) -> None:
        work.began = self.cycle
        self.open.append(work)
        self.dut.open_i.value = 1

    async def end(self) -> None:
        """Wait until nothing is left, or the queue has ended."""
        await self.seen(lambda: self.dut.busy_o.value == 0)
        for _ in range(70):
            await RisingEdge(self.dut.clk_i)

    async def queue(self, works: list[Contraction]) -> None:
        """Contract one by one up to the first error, compare, and clear."""
        self.open, self.lines, self.finished, self.closed = [], [], [], 0
        self.dut.turn_i.value = 0
        for work, following in itertools.zip_longest(works, works[1:]):
            if not await self.contract(work, following):
                break
        await self.end()
        self.check()
        self.dut.kill_i.value, self.dut.late_i.value = 1, 0
        await RisingEdge(self.dut.clk_i)
        self.dut.kill_i.value = 0

    def check(self) -> None:
        """Compare with the input."""
        assert not self.ring_told
        wrong = [i for i, work in enumerate(self.open) if work.told[0] or work.refused]
        ends = wrong[0] if wrong else len(self.open) - 1
        good = self.open[: ends + 1]
        # A prompt record is sent once more when its results are refused afterwards. Later prompt
        # records may have been sent before, and don't count.
        addrs = [addr for addr, _ in self.lines]
        lines = [
            line
            for index, line in enumerate(self.lines)
            if line[0] not in addrs[index + 1 :] and self.work_of(line[0]) in good
        ]
        assert len(lines) == len(self.finished) == len(good), "others than these are completed"
        for index, (addr, record) in enumerate(self.lines):
            if addr in addrs[index + 1 :]:
                work = self.work_of(addr)
                assert work is good[-1] and (work.prompt and work.write_fault or work.late)
                assert record.code in (0, FULL, *CHIP, WATCHDOG) and record.code != work.told[0]
                self.corrected += 1
                self.corrected_late += addrs[index + 1] != addr
        for index, (work, (addr, record), (entry, told)) in enumerate(zip(good, lines, self.finished, strict=True)):
            assert addr == work.slot + COMPLETION_AT and record is not None
            assert (record.code, record.place) == work.told and entry == index % self.entries
            assert (record.tag, record.results) == (work.tag, work.results)
            assert record.written == 12 * work.results
            assert (record.computing, record.read) == (work.tag + 1, work.tag + 2)
            assert 0 < record.cycles <= self.cycle - work.began
            assert told == ((WRITE, 5 << 24) if work.refused else work.told)
        assert wrong or self.dut.faulty_o.value == 0, "results are not wanted, though nothing is wrong"
        assert bool(self.dut.failing_o.value) == any(work.told[0] or work.refused for work in self.open)


@cocotb.test()
async def in_order_and_up_to_the_first_error(dut) -> None:
    """Queues in which one contraction, or none, goes wrong; then a clear, and the next queue."""
    random = rng()
    bench = Bench(dut, random)
    await start(dut)
    for turn in range(150):
        faulty = random.choice([None, 0, 1, 2, 3, 7]) if turn else None
        works = [drawn(random, index == faulty) for index in range(9)]
        await bench.queue(works)
    assert bench.early > 20 and bench.corrected and bench.with_end > 20 and min(bench.ahead) > 20


@cocotb.test()
async def refused_behind_the_records_of_others(dut) -> None:
    """Results are refused after records of later contractions have been sent: these records don't count."""
    random = rng()
    bench = Bench(dut, random)
    await start(dut)
    for turn in range(12):
        bench.holds = turn % 2 == 0  # a record is on offer when the results are refused
        works = [drawn(random, faulty=False) for _ in range(5)]
        for work in works:
            work.prompt = True
        works[1].write_fault, works[1].slow = (WRITE, 4 << 24 | turn), True
        await bench.queue(works)
    assert bench.corrected == 12 and bench.corrected_late


@cocotb.test()
@cocotb.parametrize(refused=[False, True], prompt=[False, True])
async def the_watchdog_ends_the_oldest(dut, refused: bool, prompt: bool) -> None:
    """Responses after the watchdog: the record reports the watchdog or a refusal; others get no record."""
    random = rng()
    bench = Bench(dut, random)
    await start(dut)
    for _ in range(8):
        works = [drawn(random, faulty=False) for _ in range(3)]
        works[0].slow = works[0].late = True
        works[0].prompt = prompt
        works[0].fault = random.choice([None, (random.choice(CHIP), 5 << 24)])
        works[0].write_fault = (WRITE, 4 << 24) if refused else None
        await bench.queue(works)
        assert [told for _, told in bench.finished] == [works[0].told]


@cocotb.test()
async def errors_of_the_ring_wait(dut) -> None:
    """An error of the ring is reported when all earlier contractions are completed, and not before."""
    random = rng()
    bench = Bench(dut, random)
    await start(dut)
    working = cocotb.start_soon(bench.contract(drawn(random, faulty=False)))
    await bench.seen(lambda: dut.busy_o.value == 1)
    dut.ring_fault_i.value = bench.packed("ring_fault_i", (0x49, 0x80C))
    await working
    await bench.end()
    assert bench.ring_told and set(bench.ring_told) == {1} == {len(bench.finished)}
    outcome = bench.types["error_o"].unpack(int(dut.error_o.value))
    assert (outcome.valid, outcome.code, outcome.place) == (1, 0x49, 0x80C)
