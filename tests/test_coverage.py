# SPDX-License-Identifier: Apache-2.0
"""The coverage report: reading, merging, holes by name."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tb.common.sources import RTL
from tb.coverage import report
from tb.coverage.code import CodeCoverage, Point
from tb.coverage.functional import CoverPoint, count_runs, read_functional, total_percent
from tb.coverage.report import SHOWN_HOLES, code_holes, functional_holes, page, runs_counted, shown_holes
from tb.coverage.testplan import Testpoint
from tb.env.cover_points import POINTS, PREFIX

FIFO = "stream/flaash_stream_fifo.sv"


def record(count: int, **fields: str) -> str:
    keys = {"f": str(RTL / FIFO), "n": "3", **fields}
    return "C '" + "".join(f"\x01{key}\x02{value}" for key, value in keys.items()) + f"' {count}\n"


def write_run(path: Path, taken: int, skipped: int) -> Path:
    path.write_text("# SystemC::Coverage-3\n"
                    + record(5, l="53", page="v_line/flaash_stream_fifo", o="block", S="53")
                    + record(taken, l="54", page="v_branch/flaash_stream_fifo__D8", o="if", S="54-56")
                    + record(skipped, l="54", n="4", page="v_branch/flaash_stream_fifo", o="else", S="57,59")
                    + record(skipped, l="40", page="v_toggle/flaash_stream_fifo", o="usage_o[2]:0->1"))
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
    path.write_text(record(1, f="/elsewhere/wrapper.sv", l="1", page="v_line/wrapper", o="block", S="1")
                    + record(1, f=str(RTL / "stream/flaash_stream_checker.sv"), l="9",
                             page="v_line/flaash_stream_checker", o="block", S="9")
                    + record(0, f=str(RTL / "pkg/flaash_pkg.sv"), l="9", page="v_line/flaash_pkg", o="block",
                             S="9"))
    code = CodeCoverage()
    code.read(path)
    assert code.files() == [] and code.runs == 0, "such a run contributes nothing"


def export(path: Path, hits: dict[str, int], point: str = "top.fiber") -> Path:
    body = "\n".join(f"    {name!r}: {count}" for name, count in sorted(hits.items()))
    path.write_text(f"{point}:\n  at_least: 1\n  bins:_hits:\n{body}\n  cover_percentage: 50.0\n"
                    f"  coverage: {sum(count > 0 for count in hits.values())}\n  size: {len(hits)}\n"
                    "  type: CoverPoint\n  weight: 1\n"
                    "top:\n  cover_percentage: 50.0\n  coverage: 1\n  size: 2\n  type: CoverItem\n")
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


def order_of_bins(path: Path, point: str, bins: list[str]) -> list[str]:
    """Return the bins of a point in the order in which they are read from a file, sorted as text there."""
    points = read_functional([export(path, dict.fromkeys(bins, 1), point)], path.with_suffix(".merged"))
    return list(points[0].bins)


def test_bins_are_in_the_order_of_their_definition(tmp_path: Path) -> None:
    """That of the environment; others by text, and numbers by their value."""
    for name, bins in POINTS.items():
        assert order_of_bins(tmp_path / "a.yml", PREFIX + name, bins) == bins
    assert order_of_bins(tmp_path / "a.yml", "flaash.match.count", ["new", "some", "none"]) \
        == ["none", "some", "new"]
    assert order_of_bins(tmp_path / "a.yml", "top.lanes", ["10", "9", "2-7", "2 x 10", "2 x 9", "all"]) \
        == ["2 x 9", "2 x 10", "2-7", "9", "10", "all"]


def test_runs_are_counted_by_simulator(tmp_path: Path) -> None:
    exports = []
    for number, (simulator, hits) in enumerate(
            [("icarus", 1), ("verilator", 3), ("icarus", 2), ("verilator", 0)]):
        (tmp_path / str(number)).mkdir()
        exports.append(export(tmp_path / str(number) / f"functional-{simulator}.yml", {"short": hits}))
    assert count_runs(exports) == {"verilator": 1, "icarus": 2}, "a run without a hit contributes nothing"
    assert count_runs([]) == {"verilator": 0, "icarus": 0}
    code = CodeCoverage()
    code.read(write_run(tmp_path / "a.dat", taken=2, skipped=0))
    assert runs_counted(code, count_runs(exports)) \
        == "Runs with code coverage: 1 on Verilator; with functional coverage: 1 on Verilator, 2 on Icarus"


def test_terminal_says_how_many_holes_it_leaves_out() -> None:
    lines = [f"line rtl/a.sv:{number}" for number in range(SHOWN_HOLES + 2)]
    toggles = ["toggle rtl/a.sv:1 a[0]:0->1", "toggle rtl/a.sv:1 a[0]:1->0", "toggle rtl/a.sv:1 b:0->1"]
    assert shown_holes(lines + toggles)[SHOWN_HOLES - 1:] \
        == [f"hole: {lines[SHOWN_HOLES - 1]}", "and 2 more", "and 3 toggles"]
    assert shown_holes(lines[:SHOWN_HOLES]) == [f"hole: {line}" for line in lines[:SHOWN_HOLES]]
    assert shown_holes(lines[:1] + toggles[:2]) == [f"hole: {lines[0]}", "and 2 toggles"]
    assert shown_holes([]) == []


def test_page_shows_source_and_holes(tmp_path: Path) -> None:
    code = CodeCoverage()
    code.read(write_run(tmp_path / "a.dat", taken=2, skipped=0))
    assert f"branch rtl/{FIFO}:54 else (column 4)" in code_holes(code)
    assert f"toggle rtl/{FIFO}:40 usage_o[2]:0->1" in code_holes(code)
    html = page(code, [CoverPoint("top.fiber", {"long": 0}, 1)], [],
                {"functional": 0.0, "line": 66.67, "branch": 50.0, "toggle": 0.0, "holes": []},
                "Runs: 3")
    assert "missing: long" in html and "module flaash_stream_fifo" in html


class Links(HTMLParser):
    """Collects the links within a page, and the tags around each id, the innermost last."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.targets: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.targets[values["id"]] = [*self.open, tag]
        if values.get("href", "").startswith("#"):
            self.links.append(values["href"][1:])
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def run_report(folder: Path) -> tuple[dict, str]:
    """Report on the runs in a folder, and return the summary and the page."""
    assert report.write(folder)
    return json.loads((folder / "summary.json").read_text()), (folder / "index.html").read_text()


