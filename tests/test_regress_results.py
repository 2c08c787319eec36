# SPDX-License-Identifier: Apache-2.0
"""The results of a regression: groups of failures, the suite's page, holes, progress."""

from pathlib import Path

from rich.console import Console

from tb.regress import job, results, run
from tb.regress.groups import grouped, pattern
from tb.regress.plan import RunSpec
from tests.test_regress import WRONG


def record(name: str, error: str = "", cycles: int = 0, seconds: float = 1.0) -> dict:
    spec = RunSpec(name, "tiny", "icarus", cycles)
    return job.record_of(spec, "key", "make ..", error, {"passed": not error, "cycles": cycles}, seconds)


def test_failures_with_the_same_message_are_one_group() -> None:
    groups = grouped(
        [
            record("a", WRONG.format(seed=3), 30),
            record("b", WRONG.format(seed=5), 20),
            record("c"),
            record("d", "no progress for 20000 cycles\nmore", 5),
        ]
    )
    assert [[member["sequence"] for member in group.records] for group in groups] == [["b", "a"], ["d"]]
    assert groups[0].message.startswith("contraction 2 (random, seed 5), at 125 ns: result (0, 5)")
    scalar = WRONG.format(seed=1).replace("(0, 1)", "()").replace("-", "")
    assert pattern(scalar) == pattern(WRONG.format(seed=9))
    assert pattern("CntJobs is 3, the model says 4") != pattern("CntDots is 3, the model says 4")


def test_the_suite_has_a_page_of_results_too(tmp_path: Path) -> None:
    report = tmp_path / "coverage"
    (report / "runs").mkdir(parents=True)
    (report / "junit.xml").write_text("""<testsuites><testsuite>
<testcase classname="tests.top.test_sequences" name="test_sequences[icarus-default-shapes]" time="2.5"/>
<testcase classname="tests.top.test_sequences" name="test_corners[icarus]" time="1.5">
<failure message="m">no progress for 20000 cycles</failure></testcase>
<testcase classname="tests.models.test_axes" name="test_x" time="0"><skipped/></testcase>
</testsuite></testsuites>""")
    suite = results.Suite(report)
    page = results.write(suite, suite.records(), tmp_path / "results").read_text()
    for part in (
        "1 of 2 runs passed",
        "chip/corners",
        "chip/shapes",
        "no progress for 20000 cycles",
        "make test TEST=&#39;tests/top/test_sequences.py::test_corners[icarus]&#39; SEED=",
    ):
        assert part in page, part


def test_holes_name_a_command_that_has_filled_them(tmp_path: Path) -> None:
    points = [results.CoverPoint("flaash.result.count", {"none": 0, "one": 0, "more": 3}, 1)]
    filled = {"flaash.result.count: none": "make sim SEQ=empties"}
    assert [hole["command"] for hole in results.holes_of(points, results.read_testplan(), filled)] == [
        "make sim SEQ=empties",
        "make test TEST=tests/top/test_sequences.py::test_sequences",
    ]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "functional-icarus.yml").write_text(
        "flaash.result.count:\n  at_least: 1\n  bins:_hits:\n    one: 2\n"
    )
    known = results.note_filled(
        tmp_path, [{"name": "a", "seconds": 1, "command": "make sim SEQ=a"}], tmp_path / "filled.json"
    )
    assert known == {"flaash.result.count: one": "make sim SEQ=a"}


def test_progress_tells_the_expected_end() -> None:
    console = Console(force_terminal=False, record=True, width=200)
    progress = run.Progress(4, 2, lambda: 2, console)
    progress._shown = progress._began - run.LINE_EVERY
    progress.show([{"passed": True}, {"passed": False}])
    progress.show([{"passed": True}] * 3)
    progress.show([{"passed": True}] * 4)
    first, last = console.export_text().splitlines()
    assert first.startswith("2/4 runs done, 1 failed, 2 under way, the end is expected at ")
    assert last == "4/4 runs done, 0 failed"
