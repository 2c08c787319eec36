# SPDX-License-Identifier: Apache-2.0
"""Hatchling's hook for `pip install .` and `pip install -e .`: what tools/bundle.py makes is the package flaash."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.bundle import bundle, pointer  # noqa: E402


class Hook(BuildHookInterface):
    """Writes the package whole, with models, simulations and hardware inside; or what finds the checkout."""

    def initialize(self, version: str, build_data: dict) -> None:
        self._made = TemporaryDirectory()  # until the wheel is written
        editable = version == "editable"
        (pointer if editable else bundle)(Path(self._made.name) / "flaash")
        build_data["force_include_editable" if editable else "force_include"][self._made.name] = "/"
