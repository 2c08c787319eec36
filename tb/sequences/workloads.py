# SPDX-License-Identifier: Apache-2.0
"""The tensor pairs of the FLAASH paper's evaluation, models/data/workloads."""

from models import io
from sim.toolchain import ROOT
from tb.sequences.base import ContractionSequence

FOLDER = ROOT / "models" / "data" / "workloads"


def workload_names() -> list[str]:
    """Return the names of all pairs, such as 7x7x512_d0.1."""
    return sorted(path.name.removesuffix("_lhs.csfbin") for path in FOLDER.glob("*_lhs.csfbin"))


class WorkloadsSeq(ContractionSequence):
    """Contract pairs of the evaluation.

    Args:
        pairs: their names; all if there are none.
        run_length: most fibers of B per job, 0 for all.
        stalls: name of a stall generator by port.
        portion: most entries of A per portion, 0 for no splitting.
        long_lines: least lines of a job that goes first, 0 for jobs in order.
    """

    def __init__(
        self,
        name: str = "workloads",
        pairs: tuple[str, ...] = (),
        run_length: int = 0,
        stalls: dict[str, str] | None = None,
        portion: int = 0,
        long_lines: int = 0,
    ):
        super().__init__(name)
        self.pairs = list(pairs) or workload_names()
        self.options = {"run_length": run_length, "stalls": stalls, "portion": portion, "long_lines": long_lines}

    async def body(self) -> None:
        for pair in self.pairs:
            a, b = (io.read(FOLDER / f"{pair}_{side}.csfbin") for side in ("lhs", "rhs"))
            await self.contract(a, b, **self.options)
