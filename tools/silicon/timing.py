# SPDX-License-Identifier: Apache-2.0
"""The slowest path of a netlist, by OpenSTA, without wires.

A separate piece has its inputs at the clock edge and its outputs captured at the next one. A chip is the
netlists of all its pieces, joined again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from tools.silicon import programs
from tools.silicon.library import Library

CLOCK, RESET = "clk_i", "*rst_ni"  # pieces have resets of their own, such as load_rst_ni
RESETS = "*rst_nq*"  # registers that reset others: in a layout their outputs become a tree, like the clock
MACRO_INPUTS = ("WEN", "WADDR*", "WDATA*", "REN", "RADDR*")
PERIOD = 100.0  # ns of the clock against which paths are measured; any that is long enough
_SLACK = re.compile(r"^\s*(-?[\d.]+)\s+slack \(", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Timing:
    """The slowest path: ns from a clock edge to the point that the next edge captures, begin and end.

    Begin and end are ports or bits of registers; empty if a netlist has no path.
    """

    nanoseconds: float
    begin: str
    end: str


def _ends(library: Library) -> str:
    """Return the option that leaves out ends at latches: a path goes on through one that is open."""
    if not library.storage:
        return ""
    pins = " ".join(f"*/{pin}" for pin in (library.storage.clock_enable, *MACRO_INPUTS))
    return (
        " -to [concat [all_registers -edge_triggered -data_pins] [all_outputs]"
        f" [get_pins -quiet -hierarchical {{{pins}}}]]"
    )


def commands(top: str, library: Library, liberties: Sequence[Path], netlists: Sequence[Path]) -> str:
    """Return OpenSTA's commands that print the slowest path of a module."""
    return "\n".join(
        [
            *(f"read_liberty {path}" for path in liberties),
            *(f"read_verilog {path}" for path in netlists),
            "set_cmd_units -time ns -capacitance pF",
            f"link_design {top}",
            f"create_clock -name clock -period {PERIOD:g} [get_ports {CLOCK}]",
            "set inputs {}",
            "foreach port [all_inputs] {",
            f'  if {{[get_property $port full_name] ne "{CLOCK}"}} {{ lappend inputs $port }}',
            "}",
            "set_input_delay 0 -clock clock $inputs",
            "set_output_delay 0 -clock clock [all_outputs]",
            f"set_driving_cell -lib_cell {library.buffer} $inputs",
            "set_load 0.01 [all_outputs]",
            f"set_false_path -from [get_ports -quiet {RESET}]",
            f"set resets [get_cells -quiet -hierarchical {RESETS}]",
            "if {[llength $resets]} { set_false_path -from $resets }",
            f"report_checks -path_delay max{_ends(library)} -format full -digits 4",
            "exit",
            "",
        ]
    )


def parsed(text: str) -> Timing:
    """Return the slowest of the paths in the output of report_checks, one per group.

    Raises:
        ValueError: OpenSTA reported an error.
    """
    errors = [line for line in text.splitlines() if line.startswith("Error")]
    if errors:
        raise ValueError(f"OpenSTA: {errors[0]}")
    worst = Timing(0.0, "", "")
    for part in text.split("Startpoint: ")[1:]:
        slack = _SLACK.search(part)
        end = re.search(r"^Endpoint: (\S+)", part, re.MULTILINE)
        if slack and end and PERIOD - float(slack[1]) > worst.nanoseconds:
            worst = Timing(round(PERIOD - float(slack[1]), 3), name(part.split()[0]), name(end[1]))
    return worst


def name(shown: str) -> str:
    """Return the name of a register or port in rtl/: without escapes, and without the kind of flip-flop."""
    return re.sub(r"\$_\w+_$", "", shown.replace("\\", ""))


def slowest(top: str, library: Library, liberties: Sequence[Path], netlists: Sequence[Path], folder: Path) -> Timing:
    """Return the slowest path of a module; OpenSTA runs again only if one of its files has changed.

    Raises:
        ValueError: OpenSTA failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (*liberties, *netlists))).hexdigest()
    text = f"# of files with the digest {digest}\n{commands(top, library, liberties, netlists)}"
    script, log, done = (folder / f"{top}{ending}" for ending in (".tcl", ".sta.log", ".done"))
    if not done.exists() or done.read_text() != text:
        script.write_text(text)
        programs.run("sta", ["-no_splash", "-exit", str(script)], log, folder)
        done.write_text(text)
    return parsed(log.read_text())
