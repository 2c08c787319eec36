# SPDX-License-Identifier: Apache-2.0
"""The pages in a real browser: links, sorting, filters, width, colours, paper. Screenshots on the way."""

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from sim.options import options
from sim.toolchain import ROOT

WIDTHS = (400, 1000, 1400)
READABLE = 4.5  # contrast that the WCAG require
OVERFLOW = """() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"""
CONTRAST = """() => {
  const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const style = getComputedStyle(document.body);
  const ground = light(style.backgroundColor);
  const ratio = text => (Math.max(light(text), ground) + 0.05) / (Math.min(light(text), ground) + 0.05);
  return [style.color, ...['a', '.hole', '.passed', '.failed'].map(name => document.querySelector(name))
    .filter(Boolean).map(item => getComputedStyle(item).color)].map(ratio);
}"""


@pytest.fixture(params=["coverage", "file", "testplan", "results", "suite"])
def path(request: pytest.FixtureRequest, coverage: Path, result_page: Path, suite_page: Path) -> Path:
    return {
        "coverage": coverage / "index.html",
        "file": coverage / "code" / "flaash_mac_resolve.html",
        "testplan": coverage / "testplan.html",
        "results": result_page,
        "suite": suite_page,
    }[request.param]


def test_every_link_leads_somewhere(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    links = set(page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"))
    assert links
    targets: dict[str, set[str]] = {}
    for link in links:
        parts = urlsplit(link)
        target = Path(unquote(parts.path))
        assert parts.scheme == "file" and target.exists(), link
        if parts.fragment:
            if str(target) not in targets:
                page.goto(target.as_uri())
                targets[str(target)] = set(page.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
            assert unquote(parts.fragment) in targets[str(target)], link


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_all_is_readable(
    page: Page, path: Path, width: int, scheme: str, shots: Path, request: pytest.FixtureRequest
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    for box in page.query_selector_all("details"):
        box.evaluate("box => box.open = true")
    needed, there = page.evaluate(OVERFLOW)
    assert needed <= there, f"{needed} pixels wide in {there}"
    assert min(page.evaluate(CONTRAST)) >= READABLE
    page.reload()
    page.screenshot(path=shots / f"{request.node.callspec.params['path']}-{width}-{scheme}.png")


def test_paper_has_no_controls_and_no_cut_tables(page: Page, path: Path) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1000, "height": 1400})
    page.goto(path.as_uri())
    controls = page.query_selector(".controls")
    assert controls is not None and not controls.is_visible()
    assert all(
        box.evaluate("box => getComputedStyle(box).overflowX") == "visible"
        for box in page.query_selector_all(".scroll")[:5]
    )


def column(page: Page, table: str, index: int) -> list[str]:
    return page.eval_on_selector_all(
        f"{table} tbody tr",
        f"""rows => rows.map(row => row.cells[{index}])
        .map(cell => cell.dataset.sort ?? cell.textContent)""",
    )


def test_tables_are_sorted_by_a_click(page: Page, coverage: Path) -> None:
    page.goto((coverage / "index.html").as_uri())
    for heading, index in (("line", 2), ("module", 1)):
        page.click(f"#files th:has-text('{heading}')")
        up = column(page, "#files", index)
        expected = sorted(up, key=float) if heading == "line" else sorted(up)
        assert up == expected and len(set(up)) > 1
        page.click(f"#files th:has-text('{heading}')")
        assert column(page, "#files", index) == (
            sorted(up, key=float, reverse=True) if heading == "line" else expected[::-1]
        )


def test_only_holes_and_a_text_hide_the_rest(page: Page, coverage: Path) -> None:
    page.goto((coverage / "code" / "flaash_mac_resolve.html").as_uri())
    rows, holes = page.locator(".source tbody tr"), page.locator("tbody tr[data-hole='1']")
    shown = page.locator(".source tbody tr:visible")
    assert 0 < holes.count() < rows.count()
    page.check("#only-holes")
    assert shown.count() == holes.count()
    page.uncheck("#only-holes")
    page.fill("#filter", "always_comb")
    assert 0 < shown.count() < 30
    assert all("always_comb" in text.lower() for text in shown.all_text_contents())
    page.fill("#filter", "")
    assert shown.count() == rows.count()


def test_a_failure_leads_to_log_command_and_trace(page: Page, result_page: Path) -> None:
    page.goto(result_page.as_uri())
    assert "of 40 runs passed" in page.inner_text("#verdict")
    first = page.locator("h3.failed").first
    assert first.inner_text() == "3 runs", "the largest group is first"
    row = page.locator("h3.failed ~ .scroll tbody tr").first
    assert row.locator("a").first.get_attribute("href").endswith("/run.log")
    assert "make waves TRACE=" in row.inner_text() and "SEED=" in row.inner_text()
    page.check("#only-holes")
    rows = page.locator("#testpoints tr[data-hole]:visible")
    assert 0 < rows.count() < 10
    for text in rows.all_inner_texts():
        passed, total = text.split("\t")[2].split("/")
        assert int(passed) < int(total)


def test_screenshots_stand_in_the_documents(shots: Path) -> None:
    """SHOTS=1 renews the screenshots; each one that a page of docs/ shows is made here."""
    wanted = {
        "coverage-1400-light": "coverage",
        "results-1400-light": "results",
        "file-1400-light": "coverage_file",
    }
    for made, name in wanted.items():
        assert (shots / f"{made}.png").exists()
        if options().shots:
            (ROOT / "docs" / "images").mkdir(exist_ok=True)
            shutil.copy(shots / f"{made}.png", ROOT / "docs" / "images" / f"{name}.png")
        assert (ROOT / "docs" / "images" / f"{name}.png").exists(), "make pages SHOTS=1 makes it"
