# SPDX-License-Identifier: Apache-2.0
"""The exclusions of code coverage: what they leave out, when they are stale, and mistakes in them."""

import datetime
from pathlib import Path

import pytest

from tb.coverage.code import CodeCoverage
from tb.coverage.exclusions import Exclusion, apply, problems, read_exclusions
from tb.coverage.testplan import Testpoint, read_testplan
from tests.test_coverage import FIFO, write_run


def exclusion(**changes) -> Exclusion:
    fields = {
        "file": FIFO,
        "kind": "toggle",
        "what": r"usage_o\[2\]:.*",
        "testpoint": "stream/fifo",
        "reason": "the bench has no such depth",
        "expires": datetime.date(2099, 1, 1),
    }
    return Exclusion(**{**fields, **changes})


def test_exclusions_leave_out_what_is_open_and_tell_when_they_are_stale(tmp_path: Path) -> None:
    def left(taken: int, skipped: int, entry: Exclusion) -> tuple[CodeCoverage, int, list[str]]:
        code = CodeCoverage()
        code.read(write_run(tmp_path / "a.dat", taken, skipped))
        excluded, told = apply(code, [entry])
        return code, sum(map(len, excluded.values())), told

    code, count, told = left(2, 0, exclusion())
    assert count == 1 and not told and code.percent("toggle") == 100
    _, count, told = left(2, 5, exclusion())
    assert count == 0 and "1 of its points were hit" in told[0]
    code, count, told = left(2, 0, exclusion(what="nope.*"))
    assert count == 0 and "nothing is called so" in told[0]
    assert apply(code, [exclusion(what="nope.*")], subset=True)[1] == [], "what is called so was not built"
    _, count, told = left(2, 5, exclusion(by_chance=True))
    assert count == 0 and not told
    code, count, told = left(2, 0, exclusion(file="control/* stream/*_fifo.sv"))
    assert count == 1 and not told and code.percent("toggle") == 100
    code, count, _ = left(0, 0, exclusion(kind="branch", what=r"if.*: .*"))
    assert count == 1 and [point.what for point in code.holes(("branch",))] == ["else (column 4)"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"file": "stream/nope.sv"}, "there is no rtl/stream/nope.sv"),
        ({"kind": "fsm"}, "the kind is none of"),
        ({"reason": "why"}, "no reason"),
        ({"testpoint": "a/b"}, "there is no testpoint a/b"),
        ({"expires": datetime.date(2020, 1, 1)}, "expired on 2020-01-01"),
    ],
)
def test_mistakes_in_exclusions_are_told(changes: dict, sentence: str) -> None:
    plan = [Testpoint("stream/fifo", "2", "s", "c", ["t"])]
    assert problems([exclusion()], plan) == []
    (told,) = problems([exclusion(**changes)], plan)
    assert sentence in told


def test_the_exclusions_of_the_project_are_in_order() -> None:
    """Entries also expire by date: an expired entry must be reviewed again."""
    assert problems(read_exclusions(), read_testplan()) == []
