# SPDX-License-Identifier: Apache-2.0
"""Every page that the project writes, at three widths, with no row, with one, and with hundreds."""

import datetime
import re
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench import report as bench
from sim.toolchain import SIMULATORS
from tb.coverage import pages
from tb.coverage.code import CodeCoverage, Point, hardware
from tb.coverage.contributions import Contribution
from tb.coverage.exclusions import Exclusion
from tb.coverage.functional import CoverPoint
from tb.coverage.origin import Origin
from tb.coverage.testplan import read_testplan
from tb.env.cover_points import POINTS, PREFIX
from tb.regress import results
from tb.regress.job import record_of
from tb.regress.plan import RunSpec, expand
from tb.regress.run import Regression
from tests.bench.test_report import synthetic

WIDTHS = (420, 1000, 1400)
ROWS = ("none", "one", "hundreds")
WRITTEN = ("coverage", "testplan", "file", "results", "results-testplan", "bench")
# What is wider than its box, or than the window. Only source text may be scrolled in its box.
WIDE = """() => {
  const told = item => `${item.tagName}.${item.className} ${item.textContent.trim().slice(0, 50)}`;
  const page = document.documentElement;
  const boxes = [...document.querySelectorAll('.scroll, body *')].filter(item => item.clientWidth
    && item.scrollWidth > item.clientWidth + 1 && getComputedStyle(item).overflowX !== 'visible'
    && !item.querySelector(':scope > table.source, :scope > table.matrix'));
  const outside = [...document.querySelectorAll('body *')].filter(item => !item.closest('.scroll')
    && item.getBoundingClientRect().width && item.getBoundingClientRect().right > innerWidth + 1);
  return [...(page.scrollWidth > page.clientWidth ? ['the page'] : []), ...[...boxes, ...outside].map(told)];
}"""
COLOURED = "() => document.querySelectorAll('.bar, .hole, .miss, .passed, .failed').length"
OPEN = """() => { document.querySelectorAll('details').forEach(box => box.open = true);
  document.querySelectorAll('tbody.closed button.fold').forEach(button => button.click()); }"""
FIGURES = "cells => cells.map(cell => cell.innerText.replace(cell.dataset.column ?? '', ''))"


def write_coverage(folder: Path, rows: str) -> None:
    """Write the report of a subset, of one module, or of the whole hardware."""
    every, code = hardware(), CodeCoverage()
    code.counts = defaultdict(int)
    files = every if rows == "hundreds" else [file for file in every if "mac_resolve" in file]
    names = [f"tests-of-{file}" for file in files] if rows == "hundreds" else ["block"]
    for file in files if rows != "none" else []:
        code.built[file] = set(names[:40])
        for line in range(30, 60):
            code.counts[Point(file, line, "line", "")] = 123_456 * (line % 7)
            code.counts[Point(file, line, "toggle", "a_signal_with_a_name[3]: 0 to 1")] = line % 2
        code.counts[Point(file, 61, "cover", "SomethingThatIsRare_C")] = 1_234_567
    points = [
        CoverPoint(PREFIX + name, {text: 98_765 * (number % 3) for number, text in enumerate(bins)}, 1)
        for name, bins in POINTS.items()
    ]
    entry = Exclusion(
        "mac/*.sv", "toggle", "unused.*", "No run needs it. " * 9, "mac/rounding", datetime.date(2030, 1, 1)
    )
    pages.write_pages(
        pages.Report(
            code,
            points if rows == "hundreds" else points[:1] if rows == "one" else [],
            read_testplan(),
            {entry: [Point(file, 31, "line", "") for file in files]} if rows != "none" else {},
            [],
            [Contribution(name, 54_321, 1_234, number + 1, 4_321) for number, name in enumerate(names)]
            if rows != "none"
            else [],
            [{"toplevel": "flaash_top", "simulator": "verilator", "parameters": {"NumSdpe": 8}, "runs": len(names)}],
            f"Runs with code coverage: {len(names)} on Verilator",
            "Points excluded, each with its reason: 1.",
            {},
            Origin("make cov TEST='tests/blocks/mac/test_mac.py'", subset=rows != "hundreds"),
            f"{len(files)} of {len(every)} modules measured",
            sorted({*every} - {*files}),
            {},
        ),
        folder,
    )


