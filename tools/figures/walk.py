# SPDX-License-Identifier: Apache-2.0
"""The walk of an entry of A from the memory to its product, from the table of docs/architecture.md.

A test compares that table with rtl/: names, modules and buffers.
"""

import re

from sim.toolchain import ROOT
from tools.figures.picture import Picture

PAGE = ROOT / "docs" / "architecture.md"
STEP = 40


def buffers(page: str) -> list[tuple[str, str, str]]:
    """Return name, module and register of each buffer of the table, in the order of their numbers.

    Raises:
        ValueError: the numbers are not 1, 2, 3 and so on.
    """
    (table,) = re.findall(r"<!-- names at the memory interface: [^>]*-->\n((?:\|.*\n)+)", page)
    found = {}
    for line in table.splitlines()[2:]:
        name, _, _, waits = line.strip("|").split("|")
        for number, module, register in re.findall(r"(\d+): `flaash_(\w+)` `(\w+)`", waits):
            found[int(number)] = (name.strip(" `"), module, register)
    if sorted(found) != list(range(1, len(found) + 1)):
        raise ValueError(f"the buffers of {PAGE.name} have the numbers {sorted(found)}")
    return [found[number] for number in sorted(found)]


def draw() -> str:
    """Return the drawing."""
    table = buffers(PAGE.read_text())
    drawing = Picture("Where an entry of A waits between the memory and its product", 118 + STEP * len(table))
    drawing.write(480, 20, "name of the signal", anchor="start")
    drawing.box(20, 8, 410, 26, "memory: the arrays crd and val of A", kind="quiet", round=13)
    for number, (name, module, register) in enumerate(table):
        y = 48 + STEP * number
        drawing.way(f"M225 {y - 14} V{y - 1}")
        drawing.box(20, y, 410, 26, f"{number + 1}  {module}: {register}")
        drawing.write(480, y + 18, name, "name", "start")
    y = 48 + STEP * len(table)
    drawing.way(f"M225 {y - 14} V{y - 1}")
    drawing.box(20, y, 410, 42, "dot_unit, mac", "the product with a value of B", kind="core")
    drawing.write(480, y + 26, "product", "name", "start")
    return drawing.svg()
