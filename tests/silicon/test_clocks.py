# SPDX-License-Identifier: Apache-2.0
"""Gated clocks: gates are found, a FIFO has its bench's results, and what stays without a gate is counted."""

from pathlib import Path

import numpy as np
import pytest

from sim.simulation import SimulationFailed, run_bench
from tests.silicon import dozen
from tests.silicon.test_latches import DEPTH, FIFO, POINTERS, WIDTH
from tools.silicon import clocks, elaborate, gates, library, measure, power, programs, replay, switching
from tools.silicon.clocks import Gate
from tools.silicon.hierarchy import Hierarchy, Piece

PARAMETERS = {"Width": WIDTH, "Depth": DEPTH}
GATED = "  GATE _1_ (\n    .C(clk_i),\n    .E(on),\n    .P(gated)\n  );\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "silicon")


def gated(folder: Path, *names: str) -> library.Library:
    """Return a library with these clock gates."""
    return library.load(dozen.write(folder / f"{'-'.join(names)}.lib", gates=names), gated=True)


def fifo() -> list[Piece]:
    return Hierarchy(elaborate.rtlil(FIFO, PARAMETERS)).pieces([FIFO])


def test_gates_are_found(tmp_path: Path) -> None:
    """One without a pin for tests comes first, although it is larger; no gate is used unless it is asked for."""
    with_test, without = Gate("TGATE", "C", "E", "P", ("T",)), Gate("GATE", "C", "E", "P")
    assert gated(tmp_path, "TGATE").gate == with_test
    both = gated(tmp_path, "TGATE", "GATE")
    assert both.gates == (without, with_test) and both.gate == without
    assert library.load(both.path).gate is None and both.storage is None
    assert both.flip_flops == {"DFF": ("C", "D"), "DFFR": ("C", "D")}


def test_a_gate_with_an_unknown_pin_is_not_used(tmp_path: Path) -> None:
    path = dozen.write(tmp_path / "dozen.lib", gates=("TGATE",))
    path.write_text(path.read_text().replace("clock_gate_test_pin", "clock_gate_obs_pin"))
    with pytest.raises(ValueError, match="GATED=1: .* has no clock gate, a cell with clock_gating_integrated_cell"):
        library.load(path, gated=True)


@pytest.mark.parametrize("gate", ["GATE", "TGATE"])
def test_each_enable_has_a_gate(gate: str, tmp_path: Path) -> None:
    """One per word of the FIFO and one per pointer; the paths end at the gates, too."""
    (piece,), cells = fifo(), gated(tmp_path, gate)
    made, netlist = measure.in_cells(piece, measure.Technology(cells))
    bits = WIDTH * DEPTH + POINTERS
    found = made["clocks"]
    assert found == {"flip_flops": bits, "gates": DEPTH + 2, "gated": bits, "few": 0, "always": 0, "largest": []}
    text = netlist.read_text()
    assert text.count(f"  {gate} ") == DEPTH + 2
    assert text.count(".T(") == (DEPTH + 2 if gate == "TGATE" else 0)
    plain = measure.in_cells(piece, measure.Technology(library.load(cells.path)))[0]
    assert "clocks" not in plain and made["area"] < plain["area"]


def bench(folder: Path, name: str, gate: str, seed: int, old: str = "", new: str = "") -> None:
    """Run the FIFO's bench on its netlist with a replacement."""
    sources = gates.sources({"1": fifo()}, gated(folder, gate), folder / "sources")
    text = sources[1].read_text()
    assert old in text
    sources[1].write_text(text.replace(old, new) if old else text)
    run_bench(FIFO, "tests.blocks.stream.stream_buffer_tests", "icarus", name, PARAMETERS, seed, extra_sources=sources)


@pytest.mark.needs("iverilog")
def test_the_bench_passes_with_gated_clocks(tmp_path: Path, seed: int) -> None:
    bench(tmp_path, "gated", "TGATE", seed)


@pytest.mark.needs("iverilog")
def test_a_gate_that_stays_open_is_noticed(tmp_path: Path, seed: int) -> None:
    with pytest.raises(SimulationFailed):
        bench(tmp_path, "gated-open", "TGATE", seed, "assign P = C && open;", "assign P = C;")


