# SPDX-License-Identifier: Apache-2.0
"""Many exact dot products at once, with numpy: sums in limbs of 24 bits, each rounded once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.numbers.finish import PLAIN, Finish
from models.numbers.formats import INFINITY, QUIET_NAN, Flags, NumberFormat
from models.numbers.rounding import round_magnitude

_LIMB = 24
_MASK = (1 << _LIMB) - 1
_SPARE = 3  # limbs above the highest product: carries of up to 2**47 products, and the sign


@dataclass(frozen=True)
class Sums:
    """Results of dot products, one element each.

    Attributes:
        bits: patterns, uint64.
        flags: uint8, values of Flags.
        zero, exact, range_error: booleans, as in DotResult.
    """

    bits: np.ndarray
    flags: np.ndarray
    zero: np.ndarray
    exact: np.ndarray
    range_error: np.ndarray


def sum_products(
    fmt: NumberFormat, a_bits: np.ndarray, b_bits: np.ndarray, starts: np.ndarray, finish: Finish = PLAIN
) -> Sums:
    """Return the dot products of consecutive groups of pairs, each exact and rounded once.

    The rules are the same as in models.numbers.dot.

    Args:
        fmt: format of the operands.
        a_bits, b_bits: (n,) patterns.
        starts: first pair of each group, ascending, beginning with 0; no group is empty.
        finish: of the sums.
    """
    finish.check(fmt)
    if not len(starts):
        none = np.zeros(0, bool)
        return Sums(np.zeros(0, np.uint64), np.zeros(0, np.uint8), none, none, none)
    if not fmt.is_float:
        return _sum_integers(fmt, a_bits, b_bits, starts, finish)
    a, b = fmt.parts(a_bits), fmt.parts(b_bits)
    groups = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(a_bits))))
    precision = fmt.precision if finish.narrow else 24
    bits, flags = _sum_finite(a.significand * b.significand, a.exponent + b.exponent, groups, len(starts), precision)
    if (a.nan | b.nan | a.infinite | b.infinite).any():
        bits, flags = _apply_special(a, b, starts, bits, flags, precision)
    sign = np.uint64(1 << precision + 7)
    if finish.relu:  # a number of this sign has no other one at the end; NaN has none
        flags = np.where(bits & sign, 0, flags).astype(np.uint8)
        bits = np.where(bits & sign, np.uint64(0), bits)
    zero = bits & (sign - np.uint64(1)) == 0
    return Sums(bits, flags, zero, flags & Flags.INEXACT == 0, np.zeros(len(starts), bool))


def _sum_integers(fmt: NumberFormat, a_bits, b_bits, starts, finish: Finish) -> Sums:
    # Products are below 2**31, so int64 sums are exact for any number of pairs that fits in memory.
    total = np.add.reduceat(fmt.signed(a_bits) * fmt.signed(b_bits), starts)
    if finish.relu:
        total[total < 0] = 0
    if finish.narrow:
        return _narrow_integers(fmt, total, finish.shift)
    limit = 2 ** (fmt.result_width - 1)
    outside = (total < -limit) | (total >= limit)
    total[outside] = 0
    bits = (total & (2**fmt.result_width - 1)).astype(np.uint64)
    return Sums(bits, np.zeros(len(starts), np.uint8), bits == 0, ~outside, outside)


def _narrow_integers(fmt: NumberFormat, total: np.ndarray, shift: int) -> Sums:
    """Halve each sum `shift` times; `rest` is the lost part: nothing, less than a half, a half or more, as 0 to 3."""
    limit, rest = 2 ** (fmt.value_width - 1), np.zeros_like(total)
    halved = total.copy()
    for _ in range(shift):
        rest = (halved & 1) << 1 | (rest != 0)
        halved >>= 1
    halved += (rest == 3) | ((rest == 2) & (halved & 1 != 0))
    value = np.clip(halved, -limit, limit - 1)
    exact = (rest == 0) & (value == halved)
    bits = (value & (2**fmt.result_width - 1)).astype(np.uint64)
    none = np.zeros(len(total), bool)
    return Sums(bits, np.zeros(len(total), np.uint8), value == 0, exact, none)


def _sum_finite(product, exponent, groups, count, precision) -> tuple[np.ndarray, np.ndarray]:
    """Sum product * 2**exponent per group (products below 2**48); return patterns and flags."""
    used = product != 0
    if not used.any():
        return np.zeros(count, np.uint64), np.zeros(count, np.uint8)
    product, exponent, groups = product[used], exponent[used], groups[used]
    base = int(exponent.min())
    limb, shift = np.divmod(exponent - base, _LIMB)
    width = int(limb.max()) + 3 + _SPARE
    sums = np.zeros(count * width, np.int64)
    cell = groups * width + limb
    magnitude, sign = np.abs(product), np.sign(product)
    for half, part in enumerate((magnitude & _MASK, magnitude >> _LIMB)):
        moved = part << shift  # below 2**48
        np.add.at(sums, cell + half, sign * (moved & _MASK))
        np.add.at(sums, cell + half + 1, sign * (moved >> _LIMB))
    return _round_limbs(sums.reshape(count, width).T.copy(), base, precision)


def _round_limbs(limbs: np.ndarray, base: int, precision: int) -> tuple[np.ndarray, np.ndarray]:
    """Round sum(limbs[i] * 2**(24 * i + base)) per column to the precision; return patterns and flags."""
    width, count = limbs.shape
    _propagate(limbs)
    negative = limbs[-1] < 0
    limbs *= np.where(negative, -1, 1)
    _propagate(limbs)
    # The highest limb that isn't zero, the two below it, and whether anything is left below those.
    index = np.arange(width)[:, None]
    top = np.where(limbs != 0, index, 0).max(axis=0)
    columns = np.arange(count)
    high, middle, low = (np.where(top >= k, limbs[np.maximum(top - k, 0), columns], 0) for k in range(3))
    below = ((limbs != 0) & (index < top - 2)).any(axis=0) | (low & 0xFFF != 0)
    window = (high << 36 | middle << 12 | low >> 12) | below  # 60 bits, 37 or more significant
    rounded = round_magnitude(window.astype(np.uint64), base + _LIMB * top - 36, precision)
    flags = (
        rounded.inexact * int(Flags.INEXACT)
        | rounded.overflow * int(Flags.OVERFLOW)
        | (rounded.inexact & rounded.tiny) * int(Flags.UNDERFLOW)
    )
    return rounded.bits | negative.astype(np.uint64) << np.uint64(precision + 7), flags.astype(np.uint8)


def _propagate(limbs: np.ndarray) -> None:
    """Bring all limbs but the highest to 0 .. 2**24 - 1; the highest keeps the sign."""
    for i in range(len(limbs) - 1):
        limbs[i + 1] += limbs[i] >> _LIMB
        limbs[i] &= _MASK


def _apply_special(a, b, starts, bits, flags, precision) -> tuple[np.ndarray, np.ndarray]:
    """Replace the sums that NaN and infinity decide."""
    lost = 24 - precision
    nan = a.nan | b.nan
    infinite = (a.infinite | b.infinite) & ~nan
    undefined = infinite & (a.zero | b.zero)
    infinite &= ~undefined
    negative = a.negative ^ b.negative

    def any_of(condition: np.ndarray) -> np.ndarray:
        return np.logical_or.reduceat(condition, starts)

    plus, minus = any_of(infinite & ~negative), any_of(infinite & negative)
    invalid = any_of(a.signalling | b.signalling | undefined) | (plus & minus)
    is_nan = any_of(nan) | invalid
    bits = np.where(plus, np.uint64(INFINITY >> lost), bits)
    bits = np.where(minus, np.uint64((INFINITY | 1 << 31) >> lost), bits)
    bits = np.where(is_nan, np.uint64(QUIET_NAN >> lost), bits)
    flags = np.where(plus | minus | is_nan, 0, flags) | invalid * int(Flags.INVALID)
    return bits, flags.astype(np.uint8)
