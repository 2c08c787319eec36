# SPDX-License-Identifier: Apache-2.0
"""README, docs and testplan are true: their commands, paths and names exist."""

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

import flaash
from sim import configs
from sim.toolchain import ROOT
from tb.coverage.testplan import read_testplan
from tools import verified
from tools.commands import COMMANDS
from tools.packaging import lists, revision

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(path for folder in ("docs", "rtl", "models", "driver", "examples") for path in (ROOT / folder).rglob("*.md")),
    ]
)
BY_NAME = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in DOCUMENTS]
PLANS = [pytest.param(path, id=path.name) for path in sorted((ROOT / "docs" / "testplan").glob("*.yml"))]
DECLARED = re.compile(r"^(?:module|package) (flaash_\w+)", re.MULTILINE)


def code_spans(text: str) -> list[str]:
    """Return the text between backquotes, in blocks and in lines."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return blocks + inline


@pytest.mark.parametrize("path", BY_NAME)
def test_commands_exist(path: Path) -> None:
    """Targets and configurations exist, or the page explains how to add them."""
    known = {*configs.names(), "name", *re.findall(r"^\+\[(\w+)\]", path.read_text(), re.MULTILINE)}
    for span in code_spans(path.read_text()):
        for target in re.findall(r"^(?:\$ )?make ([a-z][a-z-]*)", span, re.MULTILINE):
            assert target in COMMANDS, f"{path.name} names 'make {target}'"
        for config in re.findall(r"CONFIG=(\w+)", span):
            assert config in known, f"{path.name} names CONFIG={config}"


@pytest.mark.parametrize("path", BY_NAME)
def test_paths_exist(path: Path) -> None:
    for span in code_spans(path.read_text()):
        for name in re.findall(r"^((?:rtl|tb|sim|flaash|models|tests|docs|bench|tools)/[\w./-]+\w)$", span.strip()):
            assert (ROOT / name).exists(), f"{path.name} names {name}"
    for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / name).exists(), f"{path.name} links to {name}"


PYTHON = ("flaash.driver", "models.numbers", "models.device.layout")  # what drivers and sequences import


def names_without_a_module(text: str) -> list[str]:
    """Return the classes and constants of Python that a page uses, but no module on the page has."""
    code = "\n".join(code_spans(text))
    named = [module for module in PYTHON if re.search(rf"(?<![\w.]){re.escape(module)}(?!\w)", code)]
    used = set(re.findall(r"(?<![\w.])[A-Z]\w+(?=\()|(?<=\w=)[A-Z]{3,}\b", code))

    def has(module: str, name: str) -> bool:
        return hasattr(importlib.import_module(module), name)

    known = [name for name in sorted(used) if any(has(module, name) for module in PYTHON)]
    return [name for name in known if not any(has(module, name) for module in named)]


@pytest.mark.parametrize("path", BY_NAME)
def test_names_of_python_have_their_module(path: Path) -> None:
    assert names_without_a_module(path.read_text()) == []


def test_a_name_without_its_module_is_noticed() -> None:
    text = "`contract(finish=Finish(relu=True), layout=ROWS)`"
    assert names_without_a_module(text) == ["Finish", "ROWS"]
    assert names_without_a_module(text + " `models.numbers`") == ["ROWS"]


def github_anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes of a page: one for each heading, with a number if it repeats."""
    found: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.*?)[ #]*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", heading)
        found.append(re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-"))
    return {
        name + (f"-{found[:index].count(name)}" if name in found[:index] else "") for index, name in enumerate(found)
    }


def lost_anchors(path: Path, text: str) -> list[str]:
    """Return the links of a page whose anchors GitHub does not make."""
    plain = re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.DOTALL)
    lost = []
    for name, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", plain):
        target = (path.parent / name).read_text() if name else text
        if anchor not in github_anchors(target):
            lost.append(f"{name}#{anchor}")
    return lost


@pytest.mark.parametrize("path", BY_NAME)
def test_anchors_exist_on_github(path: Path) -> None:
    """The site has anchors of its own: test_docs_site.py."""
    assert lost_anchors(path, path.read_text()) == []


def test_a_lost_anchor_is_noticed() -> None:
    text = "# Which *a* `B_c`, d's?\n## Two\n## Two\n[x](#two-1) [y](#which-a-b_c-ds) [z](#two-2) `[code](#no)`\n"
    assert lost_anchors(ROOT / "README.md", text) == ["#two-2"]
    assert lost_anchors(ROOT / "README.md", "[term](docs/glossary.md#term-set)") == ["docs/glossary.md#term-set"]


def section_of(path: Path, title: str) -> str:
    """Return the text of a section of a page, up to the next one."""
    (text,) = re.findall(rf"^## {title}\n(.*?)^## ", path.read_text(), re.MULTILINE | re.DOTALL)
    return text


def test_readme_lists_the_pages() -> None:
    """In its section of pages, where the pages of the blocks are one entry."""
    section = section_of(ROOT / "README.md", "Pages")
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in section, f"README.md does not list docs/{page.name}"


def test_the_page_of_the_suite_names_the_modules_without_a_bench() -> None:
    """Below tests/blocks each module is simulated, alone or in a group, or the page names the module."""
    section = section_of(ROOT / "docs" / "testing.md", "Modules without a bench")
    modules, simulated = set(verified.modules()), verified.benches()[1]
    assert modules - simulated == {name for name in modules if f"`{name}`" in section}


@functools.cache
def hardware_names() -> set[str]:
    """Return the modules, packages and files of the hardware and of its surroundings."""
    files = [
        path
        for folder in ("rtl", "formal", "tests", "sim", "tb", "bench", "examples", "driver")
        for kind in ("sv*", "[ch]", "py")
        for path in (ROOT / folder).rglob(f"flaash_*.{kind}")
    ]
    declared = {name for path in files for name in DECLARED.findall(path.read_text())}
    for path in (ROOT / "driver").glob("*.h"):  # functions of C
        declared.update(re.findall(r"^[a-z].*?\b(flaash_\w+)\(", path.read_text(), re.MULTILINE))
    for path in (ROOT / "tools" / "packaging").glob("*.py"):  # what make package writes
        declared.update(re.findall(r'"(flaash_\w+)\.', path.read_text()))
    for path in (ROOT / "constraints").glob("*.sdc"):  # its variables
        declared.update(re.findall(r"\bset (flaash_\w+)", path.read_text()))
    for path in (ROOT / "tools" / "litex").glob("*.py"):  # the gateware of make litex
        declared.update(re.findall(r'"(flaash_\w+)"', path.read_text()))
    for top in lists.TOPS:
        declared.update(top.removesuffix("_top") + kind for kind in ("", "_bundle", "_instance"))
    return declared | {path.name.partition(".")[0] for path in files}


@pytest.mark.parametrize("path", [*BY_NAME, *PLANS])
def test_names_of_the_hardware_exist(path: Path) -> None:
    """A page may add a module itself; a star stands for several. Records name modules of their own time."""
    text = re.sub(r"<!-- tables: make silicon.*?<!-- end of tables -->", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"```c\n.*?```", "", text, flags=re.DOTALL)  # types of C are no modules
    known = hardware_names() | set(DECLARED.findall(text.replace("\n+", "\n")))
    for name, star in re.findall(r"\b(flaash_\w+)(\*?)", text):
        assert name in known or star and any(other.startswith(name) for other in known), f"{path.name} names {name}"


@functools.cache
def functions_of(path: Path) -> set[str]:
    """Return the functions of a file; a test may also be assigned, as in test_plain.py."""
    tree = ast.parse(path.read_text())
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("test_")
    }
    return assigned | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_testplan_names_what_exists() -> None:
    points = read_testplan()
    assert points and len({point.name for point in points}) == len(points)
    for point in points:
        for test in point.tests:
            file, _, function = test.partition("::")
            assert (ROOT / file).is_file(), f"{point.name} names {test}"
            assert function in functions_of(ROOT / file), f"{point.name} names {test}"


def test_every_test_file_is_planned() -> None:
    planned = {test.partition("::")[0] for point in read_testplan() for test in point.tests}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        assert str(path.relative_to(ROOT)) in planned, f"no testpoint names a test of {path.name}"


MOST_PAGES = 35
PAGES = sorted((ROOT / "docs").rglob("*.md"))
QUESTION = re.compile(r"# .*\?\n")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_answer_a_question(path: Path) -> None:
    assert QUESTION.match(path.read_text())


def test_there_are_few_pages() -> None:
    assert len(PAGES) <= MOST_PAGES


def test_a_title_that_is_no_question_is_noticed() -> None:
    assert QUESTION.match("# Which rules?\nwords") and not QUESTION.match("# Rules\nWhich?\n")


def test_every_place_states_the_version() -> None:
    found = {
        re.search(r"^name: .*:(.*)$", (ROOT / "flaash.core").read_text(), re.MULTILINE)[1],
        re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1],
        re.search(r"^## (\d+\.\d+\.\d+), ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1],
    }
    assert found == {flaash.__version__} == {revision.version()}
