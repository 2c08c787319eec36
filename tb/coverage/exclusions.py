# SPDX-License-Identifier: Apache-2.0
"""Points of the code that no run need hit, docs/exclusions.yml: reason, owner and expiry of each."""

from __future__ import annotations

import dataclasses
import datetime
import fnmatch
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from sim.sources import RTL
from sim.toolchain import ROOT
from tb.coverage.code import KINDS, CodeCoverage, Point
from tb.coverage.testplan import Testpoint

FILE = ROOT / "docs" / "exclusions.yml"  # not in the testplan's folder, all of which are testpoints


@dataclasses.dataclass(frozen=True)
class Exclusion:
    """Points that are left out of the figures.

    Attributes:
        file: relative to rtl/, patterns of the shell with blanks between them.
        kind: of tb.coverage.code.KINDS.
        what: regular expression for the whole of the point's text. The text of a line is its source text; the
            text of a branch is its text, a colon and a blank, and the source text.
        reason: why no run can or need hit them.
        testpoint: the owner of the decision.
        expires: the date of the next review.
        by_chance: some of its bits may still change, without a report. The cause is the random initial
            value of a register, or a bench that drives any value.
    """

    file: str
    kind: str
    what: str
    reason: str
    testpoint: str
    expires: datetime.date
    by_chance: bool = False

    def covers(self, file: str) -> bool:
        """Return whether a file, relative to rtl/, belongs to the entry."""
        return any(fnmatch.fnmatch(file, pattern) for pattern in self.file.split())

    def matches(self, point: Point, source: Sequence[str]) -> bool:
        """Return whether a point is left out; `source` are the lines of its file."""
        if point.kind != self.kind or not self.covers(point.file):
            return False
        text = point.what
        if point.kind in ("line", "branch"):
            line = source[point.line - 1].strip()
            text = line if point.kind == "line" else f"{text}: {line}"
        return re.fullmatch(self.what, text) is not None


def read_exclusions(path: Path = FILE) -> list[Exclusion]:
    """Return the entries of a file.

    Raises:
        TypeError: an entry has other fields.
    """
    return [Exclusion(**entry) for entry in yaml.safe_load(path.read_text()) or []]


def problems(
    exclusions: Iterable[Exclusion], plan: Iterable[Testpoint], today: datetime.date | None = None
) -> list[str]:
    """Return a sentence for each entry that is out of date or has a mistake."""
    today = today or datetime.date.today()
    known = {point.name for point in plan}
    found = []
    for entry in exclusions:
        name = f"{entry.file}, {entry.kind} {entry.what}"
        found += [f"{name}: there is no rtl/{pattern}" for pattern in entry.file.split() if not any(RTL.glob(pattern))]
        if entry.kind not in KINDS:
            found.append(f"{name}: the kind is none of {', '.join(KINDS)}")
        if len(entry.reason.split()) < 4:
            found.append(f"{name}: no reason")
        if entry.testpoint not in known:
            found.append(f"{name}: there is no testpoint {entry.testpoint}")
        if entry.expires <= today:
            found.append(f"{name}: expired on {entry.expires}: look whether it still holds")
    return found


def apply(
    code: CodeCoverage, exclusions: Iterable[Exclusion], subset: bool = False
) -> tuple[dict[Exclusion, list[Point]], list[str]]:
    """Take the excluded points out of the counts.

    Args:
        code: the counts.
        exclusions: the entries.
        subset: only some of the tests ran, so an entry may concern hardware that no test built.

    Returns:
        The points by entry, and a sentence for each entry without a match, or with a point that was hit.
        Such a point stays in the counts.
    """
    by_file: dict[str, list[Point]] = {}
    for point in code.counts:
        by_file.setdefault(point.file, []).append(point)
    left_out: dict[Exclusion, list[Point]] = {}
    found = []
    for entry in exclusions:
        files = [file for file in by_file if entry.covers(file)]
        matched = []
        for file in files:
            source = (RTL / file).read_text().splitlines() if (RTL / file).is_file() else []
            matched += [point for point in by_file[file] if entry.matches(point, source)]
        hit = [point for point in matched if code.counts.get(point)]
        name = f"exclusion {entry.file}, {entry.kind} {entry.what}"
        if not matched and files and not subset:
            found.append(f"{name}: nothing is called so")
        if hit and not entry.by_chance:
            found.append(f"{name}: {len(hit)} of its points were hit, {hit[0].what or hit[0].line} among them")
        left_out[entry] = [point for point in matched if point in code.counts and not code.counts[point]]
        code.remove(left_out[entry])
    return left_out, found
