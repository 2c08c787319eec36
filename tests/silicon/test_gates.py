# SPDX-License-Identifier: Apache-2.0
"""Netlists compute the same as the RTL: `tiny` with a block made of cells, on the chip's own sequences."""

import re
from pathlib import Path

import pytest

from sim import configs, simulation
from sim.simulation import SimulationFailed
from tb.env.run import Run, run_sequences
from tests.share import amount
from tests.silicon import dozen
from tools.silicon import gates, library, measure
from tools.silicon.hierarchy import Piece

TINY = "tiny"
pytestmark = pytest.mark.needs("iverilog")


def simulated(
    pieces: list[Piece],
    folder: Path,
    name: str,
    simulator: str,
    sequences: list[str],
    seed: int,
    broken: bool = False,
    gated: bool = False,
) -> Run:
    """Run sequences on tiny with pieces of a dozen cells.

    Args:
        pieces: made of cells.
        folder: of files.
        name: of the run.
        simulator, sequences, seed: of the run.
        broken: the first NAND is a NOR.
        gated: with gated clocks.
    """
    cells = library.load(dozen.write(folder / "dozen.lib", gates=("TGATE",)), gated=gated)
    sources = gates.sources({"1": pieces}, cells, folder / "sources")
    if broken:
        text = sources[1].read_text()
        changed = re.sub(r"(= \(~\(\w+) & ", r"\1 | ", text, count=1)
        assert changed != text
        sources[1].write_text(changed)
    return run(sources, folder / "sources", name, simulator, sequences, seed)


def run(sources: tuple[Path, ...], folder: Path, name: str, simulator: str, sequences: list[str], seed: int) -> Run:
    """Run sequences on tiny with these files, which are in the folder."""
    config = configs.load(TINY)
    options = gates.verilator("flaash_top", folder) if simulator == "verilator" else ()
    built = simulation.build("flaash_top", simulator, config.parameters(), sources, options=options)
    return run_sequences(config, simulator, sequences, name, seed, amount({"smoke": {"count": 0}}, None), built=built)


def chosen(*names: str) -> list[Piece]:
    """Return pieces of tiny by name, all of them without a name."""
    return [piece for piece in measure.pieces(TINY) if not names or piece.name in names]


def test_cells_are_functions() -> None:
    """A cell without memory becomes its function of its pins; names with blanks become short."""
    models = (
        "module AOI(A, B, C, Y);\n  wire _0_;\n  output Y;\n  assign _0_ = A & B;\n"
        "  assign Y = ~(_0_ | C);\nendmodule\n\nmodule DFF(C, D, Q);\n  output Q;\n  reg IQ;\n"
        "  always @(posedge C)\n    IQ <= D;\n  assign Q = IQ;\nendmodule\n"
    )
    known = gates.functions(models)
    assert known == {"AOI": {"Y": "~((A & B) | C)"}}
    netlist = (
        "  AOI _1_ (\n    .A(\\u.a_q ),\n    .B(b[3]),\n    .C(1'h0),\n    .Y(c)\n  );\n"
        "  DFF \\u.a_q$_DFF_  (\n    .C(clk_i),\n    .D(c),\n    .Q(\\u.a_q )\n  );\n"
    )
    assert gates.inlined(netlist, known) == (
        "  assign c = ~((_e0_  & b[3]) | 1'h0);\n  DFF _e1_  (\n    .C(clk_i),\n    .D(c),\n    .Q(_e0_ )\n  );\n"
    )


@pytest.mark.parametrize("gated", [False, True])
def test_a_block_of_cells_gives_the_same_results(gated: bool, tmp_path: Path, seed: int) -> None:
    name = f"gates-network-{gated}"
    run = simulated(chosen("flaash_result_network"), tmp_path, name, "icarus", ["smoke"], seed, gated=gated)
    assert ("TGATE _" in (tmp_path / "sources" / "flaash_gates0_result_network.sv").read_text()) == gated
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0


def test_a_wrong_gate_is_noticed(tmp_path: Path, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        simulated(chosen("flaash_result_network"), tmp_path, "gates-broken", "icarus", ["smoke"], seed, broken=True)
