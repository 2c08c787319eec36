# SPDX-License-Identifier: Apache-2.0
"""Netlists compute what the RTL does: `tiny` with a block made of cells, on the chip's own sequences."""

from pathlib import Path

import pytest

from tb.common import configs, simulation
from tb.common.simulation import SimulationFailed
from tb.common.toolchain import has_icarus
from tb.env.run import Run, run_sequences
from tests.silicon import dozen
from tools.silicon import gates, library, measure
from tools.silicon.hierarchy import Piece

TINY = "tiny"
pytestmark = pytest.mark.skipif(not has_icarus(), reason="Icarus Verilog isn't installed")


def simulated(pieces: list[Piece], folder: Path, name: str, seed: int, broken: str = "") -> Run:
    """Run the smoke sequence on tiny with pieces of a dozen cells; the first cell `broken` is a NOR2."""
    cells = library.load(dozen.write(folder / "dozen.lib"))
    sources = gates.sources(pieces, cells, folder / "sources")
    if broken:
        text = sources[1].read_text()
        assert f"  {broken} " in text
        sources[1].write_text(text.replace(f"  {broken} ", "  NOR2 ", 1))
    config = configs.load(TINY)
    built = simulation.build("flaash_top", "icarus", config.parameters(), extra_sources=sources)
    return run_sequences(config, "icarus", ["smoke"], name, seed, built=built)


def chosen(*names: str) -> list[Piece]:
    """Return pieces of tiny by name, all of them without a name."""
    return [piece for piece in measure.pieces(TINY) if not names or piece.name in names]


def test_a_block_of_cells_gives_the_same_results(tmp_path: Path, seed: int) -> None:
    run = simulated(chosen("flaash_result_network"), tmp_path, "gates-network", seed)
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0


def test_a_wrong_gate_is_noticed(tmp_path: Path, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        simulated(chosen("flaash_result_network"), tmp_path, "gates-broken", seed, broken="NAND2")
