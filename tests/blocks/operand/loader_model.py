# SPDX-License-Identifier: Apache-2.0
"""The expected actions of the operand loader for any frame: a second implementation of the format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flaash.driver.frames import OPERAND_MAGIC, entry_width
from models.numbers.formats import NumberFormat
from tb.common.rtl_constants import CONSTANTS, ERRORS

HEADER = 4  # words
ENTRIES_LEVEL = 7


@dataclass(frozen=True)
class Build:
    """The parameters of a loader: the module's, under Python names."""

    fmt: NumberFormat
    lanes: int
    coord_width: int
    mem_lines: int
    node_depth: int
    fiber_depth: int
    feed_width: int = 128  # bits of a beat
    line_writes: int = 1  # lines written in a cycle

    @property
    def words(self) -> int:
        """Return the words of a beat."""
        return self.feed_width // 32

    @property
    def leaf_entries(self) -> int:
        """Return the entries of a beat."""
        return self.feed_width // entry_width(self.fmt, self.coord_width)


@dataclass
class Outcome:
    """The outcome of a frame.

    Attributes:
        operand: the one that is replaced, None if the header names none.
        error: (code, place), None if the frame is right.
        discarded: discarded beats.
        nodes: (number, coordinate, parent) in order.
        fibers: (number, first line, node) in order, the sentinel last.
        lines: lists of (coordinate, value), the last line of a fiber marked by `lasts`.
        info: (order, contracted extent, entries, fibers, lines).
    """

    operand: int | None = None
    error: tuple[int, int] | None = None
    discarded: int = 0
    nodes: list[tuple[int, int, int]] = field(default_factory=list)
    fibers: list[tuple[int, int, int]] = field(default_factory=list)
    lines: list[list[tuple[int, int]]] = field(default_factory=list)
    lasts: list[bool] = field(default_factory=list)
    info: tuple | None = None


class _Wrong(Exception):
    def __init__(self, name: str, level: int, position: int, whole_place: int | None = None):
        super().__init__(name)
        self.code = ERRORS[name].value
        self.level, self.position, self.whole_place = level, position, whole_place


class _Reader:
    """Hands out the items of a section and watches where the frame ends."""

    def __init__(self, beats: list[int], width: int):
        self.beats, self.width = beats, width
        self.used = 0  # beats begun

    def section(self, length: int, per_beat: int, level: int, final: bool, check: Callable[[int, int], None]) -> None:
        """Call check(position, item) for every item; `final` says that nothing follows the section."""
        width = self.width // per_beat
        for start in range(0, length, per_beat):
            beat = self.beats[self.used]
            self.used += 1
            end = min(start + per_beat, length)
            for position in range(start, end):
                check(position, beat >> width * (position - start) & ((1 << width) - 1))
            frame_ends, wanted = self.used == len(self.beats), final and end == length
            if frame_ends and not wanted:
                raise _Wrong("ErrShort", level, end)
            if wanted and not frame_ends:
                raise _Wrong("ErrLong", level, end)


def load(beats: list[int], build: Build) -> Outcome:
    """Return the outcome of a frame of these beats, the last of which has tlast."""
    outcome = Outcome()
    reader = _Reader(beats, build.feed_width)
    try:
        _load(reader, build, outcome)
    except _Wrong as wrong:
        place = (outcome.operand or 0) << 31 | wrong.level << 28 | wrong.position
        outcome.error = (wrong.code, place if wrong.whole_place is None else wrong.whole_place)
        outcome.discarded = len(beats) - reader.used
    return outcome


def _load(reader: _Reader, build: Build, outcome: Outcome) -> None:
    order, entries = _header(reader, build, outcome)
    extents: list[int] = []

    def extent(mode: int, value: int) -> None:
        if value == 0 or (mode == order - 1 and value > 1 << build.coord_width):
            raise _Wrong("ErrExtent", 0, mode)
        extents.append(value)

    reader.section(order, build.words, 0, order == 1 and not entries, extent)
    counts: list[int] = []

    def count(level: int, value: int) -> None:
        if (level and value and not counts[-1]) or (level == order - 2 and entries and not value):
            raise _Wrong("ErrCount", 0, level)
        if sum(counts) + value > build.node_depth:
            raise _Wrong("ErrMemoryFull", 0, level)
        counts.append(value)

    reader.section(order - 1, build.words, 0, False, count)
    bases = [sum(counts[:level]) for level in range(order - 1)]
    spans = [(0, counts[0] if counts else entries)]  # (parent, end of its children)
    for level in range(order - 1):
        below = counts[level + 1] if level + 2 < order else entries
        pointers = _level(
            reader,
            build.words,
            outcome,
            level,
            extents[level],
            counts[level],
            below,
            spans,
            bases,
            level + 2 == order and not entries,
        )
        spans = list(enumerate(pointers[1:]))
    _entries(reader, build, outcome, entries, extents[-1], spans, bases[-1] if bases else 0)
    fibers = len(outcome.fibers)
    outcome.fibers.append((fibers, len(outcome.lines), 0))
    outcome.info = (order, extents[-1], entries, fibers, len(outcome.lines))


