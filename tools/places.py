# SPDX-License-Identifier: Apache-2.0
"""Places in SystemVerilog, named by signal and operator instead of by text.

`at` names the definition of a signal. `at: room` is the value that a statement or a declaration gives to `room`, or
that the function `room` returns. `at: u_fifo.push_i` is the expression at a port or a parameter of an instance.
A word before the name takes another part of the statement (WORDS): `at: if room` is the condition that governs it.

`place` names a part of that: an operator, a literal or a constant. `left of`, `right of` and `inside` take an operand,
or the text between brackets; `all of` takes an operator with its operands.

A name or a sign that occurs several times has a number: `2/3` is the second of three. A place is lost if the
count changes, so no place moves silently.

slang reads the text. White space, comments, other signals and the order of a file do not matter.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Iterator
from typing import TypeVar

import pyslang
from pyslang.parsing import Token
from pyslang.syntax import SyntaxNode, SyntaxTree

from sim.sources import INCLUDE_DIR

# The part that a word before a name takes, instead of the value.
WORDS = {
    "whole": "the statement, the declaration or the connection",
    "target": "the left side, with its indices",
    "if": "the condition of the innermost `if`",
    "outer if": "the condition of the `if` around that",
    "branch": "the innermost `if` or `else` with all that it governs",
    "case": "the label in the innermost `case`",
    "for": "the head of the innermost loop",
}
_NUMBERED = re.compile(r"(?P<name>.*?)(?:\s+(?P<number>\d+)/(?P<count>\d+))?", re.DOTALL)
_SIDED = re.compile(r"(?:(?P<side>left of|right of|inside|all of)\s+)?(?P<name>.+)", re.DOTALL)
_WORD = re.compile(rf"(?:(?P<word>{'|'.join(WORDS)})\s+)?(?P<name>[^\s\d].*)", re.DOTALL)
_TOKEN = re.compile(
    r"\d*'s?[bdohBDOH][0-9a-fA-FxzXZ_?]+|'[01xz]|\$?\w+|<<<|>>>|[=!]==|[=!]=\?|&&|\|\||<<|>>|[<>=!]=|"
    r"[+-]:|\+\+|--|[-+|&^]=|~\^|~&|~\||\^~|\*\*|->|::|'\{|\"[^\"\n]*\"|\S"
)
_THERE = re.compile(r"(?<!\w)_(left|right)?(?!\w)")
_CLOSING = {"(": ")", "[": "]", "{": "}", "'{": "}"}
_ASSIGNMENT = re.compile(r"(?:\w*Assignment|Nonblocking\w*)Expression")
_CONDITIONALS = ("ConditionalStatement", "IfGenerate")
_LOOPS = ("ForLoopStatement", "LoopGenerate")

T = TypeVar("T")


def tokens(text: str) -> list[str]:
    """Return the words and signs of a piece of SystemVerilog without comments."""
    return _TOKEN.findall(text)


@dataclasses.dataclass(eq=False)
class Node:
    """A node of the syntax tree, or a token if it has `text`. Empty nodes and the text of macros are left out."""

    kind: str
    begin: int
    end: int
    text: str = ""
    parent: Node | None = None
    children: list[Node] = dataclasses.field(default_factory=list)

    def above(self) -> Iterator[Node]:
        """Yield this node and all around it, from the inside."""
        node: Node | None = self
        while node:
            yield node
            node = node.parent

    def below(self) -> Iterator[Node]:
        """Yield this node and all in it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.below()

    def words(self) -> list[str]:
        """Return the texts of the tokens in this node."""
        return [each.text for each in self.below() if each.text]

    def token(self, text: str) -> Node:
        """Return the node's own token with this text."""
        return next(child for child in self.children if child.text == text)

    def part(self, kind: str) -> Node | None:
        """Return the node's own part of a kind."""
        return next((child for child in self.children if child.kind == kind), None)

    def beside(self, step: int) -> Node | None:
        """Return the next node of the same parent, or for -1 the one before."""
        siblings = self.parent.children if self.parent else [self]
        place = next(number for number, each in enumerate(siblings) if each is self) + step
        return siblings[place] if 0 <= place < len(siblings) else None


Range = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Span:
    """A part of a text.

    Attributes:
        gone: the text that goes if nothing replaces the span, such as an operand with its operator; None if none can.
        left, right: the operands, of `all of` an operator.
    """

    begin: int
    end: int
    gone: Range | None = None
    left: Range = (0, 0)
    right: Range = (0, 0)


def _span(node: Node) -> Span:
    return Span(node.begin, node.end)


def _between(opening: Node, closing: Node) -> Span:
    return Span(opening.end, closing.begin)


