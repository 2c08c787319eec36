# SPDX-License-Identifier: Apache-2.0
"""The site of `make docs` in a browser, opened as a file and without a network."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

WIDTHS = (400, 1000, 1400)
FIELD, RESULTS = ".md-search__input", ".md-search-result__item:visible"
INSIDE = """item => { const box = item.getBoundingClientRect();
  return box.left >= 0 && box.right <= innerWidth; }"""
FOUND = 30_000  # milliseconds: the browser makes an index of all pages at the first search


@pytest.fixture(autouse=True)
def offline(browser: BrowserContext, page: Page) -> Iterator[None]:
    """Take the network from the browser; a page requests only files."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    browser.set_offline(True)
    yield
    browser.set_offline(False)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["index.html", "blocks/mac.html"])
def test_search_finds_a_page(page: Page, site: Path, width: int, name: str) -> None:
    """Search by the button if there is one; a result inside the window links to its page."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((site / name).as_uri())
    if not page.locator(FIELD).is_visible():
        page.locator("label[for='__search']:visible").first.click()
    page.fill(FIELD, "doorbell")
    first = page.locator(RESULTS).first
    expect(first).to_contain_text("doorbell", ignore_case=True, timeout=FOUND)
    # The theme slides the results in.
    page.wait_for_function(INSIDE, arg=first.element_handle(), timeout=FOUND)
    first.locator("a").first.click()
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith(name))
    assert Path(unquote(urlsplit(page.url).path)).is_file()
    assert "doorbell" in page.inner_text("article").lower()


def test_search_is_reached_by_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.locator(FIELD).wait_for()
    page.keyboard.press("s")
    page.keyboard.type("doorbell")
    expect(page.locator(RESULTS).first).to_be_visible(timeout=FOUND)
