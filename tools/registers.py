# SPDX-License-Identifier: Apache-2.0
"""`make generate`: renews what the packages of rtl/ have of rtl/registers.rdl, between marks.

Other projects compile the packages as they are, from the repository. So these blocks are kept there,
although a command makes them, and `make lint` compares. This file is also the reader of rtl/registers.rdl for
all Python. It needs nothing of the project, because tools/wheel.py calls it.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from systemrdl import RDLCompileError, RDLCompiler
from systemrdl.node import RegNode
from systemrdl.rdltypes import AccessType, OnWriteType

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "rtl" / "registers.rdl"
PACKAGES = (ROOT / "rtl" / "pkg" / "flaash_reg_pkg.sv", ROOT / "rtl" / "dma" / "flaash_dma_pkg.sv")
DMA = 0x800  # registers from here on belong to the memory interface
DMA_CODES = 0x40
_BLOCK = re.compile(r"^( *)// (\w+) of registers\.rdl: make generate\n.*?^ *// end of \2\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Item:
    """A register, bit, counter or error code: its name in the packages, address or number, and meaning."""

    name: str
    value: int
    meaning: str
    access: str = ""  # of a register: RO, RW, WO or W1C


@dataclass
class Map:
    """The register map: registers by address, {prefix: bits}, counters by number, error codes."""

    registers: list[Item] = field(default_factory=list)
    bits: dict[str, list[Item]] = field(default_factory=dict)
    counters: list[Item] = field(default_factory=list)
    errors: list[Item] = field(default_factory=list)


def camel(name: str) -> str:
    """Return a name of registers.rdl as the packages have it: run_length is RunLength."""
    return "".join(part.capitalize() for part in name.split("_"))


def _access(register: RegNode) -> str:
    (access,) = {(each.get_property("sw"), each.get_property("onwrite")) for each in register.fields()}
    return {
        (AccessType.r, None): "RO",
        (AccessType.rw, None): "RW",
        (AccessType.w, None): "WO",
        (AccessType.rw, OnWriteType.woclr): "W1C",
    }[access]


def _add(found: Map, node: RegNode) -> None:
    """Add a register, with its bits or as a counter."""
    counter, bits = node.get_property("counts"), node.get_property("bits")
    name = ("Cnt" if counter else "Reg") + camel(node.inst_name)
    item = Item(name, node.absolute_address, node.get_property("desc"), _access(node))
    found.registers.append(item)
    if counter and item.value % 8 == 0:
        found.counters.append(Item(name, len(found.counters), item.meaning))
    if bits:
        named = [Item(bits + camel(each.inst_name), each.low, each.get_property("desc")) for each in node.fields()]
        if found.bits.setdefault(bits, named) != named:
            raise ValueError(f"{SOURCE.name}: {node.inst_name} has other bits {bits} than another register")


@functools.cache
def read(source: Path = SOURCE) -> Map:
    """Return the register map of a SystemRDL file.

    Raises:
        RDLCompileError: it is no SystemRDL; the compiler has printed where.
    """
    compiler = RDLCompiler()
    compiler.compile_file(str(source))
    top, found = compiler.elaborate().top, Map()
    for register in sorted(top.registers(), key=lambda node: node.absolute_address):
        _add(found, register)
    codes = top.get_child_by_name("error").get_child_by_name("code").get_property("encode")
    found.errors = [Item("Err" + camel(code.name), code.value, code.rdl_desc) for code in codes]
    return found


def _aligned(rows: Sequence[tuple[str, str]], comments: Sequence[str]) -> list[str]:
    """Return lines `name = value;  // comment` whose signs stand below each other."""
    width = max(len(name) for name, _ in rows)
    ends = max(len(value) for _, value in rows)
    return [
        f"{name:{width}} = {value:{ends}}  // {comment}".removesuffix("  // ").rstrip()
        for (name, value), comment in zip(rows, comments, strict=True)
    ]


def _addresses(interface: bool) -> Callable[[Map], list[str]]:
    def lines(found: Map) -> list[str]:
        chosen = [
            each for each in found.registers if (each.value >= DMA) == interface and not each.name.startswith("Cnt")
        ]
        rows = [(f"localparam logic [RegAddrWidth-1:0] {each.name}", f"12'h{each.value:03x};") for each in chosen]
        text: list[str] = []
        for number, line in enumerate(_aligned(rows, [f"{each.access}: {each.meaning}" for each in chosen])):
            if number and chosen[number].value != chosen[number - 1].value + 4:
                text.append("")  # another group
            text.append(line)
        return text

    return lines


def _numbers(items: Sequence[Item], count: str = "") -> list[str]:
    rows = [(f"localparam int unsigned {each.name}", f"{each.value};") for each in items]
    total = [(f"localparam int unsigned {count}", f"{len(items)};")] if count else []
    return _aligned(rows + total, [*(each.meaning for each in items), *([""] * len(total))])


def _counters(found: Map) -> list[str]:
    (base,) = (each.value for each in found.registers if each.name == found.counters[0].name)
    return [
        f"localparam logic [RegAddrWidth-1:0] RegCounters = 12'h{base:03x};  // the first counter",
        *_numbers(found.counters, "NumCounters"),
    ]


def _bits(interface: bool) -> Callable[[Map], list[str]]:
    def lines(found: Map) -> list[str]:
        groups = [
            _numbers(bits, f"Num{prefix}s" if prefix.endswith("Irq") else "")
            for prefix, bits in found.bits.items()
            if prefix.startswith("Dma") == interface
        ]
        return [line for number, group in enumerate(groups) for line in ([""] if number else []) + group]

    return lines


def _codes(found: Map) -> list[str]:
    last = found.errors[-1]
    rows = [(each.name, f"8'h{each.value:02x}{'' if each is last else ','}") for each in found.errors]
    text = _aligned(rows, [each.meaning for each in found.errors])
    first = next(number for number, each in enumerate(found.errors) if each.value >= DMA_CODES)
    return [*text[:first], "// of the memory interface; their places: flaash_dma_pkg", *text[first:]]


BLOCKS: dict[str, Callable[[Map], list[str]]] = {
    "registers": _addresses(False),
    "dma_registers": _addresses(True),
    "counters": _counters,
    "bits": _bits(False),
    "dma_bits": _bits(True),
    "codes": _codes,
}


def renewed(path: Path, found: Map) -> str:
    """Return the text of a package with its blocks as they should be."""

    def write(match: re.Match) -> str:
        indent, block = match[1], match[2]
        lines = "".join(f"{indent}{line}".rstrip() + "\n" for line in BLOCKS[block](found))
        return f"{indent}// {block} of registers.rdl: make generate\n{lines}{indent}// end of {block}\n"

    return _BLOCK.sub(write, path.read_text())


def outdated() -> list[Path]:
    """Return the packages that are not what rtl/registers.rdl says."""
    return [path for path in PACKAGES if renewed(path, read()) != path.read_text()]


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(prog="make generate", description=__doc__.split("\n\n")[0]).parse_args(arguments)
    try:
        stale = outdated()
    except RDLCompileError:  # the compiler has printed the place
        return 1
    for path in stale:
        path.write_text(renewed(path, read()))
        print(f"{path.relative_to(ROOT)} renewed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