class Source:
    """A file of SystemVerilog, and the definitions of its signals."""

    def __init__(self, text: str):
        self.text = text
        self.names: set[str] = set()  # all words, with macros and included files
        manager = pyslang.SourceManager()
        manager.addUserDirectories(str(INCLUDE_DIR))
        tree = SyntaxTree.fromText(text, manager, "text", "text.sv")
        errors = [each for each in tree.diagnostics if each.isError()]
        if errors:
            raise ValueError(f"line {manager.getLineNumber(errors[0].location)}: slang refuses this: {errors[0].code}")
        root = self._read(tree.root, manager)
        nodes = list(root.below()) if root else []
        self.tokens = [node for node in nodes if node.text]
        self._begins = [token.begin for token in self.tokens]
        self.definitions: dict[str, list[Node]] = {}
        for node in nodes:
            for name in dict.fromkeys(_names(node)):
                self.definitions.setdefault(name, []).append(node)

    def _read(self, node: SyntaxNode | Token, manager: pyslang.SourceManager) -> Node | None:
        if isinstance(node, Token):
            begin, text = node.location.offset, node.rawText
            self.names.add(text)
            # Macros and files that are included have places of their own.
            own = not node.isMissing and not manager.isMacroLoc(node.location)
            own = own and bool(text) and self.text.startswith(text, begin)
            return Node("", begin, begin + len(text), text) if own else None
        children = [child for each in node if (child := self._read(each, manager))]
        if not children:
            return None
        if node.kind.name == "IntegerVectorExpression":  # 2'd1 is one word
            begin, end = children[0].begin, children[-1].end
            return Node("", begin, end, "".join(child.text for child in children))
        found = Node(node.kind.name, children[0].begin, children[-1].end, children=children)
        for child in children:
            child.parent = found
        return found

    def within(self, span: Span) -> list[Node]:
        """Return the tokens of a part of the text."""
        first, last = (bisect.bisect_left(self._begins, place) for place in (span.begin, span.end))
        return self.tokens[first:last]

    def find(self, at: str, place: str = "") -> Span:
        """Return the part of the text that `at` and `place` name.

        Raises:
            ValueError: there is none, or there are more or fewer than `at` or `place` says.
        """
        word, name = _WORD.fullmatch(at.strip()).group("word", "name")
        name, number = _numbered(name)
        node = _one(self.definitions.get(name, []), number, f"{name} is defined")
        span = parts(node).get(word or "value")
        if not span:
            raise ValueError(f"{name} has no {word or 'value'}")
        return self._inside(span, place.strip()) if place else span

    def _inside(self, span: Span, place: str) -> Span:
        side, name = _SIDED.fullmatch(place).group("side", "name")
        name, number = _numbered(name)
        there, wanted = self.within(span), tokens(name)
        found = [
            there[first : first + len(wanted)]
            for first in range(len(there) - len(wanted) + 1)
            if [each.text for each in there[first : first + len(wanted)]] == wanted
        ]
        run = _one(found, number, f"'{name}' occurs")
        if not side:
            return Span(run[0].begin, run[-1].end, (run[0].begin, run[-1].end))
        taken = operand(run[0], side) if len(run) == 1 else None
        if not taken or taken.begin < span.begin or taken.end > span.end:
            raise ValueError(f"'{place}' is nothing")
        return taken


def _numbered(text: str) -> tuple[str, Range]:
    name, number, count = _NUMBERED.fullmatch(text).group("name", "number", "count")
    return name, (int(number or 1), int(count or 1))


def _one(found: list[T], number: Range, what: str) -> T:
    if len(found) != number[1] or not 1 <= number[0] <= number[1]:
        raise ValueError(f"{what} {len(found)} times, and this is to be {number[0]} of {number[1]}")
    return found[number[0] - 1]


def operand(token: Node, side: str) -> Span | None:
    """Return the operand at a side of an operator, the text between brackets, or all of an operator."""
    if side == "inside":
        siblings = token.parent.children if token.parent else []
        closing = [each for each in siblings if each.begin > token.begin and each.text == _CLOSING.get(token.text)]
        return _between(token, closing[-1]) if closing else None
    before, after = token.beside(-1), token.beside(1)
    if side == "all of":
        if not before or not after or not token.parent:
            return None
        left, right = (before.begin, before.end), (after.begin, after.end)
        return dataclasses.replace(_span(token.parent), left=left, right=right)
    node = after if side == "right of" else before
    if not node or not token.parent:
        return None
    # In a && b && c, b is at the left of the second operator.
    chain = node is before and node.kind == token.parent.kind and len(node.children) == 3
    node = node.children[-1] if chain else node
    gone = (min(node.begin, token.begin), max(node.end, token.end))
    return Span(node.begin, node.end, gone if before and after and token.text not in "?:" else None)


