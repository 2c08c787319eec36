# SPDX-License-Identifier: Apache-2.0
"""The types that a checker sees: literal kinds and names, and the result's type for each kind."""

import ast
import inspect
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

import flaash
from flaash import backends, kinds
from sim import configs
from sim.toolchain import ROOT
from tests.completed import completed

RIGHT = """
from typing import Any, assert_type
import numpy as np
from numpy.typing import NDArray
import flaash
from flaash import Report, SparseTensor, einsum, tensordot

array = np.ones((2, 2))
tensor = SparseTensor.from_dense(array)
assert_type(einsum("ij,jk", array, array), NDArray[Any])
assert_type(einsum("ij,jk", array, tensor, return_report=True), tuple[NDArray[Any], Report])
assert_type(einsum("ij,jk", tensor, array, config="fast8:Lanes=2", on="model"), SparseTensor)
assert_type(einsum("ij,jk", tensor, array, kind="numpy"), NDArray[Any])
assert_type(einsum("ij,jk", [[1.0]], array, kind="tensor", return_report=True), tuple[SparseTensor, Report])
assert_type(einsum("ij,jk", [[1.0]], array), Any)
assert_type(tensordot(tensor, array, 1), SparseTensor)
assert_type(tensordot(array, tensor, kind="tensor", on=flaash.Model(), return_report=True), tuple[SparseTensor, Report])
with flaash.Chip("tiny", "icarus") as chip:
    assert_type(chip, flaash.Chip)
    assert_type(tensordot(array, array, 1, on=chip, progress=False), NDArray[Any])
"""
WRONG = [
    'einsum("ij,jk", [[1.0]], [[1.0]], kind="list")',
    'einsum("ij,jk", [[1.0]], [[1.0]], on="board")',
    'einsum("ij,jk", [[1.0]], [[1.0]], optimise=True)',
    'tensordot([[1.0]], [[1.0]], kind="scypi")',
    'tensordot([[1.0]], [[1.0]], 1, optimize="greedy")',
    'flaash.Chip("tiny", "model")',
    'einsum("i,i", [1.0], [1.0], return_report=True).cycles',
]


def mypy(folder: Path, module: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a module of mypy in a folder, with the checkout as the place of imports."""
    return completed("python -m", module, *arguments, cwd=folder, env={"PATH": "", "MYPYPATH": str(ROOT)})


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the errors of mypy in each file."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "right.py").write_text(RIGHT)
    (folder / "wrong.py").write_text("\n".join(["import flaash", "from flaash import einsum, tensordot", *WRONG, ""]))
    done = mypy(folder, "mypy", "--follow-imports=silent", "--ignore-missing-imports", "right.py", "wrong.py")
    assert "wrong.py" in done.stdout, done.stdout + done.stderr
    return {
        name: re.findall(rf"^{name}\.py:(\d+): error", done.stdout, re.MULTILINE) for name in ("right", "wrong")
    } | {"all": [done.stdout]}


def test_the_kind_decides_the_type_of_the_result(told: dict[str, list[str]]) -> None:
    assert told["right"] == [], told["all"]


def test_a_wrong_word_is_an_error_of_types(told: dict[str, list[str]]) -> None:
    assert sorted(set(map(int, told["wrong"]))) == list(range(3, 3 + len(WRONG))), told["all"]


@pytest.mark.parametrize("function, options", [(flaash.einsum, ("Where", "Options")), (flaash.tensordot, ("Where",))])
def test_the_types_name_the_options_of_the_functions(function: Callable, options: tuple[str, ...]) -> None:
    """Python ignores flaash/api.pyi, so that an option can be forgotten there."""
    classes = [
        node for node in ast.parse((ROOT / "flaash" / "api.pyi").read_text()).body if isinstance(node, ast.ClassDef)
    ]
    named = {
        field.target.id
        for one in classes
        if one.name in options
        for field in one.body
        if isinstance(field, ast.AnnAssign)
    }
    parameters = inspect.signature(function).parameters.values()
    taken = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
    assert named | {"kind", "return_report"} == taken


def test_the_literals_are_the_words_that_are_taken() -> None:
    assert set(get_args(backends.ConfigName)) == set(configs.names())
    assert get_args(backends.Name) == backends.BACKENDS
    with pytest.raises(flaash.EinsumError, match="there are " + ", ".join(get_args(kinds.Kind))):
        kinds.maker("list")


def test_the_package_shows_only_its_names() -> None:
    """Modules that were imported on the way are not offered."""
    assert dir(flaash) == sorted([*flaash.__all__, "__version__"])
    assert not {"tb", "tomllib", "models", "Path", "api"} & set(dir(flaash))
    assert all(hasattr(flaash, name) for name in dir(flaash))


def test_a_backend_says_what_it_is() -> None:
    chip = flaash.Chip("tiny", "icarus")
    assert repr(chip) == "<Chip tiny on icarus, not running>"
    assert repr(flaash.Model("bf16")) == "<Model bf16>"
