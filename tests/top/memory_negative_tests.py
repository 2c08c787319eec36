# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the memory interface with something broken on purpose. Every test must fail."""

import dataclasses
import itertools
from collections.abc import Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import Timer

from models.contract import ContractionResult
from models.csf import Csf
from models.device.layout import Completion
from models.numbers import Finish
from tb.agents.contraction.item import Outcome
from tb.agents.memory.item import Announced, Burst, Written
from tb.agents.memory.monitor import MemoryMonitor
from tb.env.memory_scoreboard import MemoryScoreboard
from tb.env.predictor import Predictor
from tb.env.top_tests import run_test
from tests.top.negative_tests import AlteredModel, HangingTest, ReplacingTest, altered, misreading, named

FAR = 1 << 20  # bytes; nothing that is announced is so far from something else that is
LATE = 10_000  # ns
BEAT = 16  # bytes of the machine's bus


def reads(*shifts: int) -> type:
    """Return a monitor to which each beat that the chip reads comes at these distances."""

    def method(self, address: int, length: int) -> None:
        for shift in shifts:
            MemoryMonitor.reads(self, address + shift, length)

    return altered(MemoryMonitor, reads=method)


def results(change: Callable[[int, bytes], list[tuple[int, bytes]]]) -> type:
    """Return a monitor to which what the chip writes comes changed, unless it is a completion record."""

    def writes(self, address: int, data: bytes) -> None:
        for piece in [(address, data)] if self.slot_of(address) is not None else change(address, data):
            MemoryMonitor.writes(self, *piece)

    return altered(MemoryMonitor, writes=writes)


def record(word: int, step: int = 1) -> type:
    """Return a scoreboard to which a word of a completion record comes changed."""

    def _record(self, written: Written) -> None:
        words = [written.data[at : at + 4] for at in range(0, len(written.data), 4)]
        change = -1 if word == 2 and Completion.unpack(written.data).tag == 2**32 - 1 else step
        words[word] = (int.from_bytes(words[word], "little") + change).to_bytes(4, "little")
        MemoryScoreboard._record(self, Written(written.slot, b"".join(words), written.time))

    return altered(MemoryScoreboard, _record=_record)


def records(count: int, **changes: float) -> type:
    """Return a scoreboard to which each completion record comes this often, changed."""

    def _record(self, written: Written) -> None:
        for _ in range(count):
            MemoryScoreboard._record(self, dataclasses.replace(written, **changes))

    return altered(MemoryScoreboard, _record=_record)


def register(name: str, step: int = 1) -> type:
    """Return a scoreboard to which what a register or counter said comes changed."""

    def change(outcome: Outcome) -> None:
        for values in (outcome.registers, outcome.counters):
            if name in values:
                values[name] += step

    return misreading(MemoryScoreboard, change)


def halted(outcome: Outcome) -> None:
    if outcome.registers:
        outcome.registers["RegDmaStatus"] ^= 2


class LateAnswer(MemoryScoreboard):
    """The memory has not responded when the head moves."""

    def _burst(self, burst: Burst) -> None:
        super()._burst(burst)
        cocotb.start_soon(self._answer(burst))

    async def _answer(self, burst: Burst) -> None:
        while burst.responded is None:
            await Timer(1, "ns")
        burst.responded += LATE


class EarlyArray(MemoryScoreboard):
    """The memory never responds to writes."""

    def _burst(self, burst: Burst) -> None:
        super()._burst(Burst(burst.address))


class UnfencedTest(HangingTest):
    """No descriptor has a fence."""

    def connect_phase(self) -> None:
        super().connect_phase()
        self.env.contraction.driver._fence = lambda item: False


class NotPrompt(LateAnswer):
    """The same, and no record may come before the responses to its results."""

    def _announce(self, announced: Announced) -> None:
        descriptor = dataclasses.replace(announced.descriptor, prompt=False)
        super()._announce(dataclasses.replace(announced, descriptor=descriptor))


def other_finish(self, a: Csf, b: Csf, dense: bool, finish: Finish) -> ContractionResult:
    """Predict what a machine with ReLU would give."""
    return Predictor.contract(self, a, b, dense, dataclasses.replace(finish, relu=True))