def _header(reader: _Reader, build: Build, outcome: Outcome) -> tuple[int, int]:
    header: list[int] = []

    def word(position: int, value: int) -> None:
        header.append(value)
        if position == HEADER - 1:
            _check_header(header, build, outcome)

    reader.section(HEADER, build.words, 0, False, word)
    return header[2], header[3]


def _check_header(header: list[int], build: Build, outcome: Outcome) -> None:
    magic, kind, order, entries = header
    if magic != OPERAND_MAGIC:
        raise _Wrong("ErrHeader", 0, 0)
    if kind & 0xFF <= 1:
        outcome.operand = kind & 1
    if kind & 0xFF > 1 or kind >> 8 != build.fmt.code:
        raise _Wrong("ErrHeader", 0, 1)
    if not 1 <= order <= CONSTANTS["MaxOrder"]:
        raise _Wrong("ErrOrder", 0, 0, whole_place=order)
    if entries > build.mem_lines * build.lanes:
        raise _Wrong("ErrMemoryFull", 0, 3)


def _owner(spans: list[tuple[int, int]], position: int) -> tuple[int, bool]:
    """Return the parent of a child and whether it is its first."""
    begin = 0
    for parent, end in spans:
        if position < end:
            return parent, position == begin
        begin = end
    raise AssertionError("a child without a parent")


def _level(
    reader: _Reader,
    words: int,
    outcome: Outcome,
    level: int,
    extent: int,
    count: int,
    below: int,
    spans: list[tuple[int, int]],
    bases: list[int],
    final: bool,
) -> list[int]:
    coords: list[int] = []
    pointers: list[int] = []

    def coordinate(position: int, value: int) -> None:
        parent, first = _owner(spans, position)
        if value >= extent:
            raise _Wrong("ErrCoordRange", level, position)
        if not first and value <= coords[-1]:
            raise _Wrong("ErrCoordOrder", level, position)
        coords.append(value)
        outcome.nodes.append((bases[level] + position, value, bases[level - 1] + parent if level else 0))

    def pointer(position: int, value: int) -> None:
        low = pointers[-1] if pointers else 0
        low, high = (below if position == count else low), (0 if position == 0 else below)
        if not low <= value <= high:
            raise _Wrong("ErrPointer", level, position)
        pointers.append(value)

    reader.section(count, words, level, False, coordinate)
    reader.section(count + 1, words, level, final, pointer)
    return pointers


def _entries(
    reader: _Reader, build: Build, outcome: Outcome, entries: int, extent: int, spans: list[tuple[int, int]], base: int
) -> None:
    width = build.coord_width
    before = -1

    def entry(position: int, packed: int) -> None:
        nonlocal before
        coord = packed & ((1 << width) - 1)
        value = packed >> width & ((1 << build.fmt.value_width) - 1)
        parent, first = _owner(spans, position)
        if coord >= extent:
            raise _Wrong("ErrCoordRange", ENTRIES_LEVEL, position)
        if not first and coord <= before:
            raise _Wrong("ErrCoordOrder", ENTRIES_LEVEL, position)
        before = coord
        if first and len(outcome.fibers) == build.fiber_depth:
            raise _Wrong("ErrMemoryFull", ENTRIES_LEVEL, position)
        if first or len(outcome.lines[-1]) == build.lanes:
            if len(outcome.lines) == build.mem_lines:
                raise _Wrong("ErrMemoryFull", ENTRIES_LEVEL, position)
            if first:
                outcome.fibers.append((len(outcome.fibers), len(outcome.lines), base + parent))
            outcome.lines.append([])
            outcome.lasts.append(False)
        outcome.lines[-1].append((coord, value))
        outcome.lasts[-1] = any(end == position + 1 for _, end in spans)

    per_beat = build.feed_width // entry_width(build.fmt, width)
    reader.section(entries, per_beat, ENTRIES_LEVEL, True, entry)
