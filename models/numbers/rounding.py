# SPDX-License-Identifier: Apache-2.0
"""Rounding of integers times a power of two to a binary floating-point format, whole arrays at once."""

from dataclasses import dataclass

import numpy as np

_WINDOW = 62  # bits that a significand is brought to before it is rounded


@dataclass(frozen=True)
class Rounded:
    """Magnitudes after rounding.

    Attributes:
        bits: encodings without the sign, uint64.
        inexact, overflow, tiny: booleans; tiny means not zero and below the least normal number
            before rounding.
    """

    bits: np.ndarray
    inexact: np.ndarray
    overflow: np.ndarray
    tiny: np.ndarray


def bit_length(values: np.ndarray) -> np.ndarray:
    """Return the number of significant bits of each uint64, 0 for 0."""
    high = (values >> np.uint64(32)).astype(np.float64)
    low = (values & np.uint64(0xFFFF_FFFF)).astype(np.float64)
    return np.where(high > 0, np.frexp(high)[1] + 32, np.frexp(low)[1]).astype(np.int64)


def round_magnitude(significand: np.ndarray, exponent: np.ndarray, precision: int) -> Rounded:
    """Round significand * 2**exponent to nearest, ties to even.

    The format has 8 exponent bits like binary32 and bfloat16, and subnormals.

    Args:
        significand: uint64 below 2**62. A caller that cuts off lower bits sets bit 0 if any was
            one; then 32 or more significant bits must be left.
        exponent: int64.
        precision: bits of the format's significand, hidden bit included.
    """
    least = -126 - (precision - 1)  # exponent of the last place of subnormals
    length = bit_length(significand)
    wide = significand << (_WINDOW - length).astype(np.uint64)
    low = exponent - (_WINDOW - length)
    top = low + _WINDOW - 1  # exponent of the first significant bit
    place = np.maximum(top - (precision - 1), least)  # exponent of the last place kept
    shift = np.minimum(place - low, 63).astype(np.uint64)
    one = np.uint64(1)
    kept = wide >> shift
    rest = wide & ((one << shift) - one)
    half = one << (shift - one)
    kept = kept + ((rest > half) | ((rest == half) & (kept & one).astype(bool)))
    nonzero = significand != 0
    # The hidden bit of a normal number adds one to the exponent field; so does a carry.
    field = np.where(nonzero, place - least, 0)
    infinity = 255 << (precision - 1)
    overflow = field >= 255  # before the sum below could leave 64 bits
    bits = (np.where(overflow, 0, field) << (precision - 1)) + kept.astype(np.int64)
    overflow |= bits >= infinity
    bits = np.where(overflow, infinity, bits).astype(np.uint64)
    inexact = (rest != 0) | overflow
    return Rounded(
        np.where(nonzero, bits, 0).astype(np.uint64), inexact & nonzero, overflow & nonzero, (top < -126) & nonzero
    )


def widen_float32(bits: np.ndarray) -> np.ndarray:
    """Return the float64 numbers of binary32 patterns; NaNs keep sign, quiet bit and payload."""
    bits = np.asarray(bits, np.uint32)
    with np.errstate(invalid="ignore"):
        wide = bits.view(np.float32).astype(np.float64)
    nan = (bits & 0x7FFF_FFFF) > 0x7F80_0000
    if nan.any():
        source = bits[nan].astype(np.uint64)
        wide.view(np.uint64)[nan] = (
            (source >> np.uint64(31) << np.uint64(63))
            | np.uint64(0x7FF << 52)
            | ((source & np.uint64(0x7F_FFFF)) << np.uint64(29))
        )
    return wide
