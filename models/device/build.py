# SPDX-License-Identifier: Apache-2.0
"""The build of a machine, as its registers report it."""

from dataclasses import dataclass

from models.numbers import NumberFormat


@dataclass(frozen=True)
class Build:
    """The build of a machine, as read from its registers.

    Attributes:
        fmt: value format.
        lanes, lines, nodes, fibers: entries of a line; most lines, nodes and fibers of an operand.
        coord_width: bits of a contracted coordinate.
        width: data bits of its bus.
        engines: how many there are.
        engine: "merge" or "resident".
    """

    fmt: NumberFormat
    lanes: int
    lines: int
    nodes: int
    fibers: int
    coord_width: int
    width: int
    engines: int
    engine: str
