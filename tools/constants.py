# SPDX-License-Identifier: Apache-2.0
"""Writes the numbers of the hardware for Python: python -m tools.constants FILE.

The packages of rtl/ give the values of their integer parameters, as slang elaborates these; rtl/registers.rdl
gives registers, bits, counters and error codes. models/constants.py calls this file in a checkout, tools/wheel.py
calls it for a package.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path

from pyslang.ast import Compilation, ParameterSymbol
from pyslang.syntax import SyntaxTree

from tools import registers

ROOT = Path(__file__).resolve().parents[1]


def packages() -> dict[str, dict[str, int]]:
    """Return {package: {parameter: value}} of the integers of all packages.

    Raises:
        ValueError: slang refuses a package; the text says where.
    """
    compilation = Compilation()
    for path in sorted((ROOT / "rtl").rglob("*_pkg.sv")):
        compilation.addSyntaxTree(SyntaxTree.fromFile(str(path)))
    errors = [each for each in compilation.getAllDiagnostics() if each.isError()]
    if errors:
        manager, place = compilation.sourceManager, errors[0].location
        raise ValueError(
            f"{manager.getFileName(place)}:{manager.getLineNumber(place)}: slang refuses this: {errors[0].code}"
        )
    return {
        package.name: {
            each.name: int(each.value.value)
            for each in package
            if isinstance(each, ParameterSymbol) and each.type.isIntegral
        }
        for package in compilation.getPackages()
        if package.name.startswith("flaash_")
    }


def write(path: Path) -> None:
    """Write everything to a JSON file, at once: another command may read the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({"packages": packages(), "map": dataclasses.asdict(registers.read())}))
    fresh.replace(path)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