def test_report_of_both_simulators(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All holes are in the summary; page and terminal say whence the numbers come and what they leave out."""
    for run in ("block", "chip-verilator", "chip-icarus", "other-icarus"):
        (tmp_path / "runs" / run).mkdir(parents=True)
    edges = [f"data[{bit}]:0->1" for bit in range(9)]
    write_run(tmp_path / "runs/block/coverage.dat", taken=2, skipped=3)
    with write_run(tmp_path / "runs/chip-verilator/coverage.dat", taken=2, skipped=3).open("a") as data:
        data.writelines(record(0, l="40", page="v_toggle/flaash_stream_fifo", o=edge) for edge in edges)
    missed = [f"bin {number}" for number in range(SHOWN_HOLES + 5)]
    for name in ("chip-verilator/functional-verilator.yml", "chip-icarus/functional-icarus.yml",
                 "other-icarus/functional-icarus.yml"):
        export(tmp_path / "runs" / name, {**dict.fromkeys(missed, 0), "seen": 1})
    summary, html = run_report(tmp_path)
    terminal = " ".join(capsys.readouterr().out.split())

    runs = "Runs with code coverage: 2 on Verilator; with functional coverage: 1 on Verilator, 2 on Icarus"
    assert runs in terminal and runs in html
    assert summary["holes"] == [
        *(f"functional top.fiber: bin {name} (testpoint none)" for name in missed),
        *(f"toggle rtl/{FIFO}:40 {edge}" for edge in edges)]
    assert "bin bin 39 (testpoint none) and 5 more and 9 toggles" in terminal
    assert f"{len(summary['holes'])} holes" in terminal
    shown = re.search(r"toggle data\[0\].*", html)
    assert shown and shown[0].count("toggle data") == 6 and " and 3 more<" in shown[0]


def test_links_open_what_they_point_to(tmp_path: Path) -> None:
    """A browser opens the closed box around the target of a link, but not a box that is the target."""
    code = CodeCoverage()
    code.read(write_run(tmp_path / "a.dat", taken=2, skipped=0))
    html = page(code, [], [], dict.fromkeys(("functional", "line", "branch", "toggle"), 0.0), "Runs: 1")
    links = Links(html)
    assert links.links == [FIFO]
    assert links.targets[FIFO][-2:] == ["details", "pre"]


def test_report_without_a_run_of_the_chip(tmp_path: Path,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    """Coverage of a block's bench by itself is reported, too; without any run there is nothing to report."""
    assert not report.write(tmp_path) and "no test has measured code coverage" in capsys.readouterr().err
    (tmp_path / "runs" / "block").mkdir(parents=True)
    write_run(tmp_path / "runs/block/coverage.dat", taken=2, skipped=3)
    summary, _ = run_report(tmp_path)
    assert summary["functional"] is None and summary["line"] == 100 and not summary["holes"]
