# SPDX-License-Identifier: Apache-2.0
"""Few environment variables configure the project, and docs/tools.md lists them all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import options
from sim.options import VARIABLE, Options, decide, decided, environment
from sim.thisrun import ThisRun
from sim.toolchain import ROOT
from tests.completed import completed

PAGE = ROOT / "docs" / "tools.md"
MOST = 10  # names of the project
FOLDERS = ("bench", "examples", "flaash", "models", "sim", "tb", "tools")


def table(heading: str) -> set[str]:
    """Return the names in the first column of the table below a heading of the page."""
    part = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {name for row in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def read_in(text: str) -> Iterator[str]:
    """Yield each name that a module reads from os.environ."""
    tree = ast.parse(text)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        key = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value):
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if (_is_environ(node.func.value) and node.func.attr in ("get", "setdefault")) or node.func.attr == "getenv":
                key = node.args[0]
        elif isinstance(node, ast.Compare) and _is_environ(node.comparators[0]):
            key = node.left
        if key is not None:
            yield str(key.value) if isinstance(key, ast.Constant) else constants.get(ast.unparse(key), ast.unparse(key))


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ" or isinstance(node, ast.Name) and node.id == "env"


def test_the_page_lists_each_variable() -> None:
    listed = completed("git ls-files", *FOLDERS, check=True).stdout
    python = [ROOT / name for name in listed.split() if name.endswith(".py")]
    found = {name for path in python if path.exists() for name in read_in(path.read_text())}
    recipes = [ROOT / "Makefile", ROOT / "examples" / "litex" / "firmware" / "Makefile", ROOT / ".ci" / "run"]
    found |= {name for path in recipes for name in re.findall(r"\b(FLAASH_\w+)", path.read_text())}
    ours, others = table("Environment variables of the project"), table("Environment variables of others")
    assert {name for name in found if name.startswith("FLAASH_")} == ours
    assert {name for name in found if not name.startswith("FLAASH_")} == others
    assert all(name.startswith("FLAASH_") for name in ours) and len(ours) <= MOST


@pytest.mark.parametrize(
    "line",
    ["os.environ['X']", "os.environ.get('X', '')", "'X' in os.environ", "os.getenv('X')", "X = 'X'\nos.environ[X]"],
)
def test_each_way_to_read_one_is_seen(line: str) -> None:
    assert list(read_in(f"import os\nos.environ['WRITTEN'] = ''\n{line}\n")) == ["X"]


def test_options_reach_the_processes_that_begin_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert options.options() == Options()
    with decided(seed=7, fast=True):
        told = "from sim.options import options; print(options().seed, options().fast, options().long)"
        done = completed("python -c", told, check=True)
        assert done.stdout == "7 True False\n"
        decide(seed=8)
        assert options.options() == Options(seed=8, fast=True)
        assert environment(seed=8) == environment()
    assert options.options() == Options()


def test_an_option_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(AttributeError, match="speed"):
        decide(speed=1)


def test_what_a_run_has_written_is_read_again(tmp_path: Path) -> None:
    run = ThisRun("flaash_top", "icarus", {"Lanes": 4}, ["a.sv"], 3, "make ..", {"count": 2, "knobs": {}}, tmp_path)
    run.write()
    assert ThisRun.read(tmp_path) == run
