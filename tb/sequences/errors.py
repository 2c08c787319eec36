# SPDX-License-Identifier: Apache-2.0
"""Every error of operands, starts and register accesses; a good contraction after each."""

from tb.agents.axil.item import AxilItem
from tb.agents.contraction.faults import operand_faults
from tb.agents.contraction.item import ContractionItem, ExpectedError
from tb.common import rtl_constants as rtl
from tb.sequences.base import ContractionSequence, as_csf

NOWHERE, READ_ONLY = 0x7FC, rtl.REGISTERS["RegId"].address


class ErrorsSeq(ContractionSequence):
    """Provoke each error at the first, a middle and the last place.

    Args:
        stride: of the mistakes in operands that are tried; 1 tries all.
    """

    def __init__(self, name: str = "errors", stride: int = 1):
        super().__init__(name)
        self.stride = stride

    async def body(self) -> None:
        self.a, self.b = (as_csf(self.tensor(3, 3, 9, density=1.0)) for _ in "AB")
        for which, csf in enumerate((self.a, self.b)):
            for fault in list(operand_faults(csf, which, self.pack))[which::self.stride]:
                await self.provoke(fault.error, frames=[fault.beats], start=False)
        other = as_csf(self.tensor(2, 8))
        await self.provoke(ExpectedError("ErrExtentsDiffer", 9), self.a, other)
        for missing, operands in ((2, (self.a, None)), (1, (None, self.b)), (3, (None, None))):
            await self.provoke(ExpectedError("ErrNoOperand", missing), *operands)
        await self.provoke(ExpectedError("ErrStartBusy", 0, fatal=False), self.a, self.b, start_twice=True)
        await self.provoke(ExpectedError("ErrStartLoading", 0), self.a, self.b, start_loading=True,
                           stalls={"operand": "single"})
        for access in (AxilItem(NOWHERE), AxilItem(NOWHERE, write=1), AxilItem(READ_ONLY, write=1)):
            await self.provoke(ExpectedError("ErrAddress", access.address, fatal=False), self.a, self.b,
                               accesses=[access])

    async def provoke(self, error: ExpectedError, *operands, stalls=None, **bent) -> None:
        """Send an item that leads to the error, then a correct contraction."""
        item = ContractionItem(*operands, stalls=stalls)
        item.error = error
        for name, value in bent.items():
            setattr(item, name, value)
        await self.send(item)
        await self.contract(self.b, self.a)
