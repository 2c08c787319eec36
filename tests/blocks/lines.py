# SPDX-License-Identifier: Apache-2.0
"""Fibers as the lines that memories and loaders carry (rtl/pkg/flaash_line.svh)."""

import functools
from collections.abc import Sequence

from sim.rtl_types import PackedType, module_types

Entry = tuple[int, int]  # coordinate, value pattern
Fiber = list[Entry]


def line_count(fiber: Sequence[Entry], lanes: int) -> int:
    """Return how many lines a fiber takes."""
    return -(-len(fiber) // lanes)


@functools.cache
def line_type(lanes: int, coord_width: int, value_width: int) -> PackedType:
    """Return line_t of flaash_intersect_merge, which the macro FLAASH_LINE_T declares."""
    return module_types(
        "flaash_intersect_merge", {"Lanes": lanes, "CoordWidth": coord_width, "ValueWidth": value_width}
    )["line_t"]


def pack_fiber(fiber: Sequence[Entry], lanes: int, coord_width: int, value_width: int) -> list[int]:
    """Return the lines of a fiber of one entry or more, first one first."""
    kind, lines = line_type(lanes, coord_width, value_width), []
    for start in range(0, len(fiber), lanes):
        chunk = fiber[start : start + lanes]
        lines.append(
            kind.pack(
                last=int(start + lanes >= len(fiber)),
                count=len(chunk),
                coords=[coord for coord, _ in chunk],
                values=[value for _, value in chunk],
            )
        )
    return lines
