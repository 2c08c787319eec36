# SPDX-License-Identifier: Apache-2.0
"""`make cost` without its tools: what it reads, what it says of the targets, what it writes."""

import json
from pathlib import Path

import pytest

from tb.common.toolchain import ROOT
from tools import cost
from tools.cost import DESIGNS, EXACT, LEAST_CLOCK, MOST_LUTS, ORDINARY, WHOLE, Cost, Design, counted, judge

LOG = """Info: Total LUT4s: 2859/24288 11%
Info: Total DFFs: 1510/24288 6%
Info: MULT18X18D: 4/ 28 14%
"""


def test_totals_are_read() -> None:
    assert counted(LOG) == (2859, 1510, 4)
    with pytest.raises(ValueError, match="no totals"):
        counted("Info: nothing")


def test_the_clock_is_the_median() -> None:
    assert Cost(1, 1, 1, [30.0, 99.0, 20.0]).clock == 30.0


@pytest.mark.parametrize(("luts", "clock", "told"), [
    (2500, 90.0, ["met", "met"]), (2501, 90.0, ["MISSED", "met"]), (2500, 89.9, ["met", "MISSED"])])
def test_targets(luts: int, clock: float, told: list[str]) -> None:
    lines = judge({EXACT: Cost(luts, 1, 4, [clock]), ORDINARY: Cost(1000, 1, 4, [30.0])})
    assert [line.split()[-1] for line in lines] == told


@pytest.mark.parametrize(("plain_clock", "told", "status"), [
    (30.0, "clock: 3.19 times the plain one, 3.0 at least: met", 0),
    (100.0, "clock: 1.00 times the plain one, 3.0 at least: MISSED", cost.FAILED)], ids=["met", "missed"])
def test_results_are_written(plain_clock: float, told: str, status: int, monkeypatch: pytest.MonkeyPatch,
                             tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Whether the targets are met or not; the exit status tells which."""
    clocks = {ORDINARY: plain_clock}
    monkeypatch.setattr(cost, "FOLDER", tmp_path)
    monkeypatch.setattr(cost, "require_tools", lambda: None)
    monkeypatch.setattr(cost, "synthesize", lambda design: Path(design.name))
    monkeypatch.setattr(cost, "place", lambda netlist, seed: (LOG, clocks.get(netlist.name, 100.0) + seed))
    monkeypatch.setattr(cost, "RECORD", tmp_path / "cost.json")
    assert cost.main([]) == status and not cost.RECORD.exists()
    assert cost.main(["--record"]) == status
    results = json.loads((tmp_path / "results.json").read_text())
    assert list(results) == [design.name for design in DESIGNS]
    assert results[EXACT] == {"lut4": 2859, "flip_flops": 1510, "multipliers": 4, "mhz": 102.0,
                              "mhz_by_seed": {"1": 101.0, "2": 102.0, "3": 103.0}}
    assert json.loads(cost.RECORD.read_text()) == results
    shown = capsys.readouterr().out
    assert "2,859" in shown and told in shown.splitlines()


def test_a_part_has_no_targets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The exact MAC alone is compared with nothing, and not recorded."""
    monkeypatch.setattr(cost, "FOLDER", tmp_path)
    monkeypatch.setattr(cost, "require_tools", lambda: None)
    monkeypatch.setattr(cost, "synthesize", lambda design: Path(design.name))
    monkeypatch.setattr(cost, "place", lambda netlist, seed: (LOG, 1.0))
    assert cost.main(["--only", EXACT]) == 0
    assert cost.main(["--only", EXACT, "--record"]) == cost.MISTAKE


def test_the_page_tells_what_was_recorded() -> None:
    """Rows of docs/cost.md and the factors in its text are those of bench/cost.json; targets are met."""
    record = json.loads(cost.RECORD.read_text())
    costs = {name: Cost(*(kept[what] for what in ("lut4", "flip_flops", "multipliers")),
                        clocks=list(kept["mhz_by_seed"].values())) for name, kept in record.items()}
    assert list(costs) == [design.name for design in DESIGNS]
    exact, whole, plain = costs[EXACT], costs[WHOLE], costs[ORDINARY]
    luts, clock = exact.luts / plain.luts, exact.clock / plain.clock
    page = " ".join((ROOT / "docs" / "cost.md").read_text().split())
    for told in (*(f"| {name} | {row.luts:,} | {row.flip_flops:,} | {row.multipliers} | {row.clock} |"
                   for name, row in costs.items()),
                 f"{luts:.2f} times the LUTs of the plain multiply-add with portions ({MOST_LUTS} at most",
                 f"{whole.luts / plain.luts:.2f} times without",
                 f"{clock:.2f} times its clock ({LEAST_CLOCK:.0f} at least)",
                 f"{clock / luts:.1f} times as many products a second",
                 f"{exact.flip_flops / plain.flip_flops:.1f} times the flip-flops",
                 f"the exact clock from {min(exact.clocks):.0f} to {max(exact.clocks):.0f} MHz, "
                 f"the plain one from {min(plain.clocks)} to {max(plain.clocks)}"):
        assert told in page, told
    assert all(line.endswith(cost.MET) for line in judge(costs))


def test_a_failing_tool_ends_with_status_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                           capsys: pytest.CaptureFixture) -> None:
    def fail(design: Design) -> Path:
        raise ValueError(f"no netlist of {design.name}")

    monkeypatch.setattr(cost, "FOLDER", tmp_path)
    monkeypatch.setattr(cost, "require_tools", lambda: None)
    monkeypatch.setattr(cost, "synthesize", fail)
    assert cost.main(["--only", "plain"]) == cost.FAILED
    assert "no netlist of plain fp32" in capsys.readouterr().err


def test_missing_tools_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(cost, "FOLDER", tmp_path / "cost")
    monkeypatch.setattr(cost.sys, "executable", str(tmp_path / "python"))
    assert cost.main([]) == cost.MISTAKE
    assert "requirements-cost.txt" in capsys.readouterr().err
