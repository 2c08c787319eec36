# SPDX-License-Identifier: Apache-2.0
"""Hooks of MkDocs (mkdocs.yml), which turn the Markdown of this repository into a site.

The pages are written to be read as Markdown. So links name files of the repository, waveforms are text, and
few words are marked up as terms. For the site the hooks

* bring in the pages outside of docs/ and every file that a page links to;
* draw blocks of the kind `wavedrom` as SVG;
* link the first use of each term of the glossary on a page to it, unless the term is an everyday word, too;
* put a blank line before a list that follows a paragraph, which Python-Markdown wants and others don't;
* fill in the pages of docs/blocks/ where the navigation says `blocks/*`, and the tables of silicon at `silicon/*`;
* fill in the tables of modules, of proofs, and of the factor over PyTorch.
"""

import json
import posixpath
import re
import tomllib
from pathlib import Path

import wavedrom
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from bench import claim_page
from tools import verified
from tools.silicon import page as silicon

ROOT = Path(__file__).resolve().parents[2]
# Pages outside of docs/, from the root, and where they go in the site.
OUTSIDE = {"README.md": "index.md", "rtl/README.md": "rtl/README.md", "models/README.md": "models/README.md"}
# Scripts of other people, from the root, and where mkdocs.yml expects them.
SILICON = "Tables of silicon"
SCRIPTS = {"tools/docs/iframe-worker.js": "javascripts/iframe-worker.js"}
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_WAVES = re.compile(r"```wavedrom\n(.*?)```", re.DOTALL)
_CODE = re.compile(r"(```.*?```|`[^`\n]+`|\[[^\]]*\]\([^)]*\)|<svg.*?</svg>|^#.*?$)", re.DOTALL | re.MULTILINE)
_TIGHT_LIST = re.compile(r"^(?! *(?:[-*]|\d+\.) |[|#]| {2,})(.+\n)(?=(?:[-*]|\d+\.) )", re.MULTILINE)
_TERM = re.compile(r"^\| ([^|`]+?) \| ", re.MULTILINE)


def _in_repository(uri: str) -> str:
    """Return the path of a page of the site in the repository, from its root."""
    back = {site: source for source, site in OUTSIDE.items()}
    return back.get(uri, f"docs/{uri}")


def _in_site(path: str) -> str | None:
    """Return the path of a file of the repository in the site; None for a folder or no file."""
    if path in OUTSIDE:
        return OUTSIDE[path]
    if not (ROOT / path).is_file():
        return None
    if path.startswith("docs/") and not path.endswith(".yml"):
        return path.removeprefix("docs/")
    return f"source/{path}.txt"  # shown by a browser, whatever its kind


def _terms() -> dict[str, str]:
    """Return {term: anchor} of the glossary; a row may define several, with commas between them.

    A term in italics is an everyday word, too. Its asterisks stay, by which `_with_terms` knows it.
    """
    rows = _TERM.findall((ROOT / "docs" / "glossary.md").read_text())
    terms = [term.strip() for row in rows if row != "term" and set(row) != {"-"} for term in row.split(",")]
    return {term: "term-" + re.sub(r"\W+", "-", term.strip("*").lower()) for term in terms}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of docs/blocks/ in the place of `blocks/*`, by name, and the version below each page."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    config.copyright = f"FLAASH {version}"
    tables = [{title: f"silicon/{name}"} for name, (title, _) in silicon.site().items()]
    pages = [f"blocks/{path.name}" for path in sorted((ROOT / "docs" / "blocks").glob("*.md"))]
    for section in config.nav:
        for name, entries in section.items():
            if isinstance(entries, list):
                entries = [{"Blocks": pages} if entry == {"Blocks": "blocks/*"} else entry for entry in entries]
                section[name] = [{SILICON: tables} if entry == {SILICON: "silicon/*"} else entry for entry in entries]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages outside of docs/, and each file that a page links to."""
    for source, uri in (OUTSIDE | SCRIPTS).items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / source)))
    for name, (title, text) in silicon.site().items():
        files.append(File.generated(config, f"silicon/{name}", content=f"# {title}\n\n{text}"))
    linked = set()
    for page in files.documentation_pages():
        folder = posixpath.dirname(_in_repository(page.src_uri))
        for _, target, _ in _LINK.findall(page.content_string):
            path = posixpath.normpath(posixpath.join(folder, target.partition("#")[0]))
            uri = _in_site(path)
            if uri and uri.startswith("source/"):
                linked.add((path, uri))
    for path, uri in sorted(linked):
        files.append(File.generated(config, uri, content=(ROOT / path).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links into links of the site, draw waveforms, link the words of the glossary."""
    here = page.file.src_uri
    folder = posixpath.dirname(_in_repository(here))

    def lead(match: re.Match) -> str:
        path, _, anchor = match[2].partition("#")
        if not path or ":" in path:
            return match[0]
        uri = _in_site(posixpath.normpath(posixpath.join(folder, path)))
        target = posixpath.relpath(uri, posixpath.dirname(here) or ".") if uri else path
        return f"{match[1]}{target}{'#' + anchor if anchor else ''}{match[3]}"

    markdown = claim_page.filled(verified.filled(markdown))
    markdown = _WAVES.sub(lambda match: _drawn(match[1], here), markdown)
    parts = re.split(r"(```.*?```)", markdown, flags=re.DOTALL)
    parts[::2] = [_TIGHT_LIST.sub(r"\1\n", _LINK.sub(lead, part)) for part in parts[::2]]
    markdown = "".join(parts)
    return _with_anchors(markdown) if here == "glossary.md" else _with_terms(markdown, here)


def _drawn(text: str, where: str) -> str:
    try:
        svg = wavedrom.render(json.dumps(json.loads(text))).tostring()
    except (ValueError, KeyError, TypeError) as error:
        raise PluginError(f"{where}: a waveform can't be drawn: {error}") from error
    return f'<div class="waveform" markdown="0">{svg}</div>'


def _with_anchors(markdown: str) -> str:
    """Return the glossary with an anchor before each of its terms."""
    for word, anchor in _terms().items():
        markdown = re.sub(
            rf"^(\| (?:[^|]*, )?){re.escape(word)}(?=,| \|)",
            lambda match, a=anchor, w=word: f'{match[1]}<span id="{a}"></span>{w}',
            markdown,
            count=1,
            flags=re.MULTILINE,
        )
    return markdown


def _with_terms(markdown: str, here: str) -> str:
    """Return a page with the first use of each term, but everyday words, as a link; code and links stay."""
    parts = _CODE.split(markdown)
    glossary = posixpath.relpath("glossary.md", posixpath.dirname(here) or ".")
    for word, anchor in _terms().items():
        if word.startswith("*"):
            continue
        use = re.compile(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])")
        for index in range(0, len(parts), 2):
            linked, times = use.subn(lambda match, a=anchor: f"[{match[0]}]({glossary}#{a})", parts[index], count=1)
            if times:
                # Later words leave the new links alone.
                parts[index : index + 1] = _CODE.split(linked)
                break
    return "".join(parts)
