# SPDX-License-Identifier: Apache-2.0
"""What a machine does with a rounded result before it writes it: ReLU, then the format of an operand."""

from dataclasses import dataclass

import numpy as np

from models.numbers.formats import NumberFormat


@dataclass(frozen=True)
class Finish:
    """The last steps of a result.

    Attributes:
        relu: negative results, -0 among them, become +0; a NaN stays.
        narrow: fp32 is rounded to the nearest bf16, ties to even; an integer loses `shift` bits, is rounded to
            nearest, ties to even, and saturates to the width of an operand.
        shift: bits, 0 unless an integer becomes narrow.
    """

    relu: bool = False
    narrow: bool = False
    shift: int = 0

    def width(self, fmt: NumberFormat) -> int:
        """Return the bits of a finished result."""
        return fmt.value_width if self.narrow else fmt.result_width

    def bits(self, bits: np.ndarray, fmt: NumberFormat) -> np.ndarray:
        """Return the finished patterns of results, uint64 of width() bits."""
        bits = np.asarray(bits, np.uint64)
        if self.relu:
            bits = np.where(bits >> np.uint64(fmt.result_width - 1), np.uint64(0), bits)
        if not self.narrow:
            return bits
        if fmt.is_float:
            return fmt.encode(fmt.decode_result(bits)).astype(np.uint64)
        return _narrow_integers(bits, fmt, self.shift)

    def values(self, bits: np.ndarray, fmt: NumberFormat) -> np.ndarray:
        """Return the values of finished patterns as float64, exactly."""
        return fmt.decode(bits) if self.narrow else fmt.decode_result(bits)

    def zeros(self, bits: np.ndarray, fmt: NumberFormat) -> np.ndarray:
        """Return which finished patterns are zero."""
        magnitude = (1 << self.width(fmt) - fmt.is_float) - 1  # -0 is zero
        return np.asarray(bits, np.uint64) & np.uint64(magnitude) == 0


def _narrow_integers(bits: np.ndarray, fmt: NumberFormat, shift: int) -> np.ndarray:
    unused = np.int64(64 - fmt.result_width)
    numbers = bits.view(np.int64) << unused >> unused
    kept = numbers >> np.int64(shift)
    rest = numbers - (kept << np.int64(shift))
    twice = rest * 2 - (1 << shift)  # the sign says below or above half
    kept = kept + ((twice > 0) | ((twice == 0) & (kept & 1 == 1)))
    most = 1 << fmt.value_width - 1
    return kept.clip(-most, most - 1).astype(np.uint64) & np.uint64((1 << fmt.value_width) - 1)
