# SPDX-License-Identifier: Apache-2.0
"""Code coverage of Verilator: reads the files of many runs and merges them by source line.

A record of such a file is `C '<key><value>...' <count>`, each key led by \\x01 and parted from its
value by \\x02. Used here: `f` file, `l` line, `n` column, `page` (v_line, v_branch, v_toggle or v_user,
then the module with a suffix for its parameters), `o` what is counted, `S` the lines of a block.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tb.common.sources import RTL

KINDS = ("line", "branch", "toggle")
_RECORD = re.compile(r"^C '(.*)' (\d+)$")
# Passive checks of the simulation; packages, whose functions are computed before it begins.
_NOT_HARDWARE = {"flaash_stream_checker", "flaash_pkg", "flaash_mac_pkg"}


@dataclasses.dataclass(frozen=True, order=True)
class Point:
    """Something that can be covered: one line, one direction of a branch, one edge of a bit."""

    file: str  # relative to rtl/
    line: int
    kind: str  # of KINDS
    what: str  # empty for a line


class CodeCoverage:
    """Counts by point, merged over runs, instances and parameter values."""

    def __init__(self) -> None:
        self.counts: dict[Point, int] = defaultdict(int)
        self.runs = 0  # those with a point; the bench of a mere check of the simulation has none

    def read(self, path: Path) -> None:
        """Add the counts of one coverage.dat."""
        counted = False
        with path.open(encoding="utf-8", errors="replace") as lines:
            for text in lines:
                record = _RECORD.match(text)
                if record and self._add(record[1], int(record[2])):
                    counted = True
        self.runs += counted

    def _add(self, keys: str, count: int) -> bool:
        """Add one record, and tell whether it is of the hardware."""
        fields = dict(part.split("\x02", 1) for part in keys.split("\x01") if "\x02" in part)
        kind = fields["page"].split("/")[0].removeprefix("v_")
        path = Path(fields["f"])
        if kind not in KINDS or path.stem in _NOT_HARDWARE or RTL not in path.parents:
            return False
        name = str(path.relative_to(RTL))
        # The lines of a branch stand in its own record, not in one of the kind "line".
        if kind != "toggle" and "S" in fields:
            for line in _lines(fields["S"]):
                self.counts[Point(name, line, "line", "")] += count
        if kind != "line":
            column = f" (column {fields['n']})" if kind == "branch" else ""
            self.counts[Point(name, int(fields["l"]), kind, fields["o"] + column)] += count
        return True

    def percent(self, kind: str, file: str | None = None) -> float:
        """Return how much of the points of a kind was hit, in percent (100 if there are none)."""
        hits = [count > 0 for point, count in self.counts.items()
                if point.kind == kind and file in (None, point.file)]
        return 100.0 * sum(hits) / len(hits) if hits else 100.0

    def holes(self, kinds: Iterable[str] = KINDS) -> list[Point]:
        """Return the points that no run hit, by file and line."""
        return sorted(point for point, count in self.counts.items()
                      if count == 0 and point.kind in kinds)

    def files(self) -> list[str]:
        """Return the RTL files that were counted."""
        return sorted({point.file for point in self.counts})


def _lines(spans: str) -> list[int]:
    """Expand "3,7-9" to [3, 7, 8, 9]."""
    lines: list[int] = []
    for span in spans.split(","):
        first, _, last = span.partition("-")
        lines.extend(range(int(first), int(last or first) + 1))
    return lines
