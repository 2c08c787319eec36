# SPDX-License-Identifier: Apache-2.0
"""Packed structs of rtl/ for Python, by name: packing, unpacking and widths, so no bench states a layout.

slang elaborates the sources, so typedefs, nested structs, packed arrays, enums, widths that follow from
parameters and `localparam type` all work. A layout that changes in the RTL changes here.

    line_t = package_types("flaash_pkg")["line_written_t"]
    dut.written_i.value = line_t.pack(pair=1, id={"addr": 5})  # other members are 0
    line = line_t.unpack(int(dut.written_o.value))             # line.pair, line.id.addr
    dut.written_i.value = line_t.pack(line._replace(last=1))   # a record packs, too

In a bench, `bench_types()` returns the types of the simulated module with the parameters of its build. Names
of its ports and signals stand for their types, too:

    types = bench_types()
    types["line_t"].width, types["events_i"].pack([{"busy": 1}, {}])      # an array: element 0 first
    types["events_i"].unpack(int(dut.events_i.value))[0].busy

`module_types(..)` gives the same of any module, outside of a simulation, too. Records are named tuples,
thus equal, hashable and printable; members are integers (signed ones negative where they are), records
or tuples of either, index i at place i. Enums are integers.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pyslang import ast

from sim.frontend import elaborate, top
from sim.sources import rtl_sources
from sim.thisrun import this_run


@dataclasses.dataclass(frozen=True)
class PackedType:
    """A packed type: an integer, a struct, or an array of either.

    Attributes:
        name: in the RTL, for messages.
        width: bits.
        signed: whether an integer is signed; False for structs and arrays.
        members: of a struct, {name: (lowest bit, type)} from the highest bit down; otherwise empty.
        elements: of an array, (lowest bit, type) of each, in the order of their indices; otherwise empty.
    """

    name: str
    width: int
    signed: bool = False
    members: Mapping[str, tuple[int, PackedType]] = dataclasses.field(default_factory=dict)
    elements: Sequence[tuple[int, PackedType]] = ()

    def __getitem__(self, member: str) -> PackedType:
        """Return the type of a member."""
        return self.members[member][1]

    def pack(self, value: object = None, /, **members: object) -> int:
        """Return the bits of a value.

        Args:
            value: an integer for an integer; a record or a mapping for a struct; a sequence for an
                array. Records of another struct do not pack. An integer stands for the bits of a
                struct or array, too.
            members: of a struct, instead of `value` or over its members. Other members are 0.

        Raises:
            ValueError: a number that does not fit, or too many elements.
            TypeError: no such member, or a value of another kind.
        """
        if self.elements:
            return self._pack_array(value, members)
        if self.members:
            return self._pack_struct(value, members)
        if members:
            raise TypeError(f"{self.name} is an integer and has no member {', '.join(members)}")
        number = int(value or 0)
        least, most = (-(1 << self.width - 1), 1 << self.width - 1) if self.signed else (0, 1 << self.width)
        if not least <= number < most:
            raise ValueError(
                f"{self.name}: {number} does not fit {self.width} {'signed' if self.signed else 'unsigned'} bits"
            )
        return number & (1 << self.width) - 1

    def unpack(self, bits: int) -> int | tuple:
        """Return the integer, record (struct) or tuple (array) of the bits.

        Raises:
            ValueError: more bits than the type has.
        """
        return self._unpacked(bits)

    @functools.cached_property
    def _unpacked(self) -> Callable[[int], int | tuple]:
        # A bench reads values in each cycle that seldom change, and unpacking takes most of its time.
        return functools.lru_cache(maxsize=256)(self._parsed)

    def _parsed(self, bits: int) -> int | tuple:
        bits = self._checked(bits)
        if self.elements:
            return tuple(kind.unpack(_cut(bits, low, kind)) for low, kind in self.elements)
        if self.members:
            return self._record(*(kind.unpack(_cut(bits, low, kind)) for low, kind in self.members.values()))
        return bits - (1 << self.width) if self.signed and bits >> self.width - 1 else bits

    @functools.cached_property
    def _record(self) -> type:
        return namedtuple(self.name.rpartition("::")[2].replace(".", "_"), self.members)  # a dot: the type of a member

    def _checked(self, bits: int) -> int:
        if not 0 <= bits < 1 << self.width:
            raise ValueError(f"{self.name}: {bits:#x} does not fit {self.width} bits")
        return int(bits)

    def _pack_struct(self, value: object, members: Mapping[str, object]) -> int:
        given: dict[str, object] = {}
        if isinstance(value, Mapping):
            given = dict(value)
        elif hasattr(value, "_asdict"):
            given = value._asdict()
        elif isinstance(value, int):
            given = self.unpack(value)._asdict()
        elif value is not None:
            raise TypeError(f"{self.name} is a struct, {value!r} is neither a record nor a mapping")
        given |= members
        unknown = [name for name in given if name not in self.members]
        if unknown:
            raise TypeError(f"{self.name} has no member {', '.join(unknown)}, there are {', '.join(self.members)}")
        packed = 0
        for name, item in given.items():
            low, kind = self.members[name]
            packed |= kind.pack(item) << low
        return packed

    def _pack_array(self, value: object, members: Mapping[str, object]) -> int:
        if members or (value is not None and not isinstance(value, (int, Sequence))):
            raise TypeError(f"{self.name} is an array, give a sequence of its elements")
        if value is None or isinstance(value, int):
            return self._checked(value or 0)
        if len(value) > len(self.elements):
            raise ValueError(f"{self.name}: {len(value)} elements, it has {len(self.elements)}")
        return sum(kind.pack(item) << low for item, (low, kind) in zip(value, self.elements, strict=False))


def _cut(bits: int, low: int, kind: PackedType) -> int:
    return bits >> low & (1 << kind.width) - 1


class Types:
    """The types of a package, or of a module and its ports and signals, by name."""

    def __init__(self, scope: ast.Scope, owner: object) -> None:
        """Read names from a scope of slang; `owner` must live as long as the scope."""
        self._scope, self._owner = scope, owner
        self._known: dict[str, PackedType] = {}

    def __getitem__(self, name: str) -> PackedType:
        """Return a type.

        Args:
            name: of a type, a port or a signal; `package::name` where a module does not import it.

        Raises:
            KeyError: there is none.
            TypeError: it is not packed.
        """
        if name not in self._known:
            symbol = self._scope.lookupName(name)
            if isinstance(symbol, ast.TypeParameterSymbol):
                symbol = symbol.targetType.type
            kind = symbol if isinstance(symbol, ast.Type) else getattr(symbol, "type", None)
            if kind is None or isinstance(symbol, ast.ParameterSymbol):
                raise KeyError(f"no type, port or signal '{name}'")
            self._known[name] = _packed(name, kind)
        return self._known[name]


def _packed(name: str, kind: ast.Type) -> PackedType:
    """Return what slang says about a type."""
    if isinstance(kind, ast.TypeAliasType):
        name = kind.name
    plain = kind.canonicalType
    if not plain.isIntegral:
        raise TypeError(f"{name} is no packed type but {plain}")
    if isinstance(plain, ast.PackedStructType):
        fields = [(field.name, field.bitOffset, field.type) for field in plain if isinstance(field, ast.FieldSymbol)]
        return PackedType(
            name, plain.bitWidth, members={field: (low, _packed(f"{name}.{field}", of)) for field, low, of in fields}
        )
    if isinstance(plain, ast.PackedArrayType) and not isinstance(plain.elementType.canonicalType, ast.ScalarType):
        element = _packed(f"{name}[]", plain.elementType)
        # Verilator's -Wall refuses ascending ranges: element 0 has the lowest bits.
        return PackedType(
            name, plain.bitWidth, elements=[(low, element) for low in range(0, plain.bitWidth, element.width)]
        )
    return PackedType(name, plain.bitWidth, signed=plain.isSigned)


@functools.cache
def package_types(package: str) -> Types:
    """Return the types of a package below rtl/.

    Raises:
        FileNotFoundError: there is none.
    """
    driver, compilation = elaborate(tuple(rtl_sources(package)))
    return Types(compilation.getPackage(package), (driver, compilation))


def module_types(
    module: str, parameters: Mapping[str, int] | None = None, extra_sources: tuple[Path, ...] = ()
) -> Types:
    """Return the types, ports and signals of a module with these parameters.

    Args:
        module: below rtl/ or in `extra_sources`.
        parameters: values of its parameters, integers.
        extra_sources: files outside rtl/, as for simulation.build().

    Raises:
        FileNotFoundError: there is no such module.
        ValueError: it has no such parameter, or slang refuses a file (messages on stderr).
    """
    return _module_types(
        module, tuple(sorted((parameters or {}).items())), tuple(rtl_sources(module, tuple(extra_sources)))
    )


@functools.cache
def bench_types() -> Types:
    """Return the types, ports and signals of the simulated module, as it was built.

    Raises:
        KeyError: not in a simulation that sim/simulation.py started.
    """
    built = this_run()
    return _module_types(built.toplevel, tuple(sorted(built.parameters.items())), tuple(map(Path, built.sources)))


@functools.cache
def _module_types(module: str, parameters: tuple[tuple[str, int], ...], sources: tuple[Path, ...]) -> Types:
    driver, compilation = elaborate(sources, top(module, dict(parameters)))
    body = compilation.getRoot().topInstances[0].body
    unknown = [name for name, _ in parameters if not isinstance(body.find(name), ast.ParameterSymbol)]
    if unknown:
        raise ValueError(f"{module} has no parameter {', '.join(unknown)}")
    return Types(body, (driver, compilation))
