# SPDX-License-Identifier: Apache-2.0
"""The package of `pip install .` works elsewhere, and adds only one name to a user's modules."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tools.bundle import PACKAGES, ROOT, bundle, moved

PROGRAM = """
import sys
import numpy as np
import flaash
import models  # the user's own
values = np.arange(6.0).reshape(2, 3)
for on in ("model", "icarus"):
    assert (flaash.einsum("ij,kj", values, values, config="tiny", on=on) == values @ values.T).all()
assert not {"tb", "models.tensor", "cocotb"} & set(sys.modules)
assert models.MINE and flaash.__file__.startswith(sys.argv[1])
print("right")
"""


def test_the_bundle_works_elsewhere(tmp_path: Path) -> None:
    """With the packages of this Python, but not from the checkout; simulations are built in the cache."""
    bundle(tmp_path / "site" / "flaash")
    folder, cache = tmp_path / "user", tmp_path / "cache"
    folder.mkdir()
    (folder / "models.py").write_text("MINE = True\n")
    (folder / "program.py").write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(cache)}
    result = subprocess.run([sys.executable, "program.py", str(tmp_path)], cwd=folder, env=environment,
                            capture_output=True, text=True)
    assert result.stdout == "right\n", result.stderr
    assert list((cache / "flaash" / "sims").glob("flaash_top-icarus-*/build.done"))


def test_imports_are_moved() -> None:
    for before, after in (("from models.csf import Csf", "from flaash.models.csf import Csf"),
                          ("    import tb.env", "    import flaash.tb.env"),
                          ("import modelsx", "import modelsx"),
                          ('TEST = "tb.env.serve_tests"', 'TEST = "flaash.tb.env.serve_tests"')):
        assert moved(before) == after


DISTRIBUTIONS = {"cocotb_tools": "cocotb", "cocotbext": "cocotbext-axi", "yaml": "PyYAML"}
OPTIONAL = {"scipy", "sparse"}  # imported only for an operand of that library


def needed(module: str, seen: dict[str, set[str]]) -> None:
    """Collect the packages that a module imports from elsewhere, directly or indirectly."""
    place = ROOT / module.replace(".", "/")
    path = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
    if module in seen or not path.exists():
        return
    found = seen[module] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
            [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)] \
            if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.partition(".")[0] in ("flaash", *PACKAGES):
                needed(name, seen)
            else:
                found.add(name.partition(".")[0])


def test_every_package_that_is_imported_is_installed() -> None:
    """The package contains everything that its modules import, directly or indirectly."""
    seen: dict[str, set[str]] = {}
    for module in ("flaash", "tb.env.serve", "tb.env.serve_tests"):
        needed(module, seen)
    assert len(seen) > 50
    imported = {DISTRIBUTIONS.get(name, name.replace("_", "-")) for names in seen.values() for name in names
                if name not in sys.stdlib_module_names} - OPTIONAL
    listed = {re.match(r"[\w-]+", text)[0].replace("_", "-")
              for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]}
    assert imported - listed == set()