def test_why_clocks_are_not_gated() -> None:
    """A register without an enable is named with its bits, unless Yosys has added it; one bit is not worth a gate."""

    def flip_flop(name: str, clock: str) -> str:
        escaped = name if name.startswith("_") else f"\\{name} "
        return f"  DFF {escaped} (\n    .C({clock}),\n    .D(d),\n    .Q(q)\n  );\n"

    named = {
        "gated": ["u.a_q[0]$_DFF_P_", "u.a_q[1]$_DFF_P_"],
        "clk_i": ["u.b_q[1][0]$_DFF_PN0_", "u.b_q[1][1]$_DFF_PN0_", "u.c_q$_DFF_P_", "u.d_q[2]$_DFFE_PP_", "_12_"],
    }
    text = GATED + "".join(flip_flop(name, clock) for clock, names in named.items() for name in names)
    assert clocks.counts(text, Gate("GATE", "C", "E", "P"), ("DFF",)) == {
        "flip_flops": 7,
        "gates": 1,
        "gated": 2,
        "few": 1,
        "always": 4,
        "largest": [["u.b_q", 2], ["u.c_q", 1]],
    }


NETLIST = f"""module top(clk_i, on, d, q);
  input clk_i;
  input on;
  input d;
  output q;
{GATED}  DFF \\x_q$_DFF_P_  (
    .C(gated),
    .D(d),
    .Q(q)
  );
endmodule
"""
# Of ten cycles the gate is open in two; the input changes in each, the output twice.
ON, D, Q = 0b0000100100, 0b0101010101, 0b0000001110
CYCLES = 10


@pytest.fixture
def recording(tmp_path: Path) -> switching.Recording:
    head = "$timescale 1ns $end\n$scope module flaash_top $end\n$var wire 1 ! clk_i $end\n"
    head += "".join(f"$var wire 1 {mark} {name} $end\n" for mark, name in zip("abc", ("on", "d", "x_q"), strict=True))
    path = tmp_path / "dump.vcd"
    path.write_text(
        f"{head}$upscope $end\n$enddefinitions $end\n"
        + "".join(
            f"#{2 * cycle + 1}\n0!\n{ON >> cycle & 1}a\n{D >> cycle & 1}b\n{Q >> cycle & 1}c\n#{2 * cycle + 2}\n1!\n"
            for cycle in range(CYCLES)
        )
    )
    return switching.Recording(path)


def test_a_closed_gate_takes_no_power_behind_it(recording: switching.Recording, tmp_path: Path) -> None:
    """Clock power counts in the cycles in which the gate is open; changes that are not stored count at the input."""
    cells = gated(tmp_path, "GATE")
    netlist = replay.Netlist(NETLIST, {}, power.outputs(cells))
    found = power.rates(netlist, ["flaash_top"], recording, cells)
    assert found.opened == pytest.approx({"_1_": 0.2, "x_q$_DFF_P_": 0.2})
    assert found.changes == pytest.approx({"_1_": 4 / 9, "x_q$_DFF_P_": 2 / 9})
    assert found.unstored == pytest.approx({"x_q$_DFF_P_": 1 - 2 / 9})
    still = {"_1_": (3.0, 0.0, 0.5), "x_q$_DFF_P_": (5.0, 0.0, 0.5)}
    closed = {"_1_": (1.0, 0.0, 0.5), "x_q$_DFF_P_": (0.0, 0.0, 0.5)}
    moving = {"_1_": (3.9, 0.0, 0.5), "x_q$_DFF_P_": (9.5, 0.0, 0.5)}
    # The gate: 1 + 0.2 x 2 + 4 / 9 x 0.9; the flip-flop: 0.2 x 5 + 2 / 9 x 4.5; a change that is not stored: 0.3.
    assert power.total([still, moving, closed], found, 0.3) == pytest.approx(
        {"internal": 1e3 * (1.8 + 2.0 + 0.3), "switching": 0.0, "leakage": 1e3}
    )


def test_shares(recording: switching.Recording) -> None:
    on = recording.bit("flaash_top.on")
    assert recording.share(on) == pytest.approx(0.2) and recording.share(recording.constant(True)) == 1.0
    assert recording.share(np.stack([on, recording.constant(True)])) == pytest.approx(0.6)


def test_opensta_closes_gates(recording: switching.Recording, tmp_path: Path) -> None:
    """The load of the flip-flop's clock pin switches twice in two of ten cycles: 2 fF at 1.2 V, 100 MHz."""
    cells = gated(tmp_path, "GATE")
    path = tmp_path / "top.v"
    path.write_text(NETLIST)
    found = power.Meter([Piece("top", "top", 1, {}, "")], {"top": path}, cells, [cells.path]).of(recording)["top"]
    assert found["switching"] == pytest.approx(1e3 * 0.2 * 2e-15 * 1.2**2 * 1e8, rel=0.01)
    assert found["leakage"] == pytest.approx(2e-6)
