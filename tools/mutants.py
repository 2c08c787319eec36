# SPDX-License-Identifier: Apache-2.0
"""Faults made on purpose, for tests (tests/faults.yml) and for proofs (formal/proofs.toml).

Both files give each the same words: `file`, `old`, `new`, `what`; faults.yml adds `tests`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import yaml

from tb.common.toolchain import ROOT

FAULTS = ROOT / "tests" / "faults.yml"


@dataclasses.dataclass(frozen=True)
class Mutant:
    """In `file` the text `old`, which occurs exactly once, becomes `new`.

    Attributes:
        what: the fault, in a sentence without its subject.
        tests: arguments of pytest; one of the tests must fail. Empty for a mutant of a proof.
    """

    file: str
    old: str
    new: str
    what: str
    tests: tuple[str, ...] = ()

    @staticmethod
    def read(entry: dict) -> Mutant:
        """Return the mutant of an entry of either file.

        Raises:
            ValueError: a word is missing, or is none of ours.
        """
        try:
            return Mutant(**{**entry, "tests": tuple(entry.get("tests", ()))})
        except TypeError as error:
            raise ValueError(f"{entry.get('file')}: {entry.get('what')}: {error}") from None

    def applied(self, text: str) -> str:
        """Return the file's text with the fault.

        Raises:
            ValueError: `old` does not occur exactly once, or nothing would change.
        """
        if text.count(self.old) != 1 or self.old == self.new:
            raise ValueError(
                f"{self.file}: {self.what}: {self.old!r} occurs {text.count(self.old)} times, "
                f"not once, or equals its replacement"
            )
        return text.replace(self.old, self.new)


def read_faults(path: Path = FAULTS) -> list[Mutant]:
    """Return the faults of tests/faults.yml.

    Raises:
        ValueError: as for Mutant.read().
    """
    return [Mutant.read(entry) for entry in yaml.safe_load(path.read_text())]


def check(mutants: Iterable[Mutant], root: Path = ROOT) -> list[str]:
    """Return a sentence for each fault that can't be made, and for each that occurs twice."""
    mutants, problems = list(mutants), []
    for number, mutant in enumerate(mutants):
        try:
            mutant.applied((root / mutant.file).read_text())
        except (ValueError, FileNotFoundError) as error:
            problems.append(str(error))
        if any(
            (mutant.file, mutant.old, mutant.new) == (other.file, other.old, other.new) for other in mutants[:number]
        ):
            problems.append(f"{mutant.file}: {mutant.what}: occurs twice")
    return problems
