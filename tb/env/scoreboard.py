# SPDX-License-Identifier: Apache-2.0
"""Compares the hardware's results with the reference model, bit by bit."""

from __future__ import annotations

import dataclasses
from collections import deque

from cocotb.utils import get_sim_time
from pyuvm import uvm_analysis_port, uvm_scoreboard

from flaash.driver.frames import FrameError, ResultFrame, unpack_results
from models.compare import FiberPairs, compare_records, count_sentence
from models.device.layout import Completion
from models.numbers import NumberFormat
from tb.agents.axis import FrameItem
from tb.agents.contraction.item import Outcome
from tb.agents.inbox import Inbox
from tb.common import rtl_constants as rtl
from tb.env.portions import all_portions
from tb.env.predictor import Prediction

MAX_REPORTED = 10
NOTHING_COMPARED = "the scoreboard compared nothing"
ABORTED = rtl.ERRORS["ErrAborted"].value


class MismatchError(AssertionError):
    """The hardware and the reference model disagree, or nothing was compared."""


@dataclasses.dataclass(frozen=True)
class Contracted:
    """A contraction whose results have been compared.

    Attributes:
        prediction, outcome: of the item.
        frame: results of the hardware.
        cycles: of computing.
        completion: at the memory interface, the completion record.
    """

    prediction: Prediction
    frame: ResultFrame
    outcome: Outcome
    cycles: int
    completion: Completion | None = None


