# SPDX-License-Identifier: Apache-2.0
"""Code coverage of Verilator: reads the files of many runs and merges them by source line.

A record of such a file is `C '<key><value>...' <count>`, with \\x01 before each key and \\x02 between key and
value. The used keys are `f` file, `l` line, `n` column and `o`, the counted item. Two more are `S`, the lines of
a block, and `h`, the instance. `page` has v_line, v_branch, v_toggle or v_user, then the module with a suffix for its
parameters. A state or a transition has its cover property in a file of STATES (sim.states).
"""

import dataclasses
import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sim.files import read_lines
from sim.sources import RTL
from sim.states import STATES

KINDS = ("line", "branch", "toggle", "states", "cover")
_PAGES = {"v_line": "line", "v_branch": "branch", "v_toggle": "toggle", "v_user": "cover"}
_RECORD = re.compile(r"^C '(.*)' (\d+)$")
_COVER = re.compile(r"`FLAASH_COVER\((\w+)")
_STATE = re.compile(r"// (\S+\.sv):(\d+): (.*)$")
# Passive checks of the simulation; packages, whose functions are computed before it begins.
_NOT_HARDWARE = ("_checker", "_pkg")
_BIT = re.compile(r"(.*)\[(\d+)\]$")


@dataclasses.dataclass(frozen=True, order=True)
class Point:
    """A coverage point: a line, one way of a branch, one edge of a bit, a state or transition, or a cover property."""

    file: str  # relative to rtl/
    line: int
    kind: str  # of KINDS
    what: str  # empty for a line


class CodeCoverage:
    """Counts by point, merged over runs, instances and parameter values."""

    def __init__(self) -> None:
        self.counts: dict[Point, int] = defaultdict(int)
        self.runs = 0  # those with a point; the bench of a mere check of the simulation has none
        self.built: dict[str, set[str]] = defaultdict(set)  # names of the runs that had a file, hit or not
        self._index: dict[str, list[tuple[Point, int]]] | None = None

    def read(self, path: Path) -> set[Point]:
        """Add the counts of one coverage.dat; return its points that were hit, but for toggles."""
        hit: set[Point] = set()
        counted = False
        self._index = None
        for text in read_lines(path).splitlines():
            record = _RECORD.match(text)
            if not record:
                continue
            count = int(record[2])
            for point in points_of(record[1]):
                counted = True
                self.built[point.file].add(path.parent.name)
                self.counts[point] += count
                if count and point.kind != "toggle":
                    hit.add(point)
        self.runs += counted
        return hit

    def remove(self, points: Iterable[Point]) -> None:
        """Remove points."""
        for point in points:
            del self.counts[point]
        self._index = None

    def of(self, file: str) -> list[tuple[Point, int]]:
        """Return the points of a file in order, with their counts."""
        if self._index is None:
            self._index = defaultdict(list)
            for point in sorted(self.counts):
                self._index[point.file].append((point, self.counts[point]))
        return self._index.get(file, [])

    def percent(self, kind: str, file: str | None = None) -> float:
        """Return the covered share of the points of a kind, in percent (100 if there are none)."""
        counts = self.counts.items() if file is None else self.of(file)
        hits = [count > 0 for point, count in counts if point.kind == kind]
        return 100.0 * sum(hits) / len(hits) if hits else 100.0

    def holes(self, kinds: Iterable[str] = KINDS) -> list[Point]:
        """Return the points that no run hit, by file and line."""
        return sorted(point for point, count in self.counts.items() if count == 0 and point.kind in kinds)

    def files(self) -> list[str]:
        """Return the RTL files that were counted."""
        return sorted({point.file for point in self.counts})


def hardware() -> list[str]:
    """Return the files below rtl/ that can be counted, a module each."""
    return sorted(str(path.relative_to(RTL)) for path in RTL.rglob("*.sv") if _name_of(str(path)))


def points_of(keys: str) -> list[Point]:
    """Return the points of a record, nothing if it is not of the hardware."""
    fields = dict(part.split("\x02", 1) for part in keys.split("\x01") if "\x02" in part)
    kind = _PAGES.get(fields["page"].partition("/")[0])
    name = _name_of(fields["f"])
    line = int(fields["l"])
    if kind == "cover" and Path(fields["f"]).parent.name == STATES.name:
        return [_state(Path(fields["f"]), line)]
    if kind is None or name is None:
        return []
    if kind == "toggle":
        return [Point(name, line, kind, fields["o"])]
    if kind == "cover":
        return [Point(name, line, kind, _label(RTL / name, line))]
    # The lines of a branch stand in its own record, not in one of the kind "line".
    points = [Point(name, number, "line", "") for number in _lines(fields["S"])] if "S" in fields else []
    if kind == "branch":
        points.append(Point(name, line, kind, f"{fields['o']} (column {fields['n']})"))
    return points


@functools.cache
def _name_of(file: str) -> str | None:
    """Return the name of a file below rtl/, None if it is no hardware."""
    path = Path(file)
    hardware = RTL in path.parents and not path.stem.endswith(_NOT_HARDWARE)
    return str(path.relative_to(RTL)) if hardware else None


_texts: dict[Path, list[str]] = {}


def _text(path: Path) -> list[str]:
    if path not in _texts:
        _texts[path] = path.read_text().splitlines()
    return _texts[path]


def _state(path: Path, line: int) -> Point:
    """Return the state or the transition whose cover property is on a line of a bound module."""
    file, of, what = _STATE.search(_text(path)[line - 1]).groups()
    return Point(file, int(of), "states", what)


def _label(path: Path, line: int) -> str:
    """Return the name of the cover property on a line."""
    lines = _text(path)
    found = _COVER.search(lines[line - 1]) if line <= len(lines) else None
    return found[1] if found else "cover"


def _lines(spans: str) -> list[int]:
    """Expand "3,7-9" to [3, 7, 8, 9]."""
    lines: list[int] = []
    for span in spans.split(","):
        first, _, last = span.partition("-")
        lines.extend(range(int(first), int(last or first) + 1))
    return lines


def fold_toggles(whats: Iterable[str]) -> list[str]:
    """Return edges that were not seen, by signal and range: "run_length_o[31:11] never rises or falls"."""
    edges: dict[tuple[str, int | None], set[str]] = {}
    for what in whats:
        bit, _, edge = what.rpartition(":")
        found = _BIT.match(bit)
        edges.setdefault((found[1], int(found[2])) if found else (bit, None), set()).add(edge)
    never = {
        frozenset({"0->1", "1->0"}): "never changes",
        frozenset({"0->1"}): "never rises",
        frozenset({"1->0"}): "never falls",
    }
    by_signal: dict[tuple[str, str], list[int | None]] = {}
    for (signal, bit), missed in edges.items():
        by_signal.setdefault((signal, never.get(frozenset(missed), "is open")), []).append(bit)
    text = []
    for (signal, verb), bits in by_signal.items():
        if bits == [None]:
            text.append(f"{signal} {verb}")
            continue
        for first, last in _ranges(sorted(bit for bit in bits if bit is not None)):
            text.append(f"{signal}[{last}] {verb}" if first == last else f"{signal}[{last}:{first}] {verb}")
    return text


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    """Return the runs of consecutive numbers, the greatest first."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges[::-1]
