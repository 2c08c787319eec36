# SPDX-License-Identifier: Apache-2.0
"""Fibers as the lines that memories and loaders carry (rtl/pkg/flaash_line.svh)."""

from collections.abc import Sequence

Entry = tuple[int, int]  # coordinate, value pattern
Fiber = list[Entry]


def line_count(fiber: Sequence[Entry], lanes: int) -> int:
    """Return how many lines a fiber takes."""
    return -(-len(fiber) // lanes)


def pack_fiber(fiber: Sequence[Entry], lanes: int, coord_width: int, value_width: int) -> list[int]:
    """Return the lines of a fiber of one entry or more, first one first."""
    lines = []
    for start in range(0, len(fiber), lanes):
        chunk = fiber[start:start + lanes]
        line = int(start + lanes >= len(fiber))
        line = line << lanes.bit_length() | len(chunk)
        padding = [(0, 0)] * (lanes - len(chunk))
        for width, field in ((value_width, 1), (coord_width, 0)):
            for entry in reversed([*chunk, *padding]):
                line = line << width | entry[field]
        lines.append(line)
    return lines
