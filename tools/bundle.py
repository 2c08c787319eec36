# SPDX-License-Identifier: Apache-2.0
"""Makes the package flaash with all files that it needs; `pip install .` calls it by tools/wheel.py.

In a checkout the front end stands beside models/, sim/ and rtl/. Installed, these are parts of the package,
so that only one name, flaash, is taken among a user's modules. The copies import from flaash.models and
flaash.sim. The numbers of the RTL are in the package as a table. Simulations are then built in the user's
cache, see sim/toolchain.py.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "sim")
INSIDE = (*PACKAGES, "rtl", "tools/verilator", "pyproject.toml")
LEFT_OUT = ("models/data/",)
_IMPORT = re.compile(rf"^(\s*)(from|import) ({'|'.join(PACKAGES)})\b", re.MULTILINE)
_NAME = re.compile(rf'"((?:{"|".join(PACKAGES)})(?:\.\w+)+)"')


def bundle(target: Path) -> None:
    """Write the package to a folder that is called flaash; older contents are removed."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "flaash", target, ignore=shutil.ignore_patterns("__pycache__"))
    for name in INSIDE:
        source = ROOT / name
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            place = path.relative_to(ROOT)
            if path.is_file() and "__pycache__" not in place.parts and not place.as_posix().startswith(LEFT_OUT):
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target / place)
    for path in [*target.rglob("*.py"), *target.rglob("*.pyi")]:
        path.write_text(moved(path.read_text()))
    from tools import constants  # needs what only a build has

    constants.write(target / "models" / "constants.json")


def pointer(target: Path) -> None:
    """Write the package of `pip install -e .`, which finds this checkout, to a folder called flaash."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    editable = ROOT / "tools" / "editable.py"
    (target / "__init__.py").write_text(
        f'"""flaash of {ROOT}, by pip install -e."""\nimport runpy\nrunpy.run_path({str(editable)!r})["install"]()\n'
    )


def moved(text: str) -> str:
    """Return Python source that finds the project's packages inside flaash."""
    return _NAME.sub(r'"flaash.\1"', _IMPORT.sub(r"\1\2 flaash.\3", text))
