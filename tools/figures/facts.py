# SPDX-License-Identifier: Apache-2.0
"""Numbers of a chip for its drawings: parameters and instances as slang elaborates them."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass

from pyslang import ast

from sim import configs
from sim.frontend import elaborate, top
from sim.sources import rtl_sources

MEMORY_TOP, STREAM_TOP = "flaash_memory_top", "flaash_top"


@dataclass(frozen=True)
class Chip:
    """An elaborated top.

    Attributes:
        counts: instances of each module.
        parameters: of the first instance of each module, integers.
    """

    counts: Counter[str]
    parameters: dict[str, dict[str, int]]

    def __call__(self, module: str, parameter: str) -> str:
        """Return a parameter of a module, with a comma between thousands."""
        return f"{self.parameters['flaash_' + module][parameter]:,}"

    def count(self, module: str) -> int:
        """Return the instances of a module."""
        return self.counts["flaash_" + module]


def _number(value: object) -> int | None:
    try:
        return int(
            str(value).partition("'")[2][1:] or str(value), {"b": 2, "h": 16}.get(str(value).partition("'")[2][:1], 10)
        )
    except ValueError:
        return None


@functools.cache
def chip(name: str, module: str) -> Chip:
    """Return a configuration of rtl/configs.toml as one of the tops."""
    values = configs.load(name).parameters()
    if module == MEMORY_TOP:
        values["DataWidth"] = configs.WIDTH
    driver, compilation = elaborate(tuple(rtl_sources(module)), top(module, values))
    counts: Counter[str] = Counter()
    parameters: dict[str, dict[str, int]] = {}

    def visit(symbol: ast.Symbol) -> None:
        if isinstance(symbol, ast.InstanceSymbol):
            counts[symbol.definition.name] += 1
            numbers = {
                each.name: _number(each.value)
                for each in symbol.body.parameters
                if isinstance(each, ast.ParameterSymbol)
            }
            parameters.setdefault(
                symbol.definition.name, {key: number for key, number in numbers.items() if number is not None}
            )

    compilation.getRoot().visit(visit)
    return Chip(counts, parameters)
