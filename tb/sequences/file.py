# SPDX-License-Identifier: Apache-2.0
"""Two tensors from files: what `make sim` does without SEQ."""

from models import io
from models.axes import prepare
from sim.toolchain import ROOT
from tb.sequences.base import ContractionSequence

TENSORS = ROOT / "models" / "data" / "tensors"
# Two-body integrals and doubles amplitudes of lithium hydride, as coupled-cluster theory contracts them.
DEFAULT_A, DEFAULT_B = str(TENSORS / "lih_integrals.tns"), str(TENSORS / "lih_doubles.tns")
DEFAULT_AXES = "2,3:0,1"


class FileSeq(ContractionSequence):
    """Contract two tensors over any of their modes.

    Args:
        a, b: files, in one of the formats of models.io.
        axes: modes of A and of B that meet, as for numpy.tensordot: "2,3:0,1"; None contracts the
            last mode of A with the last of B.
        dense: keep results that are zero.
        run_length: most fibers of B per job, 0 for all; None leaves it to the host.
        portion: most entries of A per portion, 0 for no splitting.
        long_lines: least lines of a job that goes first, 0 for jobs in order.
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
    ):
        super().__init__(name)
        self.files, self.axes = (a, b), axes
        self.options = {"dense": dense, "run_length": run_length, "portion": portion, "long_lines": long_lines}

    async def body(self) -> None:
        a, b = prepare(*map(io.read, self.files), self.axes, int(self.config["CoordWidth"]))
        await self.contract(a, b, **self.options)
