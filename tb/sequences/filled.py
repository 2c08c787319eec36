# SPDX-License-Identifier: Apache-2.0
"""Operands that fill the fibers and the lines of a machine as it is, with a dot product per fiber."""

from tb.sequences.base import ContractionSequence


class FilledSeq(ContractionSequence):
    """Contract one fiber of one entry with as many fibers as there can be, and with as many entries.

    Args:
        extent: of the contracted mode, and most entries of a fiber.
    """

    def __init__(self, name: str = "filled", extent: int = 1 << 10):
        super().__init__(name)
        self.extent = extent

    async def body(self) -> None:
        fibers, lines, nodes, lanes = (
            int(self.config[name]) for name in ("FiberDepth", "MemLines", "NodeDepth", "Lanes")
        )
        one, many = self.comb([1], self.extent), self.comb([1] * min(fibers, lines, nodes), self.extent)
        await self.contract(many, one)
        await self.contract(one, many)
        whole, rest = divmod(lanes * lines, self.extent)
        await self.contract(self.comb([self.extent] * whole + [rest] * bool(rest), self.extent), one)
