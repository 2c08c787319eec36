# SPDX-License-Identifier: Apache-2.0
"""Compares what the memory interface has written, and where, with what the reference model says."""

from __future__ import annotations

from collections import deque

import numpy as np

from flaash.driver.frames import ResultFrame
from flaash.driver.result import FIBERS, split_records
from models.contract import ContractionResult
from models.device.layout import Completion
from models.device.registers import mask
from models.device.results import records_of
from tb.agents.contraction.item import Outcome
from tb.agents.inbox import Inbox
from tb.agents.memory.item import Access, Announced, Burst, Request, Written
from tb.common import rtl_constants as rtl
from tb.dma import coverage
from tb.env.memory_entry import Entry, inside, matrix_entry, records_entry
from tb.env.predictor import Prediction
from tb.env.scoreboard import Contracted, Scoreboard

HALTED = mask("DmaStatusHalted")
CODES = {name: error.value for name, error in {**rtl.ERRORS, **rtl.DMA.errors}.items()}
FULL = "ErrResultFull"
REFUSED = ("ErrWriteSlave", "ErrWriteDecode")  # which results reached memory is not known then
OF_THE_HOST = ("ErrAddress",)  # errors of an access to the registers, which end no contraction


class MemoryScoreboard(Scoreboard):
    """Takes in addition each Announced, Access, Burst and Written, as they happen.

    The chip may read and write only bytes that an outstanding descriptor announces. With a fence it requests no array
    before all earlier results have their responses. It writes each byte of a
    result once, and as many results as the model says. `beat` in the configuration database is the bytes of
    the bus.
    """

    def build_phase(self) -> None:
        super().build_phase()
        self._beat = self.cdb_get("beat")
        self._entries: deque[Entry] = deque()
        self._before = 0  # results of the contraction before, if this one was queued after it
        self.announced = Inbox("announced", self, self._announce)
        self.accesses = Inbox("accesses", self, self._access)
        self.requests = Inbox("requests", self, self._request)
        self.bursts = Inbox("bursts", self, self._burst)
        self.records = Inbox("records", self, self._record)

    def outstanding(self) -> list[str]:
        return [
            f"no completion record for the descriptor at {entry.announced.slot:#x}"
            for entry in self._entries
            if not entry.records
        ]

    # What happens at the bus.
    def _announce(self, announced: Announced) -> None:
        result = self._predictions[-1].result
        make = matrix_entry if announced.matrix else records_entry
        self._entries.append(make(announced, result, self._format, alone=not self._entries))

    def _access(self, access: Access) -> None:
        if access.data is None:
            self._read(access)
            return
        for entry in self._entries:
            if inside(entry.announced.record, access.address, access.length):
                return
            if (at := entry.bytes_at(access.address, access.length)) is not None:
                self._live(
                    not entry.times[at].any(),
                    access.time,
                    f"the chip writes the {access.length} bytes at {access.address:#x} twice",
                )
                entry.data[at], entry.times[at] = np.frombuffer(access.data, np.uint8), access.time
                if entry.wanted is not None:
                    self._live(
                        bool((entry.data[at] == entry.wanted[at]).all()),
                        access.time,
                        f"the chip writes {access.data.hex()} at {access.address:#x}, the model says"
                        f" {entry.wanted[at].tobytes().hex()}",
                    )
                return
        self._live(
            False,
            access.time,
            f"the chip writes {access.length} bytes at {access.address:#x}, where"
            " neither a result nor a completion record belongs",
        )

    def _request(self, request: Request) -> None:
        before: list[Entry] = []
        for entry in self._entries:
            fenced = entry.announced.descriptor.fence
            if fenced and any(inside(array, request.address) for array in entry.announced.arrays):
                self._live(
                    all(earlier.settled for earlier in before),
                    request.time,
                    f"the chip requests the array at {request.address:#x}, in spite of a fence, before the memory had"
                    " answered all earlier bursts of results",
                )
            before.append(entry)

    def _read(self, access: Access) -> None:
        for entry in self._entries:
            if any(inside(piece, access.address, access.length) for piece in entry.announced.readable):
                entry.read += access.length
                for array in entry.announced.arrays:
                    if inside(array, access.address):
                        entry.ends[array] = access.address + access.length
                return
        self._live(
            False,
            access.time,
            f"the chip reads {access.length} bytes at {access.address:#x}, which no descriptor under way announces",
        )

    def _live(self, holds: bool, time: float, sentence: str) -> None:
        """Note a disagreement of an access, at a time in ns, which one of the outstanding contractions has made."""
        if not holds:
            self._where = f"contraction {self._judged + 1} or a later one, seed {self._seed}"
            self._expect(False, sentence, time)
            self._where = ""

    def _burst(self, burst: Burst) -> None:
        for entry in self._entries:
            if entry.writes(burst.address):
                entry.bursts.append(burst)

    def _record(self, written: Written) -> None:
        for entry in self._entries:
            if entry.announced.slot == written.slot:
                entry.records.append(written)

    # What the host makes of it.
    def _judge_item(self, prediction: Prediction, outcome: Outcome) -> None:
        item = prediction.item
        self._entry = self._completion = None
        while self._entries and self._entries[0].announced.item is item:
            if self._entry and prediction.result is not None:  # of the same item, which a reset has ended
                self._judge_results(prediction, outcome)
            self._entry, self._completion = self._entries.popleft(), None
            self._judge_record(self._entry, prediction, outcome)
        if self._completion is None and not item.resets and self._entry is not None:
            return  # nothing else can be right
        if outcome.registers:
            self._judge_error(outcome)
        if prediction.result is not None:
            self._judge_results(prediction, outcome)
        if item.resets:
            coverage.sample_phase(self._entry.phase)
            self._judge_reset(outcome)
        elif outcome.registers:
            if prediction.result is not None:
                self._judge_counters(prediction, outcome)
                self._judge_settings(outcome)
            if not item.error:
                self._judge_operands(prediction, outcome)
        queued = not outcome.registers and prediction.result is not None
        self._before = prediction.result.results if queued else 0
        self.flags = self.flags | int(prediction.result.flags) if queued else 0

    def _judge_record(self, entry: Entry, prediction: Prediction, outcome: Outcome) -> None:
        """Judge the completion record, which a reset may have prevented."""
        item, descriptor, mismatches = prediction.item, entry.announced.descriptor, self.mismatch_count
        if not entry.records:
            self._expect(item.resets, "no completion record")
            return
        found = Completion.unpack(entry.records[-1].data)
        if found is None or found.pack() != entry.records[-1].data:
            self._expect(False, f"the completion record is {entry.records[-1].data.hex(' ', 4)}")
            return
        self._completion = found
        self._judge_again(entry)
        name, place = self._expected_end(prediction, entry)
        self._expect(
            rtl.error_name(found.code) == name and place in (None, found.place),
            f"the completion record has {rtl.error_name(found.code)} at {found.place:#x}, expected"
            f" {name}" + (f" at {place:#x}" if place is not None else ""),
        )
        refused = item.refusal is not None and item.refusal.part == "Descriptor"
        if not refused and name != "ErrExtentsDiffer":  # of a wrong descriptor the tag means nothing
            self._equal("the record's tag", found.tag, descriptor.tag)
        if prediction.result is not None:
            matrix = entry.announced.matrix
            self._equal("the record's results", found.results, entry.results if matrix else prediction.result.results)
            if matrix and name in ("ErrNone", FULL):
                self._equal("the record's complete rows", found.rows, entry.rows)
            if name not in REFUSED:
                self._equal("the record's bytes of results", found.written, len(entry.data))
        if not item.resets:
            self._expect(outcome.completed is not None, "a completion record before the head has moved")
        if outcome.completed is not None:
            late = [burst for burst in entry.bursts if burst.responded is None or burst.responded > outcome.completed]
            self._expect(not late, f"the head has moved before the memory had answered {len(late)} burst(s) of writes")
        if found.code == 0:
            self._judge_order(entry)
            self._equal("the record's bytes read", found.read, entry.read)
            self._expect(
                found.computing < found.cycles,
                f"the record has {found.computing} cycles of computing in {found.cycles} cycles",
            )
        if mismatches == self.mismatch_count:
            self._sample(entry, found)

    def _judge_order(self, entry: Entry) -> None:
        """The record comes after the results, and after their responses if it is not prompt."""
        written, record = entry.records[0].time, entry.announced.record
        self._expect(
            not entry.times.size or entry.times.max() <= written, "results were written after the completion record"
        )
        if not entry.announced.descriptor.prompt:
            early = [
                burst
                for burst in entry.bursts
                if not inside(record, burst.address) and (burst.responded is None or burst.responded > written)
            ]
            self._expect(
                not early,
                f"the completion record was written before the memory had answered {len(early)} burst(s) of results",
            )

    def _judge_again(self, entry: Entry) -> None:
        """A record is written once, but a prompt one again with an error that came after it."""
        first = [Completion.unpack(written.data) for written in entry.records[:-1]]
        allowed = int(entry.announced.descriptor.prompt and self._completion.code != 0)
        self._expect(len(first) <= allowed, f"the completion record was written {len(entry.records)} times")

    def _expected_end(self, prediction: Prediction, entry: Entry) -> tuple[str, int | None]:
        """Return the code and the place that the record must have; the place is None if it is not known."""
        item = prediction.item
        if item.error and item.error.name not in (*OF_THE_HOST, FULL):
            return item.error.name, item.error.place
        matrix, room = entry.announced.matrix, entry.announced.descriptor.capacity // entry.size
        if prediction.result and matrix and entry.rows < matrix.rows:
            return FULL, entry.rows
        if prediction.result and not matrix and prediction.result.results > room:
            return FULL, prediction.result.results
        return "ErrNone", 0

    def _sample(self, entry: Entry, found: Completion) -> None:
        refusal = entry.announced.item.refusal
        fence = entry.announced.descriptor.fence
        coverage.sample_fence(fence, entry.alone, entry.announced.item.chained)
        coverage.sample_prompt(entry.announced.descriptor.prompt, len(entry.records) > 1)
        if refusal:
            coverage.sample_refusal(refusal.part, refusal.last)
        if found.code:
            coverage.sample_error(found.code, found.place)
        if found.code in (0, CODES[FULL]):
            coverage.sample_completion(entry.announced.descriptor, found, self._beat)

    def _judge_error(self, outcome: Outcome) -> None:
        registers, found = outcome.registers, self._completion
        code, place = (found.code, found.place) if found else (0, 0)
        error = outcome.item.error
        if outcome.item.resets:
            code = place = 0
        self._equal("RegDmaError", registers["RegDmaError"], code)
        self._equal("RegDmaPlace", registers["RegDmaPlace"], place)
        self._equal("DmaStatusHalted", int(bool(registers["RegDmaStatus"] & HALTED)), int(code != 0))
        if error is None or error.name in OF_THE_HOST:
            super()._judge_error(outcome)
            return
        self.errors += 1
        self._expect(not outcome.interrupt, outcome.interrupt)

    def _judge_results(self, prediction: Prediction, outcome: Outcome) -> None:
        entry, result, resets = self._entry, prediction.result, prediction.item.resets
        if entry.announced.matrix:
            self._judge_matrix(prediction, outcome)
            return
        records = entry.data.reshape(-1, entry.size)
        times = entry.times.reshape(-1, entry.size).max(axis=1)
        whole = entry.whole()
        refused = self._completion is not None and rtl.error_name(self._completion.code) in REFUSED
        if resets:
            self._judge_parts(entry, result, ~whole & (times > 0))
        elif not refused:
            self._expect(bool(whole.all()), f"{np.count_nonzero(~whole)} results were not written")
        coordinates = entry.announced.descriptor.coordinates
        try:
            names, bits = split_records(
                records[whole].tobytes(), self._format, len(result.shape) if coordinates else FIBERS
            )
            coords = names if coordinates else self._named(prediction, names)
        except (ValueError, IndexError) as error:
            self._expect(False, f"results that are none: {error}")
            return
        frame = ResultFrame(coords.astype(np.uint64), bits, self._completion.code if self._completion else 0, len(bits))
        full = prediction.result.results > len(records)
        mismatches = self.mismatch_count
        self._compare(prediction, frame, resets or full or refused, times[whole].tolist())
        if mismatches == self.mismatch_count and not (resets or full or refused):
            coverage.sample_finish(result, prediction.item.portion > 0, prediction.item.dense)
        cycles = self._completion.computing if self._completion else 0
        self.ap.write(Contracted(prediction, frame, outcome, cycles, self._completion))

    def _judge_matrix(self, prediction: Prediction, outcome: Outcome) -> None:
        """Judge rows or a dense matrix: each byte was compared when it was written."""
        entry, result, resets = self._entry, prediction.result, prediction.item.resets
        code = self._completion.code if self._completion else 0
        partial = resets or code != 0
        missing = np.count_nonzero(entry.times == 0)
        if not (resets or rtl.error_name(code) in REFUSED):
            self._expect(not missing, f"{missing} bytes of rows were not written")
        count = 0 if partial else len(result.bits)
        self.contractions += 1
        self.compared += count
        end = "reset" if resets else rtl.error_name(code)
        coverage.sample_layout(entry.announced.matrix, result, end, self._beat)
        if not partial:
            coverage.sample_finish(result, False, prediction.item.dense)
        frame = ResultFrame(result.coords[:count].astype(np.uint64), result.bits[:count], code, count)
        cycles = self._completion.computing if self._completion else 0
        self.ap.write(Contracted(prediction, frame, outcome, cycles, self._completion))

    def _judge_parts(self, entry: Entry, result: ContractionResult, parts: np.ndarray) -> None:
        """A reset may end a burst within a record: the written bytes belong to a result, too."""
        wanted = records_of(result, entry.announced.descriptor.coordinates).view(np.uint8)
        wanted = wanted.reshape(-1, entry.size)
        seen = (entry.times > 0).reshape(-1, entry.size)
        for row in np.flatnonzero(parts):
            mask = seen[row]
            found = entry.data.reshape(-1, entry.size)[row][mask]
            self._expect(
                bool((wanted[:, mask] == found).all(axis=1).any()),
                f"a part of record {row}, {found.tobytes().hex()}, is of no result",
            )

    def _named(self, prediction: Prediction, numbers: np.ndarray) -> np.ndarray:
        """Return coordinates for numbers of fibers."""
        return np.concatenate(
            [operand.fiber_paths()[numbers[:, which]] for which, operand in enumerate((prediction.a, prediction.b))],
            axis=1,
        )

    def _judge_reset(self, outcome: Outcome) -> None:
        super()._judge_reset(outcome)
        for name in ("RegRingHead", "RegRingTail", "RegDmaStatus"):
            self._equal(f"after a soft reset {name}", outcome.registers[name], 0)

    def _judge_counters(self, prediction: Prediction, outcome: Outcome) -> None:
        super()._judge_counters(prediction, outcome)
        # Results of the contraction before may leave after this one has begun; they count here.
        low = prediction.result.results
        self._expect(
            low <= outcome.counters["CntUnloaded"] <= low + self._before,
            f"CntUnloaded is {outcome.counters['CntUnloaded']}, the model says {low}, and"
            f" {self._before} of the contraction before",
        )

    def _counters(self, prediction: Prediction) -> dict[str, int]:
        expected = super()._counters(prediction)
        del expected["CntUnloaded"]
        return expected

    def _judge_settings(self, outcome: Outcome) -> None:
        """Settings read as the last contraction has had them."""
        item = outcome.item
        for name, value in (
            ("RegMode", int(item.dense)),
            ("RegRunLength", item.run_length),
            ("RegLongLines", item.long_lines),
        ):
            self._equal(name, outcome.registers[name], value)
        if self._completion:
            self._equal("the record's cycles of computing", self._completion.computing, outcome.counters["CntCycles"])
