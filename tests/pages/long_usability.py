# SPDX-License-Identifier: Apache-2.0
"""Use of the pages: reading each column, folding, filtering, copying, sorting, going through holes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tb.regress import results

CUT = """() => [...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => box.textContent.trim().slice(0, 60))"""
UNFOLD = "() => document.querySelectorAll('tbody.closed button.fold').forEach(button => button.click())"


def inside(page: Page, cells: Locator) -> None:
    """Check that elements lie between the interfaces of the window."""
    width = page.viewport_size["width"]
    boxes = [cell.bounding_box() for cell in cells.all()[:60]]
    assert boxes and all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes), boxes


# Results


@pytest.mark.parametrize("which", ["result_page", "suite_page"])
def test_results_show_every_column(page: Page, which: str, request: pytest.FixtureRequest) -> None:
    page.goto(request.getfixturevalue(which).as_uri())
    page.evaluate(UNFOLD)
    assert page.evaluate(CUT) == []
    headings = page.locator("table:has(th:has-text('passed')) thead th")
    assert [text.strip() for text in headings.all_inner_texts()] == [
        "testpoint, test",
        "simulator",
        "passed",
        "seconds",
        "runs by seed",
    ]
    inside(page, headings)
    inside(page, page.locator("td.cells a:visible"))


def test_testpoints_fold_and_have_totals(page: Page, result_page: Path) -> None:
    """Folding works by the keyboard, too. A testpoint with a failure begins open."""
    page.goto(result_page.as_uri())
    groups = page.locator("#testpoints tbody")
    assert groups.count() >= 3
    for group in groups.all():
        name, _, passed, seconds, _ = group.locator("tr.total").inner_text().split("\t")
        rows = [text.split("\t") for text in group.locator("tr[data-hole]").all_text_contents()]
        cells = group.locator("tr[data-hole]").evaluate_all(
            "rows => rows.map(row => [row.cells[2].textContent, row.cells[3].textContent])"
        )
        assert len(rows) == len(cells)
        counts = [tuple(map(int, count.split("/"))) for count, _ in cells]
        assert passed == f"{sum(good for good, _ in counts)}/{sum(of for _, of in counts)}", name
        assert abs(float(seconds) - sum(float(value) for _, value in cells)) < 0.05 * (len(cells) + 1)
        failed = any(good < of for good, of in counts)
        assert group.locator("tr[data-hole]").first.is_visible() == failed
    closed = page.locator("#testpoints tbody.closed").first
    button = closed.locator("button.fold")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#testpoints button.fold:focus")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Space")
    expect(page.locator("#testpoints button.fold:focus")).to_have_attribute("aria-expanded", "false")


def test_sorting_keeps_the_rows_of_a_testpoint_together(page: Page, result_page: Path) -> None:
    page.goto(result_page.as_uri())
    before = page.locator("#testpoints tbody").evaluate_all(
        "groups => groups.map(group => group.textContent.replace(/\\s+/g, '').length)"
    )
    page.click("#testpoints th:has-text('seconds')")
    totals = page.locator("#testpoints tr.total").evaluate_all(
        "rows => rows.map(row => Number(row.cells[3].dataset.sort))"
    )
    assert totals == sorted(totals) and len(set(totals)) > 1
    assert sorted(before) == sorted(
        page.locator("#testpoints tbody").evaluate_all(
            "groups => groups.map(group => group.textContent.replace(/\\s+/g, '').length)"
        )
    )
    assert page.locator("#testpoints tbody").evaluate_all(
        "groups => groups.every(group => group.rows[0].matches('.total'))"
    )


def test_open_bins_fold_and_are_filtered(page: Page, result_page: Path) -> None:
    page.goto(result_page.as_uri())
    bins, points = page.locator("#holes tr[data-hole]:visible"), page.locator("#holes tbody:visible")
    every = points.count()
    assert bins.count() == 0 and every > 10, "they begin folded"
    controls = page.locator(".controls[data-for=holes]")
    controls.locator(".filter").fill("flaash.build.engine_format")
    assert points.count() == 1
    total = re.search(r"(\d+) of (\d+)", points.first.inner_text())
    assert total and bins.count() == int(total[1]) <= int(total[2])
    controls.locator(".filter").fill("RESIDENT")
    assert bins.count() > 0 and all("resident" in text for text in bins.all_inner_texts())
    assert page.locator("#testpoints tbody:visible").count() >= 3, "the other table is as it was"
    controls.locator(".filter").fill("")
    assert bins.count() == 0 and points.count() == every
    controls.locator(".unfold").click()
    assert bins.count() > every


def test_runs_of_files_have_names_that_can_be_read(page: Page, result_page: Path) -> None:
    page.goto(result_page.as_uri())
    page.evaluate(UNFOLD)
    row = page.locator("#testpoints tr[data-hole]:has-text('left.tns')")
    assert row.locator("td").first.inner_text() == "file left.tns x right.npz on default axes=2:0"
    assert "{" not in page.inner_text("#testpoints") and "/somewhere" not in page.inner_text("#testpoints")


def test_results_lead_to_coverage_and_testpoints(page: Page, suite_page: Path) -> None:
    page.goto(suite_page.as_uri())
    page.click("#report")
    assert page.inner_text("body") == "the coverage report"
    page.goto(suite_page.as_uri())
    link = page.locator("#testpoints tr.total a").first
    name = link.inner_text()
    link.click()
    expect(page.locator(f"section[id='{name}']")).to_be_in_viewport()


def test_without_a_coverage_report_there_is_its_command(
    page: Page, result_page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "BUILD", tmp_path)
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    suite = results.Suite(tmp_path)
    page.goto(results.write(suite, [], tmp_path / "results").as_uri())
    assert page.locator("#report").count() == 0
    assert "make cov" in page.locator("p:has-text('no coverage report yet') code").inner_text()


def test_a_button_copies_a_command(page: Page, result_page: Path) -> None:
    page.goto(result_page.as_uri())
    code = page.locator("h3.failed ~ .scroll code").first
    assert code.inner_text().startswith("make ")
    page.locator("h3.failed ~ .scroll button.copy").first.click()
    expect(page.locator("h3.failed ~ .scroll button.copy").first).to_have_text("copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == code.inner_text()
    assert page.locator("code.command").count() == page.locator("button.copy").count() > 10


# Coverage


def test_a_subset_is_seen_at_once(page: Page, coverage: Path) -> None:
    """The note stands above the figures, also on a telephone."""
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((coverage / "index.html").as_uri())
    warning = page.locator("#subset")
    assert re.match(r"\d+ of \d+ modules measured\.", warning.inner_text())
    expect(warning).to_be_in_viewport(ratio=1)
    inside(page, warning)
    assert warning.bounding_box()["y"] < page.locator("#summary").bounding_box()["y"]
    for part in (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "revision", "seed 1", "make pages"):
        assert re.search(part, page.inner_text("#origin")), part


def test_exclusions_can_be_read(page: Page, coverage: Path) -> None:
    page.goto((coverage / "index.html").as_uri())
    assert page.evaluate(CUT) == []
    table = page.locator("#exclusions ~ .scroll table").first
    for column in range(6):
        inside(page, table.locator(f"tbody tr td:nth-child({column + 1})"))
    for column in (1, 2):
        assert table.locator("tbody tr td").nth(column).bounding_box()["width"] >= 240
    assert all(row.bounding_box()["height"] < 200 for row in table.locator("tbody tr").all())


def test_modules_and_percentages_fit_a_telephone(page: Page, coverage: Path) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto((coverage / "index.html").as_uri())
    rows = page.locator("#files tbody tr")
    assert rows.count() > 50
    inside(page, rows.locator("td:visible"))
    inside(page, page.locator("#files thead th:visible"))
    figures = page.locator("#files tbody tr:has-text('flaash_mac_resolve') td:visible").all_inner_texts()
    figures.pop(3)  # the fixture counts no toggles
    assert len(figures) == 4 and all(re.fullmatch(r"\s*\d+\.\d\s*", text) for text in figures[1:])


def test_branches_have_their_condition(page: Page, coverage: Path) -> None:
    page.goto((coverage / "code" / "flaash_soft_reset.html").as_uri())
    notes = page.locator(".source td:nth-child(4) div").all_inner_texts()
    assert any(re.fullmatch(r"!rst_ni: true \d+, false \d+", text) for text in notes)
    assert any(re.fullmatch(r"request_i\.valid: true \d+, false \d+", text) for text in notes)
    assert not any(re.match(r"(if|else|cond_then|cond_else) \d", text) for text in notes)


def test_a_hole_leads_to_the_tests_that_build_its_module(page: Page, coverage: Path) -> None:
    page.goto((coverage / "code" / "flaash_mac_resolve.html").as_uri())
    page.locator("tr[data-hole='1'] a:has-text('tests')").first.click()
    expect(page.locator("#tests tbody tr").first).to_be_in_viewport()
    assert "make test TEST=" in page.locator("#tests code.command").first.inner_text()
    page.locator("#tests a").first.click()
    assert page.url.endswith("/run.log")


def test_keys_go_from_hole_to_hole(page: Page, coverage: Path) -> None:
    page.goto((coverage / "code" / "flaash_soft_reset.html").as_uri())
    holes = page.locator("tr[data-hole='1']").evaluate_all("rows => rows.map(row => row.id)")
    assert len(holes) > 3
    here = "() => document.activeElement.id"
    for hole in holes[:3]:
        page.keyboard.press("n")
        assert page.evaluate(here) == hole
        expect(page.locator(f"#{hole}")).to_be_in_viewport()
    assert page.inner_text("output.place") == f"3 of {len(holes)}"
    page.keyboard.press("p")
    assert page.evaluate(here) == holes[1]
    page.click("button[data-step='1']")
    assert page.evaluate(here) != holes[1]
    page.focus("#filter")
    page.keyboard.type("np")
    assert page.input_value("#filter") == "np" and page.evaluate(here) == "filter"


def test_sorting_is_kept_and_needs_no_mouse(page: Page, coverage: Path) -> None:
    page.goto((coverage / "index.html").as_uri())
    order = "rows => rows.map(row => row.cells[1].textContent)"
    rows = page.locator("#files tbody tr")
    before = rows.evaluate_all(order)
    page.locator("#files th:has-text('part')").first.locator("button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    heading = page.locator("#files th:has-text('module')").first
    expect(heading).to_have_attribute("aria-sort", "descending")
    sorted_ = rows.evaluate_all(order)
    assert sorted_ == sorted(before, reverse=True) != before
    page.reload()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert rows.evaluate_all(order) == sorted_
    page.goto((coverage / "code" / "flaash_mac_resolve.html").as_uri())
    page.goto((coverage / "index.html").as_uri())
    assert rows.evaluate_all(order) == sorted_
