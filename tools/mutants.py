# SPDX-License-Identifier: Apache-2.0
"""Faults made on purpose, for tests (tests/faults.yml) and for proofs (formal/proofs.toml).

Both files give each the same words: `file`, `what`, and the change; faults.yml adds `tests`. The change is
`operator`, a kind of tools/operators.py such as "&& becomes ||", and `of`, the signal whose statement it
changes; or `old` and `new`, for all other changes. White space in `old` stands for any white space, so a fault
survives a reformatting.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from tb.common.toolchain import ROOT
from tools.operators import changes

FAULTS = ROOT / "tests" / "faults.yml"


@dataclasses.dataclass(frozen=True)
class Mutant:
    """In `file` the text `old`, which occurs exactly once, becomes `new`; or an operator is changed.

    Attributes:
        what: the fault, in a sentence without its subject.
        tests: arguments of pytest; one of the tests must fail. Empty for a mutant of a proof.
        operator, of: the kind of the change, and the signal; then `old` and `new` are empty.
    """

    file: str
    old: str
    new: str
    what: str
    tests: tuple[str, ...] = ()
    operator: str = ""
    of: str = ""

    @staticmethod
    def read(entry: dict) -> Mutant:
        """Return the mutant of an entry of either file.

        Raises:
            ValueError: a word is missing, or is none of ours.
        """
        empty = {"old": "", "new": ""} if {"operator", "of"} <= {*entry} else {}
        try:
            if empty.keys() & entry.keys() or not empty and {"operator", "of"} & {*entry}:
                raise TypeError("either operator and of, or old and new")
            return Mutant(**{**entry, **empty, "tests": tuple(entry.get("tests", ()))})
        except TypeError as error:
            raise ValueError(f"{entry.get('file')}: {entry.get('what')}: {error}") from None

    def applied(self, text: str) -> str:
        """Return the file's text with the fault.

        Raises:
            ValueError: the change can be made at no place or at several, or nothing would change.
        """
        if self.operator:
            found = [
                (place, place + len(old), new)
                for place, old, new, kind, signal in changes(text)
                if (kind, signal) == (self.operator, self.of)
            ]
            named = f"'{self.operator}' of {self.of}"
        else:
            found = [(*match.span(), self.new) for match in _loose(self.old).finditer(text)]
            named = repr(self.old)
        if len(found) != 1 or _tokens(self.old) == _tokens(self.new) != []:
            raise ValueError(
                f"{self.file}: {self.what}: {named} occurs {len(found)} times, not once, or equals its replacement"
            )
        [(begin, end, new)] = found
        return text[:begin] + new + text[end:]


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


@functools.lru_cache(maxsize=1024)
def _loose(text: str) -> re.Pattern:
    """Return a pattern for a text with any white space between its words."""
    tokens = _tokens(text)
    gaps = [
        r"\s+" if re.fullmatch(r"\w\w", before[-1] + after[0]) else r"\s*"
        for before, after in zip(tokens, tokens[1:], strict=False)
    ]
    pattern = "".join(re.escape(token) + gap for token, gap in zip(tokens, [*gaps, ""], strict=True))
    return re.compile(pattern)


def read_faults(path: Path = FAULTS) -> list[Mutant]:
    """Return the faults of tests/faults.yml.

    Raises:
        ValueError: as for Mutant.read().
    """
    return [Mutant.read(entry) for entry in yaml.safe_load(path.read_text())]


def check(mutants: Iterable[Mutant], root: Path = ROOT) -> list[str]:
    """Return a sentence for each fault that can't be made, and for each that occurs twice."""
    made, problems = set(), []
    for mutant in mutants:
        try:
            mutant.applied((root / mutant.file).read_text())
        except (ValueError, FileNotFoundError) as error:
            problems.append(str(error))
        change = dataclasses.replace(mutant, what="", tests=())
        if change in made:
            problems.append(f"{mutant.file}: {mutant.what}: occurs twice")
        made.add(change)
    return problems
