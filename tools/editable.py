# SPDX-License-Identifier: Apache-2.0
"""Imports flaash from a checkout, as `pip install -e .` has it: models/ is flaash.models, sim/ is flaash.sim.

In a checkout the folders import each other as `models` and `sim`. A wheel has copies that say `flaash.models`
and `flaash.sim` (tools/bundle.py). Here the same change is made when a module is loaded. So an edit of the
checkout is an edit of the installed package, and the name `models` stays free for the user.
"""

from __future__ import annotations

import importlib
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[1]
NAME = "flaash"
BUNDLE = runpy.run_path(str(ROOT / "tools" / "bundle.py"))


class Loader(SourceFileLoader):
    """Loads a module of the checkout by its name in the package."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code, compiled anew: __pycache__ has the code by its name in the checkout."""
        path = self.get_filename(fullname)
        return compile(BUNDLE["moved"](Path(path).read_text()), path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    """Finds flaash and all below it in the checkout."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        """Return where a module is, None if it is no module of flaash."""
        first, *rest = fullname.split(".")
        if first != NAME:
            return None
        top = ROOT if rest and rest[0] in BUNDLE["PACKAGES"] else ROOT / NAME
        place = top.joinpath(*rest)
        for file, folders in ((place / "__init__.py", [str(place)]), (place.with_suffix(".py"), None)):
            if file.is_file():
                return spec_from_file_location(
                    fullname, file, loader=Loader(fullname, str(file)), submodule_search_locations=folders
                )
        return None


def install() -> None:
    """Put the checkout's flaash in the place of the module that calls this."""
    sys.meta_path.insert(0, Finder())
    del sys.modules[NAME]
    importlib.import_module(NAME)