def _names(node: Node) -> Iterator[str]:
    """Yield the names by which a definition is found, if the node is one."""
    children = node.children
    if _ASSIGNMENT.fullmatch(node.kind) and node.parent.kind in ("ContinuousAssign", "ExpressionStatement"):
        joined = "Concat" in children[0].kind
        for target in [each for each in children[0].children if not each.text] if joined else children[:1]:
            yield "".join(target.words())
            yield _without_indices(target.words())
    elif node.kind == "Declarator" and children[-1].kind == "EqualsValueClause":
        if node.parent.kind not in _LOOPS:
            yield children[0].text
    elif node.kind in ("NamedPortConnection", "NamedParamAssignment"):
        name = next(child.text for child in children if child.text not in ("", "."))
        yield from (f"{instance}.{name}" for instance in _instances(node))
    elif node.kind == "ReturnStatement":
        functions = [each for each in node.above() if each.kind == "FunctionDeclaration"]
        names = [each for each in functions[0].children[0].children if "Name" in each.kind]
        yield names[-1].words()[-1]
    elif node.kind == "ExpressionStatement" and children[0].kind == "InvocationExpression":
        yield children[0].words()[0]


def _without_indices(words: list[str]) -> str:
    path, depth = "", 0
    for word in words:
        depth += word == "["
        path += "" if depth else word
        depth -= word == "]"
    return path


def _instances(node: Node) -> Iterator[str]:
    """Yield the instance of a port, or for a parameter each instance that it counts for."""
    holder = next(each for each in node.above() if each.kind in ("HierarchicalInstance", "HierarchyInstantiation"))
    for instance in [holder] if holder.kind == "HierarchicalInstance" else holder.children:
        if instance.kind == "HierarchicalInstance":
            yield instance.words()[0]


def parts(node: Node) -> dict[str, Span]:
    """Return the parts of a definition by the words before its name, and its value."""
    found, whole = {}, node
    if _ASSIGNMENT.fullmatch(node.kind):
        found = {"target": _span(node.children[0]), "value": _span(node.children[-1])}
        whole = node.parent
    elif node.kind == "Declarator":
        found, whole = {"value": _span(node.children[-1].children[-1])}, node.parent
    elif node.kind in ("NamedPortConnection", "NamedParamAssignment"):
        if node.children[-1].text == ")":
            found = {"value": _between(node.token("("), node.children[-1])}
    elif node.kind == "ReturnStatement":
        found = {"value": _span(node.children[1])}
    found["whole"] = Span(whole.begin, whole.end, (whole.begin, whole.end))
    conditionals = [each for each in node.above() if each.kind in _CONDITIONALS]
    for word, each in zip(("if", "outer if"), conditionals, strict=False):
        found[word] = _condition(each)
    if conditionals:
        found["branch"] = _branch(conditionals[0], node)
    for each in node.above():
        if each.kind in _LOOPS:
            found.setdefault("for", _between(each.token("("), each.token(")")))
        elif each.kind == "StandardCaseItem":
            found.setdefault("case", Span(each.begin, each.token(":").begin))
    return found


def _condition(conditional: Node) -> Span:
    """Return a condition. Without a condition the branch is taken always, so no other one may follow."""
    condition = _between(conditional.token("("), conditional.token(")"))
    otherwise = conditional.part("ElseClause")
    gone = None if otherwise else (conditional.begin, conditional.token(")").end)
    return dataclasses.replace(condition, gone=gone)


def _branch(conditional: Node, node: Node) -> Span:
    """Return the branch with the node. The first branch of several can't go, because `else` would remain."""
    otherwise = conditional.part("ElseClause")
    if otherwise and otherwise.begin <= node.begin:
        return Span(otherwise.begin, otherwise.end, (otherwise.begin, otherwise.end))
    chained = conditional.parent and conditional.parent.kind == "ElseClause"
    begin = conditional.parent.begin if chained else conditional.begin
    end = otherwise.beside(-1).end if otherwise else conditional.end
    return Span(begin, end, (begin, end) if chained or not otherwise else None)


@functools.lru_cache(maxsize=512)
def source(text: str) -> Source:
    """Return the source of a text."""
    return Source(text)


def change(text: str, at: str, place: str, becomes: str) -> tuple[int, int, str]:
    """Return the range of a text that goes, and its replacement.

    In `becomes`, `_` stands for the old text. If the place is `all of` an operator, `_left` and `_right` stand for
    its operands. An empty `becomes` takes the place away, an operand with its operator.

    Raises:
        ValueError: the place is not there, or can't be taken away.
    """
    span = source(text).find(at, place)
    if not becomes.strip():
        if not span.gone:
            raise ValueError(f"'{place or at}' can't be taken away")
        return *span.gone, ""
    there = {None: (span.begin, span.end), "left": span.left, "right": span.right}
    new = _THERE.sub(lambda match: text[slice(*there[match[1]])], becomes)
    return span.begin, span.end, new
