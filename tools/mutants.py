# SPDX-License-Identifier: Apache-2.0
"""Faults made on purpose, for tests (tests/faults.yml) and for proofs (formal/proofs.toml).

Both files give each the same words: `module`, `what`, and the change; faults.yml adds `tests`. A change of a module
is `at`, `place` and `becomes` (tools/places.py); `also` holds further changes of the same fault. A file that is
no SystemVerilog has `file`, `old` and `new`; white space in `old` stands for any white space.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from sim.toolchain import ROOT
from tools.places import change, source, tokens

FAULTS = ROOT / "tests" / "faults.yml"
FOLDERS = ("rtl", "examples", "tests")  # that have modules with faults
_NAME = re.compile(r"(?<![$\w'.])[a-zA-Z]\w*")


@dataclasses.dataclass(frozen=True)
class Change:
    """At a place of a module comes something else."""

    at: str
    place: str = ""
    becomes: str = ""


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A fault: changes of a module, or a text of a file that becomes another one.

    Attributes:
        what: the fault, in a sentence without its subject.
        tests: arguments of pytest; one of the tests must fail. Empty for a mutant of a proof.
        module, changes: of SystemVerilog.
        path, old, new: of another file; the text `old` occurs exactly once.
    """

    what: str
    tests: tuple[str, ...] = ()
    module: str = ""
    changes: tuple[Change, ...] = ()
    path: str = ""
    old: str = ""
    new: str = ""

    @staticmethod
    def read(entry: dict) -> Mutant:
        """Return the mutant of an entry of either file.

        Raises:
            ValueError: a word is missing, or is none of ours.
        """
        entry = dict(entry)
        named = {"what": entry.pop("what", ""), "tests": tuple(entry.pop("tests", ()))}
        subject = entry.get("module") or entry.get("file")
        try:
            if not named["what"]:
                raise TypeError("'what' is missing")
            if "module" in entry:
                further = entry.pop("also", ())
                first = {word: entry.pop(word) for word in ("at", "place", "becomes") if word in entry}
                made = tuple(Change(**{"becomes": _missing(each), **each}) for each in (first, *further))
                module = entry.pop("module")
                if entry:
                    raise TypeError(f"has {', '.join(entry)} beside the module")
                return Mutant(module=module, changes=made, **named)
            if entry.keys() != {"file", "old", "new"}:
                raise TypeError(f"has {', '.join(entry)}, not file, old, new")
            if entry["file"].endswith((".sv", ".svh")):
                raise TypeError("a file of SystemVerilog has no text, but module, at, place, becomes")
            return Mutant(path=entry.pop("file"), **named, **entry)
        except TypeError as error:
            raise ValueError(f"{subject}: {named['what']}: {error}") from None

    @property
    def file(self) -> str:
        """The file that the fault changes, below the root; if the module is gone, a name without folder."""
        return self.path or modules(ROOT).get(self.module, f"{self.module}.sv")

    def applied(self, text: str) -> str:
        """Return the file's text with the fault.

        Raises:
            ValueError: the change can be made at no place or at several, or nothing would change.
        """
        try:
            for begin, end, new in sorted(self._replacements(text), reverse=True):
                if tokens(new) == tokens(text[begin:end]):
                    raise ValueError("what comes in its place equals what is there")
                text = text[:begin] + new + text[end:]
        except ValueError as error:
            raise ValueError(f"{self.module or self.path}: {self.what}: {error}") from None
        return text

    def _replacements(self, text: str) -> list[tuple[int, int, str]]:
        if self.module:
            return [change(text, each.at, each.place, each.becomes) for each in self.changes]
        found = [(*match.span(), self.new) for match in _loose(self.old).finditer(text)]
        if len(found) != 1:
            raise ValueError(f"{self.old!r} occurs {len(found)} times, not once")
        return found

    def unknown(self, text: str) -> list[str]:
        """Return the names that the fault brings in, and that neither the module nor a package has."""
        if not self.module:
            return []
        brought = {name for each in self.changes for name in _NAME.findall(each.becomes)}
        return sorted(brought - source(text).names - _common())


def _missing(change: dict) -> str:
    if "becomes" not in change:
        raise TypeError("'becomes' is missing")
    return change["becomes"]


@functools.cache
def modules(root: Path) -> dict[str, str]:
    """Return the path of each SystemVerilog file of a project, below its root, by the name of its module."""
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.sv"))]
    return {path.stem: path.relative_to(root).as_posix() for path in files}


@functools.cache
def _common() -> frozenset[str]:
    """Return what every module may name: keywords, and the words of the packages and headers."""
    files = [*(ROOT / "rtl").rglob("*_pkg.sv"), *(ROOT / "rtl").rglob("*.svh")]
    words = {word for path in files for word in tokens(path.read_text())}
    return frozenset(words | {"if", "else", "begin", "end", "int", "signed", "unsigned"})


@functools.lru_cache(maxsize=1024)
def _loose(text: str) -> re.Pattern:
    """Return a pattern for a text with any white space between its words."""
    words = re.findall(r"\w+|[^\w\s]", text)
    gaps = [
        r"\s+" if re.fullmatch(r"\w\w", before[-1] + after[0]) else r"\s*"
        for before, after in zip(words, words[1:], strict=False)
    ]
    pattern = "".join(re.escape(word) + gap for word, gap in zip(words, [*gaps, ""], strict=True))
    return re.compile(pattern)


def read_faults(path: Path = FAULTS) -> list[Mutant]:
    """Return the faults of tests/faults.yml.

    Raises:
        ValueError: as for Mutant.read().
    """
    return [Mutant.read(entry) for entry in yaml.safe_load(path.read_text())]


def check(mutants: Iterable[Mutant], root: Path = ROOT) -> dict[Mutant, str]:
    """Return a sentence for each fault that can't be made, that brings in unknown names, or that occurs twice."""
    made, problems = set(), {}
    for mutant in mutants:
        name = f"{mutant.module or mutant.path}: {mutant.what}"
        try:
            path = mutant.path or modules(root)[mutant.module]
            text = (root / path).read_text()
            mutant.applied(text)
            if unknown := mutant.unknown(text):
                problems[mutant] = f"{name}: nothing there is called {', '.join(unknown)}"
        except KeyError:
            problems[mutant] = f"{name}: there is no such module"
        except (ValueError, FileNotFoundError) as error:
            problems[mutant] = str(error)
        change = dataclasses.replace(mutant, what="", tests=())
        if change in made:
            problems[mutant] = f"{name}: occurs twice"
        made.add(change)
    return problems
