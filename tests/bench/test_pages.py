# SPDX-License-Identifier: Apache-2.0
"""Figures of the pages that need no simulation: records of the guard, the cycle model, their quotients."""

import json
import re
from pathlib import Path

import pytest

from bench import guard, many_chips, outside
from bench.machines import OURS, PAPER, machine
from bench.targets import read_targets
from bench.workloads import SKEWED, csf_pair
from models.work import measure
from sim.toolchain import ROOT

PERFORMANCE, RESIDENT = ROOT / "docs" / "performance.md", ROOT / "docs" / "blocks" / "resident.md"
INTERSECTION, PLAN = ROOT / "docs" / "paper.md", ROOT / "docs" / "blocks" / "plan.md"
INTERFACE, CHIPS = ROOT / "docs" / "blocks" / "memory_interface.md", ROOT / "docs" / "chips_and_gradients.md"


def rows(path: Path, head: str) -> list[list[str]]:
    """Return the cells of the table whose first line begins like that."""
    (body,) = re.findall(rf"^{re.escape(head)}.*\n\|[-: |]+\n((?:\|.*\n)+)", path.read_text(), re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def told() -> list[tuple[str, int, int, int]]:
    """Return (workload, engines, cycles, bound) of our machine, wherever a page shows them."""
    return [
        (name, int(engines), number(cycles), number(bound))
        for name, engines, cycles, _, bound, *_ in rows(PERFORMANCE, "| workload | engines | cycles |")
    ]


def test_cycles_are_those_of_the_guard() -> None:
    recorded = guard.read_recorded()
    known = [(name, engines, cycles) for name, engines, cycles, _ in told() if f"{name} {OURS[engines]}" in recorded]
    assert len(known) == 9
    for name, engines, cycles in known:
        assert cycles == recorded[f"{name} {OURS[engines]}"], (name, engines)


def test_cycles_of_the_paper_s_machine() -> None:
    """The cycles equal the guard's records, and the quotients of all rows follow from their cycles."""
    recorded, known = guard.read_recorded(), 0
    for name, engines, cycles, _, _, paper, times in rows(PERFORMANCE, "| workload | engines | cycles |"):
        assert times == f"{number(paper) / number(cycles):.1f}", (name, engines)
        row = f"{name} {PAPER[int(engines)]}"
        if row in recorded:
            known += 1
            assert number(paper) == recorded[row], row
    assert known >= 4


def test_pages_agree_with_each_other() -> None:
    found = {(name, engines): cycles for name, engines, cycles, _ in told()}
    shown = {
        (name, engines): number(cell)
        for name, *cells in rows(RESIDENT, "| workload | N = 1 | N = 8 |")
        for engines, cell in zip((1, 8, 32), cells, strict=True)
    }
    assert len(found) >= 24 and found.items() <= shown.items()


def further() -> dict[outside.Point, int]:
    """Return the recorded cycles of a further contraction from memory to memory."""
    recorded = json.loads(guard.OUTSIDE.read_text())
    return {point: recorded[point.name] for point in guard.guarded_points()}


def test_results_as_rows_are_those_of_the_guard() -> None:
    """Page, record and targets have the same rows."""
    assert {
        name: (number(cycles), number(aim)) for name, cycles, aim in rows(PERFORMANCE, "| workload, as rows |")
    } == {
        point.workload: (cycles, read_targets()[point.workload].rows[point.width])
        for point, cycles in further().items()
        if point.layout == "rows"
    }


def test_the_sweep_is_that_of_the_guard() -> None:
    """Each form of operands has a row; a row of several forms has their least and their greatest cycles."""
    seen: list[outside.Point] = []
    head = "| workload | upper levels | B | latency"
    for name, levels, kind, *cells in rows(INTERFACE, head):
        some = [
            point
            for point in outside.sweep()
            if point.workload == name.strip("`")
            and levels in ("either", "dense" if point.dense else "sparse")
            and kind in ("either", "kept" if point.kept else "read")
        ]
        for latency, cell in zip(outside.SWEEP_LATENCIES, cells, strict=True):
            found = [cycles for point, cycles in further().items() if point in some and point.latency == latency]
            assert cell in (f"{min(found)} to {max(found)}", f"{max(found)}" if len(set(found)) == 1 else ""), name
        seen += some
    assert sorted(map(str, seen)) == sorted(map(str, outside.sweep()))


def test_several_chips_are_those_of_the_record() -> None:
    """The runs are recorded; the model begins with the first one."""
    runs = [many_chips.Measured(**row) for row in json.loads(many_chips.RECORD.read_text())]
    assert rows(CHIPS, "| chips | tiles | makespan") == [
        [str(run.chips), str(run.tiles), f"{max(run.cycles):,}", f"{run.seconds:.0f}"] for run in runs
    ]
    assert f"The model gives {many_chips.predicted(*runs):,.0f} cycles for two chips" in CHIPS.read_text()
    curves = many_chips.curves()
    assert rows(CHIPS, "| chips | 64 bytes |") == [
        [str(chips), *(f"{curves[width][index] / 1e6:,.0f}" for width in curves)]
        for index, chips in enumerate(many_chips.CHIPS)
    ]


@pytest.mark.parametrize("name, engines, bound", sorted((name, engines, bound) for name, engines, _, bound in told()))
def test_bounds_are_those_of_the_model(name: str, engines: int, bound: int) -> None:
    """The results of these workloads find room in the stores, so that nothing has to drain."""
    assert machine(OURS[engines]).bound(*csf_pair(name), None) == bound


def test_steps_of_the_intersection() -> None:
    """Steps, and the paper's machine: one cycle more per dot product."""
    pair, text = csf_pair("7x7x512_d0.1"), INTERSECTION.read_text()
    merge = measure(*pair, 8, 1)[0]
    assert f"| steps of the merge | {merge.steps:,} |" in text
    assert f"steps + one per dot product | {merge.steps + merge.jobs:,} |" in text
    assert f"{merge.jobs:,} dot products" in text


@pytest.mark.parametrize("name, cycles, bound, times", rows(PLAN, "| machine | cycles | lower bound |"))
def test_bounds_of_the_skewed_pair(name: str, cycles: str, bound: str, times: str) -> None:
    """With the settings that the host uses; and the quotients follow from the cycles."""
    first, *_ = rows(PLAN, "| machine | cycles | lower bound |")
    assert first[0] == "paper32" and times == f"{number(first[1]) / number(cycles):.2f}"
    assert machine(name).bound(*csf_pair(SKEWED), None) == number(bound) < number(cycles)
