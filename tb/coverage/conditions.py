# SPDX-License-Identifier: Apache-2.0
"""The condition of a branch, from the source: Verilator's records have only a line and a column."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WHAT = re.compile(r"(if|else|cond_then|cond_else) \(column (\d+)\)")
_OPEN, _CLOSE = "([{", ")]}"
_BEFORE = set(",;?:")  # tokens that end the search for the beginning of `condition ? ..`
_COMMENT = re.compile(r"//.*")


def condition_of(what: str, line: int, source: Sequence[str]) -> tuple[str, bool] | None:
    """Return the condition of one way of a branch, and whether the way belongs to a true condition.

    Args:
        what: the text of the point, such as "if (column 4)" or "cond_else (column 41)".
        line: of the point, from 1.
        source: the lines of the file.

    Returns:
        None where the source does not have such a branch.
    """
    found = _WHAT.fullmatch(what)
    if not found or line > len(source):
        return None
    taken = found[1] in ("if", "cond_then")
    column = int(found[2]) - (1 if taken else 2)  # the other way's column is one more
    text = _asked(line, column, source) if found[1] in ("if", "else") else _chosen(source[line - 1], column)
    return (text, taken) if text else None


def _asked(line: int, column: int, source: Sequence[str]) -> str:
    """Return the text in the parentheses of the `if` at a place."""
    rest = source[line - 1][column:]
    if not re.match(r"if\b", rest):
        return ""
    text = " ".join(_COMMENT.sub("", part).strip() for part in [rest, *source[line : line + 20]])
    begin = text.find("(")
    depth = 0
    for place in range(begin, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth == 0:
            return text[begin + 1 : place].strip()
    return ""


def _chosen(line: str, column: int) -> str:
    """Return the condition before the question mark that precedes a column."""
    end = line.rfind("?", 0, column)
    if end < 0:
        return ""
    depth, begin = 0, 0
    for place in range(end - 1, -1, -1):
        depth += (line[place] in _CLOSE) - (line[place] in _OPEN)
        # `<=` assigns as well, but only where a statement begins: before it no operator asks or assigns.
        compares = (
            line[place - 1] in "=!>"
            or line[place + 1] == "="
            or line[place - 1] == "<"
            and bool(re.search(r"[?=]", line[: place - 1]))
        )
        if depth < 0 or depth == 0 and (line[place] in _BEFORE or line[place] == "=" and not compares):
            begin = place + 1
            break
    return _bare(line[begin:end])


def _bare(text: str) -> str:
    """Return a condition without a word before it, such as `return`, and without parentheses around it."""
    text = re.sub(r"^(?:return|assign)\b", "", text.strip()).strip()
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1].strip() if text.startswith("(") else text
