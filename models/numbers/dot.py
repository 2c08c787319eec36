# SPDX-License-Identifier: Apache-2.0
"""One dot product, exact and rounded once, in Python's integers: simple, slow and authoritative.

models.numbers.sums does the same for many dot products at once, in another way; the tests compare
the two with each other and with fractions.Fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.numbers.finish import PLAIN, Finish
from models.numbers.formats import INFINITY, QUIET_NAN, Flags, NumberFormat, get_format

_LAST_PLACE = -298  # exponent of the least product of binary32 numbers; bfloat16 has -266
_ROUNDING_PLACE = -149  # exponent of the last place of binary32 subnormals


@dataclass(frozen=True)
class DotResult:
    """Result of a dot product, as the hardware's MAC delivers it.

    Attributes:
        bits: pattern of the result, result_width bits wide.
        flags: IEEE 754 status.
        empty: there was no product at all.
        zero: the result is zero, of either sign.
        exact: the result equals the exact sum (or is NaN or infinite by rule).
        range_error: the exact integer sum doesn't fit its format; bits are then 0.
    """

    bits: int
    flags: Flags
    empty: bool
    zero: bool
    exact: bool
    range_error: bool = False


def dot(fmt: str | NumberFormat, a_bits: Sequence[int], b_bits: Sequence[int], finish: Finish = PLAIN) -> DotResult:
    """Return sum(a[i] * b[i]), computed exactly, finished and rounded to nearest, ties to even.

    An empty or exactly cancelled sum is +0, also if all products are -0; a sum that underflows
    keeps its sign. A NaN operand, infinity times zero, and products of both infinities give
    the quiet NaN 0x7fc00000.

    Args:
        fmt: format of the operands.
        a_bits, b_bits: patterns, the same number of each.
        finish: of the sum.
    """
    fmt = get_format(fmt)
    finish.check(fmt)
    if len(a_bits) != len(b_bits):
        raise ValueError(f"{len(a_bits)} values of A but {len(b_bits)} of B")
    pairs = [(int(a), int(b)) for a, b in zip(a_bits, b_bits, strict=True)]
    return _dot_float(fmt, pairs, finish) if fmt.is_float else _dot_integer(fmt, pairs, finish)


def _dot_integer(fmt: NumberFormat, pairs: list[tuple[int, int]], finish: Finish) -> DotResult:
    width = fmt.value_width
    total = sum(_signed(a, width) * _signed(b, width) for a, b in pairs)
    if finish.relu:
        total = max(total, 0)
    if finish.narrow:
        value = round(Fraction(total, 2**finish.shift))  # ties to even
        value = min(max(value, -(2 ** (width - 1))), 2 ** (width - 1) - 1)
        bits, exact = value % 2**fmt.result_width, value << finish.shift == total
        return DotResult(bits, Flags(0), not pairs, value == 0, exact)
    fits = -(2 ** (fmt.result_width - 1)) <= total < 2 ** (fmt.result_width - 1)
    bits = total % 2**fmt.result_width if fits else 0
    return DotResult(bits, Flags(0), not pairs, bits == 0, fits, not fits)


def _signed(bits: int, width: int) -> int:
    return bits - (bits >> (width - 1) << width)


def _dot_float(fmt: NumberFormat, pairs: list[tuple[int, int]], finish: Finish) -> DotResult:
    total, nan, signs, flags = 0, False, set(), Flags(0)
    for a, b in pairs:
        kind_a, value_a, place_a, quiet_a = _unpack(a << (32 - fmt.value_width))
        kind_b, value_b, place_b, quiet_b = _unpack(b << (32 - fmt.value_width))
        kinds = {kind_a, kind_b}
        if "nan" in kinds:
            nan = True
            if not (quiet_a and quiet_b):
                flags |= Flags.INVALID
        elif "infinite" in kinds:
            if 0 in (value_a, value_b):
                nan, flags = True, flags | Flags.INVALID
            else:
                signs.add((value_a < 0) != (value_b < 0))
        else:
            total += value_a * value_b << (place_a + place_b - _LAST_PLACE)
    if len(signs) == 2:
        nan, flags = True, flags | Flags.INVALID
    lost = 16 if finish.narrow else 0  # bits of binary32 that bfloat16 has not
    if nan:
        return DotResult(QUIET_NAN >> lost, flags, False, False, True)
    if finish.relu and (signs == {True} or total < 0 and not signs):
        return DotResult(0, flags, False, True, True)
    if signs:
        return DotResult((INFINITY | signs.pop() << 31) >> lost, flags, False, False, True)
    bits, flags = _round(total, 24 - lost)
    return DotResult(bits >> lost, flags, not pairs, bits & 0x7FFF_FFFF == 0, not flags & Flags.INEXACT)


def _unpack(bits: int) -> tuple[str, int, int, bool]:
    """Return kind, signed significand (+-1 for an infinity), exponent of its last place, not signalling."""
    sign = -1 if bits >> 31 else 1
    field, fraction = bits >> 23 & 0xFF, bits & 0x7F_FFFF
    if field == 255:
        return ("nan", 1, 0, bool(fraction >> 22)) if fraction else ("infinite", sign, 0, True)
    if field == 0:
        return "finite", sign * fraction, -149, True
    return "finite", sign * (fraction + 0x80_0000), field - 150, True


def _round(total: int, precision: int) -> tuple[int, Flags]:
    """Round total * 2**-298 to a binary32 number of this precision, less where it is subnormal."""
    sign, magnitude = (1 << 31 if total < 0 else 0), abs(total)
    if magnitude == 0:
        return 0, Flags(0)
    lost = 24 - precision
    shift = max(magnitude.bit_length() - precision, _ROUNDING_PLACE - _LAST_PLACE + lost)
    kept, rest = divmod(magnitude, 1 << shift)
    half = 1 << (shift - 1)
    if rest > half or (rest == half and kept & 1):
        kept += 1
    bits = (kept << lost) + ((shift - lost + _LAST_PLACE - _ROUNDING_PLACE) << 23)
    flags = Flags.INEXACT if rest else Flags(0)
    if bits >= INFINITY:
        return sign | INFINITY, Flags.OVERFLOW | Flags.INEXACT
    if rest and magnitude < 1 << (-126 - _LAST_PLACE):
        flags |= Flags.UNDERFLOW
    return sign | bits, flags
