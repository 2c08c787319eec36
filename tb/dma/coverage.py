# SPDX-License-Identifier: Apache-2.0
"""Records the coverage of each descriptor and each burst of the memory interface.

Nothing here compares; a test compares first, then samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cocotb
import numpy as np
from cocotb.triggers import Event

from flaash.driver.result import FIBERS, record_bytes
from models.contract import ContractionResult
from models.device.layout import RECORDS, ROWS, Completion, Descriptor, LevelEntry
from models.device.results import Matrix
from models.numbers import FORMATS
from sim.thisrun import this_run
from tb.common.rtl_constants import DMA, ERRORS
from tb.dma.cover_points import ARRAY_PARTS, CHANNELS
from tb.env.cover_points import export, hit

PAGE = 4096
NAMES = {constant.value: name for name, constant in {**ERRORS, **DMA.errors}.items()}
PARTS = {constant.value: name.removeprefix("Part") for name, constant in DMA.prefixed("Part").items()}
REFUSED = {"ErrReadSlave": "SLVERR", "ErrReadDecode": "DECERR", "ErrWriteSlave": "SLVERR", "ErrWriteDecode": "DECERR"}
LEAF = 7


def export_at_the_end() -> None:
    """Write the hits into the folder of the run when the test of this simulation ends."""

    async def wait() -> None:
        try:
            await Event().wait()
        finally:
            export(this_run().folder)

    cocotb.start_soon(wait())


def sample_burst(channel: str, address: int, beats: int, beat: int) -> None:
    """Sample a burst: "read" or "write", its first address, and its beats by their number of bytes."""
    name, end = f"dma.{channel}_burst", address + beats * beat
    hit(name, "a beat" if beats == 1 else "16 beats" if beats == 16 else "some beats")
    if end % PAGE == 0:
        hit(name, "up to 4 KB")
    if address % PAGE == 0:
        hit(name, "from 4 KB on")


def sample_latency(cycles: Mapping[str, int]) -> None:
    """Sample the cycles that channels add, each and on the way to the first beat of a read."""
    hit("dma.latency", _latency(cycles.get("ar", 0) + cycles.get("r", 0)))
    for channel in CHANNELS:
        hit("dma.late_channel", f"{channel} x {_latency(cycles.get(channel, 0))}")


def _latency(cycles: int) -> str:
    return "none" if not cycles else "1-9" if cycles < 10 else "10-99" if cycles < 100 else "100 or more"


def sample_ring(queued: int, slots: int) -> None:
    """Sample a doorbell: the number of descriptors in the ring after it."""
    hit("dma.ring", "full" if queued == slots - 1 else {1: "one", 2: "two"}.get(queued, "more"))


def sample_slot(slot: int, slots: int) -> None:
    """Sample where in the ring a descriptor stands."""
    hit("dma.slot", "first" if slot == 0 else "last" if slot == slots - 1 else "middle")


def sample_queue(first: int, count: int, slots: int) -> None:
    """Sample a queue of descriptors, from the slot `first` on."""
    hit("dma.queue", "around its end" if first + count > slots else "within the ring")


def sample_place(what: str, address: int, size: int) -> None:
    """Sample where "arrays" or "results" of some bytes lie."""
    end = address + size
    hit(
        "dma.place",
        f"{what} x "
        + (
            "at 4 KB"
            if address % PAGE == 0
            else "up to 4 KB"
            if end % PAGE == 0 and what == "arrays"
            else "across 4 KB"
            if address // PAGE != (end - 1) // PAGE
            else "within 4 KB"
        ),
    )


def sample_gaps(which: int, gaps: Sequence[int]) -> None:
    """Sample the elements between the fibers of an operand, A or B."""
    for gap in set(gaps):
        hit("dma.gap", f"{'AB'[which]} x {gap if gap in (0, 1, 16, 17) else 'others'}")


def sample_end(what: str, in_flight: str) -> None:
    """Sample a reset or an abort, and the bursts that are outstanding at that time."""
    hit("dma.end", what)
    hit("dma.end_while", in_flight)


def sample_error(code: int, place: int) -> None:
    """Sample an error that a completion record or the registers reported as expected."""
    name = NAMES[code]
    hit("dma.code", name)
    if name in REFUSED:
        hit("dma.refused", f"{_target(place)} x {REFUSED[name]}")


def sample_phase(phase: str) -> None:
    """Sample how far a descriptor was when a soft reset ended it."""
    hit("dma.reset_in", phase)


def sample_refusal(part: str, last: bool) -> None:
    """Sample which bytes of an array the memory has refused."""
    if part in ARRAY_PARTS:
        hit("dma.refused_at", f"{part} x {'last' if last else 'first'}")


def sample_prompt(prompt: bool, again: bool) -> None:
    """Sample a completion record: whether it did not wait for responses, and was written again."""
    hit("dma.prompt", "yes, and written again" if again else "yes" if prompt else "no")


def sample_fence(fence: bool, alone: bool, chained: bool) -> None:
    """Sample a completion record: whether its descriptor had a fence, after others, and after its operand."""
    hit("dma.fence", "no" if not fence else "its operand" if chained else "nothing" if alone else "others")


def sample_completion(descriptor: Descriptor, record: Completion, beat: int) -> None:
    """Sample a descriptor that was carried out, with the bytes of a beat."""
    if record.written and descriptor.layout == RECORDS:
        sample_place("results", descriptor.results, record.written)
        hit("dma.last_beat", "a part" if record.written % beat else "whole")
    hit("dma.width", str(8 * beat))
    hit("dma.format", next(key for key, fmt in FORMATS.items() if fmt.code == descriptor.format))
    hit("dma.kept", {(0, 0): "none", (1, 0): "A", (0, 1): "B"}.get(descriptor.kept, "both"))
    if descriptor.layout == RECORDS:
        hit(
            "dma.records",
            f"{'coordinates' if descriptor.coordinates else 'numbers'} x {'dense' if descriptor.dense else 'sparse'}",
        )
    for letter, levels, kept in zip("AB", (descriptor.a, descriptor.b), descriptor.kept, strict=True):
        hit("dma.order", f"{letter} x {min(len(levels), 4) if len(levels) < 4 else '4-8'}")
        if not kept:
            for number, level in enumerate(levels):
                _sample_level(letter, number, level, number == len(levels) - 1, descriptor.format, beat)
    if descriptor.layout == RECORDS:
        _sample_results(descriptor, record, beat)


def sample_layout(matrix: Matrix, result: ContractionResult, end: str, beat: int) -> None:
    """Sample rows or a dense matrix: format, end, and of a complete result the columns and the lengths of rows.

    Args:
        matrix, result: of the contraction.
        end: name of the error of the completion record, or "reset".
        beat: bytes of the bus.
    """
    layout = "rows" if matrix.layout == ROWS else "dense"
    ends = {"ErrNone": "complete", "ErrResultFull": "full", "reset": "reset"}
    if end in ends:
        hit("dma.layout", f"{layout} x {result.fmt.name}")
        hit("dma.layout_end", f"{layout} x {ends[end]}")
    if end != "ErrNone" or matrix.layout != ROWS:
        return
    hit("dma.columns", f"{matrix.crd_size} bytes")
    of_beat = beat // matrix.size
    bins = {0: "0", 1: "1", of_beat: "a beat", of_beat + 1: "a beat + 1", matrix.pitch: "the pitch"}
    for length in set(np.bincount(result.a_ids, minlength=matrix.rows).tolist()) & set(bins):
        hit("dma.row", bins[length])


def sample_finish(result: ContractionResult, portions: bool, dense: bool) -> None:
    """Sample the results of a contraction by their finish, with the settings of the contraction."""
    finish, fmt, values = result.finish, result.fmt, result.values()
    name = " and ".join(word for word, on in (("relu", finish.relu), ("narrow", finish.narrow)) if on) or "none"
    most = 2 ** (fmt.value_width - 1)
    ends = finish.narrow and not fmt.is_float
    outcomes = {
        "NaN": np.isnan(values),
        "infinite": np.isinf(values),
        "greatest": ends & (values == most - 1),
        "least": ends & (values == -most),
        "positive": values > 0,
        "negative": values < 0,
        "zero": values == 0,
    }
    for outcome, found in outcomes.items():
        if found.any():
            hit("dma.finish", f"{fmt.name} x {name} x {outcome}")
    if len(values):
        hit(
            "dma.finished",
            f"{name} x {'portions' if portions else 'whole'} x {'dense' if dense else 'sparse'}",
        )


def _sample_level(letter: str, number: int, level: LevelEntry, leaf: bool, code: int, beat: int) -> None:
    """Sample a level whose arrays were read."""
    if leaf:
        hit("dma.level", f"{letter} x leaf of {2 if level.narrow else 4} bytes")
        value = next(fmt for fmt in FORMATS.values() if fmt.code == code).value_width // 8
        sizes = {"crd of the leaf": (2 if level.narrow else 4) * level.count, "val": value * level.count}
    else:
        dense = "dense below a level" if number else "dense"
        hit("dma.level", f"{letter} x {dense if level.dense else 'compressed'}")
        if level.loose:
            hit("dma.level", f"{letter} x loose, {'dense' if level.dense else 'compressed'}")
        sizes = {} if level.loose else {"pos": 4 * (level.count + 1)}
        sizes |= {} if level.dense else {"crd": 4 * level.count}
    for name, size in sizes.items():
        hit("dma.array", f"{name} x {'beats' if size > beat else 'a beat' if size else 'empty'}")


def _sample_results(descriptor: Descriptor, record: Completion, beat: int) -> None:
    fmt = next(fmt for fmt in FORMATS.values() if fmt.code == descriptor.format)
    free = len(descriptor.a) + len(descriptor.b) - 2
    needed = record.results * record_bytes(fmt, free if descriptor.coordinates else FIBERS)
    hit(
        "dma.results",
        "none" if not record.results else "one" if record.results == 1 else "a beat" if needed <= beat else "beats",
    )
    hit(
        "dma.buffer",
        "none"
        if not descriptor.capacity
        else "too small"
        if descriptor.capacity < needed
        else "exact"
        if descriptor.capacity == needed
        else "larger",
    )


def _target(place: int) -> str:
    """Return the refused access, by the place of the error."""
    part, leaf = PARTS[place >> 24 & 0xF], place >> 28 & 7 == LEAF
    return {
        "Descriptor": "descriptor",
        "Pos": "pos",
        "Crd": "crd of the leaf" if leaf else "crd",
        "Val": "val",
        "Result": "results",
        "Completion": "completion record",
    }[part]
