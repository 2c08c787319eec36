# SPDX-License-Identifier: Apache-2.0
"""The slowest path of a netlist, by OpenSTA, without wires or with the wires of a SPEF file.

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
    pins = " ".join(f"*/{pin}" for pin in (library.storage.gate.enable, *MACRO_INPUTS))
    return (
        " -to [concat [all_registers -edge_triggered -data_pins] [all_outputs]"
        f" [get_pins -quiet -hierarchical {{{pins}}}]]"
    )


def constraints(library: Library) -> list[str]:
    """Return the commands that describe the clock, ports and resets of a linked module."""
    return [
        "set_cmd_units -time ns -capacitance pF",
        f"create_clock -name clock -period {PERIOD:g} [get_ports {CLOCK}]",
        "set inputs {}",
        "foreach port [all_inputs] {\n"
        f'  if {{[get_property $port full_name] ne "{CLOCK}"}} {{ lappend inputs $port }}\n'
        "}",
        "set_input_delay 0 -clock clock $inputs",
        "set_output_delay 0 -clock clock [all_outputs]",
        f"set_driving_cell -lib_cell {library.buffer} $inputs",
        "set_load 0.01 [all_outputs]",
        f"set_false_path -from [get_ports -quiet {RESET}]",
        f"set resets [get_cells -quiet -hierarchical {RESETS}]",
        "if {[llength $resets]} { set_false_path -from $resets }",
    ]


def no_wires(library: Library) -> Path:
    """Return a Liberty file with a model of wires without load.

    OpenSTA would take the library's own model, which adds more load the larger the module is.
    """
    path = library.folder / "no_wires.lib"
    ends = " ".join(
        f"{what}_threshold_pct_{edge} : {percent};"
        for edge in ("rise", "fall")
        for what, percent in (("input", 50), ("output", 50), ("slew_lower", 20), ("slew_upper", 80))
    )
    path.write_text(
        'library(no_wires) {\n  time_unit : "1ns"; capacitive_load_unit(1,pf); voltage_unit : "1V"; '
        f'current_unit : "1mA";\n  {ends}\n'
        '  wire_load("none") { resistance : 0; capacitance : 0; area : 0; slope : 0; fanout_length(1, 0); }\n}\n'
    )
    return path


def reading(
    top: str, library: Library, liberties: Sequence[Path], netlists: Sequence[Path], spef: Path | None = None
) -> list[str]:
    """Return the commands that read a module with its constraints, and with its wires if there is a SPEF file."""
    return [
        *(f"read_liberty {path}" for path in (*liberties, no_wires(library))),
        *(f"read_verilog {path}" for path in netlists),
        f"link_design {top}",
        "set_wire_load_model -name none -library no_wires",
        *([f"read_spef {spef}"] if spef else []),
        *constraints(library),
    ]


def commands(
    top: str, library: Library, liberties: Sequence[Path], netlists: Sequence[Path], spef: Path | None = None
) -> str:
    """Return OpenSTA's commands that print the slowest path of a module."""
    return "\n".join(
        [
            *reading(top, library, liberties, netlists, spef),
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


def run(name: str, commands_: str, files: Sequence[Path], folder: Path) -> str:
    """Return what OpenSTA prints at commands; it runs again only if they or their files have changed.

    Raises:
        ValueError: OpenSTA failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    text = f"# of files with the digest {digest}\n{commands_}"
    script, log, done = (folder / f"{name}{ending}" for ending in (".tcl", ".sta.log", ".done"))
    if not done.exists() or done.read_text() != text:
        script.write_text(text)
        programs.run("sta", ["-no_splash", "-exit", str(script)], log, folder)
        done.write_text(text)
    return log.read_text()


def slowest(
    top: str,
    library: Library,
    liberties: Sequence[Path],
    netlists: Sequence[Path],
    folder: Path,
    spef: Path | None = None,
) -> Timing:
    """Return the slowest path of a module, with its wires if there is a SPEF file.

    Raises:
        ValueError: OpenSTA failed.
    """
    script = commands(top, library, liberties, netlists, spef)
    return parsed(run(top, script, [*liberties, *netlists, *([spef] if spef else [])], folder))
