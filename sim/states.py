# SPDX-License-Identifier: Apache-2.0
"""States and transitions of state machines: found in the RTL, counted by cover properties in a bound module.

A state machine is a register of an enum type whose next value depends on its value. It may be an array, also of
vectors that are cast to the enum. slang has its states. Its transitions are the assignments to the register, or to
its next value: each leads from the states that the conditions around it allow. Verilator's --coverage-fsm does not
serve. It stops with an internal error (5.048) at a comparison with a member of a struct, and finds few machines.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyslang import ast

from sim import files
from sim.frontend import elaborate, top
from sim.sources import RTL, rtl_sources
from sim.toolchain import BUILD

STATES = BUILD / "states"  # of the bound modules
RESET = "rst_ni"
_ENUM_REGISTER = re.compile(r"_e\b[^;=]*\w+_q\b")  # may declare a register of an enum type
_AND = {ast.BinaryOperator.LogicalAnd, ast.BinaryOperator.BinaryAnd}
_OR = {ast.BinaryOperator.LogicalOr, ast.BinaryOperator.BinaryOr}
_COMPARE = {ast.BinaryOperator.Equality, ast.BinaryOperator.Inequality}
_NOT = {ast.UnaryOperator.LogicalNot, ast.UnaryOperator.BitwiseNot}

States = frozenset[str]


@dataclasses.dataclass(frozen=True)
class Machine:
    """A state machine.

    Attributes:
        file: of its module.
        register: its name.
        width: bits of a state.
        elements: registers of an array; 0 for a single register.
        states: {name: (value, line)}.
        transitions: {(from, to): line of an assignment}.
    """

    file: Path
    register: str
    width: int
    elements: int
    states: dict[str, tuple[int, int]]
    transitions: dict[tuple[str, str], int]


def machines_of(sources: Iterable[Path]) -> list[Machine]:
    """Return the state machines of some files."""
    modules = [path for path in sources if path.is_relative_to(RTL) and not path.stem.endswith(("_pkg", "_checker"))]
    return [machine for path in modules for machine in _machines(path)]


def bound(sources: Iterable[Path]) -> list[Path]:
    """Write a module with the cover properties of each source that has state machines, and return these files."""
    by_file: dict[Path, list[Machine]] = {}
    for machine in machines_of(sources):
        by_file.setdefault(machine.file, []).append(machine)
    paths = []
    for file, machines in by_file.items():
        text = module(machines)
        # A later run of other sources must not change what the lines of an earlier one say.
        path = STATES / f"{file.stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.sv"
        if not path.exists():
            STATES.mkdir(parents=True, exist_ok=True)
            files.write(path, text)
        paths.append(path)
    return paths


def module(machines: list[Machine]) -> str:
    """Return the bound module of the state machines of one file."""
    name, file = machines[0].file.stem, machines[0].file.relative_to(RTL)
    ports = "".join(f", input logic [Bits_{m.register}-1:0] {m.register}" for m in machines)
    links = "".join(f", .{m.register}({m.register})" for m in machines)
    # The number of elements may follow from a parameter of the build.
    parameters = ", ".join(f"parameter int unsigned Bits_{m.register} = {m.width}" for m in machines)
    bits = ", ".join(f".Bits_{m.register}($bits({m.register}))" for m in machines)
    lines = [
        f"// Generated: states and transitions of {name}.",
        "/* verilator lint_off DECLFILENAME */",
        f"module {name}_states #({parameters}) (input logic clk_i, input logic rst_ni{ports});",
        "  // verilator coverage_off",
        "  logic on_q;",
        *(f"  logic [Bits_{m.register}-1:0] before_{m.register};" for m in machines),
        "  always_ff @(posedge clk_i or negedge rst_ni) begin",
        "    if (!rst_ni) on_q <= 1'b0;",
        "    else on_q <= 1'b1;",
        "  end",
        "  always_ff @(posedge clk_i) begin",
        *(f"    before_{m.register} <= {m.register};" for m in machines),
        "  end",
        "  // verilator coverage_on",
    ]
    for machine in machines:
        of = f"i*{machine.width}+:{machine.width}"
        now, before = f"{machine.register}[{of}]", f"before_{machine.register}[{of}]"
        lines.append(
            f"  for (genvar i = 0; i < Bits_{machine.register} / {machine.width}; i++) begin : gen_{machine.register}"
        )
        is_in = {state: f"== {machine.width}'d{value}" for state, (value, _) in machine.states.items()}
        points = [(f"{now} {is_in[s]}", line, s) for s, (_, line) in machine.states.items()]
        points += [
            (f"on_q && {before} {is_in[old]} && {now} {is_in[new]}", line, f"{old} -> {new}")
            for (old, new), line in machine.transitions.items()
        ]
        lines += [
            f"    cover property (@(posedge clk_i) disable iff (!rst_ni) {held});"
            f" // {file}:{line}: {machine.register} {text}"
            for held, line, text in points
        ]
        lines.append("  end")
    bind = f"bind {name} {name}_states #({bits}) u_states (.clk_i, .rst_ni{links});"
    return "\n".join([*lines, "endmodule", bind, ""])


@functools.cache
def _machines(path: Path) -> tuple[Machine, ...]:
    """Return the state machines of the module in a file."""
    if not _ENUM_REGISTER.search(path.read_text()):
        return ()
    driver, compilation = elaborate(tuple(rtl_sources(path.stem)), top(path.stem, {}))
    found = _Module(compilation.getRoot().topInstances[0].body, compilation.sourceManager)
    return tuple(found.machines(path))


def _bare(expression: ast.Expression) -> ast.Expression:
    """Return an expression without conversions around it."""
    while isinstance(expression, ast.ConversionExpression):
        expression = expression.operand
    return expression


def _element(expression: ast.Expression) -> tuple[ast.Symbol | None, str]:
    """Return the variable that an expression names, and the index if it names an element."""
    expression, index = _bare(expression), ""
    if isinstance(expression, ast.ElementSelectExpression):
        index, expression = str(_bare(expression.selector).syntax).strip(), _bare(expression.value)
    return (expression.symbol if isinstance(expression, ast.NamedValueExpression) else None), index


def _symbol(expression: ast.Expression) -> ast.Symbol | None:
    """Return the variable that an expression names, or an element of which it names."""
    return _element(expression)[0]


def _literal(expression: ast.Expression) -> str | None:
    """Return the name of a state that stands there as such."""
    symbol = _symbol(expression)
    return symbol.name if isinstance(symbol, ast.EnumValueSymbol) else None


class _Module:
    """An elaborated module: its variables, and everything that is assigned to them."""

    def __init__(self, body: ast.InstanceBodySymbol, manager: object) -> None:
        self._manager = manager
        self._blocks: list[ast.Statement] = []
        self._nets: dict[str, ast.Expression] = {}  # what a continuous assignment gives to a whole variable
        self._variables: list[ast.VariableSymbol] = []
        self._cast: dict[str, ast.Type] = {}  # the enum of the elements of an array

        def visit(symbol: object) -> ast.VisitAction:
            if isinstance(symbol, ast.InstanceSymbol):
                return ast.VisitAction.Skip
            if isinstance(symbol, ast.ProceduralBlockSymbol):
                self._blocks.append(symbol.body)
            elif isinstance(symbol, ast.ContinuousAssignSymbol):
                if isinstance(symbol.assignment.left, ast.NamedValueExpression):
                    self._nets[symbol.assignment.left.symbol.name] = symbol.assignment.right
            elif isinstance(symbol, ast.VariableSymbol) and symbol.parentScope == body:
                self._variables.append(symbol)
            elif isinstance(symbol, ast.ConversionExpression) and symbol.type.isEnum:
                of, index = _element(symbol.operand)
                if of is not None and index:
                    self._cast[of.name] = symbol.type.canonicalType
            return ast.VisitAction.Advance

        body.visit(visit)

    def machines(self, path: Path) -> Iterator[Machine]:
        """Yield the state machines."""
        for variable in self._variables:
            kind, elements = variable.type.canonicalType, 0
            if isinstance(kind, ast.PackedArrayType):
                elements = kind.bitWidth // kind.elementType.bitWidth
                kind = self._cast.get(variable.name, kind.elementType.canonicalType)
            if not isinstance(kind, ast.EnumType) or not variable.name.endswith("_q"):
                continue
            values = [value for value in kind if isinstance(value, ast.EnumValueSymbol)]
            numbers = {value.name: int(value.value.convertToInt().value) for value in values}
            walk = _Walk(self, variable.name, numbers)
            transitions = walk.transitions()
            if walk.chooses and transitions:  # a code that is only stored has neither
                yield Machine(
                    path,
                    variable.name,
                    kind.bitWidth,
                    elements,
                    {name: (number, self.line(variable)) for name, number in numbers.items()},
                    transitions,
                )

    def line(self, thing: ast.Symbol | ast.Expression) -> int:
        """Return the line of a symbol or an expression."""
        place = thing.sourceRange.start if isinstance(thing, ast.Expression) else thing.location
        return self._manager.getLineNumber(place)

    @property
    def blocks(self) -> list[ast.Statement]:
        """The bodies of the processes."""
        return self._blocks

    def net(self, name: str) -> ast.Expression | None:
        """Return what a continuous assignment gives to a variable."""
        return self._nets.get(name)


class _Walk:
    """The transitions of one register.

    Attributes:
        chooses: its next value depends on its value.
    """

    def __init__(self, module: _Module, register: str, numbers: dict[str, int]) -> None:
        self._module, self._register, self._all = module, register, frozenset(numbers)
        self._zero = next((name for name, number in numbers.items() if number == 0), None)
        self._index = ""  # of the element whose assignments are looked at
        self.chooses = False

    def transitions(self) -> dict[tuple[str, str], int]:
        """Return {(from, to): line}."""
        return self._into(self._register, self._all, ())

    def _into(self, target: str, allowed: States, outer: tuple[str, ...]) -> dict[tuple[str, str], int]:
        """Return the transitions that assignments to a variable make, from the allowed states."""
        found: dict[tuple[str, str], int] = {}
        before = self._index
        for index in self._indices(target) or [""]:
            self._index = index
            assigned = [pair for block in self._module.blocks for pair in self._assignments(block, target, self._all)]
            if net := self._module.net(target):
                assigned.append((net, self._all))
            for value, states in assigned:
                for (old, new), line in self._value(value, states & allowed, (*outer, target)).items():
                    if old != new:
                        found.setdefault((old, new), line)
        self._index = before
        return found

    def _indices(self, target: str) -> list[str]:
        """Return the elements of a variable that are assigned somewhere, "" for the whole."""
        found: dict[str, None] = {}

        def visit(expression: object) -> None:
            if isinstance(expression, ast.AssignmentExpression):
                symbol, index = _element(expression.left)
                if symbol is not None and symbol.name == target:
                    found[index] = None

        for block in self._module.blocks:
            block.visit(visit)
        return list(found)

    def _is_register(self, expression: ast.Expression, depth: int = 4) -> bool:
        """Return whether an expression is the register, or the element that is looked at, also over a net."""
        symbol, index = _element(expression)
        if symbol is None:
            return False
        if symbol.name == self._register:
            return index == self._index
        net = self._module.net(symbol.name) if depth and not index else None
        return net is not None and self._is_register(net, depth - 1)

    def _value(self, value: ast.Expression, states: States, outer: tuple[str, ...]) -> dict[tuple[str, str], int]:
        """Return the transitions that a value makes, if it becomes the register's next value in these states."""
        value = _bare(value)
        zeros = isinstance(value, ast.UnbasedUnsizedIntegerLiteral) and str(value.syntax).strip() == "'0"
        if name := self._zero if zeros else _literal(value):
            self.chooses |= bool(states) and states != self._all
            return {(state, name): self._module.line(value) for state in sorted(states)}
        if isinstance(value, ast.ConditionalExpression):
            true, false = self._condition(value.conditions[0].expr)
            return self._value(value.left, states & true, outer) | self._value(value.right, states & false, outer)
        symbol = _symbol(value)
        if symbol is not None and symbol.name == self._register:
            return {}
        if symbol is not None and symbol.name not in outer:
            return self._into(symbol.name, states, outer)
        self.chooses |= self._reads(value)
        return {(old, new): self._module.line(value) for old in sorted(states) for new in sorted(self._all)}

    def _reads(self, expression: ast.Expression, depth: int = 4) -> bool:
        """Return whether an expression reads the register, also over nets."""
        names: set[str] = set()
        expression.visit(
            lambda node: names.add(node.symbol.name) if isinstance(node, ast.NamedValueExpression) else None
        )
        nets = [net for name in names if depth and (net := self._module.net(name)) is not None]
        return self._register in names or any(self._reads(net, depth - 1) for net in nets)

    def _assignments(
        self, statement: ast.Statement, target: str, states: States
    ) -> Iterator[tuple[ast.Expression, States]]:
        """Yield what a statement may assign to a variable, and the states in which it does."""
        if isinstance(statement, ast.ExpressionStatement):
            expression = statement.expr
            if isinstance(expression, ast.AssignmentExpression):
                symbol, index = _element(expression.left)
                if symbol is not None and symbol.name == target and index == self._index:
                    yield expression.right, states
        elif isinstance(statement, ast.ConditionalStatement):
            true = false = self._all
            for condition in statement.conditions:
                met, missed = self._condition(condition.expr)
                true, false = true & met, missed if len(statement.conditions) == 1 else self._all
            yield from self._assignments(statement.ifTrue, target, states & true)
            if statement.ifFalse is not None:
                yield from self._assignments(statement.ifFalse, target, states & false)
        elif isinstance(statement, ast.CaseStatement):
            yield from self._case(statement, target, states)
        elif isinstance(statement, ast.StatementList):
            for inner in statement.list:
                yield from self._assignments(inner, target, states)
        elif isinstance(statement, (ast.BlockStatement, ast.ForLoopStatement)):
            yield from self._assignments(statement.body, target, states)
        elif isinstance(statement, ast.TimedStatement):
            yield from self._assignments(statement.stmt, target, states)

    def _case(self, statement: ast.CaseStatement, target: str, states: States) -> Iterator:
        chooses = self._is_register(statement.expr)
        rest = states
        for item in statement.items:
            names = frozenset(filter(None, map(_literal, item.expressions)))
            yield from self._assignments(item.stmt, target, states & names if chooses else states)
            rest -= names if chooses else frozenset()
        if statement.defaultCase is not None:
            yield from self._assignments(statement.defaultCase, target, rest)

    def _condition(self, expression: ast.Expression, depth: int = 4) -> tuple[States, States]:
        """Return the states in which a condition may hold, and in which it may not."""
        expression = _bare(expression)
        if isinstance(expression, ast.UnaryExpression) and expression.op in _NOT:
            inner = _bare(expression.operand)
            if isinstance(inner, ast.NamedValueExpression) and inner.symbol.name == RESET:
                return frozenset(), self._all  # a reset is no transition
            return self._condition(inner, depth)[::-1]
        if isinstance(expression, ast.BinaryExpression):
            if expression.op in _COMPARE:
                sides = expression.left, expression.right
                names = {name for side in sides if (name := _literal(side))}
                if len(names) == 1 and any(map(self._is_register, sides)):
                    pair = self._all & names, self._all - names
                    return pair if expression.op == ast.BinaryOperator.Equality else pair[::-1]
            elif expression.op in _AND | _OR:
                (true, false), (also, neither) = (
                    self._condition(side, depth) for side in (expression.left, expression.right)
                )
                either = expression.op in _OR
                return (true | also, false & neither) if either else (true & also, false | neither)
        symbol = _symbol(expression)
        if symbol is not None and depth and (net := self._module.net(symbol.name)) is not None:
            return self._condition(net, depth - 1)
        return self._all, self._all