# The broken part, and a sentence of the check that must notice it.
BROKEN = {
    "StrayRead": (reads(FAR), r"the chip reads \d+ bytes at 0x[0-9a-f]+, which no descriptor under way announces"),
    "OverRead": (reads(0, 0), r"the record's bytes read is \d+, the model says"),
    "StrayWrite": (
        results(lambda address, data: [(address + FAR, data)]),
        r"the chip writes \d+ bytes at 0x[0-9a-f]+, where neither a result nor a completion record",
    ),
    "WriteTwice": (
        results(lambda address, data: [(address, data)] * 2),
        r"the chip writes the \d+ bytes at 0x[0-9a-f]+ twice",
    ),
    "WriteBeyond": (  # the last bytes of the results are followed by others
        results(lambda address, data: [(address, data), (address + len(data), bytes(4))][: 1 + (len(data) < BEAT)]),
        r"the chip writes 4 bytes at 0x[0-9a-f]+, where neither",
    ),
    "NoResult": (results(lambda address, data: []), r"\d+ results were not written"),
    "WrongValue": (  # with fp32 it is the last word, whatever stands before it
        results(lambda address, data: [(address, data[:-4] + bytes([data[-4] ^ 1]) + data[-3:])]),
        r"result \(.*\) is .*, the model says",
    ),
    "WrongName": (  # the first word, which is a number or a coordinate, is too large
        results(lambda address, data: [(address, bytes([data[0], data[1] ^ 0x80]) + data[2:])]),
        r"results that are none|result \(.*\) = .* is not expected",
    ),
    "WrongCode": (record(0, 2), r"the completion record has ErrOrder at 0x0, expected ErrNone"),
    "WrongPlace": (record(1), r"the completion record has ErrNone at 0x1, expected ErrNone"),
    "WrongTag": (record(2), r"the record's tag is"),
    "WrongReserved": (record(3), r"the completion record is [0-9a-f ]+"),
    "WrongResults": (record(4), r"the record's results is"),
    "WrongBytes": (record(6), r"the record's bytes of results is"),
    "WrongCycles": (record(10, 1 << 20), r"the record has \d+ cycles of computing in \d+ cycles"),
    "WrongComputing": (record(10), r"the record's cycles of computing is"),
    "WrongRead": (record(12, 64), r"the record's bytes read is"),
    "NoRecord": (records(0), r"no completion record"),
    "RecordTwice": (records(2), r"the completion record was written 2 times"),
    "EarlyRecord": (records(1, time=0.0), r"results were written after the completion record"),
    "LateAnswer": (LateAnswer, r"the head has moved before the memory had answered \d+ burst"),
    "NotPrompt": (NotPrompt, r"the completion record was written before the memory had answered \d+ burst"),
    "WrongDmaError": (register("RegDmaError"), r"RegDmaError is 1, the model says 0"),
    "WrongDmaPlace": (register("RegDmaPlace"), r"RegDmaPlace is 1, the model says 0"),
    "WrongHalted": (misreading(MemoryScoreboard, halted), r"DmaStatusHalted is 1, the model says 0"),
    "WrongChipError": (register("RegError"), r"error ErrHeader at 0x0, expected ErrNone"),
    "WrongMode": (register("RegMode"), r"RegMode is 1, the model says 0"),
    "WrongFibers": (register("RegFibersA"), r"RegFibersA is"),
    "WrongMatches": (register("CntMatches", 1_000), r"CntMatches is"),
    "WrongUnloaded": (
        register("CntUnloaded", 1_000),
        r"CntUnloaded is \d+, the model says \d+, and \d+ of the contraction before",
    ),
    "WrongFlag": (register("RegFlags"), r"RegFlags is"),
    "HeadTooEarly": (  # the record is complete, but the head never passed it
        misreading(MemoryScoreboard, lambda outcome: setattr(outcome, "completed", None)),
        r"a completion record before the head has moved",
    ),
    "LineStaysHigh": (
        misreading(MemoryScoreboard, lambda outcome: setattr(outcome, "interrupt", "the line is still high")),
        r"the line is still high",
    ),
    "AlteredModel": (AlteredModel, r"result \(0, 0, 0\) is 0x[0-9a-f]+ .*, the model says"),
    "OtherFinish": (  # negative results come, which the model does not predict
        altered(Predictor, contract=other_finish),
        r"the chip writes \d+ bytes at 0x[0-9a-f]+, where neither",
    ),
}
AFTER_RESETS = {
    "WrongParts": (  # only eight bytes of a whole beat arrive, and they are wrong
        results(lambda address, data: [(address, bytes(b ^ 0x5A for b in data[:8]) if len(data) == BEAT else data)]),
        r"a part of record \d+, [0-9a-f]+, is of no result",
    ),
    "WrongHead": (register("RegRingHead"), r"after a soft reset RegRingHead is 1, the model says 0"),
}
IN_ROWS = {
    "WrongByte": (
        results(lambda address, data: [(address, bytes([data[0] ^ 1]) + data[1:])]),
        r"the chip writes [0-9a-f]+ at 0x[0-9a-f]+, the model says [0-9a-f]+",
    ),
    "MissingByte": (
        results(lambda address, data: [(address, data[:-1])]),
        r"\d+ bytes of rows were not written",
    ),
    "TwiceInRow": (
        results(lambda address, data: [(address, data), (address, data)]),
        r"the chip writes the \d+ bytes at 0x[0-9a-f]+ twice",
    ),
    "BehindRow": (
        results(lambda address, data: [(address, data), (address + FAR, data)]),
        r"the chip writes \d+ bytes at 0x[0-9a-f]+, where neither",
    ),
    "WrongRows": (record(14), r"the record's complete rows is \d+, the model says \d+"),
}
IN_CHAINS = {
    "EarlyArray": (
        EarlyArray,
        r"the chip requests the array at 0x[0-9a-f]+, in spite of a fence, before the memory had answered all earlier",
    ),
}


@cocotb.test()
@cocotb.parametrize(part=named(BROKEN | AFTER_RESETS | IN_ROWS | IN_CHAINS))
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


@cocotb.test()
async def unfenced(dut: SimHandleBase) -> None:
    await run_test(dut, UnfencedTest)


class UnfinishedTest(HangingTest):
    """A burst is still outstanding when the test ends."""

    async def run_phase(self) -> None:
        await super().run_phase()
        self.env.memory.memory.channels["aw"].passed += 1


@cocotb.test()
async def unfinished(dut: SimHandleBase) -> None:
    await run_test(dut, UnfinishedTest)
