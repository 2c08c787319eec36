# SPDX-License-Identifier: Apache-2.0
"""The slowest path from each block of a joined chip to each block, by OpenSTA."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.silicon import timing
from tools.silicon.blocks import PORTS
from tools.silicon.library import Library

_PATH = re.compile(r"^(\S+) \([^)]*\)\s+(\S+) \([^)]*\)\s+(-?[\d.]+)$", re.MULTILINE)


def block_of(path: str, blocks: Mapping[str, str]) -> str:
    """Return the block of the innermost instance that a path of the netlist is inside of.

    Args:
        path: of a pin or register; a port has no instance.
        blocks: block by path of the instance; the top has the empty path.
    """
    parts = path.split("/")
    if len(parts) == 1:
        return PORTS
    return next(blocks[name] for end in range(len(parts) - 1, -1, -1) if (name := "/".join(parts[:end])) in blocks)


def commands(
    top: str, library: Library, liberties: Sequence[Path], netlists: Sequence[Path], blocks: Mapping[str, str]
) -> str:
    """Return OpenSTA's commands that print the slowest path of each pair of blocks."""
    names = list(dict.fromkeys(blocks.values()))
    table = " ".join(f"{{{path}}} {{{names.index(block)}}}" for path, block in blocks.items())
    return "\n".join(
        [
            *timing.reading(top, library, liberties, netlists),
            f"array set block {{{table}}}",
            f"for {{set i 0}} {{$i <= {len(names)}}} {{incr i}} {{ set cells($i) {{}} }}",
            "foreach cell [all_registers -cells] {",
            "  set path [get_property $cell full_name]",
            "  while {![info exists block($path)]} {",
            '    set end [string last "/" $path]',
            "    set path [string range $path 0 [expr {$end < 0 ? -1 : $end - 1}]]",
            "  }",
            "  lappend cells($block($path)) $cell",
            "}",
            f"for {{set i 0}} {{$i < {len(names)}}} {{incr i}} {{",
            "  if {![llength $cells($i)]} { continue }",
            '  group_path -name "from$i" -from $cells($i) -to [all_outputs]',
            '  group_path -name "to$i" -from $inputs -to $cells($i)',
            f"  for {{set j 0}} {{$j < {len(names)}}} {{incr j}} {{",
            '    if {[llength $cells($j)]} { group_path -name "$i-$j" -from $cells($i) -to $cells($j) }',
            "  }",
            "}",
            "report_checks -path_delay max -format summary -digits 4",
            "exit",
            "",
        ]
    )


def parsed(text: str, blocks: Mapping[str, str]) -> list[dict]:
    """Return the slowest path of each pair in the output of report_checks, the slowest first.

    Raises:
        ValueError: OpenSTA reported an error.
    """
    errors = [line for line in text.splitlines() if line.startswith("Error")]
    if errors:
        raise ValueError(f"OpenSTA: {errors[0]}")
    found: dict[tuple[str, str], dict] = {}
    for begin, end, slack in _PATH.findall(text):
        pair = block_of(begin, blocks), block_of(end, blocks)
        time = round(timing.PERIOD - float(slack), 3)
        if time > found.get(pair, {"ns": 0.0})["ns"]:
            found[pair] = {
                "from": pair[0],
                "to": pair[1],
                "ns": time,
                "begin": timing.name(begin.rpartition("/")[0] or begin),
                "end": timing.name(end.rpartition("/")[0] or end),
            }
    return sorted(found.values(), key=lambda path: -path["ns"])


def slowest(
    top: str,
    library: Library,
    liberties: Sequence[Path],
    netlists: Sequence[Path],
    blocks: Mapping[str, str],
    folder: Path,
) -> list[dict]:
    """Return the slowest path of each pair of blocks; OpenSTA runs again only if something has changed.

    Raises:
        ValueError: OpenSTA failed.
    """
    script = commands(top, library, liberties, netlists, blocks)
    return parsed(timing.run(f"{top}.pairs", script, [*liberties, *netlists], folder), blocks)
