# SPDX-License-Identifier: Apache-2.0
"""Directed dot products of floating-point formats: corners that random operands miss.

Every function returns dot products of one kind for a format; DIRECTED names them all.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

from tests.blocks.mac.mac_floats import CLASSES, Floats
from tests.blocks.mac.mac_player import Dot

WORD = 48  # bits of an accumulator word
WORDS = 12


def class_matrix(f: Floats) -> list[Dot]:
    """Multiply each class of operand by each, in both signs."""
    operands = [f.of_class(name, sign) for name in CLASSES for sign in (0, 1)]
    return [Dot([pair]) for pair in itertools.product(operands, operands)]


def product_kinds(f: Floats) -> dict[str, tuple[int, int]]:
    """Return one product of each kind that sums have to distinguish."""

    def of(a: str, b: str, sign: int) -> tuple[int, int]:
        return f.of_class(a, sign), f.of_class(b, 0)

    kinds = {}
    for sign in (0, 1):
        kinds.update(
            {
                f"{'+-'[sign]}{name}": of(a, b, sign)
                for name, a, b in (
                    ("zero", "zero", "normal"),
                    ("least", "least subnormal", "least subnormal"),
                    ("subnormal", "subnormal", "normal"),
                    ("least normal", "least normal", "normal"),
                    ("normal", "normal", "normal"),
                    ("overflowing", "greatest normal", "greatest normal"),
                    ("infinity", "infinity", "subnormal"),
                    ("undefined", "infinity", "zero"),
                    ("quiet", "quiet NaN", "infinity"),
                    ("signalling", "signalling NaN", "zero"),
                )
            }
        )
    return kinds


def sum_matrix(f: Floats) -> list[Dot]:
    """Add each kind of product to each, in both orders, with and without a third."""
    kinds = list(product_kinds(f).values())
    pairs = list(itertools.product(kinds, kinds))
    return [Dot(list(pair)) for pair in pairs] + [Dot([*pair, kinds[8]], closed=False) for pair in pairs]


def every_position(f: Floats) -> list[Dot]:
    """Put the greatest significands at every place of the accumulator, alone and twice, in both signs."""
    dots = []
    for position, sign in itertools.product(range(507), (1, -1)):
        pair = f.full(position, sign)
        dots += [Dot([pair]), Dot([pair, pair]), Dot([pair, f.negated(pair), f.term(sign, f.lsb)])]
    return dots


def word_boundaries(f: Floats) -> list[Dot]:
    """Put powers of two around each word boundary, alone, with carries and with borrows."""
    dots = []
    top = 254 - f.lsb
    for word, step, sign in itertools.product(range(WORDS), range(-3, 4), (1, -1)):
        place = WORD * word + step
        if not 0 <= place <= top:
            continue
        one = f.term(sign, f.lsb + place)
        last = f.term(-sign, f.lsb)
        dots += [
            Dot([one]),
            Dot([one] * 2),
            Dot([one] * 3),
            Dot([one] * 5),
            Dot([one, last]),
            Dot([one] * 4 + [last]),
            Dot([one, f.negated(last)], closed=False),
        ]
    return dots


def power_of_equal_terms(f: Floats) -> list[Dot]:
    """Sum 2**j equal terms to exactly +-2**(48 k): every touched digit is zero, the carry alone counts."""
    return [
        Dot([f.term(sign, f.lsb + WORD * word - log)] * 2**log)
        for word in range(1, 11)
        for log in range(1, 7)
        for sign in (1, -1)
    ]


def negated_digit_over_zeros(f: Floats) -> list[Dot]:
    """Make negative sums whose lower touched words cancel to zero, or nearly."""
    dots = []
    digits = (1, 1 << 23, 1 << 47, (1 << WORD) - 1)
    for word, below, digit in itertools.product(range(1, 10), range(3), digits):
        if below < word:
            sum_up = f.value(-digit, f.lsb + WORD * word)
            low = f.term(1, f.lsb + WORD * below + 7)
            dots += [
                Dot([*sum_up, low, f.negated(low)]),
                Dot([low, *sum_up, low]),
                Dot([f.negated(low), *sum_up], closed=False),
            ]
    return dots


def halfway(f: Floats) -> list[Dot]:
    """Round exactly halfway between two numbers, and one place of the accumulator beside it."""
    dots = []
    exponents = [*range(-149, -120), *range(-120, 100, 9), *range(100, 105)]
    significands = (0x80_0000, 0x80_0001, 0xFF_FFFE, 0xFF_FFFF)
    for exponent, kept, sign in itertools.product(exponents, significands, (1, -1)):
        half = f.value(sign * (2 * kept + 1), exponent - 1)
        least = f.term(1, f.lsb)
        dots += [
            Dot(half),
            Dot([*half, least]),
            Dot([f.negated(least), *half], closed=False),
            Dot(f.value(sign * (8 * kept + 3), exponent - 3)),
            Dot(f.value(sign * (8 * kept + 5), exponent - 3)),
        ]
    return dots


def sticky(f: Floats) -> list[Dot]:
    """Put one bit at every distance below a power of two, halfway or not, across the ends of the windows."""
    dots = []
    for place, below, sign in itertools.product((0, 1, 22, 23, 24, 25, 46, 47), range(1, 98), (1, -1)):
        high = f.lsb + 5 * WORD + place
        low = f.term(sign, high - below)
        dots += [Dot([f.term(1, high), low])]
        if below > 24:
            dots += [Dot([f.term(1, high), f.term(1, high - 24), low])]
    return dots


def subnormal_results(f: Floats) -> list[Dot]:
    """Round sums below the least normal number, of every length, down to nothing."""
    dots = []
    for bits, sign in itertools.product(range(1, 26), (1, -1)):
        for value in {(1 << bits) - 1, 1 << (bits - 1), (1 << bits) - 2 or 1}:
            for exponent in (-149, -150, -151, -160):
                exact = f.value(sign * value, exponent)
                least = f.term(1, f.lsb)
                dots += [Dot(exact), Dot([*exact, least]), Dot([*exact, f.negated(least)])]
    for exponent, sign in itertools.product(range(f.lsb, -140), (1, -1)):
        dots += [Dot([f.term(sign, exponent)]), Dot([f.term(sign, exponent)] * 3)]
    return dots


def overflow(f: Floats) -> list[Dot]:
    """Sum to the greatest number, to where rounding makes it infinite, and beyond."""
    greatest = f.value(0xFF_FFFF, 104)
    dots = []
    for sign in (1, -1):
        signed = [pair if sign > 0 else f.negated(pair) for pair in greatest]
        half, least = f.term(sign, 103), f.term(sign, f.lsb)
        dots += [
            Dot(signed),
            Dot([*signed, half]),
            Dot([*signed, half, f.negated(least)]),
            Dot([*signed, half, least]),
            Dot([*signed, f.term(sign, 102), f.term(sign, 101)]),
            Dot([f.term(sign, 128)]),
            Dot([f.term(sign, 254)] * 8),
            Dot([f.term(sign, 128), f.term(-sign, 103)]),
            Dot([f.term(sign, 128), f.term(-sign, 102)]),
            Dot([f.full(506, sign)] * 3),
        ]
    return dots


def cancellation(f: Floats) -> list[Dot]:
    """Cancel sums of 2 to 24 products exactly, or down to their last bit: anywhere, in a word, across two."""
    rng = random.Random(48)
    dots = []
    for length, where in itertools.product([*range(1, 13)] * 2, ("anywhere", "in a word", "across two")):
        word = WORD * rng.randrange(10)
        pairs = [
            f.full(
                rng.randrange(507) if where == "anywhere" else word + (WORD - f.precision) * (where == "across two"),
                rng.choice((1, -1)),
            )
            for _ in range(length)
        ]
        both = [*pairs, *map(f.negated, pairs)]
        rng.shuffle(both)
        last = f.term(rng.choice((1, -1)), f.lsb)
        dots += [Dot(both), Dot([*both, last]), Dot([last, *both[1:]], closed=False)]
    return dots


def alternating(f: Floats) -> list[Dot]:
    """Swing between the greatest sums of both signs."""
    great, small = f.full(506), f.full(0)
    dots = []
    for length, begin in itertools.product((2, 3, 16, 33, 64), (0, 1)):
        swing = [great if i % 2 == begin else f.negated(great) for i in range(length)]
        dots += [
            Dot(swing),
            Dot([*swing, small]),
            Dot([small] * 3 + swing),
            Dot(swing + [f.negated(small)] * 5, closed=False),
        ]
    return dots


def flags_left_behind(f: Floats) -> list[Dot]:
    """Follow special products by ordinary dot products, on the same side of the accumulator and the other."""
    plain = Dot([f.term(3, 0), f.term(1, 50)])
    dots = []
    for kind, pair in product_kinds(f).items():
        if kind[1:] in ("infinity", "undefined", "quiet", "signalling", "overflowing"):
            for special in (Dot([pair]), Dot([pair, f.term(1, 0)], closed=False)):
                dots += [special, plain, plain, Dot([]), special, Dot([]), plain, special, special, plain]
    return dots


def without_products(f: Floats) -> list[Dot]:
    """End dot products without a product, singly and in rows, among others; and add zeros of both signs."""
    one, zero = f.term(1, 0), f.of_class("zero", 0)
    minus = (zero | 1 << (f.width - 1), f.of_class("normal", 0))
    dots = [Dot([])] * 5
    for item in (
        Dot([one]),
        Dot([one, one]),
        Dot([one], closed=False),
        Dot([minus]),
        Dot([minus, minus]),
        Dot([minus, (zero, zero)], closed=False),
        Dot([one], hole=True),
        Dot([one, f.negated(one)]),
        Dot([], hole=True),
    ):
        dots += [item, Dot([]), item, item, Dot([]), Dot([])]
    return dots


def wide_sums(f: Floats) -> list[Dot]:
    """Span from few words to all twelve, with empty words between."""
    dots = []
    for low, high, sign in itertools.product(range(WORDS), range(WORDS), (1, -1)):
        if low < high:
            ends = [f.full(min(WORD * low, 506)), f.full(min(WORD * high, 506), sign)]
            dots += [Dot(ends), Dot([f.negated(ends[0]), ends[1], ends[0], f.negated(ends[0])])]
    return dots


DIRECTED: tuple[Callable[[Floats], list[Dot]], ...] = (
    class_matrix,
    sum_matrix,
    every_position,
    word_boundaries,
    power_of_equal_terms,
    negated_digit_over_zeros,
    halfway,
    sticky,
    subnormal_results,
    overflow,
    cancellation,
    alternating,
    flags_left_behind,
    without_products,
    wide_sums,
)
