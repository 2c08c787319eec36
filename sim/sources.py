# SPDX-License-Identifier: Apache-2.0
"""Finds the RTL files that a module needs, by reading them."""

import functools
import re
from pathlib import Path

from sim.toolchain import ROOT

RTL = ROOT / "rtl"
INCLUDE_DIR = RTL / "pkg"
WAIVERS = RTL / "lint.vlt"
_IDENTIFIER = re.compile(r"\bflaash_\w+")
_COMMENT = re.compile(r"//.*?$|/\*.*?\*/", re.DOTALL | re.MULTILINE)


@functools.cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted([*RTL.rglob("*.sv"), *RTL.rglob("*.svh")])}


def rtl_sources(toplevel: str, extra: tuple[Path, ...] = ()) -> list[Path]:
    """Return the .sv files that `toplevel` needs, in dependency order, packages first.

    Args:
        toplevel: a module of rtl/, or of one of the `extra` files.
        extra: further files, such as a test wrapper; their needs are followed too.

    Raises:
        FileNotFoundError: no file has the module's name.
    """
    files = {**_files(), **{path.stem: path for path in extra}}
    if toplevel not in files:
        raise FileNotFoundError(f"no file {toplevel}.sv below {RTL}")
    ordered: list[Path] = []
    visiting: set[str] = set()

    def visit(name: str) -> None:
        if name in visiting:
            return
        visiting.add(name)
        text = _COMMENT.sub("", files[name].read_text())
        for needed in _IDENTIFIER.findall(text):
            if needed in files:
                visit(needed)
        ordered.append(files[name])

    visit(toplevel)
    modules = [path for path in ordered if path.suffix == ".sv"]
    return sorted(modules, key=lambda path: not path.stem.endswith("_pkg"))


def headers() -> list[Path]:
    """Return the include files, which every build depends on."""
    return [path for path in _files().values() if path.suffix == ".svh"]
