# SPDX-License-Identifier: Apache-2.0
"""Sums of portions as the words between MAC and combiner, in exact integers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from models.numbers import NumberFormat
from sim.rtl_types import package_types

WORD = 48  # weight bits of a word of the accumulator
COUNT_BITS = 24  # room for carries, EntryIdWidth

_STATUS = package_types("flaash_mac_pkg")["mac_status_t"]
PRODUCT, IS_NAN, INVALID, PLUS_INFINITY, MINUS_INFINITY = (
    _STATUS.pack({name: 1}) for name in ("product", "nan", "invalid", "pos_inf", "neg_inf")
)

Pair = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Message:
    """One word of a portion: part_head_t and the word as a signed number."""

    last: bool
    touch: bool
    index: int
    status: int
    word: int

    def head(self) -> dict[str, int]:
        """Return the members of part_head_t."""
        return {"last": int(self.last), "touch": int(self.touch), "index": self.index, "status": self.status}


def read_message(fmt: NumberFormat, part: tuple, count_bits: int = COUNT_BITS) -> Message:
    """Return the message of a record with `head` and `word`, as the RTL's FLAASH_PART."""
    head, width = part.head, word_bits(fmt, count_bits)
    return Message(
        bool(head.last),
        bool(head.touch),
        head.index,
        _STATUS.pack(head.status),
        part.word - (part.word >> (width - 1) << width),
    )


def word_bits(fmt: NumberFormat, count_bits: int = COUNT_BITS) -> int:
    """Return the bits of a word."""
    return (WORD if fmt.is_float else 2 * fmt.value_width) + count_bits + 1


def terms(fmt: NumberFormat, pairs: Sequence[Pair]) -> list[int]:
    """Return the exact products of finite operands, in units of the least one."""
    if not pairs:
        return []
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    if not fmt.is_float:
        return [int(x) * int(y) for x, y in zip(fmt.signed(a), fmt.signed(b), strict=True)]
    least = 2 * int(fmt.parts(np.array([1])).exponent[0])
    a, b = fmt.parts(a), fmt.parts(b)
    special = a.nan | b.nan | a.infinite | b.infinite
    return [
        0 if odd else int(x) * int(y) << int(place) - least
        for x, y, place, odd in zip(a.significand, b.significand, a.exponent + b.exponent, special, strict=True)
    ]


def status(fmt: NumberFormat, pairs: Sequence[Pair]) -> int:
    """Return mac_status_t of these products."""
    result = PRODUCT if pairs else 0
    if not pairs or not fmt.is_float:
        return result
    a, b = (fmt.parts(np.array(side)) for side in zip(*pairs, strict=True))
    infinite = (a.infinite | b.infinite) & ~a.nan & ~b.nan
    undefined = infinite & (a.zero | b.zero)
    negative = a.negative ^ b.negative
    for bit, seen in (
        (IS_NAN, a.nan | b.nan | undefined),
        (INVALID, a.signalling | b.signalling | undefined),
        (PLUS_INFINITY, infinite & ~undefined & ~negative),
        (MINUS_INFINITY, infinite & ~undefined & negative),
    ):
        result |= bit * bool(seen.any())
    return result


def messages(fmt: NumberFormat, pairs: Sequence[Pair]) -> list[Message]:
    """Return the words that a MAC sends for a portion: each product adds to the two words it touches."""
    about = status(fmt, pairs)
    if not fmt.is_float:
        return [Message(True, bool(pairs), 0, about, sum(terms(fmt, pairs)))]
    words: dict[int, int] = {}
    for term in terms(fmt, pairs):
        magnitude, index = abs(term), 0
        while magnitude:
            digit = magnitude & 2**WORD - 1
            if digit:
                words[index] = words.get(index, 0) + (digit if term > 0 else -digit)
            magnitude, index = magnitude >> WORD, index + 1
    indices = sorted(words)
    return [Message(i == indices[-1], True, i, about, words[i]) for i in indices] or [Message(True, False, 0, about, 0)]


def total(parts: Iterable[Message]) -> int:
    """Return the exact sum of words."""
    return sum(part.word << WORD * part.index for part in parts if part.touch)
