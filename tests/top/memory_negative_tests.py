# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the memory edge with something broken on purpose. Every test must fail."""

import dataclasses
import itertools

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import Timer

from models.device.layout import Completion
from tb.agents.contraction.item import Outcome
from tb.agents.memory.item import Announced, Burst, Written
from tb.agents.memory.monitor import MemoryMonitor
from tb.env.memory_scoreboard import MemoryScoreboard
from tb.env.top_tests import run_test
from tests.top.negative_tests import AlteredModel, HangingTest, Misreading, ReplacingTest

FAR = 1 << 20  # bytes; nothing that is announced is so far from something else that is
LATE = 10_000  # ns
BEAT = 16  # bytes of the machine's bus


class StrayRead(MemoryMonitor):
    """The chip reads what no descriptor announces."""

    def reads(self, address: int, length: int) -> None:
        super().reads(address + FAR, length)


class OverRead(MemoryMonitor):
    """The chip reads each beat twice; the second time it counts, too."""

    def reads(self, address: int, length: int) -> None:
        super().reads(address, length)
        super().reads(address, length)


class _Results(MemoryMonitor):
    """What the chip writes arrives changed, unless it is a completion record."""

    def writes(self, address: int, data: bytes) -> None:
        for piece in [(address, data)] if self.slot_of(address) is not None else self.change(address, data):
            super().writes(*piece)


class StrayWrite(_Results):
    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address + FAR, data)]


class WriteTwice(_Results):
    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address, data)] * 2


class WriteBeyond(_Results):
    """The last bytes of the results are followed by others."""

    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address, data), *([(address + len(data), bytes(4))] if len(data) < BEAT else [])]


class NoResult(_Results):
    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return []


class WrongValue(_Results):
    """A bit of the last value is wrong: with fp32 it is the last word, whatever stands before it."""

    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address, data[:-4] + bytes([data[-4] ^ 1]) + data[-3:])]


class WrongName(_Results):
    """The first word, which is a number or a coordinate, is too large."""

    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address, bytes([data[0], data[1] ^ 0x80]) + data[2:])]


class WrongParts(_Results):
    """Only eight bytes of a whole beat arrive, and they are wrong."""

    def change(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        return [(address, bytes(byte ^ 0x5A for byte in data[:8]) if len(data) == BEAT else data)]


class _Records(MemoryScoreboard):
    """A completion record arrives changed."""

    def _record(self, written: Written) -> None:
        words = [written.data[at : at + 4] for at in range(0, len(written.data), 4)]
        words[self.word] = (int.from_bytes(words[self.word], "little") + self.step).to_bytes(4, "little")
        super()._record(Written(written.slot, b"".join(words), written.time))

    word, step = 0, 1


class WrongCode(_Records):
    step = 2


class WrongPlace(_Records):
    word = 1


class WrongTag(_Records):
    word = 2

    def _record(self, written: Written) -> None:
        self.step = 1 if Completion.unpack(written.data).tag < 2**32 - 1 else -1
        super()._record(written)


class WrongReserved(_Records):
    word = 3


class WrongResults(_Records):
    word = 4


class WrongBytes(_Records):
    word = 6


class WrongCycles(_Records):
    word, step = 10, 1 << 20


class WrongComputing(_Records):
    word = 10


class WrongRead(_Records):
    word, step = 12, 64


class NoRecord(MemoryScoreboard):
    def _record(self, written: Written) -> None:
        """Lose it."""


class RecordTwice(MemoryScoreboard):
    def _record(self, written: Written) -> None:
        super()._record(written)
        super()._record(written)


class LateAnswer(MemoryScoreboard):
    """The memory has not responded when the head moves."""

    def _burst(self, burst: Burst) -> None:
        super()._burst(burst)
        cocotb.start_soon(self._answer(burst))

    async def _answer(self, burst: Burst) -> None:
        while burst.responded is None:
            await Timer(1, "ns")
        burst.responded += LATE


class NotPrompt(LateAnswer):
    """The same, and no record may come before the responses to its results."""

    def _announce(self, announced: Announced) -> None:
        descriptor = dataclasses.replace(announced.descriptor, prompt=False)
        super()._announce(dataclasses.replace(announced, descriptor=descriptor))


class EarlyRecord(MemoryScoreboard):
    """The completion record comes before the results."""

    def _record(self, written: Written) -> None:
        super()._record(dataclasses.replace(written, time=0.0))


class _Register(Misreading, MemoryScoreboard):
    """What a register said arrives changed."""

    register, counter = "", ""

    def change(self, outcome: Outcome) -> None:
        if self.register in outcome.registers:
            outcome.registers[self.register] += 1
        if self.counter in outcome.counters:
            outcome.counters[self.counter] += 1_000


class WrongEdgeError(_Register):
    register = "RegEdgeError"


class WrongEdgePlace(_Register):
    register = "RegEdgePlace"


class WrongHalted(_Register):
    def change(self, outcome: Outcome) -> None:
        if outcome.registers:
            outcome.registers["RegEdgeStatus"] ^= 2


class WrongChipError(_Register):
    register = "RegError"


class WrongHead(_Register):
    """After a soft reset it is not 0."""

    register = "RegRingHead"


class WrongMode(_Register):
    register = "RegMode"


class WrongFibers(_Register):
    register = "RegFibersA"


class WrongMatches(_Register):
    counter = "CntMatches"


class WrongUnloaded(_Register):
    counter = "CntUnloaded"


class WrongFlag(_Register):
    register = "RegFlags"


class HeadTooEarly(Misreading, MemoryScoreboard):
    """The record is complete, but the head never passed it."""

    def change(self, outcome: Outcome) -> None:
        outcome.completed = None


class LineStaysHigh(Misreading, MemoryScoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.interrupt = "the line is still high"


BROKEN = [
    kind
    for kind in globals().values()
    if isinstance(kind, type) and not kind.__name__.startswith("_") and kind.__module__ == __name__
] + [AlteredModel]


@cocotb.test()
@cocotb.parametrize(part=BROKEN)
async def broken(dut: SimHandleBase, part: type) -> None:
    ReplacingTest.broken = part
    await run_test(dut, ReplacingTest)


class DeadTest(HangingTest):
    """The memory responds to no write."""

    async def run_phase(self) -> None:
        # What an item says of the channels comes after this, so the channel itself is replaced.
        self.env.memory.memory.channels["b"].stall = lambda pauses: None
        self.env.memory.memory.channels["b"].set_pause_generator(itertools.repeat(True))
        await super().run_phase()


@cocotb.test()
async def dead_memory(dut: SimHandleBase) -> None:
    await run_test(dut, DeadTest)


class UnfinishedTest(HangingTest):
    """A burst is still outstanding when the test ends."""

    async def run_phase(self) -> None:
        await super().run_phase()
        self.env.memory.memory.channels["aw"].passed += 1


@cocotb.test()
async def unfinished(dut: SimHandleBase) -> None:
    await run_test(dut, UnfinishedTest)
