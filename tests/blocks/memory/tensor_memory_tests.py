# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: both tensor memories respond to every read in time and in order."""

import dataclasses
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from random import Random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types, package_types
from tb.common import rtl_constants as rtl
from tb.common.bench import rng, start, zero
from tb.common.stalls import STALLS
from tests.share import amount

Place = tuple[int, int]  # operand (0 A, 1 B), line
LINE, FAULT = package_types("flaash_pkg")["line_id_t"], package_types("flaash_reg_pkg")["fault_t"]


@dataclasses.dataclass
class Port:
    """One requester: its remaining reads, its outstanding reads, and its observations."""

    stalls: Iterator[bool]
    wanted: deque[Place] = dataclasses.field(default_factory=deque)
    offered: Place | None = None
    refused: int = 0  # successive cycles in which the offered request was refused
    longest: int = 0  # most such cycles for one request
    due: deque[tuple[int, int]] = dataclasses.field(default_factory=deque)  # (cycle, line)
    answers: int = 0


class Memory:
    """Drives all ports of a tensor memory and checks every cycle of it."""

    def __init__(self, dut: SimHandleBase, random: Random, stalls: str | None = None):
        self.dut = dut
        self.ports = len(dut.req_valid_i)
        self.width = int(dut.LineWidth.value)
        self.lines = int(dut.Lines.value)
        self.latency = int(dut.Latency.value)
        self.banked = "banked" in dut._name
        self.last_first = self.banked and bool(int(dut.LastFirst.value))
        self.shared = self.banked and bool(int(dut.Shared.value))
        self.banks = int(dut.Banks.value)
        self.writes = int(dut.LineWrites.value)
        self.stored: dict[Place, int] = {}
        self.cycle = 0
        self.reads = self.conflicts = 0
        self.before = (0, 0)  # reads and conflicts of the cycle before
        choose = list(STALLS)
        self.port = [Port(STALLS[stalls or choose[i % len(choose)]](random)) for i in range(self.ports)]
        zero(dut, "write", "req_valid", "req")

    def bank(self, place: Place) -> int:
        """Return the bank that holds a line: B is shifted by half the banks."""
        operand, line = place
        return (line + operand * (self.banks // 2)) % self.banks

    async def fill(self, random: Random) -> None:
        """Write a random line everywhere, one or two of each operand per cycle, in random order."""
        orders = [self._order(random) for _ in range(2)]
        for writes in itertools.zip_longest(*orders, fillvalue=()):
            await self.write_all(
                {(i, line): random.getrandbits(self.width) for i, lines in enumerate(writes) for line in lines}
            )

    def _order(self, random: Random) -> list[tuple[int, ...]]:
        """Return all lines, alone or with the next line, in random order."""
        order, line = [], 0
        while line < self.lines:
            count = min(random.randint(1, self.writes), self.lines - line)
            order.append(tuple(range(line, line + count)))
            line += count
        random.shuffle(order)
        return order

    async def write(self, place: Place, line: int) -> None:
        await self.write_all({place: line})

    async def write_all(self, lines: dict[Place, int]) -> None:
        """Write lines in one cycle, of each operand at most LineWrites successive ones."""
        writes: list[dict] = [{}, {}]
        for (operand, addr), line in sorted(lines.items()):
            if writes[operand]:
                writes[operand]["pair"] = 1
                writes[operand]["lines"].append(line)
            else:
                writes[operand] = {"valid": 1, "id": {"operand": operand, "addr": addr}, "lines": [line]}
        self.dut.write_i.value = bench_types()["write_i"].pack(writes)
        await self.step()
        self.stored |= lines
        self.dut.write_i.value = 0

    async def step(self) -> None:
        """Let one cycle pass: offer requests, check the grants and the responses."""
        valid = requests = 0
        for number, port in enumerate(self.port):
            if port.offered is None and not next(port.stalls) and port.wanted:
                port.offered = port.wanted.popleft()
            if port.offered is not None:
                valid |= 1 << number
                requests |= LINE.pack(operand=port.offered[0], addr=port.offered[1]) << number * LINE.width
        self.dut.req_valid_i.value = valid
        self.dut.req_i.value = requests
        await FallingEdge(self.dut.clk_i)
        self._served(valid, int(self.dut.req_ready_o.value))
        self._answered(int(self.dut.rsp_valid_o.value))
        await RisingEdge(self.dut.clk_i)
        self.cycle += 1

    def _served(self, valid: int, ready: int) -> None:
        taken, refused = valid & ready, valid & ~ready
        assert (int(self.dut.reads_o.value), int(self.dut.conflicts_o.value)) == self.before
        self.before = (taken.bit_count(), refused.bit_count())
        self.reads += self.before[0]
        self.conflicts += self.before[1]
        wanted: dict[int, list[int]] = {}  # bank -> ports with a request, and of them served
        served: dict[int, list[int]] = {}
        offered = [port.offered for port in self.port]
        for number, port in enumerate(self.port):
            if port.offered is None:
                continue
            bank = self.bank(port.offered)
            wanted.setdefault(bank, []).append(number)
            if taken >> number & 1:
                served.setdefault(bank, []).append(number)
                port.due.append((self.cycle + self.latency, self.stored[port.offered]))
                port.offered, port.refused = None, 0
            else:
                port.refused += 1
                port.longest = max(port.longest, port.refused)
        if self.banked:
            lines = {bank: {offered[port] for port in ports} for bank, ports in served.items()}
            assert {bank: len(of) for bank, of in lines.items()} == dict.fromkeys(wanted, 1), (
                "a wanted bank reads exactly one line"
            )
            alike = {bank: [port for port in wanted[bank] if offered[port] in lines[bank]] for bank in wanted}
            assert all(
                served[bank] == ports if self.shared else len(served[bank]) == 1 for bank, ports in alike.items()
            )
            last = {bank: ports[-1:] for bank, ports in wanted.items()}
            assert not self.last_first or served == last, "of the last port"
        else:
            assert served == wanted, "the ideal memory refuses nobody"

    def _answered(self, valid: int) -> None:
        due = 0
        for number, port in enumerate(self.port):
            if port.due and port.due[0][0] == self.cycle:
                due |= 1 << number
        assert valid == due, f"cycle {self.cycle}: answers to {valid:b}, due for {due:b}"
        if not valid:
            return
        data = str(self.dut.rsp_data_o.value)[::-1]  # unknown where a port has had no response yet
        for number, port in enumerate(self.port):
            if valid >> number & 1:
                _, line = port.due.popleft()
                got = int(data[number * self.width : (number + 1) * self.width][::-1], 2)
                assert got == line, f"cycle {self.cycle}, port {number}: {got:x}, expected {line:x}"
                port.answers += 1

    async def drain(self) -> None:
        """Step until every request has its response, and a while longer."""
        asked = sum(len(port.wanted) for port in self.port)
        for _ in range(40 * asked + 100):
            if not any(port.wanted or port.due or port.offered for port in self.port):
                break
            await self.step()
        for _ in range(self.latency + 2):
            await self.step()
        assert not any(port.wanted or port.due or port.offered for port in self.port), "reads left over"


async def _started(dut: SimHandleBase, stalls: str | None = None) -> tuple[Memory, Random]:
    memory = Memory(dut, rng(), stalls)
    random = await start(dut)
    await memory.fill(random)
    return memory, random


async def read(memory: Memory, reads: int, pick: Callable[[int], Place]) -> None:
    """Let every port read pick(port) `reads` times, and check the number of responses."""
    before = sum(port.answers for port in memory.port)
    for _ in range(reads):
        for number, port in enumerate(memory.port):
            port.wanted.append(pick(number))
    await memory.drain()
    assert sum(port.answers for port in memory.port) - before == reads * memory.ports > 0


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def random_reads_return_what_was_written(dut, stalls: str) -> None:
    memory, random = await _started(dut, stalls)
    await read(memory, 50, lambda _: (random.randrange(2), random.randrange(memory.lines)))


@cocotb.test()
async def one_bank_for_all(dut) -> None:
    """The worst case: every port wants the same bank in every cycle."""
    memory, random = await _started(dut, "none")
    rows = range(0, memory.lines, memory.banks)
    cycles, reads, conflicts = memory.cycle, memory.reads, memory.conflicts
    rounds = 10
    await read(memory, rounds, lambda _: (0, random.choice(rows)))
    assert memory.reads - reads == rounds * memory.ports
    longest = [port.longest for port in memory.port]
    extra = 2 * memory.latency + 4
    if memory.shared:
        assert memory.cycle - cycles <= rounds * memory.ports + extra and max(longest) <= memory.ports - 1
        conflicts = memory.conflicts
        await read(memory, rounds, lambda _: (0, rows[0]))
        assert memory.conflicts == conflicts, "one line for all"
    elif memory.banked:
        assert rounds * memory.ports <= memory.cycle - cycles <= rounds * memory.ports + extra  # no lost cycle
        if memory.last_first:
            # Each port waits for all reads of the later ports.
            assert longest == [rounds * (memory.ports - 1 - port) for port in range(memory.ports)]
            assert memory.conflicts - conflicts == sum(longest)
        else:
            # Each port is overtaken by each other port at most once. In all but the last round every port waits so.
            assert max(longest) <= memory.ports - 1
            assert memory.conflicts - conflicts >= (rounds - 1) * memory.ports * (memory.ports - 1)
    else:
        assert memory.conflicts == 0 and longest == [0] * memory.ports
        assert memory.cycle - cycles <= rounds + extra


@cocotb.test()
async def different_banks_do_not_disturb_each_other(dut) -> None:
    """One port per bank, each with its own bank: full throughput."""
    memory, _ = await _started(dut, "none")
    active = memory.port[: min(memory.ports, memory.banks)]
    cycles, conflicts = memory.cycle, memory.conflicts
    for number, port in enumerate(active):
        # Operand B's bank is half the banks away, so a pair at the same line does not collide.
        operand = number % 2 if memory.banks > 1 else 0
        line = (number - operand * (memory.banks // 2)) % memory.banks
        port.wanted.extend([(operand, line)] * 30)
    await memory.drain()
    assert memory.conflicts == conflicts
    assert memory.cycle - cycles <= 30 + 2 * memory.latency + 4
    assert all(port.answers == 30 for port in active)


@cocotb.test()
async def reset_forgets_reads_and_keeps_lines(dut) -> None:
    memory, random = await _started(dut, "none")
    for delay in (1, 2, memory.latency, memory.latency + 1):
        for port in memory.port:
            port.wanted.extend((random.randrange(2), random.randrange(memory.lines)) for _ in range(20))
        for _ in range(delay):
            await memory.step()
        dut.rst_ni.value = 0
        for port in memory.port:
            port.wanted.clear()
            port.due.clear()
            port.offered = None
        dut.req_valid_i.value = 0
        memory.before = (0, 0)
        await RisingEdge(dut.clk_i)
        memory.cycle += 1
        dut.rst_ni.value = 1
        # No old response comes (_answered would object), and the lines are kept.
        for _ in range(2 * memory.latency + 2):
            await memory.step()
        await read(memory, 10, lambda _: (random.randrange(2), random.randrange(memory.lines)))


def _flip(dut: SimHandleBase, memory: Memory, place: Place, bit: int) -> None:
    """Flip a bit of a stored line; the bit above the line is the parity bit."""
    operand, line = place
    if memory.banked:
        ram = dut.gen_bank[memory.bank(place)].gen_operand[operand].u_lines
    else:
        ram = dut.gen_operand[operand].gen_ram[line % memory.writes].u_lines
    word = ram.mem_q[line // (memory.banks if memory.banked else memory.writes)]
    word.value = int(word.value) ^ 1 << bit


@cocotb.test()
async def a_flipped_bit_is_told_with_its_place(dut) -> None:
    """The report comes one cycle after the response, at each read of the line; other lines give none."""
    memory, random = await _started(dut)
    told: list[Place] = []
    where = rtl.CONSTANTS["PlaceStored"], rtl.CONSTANTS["PlaceLine"]

    async def listen() -> None:
        while True:
            await FallingEdge(dut.clk_i)
            fault = FAULT.unpack(int(dut.fault_o.value))
            if fault.valid:
                assert (fault.level, fault.memory) == where
                told.append((fault.operand, fault.position))

    cocotb.start_soon(listen())
    parity = int(dut.Parity.value)
    for _ in range(12):
        place = (random.randrange(2), random.randrange(memory.lines))
        await read(memory, 3, lambda _: (random.randrange(2), random.randrange(memory.lines)))
        assert not told, f"parity errors at {told}, though no bit was flipped"
        bit = random.randrange(memory.width + parity)
        _flip(dut, memory, place, bit)
        memory.stored[place] ^= 1 << bit & (1 << memory.width) - 1
        await read(memory, 2, lambda _, place=place: place)
        assert set(told) == ({place} if parity else set()), f"told {told}, flipped was {place}"
        told.clear()
        memory.stored.pop(place)
        await memory.write(place, random.getrandbits(memory.width))
        await read(memory, 1, lambda _, place=place: place)
        assert not told, "a new line is right again"
