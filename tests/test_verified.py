# SPDX-License-Identifier: Apache-2.0
"""docs/verified.md and docs/checklist.md are true: a row per module, a verdict per item, a test per bug."""

import re
from collections import Counter

import pytest

from sim.sources import RTL
from sim.toolchain import ROOT
from tb.coverage.testplan import read_testplan
from tb.env.cover_points import POINTS, PREFIX
from tools import verified
from tools.proofs import read_proofs

PAGE = verified.filled(verified.PAGE.read_text()) + (ROOT / "docs" / "checklist.md").read_text()
# The items of the stages, by OpenTitan's sign-off checklist.
V2 = """DESIGN_DELTAS_CAPTURED_V2 DV_DOC_COMPLETED FUNCTIONAL_COVERAGE_IMPLEMENTED ALL_INTERFACES_EXERCISED
    ALL_ASSERTION_CHECKS_ADDED SIM_TB_ENV_COMPLETED SIM_ALL_TESTS_PASSING FPV_ALL_ASSERTIONS_WRITTEN
    FPV_ALL_ASSUMPTIONS_REVIEWED SIM_FW_SIMULATED SIM_NIGHTLY_REGRESSION_V2 SIM_CODE_COVERAGE_V2
    SIM_FUNCTIONAL_COVERAGE_V2 FPV_CODE_COVERAGE_V2 FPV_COI_COVERAGE_V2 PRE_VERIFIED_SUB_MODULES_V2
    SEC_CM_PLANNED NO_HIGH_PRIORITY_ISSUES_PENDING ALL_LOW_PRIORITY_ISSUES_ROOT_CAUSED DV_DOC_TESTPLAN_REVIEWED
    V2S_CHECKLIST_SCOPED V3_FUNCTIONAL_CHECKLIST_SCOPED""".split()
V2S = """SEC_CM_TESTPLAN_COMPLETED FPV_SEC_CM_PROVEN SIM_SEC_CM_VERIFIED SIM_COVERAGE_REVIEWED SEC_CM_DV_REVIEWED
    V3_CHECKLIST_SCOPED""".split()

V3 = """DESIGN_DELTAS_CAPTURED_V3 X_PROP_ANALYSIS_COMPLETED FPV_ASSERTIONS_PROVEN_AT_V3 SIM_NIGHTLY_REGRESSION_AT_V3
    SIM_CODE_COVERAGE_AT_100 SIM_FUNCTIONAL_COVERAGE_AT_100 FPV_CODE_COVERAGE_AT_100 FPV_COI_COVERAGE_AT_100
    ALL_TODOS_RESOLVED NO_TOOL_WARNINGS_THROWN TB_LINT_COMPLETE PRE_VERIFIED_SUB_MODULES_V3 NO_ISSUES_PENDING""".split()


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of all tables of a section, without headings and rules."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    tables = re.findall(r"^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n?)+)", section, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for table in tables for line in table.splitlines()]


def problems(page: str) -> list[str]:
    """Return a sentence for each thing that is wrong with the two pages."""
    named = [row[0].strip("`") for row in rows(page, "By module")]
    found = [] if named == list(verified.modules()) else ["the table has other modules"]
    for heading, items in (("OpenTitan's checklist, V2", V2), ("OpenTitan's checklist, V2S", V2S)):
        judged = rows(page, heading)
        if [row[0].strip("`") for row in judged] != items:
            found.append(f"{heading}: other items")
        found += [
            f"{row[0]} has no verdict or no reason"
            for row in judged
            if row[1] not in ("yes", "no", "n.a.") or not row[2]
        ]
    section = page.partition("\n## OpenTitan's checklist, V3\n")[2].partition("\n## ")[0]
    if sorted(re.findall(r"`([A-Z]\w+)`", section)) != sorted(V3):
        found.append("OpenTitan's checklist, V3: other items")
    ledger = rows(page, "Bugs of the hardware, and how they were found")
    bugs, sums = [row for row in ledger if len(row) == 3], [row for row in ledger if len(row) == 2]
    counted = Counter("review" if row[1].startswith("review") else row[1].partition(":")[0] for row in bugs)
    if counted != {row[0]: int(row[1]) for row in sums}:
        found.append("the sums of the ledger are wrong")
    return found + [f"no such test or proof: {row[2]}" for row in bugs if not exists(row[2])]


def exists(asked: str) -> bool:
    """Tell whether a test or a proof exists."""
    if asked.startswith("proof "):
        return asked.split("`")[1] in {proof.name for proof in read_proofs()}
    file, _, function = asked.strip("`").partition("::")
    text = (ROOT / file).read_text() if (ROOT / file).is_file() else ""
    return bool(re.search(rf"^(?:async )?def {function}\(", text, re.MULTILINE))


def test_the_page_is_true() -> None:
    assert problems(PAGE) == []


def test_each_module_has_a_row() -> None:
    names = re.findall(r"^\| `(flaash_\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(names) == sorted(path.stem for path in RTL.rglob("*.sv") if not path.stem.endswith("_pkg"))


def test_each_cover_point_belongs_to_a_testpoint() -> None:
    planned = {name.removeprefix(PREFIX) for point in read_testplan() for name in point.cover}
    assert planned == set(POINTS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| `flaash_stream_fifo` | alone |", "| `flaash_fifo` | alone |", "the table has other modules"),
        ("| `SEC_CM_PLANNED` |", "| `SEC_CM` |", "OpenTitan's checklist, V2: other items"),
        ("| `V3_CHECKLIST_SCOPED` | yes |", "| `V3_CHECKLIST_SCOPED` | maybe |", "V3_CHECKLIST_SCOPED` has no v"),
        ("| `X_PROP_ANALYSIS_COMPLETED` |", "| |", "OpenTitan's checklist, V3: other items"),
        ("proof `soft_reset`", "proof `hard_reset`", "no such test or proof: proof `hard_reset`"),
        ("::a_channel_dies`", "::a_channel_lives`", "dead_tests.py::a_channel_lives`"),
        ("| outside | proof", "| proof | proof", "the sums of the ledger are wrong"),
    ],
)
def test_what_is_not_true_is_noticed(old: str, new: str, told: str) -> None:
    assert old in PAGE
    assert any(told in problem for problem in problems(PAGE.replace(old, new, 1)))


def test_a_new_module_without_a_row_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    path = RTL / "stream" / "flaash_stream_fifo.sv"
    monkeypatch.setattr(verified, "modules", lambda: {"flaash_other": path, **found})
    found = {"flaash_stream_fifo": path}
    assert "| `flaash_other` | - | - | - |" in verified.table()
    assert "the table has other modules" in problems(PAGE)
