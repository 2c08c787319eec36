# SPDX-License-Identifier: Apache-2.0
"""The order of a descriptor's checks, the table of docs/error_codes.md; and wrong words for each of its rows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from models.device.layout import DENSE, DENSE_LEVEL, HEAD, KEPT, LAYOUT, LEVEL, RECORDS, ROWS, WORD
from sim.toolchain import ROOT

HEADING = "\n## The order of checks\n"
WIDE = 0xFFFF_FFFF
BEFORE, AFTER = -1, 99  # the head, and what is checked behind the levels
# Modes of the operands, without the contracted one. The levels are: A 0 to 2 and its leaf 3, B 4, 5 and its leaf 6.
MODES_OF_A, MODES_OF_B, CONTRACTED = (2, 3, 2), (2, 3), 9
DENSE_A = 1  # the dense level
LEVELS = len(MODES_OF_A) + len(MODES_OF_B) + 2
FIRST, SECOND, EXTENT, COUNT, KIND, LAST = 0, 2, 4, 5, 6, 7  # words of a level


@dataclasses.dataclass(frozen=True)
class Check:
    """A row of the table with one word and one error; `level`: the place is within a level; None: no offset."""

    word: str
    error: str
    place: int | None
    level: bool


def read_checks() -> list[Check]:
    """Return the checks in the order of the table."""
    text = (ROOT / "docs" / "error_codes.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    checks = []
    for line in [line for line in text.splitlines() if line.startswith("|")][2:]:
        words, places, errors = ([each.strip() for each in cell.split(",")] for cell in line.strip("|").split("|"))
        for word, place in zip(words, places * len(words) if len(places) == 1 else places, strict=True):
            offset = re.fullmatch(r"(\+?)(\d+)", place)
            for error in errors:
                found = (int(offset[2]), bool(offset[1])) if offset else (None, False)
                checks.append(Check(word, error.strip("`"), *found))
    assert checks, "the page lacks the table"
    return checks


def read_pitch() -> tuple[int, int]:
    """Return the least pitch of docs/device_tensors.md, and its step."""
    text = (ROOT / "docs" / "device_tensors.md").read_text()
    (found,) = re.findall(r"\| 44 \| pitch in elements, at least (\d+), a multiple of (\d+) \|", text)
    return int(found[0]), int(found[1])


@dataclasses.dataclass(frozen=True)
class Case:
    """Words that are wrong, and what is wrong with them.

    Attributes:
        words: the values of words by their numbers in the descriptor.
        faults: (level, word, error), the word as in the table; BEFORE and AFTER are no levels.
    """

    words: dict[int, int]
    faults: tuple[tuple[int, str, str], ...]

    def __add__(self, other: Case) -> Case:
        return Case(self.words | other.words, self.faults + other.faults)

    def apart(self, other: Case) -> bool:
        """Return whether both can be in one descriptor."""
        return not self.words.keys() & other.words.keys()

    def first(self, checks: list[Check]) -> tuple[str, int | None]:
        """Return the error that the table names, and its place if that is an offset."""
        known = [(check.word, check.error) for check in checks]
        level, index = min((level, known.index((word, error))) for level, word, error in self.faults)
        check = checks[index]
        return check.error, check.place + check.level * at(level, 0) * WORD if check.place is not None else None


def at(level: int, word: int) -> int:
    """Return the number of a word of a level."""
    return (HEAD + level * LEVEL) // WORD + word


def cases(words: list[int]) -> Iterator[Case]:
    """Yield wrong words of a right descriptor with rows of the least pitch, given its words."""

    def head(changes: dict[int, int], *faults: tuple[str, str], group: int = BEFORE) -> Case:
        return Case(changes, tuple((group, *fault) for fault in faults))

    wrong, align, span = "ErrDescriptor", "ErrAlign", "ErrSpan"
    what = words[1]
    yield head({0: 1}, ("magic", wrong))
    yield head({1: what & ~15}, ("order of A", "ErrOrder"))
    yield head({1: what | 0xF0}, ("of B", "ErrOrder"))
    yield head({1: what & ~15 | 0xF0 | 1 << 31}, ("order of A", "ErrOrder"), ("of B", "ErrOrder"), ("*what*", wrong))
    yield head({1: what | 1 << 31}, ("*what*", wrong))
    yield head({1: what | 1 << KEPT}, ("kept operand", "ErrNoOperand"), group=AFTER)
    yield head({2: words[2] | 4}, ("results", align))
    yield head({3: WIDE, 5: WIDE}, ("results", span))
    yield head({2: words[2] | 4, 3: WIDE, 5: WIDE}, ("results", align), ("results", span))
    yield head({7: 1}, ("portion", wrong))
    yield head({10: 1}, ("shift", wrong))
    least, step = read_pitch()
    for pitch in (least - step, least - 1, least + step // 2):
        yield head({11: pitch}, ("pitch", wrong))
    yield head({12: words[12] | 4}, ("`crd`", align))
    yield head({14: words[14] | 4}, ("`pos` of *rows*", align))
    zero = {word: name for word, name in zip(range(12, 16), ("words 48", "52", "56", "60 that must be 0"), strict=True)}
    for layout, wrongs in ((DENSE, [[12], [13], [14], [15], [13, 14]]), (RECORDS, [[13], [15], [12, 15]])):
        others = {1: what ^ (ROWS ^ layout) << LAYOUT, 11: words[11] if layout else 0, **dict.fromkeys(zero, 0)}
        for wrong_ones in wrongs:
            yield head(others | dict.fromkeys(wrong_ones, 64), *((zero[word], wrong) for word in wrong_ones))
    for level in range(LEVELS):
        yield from level_cases(words, level)
    yield head({4: 0, 5: 0}, ("capacity", span), group=AFTER)
    many = WIDE & ~63
    yield head({11: many}, ("capacity", span), ("elements", span), group=AFTER)
    yield head({11: many, 5: 1 << 8}, ("elements", span), group=AFTER)
    yield head({12: many, 13: WIDE}, ("end of `crd`", span), group=AFTER)
    yield head({14: many, 15: WIDE}, ("end of `pos`", span), group=AFTER)
    to_dense = {1: what ^ (ROWS ^ DENSE) << LAYOUT, 11: words[11], **dict.fromkeys(zero, 0)}
    yield head({**to_dense, at(4, EXTENT): 65}, ("columns of *dense*", wrong), group=AFTER)
    yield head({at(4, EXTENT): 1 << 31, at(5, EXTENT): 4}, ("columns", wrong), group=AFTER)


def level_cases(words: list[int], level: int) -> Iterator[Case]:
    """Yield wrong words of one level."""
    leaf, dense = level in (len(MODES_OF_A), LEVELS - 1), level == DENSE_A
    up = LEVEL // WORD  # the same word of the level above

    def case(changes: dict[int, int], *faults: tuple[str, str]) -> Case:
        numbers = {at(level, word): value for word, value in changes.items()}
        return Case(numbers, tuple((level, *fault) for fault in faults))

    wrong, align, span = "ErrDescriptor", "ErrAlign", "ErrSpan"
    for word, name in ((FIRST, "first array"), (SECOND, "second array")):
        odd, high = {word: words[at(level, word)] | 32}, {word: WIDE & ~63, word + 1: WIDE}
        much = {} if leaf else {COUNT: 17}  # more than the 64 bytes that are left
        if not (dense and name == "second array"):
            yield case(odd, (name, align))
            yield case({**high, **much}, (name, span))
            yield case({**high, **much, word: WIDE}, (name, align), (name, span))
    if dense:
        name = "second array of a dense level"
        for changes, faults in (
            ({SECOND: 64}, []),
            ({SECOND + 1: 1}, []),
            ({SECOND: 4}, [("second array", align)]),
            ({SECOND: WIDE & ~63, SECOND + 1: WIDE}, []),
        ):
            yield case(changes, (name, wrong), *faults)
    yield case({EXTENT: 0}, ("extent", "ErrExtent"))
    if level == LEVELS - 1:
        yield case({EXTENT: CONTRACTED + 1}, ("extent", "ErrExtentsDiffer"))
        yield case({EXTENT: 0}, ("extent", "ErrExtent"), ("extent", "ErrExtentsDiffer"))
    full = ("count", "ErrMemoryFull")
    product = ("count of a dense level", "ErrLevelCount")
    yield case({COUNT: 1 << 24}, full, *([product] if dense else []))
    if dense:
        yield case({COUNT: words[at(level, COUNT)] + 1}, product)
    if level == 5:
        yield case({COUNT - up: 0}, ("count", "ErrCount"))
        yield case({COUNT - up: 0, COUNT: 1 << 24}, ("count", "ErrCount"), full)
    if dense:
        yield case({COUNT - up: 0}, product, ("count", "ErrCount"))
    yield case({KIND: words[at(level, KIND)] | 1 << 31}, ("kind", wrong))
    if leaf:
        yield case({KIND: 1 << DENSE_LEVEL}, ("kind", wrong))
    yield case({LAST: 1}, ("last word", wrong))
