# SPDX-License-Identifier: Apache-2.0
"""The exact MACs beside the plain one, without the programs: input, verdicts on the targets, and records."""

import json
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tools.silicon import __main__ as silicon
from tools.silicon import ecp5, exact, page, programs, record
from tools.silicon.exact import DESIGNS, EXACT, LEAST_CLOCK, MOST_LUTS, ORDINARY, WHOLE, Cost, judge

LOG = """Info: Total LUT4s: 2859/24288 11%
Info: Total DFFs: 1510/24288 6%
Info:             DP16KD:       3/    208     1%
Info: MULT18X18D: 4/ 28 14%
"""


def test_totals_are_read() -> None:
    assert ecp5.totals(LOG) == {"lut4": 2859, "flip_flops": 1510, "block_rams": 3, "multipliers": 4}
    with pytest.raises(ValueError, match="no totals"):
        ecp5.totals("Info: nothing")


def test_a_part_that_is_too_small_is_noticed() -> None:
    assert not ecp5.too_much(LOG) and ecp5.too_much(LOG.replace("3/    208     1%", "300/    208   144%"))


def test_cells_of_a_netlist_are_counted_as_nextpnr_does() -> None:
    kinds = ["LUT4", "LUT4", "CCU2C", "TRELLIS_DPR16X4", "TRELLIS_FF", "DP16KD", "MULT18X18D", "$scopeinfo"]
    cells = {str(number): {"type": kind} for number, kind in enumerate(kinds)}
    assert ecp5.counted({"modules": {"top": {"cells": cells}}}, "top") == {
        "lut4": 10,
        "flip_flops": 1,
        "block_rams": 1,
        "multipliers": 1,
    }


def test_the_clock_is_the_median() -> None:
    assert Cost(1, 1, 1, [30.0, 99.0, 20.0]).clock == 30.0


@pytest.mark.parametrize(
    ("luts", "clock", "told"),
    [(2500, 90.0, ["met", "met"]), (2501, 90.0, ["MISSED", "met"]), (2500, 89.9, ["met", "MISSED"])],
)
def test_targets(luts: int, clock: float, told: list[str]) -> None:
    lines = judge({EXACT: Cost(luts, 1, 4, [clock]), ORDINARY: Cost(1000, 1, 4, [30.0])})
    assert [line.split()[-1] for line in lines] == told
    assert judge({EXACT: Cost(luts, 1, 4, [clock])}) == []  # nothing to compare with


@pytest.mark.parametrize(
    ("plain_clock", "told", "status"),
    [
        (30.0, "clock: 3.19 times the plain one, 3.0 at least: met", 0),
        (100.0, "clock: 1.00 times the plain one, 3.0 at least: MISSED", silicon.FAILED),
    ],
    ids=["met", "missed"],
)
def test_results_are_written(
    plain_clock: float,
    told: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    """The exit status shows whether the targets are met."""
    clocks = {ORDINARY: plain_clock}
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    monkeypatch.setattr(programs, "require", lambda names: None)
    monkeypatch.setattr(exact, "synthesize", lambda design: Path(design.name))
    monkeypatch.setattr(
        ecp5, "place", lambda netlist, seed: (LOG, [clocks.get(netlist.name, 100.0) + seed], programs.Usage(1.0, 1.0))
    )
    kept = []
    monkeypatch.setattr(record, "keep", lambda results, macs, path: kept.append((macs, path)))
    monkeypatch.setattr(page, "renew", lambda: None)
    assert silicon.main(["--only=fp32"]) == status and not kept
    assert silicon.main(["--only=fp32", "--record"]) == status
    results = json.loads((tmp_path / "results.json").read_text())["macs"]
    assert list(results) == [design.name for design in DESIGNS if "fp32" in design.name] and kept == [
        (results, record.FILE)
    ]
    assert results[EXACT] == {
        "lut4": 2859,
        "flip_flops": 1510,
        "multipliers": 4,
        "mhz": 102.0,
        "mhz_by_seed": {"1": 101.0, "2": 102.0, "3": 103.0},
    }
    shown = capsys.readouterr().out
    assert "2,859" in shown and told in shown.splitlines()


def test_the_page_tells_what_was_recorded() -> None:
    """Rows of docs/blocks/mac.md and the factors in its text equal bench/cost.json; targets are met."""
    recorded = json.loads(record.MACS.read_text())
    costs = {
        name: Cost(
            *(kept[what] for what in ("lut4", "flip_flops", "multipliers")), clocks=list(kept["mhz_by_seed"].values())
        )
        for name, kept in recorded.items()
    }
    assert list(costs) == [design.name for design in DESIGNS]
    exact_, whole, plain = costs[EXACT], costs[WHOLE], costs[ORDINARY]
    luts, clock = exact_.luts / plain.luts, exact_.clock / plain.clock
    text = " ".join((ROOT / "docs" / "blocks" / "mac.md").read_text().split())
    for told in (
        *(
            f"| {name} | {row.luts:,} | {row.flip_flops:,} | {row.multipliers} | {row.clock} |"
            for name, row in costs.items()
        ),
        f"with portions take {luts:.2f} times the LUTs of the plain multiply-add (the aim is {MOST_LUTS} at most)",
        f"{whole.luts / plain.luts:.2f} times without portions",
        f"{clock:.2f} times the clock of the plain one (the aim is {LEAST_CLOCK:.0f} at least)",
        f"{clock / luts:.1f} times as many products a second",
        f"{exact_.flip_flops / plain.flip_flops:.1f} times the flip-flops",
        f"the exact clock from {min(exact_.clocks):.0f} to {max(exact_.clocks):.0f} MHz, "
        f"the plain one from {min(plain.clocks)} to {max(plain.clocks)}",
    ):
        assert told in text, told
    assert all(line.endswith(exact.MET) for line in judge(costs))
