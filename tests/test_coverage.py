# SPDX-License-Identifier: Apache-2.0
"""The coverage report: reading, merging, holes by name."""

import json
import re
import sys
from pathlib import Path

import pytest

from sim.sources import RTL
from sim.thisrun import FILE
from tb.cli import report as cli_report
from tb.cli.common import MISTAKE
from tb.coverage import report, suite
from tb.coverage.code import CodeCoverage, Point, fold_toggles
from tb.coverage.conditions import condition_of
from tb.coverage.contributions import contributions, only_here
from tb.coverage.functional import CoverPoint, count_runs, read_functional, total_percent
from tb.coverage.pages import matrix_of
from tb.coverage.report import SHOWN_HOLES, functional_holes, shown_holes
from tb.coverage.testplan import Testpoint
from tb.env.cover_points import POINTS, PREFIX

FIFO = "stream/flaash_stream_fifo.sv"


def record(count: int, **fields: str) -> str:
    keys = {"f": str(RTL / FIFO), "n": "3", **fields}
    return "C '" + "".join(f"\x01{key}\x02{value}" for key, value in keys.items()) + f"' {count}\n"


def write_run(path: Path, taken: int, skipped: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "# SystemC::Coverage-3\n"
        + record(5, l="53", page="v_line/flaash_stream_fifo", o="block", S="53")
        + record(taken, l="54", page="v_branch/flaash_stream_fifo__D8", o="if", S="54-56")
        + record(skipped, l="54", n="4", page="v_branch/flaash_stream_fifo", o="else", S="57,59")
        + record(skipped, l="40", page="v_toggle/flaash_stream_fifo", o="usage_o[2]:0->1")
    )
    return path


def test_runs_are_merged_by_line(tmp_path: Path) -> None:
    code = CodeCoverage()
    code.read(write_run(tmp_path / "a.dat", taken=2, skipped=0))
    assert code.percent("line") == 100 * 4 / 6
    assert code.percent("branch") == 50
    assert code.percent("toggle") == 0
    assert Point(FIFO, 57, "line", "") in code.holes()
    code.read(write_run(tmp_path / "b.dat", taken=0, skipped=3))
    assert [code.percent(kind) for kind in ("line", "branch", "toggle")] == [100, 100, 100]
    assert code.runs == 2 and code.holes() == []
    assert code.counts[Point(FIFO, 55, "line", "")] == 2


def test_files_outside_the_rtl_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "c.dat"
    checker, package = (str(RTL / name) for name in ("stream/flaash_stream_checker.sv", "pkg/flaash_pkg.sv"))
    path.write_text(
        record(1, f="/elsewhere/wrapper.sv", l="1", page="v_line/wrapper", o="block", S="1")
        + record(1, f=checker, l="9", page="v_line/flaash_stream_checker", o="block", S="9")
        + record(0, f=package, l="9", page="v_line/flaash_pkg", o="block", S="9")
    )
    code = CodeCoverage()
    code.read(path)
    assert code.files() == [] and code.runs == 0, "such a run contributes nothing"


def export(path: Path, hits: dict[str, int], point: str = "top.fiber") -> Path:
    body = "\n".join(f"    {name!r}: {count}" for name, count in sorted(hits.items()))
    path.write_text(
        f"{point}:\n  at_least: 1\n  bins:_hits:\n{body}\n  cover_percentage: 50.0\n"
        f"  coverage: {sum(count > 0 for count in hits.values())}\n  size: {len(hits)}\n"
        "  type: CoverPoint\n  weight: 1\n"
        "top:\n  cover_percentage: 50.0\n  coverage: 1\n  size: 2\n  type: CoverItem\n"
    )
    return path


def test_functional_coverage_is_merged_and_holes_are_named(tmp_path: Path) -> None:
    one = export(tmp_path / "a.yml", {"short": 3, "long": 0})
    points = read_functional([one], tmp_path / "merged.yml")
    assert [point.name for point in points] == ["top.fiber"] and total_percent(points) == 50
    plan = [Testpoint("area/fibers", "2", "s", "c", ["t"], ["top.fiber"])]
    assert functional_holes(points, plan) == ["functional top.fiber: bin long (testpoint area/fibers)"]
    two = export(tmp_path / "b.yml", {"short": 0, "long": 1})
    assert total_percent(read_functional([one, two], tmp_path / "merged.yml")) == 100
    assert total_percent([]) == 0


