# SPDX-License-Identifier: Apache-2.0
"""Finishes of results: ReLU and narrow results, drawn among special values, ties and sums that saturate."""

import itertools

import numpy as np

from models.generate import same_pattern
from models.numbers import Finish, NumberFormat, get_format
from models.tensor import SparseTensor
from sim.interfaces import MEMORY
from tb.sequences.base import ContractionSequence
from tb.sequences.specials import FLOAT_A, FLOAT_B, INTEGER, explicit

SHIFTS = (1, 2, 7, 15, 31, 63)


class FinishSeq(ContractionSequence):
    """Contract with each finish that the format has, sparse and dense, whole and in portions.

    Args:
        count: random contractions of each finish after the directed one.
        extent: of the contracted mode.
    """

    interfaces = (MEMORY,)

    def __init__(self, name: str = "finish", count: int = 2, extent: int = 24):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        fmt = get_format(str(self.config["Format"]))
        for finish in finishes(fmt):
            for dense in (False, True):
                await self.contract(*self.corners(fmt, finish.shift), finish=finish, dense=dense)
            for _ in range(self.count):
                portion = int(self.rng.integers(1, self.extent)) if self.config.can_split else 0
                a = self.tensor(3, 2, self.extent, density=0.6)
                options = {"dense": self.rng.random() < 0.5, "portion": portion}
                await self.contract(a, same_pattern(self.rng, a, self.values), finish=finish, **options)
            await self.contract(None, None)  # the next one has none

    def corners(self, fmt: NumberFormat, shift: int) -> tuple[SparseTensor, SparseTensor]:
        """Return fibers whose sums are special, ties, or at the ends of what a narrow result holds."""
        if fmt.is_float:
            # 1 + 2**-8 is a tie of bfloat16, and 255.5 * 2**120 the least sum that becomes infinite.
            ties = [[1, 2.0**-8, 0, 0], [1, 2.0**-7, 2.0**-8, 0], [1, 2.0**-8, 2.0**-30, 0], [-1, 0, -(2.0**-8), 0]]
            ends = [[255 * 2.0**112, 0.5 * 2.0**112, 0, 0], [2.0**-126, 0, 0, 2.0**-126]]
            return explicit([*FLOAT_A, *ties, *ends]), explicit([*FLOAT_B, [256, 256, 256, 256], [2.0**-8] * 4])
        half = 2 ** min(shift, fmt.value_width) >> 1  # times the greatest operand it is a sum near saturation
        most = 2 ** (fmt.value_width - 1) - 1
        near = [[1, half, 0, 0], [1, -half, 0, 0], [most, half, 1, 0], [-most, half, -1, 0]]
        near = np.clip([*INTEGER, *near, [-most - 1] * 4, [most] * 4], -most - 1, most).tolist()
        return explicit(near), explicit([[1, 1, 1, 1], [most, 1, -1, 0], [-most - 1] * 4, [half, 1, 0, 2]])


def finishes(fmt: NumberFormat) -> list[Finish]:
    """Return each finish that a format has, integers with some shifts."""
    narrow = [False] if fmt.value_width == fmt.result_width else [False, True]
    found = [Finish(relu, narrow) for relu, narrow in itertools.product((False, True), narrow)][1:]
    if fmt.is_float:
        return found
    return found + [Finish(bool(number % 2), True, shift) for number, shift in enumerate(SHIFTS)]
