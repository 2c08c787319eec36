# SPDX-License-Identifier: Apache-2.0
"""Groups of failures: one group per message, without regard to numbers and names of sequences."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

_HEAD = re.compile(r"^[\w.]+ on \w+, seed \d+: (?:\w+ failed: )?")
_WHERE = re.compile(r"contraction \d+ \((\w*), seed \d+\)")
_NUMBER = re.compile(r"0x[0-9a-f]+|-?\b(?:inf|nan)\b|-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
_TUPLE = re.compile(r"\((?:#(?:, #)*,?)?\)")


@dataclasses.dataclass(frozen=True)
class Group:
    """Failed runs with the same message.

    Attributes:
        message: of the shortest one, its first line without the simulation's head.
        records: of the runs, the shortest first.
    """

    message: str
    records: list[dict]


def first_line(error: str) -> str:
    """Return the first line of a failure without simulator and seed."""
    return _HEAD.sub("", error.strip().split("\n", 1)[0])


def pattern(error: str) -> str:
    """Return the part of a message that failures with the same cause share."""
    text = _WHERE.sub("contraction of a sequence", first_line(error))
    return _TUPLE.sub("(#)", _NUMBER.sub("#", text))


def grouped(records: Iterable[Mapping]) -> list[Group]:
    """Return the groups of the failed ones among these records, the largest first."""
    found: dict[str, list[dict]] = {}
    for record in records:
        if not record["passed"]:
            found.setdefault(pattern(record["error"]), []).append(dict(record))
    groups = []
    for members in found.values():
        members.sort(key=lambda record: (record["cycles"] or float("inf"), record["seconds"]))
        groups.append(Group(first_line(members[0]["error"]), members))
    return sorted(groups, key=lambda group: -len(group.records))
