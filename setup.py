# SPDX-License-Identifier: Apache-2.0
"""`pip install .`: everything is in pyproject.toml but how the package is put together."""

import os
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent))
from tools.bundle import bundle, pointer  # noqa: E402


class Build(build_py):
    """Writes the package whole, with models, simulations and hardware inside; or what finds the checkout."""

    def run(self) -> None:
        make = pointer if os.environ.get("FLAASH_EDITABLE") else bundle
        make(Path(self.build_lib) / "flaash")


setup(cmdclass={"build_py": Build})
