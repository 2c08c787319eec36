# SPDX-License-Identifier: Apache-2.0
"""What the flow reads from the text of a cell of a Liberty file."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PIN = re.compile(r"^\s*pin\s*\(\s*\"?(\w+)\"?\s*\)\s*\{", re.MULTILINE)
_FLIP_FLOP = re.compile(r"^\s*ff\s*\(.*?\{(.*?)\}", re.MULTILINE | re.DOTALL)
_AREA = re.compile(r"^\s*area\s*:\s*([\d.]+)", re.MULTILINE)


def pins(body: str) -> dict[str, str]:
    """Return the text of each pin of a cell."""
    starts = list(_PIN.finditer(body))
    ends = [start.start() for start in starts[1:]] + [len(body)]
    return {start[1]: body[start.end() : end] for start, end in zip(starts, ends, strict=True)}


def says(body: str, name: str) -> str:
    """Return the value of an attribute, empty if there is none."""
    found = re.search(rf'\b{name}\s*:\s*"?([^";]*?)"?\s*;', body)
    return found[1].strip() if found else ""


def area(body: str) -> float:
    """Return the area of a cell."""
    found = _AREA.search(body)
    return float(found[1]) if found else float("inf")


def flip_flops(cells: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return clock and data of each flip-flop that stores a pin, or its inverse, at a rising edge."""
    found = {}
    for name, body in cells.items():
        group = _FLIP_FLOP.search(body)
        clock, data = (says(group[1], key) if group else "" for key in ("clocked_on", "next_state"))
        data = data.strip("!() ")
        if {clock, data} <= pins(body).keys():
            found[name] = clock, data
    return found
