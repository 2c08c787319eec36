# SPDX-License-Identifier: Apache-2.0
"""Parts of long fibers of A on the resident machine: how many there are, and when fibers are cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.constants import package_constants

SLOTS = package_constants("flaash_pkg")["MaxSlots"]
SLOT_ENTRIES = package_constants("flaash_resident_pkg")["EntriesOfSlot"]


def part_lines(lanes: int, portion: int, holds: int = SLOTS * SLOT_ENTRIES) -> int:
    """Return the most lines of a part.

    Args:
        lanes: entries of a line.
        portion: entries of a portion, most; 0 for no limit.
        holds: entries of A that an engine holds.
    """
    return min(-(-portion // lanes) or holds // lanes, holds // lanes)


def count_parts(entries: int, lanes: int, portion: int) -> int:
    """Return how many parts a fiber of A has; see part_lines()."""
    lines = -(-entries // lanes)
    return -(-lines // part_lines(lanes, portion))


def shared_parts(lines_a: Sequence[int], fibers_b: int, engines: int, part: int) -> int:
    """Return how many parts are given out of fibers that several engines have.

    A fiber whose parts do not fit in all engines comes anew for each fiber of B.

    Args:
        lines_a: of each fiber of A.
        fibers_b: fibers of B.
        engines: that can have parts of a fiber.
        part: lines of a part, most.
    """
    parts = [-(-int(lines) // part) for lines in lines_a]
    if engines == 1 or not fibers_b or max(parts, default=1) == 1:
        return 0
    return sum(count * (fibers_b if count > engines else 1) for count in parts if count > 1)


def configured_parts(lines_a: Sequence[int], fibers_b: int, config: Mapping[str, int | str], portion: int) -> int:
    """Return the same for a configuration of the chip and RegPortion; see models.cycles.lower_bound()."""
    if config["Engine"] != "resident" or not int(config["Portions"]):
        return 0
    groups = -(-int(config["NumSdpe"]) // int(config["GroupSize"]))
    engines = int(config["NumSdpe"]) // groups * groups
    return shared_parts(lines_a, fibers_b, engines, part_lines(int(config["Lanes"]), portion))
