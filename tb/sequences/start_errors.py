# SPDX-License-Identifier: Apache-2.0
"""Every mistake of a start or a register access; a good contraction after each."""

from tb.agents.axil.item import AxilItem
from tb.agents.contraction.item import ExpectedError
from tb.common import rtl_constants as rtl
from tb.sequences.base import ContractionSequence

NOWHERE = 0x7FC  # an address without a register
READ_ONLY = rtl.REGISTERS["RegId"].address


class StartErrorsSeq(ContractionSequence):
    """Start without operands, with ones that do not fit, too early, twice; access addresses without a register.

    Args:
        extent: of the contracted mode, large enough for a second start to come while the first runs.
    """

    def __init__(self, name: str = "start_errors", extent: int = 30):
        super().__init__(name)
        self.extent = extent

    async def body(self) -> None:
        a, b = self.tensor(4, 3, self.extent, density=0.8), self.tensor(5, self.extent, density=0.8)
        await self.try_out(ExpectedError("ErrExtentsDiffer", self.extent), a, self.tensor(2, self.extent - 1))
        for missing, operands in ((2, (a, None)), (1, (None, b)), (3, (None, None))):
            await self.forget()
            await self.try_out(ExpectedError("ErrNoOperand", missing), *operands)
        if self.frames:  # elsewhere no register starts anything
            await self.try_out(ExpectedError("ErrStartBusy", 0, fatal=False), a, b, start_twice=True)
            await self.try_out(
                ExpectedError("ErrStartLoading", 0), b, a, while_loading="ControlStart", stalls={"operand": "single"}
            )
        for access in (AxilItem(NOWHERE), AxilItem(NOWHERE, write=1), AxilItem(READ_ONLY, write=1)):
            error = ExpectedError("ErrAddress", access.address, fatal=False)
            await self.try_out(error, a, b, accesses=[access])

    async def try_out(self, error: ExpectedError, *operands, **bent) -> None:
        await self.provoke(error, *operands, **bent)
        good = self.tensor(2, 5)
        await self.contract(good, good)

    async def forget(self) -> None:
        """Make the hardware forget its operands: every error ends with a soft reset."""
        await self.provoke(ExpectedError("ErrAddress", NOWHERE), start=False, accesses=[AxilItem(NOWHERE)])
