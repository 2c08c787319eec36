# SPDX-License-Identifier: Apache-2.0
"""Figures of the pages that need no simulation: records of the guard, the cycle model, their quotients."""

import re
from pathlib import Path

import pytest

from bench import guard
from bench.machines import OURS, PAPER, machine
from bench.workloads import SKEWED, csf_pair
from models.work import measure
from sim.toolchain import ROOT

PERFORMANCE, RESIDENT = ROOT / "docs" / "performance.md", ROOT / "docs" / "blocks" / "resident.md"
INTERSECTION, PLAN = ROOT / "docs" / "paper.md", ROOT / "docs" / "blocks" / "plan.md"


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
