# SPDX-License-Identifier: Apache-2.0
"""A rule of `make lint`: no concatenation of more than three members makes a struct.

Such a line does not say which value is which member, and two values that change places are still accepted. slang has
the types, wherever they are declared: of signals, elements of arrays, ports, arguments and functions.
"""

from collections.abc import Iterator
from pathlib import Path

from pyslang import ast

from sim.frontend import elaborate
from sim.toolchain import ROOT

MOST = 3  # members of a concatenation
ADVICE = "assign member by member, or call one function beside the type"

Made = tuple[ast.Expression | None, ast.Type]  # a value, and the type that it gets


def problems(sources: tuple[Path, ...], options: tuple[str, ...]) -> list[str]:
    """Return a line for each such concatenation in an elaborated design, with its file, line and text."""
    driver, compilation = elaborate(sources, options)
    manager, found = driver.sourceManager, set()

    def look(node: object) -> None:
        for each in (each for value, kind in _made(node) for each in _joined(value, kind.canonicalType)):
            at = manager.getFullyExpandedLoc(each.sourceRange.start)
            path, text = Path(manager.getFullPath(at.buffer)), " ".join(str(each.syntax).strip(" ()\n").split())
            name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
            found.add((str(name), manager.getLineNumber(at), f"{text} makes a struct: {ADVICE}"))

    for scope in (compilation.getRoot(), *compilation.getPackages()):
        scope.visit(look)
    return [f"{name}:{line}: {told}" for name, line, told in sorted(found)]


def _made(node: object) -> Iterator[Made]:
    if isinstance(node, ast.AssignmentExpression):
        yield node.right, node.left.type
    elif isinstance(node, ast.ConversionExpression):
        yield node.operand, node.type
    elif isinstance(node, ast.CallExpression) and isinstance(node.subroutine, ast.SubroutineSymbol):
        yield from ((value, each.type) for each, value in zip(node.subroutine.arguments, node.arguments, strict=True))
    elif isinstance(node, ast.InstanceSymbol):
        yield from ((each.expression, each.port.type) for each in node.portConnections if hasattr(each.port, "type"))
    elif isinstance(node, ast.SubroutineSymbol):
        returned: list[ast.ReturnStatement] = []
        node.body.visit(lambda inner: returned.append(inner) if isinstance(inner, ast.ReturnStatement) else None)
        yield from ((each.expr, node.returnType) for each in returned)
    elif isinstance(node, ast.ValueSymbol):
        yield node.initializer, node.type


def _joined(value: ast.Expression | None, kind: ast.Type) -> Iterator[ast.Expression]:
    """Yield the concatenations of too many members that make a struct, or an element of an array of structs."""
    if isinstance(value, ast.ConditionalExpression):
        yield from (each for branch in (value.left, value.right) for each in _joined(branch, kind))
    elif isinstance(value, ast.ConversionExpression):
        yield from _joined(value.operand, kind)
    elif isinstance(value, ast.ConcatenationExpression):
        element = kind.elementType.canonicalType if kind.isPackedArray else kind
        whole = kind.isPackedArray and all(each.type.bitWidth % element.bitWidth == 0 for each in value.operands)
        if element.isStruct and not whole and len(value.operands) > MOST:
            yield value
        elif whole:
            yield from (each for operand in value.operands for each in _joined(operand, element))
