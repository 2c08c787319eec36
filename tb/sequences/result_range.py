# SPDX-License-Identifier: Apache-2.0
"""Integer dot products that do not fit their result; for int8 and int16 with CoordWidth 17 or more."""

from tb.agents.contraction.item import ExpectedError
from tb.sequences.base import ContractionSequence

TERMS = 1 << 17  # the greatest product so many times is the least sum that does not fit


class ResultRangeSeq(ContractionSequence):
    """Contract full fibers of the greatest magnitude, one entry too long, next to short ones.

    Args:
        terms: length of the long fibers.
    """

    def __init__(self, name: str = "result_range", terms: int = TERMS):
        super().__init__(name)
        self.terms = terms

    async def body(self) -> None:
        least = -(2.0 ** {"int8": 7, "int16": 15}[str(self.config["Format"])])
        tensor = self.comb([self.terms, 1, 2], self.terms, least)
        await self.provoke(ExpectedError("ErrResultRange", fatal=False), tensor, tensor)
        await self.contract(self.comb([3, 1], self.terms, least), self.comb([2], self.terms, least))
