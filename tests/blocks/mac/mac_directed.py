# SPDX-License-Identifier: Apache-2.0
"""Directed dot products of floating-point formats: corners that random operands miss.

Every function of DIRECTED returns dot products of one kind for a format.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Iterator

from tests.blocks.mac.mac_floats import CLASSES, Floats
from tests.blocks.mac.mac_player import Dot

WORD = 48  # bits of an accumulator word
WORDS = 12
DIRECTED: list[Callable[[Floats], list[Dot]]] = []


def directed(function: Callable[[Floats], Iterator[Dot]]) -> Callable[[Floats], list[Dot]]:
    """Enter a function that yields dot products into DIRECTED; there it returns a list."""

    @functools.wraps(function)
    def listed(f: Floats) -> list[Dot]:
        return list(function(f))

    DIRECTED.append(listed)
    return listed


@directed
def class_matrix(f: Floats) -> Iterator[Dot]:
    """Multiply each class of operand by each, in both signs."""
    operands = [f.of_class(name, sign) for name in CLASSES for sign in (0, 1)]
    for pair in itertools.product(operands, operands):
        yield Dot([pair])


def product_kinds(f: Floats) -> dict[str, tuple[int, int]]:
    """Return one product of each kind that sums have to distinguish."""
    kinds = {
        "zero": ("zero", "normal"),
        "least": ("least subnormal", "least subnormal"),
        "subnormal": ("subnormal", "normal"),
        "least normal": ("least normal", "normal"),
        "normal": ("normal", "normal"),
        "overflowing": ("greatest normal", "greatest normal"),
        "infinity": ("infinity", "subnormal"),
        "undefined": ("infinity", "zero"),
        "quiet": ("quiet NaN", "infinity"),
        "signalling": ("signalling NaN", "zero"),
    }
    return {
        f"{'+-'[sign]}{name}": (f.of_class(a, sign), f.of_class(b, 0))
        for sign in (0, 1)
        for name, (a, b) in kinds.items()
    }


@directed
def sum_matrix(f: Floats) -> Iterator[Dot]:
    """Add each kind of product to each, in both orders, with and without a third."""
    kinds = list(product_kinds(f).values())
    pairs = list(itertools.product(kinds, kinds))
    yield from (Dot(list(pair)) for pair in pairs)
    yield from (Dot([*pair, kinds[8]], closed=False) for pair in pairs)


@directed
def every_position(f: Floats) -> Iterator[Dot]:
    """Put the greatest significands at every place of the accumulator, alone and twice, in both signs."""
    for position, sign in itertools.product(range(507), (1, -1)):
        pair = f.full(position, sign)
        yield from map(Dot, ([pair], [pair, pair], [pair, f.negated(pair), f.term(sign, f.lsb)]))


@directed
def word_boundaries(f: Floats) -> Iterator[Dot]:
    """Put powers of two around each word boundary, alone, with carries and with borrows."""
    for word, step, sign in itertools.product(range(WORDS), range(-3, 4), (1, -1)):
        place = WORD * word + step
        if 0 <= place <= 254 - f.lsb:
            one, last = f.term(sign, f.lsb + place), f.term(-sign, f.lsb)
            yield from map(Dot, ([one], [one] * 2, [one] * 3, [one] * 5, [one, last], [one] * 4 + [last]))
            yield Dot([one, f.negated(last)], closed=False)


@directed
def power_of_equal_terms(f: Floats) -> Iterator[Dot]:
    """Sum 2**j equal terms to exactly +-2**(48 k): every touched digit is zero, the carry alone counts."""
    for word, log, sign in itertools.product(range(1, 11), range(1, 7), (1, -1)):
        yield Dot([f.term(sign, f.lsb + WORD * word - log)] * 2**log)


@directed
def negated_digit_over_zeros(f: Floats) -> Iterator[Dot]:
    """Make negative sums whose lower touched words cancel to zero, or nearly."""
    digits = (1, 1 << 23, 1 << 47, (1 << WORD) - 1)
    for word, below, digit in itertools.product(range(1, 10), range(3), digits):
        if below < word:
            sum_up = f.value(-digit, f.lsb + WORD * word)
            low = f.term(1, f.lsb + WORD * below + 7)
            yield from map(Dot, ([*sum_up, low, f.negated(low)], [low, *sum_up, low]))
            yield Dot([f.negated(low), *sum_up], closed=False)


@directed
def halfway(f: Floats) -> Iterator[Dot]:
    """Round exactly halfway between two numbers, and one place of the accumulator beside it."""
    exponents = [*range(-149, -120), *range(-120, 100, 9), *range(100, 105)]
    significands = (0x80_0000, 0x80_0001, 0xFF_FFFE, 0xFF_FFFF)
    least = f.term(1, f.lsb)
    for exponent, kept, sign in itertools.product(exponents, significands, (1, -1)):
        half = f.value(sign * (2 * kept + 1), exponent - 1)
        yield from (Dot(half), Dot([*half, least]), Dot([f.negated(least), *half], closed=False))
        yield from (Dot(f.value(sign * (8 * kept + eighths), exponent - 3)) for eighths in (3, 5))


@directed
def sticky(f: Floats) -> Iterator[Dot]:
    """Put one bit at every distance below a power of two, halfway or not, across the ends of the windows."""
    for place, below, sign in itertools.product((0, 1, 22, 23, 24, 25, 46, 47), range(1, 98), (1, -1)):
        high = f.lsb + 5 * WORD + place
        low = f.term(sign, high - below)
        yield Dot([f.term(1, high), low])
        if below > 24:
            yield Dot([f.term(1, high), f.term(1, high - 24), low])


@directed
def subnormal_results(f: Floats) -> Iterator[Dot]:
    """Round sums below the least normal number, of every length, down to nothing."""
    least = f.term(1, f.lsb)
    for bits, sign in itertools.product(range(1, 26), (1, -1)):
        for value in {(1 << bits) - 1, 1 << (bits - 1), (1 << bits) - 2 or 1}:
            for exponent in (-149, -150, -151, -160):
                exact = f.value(sign * value, exponent)
                yield from map(Dot, (exact, [*exact, least], [*exact, f.negated(least)]))
    for exponent, sign in itertools.product(range(f.lsb, -140), (1, -1)):
        yield from map(Dot, ([f.term(sign, exponent)], [f.term(sign, exponent)] * 3))


@directed
def overflow(f: Floats) -> Iterator[Dot]:
    """Sum to the greatest number, to where rounding makes it infinite, and beyond."""
    for sign in (1, -1):
        great = f.value(sign * 0xFF_FFFF, 104)
        half, least, beyond = f.term(sign, 103), f.term(sign, f.lsb), f.term(sign, 128)
        yield from map(Dot, (great, [*great, half], [*great, half, f.negated(least)], [*great, half, least]))
        yield Dot([*great, f.term(sign, 102), f.term(sign, 101)])
        yield from map(Dot, ([beyond], [f.term(sign, 254)] * 8, [f.full(506, sign)] * 3))
        yield from (Dot([beyond, f.term(-sign, exponent)]) for exponent in (103, 102))


@directed
def cancellation(f: Floats) -> Iterator[Dot]:
    """Cancel sums of 2 to 24 products exactly, or down to their last bit: anywhere, in a word, across two."""
    rng = random.Random(48)
    for length, where in itertools.product([*range(1, 13)] * 2, ("anywhere", "in a word", "across two")):
        word = WORD * rng.randrange(10) + (WORD - f.precision) * (where == "across two")
        places = [rng.randrange(507) if where == "anywhere" else word for _ in range(length)]
        pairs = [f.full(place, rng.choice((1, -1))) for place in places]
        both = [*pairs, *map(f.negated, pairs)]
        rng.shuffle(both)
        last = f.term(rng.choice((1, -1)), f.lsb)
        yield from (Dot(both), Dot([*both, last]), Dot([last, *both[1:]], closed=False))


@directed
def alternating(f: Floats) -> Iterator[Dot]:
    """Swing between the greatest sums of both signs."""
    great, small = f.full(506), f.full(0)
    for length, begin in itertools.product((2, 3, 16, 33, 64), (0, 1)):
        swing = [great if i % 2 == begin else f.negated(great) for i in range(length)]
        yield from map(Dot, (swing, [*swing, small], [small] * 3 + swing))
        yield Dot(swing + [f.negated(small)] * 5, closed=False)


@directed
def flags_left_behind(f: Floats) -> Iterator[Dot]:
    """Follow special products by ordinary dot products, on the same side of the accumulator and the other."""
    plain, empty = Dot([f.term(3, 0), f.term(1, 50)]), Dot([])
    for kind, pair in product_kinds(f).items():
        if kind[1:] in ("infinity", "undefined", "quiet", "signalling", "overflowing"):
            for special in (Dot([pair]), Dot([pair, f.term(1, 0)], closed=False)):
                yield from (special, plain, plain, empty, special, empty, plain, special, special, plain)


@directed
def without_products(f: Floats) -> Iterator[Dot]:
    """End dot products without a product, singly and in rows, among others; and add zeros of both signs."""
    one, zero, empty = f.term(1, 0), f.of_class("zero", 0), Dot([])
    minus = (zero | 1 << (f.width - 1), f.of_class("normal", 0))
    yield from [empty] * 5
    for item in (
        *map(Dot, ([one], [one, one], [minus], [minus, minus], [one, f.negated(one)])),
        *(Dot(pairs, closed=False) for pairs in ([one], [minus, (zero, zero)])),
        *(Dot(pairs, hole=True) for pairs in ([one], [])),
    ):
        yield from (item, empty, item, item, empty, empty)


@directed
def wide_sums(f: Floats) -> Iterator[Dot]:
    """Span from few words to all twelve, with empty words between."""
    for low, high, sign in itertools.product(range(WORDS), range(WORDS), (1, -1)):
        if low < high:
            first, last = f.full(min(WORD * low, 506)), f.full(min(WORD * high, 506), sign)
            yield from map(Dot, ([first, last], [f.negated(first), last, first, f.negated(first)]))
