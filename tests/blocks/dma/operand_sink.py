# SPDX-License-Identifier: Apache-2.0
"""The operand loader as an interface sees it: it takes the channels of an operand, and records what came."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Sequence

from models.csf import Csf
from models.numbers.formats import NumberFormat
from sim.rtl_types import PackedType

NONE, COORDS, POINTERS, ENTRIES = range(4)  # operand_part_e


@dataclasses.dataclass
class Taken:
    """What the core took of an operand.

    Attributes:
        head: number of the operand, if there was a head.
        levels: leaf, dense, extent and count of each.
        words: part, level and word; of entries the coordinate and the value.
        flushed: the operand was abandoned.
    """

    head: int | None = None
    levels: list[tuple[int, int, int, int]] = dataclasses.field(default_factory=list)
    words: list[tuple[int, int, object]] = dataclasses.field(default_factory=list)
    flushed: bool = False

    def begins(self, whole: Taken) -> bool:
        """Return whether these are the first items of an operand that is then abandoned."""
        pairs = ((self.levels, whole.levels), (self.words, whole.words))
        return self.flushed and self.head == whole.head and all(few == all_[: len(few)] for few, all_ in pairs)


def expected(csf: Csf, which: int, fmt: NumberFormat, dense: Sequence[int]) -> Taken:
    """Return all of an operand; the coordinates of its `dense` levels do not come."""
    counts = [len(coords) for coords in csf.coords] + [csf.nnz]
    taken = Taken(which)
    for level, (extent, count) in enumerate(zip(csf.shape, counts, strict=True)):
        leaf = level == csf.order - 1
        taken.levels.append((int(leaf), int(level in dense), extent, count))
        if leaf:
            entries = zip(csf.leaf_coords.tolist(), fmt.encode(csf.leaf_values).tolist(), strict=True)
            taken.words += [(ENTRIES, level, entry) for entry in entries]
            continue
        if level not in dense:
            taken.words += [(COORDS, level, word) for word in csf.coords[level].tolist()]
        taken.words += [(POINTERS, level, word) for word in csf.pointers[level].tolist()]
    return taken


class OperandSink:
    """A loader that is always ready for a head, and for the rest unless it stalls.

    Attributes:
        taken: of each operand; the last is in progress, or has not begun.
        busy: inside an operand.
    """

    def __init__(self, operand_t: PackedType, stalls: Callable[[], bool]):
        self._type, self._stalls = operand_t, stalls
        self.taken = [Taken()]
        self.reset()

    def reset(self) -> None:
        """Forget the operand in progress, and be idle."""
        self.taken[-1:] = [Taken()]
        self.busy = False
        self._open = False  # its leaf has not been announced
        self._parts: deque[list[int]] = deque()  # part, level, words that are left
        self._position = 0

    @property
    def state(self) -> dict[str, int]:
        """The members of operand_state_t in this cycle."""
        part, level, _left = self._parts[0] if self._parts else (NONE, 0, 0)
        return {"idle": not self.busy, "part": part, "level": level, "position": self._position}

    def take(self, bits: int) -> dict[str, int]:
        """Take what comes; return the members of operand_ready_t in this cycle."""
        come = self._type.unpack(bits)
        if come.flush:
            if self.busy:
                self.taken[-1].flushed = True
                self._end()
            return {}
        if not self.busy:
            if come.head_valid:
                assert come.head.known and not self._parts
                self.taken[-1].head = come.head.operand
                self.busy = self._open = True
            return {"head": 1}
        ready = {}
        if come.level_valid and self._open and not self._stalls():
            ready["level"] = 1
            self._level(come.level)
        elif (come.upper_valid or come.leaf_valid) and self._parts and not self._stalls():
            ready = self._words(come)
        if not self._open and not self._parts:
            self._end()
        return ready

    def _level(self, level) -> None:
        seen = self.taken[-1].levels
        number = len(seen)
        seen.append((level.leaf, level.dense, level.extent, level.count))
        if level.leaf:
            self._open = False
        if level.leaf and level.count:
            self._parts.append([ENTRIES, number, level.count])
        elif not level.leaf:
            if level.count and not level.dense:
                self._parts.append([COORDS, number, level.count])
            self._parts.append([POINTERS, number, level.count + 1])

    def _words(self, come) -> dict[str, int]:
        part, level, left = self._parts[0]
        leaf = part == ENTRIES
        assert come.leaf_valid == leaf and come.upper_valid != leaf, "words of a part that is not read"
        if leaf:
            assert not come.leaf.over & (1 << left) - 1
            words = list(zip(come.leaf.coords, come.leaf.values, strict=True))
        else:
            words = [come.upper >> at & 0xFFFF_FFFF for at in range(0, self._type.members["upper"][1].width, 32)]
        self.taken[-1].words += [(part, level, word) for word in words[:left]]
        self._position += min(left, len(words))
        self._parts[0][2] = left - len(words)
        if left <= len(words):
            self._parts.popleft()
            self._position = 0
        return {"leaf": 1} if leaf else {"upper": 1}

    def _end(self) -> None:
        self.taken.append(Taken())
        self.reset()
