# SPDX-License-Identifier: Apache-2.0
"""Pieces on an ECP5: memories that Yosys can't map, records that hold, and the exact MACs beside the plain one."""

import json
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tools.silicon import __main__ as silicon
from tools.silicon import ecp5, exact, measure, page, programs, record
from tools.silicon.exact import DESIGNS, EXACT, LEAST_CLOCK, MOST_LUTS, ORDINARY, WHOLE, Cost, judge
from tools.silicon.hierarchy import Piece

MEMORY = """  cell $mem_v2 \\mem
    parameter \\RD_PORTS {ports}
    parameter \\SIZE {size}
    parameter \\WIDTH {width}
  end
"""
PIECE = Piece("memory", "memory", 1, {}, "")
USAGE = programs.Usage(1.0, 1.0)


@pytest.mark.parametrize(
    ("size", "width", "ports", "rams"),
    [(512, 36, 1, 1), (513, 36, 1, 2), (1024, 18, 1, 1), (1024, 19, 1, 2), (16384, 1, 3, 3), (8192, 390, 2, 352)],
)  # an operand's memory in paper1, as Yosys writes it
def test_a_copy_for_each_port_in_the_best_shape(size: int, width: int, ports: int, rams: int) -> None:
    text = MEMORY.format(ports=ports, size=size, width=width)
    assert ecp5.block_rams(text) == rams and ecp5.block_rams(text + text) == 2 * rams


def _yosys(monkeypatch: pytest.MonkeyPatch, last_pass: str) -> list[str]:
    """Make Yosys fail in a pass unless memories are set aside; return the commands of its runs."""
    ran: list[str] = []

    def run(program: str, arguments: list[str], log: Path, folder: Path) -> tuple[str, programs.Usage]:
        ran.append(arguments[1])
        if "submod" not in arguments[1]:
            log.write_text(f"2.1. Executing OPT pass\n2.2. Executing {last_pass} pass (..)\nTraceback")
            raise programs.Failed("Yosys failed", USAGE)
        (folder / "memories.il").write_text(MEMORY.format(ports=8, size=8192, width=390))
        (folder / "netlist.json").write_text(
            json.dumps({"modules": {"memory": {"cells": {"a": {"type": "LUT4"}, "b": {"type": "DP16KD"}}}}})
        )
        return "", USAGE

    monkeypatch.setattr(programs, "run", run)
    return ran


def test_a_memory_that_cannot_be_mapped_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    monkeypatch.setattr(ecp5, "place", lambda *_: pytest.fail("larger than the part, and placed"))
    ran = _yosys(monkeypatch, "MEMORY_LIBMAP")
    made = ecp5.measure(PIECE)
    assert (made.lut4, made.block_rams, made.placed, made.clock) == (1, 1 + 8 * 176, False, None)
    assert len(ran) == 2


def test_another_failure_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    ran = _yosys(monkeypatch, "ABC9")
    with pytest.raises(programs.Failed):
        ecp5.measure(PIECE)
    assert len(ran) == 1


@pytest.mark.parametrize("name", ["flaash_operand_store", "flaash_result_gate"])
def test_a_piece_takes_what_is_recorded(name: str) -> None:
    """Synthesised again, without placement. The recorded cells, whose library is no part of the project, are compared
    by make silicon LIBERTY=.. CHECK=1."""
    (piece,) = (one for one in measure.pieces("tiny") if one.name == name)
    made = {"pieces": {name: {"ecp5": ecp5.counts(piece)}}}
    assert record.differences({"configurations": {"tiny": made}}, record.read()) == []


# The exact MACs beside the plain one, without the programs: input, verdicts on the targets, and records.
LOG = """Info: Total LUT4s: 2859/24288 11%
Info: Total DFFs: 1510/24288 6%
Info:             DP16KD:       3/    208     1%
Info: MULT18X18D: 4/ 28 14%
"""


def test_a_part_that_is_too_small_is_noticed() -> None:
    with pytest.raises(ValueError, match="no totals"):
        ecp5.totals("Info: nothing")
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
