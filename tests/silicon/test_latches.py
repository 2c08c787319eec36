# SPDX-License-Identifier: Apache-2.0
"""Small memories in latches, and gated clocks: cells are found, and the FIFO's bench passes on a netlist."""

from pathlib import Path

import pytest

from sim.simulation import SimulationFailed, run_bench
from tests.silicon import dozen
from tools.silicon import elaborate, gates, library, measure, programs
from tools.silicon.clocks import Gate
from tools.silicon.hierarchy import Hierarchy
from tools.silicon.latches import Storage

FIFO = "flaash_stream_fifo"
WIDTH, DEPTH = 24, 8
LATCH = 3.0  # ns, so that the slowest path goes through one
POINTERS = 8  # bits of both of the FIFO's pointers


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "silicon")


def fifo(folder: Path, parameters: dict[str, int], gate: str = "GATE") -> tuple[list, library.Library]:
    """Return the FIFO as a piece, and a library with latches and this clock gate."""
    pieces = Hierarchy(elaborate.rtlil(FIFO, parameters)).pieces([FIFO])
    return pieces, library.load(dozen.write(folder / "dozen.lib", latch=LATCH, gates=(gate,)), latches=True)


def bench(folder: Path, name: str, seed: int, old: str = "", new: str = "") -> None:
    """Run the FIFO's bench on a netlist with one replacement."""
    parameters = {"Width": WIDTH, "Depth": DEPTH}
    pieces, cells = fifo(folder, parameters)
    sources = gates.sources({"1": pieces}, cells, folder / "sources")
    text = sources[1].read_text()
    assert old in text
    sources[1].write_text(text.replace(old, new) if old else text)
    run_bench(FIFO, "tests.blocks.stream.stream_buffer_tests", "icarus", name, parameters, seed, extra_sources=sources)


def test_both_cells_are_found(tmp_path: Path) -> None:
    path = dozen.write(tmp_path / "dozen.lib", latch=LATCH, gates=("TGATE",))
    found = library.load(path, latches=True)
    assert found.storage == Storage("LATCH", "D", "G", "Q", ("R", 1), Gate("TGATE", "C", "E", "P", ("T",)))
    assert library.load(path).storage is None
    with pytest.raises(ValueError, match="LATCHES=1: .* has no latch"):
        library.load(dozen.write(tmp_path / "gates.lib", gates=("GATE",)), latches=True)
    with pytest.raises(ValueError, match="LATCHES=1: .* has no clock gate"):
        library.load(dozen.write(tmp_path / "latches.lib", latch=LATCH), latches=True)


@pytest.mark.parametrize("gate", ["GATE", "TGATE"])
def test_each_word_is_a_row_of_latches(gate: str, tmp_path: Path) -> None:
    (piece,), cells = fifo(tmp_path, {"Width": WIDTH, "Depth": DEPTH}, gate)
    made, netlist = measure.in_cells(piece, measure.Technology(cells))
    text = netlist.read_text()
    assert text.count("  LATCH ") == WIDTH * DEPTH
    # One gate per word; the row that captures the written word shares one with that pointer.
    assert text.count(f"  {gate} ") == DEPTH + 2
    assert text.count("  DFF ") == WIDTH and text.count("  DFFR ") == POINTERS
    # From the edge through an open latch to an output: the path neither ends at the latch nor is left out.
    assert 2 * LATCH > made["ns"] > LATCH and made["end"].startswith("out_data_o")


@pytest.mark.needs("iverilog")
def test_the_bench_passes_on_latches(tmp_path: Path, seed: int) -> None:
    bench(tmp_path, "latches", seed)


@pytest.mark.needs("iverilog")
@pytest.mark.runs(full=True)
def test_a_gate_that_stays_closed_is_noticed(tmp_path: Path, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        bench(tmp_path, "latches-closed", seed, "assign P = C && open;", "assign P = 0;")
