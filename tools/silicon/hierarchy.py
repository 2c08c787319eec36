# SPDX-License-Identifier: Apache-2.0
"""The elaborated hierarchy of a chip, split into pieces that are synthesised separately.

Yosys writes a module per instance, with the instance's parameters resolved. Instances whose modules are
equal, down to the last one inside, are one piece. A piece is synthesised once and counted once per instance.
So rtl/configs.toml is the only place with parameters.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable

_MODULE = re.compile(r"^module (\S+)\n(.*?)^end\n", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"^( *cell )(\\\S+)( .*)$", re.MULTILINE)
_PORT = re.compile(r"^  wire .*\b(?:input|output|inout) \d+ .*\n", re.MULTILINE)
# The differences between equal modules: lines of sources, and the numbers in Yosys' own names.
_SOURCE = re.compile(r"^ *attribute \\src .*\n", re.MULTILINE)
_NUMBER = re.compile(r"(?<=\$)\d+")


@dataclasses.dataclass(frozen=True)
class Piece:
    """A module that is synthesised separately.

    Attributes:
        name: the module's, followed by a number if several differ.
        module: its name in rtl/.
        count: how often it is in the chip.
        inside: the pieces in it, as black boxes, and how often each occurs in one instance.
        text: RTLIL of the module, of the modules below it that are no pieces, and of the black boxes.
    """

    name: str
    module: str
    count: int
    inside: dict[str, int]
    text: str

    @property
    def digest(self) -> str:
        """Return a key that is the same for equal pieces of different chips."""
        return hashlib.sha256(_NUMBER.sub("", self.text).encode()).hexdigest()


def base(name: str) -> str:
    """Return the name in rtl/ of a module of the netlist: \\flaash_mac$flaash_top.u_chip.. is flaash_mac."""
    return name.removeprefix("\\").split("$")[0]


class Hierarchy:
    """The modules of an RTLIL text, equal ones merged."""

    def __init__(self, text: str) -> None:
        """Read a text; the first module is the top.

        Raises:
            ValueError: there is no module in it.
        """
        found = [(name, body) for name, body in _MODULE.findall(text)]
        if not found:
            raise ValueError("the netlist holds no module")
        self._bodies = {name: _SOURCE.sub("", body) for name, body in found}
        self._names: dict[str, str] = {}  # module of the text: name of all its equals
        self._keys: dict[str, str] = {}
        numbers: Counter[str] = Counter()
        for name in self._bodies:
            if self._key(name) not in self._names:
                kind = base(name)
                numbers[kind] += 1
                self._names[self._key(name)] = kind + (f"_{numbers[kind]}" if numbers[kind] > 1 else "")
        self.top = self.name(found[0][0])
        # Every different module once, under its new name, with the new names of the modules inside.
        self.modules: dict[str, str] = {}
        for name, body in self._bodies.items():
            self.modules.setdefault(self.name(name), _CELL.sub(self._renamed, body))
        self._children = {
            name: Counter(type_[1:] for _, type_, _ in _CELL.findall(body)) for name, body in self.modules.items()
        }

    def _key(self, name: str) -> str:
        if name not in self._keys:
            body = _CELL.sub(
                lambda cell: f"{cell[1]}{base(cell[2])} {self._inside(cell[2])}{cell[3]}", self._bodies[name]
            )
            self._keys[name] = hashlib.sha256(f"{base(name)}\n{_NUMBER.sub('', body)}".encode()).hexdigest()
        return self._keys[name]

    def _inside(self, name: str) -> str:
        return self._key(name) if name in self._bodies else ""

    def name(self, module: str) -> str:
        """Return the name under which a module of the text, or its equal, is in `modules`."""
        return self._names[self._key(module)]

    def _renamed(self, cell: re.Match) -> str:
        return cell[0] if cell[2] not in self._bodies else f"{cell[1]}\\{self.name(cell[2])}{cell[3]}"

    def pieces(self, modules: Iterable[str]) -> list[Piece]:
        """Return the pieces for these modules of rtl/, the top first and each after those it is inside of.

        Raises:
            ValueError: the top is none of them.
        """
        wanted = set(modules)

        def is_piece(name: str) -> bool:
            return base_of[name] in wanted

        base_of = {self.name(old): base(old) for old in self._bodies}
        if not is_piece(self.top):
            raise ValueError(f"the top {self.top} is no piece")
        counts: Counter[str] = Counter({self.top: 1})
        order: list[str] = []
        inside: dict[str, Counter[str]] = {}
        pending = [self.top]
        while pending:
            name = pending.pop(0)
            if name in order:
                continue
            order.append(name)
            inside[name] = self._nearest(name, is_piece)
            pending += inside[name]
        for name in self._ordered(order, inside):
            for child, count in inside[name].items():
                counts[child] += counts[name] * count
        return [
            Piece(name, base_of[name], counts[name], dict(inside[name]), self._text(name, is_piece)) for name in order
        ]

    def _nearest(self, name: str, is_piece: Callable[[str], bool]) -> Counter[str]:
        found: Counter[str] = Counter()
        for child, count in self._children[name].items():
            if child not in self.modules:
                continue
            below = Counter({child: 1}) if is_piece(child) else self._nearest(child, is_piece)
            for piece, times in below.items():
                found[piece] += times * count
        return found

    @staticmethod
    def _ordered(names: list[str], inside: dict[str, Counter[str]]) -> list[str]:
        """Return the pieces, each after all pieces that contain it."""
        done: list[str] = []

        def visit(name: str) -> None:
            if name not in done:
                for child in inside[name]:
                    visit(child)
                done.append(name)

        for name in names:
            visit(name)
        return done[::-1]

    def _text(self, top: str, is_piece: Callable[[str], bool]) -> str:
        parts: dict[str, str] = {}

        def add(name: str) -> None:
            if name in parts:
                return
            if name != top and is_piece(name):
                ports = "".join(_PORT.findall(self.modules[name]))
                parts[name] = f"attribute \\blackbox 1\nmodule \\{name}\n{ports}end\n"
                return
            # The top of a piece is marked by hand, so that Yosys does not search for it.
            mark = "attribute \\top 1\n" if name == top else ""
            parts[name] = f"{mark}module \\{name}\n{self.modules[name]}end\n"
            for child in self._children[name]:
                if child in self.modules:
                    add(child)

        add(top)
        return "".join(parts.values())
