# SPDX-License-Identifier: Apache-2.0
"""The value formats of the machine: conversion from and to float64, and the fields of bit patterns."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from models.errors import TensorError
from models.numbers.rounding import round_magnitude, widen_float32

QUIET_NAN = 0x7FC0_0000  # the one NaN that results have
INFINITY = 0x7F80_0000


class Flags(enum.IntFlag):
    """IEEE 754 status, laid out as the hardware's flags_t.

    INVALID: a signalling NaN, infinity times zero, or products of both infinities in one sum.
    UNDERFLOW: the result is inexact and the exact sum is below 2**-126 in magnitude.
    OVERFLOW comes with INEXACT. Integer formats raise none.
    """

    INEXACT = 1
    UNDERFLOW = 2
    OVERFLOW = 4
    INVALID = 8


@dataclass(frozen=True)
class Conversion:
    """Values converted to a format, and the loss.

    Attributes:
        bits: patterns, uint32.
        inexact: values that changed, those counted below included.
        overflow: finite values that became infinite.
        underflow: values other than zero that became zero or lost digits as subnormals, floating point.
        clipped: values that an integer format replaced by its least or greatest.
        max_relative_error: of the finite results of finite values, 0 if nothing changed.
        zeroed: values other than zero that became zero.
    """

    bits: np.ndarray
    inexact: int = 0
    overflow: int = 0
    underflow: int = 0
    clipped: int = 0
    max_relative_error: float = 0.0
    zeroed: int = 0

    @property
    def lossless(self) -> bool:
        """Whether every value is held exactly."""
        return not self.inexact

    def loss(self, fmt: NumberFormat) -> str:
        """Return the loss in words: how many values changed, by how much, and how many became something else."""
        counts = {
            "became infinite": self.overflow,
            "became zero": self.zeroed,
            "lost digits as subnormals": self.underflow - self.zeroed if fmt.is_float else 0,
            "were clipped": self.clipped,
        }
        causes = [f"{count} {what}" for what, count in counts.items() if count]
        error = f", relative error up to {self.max_relative_error:.2e}" if self.max_relative_error else ""
        return "; ".join(
            [f"{self.inexact} of {len(self.bits)} values were rounded to {fmt.name}{error}", ", ".join(causes)]
        ).removesuffix("; ")


@dataclass(frozen=True)
class Parts:
    """Fields of floating-point patterns: value = significand * 2**exponent where finite.

    Attributes:
        significand: int64, signed, 0 where not finite.
        exponent: int64, of the last place.
        negative, zero, infinite, nan, signalling: booleans.
    """

    significand: np.ndarray
    exponent: np.ndarray
    negative: np.ndarray
    zero: np.ndarray
    infinite: np.ndarray
    nan: np.ndarray
    signalling: np.ndarray


@dataclass(frozen=True)
class NumberFormat:
    """A value format of the machine.

    Attributes:
        name: as in rtl/configs.toml.
        code: as in flaash_pkg and the operand frame's header.
        value_width, result_width: bits of an operand value and of a result.
        is_float: results are binary32, else two's complement integers of result_width.
    """

    name: str
    code: int
    value_width: int
    result_width: int
    is_float: bool

    @property
    def precision(self) -> int:
        """Bits of the significand, hidden bit included (floating point only)."""
        return self.value_width - 8

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Return the patterns (uint32) of float64 values; see convert()."""
        return self.convert(values).bits

    def convert(self, values: np.ndarray) -> Conversion:
        """Convert float64 values: round to nearest, ties to even; integer formats saturate.

        Floating point: NaNs keep their sign, quiet bit and what fits of the payload.

        Raises:
            TensorError: NaN for an integer format (infinities saturate).
        """
        values = np.atleast_1d(np.asarray(values, np.float64))
        self.check(values)
        return self._convert_float(values) if self.is_float else self._convert_integer(values)

    def check(self, values: np.ndarray) -> None:
        """Refuse values that this format has no pattern for.

        Raises:
            TensorError: NaN for an integer format.
        """
        if not self.is_float and np.isnan(values).any():
            entry = int(np.argmax(np.isnan(values)))
            raise TensorError(f"value NaN at entry {entry} can't be converted to {self.name}")

    def decode(self, bits: np.ndarray) -> np.ndarray:
        """Return the operand patterns' values as float64, exactly."""
        bits = np.atleast_1d(np.asarray(bits, np.uint32))
        if self.is_float:
            return widen_float32(bits << np.uint32(32 - self.value_width))
        return self.signed(bits).astype(np.float64)

    def decode_result(self, bits: np.ndarray, narrow: bool = False) -> np.ndarray:
        """Return the result patterns' values as float64, exactly; narrow ones are in the format of the operands."""
        bits = np.atleast_1d(np.asarray(bits, np.uint64))
        if self.is_float:
            return self.decode(bits.astype(np.uint32)) if narrow else widen_float32(bits.astype(np.uint32))
        shift = np.uint64(64 - self.result_width)
        return ((bits << shift).view(np.int64) >> np.int64(shift)).astype(np.float64)

    def signed(self, bits: np.ndarray) -> np.ndarray:
        """Return the two's complement numbers of operand patterns, int64 (integer formats)."""
        shift = 64 - self.value_width
        return (np.asarray(bits).astype(np.int64) << shift) >> shift

    def parts(self, bits: np.ndarray) -> Parts:
        """Split operand patterns of a floating-point format into fields."""
        bits = np.asarray(bits).astype(np.int64)
        low = self.precision - 1
        fraction, field = bits & ((1 << low) - 1), bits >> low & 0xFF
        negative = bits >> (low + 8) & 1 != 0
        magnitude = np.where(field > 0, fraction | (1 << low), fraction)
        special = field == 255
        nan = special & (fraction != 0)
        return Parts(
            significand=np.where(special, 0, np.where(negative, -magnitude, magnitude)),
            exponent=np.maximum(field, 1) - 127 - low,
            negative=negative,
            zero=magnitude == 0,
            infinite=special & ~nan,
            nan=nan,
            signalling=nan & (fraction >> (low - 1) == 0),
        )

    def _convert_float(self, values: np.ndarray) -> Conversion:
        source = values.view(np.uint64)
        field = (source >> np.uint64(52)).astype(np.int64) & 0x7FF
        fraction = source & np.uint64((1 << 52) - 1)
        significand = np.where(field > 0, fraction | np.uint64(1 << 52), fraction)
        rounded = round_magnitude(significand, np.maximum(field, 1) - 1075, self.precision)
        low = self.precision - 1
        top = fraction >> np.uint64(52 - low)
        top = np.where((fraction != 0) & (top == 0), np.uint64(1), top)  # a NaN stays one
        special = field == 0x7FF
        bits = np.where(special, np.uint64(0xFF << low) | top, rounded.bits)
        bits |= source >> np.uint64(63) << np.uint64(low + 8)
        bits = bits.astype(np.uint32)
        inexact, overflow = rounded.inexact & ~special, rounded.overflow & ~special
        return Conversion(
            bits,
            int(inexact.sum()),
            int(overflow.sum()),
            int((inexact & rounded.tiny).sum()),
            0,
            _relative_error(values, self.decode(bits), inexact & ~overflow),
            int((inexact & (rounded.bits == 0)).sum()),
        )

    def _convert_integer(self, values: np.ndarray) -> Conversion:
        limit = 2 ** (self.value_width - 1)
        rounded = np.clip(np.rint(values), -limit, limit - 1)
        bits = (rounded.astype(np.int64) & (2**self.value_width - 1)).astype(np.uint32)
        inexact = rounded != values
        clipped = np.rint(values) != rounded
        return Conversion(
            bits,
            int(inexact.sum()),
            clipped=int(clipped.sum()),
            zeroed=int((inexact & (rounded == 0)).sum()),
            max_relative_error=_relative_error(values, rounded, inexact & np.isfinite(values)),
        )


def _relative_error(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> float:
    if not where.any():
        return 0.0
    return float((np.abs(after[where] - before[where]) / np.abs(before[where])).max())


FORMATS = {
    fmt.name: fmt
    for fmt in (
        NumberFormat("fp32", 0, 32, 32, True),
        NumberFormat("bf16", 1, 16, 32, True),
        NumberFormat("int8", 2, 8, 32, False),
        NumberFormat("int16", 3, 16, 48, False),
    )
}


def get_format(name: str | NumberFormat) -> NumberFormat:
    """Return the format of a name; a format is returned as it is.

    Raises:
        TensorError: there is none of that name.
    """
    if isinstance(name, NumberFormat):
        return name
    if name not in FORMATS:
        raise TensorError(f"unknown value format {name!r}; there are {', '.join(FORMATS)}")
    return FORMATS[name]
