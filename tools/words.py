# SPDX-License-Identifier: Apache-2.0
"""The words of documents, comments and names: plain technical English, by the list of tools/words.toml.

Pages are read as Markdown. Sources are read for their comments and docstrings, YAML for its sentences, too. In folders
that the list names, the words of each name are judged as well: `again_told_q` and `ToldTwice_C` are wrong.
"""

import ast
import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Name, String

ROOT = Path(__file__).resolve().parents[1]
LIST = tomllib.loads((ROOT / "tools" / "words.toml").read_text())
CODE = "X"  # stands for a span of code: one word of the sentence
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_SENTENCE = re.compile(r"\S.*?(?=(?<=[.!?;])\s|\Z)", re.DOTALL)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")  # of a name
_MARKS = re.compile(r'^\W*(?:SPDX\S* .*)?|\W*"""$|\*/$')
_TITLED = re.compile(r"\w+  ")  # begins a text: Guarantees, Demands
_ITEM = re.compile(r"[/#*]*\s*- ")  # begins one, too: an item of a list
# A row of a picture, of code, or a heading.
_DRAWN = re.compile(r"-[-+]*>|<-|--\+|\+--|_\|| # |----|^\W*(?:Args|Attributes|Returns|Raises|Yields):$")


@functools.cache
def rules() -> list[tuple[re.Pattern[str], str]]:
    """Return each pattern with the term to write instead."""
    return [
        (re.compile(entry["pattern"], 0 if entry.get("case") else re.IGNORECASE), entry["write"])
        for entry in LIST["words"]
    ]


def _spoken(part: Token) -> str:
    """Return the words of a part of a paragraph."""
    if part.type == "code_inline":
        return CODE
    return {"text": part.content, "softbreak": "\n", "hardbreak": "\n"}.get(part.type, "")


def _of_a_page(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each paragraph, item, heading and cell of Markdown."""
    line = 1
    page = _FRONT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for token in MarkdownIt().enable("table").parse(page):
        line = token.map[0] + 1 if token.map else line
        if token.type == "inline":
            yield line, "".join(map(_spoken, token.children or []))


def _of_yaml(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each value of several words."""
    for event in yaml.parse(text):
        if isinstance(event, yaml.ScalarEvent) and " " in event.value:
            yield event.start_mark.line + 1, event.value


def _of_comments(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each comment and docstring; successive lines of comment are one text."""
    rows, begun, last, joined = text.splitlines(), 1, -1, ""
    number = 1
    lexer = get_lexer_for_filename(path.stem + LIST["like"].get(path.suffix, path.suffix), stripnl=False)
    for kind, value in lexer.get_tokens(text):
        if kind in Comment.Single or kind in Comment.Multiline or kind in String.Doc:
            for place, row in enumerate(value.splitlines(), number):
                words = _MARKS.sub("", row.strip())
                whole = rows[place - 1].strip().startswith(row.strip())  # no code before the comment
                words = "" if _DRAWN.search(row) else words
                if place != last + 1 or not words or not whole or _TITLED.match(words) or _ITEM.match(row.strip()):
                    yield begun, joined
                    begun, joined = place, words
                else:
                    joined += f"\n{words}"
                last = place if whole else -1
        number += value.count("\n")
    yield begun, joined


def _names_of_python(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of all that a source defines; names of libraries are theirs."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def _names_of_rtl(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each name of a SystemVerilog source."""
    line = 1
    for kind, value in get_lexer_for_filename(path.stem + ".sv", stripnl=False).get_tokens(text):
        if kind in Name:
            yield line, value
        line += value.count("\n")


def wrong_names(path: Path, name: str) -> list[str]:
    """Return a line for the first place of each name of a source that has a word of the list."""
    text = path.read_text()
    first: dict[str, int] = {}
    for line, found in _names_of_python(text) if path.suffix == ".py" else _names_of_rtl(path, text):
        first.setdefault(found, line)
    return [
        f"{name}:{line}: the name {found} has '{word[0]}': write {write}"
        for found, line in first.items()
        for pattern, write in rules()
        if (word := pattern.search(" ".join(_PART.findall(found)).lower()))
    ]


def problems_of(path: Path, name: str) -> list[str]:
    """Return a line for each word of the list and each long sentence of a file that is called `name`."""
    text, found = path.read_text(), []
    if path.suffix == ".md":
        texts = list(_of_a_page(text))
    else:
        texts = [*_of_comments(path, text), *(_of_yaml(text) if path.suffix == ".yml" else [])]
    for line, paragraph in texts:
        for match in _SENTENCE.finditer(re.sub(r"`[^`]*`", CODE, paragraph)):
            sentence, above = " ".join(match[0].split()), match.string[: match.start()].count("\n")
            said = [
                f"'{word[0].strip()}': write {write}"
                for pattern, write in rules()
                if (word := pattern.search(sentence))
            ]
            if len(sentence.split()) > LIST["longest"]:
                said.append(f"{len(sentence.split())} words, at most {LIST['longest']}: split the sentence")
            found += [f"{name}:{line + above}: {problem}: {sentence[:60]}" for problem in said]
    return found


def files() -> list[Path]:
    """Return the files of the list."""
    left_out = {ROOT / name for name in LIST["except"]}
    return sorted({path for pattern in LIST["files"] for path in ROOT.glob(pattern)} - left_out)


def problems() -> list[str]:
    """Return the problems of all files of the list, a line each."""
    named = {path for pattern in LIST["names"] for path in ROOT.glob(pattern)}
    return [line for path in files() for line in problems_of(path, str(path.relative_to(ROOT)))] + [
        line for path in sorted(named) for line in wrong_names(path, str(path.relative_to(ROOT)))
    ]
