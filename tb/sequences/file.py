# SPDX-License-Identifier: Apache-2.0
"""Two tensors from files: what `make sim` does without SEQ."""

import numpy as np

from flaash.driver.arrange import arrange
from models import io
from models.axes import prepare
from models.csf import Csf
from models.tensor import SparseTensor
from models.tiles import meetings
from sim.toolchain import ROOT
from tb.sequences.base import ContractionSequence

TENSORS = ROOT / "models" / "data" / "tensors"
# Two-body integrals and doubles amplitudes of lithium hydride, as coupled-cluster theory contracts them.
DEFAULT_A, DEFAULT_B = str(TENSORS / "lih_integrals.tns"), str(TENSORS / "lih_doubles.tns")
DEFAULT_AXES = "2,3:0,1"
# Cycles of the memory: from an address to its data, and from data to their response.
LATENCY = {"ar": 100, "b": 100}


class FileSeq(ContractionSequence):
    """Contract two tensors over any of their modes; at the memory interface of any size, in tiles.

    Args:
        a, b: files, in one of the formats of models.io.
        axes: modes of A and of B that meet, as for numpy.tensordot: "2,3:0,1"; None contracts the
            last mode of A with the last of B.
        dense: keep results that are zero.
        run_length: most fibers of B per job, 0 for all; None leaves it to the host.
        portion: most entries of A per portion, 0 for no splitting.
        long_lines: least lines of a job that goes first, 0 for jobs in order.
        renumbered: at the memory interface, see flaash.driver.arrange().
    """

    def __init__(
        self,
        name: str = "file",
        a: str = DEFAULT_A,
        b: str = DEFAULT_B,
        axes: str | None = DEFAULT_AXES,
        dense: bool = False,
        run_length: int | None = None,
        portion: int = 0,
        long_lines: int = 0,
        renumbered: bool | None = None,
    ):
        super().__init__(name)
        self.files, self.axes, self.renumbered = (a, b), axes, renumbered
        self.options = {"dense": dense, "run_length": run_length, "portion": portion, "long_lines": long_lines}

    async def body(self) -> None:
        operands = [io.read(file) for file in self.files]
        if self.frames:
            a, b = prepare(*operands, self.axes, int(self.config["CoordWidth"]))
            await self.contract(a, b, **self.options)
        else:
            await self._in_tiles(*prepare(*operands, self.axes, None))

    async def _in_tiles(self, a: SparseTensor, b: SparseTensor) -> None:
        """Contract each pair of tiles, as flaash.driver does it."""
        dense = self.options["dense"]
        made = arrange(a, b, self.config.identity(), dense, self.renumbered)
        for number, pair in enumerate(made.plan.pairs()):
            tiles = [side.parts[tile].to_csf() for side, tile in zip(made.sides, pair, strict=True)]
            options = {**self.options, "latency": LATENCY, "plain": True, "part": number > 0}
            await self.contract(*tiles, **options, room=_most_results(*tiles, dense))


def _most_results(a: Csf, b: Csf, dense: bool) -> int:
    """Return the most results that the buffer of a contraction must have room for."""
    jobs = len(a.fiber_bounds()) * len(b.fiber_bounds())
    return jobs if dense else min(jobs, int(np.sum(meetings(a.leaf_coords, b.leaf_coords))))
