# SPDX-License-Identifier: Apache-2.0
"""slang's view of the RTL: an elaborated module in some milliseconds, without a simulator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyslang
from pyslang import ast
from pyslang.driver import Driver

from sim.sources import INCLUDE_DIR, rtl_sources


def elaborate(sources: tuple[Path, ...], options: tuple[str, ...] = ()) -> tuple[Driver, ast.Compilation]:
    """Return slang's driver, which must live as long as the compilation, and the compilation.

    Raises:
        ValueError: slang can't read a file; its messages go to stderr.
    """
    driver = Driver()
    driver.addStandardArgs()
    arguments = ["slang", f"-I{INCLUDE_DIR}", *map(str, sources), *options]
    if not (
        driver.parseCommandLine(" ".join(f'"{argument}"' for argument in arguments))
        and driver.processOptions()
        and driver.parseAllSources()
    ):
        raise ValueError("slang refuses " + ", ".join(path.name for path in sources))
    return driver, driver.createCompilation()


def top(module: str, parameters: Mapping[str, int]) -> tuple[str, ...]:
    """Return the options that make a module with these parameters the top."""
    return ("--top", module, *(f"-G{name}={value}" for name, value in parameters.items()))


def errors(module: str, parameters: Mapping[str, int]) -> str:
    """Return the errors of a module of rtl/ with these parameters, an empty text if there are none."""
    driver, compilation = elaborate(tuple(rtl_sources(module)), top(module, parameters))
    found = [item for item in compilation.getAllDiagnostics() if item.isError()]
    return pyslang.DiagnosticEngine.reportAll(driver.sourceManager, found)
