# SPDX-License-Identifier: Apache-2.0
"""The finish of a result: what the machine does with an exact sum before it rounds the sum."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

from models.errors import TensorError
from models.numbers.formats import NumberFormat

MOST_SHIFT = 63


@dataclass(frozen=True)
class Finish:
    """The finish of all results of a contraction.

    Attributes:
        relu: a negative sum counts as zero.
        narrow: the result has the format of the operands: bf16 to nearest even, integers saturated. The pattern is in
            the lower bits of the result, bf16 with zeros above, integers sign-extended.
        shift: bits by which an integer is shifted right before, rounded to nearest even.
    """

    relu: bool = False
    narrow: bool = False
    shift: int = 0

    def check(self, fmt: NumberFormat) -> None:
        """Refuse a finish that the machine refuses.

        Raises:
            TensorError: fp32 is narrowed, or shifted is anything else than a narrow integer, or by too many bits.
        """
        if self.narrow and fmt.is_float and fmt.value_width == fmt.result_width:
            raise TensorError(f"narrow: results of {fmt.name} have the format of the operands already")
        if self.shift and (fmt.is_float or not self.narrow):
            raise TensorError(f"shift = {self.shift}: only narrow integers are shifted")
        if not isinstance(self.shift, Integral) or not 0 <= self.shift <= MOST_SHIFT:
            raise TensorError(f"shift = {self.shift!r} is no integer from 0 to {MOST_SHIFT}")


PLAIN = Finish()
