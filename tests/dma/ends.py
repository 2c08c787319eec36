# SPDX-License-Identifier: Apache-2.0
"""A queue that something ends: its contractions, what may end it, and what memory may hold after that."""

from __future__ import annotations

from random import Random

import numpy as np
from cocotb.triggers import ClockCycles, with_timeout
from cocotbext.axi import AxiResp

from models.device.layout import COMPLETION, COMPLETION_AT
from tb.dma import coverage
from tb.dma.cover_points import CHANNELS, POINTS, STOPS
from tests.dma.host import ADDRESS, BIT, ERROR, LIMIT, RESULTS, SLOTS, Host, drawn, expected
from tests.dma.queue import Queue, Turn

# Few cycles each, so that many can be tried; the results of the last ones fill several bursts.
SHAPES = [((6,), (6,)), ((4, 9), (5, 9)), ((2, 30), (3, 30)), ((3, 2, 10), (2, 3, 10)), ((12, 3), (13, 3))]
GUARD = 192  # bytes before and after each result buffer that must stay as they are
POISON = 0xA5
NEAR = 40  # cycles; two events that are no further apart count as a pair


class Field(Queue):
    """Contents of memory: operands, a ring whose every slot has a descriptor, result buffers and guards.

    Args:
        host: whose memory is filled anew.
        random, numbers: generators of the operands.
        jobs: how many contractions there are; the slots hold them in turns.
        shapes: of the operands; by default each contraction has others.
    """

    def __init__(
        self,
        host: Host,
        random: Random,
        numbers: np.random.Generator,
        jobs: int,
        shapes: tuple[tuple[int, ...], tuple[int, ...]] | None = None,
    ):
        super().__init__(host)
        at, tail = RESULTS + GUARD, host.tail
        for _ in range(jobs):
            density = random.choice([0.3, 0.6, 1.0])
            operands = [drawn(numbers, shape, host.fmt.name, density) for shape in shapes or random.choice(SHAPES)]
            flags = {"coordinates": 0.3, "dense": 0.2, "interrupt": 0.5, "prompt": 0.3, "fence": 0.2}
            chosen = {name: random.random() < chance for name, chance in flags.items()}
            size = expected(*operands, host.fmt, chosen["coordinates"], chosen["dense"]).nbytes
            self.put(operands, results=at, capacity=size, **chosen)
            at += -(-size // 64) * 64 + GUARD
        self.end = at
        host.memory.put(RESULTS, bytes([POISON]) * (at - RESULTS))
        host.tail = tail
        self.fill()

    def fill(self) -> None:
        """Put a descriptor into every slot; the completion records are cleared."""
        tail, self.host.tail = self.host.tail, 0
        for index in range(SLOTS):
            self.host.put(self.turns[index % len(self.turns)].descriptor)
        self.host.tail = tail

    def turn(self, slot: int) -> Turn:
        return self.turns[slot % SLOTS % len(self.turns)]

    def check_bytes(self, cut: bool) -> None:
        """Compare every byte: only results and records have changed, and each change belongs to one of them.

        Args:
            cut: a burst may have been cut in two.
        """
        memory = self.host.memory
        memory.allowed += [(turn.at, turn.at + turn.wanted.nbytes) for turn in self.turns]
        memory.allowed += [(at, at + COMPLETION) for at in map(self._record_at, range(SLOTS))]
        memory.check()
        for number, turn in enumerate(self.turns):
            wrong = strangers(turn.found(self.host), turn.wanted)
            assert not wrong, f"row {wrong[0]} in the buffer of contraction {number} is of no result"
        for index in range(0 if cut else SLOTS):
            if any(memory.get(self._record_at(index), COMPLETION)):
                record = self.host.record(self.host.slot(index))
                assert record, f"slot {index} has a part of a completion record"
                assert record.code in ERROR.values() or not record.code, f"slot {index}: {record}"
                if not record.code:
                    assert record.results == len(self.turn(index).wanted), f"slot {index}: {record}"

    def _record_at(self, index: int) -> int:
        return self.host.slot(index) + COMPLETION_AT

    async def legal(self, why: str) -> None:
        """Ring for one or two contractions, which must be right, and nothing else may be written."""
        host, first = self.host, self.host.tail
        count = min(len(self.turns), 2)
        host.tail = (first + count) % SLOTS
        await host.write("RegRingTail", host.tail)
        for _ in range(LIMIT // 10):
            if await host.read("RegRingHead") == host.tail:
                break
            status = await host.read("RegDmaStatus")
            code = await host.read("RegDmaError") if status & BIT["DmaStatusHalted"] else 0
            assert not code, f"after {why}: a legal queue ends with {code:#x}"
        else:
            raise AssertionError(f"after {why}: a legal queue hangs")
        for index in range(first, first + count):
            record, turn = host.record(host.slot(index)), self.turn(index)
            assert record and not record.code, f"after {why}: {record}"
            turn.check(host, record)
            host.memory.allowed += [(turn.at, turn.at + turn.wanted.nbytes)]
            host.memory.allowed += [(self._record_at(index), self._record_at(index) + COMPLETION)]
        host.memory.check()


def strangers(found: np.ndarray, wanted: np.ndarray) -> list[int]:
    """Return the rows that are neither untouched nor of results.

    A burst may end within a row. So the first words of a row may be of a result, and the others untouched, or
    of another result if the contraction ran twice.
    """
    wrong = []
    for number, row in enumerate(found):
        fits = (wanted == row) | (row == int.from_bytes(bytes([POISON]) * 4, "little"))
        first = [True, *np.logical_and.accumulate(fits, axis=1).any(axis=0)]  # by right first words
        last = [*np.logical_and.accumulate(fits[:, ::-1], axis=1).any(axis=0)[::-1], True]
        if not any(before and after for before, after in zip(first, last, strict=True)):
            wrong.append(number)
    return wrong


class Refusing(dict):
    """Refuses every access, whatever its address."""

    def __init__(self, answer: AxiResp):
        super().__init__()
        self._answer = answer

    def get(self, _address: int, _default: AxiResp | None = None) -> AxiResp:
        return self._answer


class Ender:
    """What can end a queue, or disturb its end. Writes to registers may follow each other at once.

    Attributes:
        cut: a burst may have been cut in two, by the reset pin or by a memory that refused a part of it.
    """

    def __init__(self, host: Host, random: Random):
        self.host, self.random = host, random
        self.cut = False
        self._before = ""

    def write(self, name: str, value: int) -> None:
        self.host.axil.init_write(ADDRESS[name], value.to_bytes(4, "little"))

    async def happen(self, what: str, gap: int) -> None:
        """Cause an event, `gap` cycles after the previous event."""
        dut = self.host.dut
        if gap:
            await ClockCycles(dut.clk_i, gap)
        if what in POINTS["dma.end"]:
            coverage.sample_end(what, self.host.bus.in_flight)
        if self._before and gap <= NEAR:
            coverage.hit("dma.pair", f"{self._before} x {what}")
            if self._before in STOPS and self._before != "reset pin" and what in STOPS:
                coverage.hit("dma.pair_while", f"{self._before} x {self.host.bus.in_flight} x {what}")
        self._before = what
        if what == "soft reset":
            self.write("RegControl", BIT["ControlSoftReset"])
        elif what == "abort":
            self.write("RegControl", BIT["ControlAbort"])
        elif what == "doorbell":
            self.write("RegRingTail", self.random.randrange(SLOTS))
        elif what == "watchdog":
            self.write("RegWatchdog", self.random.choice([1, 2, 9, 60]))
        elif what == "bus error":
            self.cut = True
            self.host.memory.refused = Refusing(self.random.choice([AxiResp.SLVERR, AxiResp.DECERR]))
        else:
            assert what == "reset pin", what
            self.cut = True
            dut.rst_ni.value = 0
            await ClockCycles(dut.clk_i, self.random.randint(1, 4))
            self.host.memory.burst_response = AxiResp.OKAY  # a burst that is cut gets no response
            dut.rst_ni.value = 1
            await ClockCycles(dut.clk_i, 1)

    async def calm(self) -> None:
        """Wait for the responses to all writes; no access is refused any more, the watchdog is off."""
        await with_timeout(self.host.axil.write_if.wait(), LIMIT, "ns")
        self.host.memory.refused = {}
        await self.host.write("RegWatchdog", 0)


async def reset_over(host: Host) -> None:
    """Order a soft reset and wait for its end, when no burst is outstanding any more."""
    await host.write("RegControl", BIT["ControlSoftReset"])
    for _ in range(LIMIT // 10):
        if not await host.read("RegStatus") & BIT["StatusBusy"]:
            break
    else:
        raise AssertionError("a soft reset has no end")
    assert host.bus.in_flight == "nothing", f"{host.bus.in_flight} under way after a soft reset"
    host.tail = 0


def answer(host: Host, random: Random) -> None:
    """Choose the latency of responses anew; often reads or writes take much longer than the others."""
    late = [1, 2, 5, 12, 30, 60, 90]
    host.bus.delay({"ar": random.choice(late), "b": random.choice(late)})


def stall(host: Host, random: Random) -> None:
    """Choose the latency of responses and the pauses of each channel anew."""
    answer(host, random)
    for channel in CHANNELS:
        host.bus.stall(channel, random.choice(["none", "none", "random", "bursty"]), random)
