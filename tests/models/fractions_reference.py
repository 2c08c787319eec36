# SPDX-License-Identifier: Apache-2.0
"""The rules of the arithmetic once more, by rational numbers: the reference for the models."""

import struct
from fractions import Fraction

import numpy as np

from models.numbers import Flags

QUIET_NAN = 0x7FC0_0000


def value_of(bits: int) -> Fraction:
    """Return the number of a finite binary32 pattern."""
    return Fraction(struct.unpack("<f", struct.pack("<I", bits))[0])


def is_nan(bits: int) -> bool:
    return bits & 0x7FFF_FFFF > 0x7F80_0000


def is_signalling(bits: int) -> bool:
    return is_nan(bits) and not bits & 0x40_0000


def is_infinite(bits: int) -> bool:
    return bits & 0x7FFF_FFFF == 0x7F80_0000


def is_zero(bits: int) -> bool:
    return bits & 0x7FFF_FFFF == 0


def round_fraction(number: Fraction, precision: int = 24) -> tuple[Fraction, bool]:
    """Return the nearest number of `precision` bits and binary32's exponents, ties to even.

    The second value is whether it exceeds the greatest finite one.
    """
    if not number:
        return number, False
    exponent = abs(number).numerator.bit_length() - abs(number).denominator.bit_length()
    if abs(number) < Fraction(2) ** exponent:
        exponent -= 1
    place = Fraction(2) ** max(exponent - precision + 1, -125 - precision)
    rounded = round(number / place) * place  # Python rounds ties to even
    return rounded, abs(rounded) >= Fraction(2) ** 128


def dot_reference(pairs: list[tuple[int, int]]) -> tuple[int, Flags]:
    """Return bits and flags of a dot product of binary32 patterns."""
    flags, infinities, nan, total = Flags(0), set(), False, Fraction(0)
    for a, b in pairs:
        if is_nan(a) or is_nan(b):
            nan = True
            if is_signalling(a) or is_signalling(b):
                flags |= Flags.INVALID
        elif is_infinite(a) or is_infinite(b):
            if is_zero(a) or is_zero(b):
                nan, flags = True, flags | Flags.INVALID
            else:
                infinities.add(a >> 31 ^ b >> 31)
        else:
            total += value_of(a) * value_of(b)
    if infinities == {0, 1}:
        nan, flags = True, flags | Flags.INVALID
    if nan:
        return QUIET_NAN, flags
    if infinities:
        return 0x7F80_0000 | infinities.pop() << 31, flags
    sign = 0x8000_0000 if total < 0 else 0
    rounded, beyond = round_fraction(total)
    if beyond:
        return sign | 0x7F80_0000, Flags.OVERFLOW | Flags.INEXACT
    flags = Flags(0) if rounded == total else Flags.INEXACT
    if flags and abs(total) < Fraction(2) ** -126:
        flags |= Flags.UNDERFLOW
    return sign | struct.unpack("<I", struct.pack("<f", float(abs(rounded))))[0], flags


def ulps_apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return how many binary32 numbers lie between float32 arrays, element by element."""
    ordered = []
    for array in (a, b):
        bits = np.asarray(array, np.float32).view(np.int32).astype(np.int64)
        ordered.append(np.where(bits < 0, -(bits & 0x7FFF_FFFF), bits))
    return np.abs(ordered[0] - ordered[1])
