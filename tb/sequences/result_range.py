# SPDX-License-Identifier: Apache-2.0
"""Integer dot products that do not fit their result; for int8 and int16 with CoordWidth 17 or more."""

from tb.agents.contraction.item import ExpectedError
from tb.sequences.base import ContractionSequence

TERMS = 1 << 17  # this number of greatest products is the least sum that does not fit


class ResultRangeSeq(ContractionSequence):
    """Contract full fibers of the greatest magnitude, one entry too long, next to short ones.

    Hardware that can split does it twice: each half of the sum fits, only the combiner has all of it.

    Args:
        terms: length of the long fibers.
    """

    def __init__(self, name: str = "result_range", terms: int = TERMS):
        super().__init__(name)
        self.terms = terms

    async def body(self) -> None:
        bits = {"int8": 7, "int16": 15}.get(str(self.config["Format"]))
        if bits is None:
            raise ValueError(f"Format is {self.config['Format']}: SEQ=result_range needs int8 or int16")
        least = -(2.0**bits)
        a, b = (self.comb([*short, self.terms], self.terms, least) for short in ([1, 2], [2]))
        await self.provoke(self._error(self._engine_of_job(5)), a, b, run_length=1)
        if self.config.can_split:
            await self.provoke(self._error(int(self.config["NumSdpe"])), a, b, portion=self.terms // 2)
        await self.contract(self.comb([3, 1], self.terms, least), self.comb([2], self.terms, least))

    def _error(self, place: int | None) -> ExpectedError:
        return ExpectedError("ErrResultRange", place, fatal=False)

    def _engine_of_job(self, job: int) -> int | None:
        """Return the SDPE of a job of one dot product after a reset; None where it depends on cycles."""
        fixed = self.config["Scheduler"] == "round_robin" and self.config["Engine"] == "merge"
        return job % int(self.config["NumSdpe"]) if fixed else None