def test_a_run_of_other_cover_points_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unreadable record can't be merged, and must not spoil the report of an hour."""
    names = list(POINTS["build.scheduler"])
    for run, bins in (("one", names), ("other", [*names, "lowest"]), ("two", names)):
        (tmp_path / "runs" / run).mkdir(parents=True)
        export(tmp_path / "runs" / run / "functional-icarus.yml", dict.fromkeys(bins, 1), PREFIX + "build.scheduler")
    write_run(tmp_path / "runs" / "one" / "coverage.dat", taken=2, skipped=0)
    run_report(tmp_path)
    assert "other bins" in (told := capsys.readouterr().err) and "runs/other" in told
    assert "runs/one" not in told and "runs/two" not in told


def order_of_bins(path: Path, point: str, bins: list[str]) -> list[str]:
    """Return the bins of a point in the order in which they are read from a file, sorted as text there."""
    points = read_functional([export(path, dict.fromkeys(bins, 1), point)], path.with_suffix(".merged"))
    return list(points[0].bins)


def test_bins_are_in_the_order_of_their_definition(tmp_path: Path) -> None:
    """The environment's order; other bins by text, and numbers by their value."""
    for name, bins in POINTS.items():
        assert order_of_bins(tmp_path / "a.yml", PREFIX + name, bins) == bins
    assert order_of_bins(tmp_path / "a.yml", "flaash.match.count", ["new", "some", "none"]) == ["none", "some", "new"]
    assert order_of_bins(tmp_path / "a.yml", "top.lanes", ["10", "9", "2-7", "2 x 10", "2 x 9", "all"]) == [
        "2 x 9",
        "2 x 10",
        "2-7",
        "9",
        "10",
        "all",
    ]


def test_runs_are_counted_by_simulator(tmp_path: Path) -> None:
    exports = []
    for number, (simulator, hits) in enumerate([("icarus", 1), ("verilator", 3), ("icarus", 2), ("verilator", 0)]):
        (tmp_path / str(number)).mkdir()
        exports.append(export(tmp_path / str(number) / f"functional-{simulator}.yml", {"short": hits}))
    assert count_runs(exports) == {"verilator": 1, "icarus": 2}, "a run without a hit contributes nothing"
    assert count_runs([]) == {"verilator": 0, "icarus": 0}


def test_terminal_says_how_many_holes_it_leaves_out() -> None:
    lines = [f"line rtl/a.sv:{number}" for number in range(SHOWN_HOLES + 2)]
    toggles = ["toggle rtl/a.sv:1 a[0]:0->1", "toggle rtl/a.sv:1 a[0]:1->0", "toggle rtl/a.sv:1 b:0->1"]
    assert shown_holes(lines + toggles)[SHOWN_HOLES - 1 :] == [
        f"hole: {lines[SHOWN_HOLES - 1]}",
        "and 2 more",
        "and 3 toggles",
    ]
    assert shown_holes(lines[:SHOWN_HOLES]) == [f"hole: {line}" for line in lines[:SHOWN_HOLES]]
    assert shown_holes(lines[:1] + toggles[:2]) == [f"hole: {lines[0]}", "and 2 toggles"]
    assert shown_holes([]) == []


def run_report(folder: Path) -> tuple[dict, str]:
    """Report on the runs in a folder, and return the summary and the page."""
    assert report.write(folder)
    return json.loads((folder / "summary.json").read_text()), (folder / "index.html").read_text()


