# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an environment with one broken part. Every test must fail."""

import dataclasses

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge
from pyuvm import uvm_factory

from models.contract import ContractionResult
from models.csf import Csf
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


class AlteredModel(Predictor):
    """The model is wrong in one bit of one result."""

    def contract(self, a: Csf, b: Csf, dense: bool) -> ContractionResult:
        result = super().contract(a, b, dense)
        bits = result.bits.copy()
        bits[:1] ^= 1
        return dataclasses.replace(result, bits=bits)


class AlteredSecond(Predictor):
    """The model is wrong in one bit of each result of the second fiber of A."""

    def contract(self, a: Csf, b: Csf, dense: bool) -> ContractionResult:
        result = super().contract(a, b, dense)
        return dataclasses.replace(result, bits=result.bits ^ (result.a_ids == 1).astype(np.uint64))


class DroppingMonitor(ResultMonitor):
    """A result is lost; the records of this sequence have one beat."""

    def publish(self, beats: list[int]) -> None:
        super().publish(beats[1:])


class DoublingMonitor(ResultMonitor):
    """A result comes twice."""

    def publish(self, beats: list[int]) -> None:
        super().publish(beats[:1] + beats)


class AlteringMonitor(ResultMonitor):
    """A bit of a value is wrong; in the first frame the value is the last word of the beat."""

    def publish(self, beats: list[int]) -> None:
        super().publish([beats[0] ^ (self.frames == 1) << 96, *beats[1:]])


class PaddingMonitor(ResultMonitor):
    """The padding of a record is not zero; in the second frame only the first word is used."""

    def publish(self, beats: list[int]) -> None:
        super().publish([beats[0] ^ (self.frames == 2) << 96, *beats[1:]])


class MisplacingMonitor(ResultMonitor):
    """A result comes with the coordinates of another one."""

    def publish(self, beats: list[int]) -> None:
        super().publish([beats[0] ^ 1, *beats[1:]])


class SilentMonitor(ResultMonitor):
    """No result frame is seen."""

    def publish(self, beats: list[int]) -> None:
        pass


class RepeatingMonitor(ResultMonitor):
    """A result frame comes twice."""

    def publish(self, beats: list[int]) -> None:
        super().publish(beats)
        super().publish(beats)


class DeafDriver(ResultDriver):
    """The host never accepts a result."""

    def stall(self, pauses) -> None:
        self.sink.pause = True


class Misreading:
    """The registers' values arrive at the scoreboard changed."""

    def _judge(self, outcome: Outcome) -> None:
        self.change(outcome)
        super()._judge(outcome)


class WrongCounter(Misreading, Scoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.counters["CntMatches"] += 1


class WrongPortions(Misreading, Scoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.counters["CntPortions"] += 1


class WrongFlags(Misreading, Scoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.registers["RegFlags"] ^= 8


class WrongError(Misreading, Scoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.registers["RegError"] = 1


class WrongOperand(Misreading, Scoreboard):
    def change(self, outcome: Outcome) -> None:
        outcome.registers["RegFibersB"] += 1


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
BROKEN = [
    AlteredModel,
    AlteredSecond,
    DroppingMonitor,
    DoublingMonitor,
    AlteringMonitor,
    PaddingMonitor,
    MisplacingMonitor,
    SilentMonitor,
    RepeatingMonitor,
    DeafDriver,
    WrongCounter,
    WrongPortions,
    WrongFlags,
    WrongError,
    WrongOperand,
]


class ReplacingTest(HangingTest):
    """Replaces the base class of `broken` by `broken`."""

    broken: type = object

    def build_phase(self) -> None:
        # The factory drops its overrides when a test begins.
        original = next(kind for kind in REPLACEABLE if issubclass(self.broken, kind))
        uvm_factory().set_type_override_by_type(original, self.broken)
        super().build_phase()


@cocotb.test()
@cocotb.parametrize(part=BROKEN)
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
