# SPDX-License-Identifier: Apache-2.0
"""States and transitions of state machines: found in the RTL, counted, shown as a column of their own."""

import json
from pathlib import Path

import pytest

from sim.options import decided
from sim.simulation import run_bench
from sim.sources import RTL
from sim.states import Machine, machines_of
from tb.coverage import report

SOFT_RESET = RTL / "control" / "flaash_soft_reset.sv"
# A machine with each form of an assignment: after a case, in `?:`, over a net, of an element, of the next value.
FORMS = """
module flaash_forms (input logic clk_i, input logic rst_ni, input logic go_i, output logic busy_o);
  typedef enum logic [1:0] {Idle, Run = 2'd2, End = 2'd3} state_e;
  state_e state_d, state_q;
  state_e [1:0] pair_q;
  logic [3:0][1:0] entry_d, entry_q;
  logic [1:0] old_q, new_q;
  state_e code_q, oldest;
  assign oldest = state_e'(entry_q[old_q]);
  logic runs;
  assign runs = state_q == Run;
  assign busy_o = state_q != Idle || code_q != Idle || pair_q != '0;
  always_comb begin
    entry_d = entry_q;
    if (go_i && entry_q[new_q] == Idle) entry_d[new_q] = Run;
    unique case (oldest)
      Run: if (busy_o) entry_d[old_q] = End;
      End: entry_d[old_q] = Idle;
      default: ;
    endcase
    if (runs) entry_d = '0;
    state_d = state_q;
    if (runs) state_d = End;
    else if (!go_i) state_d = (state_q == End) ? Idle : state_q;
    if (go_i && state_q != Run && !runs) state_d = Run;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      code_q  <= Idle;
      pair_q  <= '{default: Idle};
      entry_q <= '0;
    end else begin
      entry_q <= entry_d;
      state_q <= state_d;
      code_q  <= go_i ? Run : End;
      for (int unsigned i = 0; i < 2; i++) begin
        unique case (pair_q[i])
          Idle: pair_q[i] <= Run;
          Run, End: if (go_i) pair_q[i] <= Idle;
          default: pair_q[i] <= End;
        endcase
      end
    end
  end
endmodule
"""


def machines(path: Path) -> dict[str, Machine]:
    return {machine.register: machine for machine in machines_of([path])}


def test_states_and_transitions_are_those_of_the_rtl() -> None:
    (machine,) = machines_of([SOFT_RESET])
    assert (machine.register, list(machine.states)) == ("state_q", ["SoftIdle", "SoftDrain", "SoftReset"])
    assert set(machine.transitions) == {
        ("SoftIdle", "SoftDrain"),
        ("SoftDrain", "SoftReset"),
        ("SoftReset", "SoftIdle"),
    }
    source = SOFT_RESET.read_text().splitlines()
    assert all(f"<= {new};" in source[line - 1] for (_, new), line in machine.transitions.items())


def test_each_form_of_an_assignment_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that is only stored is no state machine."""
    path = tmp_path / "flaash_forms.sv"
    path.write_text(FORMS)
    monkeypatch.setattr("sim.states.RTL", tmp_path)
    monkeypatch.setattr("sim.states.rtl_sources", lambda module: [path])
    found = machines(path)
    assert found.keys() == {"state_q", "pair_q", "entry_q"}
    assert found["state_q"].states == {"Idle": (0, 4), "Run": (2, 4), "End": (3, 4)}
    assert set(found["state_q"].transitions) == {("Run", "End"), ("End", "Idle"), ("Idle", "Run"), ("End", "Run")}
    assert set(found["entry_q"].transitions) == {("Idle", "Run"), ("Run", "End"), ("Run", "Idle"), ("End", "Idle")}
    assert found["entry_q"].elements == 4
    assert (found["pair_q"].elements, found["pair_q"].width) == (2, 2)
    assert set(found["pair_q"].transitions) == {("Idle", "Run"), ("Run", "Idle"), ("End", "Idle")}


def test_every_register_of_states_is_found() -> None:
    """Each register of a type called state_e is a state machine."""
    declared = {path.stem for path in RTL.rglob("*.sv") if "} state_e;" in path.read_text()}
    found = {machine.file.stem for machine in machines_of(sorted(RTL.rglob("*.sv")))}
    assert declared <= found


def test_a_state_that_is_never_entered_is_open(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a request the soft reset stays idle; with one it goes through all states, and only then."""
    for requests, percent in ((0, 100 / 6), (1, 100.0)):
        with decided(coverage=True, toggles=False):
            folder = run_bench(
                "flaash_soft_reset",
                "tests.blocks.control.states_tests",
                "verilator",
                f"states-{requests}",
                {},
                seed,
                arguments={"requests": requests},
            )
        shown = tmp_path / str(requests)
        (shown / "runs" / "states").mkdir(parents=True)
        (shown / "runs" / "states" / "coverage.dat").write_bytes((folder / "coverage.dat").read_bytes())
        assert report.write(shown)
        summary = json.loads((shown / "summary.json").read_text())
        assert summary["states"] == round(percent, 2)
        told = [hole.split(" ", 2)[2] for hole in summary["holes"] if hole.startswith("states rtl/control/flaash_soft")]
        states = ["state_q SoftDrain", "state_q SoftReset"]
        ways = ["state_q SoftIdle -> SoftDrain", "state_q SoftDrain -> SoftReset", "state_q SoftReset -> SoftIdle"]
        assert sorted(told) == (sorted([*states, *ways]) if not requests else [])
        page = (shown / "code" / "flaash_soft_reset.html").read_text()
        assert ("state_q SoftDrain 0" in page) == (not requests)
        assert "states" in (shown / "index.html").read_text() and "states" in capsys.readouterr().out
