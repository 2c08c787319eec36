# SPDX-License-Identifier: Apache-2.0
"""Where a random host puts operands and result buffers, and in which of the forms that the interface takes."""

from __future__ import annotations

import dataclasses
from random import Random

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import NARROW, Level
from models.csf import Csf
from models.device.layout import ALIGN, RING_ALIGN, SLOT, LevelEntry
from models.device.results import Matrix
from models.numbers import NumberFormat
from sim.configs import Config
from sim.memory import Bytes
from tb.dma import coverage
from tb.dma.image import LEAF, Image, filled, levels, loosened

GAPS = (0, 0, 1, 2, 3, 15, 16, 17, 62, 63)  # multiples of 64 bytes that are left free; 64 of them are 4 KB
PAGE = 4096  # bytes; no burst crosses its end
ELEMENTS = (0, 0, 0, 1, 2, 7, 16, 17, 40)  # of a gap between fibers; 16 of 4 bytes are 64 bytes
LARGEST_DENSE = 64  # nodes of a level that may be dense
NARROW_LIMIT = 1 << 8 * NARROW.itemsize


class Placing:
    """Hands out pieces of a memory, and takes them back when the machine is idle.

    Args:
        memory: that is filled.
        config, fmt: of the machine.
        random: the source of every choice.

    Attributes:
        levels: of the operands A and B that were placed last, None for one that never was.
        placed: these operands, with all nodes of dense levels.
    """

    def __init__(self, memory: Bytes, config: Config, fmt: NumberFormat, random: Random):
        self._memory, self._config, self._fmt, self._random = memory, config, fmt, random
        self._allocator = Allocator(memory.base, memory.size, ALIGN)
        self.levels: list[list[LevelEntry] | None] = [None, None]
        self.placed: list[Csf | None] = [None, None]
        self.parts: list[tuple[int, int, str, int, int]] = []  # arrays of the last operand, as Image has them
        self._operands: list[list[int]] = [[], []]  # addresses of the arrays of A and B
        self._ring: list[int] = []  # its address
        self._buffer: list[int] = []  # addresses of the last result buffer
        self._results = 0  # where it begins
        self._matrix: Matrix | None = None  # likewise, if it has rows or a dense matrix
        self._new: list[int] = []  # addresses that the current placement has taken
        self._unused: list[int] = []  # addresses that are free when the machine is idle

    def operand(
        self, which: int, csf: Csf, plain: bool, driven: bool = False, chained: bool = False
    ) -> list[tuple[int, int]]:
        """Put an operand into the memory and return its arrays, the first address of each and the one after its last.

        Args:
            which: 0 for A, 1 for B.
            csf: the operand.
            plain: it may have mistakes, so that it has no other form than its own.
            driven: it has the form that flaash.driver gives it.
            chained: its values are in the last result buffer, or will be; or all of it, if that has rows.
        """
        if chained and self._matrix:
            return self._rows(which, csf, self._matrix)
        image = Image(self._memory, self)
        dense = []
        for level in range(0 if plain or driven else csf.order - 1):
            if self._fits_dense(csf, level) and self._random.random() < 0.4:
                csf = filled(csf, level)
                dense.append(level)
        narrow = self._fits_narrow(csf) and (driven or self._random.random() < 0.6)
        found = levels(csf, self._fmt, dense, narrow)
        if not (plain or driven or chained) and self._fits_loose(found) and self._random.random() < 0.4:
            gaps = [self._random.choice(ELEMENTS) for _ in range(found[-2].count + 1)]
            if not found[-2].count or found[-1].count + sum(gaps) > self._entries:  # no element without a node
                gaps = [0] * len(gaps)
            found = loosened(found, gaps)
            coverage.sample_gaps(which, gaps)
        values = found[-1].second
        if chained:
            found[-1] = dataclasses.replace(found[-1], second=values[:0])
        self.levels[which] = image.operand(which, found)
        if chained:
            self.levels[which][-1] = dataclasses.replace(self.levels[which][-1], second=self._results)
            image.parts.append((which, LEAF, "Val", self._results, values.nbytes))
        return self._keep(which, csf, image.parts)

    def _rows(self, which: int, csf: Csf, matrix: Matrix) -> list[tuple[int, int]]:
        """Make an operand of the last result, whose rows are its fibers: it has a node for each."""
        elements = matrix.rows * matrix.pitch
        self.levels[which] = [
            LevelEntry(matrix.pos, 0, csf.shape[0], matrix.rows, dense=True, loose=True),
            LevelEntry(matrix.crd, matrix.val, csf.shape[1], elements, narrow=matrix.short_crd),
        ]
        (val, size), crd, pos = matrix.arrays()
        parts = [(which, 0, "Pos", *pos), (which, LEAF, "Crd", *crd), (which, LEAF, "Val", val, size)]
        return self._keep(which, filled(csf, 0), parts)

    def _keep(self, which: int, csf: Csf, parts: list[tuple[int, int, str, int, int]]) -> list[tuple[int, int]]:
        self.placed[which], self.parts = csf, parts
        self._unused += self._operands[which]
        self._operands[which], self._new = self._new, []
        return [(address, address + size) for *_, address, size in parts]

    def buffer(self, size: int) -> int:
        """Return the address of a result buffer, which stays until the next call at least."""
        return self._results_at([self.take(size)], None)

    def matrix(self, matrix: Matrix) -> Matrix:
        """Return rows or a dense matrix with the addresses of the arrays; they stay as a result buffer does."""
        addresses = [self.take(size) for _, size in matrix.arrays()]
        placed = dataclasses.replace(matrix, **dict(zip(("val", "crd", "pos"), addresses, strict=False)))
        self._results_at(addresses, placed)
        return placed

    def _results_at(self, addresses: list[int], matrix: Matrix | None) -> int:
        self._results, self._matrix = addresses[0], matrix
        self._unused += self._buffer
        self._buffer, self._new = self._new, []
        return self._results

    def ring(self, slots: int) -> int:
        """Return the address of a ring, which is used until the next call."""
        self._unused += self._ring
        self._ring = [self._allocator.take(slots * SLOT, RING_ALIGN)]
        return self._ring[0]

    def take(self, size: int) -> int:
        """Return the address of a piece: at a page, up to the end of one, or near the piece before."""
        where = self._random.random()
        if where < 0.1:
            pages = -(-max(size, 1) // PAGE) * PAGE
            self._new.append(self._allocator.take(pages, PAGE))
            return self._new[-1] + (where < 0.05) * ((pages - size) // ALIGN * ALIGN)
        gap = self._random.choice(GAPS)
        if gap:
            self._new.append(self._allocator.take(gap * ALIGN))
        self._new.append(self._allocator.take(size))
        return self._new[-1]

    def tidy(self) -> None:
        """Give back what the machine, which is idle, does not need any more."""
        for address in self._unused:
            self._allocator.give_back(address)
        self._unused = []

    def _fits_dense(self, csf: Csf, level: int) -> bool:
        """Return whether a level can be dense, which has a node for each coordinate below each node above."""
        nodes = csf.shape[level] * (len(csf.coords[level - 1]) if level else 1)
        all_nodes = csf.nodes - len(csf.coords[level]) + nodes
        return nodes <= LARGEST_DENSE and all_nodes <= int(self._config["NodeDepth"])

    @property
    def _entries(self) -> int:
        """The entries of an operand, most."""
        return int(self._config["MemLines"]) * int(self._config["Lanes"])

    def _fits_loose(self, found: list[Level]) -> bool:
        """Return whether the level above the leaf can be loose, where each node takes the room of two."""
        upper = found[:-1]
        nodes = sum(level.count for level in upper) + upper[-1].count if upper else 0
        return bool(upper) and nodes <= int(self._config["NodeDepth"])

    def _fits_narrow(self, csf: Csf) -> bool:
        """Return whether coordinates of the leaf fit into two bytes."""
        greatest = csf.leaf_coords.max() if csf.nnz else 0
        return csf.shape[-1] <= NARROW_LIMIT and greatest < NARROW_LIMIT
