# SPDX-License-Identifier: Apache-2.0
"""Dot products whose sums are the corners of a finish: ties and their neighbours, saturation, zero and specials."""

from __future__ import annotations

import itertools

import numpy as np

from models.numbers import Finish, Flags, get_format
from tests.blocks.mac.mac_player import Dot

MOST = {"int8": 1 << 21, "int16": 1 << 36}  # of the magnitude of a sum, so that its products are few
KINDS = {"positive", "negative", "zero", "rounded to zero", "nan", "infinite", "greatest", "inexact"}


def corners(name: str, finish: Finish) -> list[Dot]:
    """Return dot products for a format and a finish that it has."""
    return _floats(name) if get_format(name).is_float else _integers(name, finish.shift)


def missing(name: str, dots: list[Dot], finish: Finish) -> set[str]:
    """Return the kinds of outcome that no dot product has, but could have."""
    fmt = get_format(name)
    possible = set(KINDS)
    if not fmt.is_float:
        possible -= {"nan", "infinite"}
        if not finish.narrow:
            possible -= {"inexact", "rounded to zero", "greatest"}
        elif not finish.shift:
            possible -= {"rounded to zero"}
        elif MOST[name] >> finish.shift < 2 ** (fmt.value_width - 1):
            possible -= {"greatest"} | ({"positive", "negative"} if MOST[name] >> finish.shift == 0 else set())
    if finish.relu:
        possible -= {"negative"}
    return possible - set().union(*(kinds(name, item, finish) for item in dots))


def kinds(name: str, item: Dot, finish: Finish) -> set[str]:
    """Return the KINDS of a dot product's outcome."""
    fmt, result = get_format(name), item.expected(name, finish)
    value = float(fmt.decode_result(np.array([result.bits], np.uint64), finish.narrow)[0])
    greatest = 2 ** (fmt.value_width - 1) - 1
    found = {
        "nan": np.isnan(value),
        "infinite": np.isinf(value) and not result.flags & Flags.OVERFLOW,
        "greatest": bool(result.flags & Flags.OVERFLOW) or (finish.narrow and not fmt.is_float and value == greatest),
        "positive": value > 0,
        "negative": value < 0,
        "zero": value == 0 and result.exact,
        "rounded to zero": value == 0 and not result.exact,
        "inexact": not result.exact,
    }
    return {kind for kind, holds in found.items() if holds}


def _integers(name: str, shift: int) -> list[Dot]:
    """Each quotient near zero and near both ends, with each remainder near nothing, a half and the next quotient."""
    one, most = 1 << shift, 2 ** (get_format(name).value_width - 1)
    quotients = {q + near for q in (0, most, -most) for near in (-2, -1, 0, 1, 2)}
    rests = {0, 1, one // 2 - 1, one // 2, one // 2 + 1, one - 1}
    totals = {q * one + rest for q, rest in itertools.product(quotients, rests)}
    totals |= {sign * total for sign in (1, -1) for total in (0, 1, 5, MOST[name])}
    return [_sum_of(name, total) for total in sorted(totals) if abs(total) <= MOST[name]]


def _sum_of(name: str, total: int) -> Dot:
    """Return a dot product with this sum: equal products, then the rest in two."""
    width = get_format(name).value_width
    least, mask = 2 ** (width - 1), 2**width - 1
    sign, size = (-1 if total < 0 else 1), abs(total)
    step = (least - 1) ** 2
    times, rest = divmod(size, step)
    high, low = divmod(rest, least - 1)
    tail = [(sign * (least - 1) & mask, high), (sign & mask, low)]
    equal = [(sign * (least - 1) & mask, least - 1)] if times else []
    return Dot(equal, times=max(times, 1), tail=tail)


def _floats(name: str) -> list[Dot]:
    """Each rounding of seven and a half to nine bits at each end of the exponents, and special values."""
    inf, nan = float("inf"), float("nan")
    sums: list[list[tuple[float, float]]] = [
        [(inf, 1.0)],
        [(-inf, 1.0)],
        [(inf, 1.0), (inf, -1.0)],
        [(-inf, 1.0), (1.0, 1.0)],
        [(nan, 1.0)],
        [(-nan, -1.0), (-inf, 1.0)],
        [(inf, 0.0)],
        [(-0.0, 1.0)],
        [(-0.0, 1.0), (0.0, 0.0)],
        [],
        [(1.0, 1.0), (1.0, -1.0)],
        [(2.0**127, 1.0), (2.0**127, 1.0)],
        [(2.0**127, -1.0), (2.0**127, -1.0)],
    ]
    # With 8 bits in q, two more below and one far below. Subnormal numbers of bfloat16 begin at 2 ** -133.
    for sign, q, rest, far in itertools.product((1, -1), (128, 129, 254, 255), range(4), (-1, 0, 1)):
        for exponent in (-140, -134, -133, -7, 100, 120):
            terms = [_term(sign * q, exponent), _term(sign * rest, exponent - 2), _term(sign * far, exponent - 9)]
            sums.append(terms)
    # Subnormal results of one to three bits, and those that vanish.
    for sign, q, exponent in itertools.product((1, -1), range(1, 8), (-133, -134, -135, -136, -149, -150, -152)):
        sums.append([_term(sign * q, exponent)])
    fmt = get_format(name)

    def patterns(terms: list[tuple[float, float]]) -> list[tuple[int, int]]:
        return [tuple(int(bits) for bits in fmt.encode(np.array(pair))) for pair in terms]

    return [Dot(patterns([pair for pair in terms if pair[0] or len(terms) < 3])) for terms in sums]


def _term(number: int, exponent: int) -> tuple[float, float]:
    """Return factors of number * 2 ** exponent, both of which any float format holds."""
    return number * 2.0 ** (exponent // 2), 2.0 ** (exponent - exponent // 2)
