# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an environment with one broken part. Every test must fail."""

import dataclasses
from collections.abc import Callable

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge
from pyuvm import uvm_factory

from models.contract import ContractionResult
from models.csf import Csf
from models.numbers import Finish
from tb.agents.contraction.item import ContractionItem, Outcome
from tb.agents.memory.monitor import MemoryMonitor
from tb.agents.result.driver import ResultDriver
from tb.agents.result.monitor import ResultMonitor
from tb.common import rtl_constants as rtl
from tb.env.memory_scoreboard import MemoryScoreboard
from tb.env.predictor import Predictor
from tb.env.scoreboard import Scoreboard
from tb.env.test import ContractionTest
from tb.env.top_tests import run_test

HANG_PERIOD = 2_000  # cycles; the real watchdog waits longer


def altered(base: type, **methods: Callable) -> type:
    """Return a class in which these methods are others."""
    return type(f"Altered{base.__name__}", (base,), methods)


def model(change: Callable[[ContractionResult], np.ndarray]) -> type:
    """Return a predictor that is wrong in these bits of its results."""

    def method(self, a: Csf, b: Csf, dense: bool, finish: Finish) -> ContractionResult:
        result = Predictor.contract(self, a, b, dense, finish)
        return dataclasses.replace(result, bits=result.bits ^ change(result).astype(np.uint64))

    return altered(Predictor, contract=method)


def frames(change: Callable[[list[int], int], list[list[int]]]) -> type:
    """Return a monitor that publishes other frames: of the beats, and the number of frames so far."""

    def publish(self, beats: list[int]) -> None:
        for published in change(beats, self.frames):
            ResultMonitor.publish(self, published)

    return altered(ResultMonitor, publish=publish)


def misreading(base: type, change: Callable[[Outcome], None]) -> type:
    """Return a scoreboard to which the registers' values come changed."""

    def _judge(self, outcome: Outcome) -> None:
        change(outcome)
        base._judge(self, outcome)

    return altered(base, _judge=_judge)


def counter(name: str) -> type:
    return misreading(Scoreboard, lambda outcome: outcome.counters.update({name: outcome.counters[name] + 1}))


def register(name: str, change: Callable[[int], int]) -> type:
    return misreading(Scoreboard, lambda outcome: outcome.registers.update({name: change(outcome.registers[name])}))


def deaf(self, pauses) -> None:
    """Accept no result."""
    self.sink.pause = True


AlteredModel = model(lambda result: np.arange(len(result.bits)) == 0)


class HangingTest(ContractionTest):
    """Does not wait long for a hang."""

    def connect_phase(self) -> None:
        self.env.watchdog.guard.period = HANG_PERIOD


class PollingTest(HangingTest):
    """The host polls the status for ever, and nothing else happens."""

    def connect_phase(self) -> None:
        super().connect_phase()
        self.env.contraction.driver._load = self._poll

    async def _poll(self, item: ContractionItem) -> None:
        while True:
            await self.env.registers.read("RegStatus")


class IdleTest(ContractionTest):
    """Sends nothing."""

    def build_phase(self) -> None:
        super().build_phase()
        self.sequences = []