class Scoreboard(uvm_scoreboard):
    """Takes a Prediction, a result frame if one is due, and an Outcome per item, in this order.

    Publishes each Contracted on `ap`.
    The configuration database has `format` and `config` of the hardware, and `seed` of the run.
    """

    def build_phase(self) -> None:
        self._format: NumberFormat = self.cdb_get("format")
        self._config = self.cdb_get("config")
        self._predictions: deque[Prediction] = deque()
        self._frames: deque[FrameItem] = deque()
        self.compared = 0  # results, one by one
        self.contractions = self.errors = 0  # result frames and error reports compared
        self.mismatches: list[str] = []
        self.mismatch_count = self.wrong_results = 0  # the latter of the former
        self.first_mismatch_ns: float | None = None
        self.first_fibers: list[int | None] | None = None  # of the first wrong result
        self._seed = self.cdb_get("seed")
        self._judged = 0  # items
        self.flags = 0  # that contractions before have left
        self._where = ""  # of the item that is being judged
        self.ap = uvm_analysis_port("ap", self)
        self.predictions = Inbox("predictions", self, self._predictions.append)
        self.frames = Inbox("frames", self, self._frames.append)
        self.outcomes = Inbox("outcomes", self, self._judge)

    def outstanding(self) -> list[str]:
        """Return the work without a response yet."""
        return [
            f"no complete result frame for a contraction of {prediction.result.jobs} jobs with"
            f" {prediction.result.results} results"
            for prediction in self._predictions
            if prediction.result is not None
        ]

    def check_phase(self) -> None:
        """Fail on any disagreement, on anything left over, and on a run that compared nothing."""
        self._expect(not self._predictions, f"{len(self._predictions)} contraction(s) were never answered")
        self._expect(not self._frames, f"{len(self._frames)} result frame(s) that nobody asked for")
        self._expect(bool(self.contractions or self.errors), NOTHING_COMPARED)
        if self.mismatches:
            more = self.mismatch_count - len(self.mismatches)
            raise MismatchError("\n".join(self.mismatches + ([f"and {more} more"] if more else [])))

    def _expect(self, holds: bool, sentence: str, at_ns: float | None = None) -> None:
        """Note a disagreement unless it holds; `at_ns` is when it showed, now if None."""
        if not holds:
            at_ns = get_sim_time("ns") if at_ns is None else at_ns
            if self._where:
                sentence = f"{self._where}, at {at_ns:,.0f} ns: {sentence}"
            if self.first_mismatch_ns is None:
                self.first_mismatch_ns = at_ns
            self.mismatch_count += 1
            if len(self.mismatches) < MAX_REPORTED:
                self.mismatches.append(sentence)
                self.logger.error(sentence)

    def _judge(self, outcome: Outcome) -> None:
        self._judged += 1
        self._where = f"contraction {self._judged} ({outcome.item.sequence}, seed {self._seed})"
        if self._predictions:
            self._judge_item(self._predictions.popleft(), outcome)
        else:
            self._expect(False, "an outcome without a contraction")
        self._where = ""

    def _judge_item(self, prediction: Prediction, outcome: Outcome) -> None:
        self._judge_error(outcome)
        if prediction.result is not None:
            self._judge_results(prediction, outcome)
        if outcome.item.resets:
            self._judge_reset(outcome)
            return
        if prediction.result is not None:
            self._judge_counters(prediction, outcome)
        if not outcome.item.error:
            self._judge_operands(prediction, outcome)

    def _judge_reset(self, outcome: Outcome) -> None:
        for name in ("RegOrderA", "RegOrderB", "RegErrorCount"):
            self._equal(f"after a soft reset {name}", outcome.registers[name], 0)

    def _judge_error(self, outcome: Outcome) -> None:
        error, registers = outcome.item.error, outcome.registers
        expected = error.name if error else "ErrNone"
        seen = rtl.error_name(registers["RegError"])
        place = registers["RegErrorPlace"]
        self._expect(seen == expected, f"error {seen} at {place:#x}, expected {expected}")
        if error:
            self.errors += 1
            for name, value in (("RegErrorPlace", error.place), ("RegErrorCount", error.count)):
                self._expect(
                    value is None or registers[name] == value,
                    f"{expected}: {name} is {registers[name]:#x}, expected {value or 0:#x}",
                )
        self._expect(all(outcome.refused), f"accesses refused: {outcome.refused}, expected all")
        self._expect(not outcome.interrupt, outcome.interrupt)

    def _judge_results(self, prediction: Prediction, outcome: Outcome) -> None:
        if not self._frames:
            self._expect(False, "no result frame")
            return
        result = prediction.result
        try:
            item = self._frames.popleft()
            frame = unpack_results(item.beats, len(result.shape), self._format)
        except FrameError as error:
            self._expect(False, str(error))
            return
        # A soft reset cuts a frame short, unless it comes too late.
        aborted = outcome.item.resets and frame.error == ABORTED
        self._expect(aborted or not outcome.item.held, "a soft reset did not cut the result frame short")
        beats = len(item.beats) // max(1, len(frame.bits))  # of a record; the trailer is one beat
        self._compare(prediction, frame, aborted, item.times[:: max(beats, 1)])
        self._equal("the records in the frame", len(frame.bits), frame.count)
        if not aborted:
            self._equal("the trailer's count", frame.count, result.results)
            self._equal("the trailer's error", frame.error, outcome.registers["RegError"])
        self.ap.write(Contracted(prediction, frame, outcome, outcome.counters["CntCycles"]))

    def _compare(self, prediction: Prediction, frame: ResultFrame, partial: bool, times: list[float]) -> None:
        """Compare results with the model's; `times` is when each left the chip, in ns."""
        result = prediction.result
        both = result.coords, result.bits, frame.coords, frame.bits, partial, self._format
        wrong = compare_records(*both)
        if wrong:  # once more, for the names of the fibers take their time
            fibers = FiberPairs(prediction.a, prediction.b)
            if self.first_fibers is None and wrong[0][0] < len(frame.bits):
                self.first_fibers = fibers.numbers(tuple(frame.coords[wrong[0][0]].tolist()))
            wrong = compare_records(*both, fibers, result.finish.narrow)
        more = "" if partial else count_sentence(len(frame.bits), len(result.bits))
        for record, sentence in wrong:
            at = times[min(record, len(times) - 1)] if times else None
            self._expect(False, f"{sentence}; {more}" if more else sentence, at)
            more = ""
        self.wrong_results += len(wrong)
        self.contractions += 1
        self.compared += len(frame.bits)

    def _judge_counters(self, prediction: Prediction, outcome: Outcome) -> None:
        for name, value in self._counters(prediction).items():
            self._equal(name, outcome.counters[name], value)
        self._equal("RegFlags", outcome.registers["RegFlags"], int(prediction.result.flags) | self.flags)

    def _counters(self, prediction: Prediction) -> dict[str, int]:
        """Return what counters must be after a contraction."""
        result = prediction.result
        return {
            "CntJobs": result.jobs,
            "CntDotsDone": result.jobs,
            "CntMatches": result.matches,
            "CntResults": result.results,
            "CntUnloaded": result.results,
            "CntZeroEmpty": result.zeros_empty,
            "CntZeroCancel": result.zeros_cancel,
            "CntZeroUnderflow": result.zeros_underflow,
            "CntPortions": all_portions(prediction.a, prediction.b, self._config.values, prediction.item.portion),
        }

    def _judge_operands(self, prediction: Prediction, outcome: Outcome) -> None:
        for letter, csf in (("A", prediction.a), ("B", prediction.b)):
            expected = (0, 0, 0) if csf is None else (csf.order, csf.nnz, len(csf.fiber_bounds()))
            for name, value in zip(("Order", "Entries", "Fibers"), expected, strict=True):
                self._equal(f"Reg{name}{letter}", outcome.registers[f"Reg{name}{letter}"], value)

    def _equal(self, what: str, seen: int, expected: int) -> None:
        self._expect(seen == expected, f"{what} is {seen}, the model says {expected}")