def test_report_of_both_simulators(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All holes are in the summary; page and terminal name the source and the exclusions of the numbers."""
    for run in ("block", "chip-verilator", "chip-icarus", "other-icarus"):
        (tmp_path / "runs" / run).mkdir(parents=True)
    edges = [f"data[{bit}]:0->1" for bit in range(9)]
    write_run(tmp_path / "runs/block/coverage.dat", taken=2, skipped=3)
    with write_run(tmp_path / "runs/chip-verilator/coverage.dat", taken=2, skipped=3).open("a") as data:
        data.writelines(record(0, l="40", page="v_toggle/flaash_stream_fifo", o=edge) for edge in edges)
    missed = [f"bin {number}" for number in range(SHOWN_HOLES + 5)]
    for name in """chip-verilator/functional-verilator.yml chip-icarus/functional-icarus.yml
        other-icarus/functional-icarus.yml""".split():
        export(tmp_path / "runs" / name, {**dict.fromkeys(missed, 0), "seen": 1})
    summary, html = run_report(tmp_path)
    terminal = " ".join(capsys.readouterr().out.split())

    runs = "Runs with code coverage: 2 on Verilator; with functional coverage: 1 on Verilator, 2 on Icarus"
    assert runs in terminal and runs in html
    assert summary["holes"] == [
        *(f"functional top.fiber: bin {name} (testpoint none)" for name in missed),
        *(f"toggle rtl/{FIFO}:40 {edge}" for edge in edges),
    ]
    assert "bin bin 39 (testpoint none) and 5 more and 9 toggles" in terminal
    assert f"{len(summary['holes'])} holes" in terminal
    assert "data[8:0] never rises" in (tmp_path / "code" / "flaash_stream_fifo.html").read_text()


def test_a_file_page_has_hits_ways_and_folded_toggles(tmp_path: Path) -> None:
    dat = tmp_path / "runs" / "block" / "coverage.dat"
    with write_run(dat, taken=2, skipped=0).open("a") as data:
        for bit in (4, 5, 6, 9):
            data.writelines(
                record(0, l="40", page="v_toggle/flaash_stream_fifo", o=f"data_i[{bit}]:{edge}")
                for edge in ("0->1", "1->0")
            )
        data.write(record(1, l="40", page="v_toggle/flaash_stream_fifo", o="data_i[7]:0->1"))
        data.write(record(0, l="40", page="v_toggle/flaash_stream_fifo", o="data_i[7]:1->0"))
        data.write(record(3, l="60", page="v_user/flaash_stream_fifo", o="cover", h="top.u_fifo"))
    (dat.parent / FILE).write_text(
        '{"toplevel": "flaash_stream_fifo", "simulator": "verilator", "parameters": {"Depth": 8}}'
    )
    run_report(tmp_path)
    page = (tmp_path / "code" / "flaash_stream_fifo.html").read_text()
    row = re.search(r'<tr id="L40" data-hole="1".*?</tr>', page, re.DOTALL)
    assert row is not None
    for part in (
        "usage_o[2] never rises",
        "data_i[9] never changes",
        "data_i[7] never falls",
        "data_i[6:4] never changes",
    ):
        assert part in row[0], part
    branch = re.search(r'<tr id="L54".*?</tr>', page, re.DOTALL)
    assert branch is not None and "if 2, else 0" in branch[0], "the source has no condition there"
    assert '<td class="number">2</td>' in branch[0]
    index = (tmp_path / "index.html").read_text()
    assert "Depth=8" in index and 'href="code/flaash_stream_fifo.html#L60"' in index
    assert json.loads((tmp_path / "summary.json").read_text())["cover"] == 100


def test_toggles_are_folded_by_signal_and_range() -> None:
    whats = [
        f"{signal}[{bit}]:{edge}"
        for signal, bits in (("a", (0, 1, 2, 8)), ("b[1]", (3,)))
        for bit in bits
        for edge in ("0->1", "1->0")
    ] + ["c:1->0"]
    assert fold_toggles(whats) == [
        "a[8] never changes",
        "a[2:0] never changes",
        "b[1][3] never changes",
        "c never falls",
    ]


def test_crosses_are_matrices() -> None:
    point = CoverPoint("x", {"a x 1 x p": 1, "a x 1 x q": 0, "a x 2 x p": 3}, 1)
    assert matrix_of(point) == {"columns": ["p", "q"], "rows": [("a x 1", [1, 0]), ("a x 2", [3, None])]}
    assert matrix_of(CoverPoint("x", {"a": 1, "b x c": 0}, 1)) is None


def test_contributions_rank_runs_and_keep_all() -> None:
    hits = {"big": set("abcd"), "new": set("de"), "same": set("ab"), "empty": set()}
    ranked = contributions(hits)
    assert [(run.run, run.rank, run.added, run.alone) for run in ranked] == [
        ("big", 1, 4, 1),
        ("new", 2, 1, 1),
        ("empty", 0, 0, 0),
        ("same", 0, 0, 0),
    ]
    kept = set().union(*(hits[run.run] for run in ranked if run.rank))
    assert kept == set().union(*hits.values())
    assert only_here({"a", "z"}, {"a"}) == ["z"]


@pytest.mark.parametrize(
    ("what", "line", "condition"),
    [
        ("if", "  |if (a_i && (b_q || !c)) begin  // why", ("a_i && (b_q || !c)", True)),
        ("else", "  end else i|f (left_q == 8'd1) x = y;", ("left_q == 8'd1", False)),
        ("cond_then", "  assign mine = (NumSdpe == 1) ? |'1 : ready & ~target;", ("NumSdpe == 1", True)),
        ("cond_else", "    taken_q <= child_last ? '|0 : taken_q + more;", ("child_last", False)),
        ("cond_then", "  assign group = used_high ? 2'd0 : middle ? |2'd1 : 2'd2;", ("middle", True)),
        ("cond_then", "    if (step) position_q <= (last || bad) ? |'0 : next;", ("last || bad", True)),
        ("cond_then", "    return (left <= most && free) ? |left : most;", ("left <= most && free", True)),
        ("cond_then", "  assign fits = left <= most ? |left : most;", ("left <= most", True)),
        ("if", "  |end", None),
        ("cond_then", "  |if (a) b;", None),
        ("block", "  |if (a) b;", None),
    ],
)
def test_a_branch_has_its_condition(what: str, line: str, condition: tuple[str, bool] | None) -> None:
    """A bar marks the column that Verilator records: of `if`, of the text after `?`, or one more."""
    before, _, after = line.replace("||", "\0").partition("|")
    line = (before + after).replace("\0", "||")
    point = f"{what} (column {len(before.replace(chr(0), '||')) + 1})"
    assert condition_of(point, 2, ["// first", line]) == condition
    assert condition_of(point, 3, ["// first", line]) is None


def test_a_condition_goes_over_lines() -> None:
    source = ["    if (a == b  // both", "        && c) begin", "      d = e;"]
    assert condition_of("else (column 6)", 1, source) == ("a == b && c", False)


def test_a_module_leads_to_the_tests_that_build_it(tmp_path: Path) -> None:
    """The run that builds the fewest other modules is first; a command with several runs has one line."""
    other = record(1, f=str(RTL / "stream/flaash_round_robin.sv"), l="9", page="v_line/x", o="block", S="9")
    for run, test in (("chip", "test_chip"), ("fifo-a", "test_fifo"), ("fifo-b", "test_fifo")):
        call = f"make test TEST=tests/{test}.py SEED=1"
        with write_run(tmp_path / "runs" / run / "coverage.dat", taken=2, skipped=0).open("a") as data:
            data.write(other if run == "chip" else "")
        (tmp_path / "runs" / run / FILE).write_text(
            json.dumps({"toplevel": run, "simulator": "verilator", "parameters": {}, "repeat": call})
        )
    run_report(tmp_path)
    page = (tmp_path / "code" / "flaash_stream_fifo.html").read_text()
    assert "2 tests build this module" in page and 'href="#tests"' in page
    assert page.index("tests/test_fifo.py") < page.index("tests/test_chip.py")
    assert page.count('<code class="command">make test TEST=tests/test_fifo.py SEED=1</code>') == 1


def test_runs_are_added_to_a_report(tmp_path: Path) -> None:
    old, new, fresh = tmp_path / "old", tmp_path / "new", tmp_path / "fresh"
    for folder, skipped in ((old / "runs" / "a", 0), (new, 1)):
        write_run(folder / "coverage.dat", taken=1, skipped=skipped)
    assert report.write(old) and report.add(old, [new], fresh)
    before, after = (json.loads((folder / "summary.json").read_text()) for folder in (old, fresh))
    assert before["branch"] == 50 and after["branch"] == 100
    assert after["origin"]["added"] == 1 and "1 runs added later" in (fresh / "index.html").read_text()
    assert (fresh / "runs" / "added-new").is_dir() and not (old / "runs" / "added-new").exists()


def test_a_run_tells_what_it_adds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli_report.added(tmp_path, tmp_path / "hits.json")
    assert not capsys.readouterr().out, "there is no report yet"
    (tmp_path / "hits.json").write_text('["flaash.result.count: one"]')
    export(tmp_path / "functional-icarus.yml", {"one": 1, "more": 2, "none": 0}, "flaash.result.count")
    cli_report.added(tmp_path, tmp_path / "hits.json")
    told = "2 bins hit, 1 of them by no run of the last make cov: flaash.result.count: more\n"
    assert capsys.readouterr().out == told


def test_only_what_has_coverage_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    assert suite.main(["--add", str(tmp_path)]) == MISTAKE
    assert "there is no coverage in" in capsys.readouterr().err
    write_run(tmp_path / "new" / "coverage.dat", taken=1, skipped=1)
    assert suite.main(["--add", str(tmp_path / "new")]) == MISTAKE
    assert "make cov writes one" in capsys.readouterr().err
    write_run(tmp_path / "coverage" / "runs" / "a" / "coverage.dat", taken=1, skipped=0)
    assert suite.main(["--add", str(tmp_path / "new")]) == 0
    assert json.loads((tmp_path / "coverage" / "summary.json").read_text())["branch"] == 100


def test_report_without_a_run_of_the_chip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Coverage of a single block's bench is reported, too; without a run there is no report."""
    assert not report.write(tmp_path) and "no test has measured code coverage" in capsys.readouterr().err
    write_run(tmp_path / "runs/block/coverage.dat", taken=2, skipped=3)
    summary, html = run_report(tmp_path)
    for link in re.findall(r'href="([^"#]+)', html):
        assert (tmp_path / link).exists() or link.startswith(".."), link
    assert summary["functional"] is None and summary["line"] == 100 and not summary["holes"]


def fake_suite(folder: Path, status: int) -> list[str]:
    """Return a command that leaves one run with coverage, as pytest would, and ends with a status."""
    dat = write_run(folder / "some.dat", taken=1, skipped=0)
    return [
        sys.executable,
        "-c",
        "import pathlib, shutil, sys; from sim.options import options; assert '--junitxml=' in sys.argv[-1];"
        "run = pathlib.Path(options().runs) / 'run'; run.mkdir(parents=True);"
        f"shutil.copy({str(dat)!r}, run / 'coverage.dat'); sys.exit({status})",
    ]


@pytest.mark.parametrize(("status", "kept"), [(4, True), (2, True), (5, True), (0, False), (1, False)])
def test_a_report_is_replaced_by_a_complete_one_only(
    status: int, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses of pytest: a wrong TEST, an interruption, no test; passed and failed."""
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    (tmp_path / "coverage").mkdir()
    (tmp_path / "coverage" / "index.html").write_text("the last one")
    assert suite.main(fake_suite(tmp_path, status)) == status
    page = (tmp_path / "coverage" / "index.html").read_text()
    assert (page == "the last one") == kept
    assert (tmp_path / "coverage" / "runs" / "run").exists() != kept
    assert not list(tmp_path.glob("coverage-new*/*"))


def test_tests_without_a_simulation_leave_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "FOLDER", tmp_path / "coverage")
    assert suite.main([sys.executable, "-c", ""]) == 1
    assert not (tmp_path / "coverage").exists()
