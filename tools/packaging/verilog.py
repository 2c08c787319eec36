# SPDX-License-Identifier: Apache-2.0
"""The hardware in other clothes: all of it in one file, and an instance of it to begin with."""

import re

from tb.common import configs
from tb.common.sources import RTL, headers, rtl_sources

TOP = "flaash_top"
_INCLUDE = re.compile(r'^`include "(\w+\.svh)"\n', re.MULTILINE)
_PARAMETER = re.compile(r"^ *parameter int unsigned (\w+) *= *([^,/\n]+?),? *(?://.*)?$", re.MULTILINE)
_PORT = re.compile(r"^ *(?:input|output) +.*?(\w+),?(?: *//.*)?$", re.MULTILINE)
_CONFIG = re.compile(r"^(\w+) *= *\S+ *# *(.*)$", re.MULTILINE)


def bundle() -> str:
    """Return one SystemVerilog file with the packages and modules of the chip, in dependency order.

    The headers stand once, in front; the lines that include them are left out.
    """
    parts = ["// SPDX-License-Identifier: Apache-2.0\n"
             "// FLAASH in one file, made from rtl/ by make package; change it there.\n"]
    for path in [*headers(), *rtl_sources(TOP)]:
        parts.append(_INCLUDE.sub("", path.read_text()))
    return "\n".join(parts)


def parameters() -> dict[str, tuple[str, str]]:
    """Return {parameter of the chip: (its default in the source, what it means)}.

    Raises:
        ValueError: a parameter is not explained in rtl/configs.toml.
    """
    source = (RTL / "top" / f"{TOP}.sv").read_text()
    header = source[source.index(f"module {TOP}"):source.index("\n);")]
    default_table = configs.FILE.read_text().partition(f"[{configs.DEFAULT}]")[2].partition("\n[")[0]
    meanings = dict(_CONFIG.findall(default_table))
    found = dict(_PARAMETER.findall(header))
    unexplained = set(found) - set(meanings)
    if unexplained:
        raise ValueError(f"rtl/configs.toml does not explain {', '.join(sorted(unexplained))}")
    return {name: (default, meanings[name]) for name, default in found.items()}


def ports() -> list[str]:
    """Return the names of the chip's ports in order."""
    source = (RTL / "top" / f"{TOP}.sv").read_text()
    header = source[source.index(f"module {TOP}"):source.index("\n);")]
    return _PORT.findall(header[header.index("\n) ("):])


def template() -> str:
    """Return an instance of the chip with every parameter explained and every port named, to copy from."""
    width = max(map(len, parameters()))
    settings = [f"  .{name:{width}}({default})" for name, (default, _) in parameters().items()]
    remarks = [meaning for _, meaning in parameters().values()]
    column = max(map(len, settings)) + 1
    lines = [f"{text + (',' if index + 1 < len(settings) else ''):{column}}  // {remark}"
             for index, (text, remark) in enumerate(zip(settings, remarks, strict=True))]
    width = max(map(len, ports()))
    wires = ",\n".join(f"  .{name:{width}}()" for name in ports())
    return ("// An instance of FLAASH: parameters with their defaults, to be changed; ports, to be wired.\n"
            "// Constants such as FormatFp32 are those of flaash_pkg.\n"
            f"{TOP} #(\n" + "\n".join(lines) + f"\n) u_flaash (\n{wires}\n);\n")
