# SPDX-License-Identifier: Apache-2.0
"""The hardware in other forms: a top in one file, and an instance of it to copy."""

import re
from fnmatch import fnmatch
from pathlib import Path

from sim import configs
from sim.sources import RTL, WAIVERS, headers, rtl_sources
from tb.common import rtl_constants as rtl
from tools.packaging.revision import revision

_INCLUDE = re.compile(r'^`include "(\w+\.svh)"\n', re.MULTILINE)
_PARAMETER = re.compile(r"^ *parameter int unsigned (\w+) *= *([^,\n]+?),? *// *(.*)$", re.MULTILINE)
_PORT = re.compile(r"^ *(?:input|output) +.*?(\w+),?(?: *//.*)?$", re.MULTILINE)
_CONFIG = re.compile(r"^(\w+) *= *\S+ *# *(.*)$", re.MULTILINE)
_WAIVER = re.compile(r'^lint_off -rule (\w+)(?: -file "(.+?)")?', re.MULTILINE)
_OF_ONE_FILE = "DECLFILENAME"  # a module's name differs from the file's name


def _waived(path: Path) -> list[str]:
    """Return the rules of Verilator that rtl/lint.vlt waives somewhere in a file."""
    found = [
        rule for rule, pattern in _WAIVER.findall(WAIVERS.read_text()) if not pattern or fnmatch(str(path), pattern)
    ]
    return [*dict.fromkeys([_OF_ONE_FILE, *found])]


def bundle(top: str) -> str:
    """Return one SystemVerilog file with the packages and modules of a top, in dependency order.

    The headers come once, at the beginning; the lines that include them are left out. Each part has its
    waivers for Verilator, as pragmas, which end with the part.
    """
    parts = [
        "// SPDX-License-Identifier: Apache-2.0\n"
        f"// {top} in one file, made from rtl/ by make package; change it there.\n"
        f"// {revision()}\n"
    ]
    for path in [*headers(), *rtl_sources(top)]:
        rules = "".join(f"// verilator lint_off {rule}\n" for rule in _waived(path))
        text = _INCLUDE.sub("", path.read_text())
        parts.append(f"// verilator lint_save\n{rules}{text}// verilator lint_restore\n")
    return "\n".join(parts)


def _head(top: str) -> str:
    """Return the parameters and ports of a top as in its file."""
    (path,) = RTL.rglob(f"{top}.sv")
    source = path.read_text()
    return source[source.index(f"module {top}") : source.index("\n);")]


def parameters(top: str) -> dict[str, tuple[str, str]]:
    """Return {parameter of a top: (its default in the source, its meaning)}.

    The meaning comes from rtl/configs.toml; for a parameter that is in no configuration, from the source. A
    default that follows from another parameter, or is a constant of the memory interface, has the value in place
    of the name.
    """
    default_table = configs.FILE.read_text().partition(f"[{configs.DEFAULT}]")[2].partition("\n[")[0]
    meanings = dict(_CONFIG.findall(default_table))
    values = {name: str(constant.value) for name, constant in rtl.DMA.constants.items()}
    found: dict[str, tuple[str, str]] = {}
    for name, default, meaning in _PARAMETER.findall(_head(top)):
        value = re.sub(r"\w+", lambda word: values.get(word[0], word[0]), default)
        values[name] = value
        ranges = "; ".join(map(str, configs.legal().get(name, ())))
        found[name] = value, f"{meanings[name]}: {ranges}" if ranges else meanings.get(name, meaning)
    return found


def ports(top: str) -> list[str]:
    """Return the names of a top's ports in order."""
    head = _head(top)
    return _PORT.findall(head[head.index("\n) (") :])


def template(top: str) -> str:
    """Return an instance of a top with every parameter explained and every port named, to copy from."""
    width = max(map(len, parameters(top)))
    settings = [f"  .{name:{width}}({default})" for name, (default, _) in parameters(top).items()]
    remarks = [meaning for _, meaning in parameters(top).values()]
    column = max(map(len, settings)) + 1
    lines = [
        f"{text + (',' if index + 1 < len(settings) else ''):{column}}  // {remark}"
        for index, (text, remark) in enumerate(zip(settings, remarks, strict=True))
    ]
    width = max(map(len, ports(top)))
    wires = ",\n".join(f"  .{name:{width}}()" for name in ports(top))
    return (
        f"// An instance of {top}: parameters with their defaults, to be changed; ports, to be wired.\n"
        f"// {revision()}\n"
        "// Constants such as FormatFp32 come from flaash_pkg.\n"
        f"{top} #(\n" + "\n".join(lines) + f"\n) u_flaash (\n{wires}\n);\n"
    )