def write_results(folder: Path, rows: str) -> Path:
    """Write the page of a regression; one run is of a user's own sequence."""
    specs = [RunSpec("a_sequence_of_the_user", "tiny", "icarus", 1)] if rows == "one" else []
    if rows == "hundreds":
        machines = ["tiny", "paper1:NumSdpe=3,ResultDepth=16,Lanes=4", "default"]
        specs = expand(["smoke", "random", "dense", "corners"], machines, SIMULATORS, range(1, 61))
    regression = Regression("nightly", specs)
    records = [
        record_of(
            spec,
            "key",
            regression.command(spec),
            f"result ({spec.seed}, 0) is 0x1, the model says 0x0"
            if rows == "hundreds" and spec.sequence == "smoke" and number % 30 == 7
            else "",
            {"passed": True, "cycles": 1_234_567},
            1_234.5,
        )
        for number, spec in enumerate(specs)
    ]
    return results.write(regression, records, folder)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Return each page by its name and its number of rows."""
    found = {}
    for rows in ROWS:
        folder = tmp_path_factory.mktemp(rows)
        for name in ("coverage", "results"):
            (folder / name).mkdir()
        write_coverage(folder / "coverage", rows)
        write_results(folder / "results", rows)
        every = synthetic()
        chosen = {"none": [], "one": every["rows"][:1], "hundreds": every["rows"]}[rows]
        for number, row in enumerate(chosen):
            row |= {"jobs": 1_234_567 * number, "matches": 987_654_321, "entries_read": 12_345_678}
        kept = {} if rows == "hundreds" else {"software": {}}
        bench.write_report(every | {"rows": chosen} | kept, folder / "bench")
        found |= {
            ("coverage", rows): folder / "coverage" / "index.html",
            ("testplan", rows): folder / "coverage" / "testplan.html",
            ("file", rows): folder / "coverage" / "code" / "flaash_mac_resolve.html",
            ("results", rows): folder / "results" / "index.html",
            ("results-testplan", rows): folder / "results" / "testplan.html",
            ("bench", rows): folder / "bench" / "index.html",
        }
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_fits_its_window(
    page: Page, written: dict[tuple[str, str], Path], name: str, rows: str, width: int, shots: Path
) -> None:
    """Nothing is wider than the window, colours have a legend, numbers their separators, empty tables a sentence."""
    path = written[name, rows]
    if (name, rows) == ("file", "none"):
        assert not path.exists(), "no module, no page"
        return
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    page.screenshot(path=shots / f"size-{name}-{rows}-{width}.png", full_page=rows != "hundreds")
    page.evaluate(OPEN)
    page.wait_for_timeout(50)  # a box that opens fits its tables anew
    assert page.evaluate(WIDE) == []
    if page.evaluate(COLOURED):
        assert page.locator(".legend").count()
    cells = page.locator("td.number, #summary td, details summary, #verdict").evaluate_all(FIGURES)
    assert [text for text in cells if re.search(r"\b\d{4,}\b", text)] == []
    for table in page.locator(".scroll > table:has(thead):not(.source)").all():
        assert table.locator("tbody tr").count(), table.inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_the_site_fit_their_window(page: Page, site: Path, width: int) -> None:
    """A wide table of the site scrolls in its own box; the page does not."""
    page.set_viewport_size({"width": width, "height": 900})
    found = sorted(site.rglob("*.html"))
    assert len(found) > 50
    for path in found:
        page.goto(path.as_uri())
        needed, there = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert needed <= there, f"{path.relative_to(site)}: {needed} pixels in {there}"


def test_the_only_row_is_not_folded_away(page: Page, written: dict[tuple[str, str], Path]) -> None:
    page.goto(written["results", "one"].as_uri())
    assert page.locator("#testpoints tr[data-hole]:visible").inner_text().startswith("a_sequence_of_the_user on tiny")
    page.goto(written["results", "hundreds"].as_uri())
    assert page.locator("#testpoints tbody.closed").count()


@pytest.mark.parametrize(
    "rows, sentence",
    [("none", "No run was chosen."), ("one", "All results of the one run are"), ("hundreds", r"of all \d+ runs")],
)
def test_the_bench_page_counts_its_runs(
    page: Page, written: dict[tuple[str, str], Path], rows: str, sentence: str
) -> None:
    """Its tables are filtered, also with one run."""
    page.goto(written["bench", rows].as_uri())
    assert re.search(sentence, page.inner_text("body"))
    shown = page.locator("#cycles tr[data-hole]:visible")
    before = shown.count()
    page.locator(".controls[data-for=cycles] .filter").fill("no such workload")
    assert shown.count() == 0
    page.locator(".controls[data-for=cycles] .filter").fill("")
    assert shown.count() == before == {"none": 0, "one": 1}.get(rows, before)


def test_a_list_is_still_sorted_and_names_its_columns(page: Page, written: dict[tuple[str, str], Path]) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(written["bench", "hundreds"].as_uri())
    assert page.locator("#work").get_attribute("class") == "list"
    page.locator("#work th:has-text('jobs') button").click()
    page.locator("#work th:has-text('jobs') button").click()
    first = page.locator("#work tbody tr").first
    assert first.locator("td").nth(2).get_attribute("data-column") == "jobs"
    assert int(first.locator("td").nth(2).inner_text().replace(",", "")) == 1_234_567 * (
        page.locator("#work tbody tr").count() - 1
    )
    page.set_viewport_size({"width": 1400, "height": 900})
    page.wait_for_function("() => !document.querySelector('#work').matches('.list')")