REPLACEABLE = (Predictor, ResultMonitor, ResultDriver, MemoryMonitor, MemoryScoreboard, Scoreboard)
OF = r"fiber \d+ of A with fiber \d+ of B"
# The broken part, and a sentence that the failure must contain: from one check of the scoreboard or the watchdog.
# Records of this sequence have one beat. In the first frame the value is the last word of the beat; in the second
# frame only the first word is used.
BROKEN = {
    "AlteredModel": (  # in one bit of one result
        AlteredModel,
        r"^contraction 1 \(smoke, seed \d+\), at [\d,]+ ns: result \(0, 0, 0\) is 0x[0-9a-f]+"
        r" \(-?\d\.\d+\), the model says 0x[0-9a-f]+ \(-?\d\.\d+\)",
    ),
    "DroppingMonitor": (frames(lambda beats, _: [beats[1:]]), rf"result \(.*\) = .* is missing; {OF}"),
    "DoublingMonitor": (
        frames(lambda beats, _: [beats[:1] + beats]),
        rf"result \(.*\) came twice, again with .*; {OF}",
    ),
    "AlteringMonitor": (
        frames(lambda beats, number: [[beats[0] ^ (number == 1) << 96, *beats[1:]]]),
        rf"result \(.*\) is .*, the model says .*; {OF}",
    ),
    "PaddingMonitor": (
        frames(lambda beats, number: [[beats[0] ^ (number == 2) << 96, *beats[1:]]]),
        r"the padding of a record is not zero",
    ),
    "MisplacingMonitor": (
        frames(lambda beats, _: [[beats[0] ^ 1, *beats[1:]]]),
        r"result \(.*\) (came twice|is not expected).*; (of no pair of fibers|fiber \d+ of A with)",
    ),
    "SilentMonitor": (frames(lambda beats, _: []), r"no result frame"),
    "RepeatingMonitor": (frames(lambda beats, _: [beats, beats]), r"result frame\(s\) that nobody asked for"),
    "WrongCounter": (counter("CntMatches"), r"CntMatches is"),
    "WrongPortions": (counter("CntPortions"), r"CntPortions is"),
    "WrongFlags": (register("RegFlags", lambda value: value ^ 8), r"RegFlags is"),
    "WrongError": (register("RegError", lambda value: 1), r"error ErrHeader at 0x0, expected ErrNone"),
    "WrongOperand": (register("RegFibersB", lambda value: value + 1), r"RegFibersB is"),
    "DeafDriver": (
        altered(ResultDriver, stall=deaf),
        r"(?s)no progress for 2000 cycles.*no complete result frame.*status: .*Done"
        r".*waits for ready: flaash_top.m_axis_tvalid",
    ),
}
# For other tests: each result of the second fiber of A is wrong.
OTHERS = {"AlteredSecond": (model(lambda result: result.a_ids == 1), "")}


def named(broken: dict[str, tuple[type, str]]) -> list[cocotb.Param]:
    """Return the parts as parameters whose tests end with their names."""
    return [cocotb.Param(part, name) for name, (part, _) in broken.items()]


class ReplacingTest(HangingTest):
    """Replaces the base class of `broken` by `broken`."""

    broken: type = object

    def build_phase(self) -> None:
        # The factory drops its overrides when a test begins.
        original = next(kind for kind in REPLACEABLE if issubclass(self.broken, kind))
        uvm_factory().set_type_override_by_type(original, self.broken)
        super().build_phase()


@cocotb.test()
@cocotb.parametrize(part=named(BROKEN | OTHERS))
async def broken(dut: SimHandleBase, part: type) -> None:
    ReplacingTest.broken = part
    await run_test(dut, ReplacingTest)


@cocotb.test()
async def nothing_compared(dut: SimHandleBase) -> None:
    await run_test(dut, IdleTest)


@cocotb.test()
async def polling(dut: SimHandleBase) -> None:
    await run_test(dut, PollingTest)


@cocotb.test()
async def illegal_handshake(dut: SimHandleBase) -> None:
    """Withdraw an operand beat while the chip is busy and does not accept it."""
    cocotb.start_soon(_withdraw(dut))
    await run_test(dut)


async def _withdraw(dut: SimHandleBase) -> None:
    control = rtl.REGISTERS["RegControl"].address
    while not (dut.s_axil_bvalid.value == 1 and dut.s_axil_awaddr.value == control):
        await RisingEdge(dut.clk_i)
    # The start has been accepted; until the contraction is done no beat is accepted.
    for valid in (1, 0):
        dut.s_axis_tvalid.value = valid
        for _ in range(3):
            await RisingEdge(dut.clk_i)
