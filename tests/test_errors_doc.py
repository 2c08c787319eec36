# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md has every error code of the RTL, and the tests that it names exist and are planned."""

import re

import pytest

from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl
from tb.coverage.testplan import read_testplan
from tests.test_documents import functions_of

PAGE = (ROOT / "docs" / "errors.md").read_text()


def _rows(page: str) -> list[list[str]]:
    """Return the cells of the table of bad inputs: input, code, effect for the host, test."""
    table = page.split("## Table", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    return rows[2:]


def problems(page: str) -> list[str]:
    """Return a sentence for each error of the page."""
    rows, found = _rows(page), []
    codes = {code for row in rows for code in re.findall(r"`(Err\w+)`", row[1])}
    wanted = set(rtl.ERRORS) - {"ErrNone"}
    found += [f"{code} is missing" for code in sorted(wanted - codes)]
    found += [f"{code} is unknown" for code in sorted(codes - wanted)]
    planned = {test for point in read_testplan() for test in point.tests}
    for what, _, seen, test in rows:
        file, _, function = test.strip("`").partition("::")
        if not seen:
            found.append(f"'{what}' does not say what the host sees")
        if not (ROOT / file).is_file() or function not in functions_of(ROOT / file):
            found.append(f"'{what}' names {test}, which does not exist")
        elif test.strip("`") not in planned:
            found.append(f"'{what}' names {test}, which the testplan lacks")
    return found


def test_page_agrees_with_the_rtl() -> None:
    assert len(_rows(PAGE)) >= len(rtl.ERRORS) and not problems(PAGE)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("`ErrPointer`", "`ErrPoint`", "ErrPointer is missing"),
        ("`ErrPointer`", "`ErrPoint`", "ErrPoint is unknown"),
        ("::test_flipped_bits", "::test_flipped_bit", "which does not exist"),
        ("tests/top/test_hostile.py::test_any", "tests/top/test_hostil.py::test_any", "which does not exist"),
        ("::test_flipped_bits", "::on", "which the testplan lacks"),
        ("SLVERR; sticky; nothing else changes", "", "does not say what the host sees"),
    ],
)
def test_comparison_bites(old: str, new: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(PAGE.replace(old, new, 1)))
