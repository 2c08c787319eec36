# SPDX-License-Identifier: Apache-2.0
"""Operator faults: small slips in the text of an RTL file."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator
from pathlib import Path

from sim.toolchain import ROOT

RTL = ROOT / "rtl"
# Checkers, which are no hardware.
CHECKERS = ("flaash_stream_checker", "flaash_region_checker", "flaash_axi_checker")

# No fault is made in comments, strings, refusals of parameters and heads of modules. Nor in macros with their
# arguments (assertions, covers, checks of streams), and in declarations, whose numbers are widths.
_SKIPPED = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|"
    r"if \([^;]*?\) begin : gen_illegal\w*.*?\bend\b|"
    r"^module\b.*?^\);|^package\b.*?;|^endmodule[^\n]*|^endpackage[^\n]*|"
    r"^ *(?:localparam|typedef|parameter|import|genvar)\b.*?;|"
    r"^ *(?:logic|int|input|output)\b[^;=]*;|^ *(?:logic|int)\b[^;=]*(?==)",
    re.DOTALL | re.MULTILINE,
)
_MACRO = re.compile(r"`\w+")
# A whole term: no operator that binds more tightly follows.
_TERM = (
    r"[!~]?[a-zA-Z_]\w*(?:\[[^\]\n]*\]|\.\w+)*"
    r"(?![\w'(\[.]| *(?:==|!=|<|>|\+|-|\*|/|%|&[^&]|\^|\|[^|]|\())"
)
_SWAPS = {
    "&&": "||",
    "||": "&&",
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "+": "-",
    "-": "+",
}
_OPERATOR = re.compile(r"&&|\|\||[=!]==|==\?|==|!=|<<<|>>>|<<|>>|->|<=|>=|<|>|\+:|-:|(?<= )[+-](?= )")
_NUMBER = re.compile(r"(?<![\w'.:\[$])(?:(\d+)'([bdh])([0-9a-fA-F]+)\b|'([01])\b|(\d+)\b(?!'|:|\]))")
_DROPPED = re.compile(rf" (?:&&|\|\|) {_TERM}")
_NEGATED = re.compile(r"!(?=[\w(])(?!rst_ni)|~(?=[\w({])")
_PLAIN = re.compile(rf"(?<=&& )(?=[a-zA-Z_])(?={_TERM})|(?<=\|\| )(?=[a-zA-Z_])(?={_TERM})")
_CONDITION = re.compile(r"\bif \((?!!rst_ni)")


@dataclasses.dataclass(frozen=True, order=True)
class OperatorFault:
    """One change of one file.

    Attributes:
        file: path below the root of the project.
        offset: where in the text the change begins.
        old, new: the text there, and its replacement.
        kind: of the change, for reports.
    """

    file: str
    offset: int
    old: str
    new: str
    kind: str

    def applied(self, text: str) -> str:
        """Return the file's text with the fault in it.

        Raises:
            ValueError: the text differs from the text that the fault was drawn from.
        """
        end = self.offset + len(self.old)
        if text[self.offset : end] != self.old:
            raise ValueError(f"{self.file}: {self.old!r} does not stand at {self.offset}")
        return text[: self.offset] + self.new + text[end:]

    def describe(self, text: str) -> str:
        """Return file, line and the changed line, from the file's text."""
        number = text.count("\n", 0, self.offset) + 1
        return f"{self.file}:{number}: {self.kind}: {self.applied(text).splitlines()[number - 1].strip()}"


def masked(text: str) -> str:
    """Return a text with blanks for everything in which no fault is made; all places stay the same."""

    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    text = _SKIPPED.sub(blank, text)
    while match := _MACRO.search(text):
        end = match.end()
        if text[end : end + 1] == "(":
            end = _closing(text, end) + 1
        text = text[: match.start()] + re.sub(r"[^\n]", " ", text[match.start() : end]) + text[end:]
    return text


def _closing(text: str, opening: int) -> int:
    """Return the place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return len(text) - 1


def _assigns(text: str, place: int) -> bool:
    """Return whether the <= there is an assignment: no part of an expression precedes it."""
    begin = max(text.rfind(mark, 0, place) for mark in (";", "begin", "else"))
    before = re.sub(r"\b(?:if|case|for) *\(", "(", text[begin + 1 : place])
    inside = before.count("(") != before.count(")")
    return not inside and not re.search(r"(?<![=<>!])=(?!=)|<=|\breturn\b|\?", before)


def _changes(text: str) -> Iterator[tuple[int, str, str, str]]:
    for match in _OPERATOR.finditer(text):
        operator = match[0]
        if operator in _SWAPS and not (operator == "<=" and _assigns(text, match.start())):
            yield match.start(), operator, _SWAPS[operator], f"{operator} becomes {_SWAPS[operator]}"
    for match in _NUMBER.finditer(text):
        width, base, digits, all_bits, plain = match.groups()
        if plain is not None:
            new = str(int(plain) + 1)
        elif all_bits is not None:
            new = f"'{1 - int(all_bits)}"
        else:
            value = int(digits, {"b": 2, "d": 10, "h": 16}[base]) + 1
            new = f"{width}'d{value % 2 ** int(width)}"
        yield match.start(), match[0], new, f"{match[0]} becomes {new}"
    for match in _DROPPED.finditer(text):
        yield match.start(), match[0], "", f"{match[0].strip()} is dropped"
    for match in _NEGATED.finditer(text):
        yield match.start(), match[0], "", f"{match[0]} is dropped"
    for match in _PLAIN.finditer(text):
        yield match.start(), "", "!", "a term is negated"
    for match in _CONDITION.finditer(text):
        opening = match.end() - 1
        closing = _closing(text, opening)
        condition = text[opening : closing + 1]
        yield opening, condition, f"(!{condition})", "a condition is negated"


def changes(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield each change of a text: its place, the text there, its replacement, its kind."""
    for offset, old, new, kind in _changes(masked(text)):
        there = text[offset : offset + len(old)]
        yield offset, there, new if "(" not in old else f"(!{there})", kind


def all_faults(only: str = "") -> list[OperatorFault]:
    """Return every fault of the files of rtl/ whose path contains `only`, in a fixed order.

    Raises:
        ValueError: there is no such file.
    """
    files = [
        path
        for path in sorted(RTL.rglob("*.sv"))
        if path.stem not in CHECKERS and only in path.relative_to(ROOT).as_posix()
    ]
    if not files:
        raise ValueError(f"no file of rtl/ has '{only}' in its path")
    return sorted({fault for path in files for fault in faults_of(path)})


def faults_of(path: Path) -> Iterator[OperatorFault]:
    """Return the faults of a file."""
    name = path.relative_to(ROOT).as_posix()
    return (OperatorFault(name, *change) for change in changes(path.read_text()))


def draw(seed: int, count: int, only: str = "") -> list[OperatorFault]:
    """Return `count` different faults, all if there are fewer; the same ones for the same text and seed."""
    faults = all_faults(only)
    return random.Random(seed).sample(faults, min(count, len(faults)))
