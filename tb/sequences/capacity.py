# SPDX-License-Identifier: Apache-2.0
"""Operands that fill the memories exactly, and ones that need a place more. A small build does this in seconds."""

import numpy as np

from models.csf import Csf
from tb.agents.contraction.faults import ENTRIES, ENTRIES_LEVEL, error_place
from tb.agents.contraction.item import ExpectedError
from tb.sequences.base import ContractionSequence, Operand


class CapacitySeq(ContractionSequence):
    """Load tensors up to and beyond the number of fibers, lines and nodes that the build stores.

    Args:
        extent: least one of the contracted mode; a fiber that takes every line must fit, too.
    """

    def __init__(self, name: str = "capacity", extent: int = 1 << 12):
        super().__init__(name)
        self.extent = extent

    async def body(self) -> None:
        names = ("FiberDepth", "MemLines", "NodeDepth", "Lanes")
        fibers, lines, nodes, lanes = (int(self.config[name]) for name in names)
        most = min(fibers, lines, nodes)
        self.extent = max(self.extent, lanes * lines)
        await self.fits(self.comb([1] * most, self.extent))
        if most < nodes:
            await self.too_many([1] * (most + 1), 0, most)
        full = lanes * (lines - 1) + 1  # entries of a fiber that needs every line
        await self.fits(self.comb([lanes * lines], self.extent))
        await self.fits(self.comb([full], self.extent))
        await self.too_many([full, 1], 1, full)
        await self.too_many([lanes * lines, 1], 1, full)
        await self.fits(self.hollow(nodes))
        await self.too_much(self.hollow(nodes + 1), 0, 0, 0)

    def hollow(self, nodes: int) -> Csf:
        """Return a tree of this number of nodes, all empty."""
        none = np.zeros(0, np.int64)
        return Csf((nodes, self.extent), [np.arange(nodes)], [np.zeros(nodes + 1, np.int64)], none, none)

    async def fits(self, tensor: Operand) -> None:
        await self.contract(tensor, self.comb([1, 2], self.extent))
        await self.contract(self.comb([2], self.extent), tensor)

    async def too_many(self, fibers: list[int], which: int, position: int) -> None:
        """Load fibers of these lengths: one fiber too many begins at a position, unless their sum is too large."""
        most = int(self.config["Lanes"]) * int(self.config["MemLines"])
        place = (ENTRIES_LEVEL, position) if sum(fibers) <= most else (0, ENTRIES)
        await self.too_much(self.comb(fibers, self.extent), which, *place)

    async def too_much(self, tensor: Operand, which: int, level: int, position: int) -> None:
        error = ExpectedError("ErrMemoryFull", error_place(which, level, position))
        await self.provoke(error, *((tensor, None) if which == 0 else (None, tensor)), start=False)
        await self.fits(self.comb([3], self.extent))
