# SPDX-License-Identifier: Apache-2.0
"""Corners: every order, every shape of the last dot product, settings at their greatest, errors in a row."""

from itertools import product

from tb.agents.contraction.faults import operand_faults
from tb.agents.contraction.item import PORTS
from tb.common.stalls import STALLS
from tb.sequences.base import ContractionSequence, as_csf

GREATEST = 2**32 - 1


class CornersSeq(ContractionSequence):
    """Contract small operands at the interfaces of what the specification allows."""

    def __init__(self, name: str = "corners"):
        super().__init__(name)

    async def body(self) -> None:
        for order in range(1, 9):
            a = self.tensor(*[2] * (order - 1), 5, density=0.5)
            await self.contract(a, self.tensor(*[1] * (8 - order), 5, density=0.9))
        await self.last_jobs()
        a, b = self.tensor(3, 9, density=0.9), self.tensor(2, 9, density=0.9)
        await self.contract(a, b, run_length=GREATEST, long_lines=GREATEST)
        for port, kind in product(PORTS, STALLS):
            await self.contract(None, None, stalls={port: kind})
        if self.config.can_split:
            lanes = int(self.config["Lanes"])
            for portion in (lanes, lanes + 1, 1, GREATEST):
                await self.contract(
                    self.comb([2 * lanes, lanes], 4 * lanes), self.comb([lanes], 4 * lanes), portion=portion
                )
        await self.errors()

    async def last_jobs(self) -> None:
        """End with a dot product of each pair of lengths; short against long has a tail that is discarded."""
        lanes = int(self.config["Lanes"])
        extent = 2 * lanes + 3
        for last in product(sorted({1, max(1, lanes - 1), lanes, 2 * lanes + 1, extent}), repeat=2):
            await self.contract(*(self.comb([1, length], extent) for length in last))

    async def errors(self) -> None:
        """Make each mistake of a frame when nothing is loaded, and when operands are."""
        good, full = as_csf(self.tensor(2, 5)), as_csf(self.tensor(3, 3, 9, density=1.0))
        for fault in {fault.error.name: fault for fault in operand_faults(full, 0, self.pack)}.values():
            await self.spoil(fault, 0)
            await self.spoil(fault, 0)
            await self.contract(good, good)
