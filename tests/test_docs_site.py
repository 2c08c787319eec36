# SPDX-License-Identifier: Apache-2.0
"""`make docs`: the pages become a site without broken links and anchors."""

import re
import shutil
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tools.docs import __main__ as docs
from tools.packaging.revision import version

PARTS = ("docs", "tools/docs", "README.md", "mkdocs.yml", "models", "rtl", "LICENSE", "CITATION.cff", "pyproject.toml")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built without a message of MkDocs."""
    folder = tmp_path_factory.mktemp("site")
    assert docs.build(folder) == ""
    return folder


def copy(folder: Path) -> Path:
    """Copy the sources of a site and return its configuration."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder / "mkdocs.yml"


def test_every_page_is_there(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    names = [page.with_name(page.stem.replace("README", "index")).with_suffix(".html") for page in pages]
    assert [name for name in names if not (site / name).exists()] == []
    assert (site / "index.html").read_text().count("<h1") == 1


def test_what_each_page_has(site: Path) -> None:
    """The version, links to files and anchors that exist, nothing from elsewhere.

    MkDocs checks the links that the pages have as Markdown, and of files only pages.
    """
    texts = {page: page.read_text() for page in site.rglob("*.html")}
    anchors = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in texts.items()}
    followed = 0
    for page, text in texts.items():
        assert f"FLAASH {version()}" in text or "source" in page.parts, page.name
        links = re.findall(r'(?:href|src)="([^"#?]*)(?:\?[^"#]*)?#?([^"]*)"', text) if page.name != "404.html" else ()
        for target, anchor in links:
            if not re.match(r"\w+:|//", target):
                path = (page.parent / target).resolve() if target else page
                assert path.exists(), f"{page.name} links to {target}"
                assert not anchor or anchor in anchors[path], f"{page.name} links to {target}#{anchor}"
                followed += bool(anchor)
        asked = re.findall(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="(?:https?:)?//[^"]*"', text)
        assert asked == [], page.name
    assert followed > 1000


def test_waveforms_are_drawn(site: Path) -> None:
    texts = [path.read_text() for path in (ROOT / "docs").rglob("*.md")]
    drawn = sum(page.read_text().count('class="waveform"') for page in site.rglob("*.html"))
    assert drawn == sum(text.count("```wavedrom") for text in texts) > 0


def test_words_of_the_glossary_lead_to_it(site: Path) -> None:
    glossary = (site / "glossary.html").read_text()
    anchors = set(re.findall(r'id="(term-[\w-]+)"', glossary))
    used = {
        anchor
        for page in site.rglob("*.html")
        for anchor in re.findall(r'href="[^"]*glossary\.html#(term-[\w-]+)"', page.read_text())
    }
    assert len(used) > 20 and used <= anchors


def test_an_everyday_word_is_no_link_of_the_site(site: Path) -> None:
    """A page that means the term has a link to the section of the glossary."""
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    everyday = {f"term-{word}" for word in re.findall(r"\*([\w-]+)\*(?=[^|]*\| )", glossary)}
    assert len(everyday) > 20
    for page in site.rglob("*.html"):
        shown = set(re.findall(r'href="[^"]*glossary\.html#(term-[\w-]+)"', page.read_text()))
        assert not shown & everyday, page.name


def test_a_list_behind_a_paragraph_is_one(site: Path) -> None:
    assert re.search(r"Rules of access:</p>\s*<ul>", (site / "registers.html").read_text())


# Links that are broken, by their page; README.md is the site's index.md.
GONE = {"docs/errors.md": ["no_such_page.md", "registers.md#no-such-anchor"], "README.md": ["docs/no_such_page.md"]}


def broken(folder: Path, texts: dict[str, str]) -> str:
    """Return the messages of the site's builder when these texts are appended to their pages."""
    config = copy(folder)
    for page, text in texts.items():
        path = folder / page
        path.write_text(path.read_text() + text)
    with pytest.raises(ValueError) as told:
        docs.build(folder / "site", config)
    return str(told.value)


def test_what_is_broken_is_told(tmp_path: Path) -> None:
    texts = {page: "".join(f"\n[gone]({link})\n" for link in links) for page, links in GONE.items()}
    said = broken(tmp_path / "links", texts)
    for page, links in GONE.items():
        place = page.replace("README", "index").rpartition("/")[2]
        assert all(f"'{place}' contains a link '{link}'" in said for link in links), said
    said = broken(tmp_path / "waves", {"docs/errors.md": '\n```wavedrom\n{"signal": \n```\n'})
    assert "errors.md: a waveform can't be drawn" in said


def test_make_docs_says_where_the_site_is(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docs, "build", lambda folder: "")
    assert docs.main(["--out", str(tmp_path)]) == 0
    assert str(tmp_path / "index.html") in capsys.readouterr().out
