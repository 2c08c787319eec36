# SPDX-License-Identifier: Apache-2.0
"""Operands and their frames with one mistake each, and the error that the loader must report for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from models.csf import Csf
from tb.agents.contraction.item import ExpectedError
from tb.common import rtl_constants as rtl

ENTRIES_LEVEL = 7  # of an error place that is about the entries
WORDS = 4  # of a beat
MAGIC, KIND, ORDER, ENTRIES = range(WORDS)  # words of the header beat
Pack = Callable[[Csf, int], list[int]]


@dataclasses.dataclass(frozen=True)
class Fault:
    """A frame with a mistake.

    Attributes:
        what: in words.
        beats: the frame.
        error: what must come of it.
        operand: the operand with that mistake; None where the mistake is one of a frame, or of both operands.
    """

    what: str
    beats: list[int]
    error: ExpectedError
    operand: Csf | None = None


def error_place(which: int, level: int, position: int) -> int:
    """Return what RegErrorPlace holds for a word or entry of an operand."""
    return which << 31 | level << 28 | position


def set_word(beats: list[int], index: int, value: int) -> list[int]:
    """Return the beats with the 32-bit word `index` replaced."""
    at, shift = index // WORDS, 32 * (index % WORDS)
    changed = beats[at] & ~(0xFFFF_FFFF << shift) | value << shift
    return [*beats[:at], changed, *beats[at + 1 :]]


def operand_faults(csf: Csf, which: int, pack: Pack) -> Iterator[Fault]:
    """Yield every kind of mistake at the first, a middle and the last place.

    Args:
        csf: an operand, each node of which has three children (entries) or more, for a hardware whose
            CoordWidth is below 32.
        which: 0 for A, 1 for B.
        pack: makes the beats of a frame.
    """
    beats = pack(csf, which)
    yield from _header_faults(csf, which, beats)
    if csf.order > 1:
        yield from _count_faults(csf, which, beats)
    for level in range(csf.order - 1):
        yield from _pointer_faults(csf, which, level, pack)
    for level in [*range(csf.order - 1), ENTRIES_LEVEL]:
        yield from _coordinate_faults(csf, which, level, pack)
    for keep in sorted({1, len(beats) // 2, len(beats) - 1}):
        yield Fault(f"short: {keep} of {len(beats)} beats", beats[:keep], ExpectedError("ErrShort"))
    for more in (1, 5):
        yield Fault(f"long: {more} beats more", beats + [0] * more, ExpectedError("ErrLong"))


def _header_faults(csf: Csf, which: int, beats: list[int]) -> Iterator[Fault]:
    kind = beats[0] >> 32 & 0xFFFF_FFFF
    # A frame without the magic word names no operand: the place says A.
    yield Fault("no magic", set_word(beats, MAGIC, 0x0BAD_F00D), ExpectedError("ErrHeader", error_place(0, 0, MAGIC)))
    yield Fault(
        "another format", set_word(beats, KIND, kind ^ 0x100), ExpectedError("ErrHeader", error_place(which, 0, KIND))
    )
    for order in (0, rtl.CONSTANTS["MaxOrder"] + 1, 0xFFFF_FFFF):
        yield Fault(f"order {order}", set_word(beats, ORDER, order), ExpectedError("ErrOrder", order))
    yield Fault(
        "too many entries",
        set_word(beats, ENTRIES, 0xFFFF_FFFF),
        ExpectedError("ErrMemoryFull", error_place(which, 0, ENTRIES)),
    )
    leaf = csf.order - 1
    zeros = [(mode, 0, f"extent 0 of mode {mode}") for mode in _first_middle_last(csf.order)]
    for mode, extent, what in [(leaf, 0xFFFF_FFFF, "a contracted extent beyond CoordWidth"), *zeros]:
        # The contracted mode has one extent for both operands.
        shape = (*csf.shape[:mode], extent, *csf.shape[mode + 1 :])
        yield Fault(
            what,
            set_word(beats, WORDS + mode, extent),
            ExpectedError("ErrExtent", error_place(which, 0, mode)),
            None if mode == leaf else dataclasses.replace(csf, shape=shape),
        )


def _count_faults(csf: Csf, which: int, beats: list[int]) -> Iterator[Fault]:
    first = WORDS * (1 + -(-csf.order // WORDS))  # word of the first count
    yield Fault(
        "no node at the top",
        set_word(beats, first, 0),
        ExpectedError("ErrCount", error_place(which, 0, 0 if csf.order == 2 else 1)),
    )
    yield Fault(
        "entries without a node",
        set_word(beats, first + csf.order - 2, 0),
        ExpectedError("ErrCount", error_place(which, 0, csf.order - 2)),
    )
    yield Fault(
        "more nodes than there is room for",
        set_word(beats, first, 0x7FFF_FFFF),
        ExpectedError("ErrMemoryFull", error_place(which, 0, 0)),
    )


def _pointer_faults(csf: Csf, which: int, level: int, pack: Pack) -> Iterator[Fault]:
    pointers = csf.pointers[level]
    last = len(pointers) - 1
    for position, value in (
        (0, 1),
        (last // 2 + 1, pointers[last // 2] - 1),
        (last, pointers[last] - 1),
        (last, pointers[last] + 1),
    ):
        wrong = _replace(csf, "pointers", level, position, value)
        yield Fault(
            f"pointer {position} of level {level} is {value}",
            pack(wrong, which),
            ExpectedError("ErrPointer", error_place(which, level, position)),
            wrong,
        )


def _coordinate_faults(csf: Csf, which: int, level: int, pack: Pack) -> Iterator[Fault]:
    entries = level == ENTRIES_LEVEL
    coords = csf.leaf_coords if entries else csf.coords[level]
    extent = csf.shape[-1] if entries else csf.shape[level]
    for position in _first_middle_last(len(coords)):
        wrong = _replace(csf, "coords", level, position, extent)
        yield Fault(
            f"coordinate {position} of level {level} is the extent",
            pack(wrong, which),
            ExpectedError("ErrCoordRange", error_place(which, level, position)),
            wrong,
        )
    # The first place where two siblings can be out of order is the second child of a parent.
    for position in (1, len(coords) - 1):
        for step, what in ((0, "repeats"), (1, "is below")):
            value = coords[position - 1] - step
            if value >= 0:
                wrong = _replace(csf, "coords", level, position, value)
                yield Fault(
                    f"coordinate {position} of level {level} {what} the one before",
                    pack(wrong, which),
                    ExpectedError("ErrCoordOrder", error_place(which, level, position)),
                    wrong,
                )


def _first_middle_last(count: int) -> list[int]:
    return sorted({0, count // 2, count - 1})


def _replace(csf: Csf, field: str, level: int, position: int, value: int) -> Csf:
    """Return the operand with one coordinate or pointer replaced."""
    name = "leaf_coords" if level == ENTRIES_LEVEL else field
    arrays = getattr(csf, name)
    changed = np.array(arrays if level == ENTRIES_LEVEL else arrays[level])
    changed[position] = value
    if level == ENTRIES_LEVEL:
        return dataclasses.replace(csf, leaf_coords=changed)
    return dataclasses.replace(csf, **{name: [*arrays[:level], changed, *arrays[level + 1 :]]})
