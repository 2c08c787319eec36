# SPDX-License-Identifier: Apache-2.0
"""The die of a netlist: layers of a technology LEF, memories as abstract LEF, and where memories stand.

The table of RAM macros has an area, but no shape. So a memory is a square of that area with pins along its lower
edge. It blocks the lowest layers. Memories stand in a grid around the logic, in the order of their names.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable

from tools.silicon import physical
from tools.silicon.macros import Macro

UTILISATION = 0.60  # of the die without memories
CHANNEL = 1.1  # from memory to memory, in sides of a memory
BLOCKED = 4  # layers that a memory blocks
_LAYER = re.compile(r"^LAYER[ \t]+(\S+)[^\n]*\n(.*?)^END[ \t]+\1\b", re.MULTILINE | re.DOTALL)
Place = tuple[float, float, str]  # um from the core's corner, orientation


@dataclasses.dataclass(frozen=True)
class Layer:
    """A routing layer; its width in um."""

    name: str
    horizontal: bool
    width: float


def routing(text: str) -> list[Layer]:
    """Return the routing layers of a technology LEF, the lowest first."""
    return [
        Layer(name, "HORIZONTAL" in body, float(re.search(r"\bWIDTH\s+([\d.]+)", body)[1]))
        for name, body in _LAYER.findall(text)
        if re.search(r"\bTYPE\s+ROUTING\b", body)
    ]


def side(macro: Macro) -> float:
    """Return the side of a memory in um."""
    return round(math.sqrt(macro.area), 2)


def memory(macro: Macro, layers: list[Layer]) -> str:
    """Return the LEF of a memory; its pins are on the third layer or the fourth, the one that is vertical."""
    names = [
        (f"{name}[{bit}]" if width > 1 else name, direction)
        for name, direction, width in physical.buses_of(macro)
        for bit in range(width)
    ]
    edge = side(macro)
    layer = next(layer for layer in layers[2:] if not layer.horizontal)
    deep = 4 * layer.width
    shapes = []
    for number, (name, direction) in enumerate(names):
        left = round((number + 1) * edge / (len(names) + 1), 2)
        shapes.append(
            f"  PIN {name}\n    DIRECTION {direction.upper()} ;\n    USE SIGNAL ;\n"
            f"    PORT\n      LAYER {layer.name} ;\n"
            f"        RECT {left:g} 0 {left + layer.width:g} {deep:g} ;\n    END\n  END {name}\n"
        )
    blocked = "".join(
        f"    LAYER {layer.name} ;\n      RECT 0 {2 * deep:g} {edge:g} {edge:g} ;\n" for layer in layers[:BLOCKED]
    )
    return (
        f"MACRO {macro.cell}\n  CLASS BLOCK ;\n  ORIGIN 0 0 ;\n  SIZE {edge:g} BY {edge:g} ;\n"
        f"{''.join(shapes)}{physical.SUPPLY_PINS}  OBS\n{blocked}  END\nEND {macro.cell}\n"
    )


def memories(macros: Iterable[Macro], layers: list[Layer]) -> str:
    """Return the LEF of memories."""
    return physical.HEAD + "".join(memory(macro, layers) for macro in macros) + "END LIBRARY\n"


def die(logic: float, count: int, edge: float) -> tuple[float, float, list[Place]]:
    """Return width and height of the core in um, and places of the memories.

    The logic has the middle of the grid. The memories have the places that are farthest from the middle, in the
    order of the angle. A memory below the middle is mirrored, so that its pins look to the logic.

    Args:
        logic: area of the standard cells in um2.
        count: how many memories.
        edge: side of the largest.
    """
    if not count:
        found = math.sqrt(logic / UTILISATION)
        return found, found, []
    pitch = CHANNEL * edge
    needed = count + math.ceil(logic / UTILISATION / pitch**2)
    columns = math.ceil(math.sqrt(needed))
    rows = math.ceil(needed / columns)
    middle = ((columns - 1) / 2, (rows - 1) / 2)
    grid = [(x - middle[0], y - middle[1]) for y in range(rows) for x in range(columns)]
    far = sorted(grid, key=lambda place: -math.hypot(*place))[:count]
    around = sorted(far, key=lambda place: math.atan2(place[1], place[0]))
    gap = (pitch - edge) / 2
    return (
        columns * pitch,
        rows * pitch,
        [((x + middle[0]) * pitch + gap, (y + middle[1]) * pitch + gap, "R0" if y >= 0 else "MX") for x, y in around],
    )
