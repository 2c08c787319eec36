# SPDX-License-Identifier: Apache-2.0
"""RAM macros: a table that the user's library fills, as descriptions that Yosys and OpenSTA read.

The table is YAML, a list of macros:

    - cell: RAM_512x32     # its name
      ports: 2             # one that writes and one that reads
      words: 512           # a power of two
      bits: 32
      area: 150650         # in the unit of the Liberty file, as a rule um2
      access: 3.1          # ns from the clock to the output, at the corner of LIBERTY=
      setup: 0.1           # ns that inputs are there before the clock

The times belong to the corner of LIBERTY=; they are used for the corner of SLOW=, too. A macro writes and
reads at the rising edge, has an enable per port, and returns the old word if both meet. Every memory of the
chip is written by one port and read by another, so a macro with one port is of no use.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import yaml

PORTS = 2
_KEYS = {"cell": str, "ports": int, "words": int, "bits": int, "area": float, "access": float, "setup": float}


@dataclasses.dataclass(frozen=True)
class Macro:
    """A line of the table; area in the library's unit, times in ns."""

    cell: str
    words: int
    bits: int
    area: float
    access: float
    setup: float

    @property
    def address(self) -> int:
        return (self.words - 1).bit_length()


def read(path: Path) -> tuple[Macro, ...]:
    """Return the macros of a table.

    Raises:
        ValueError: there is no such file, or a line of it has another form; the text names it.
    """
    if not path.is_file():
        raise ValueError(f"there is no table of macros {path}")
    try:
        lines = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {error}") from None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ValueError(f"{path}: a list of macros is expected")
    found = []
    for line in lines:
        name = f"{path}, {line.get('cell', 'a macro without cell')}"
        if set(line) != set(_KEYS):
            raise ValueError(f"{name}: missing or unknown: {', '.join(sorted(set(line) ^ set(_KEYS)))}")
        values = {key: kind(line[key]) for key, kind in _KEYS.items()}
        if values.pop("ports") != PORTS:
            raise ValueError(f"{name}: each memory is written and read at the same time, so ports must be 2")
        if values["words"] < 2 or values["words"] & values["words"] - 1:
            raise ValueError(f"{name}: words must be a power of two")
        found.append(Macro(**values))
    return tuple(found)


def libmap(macros: tuple[Macro, ...], flip_flop: float) -> str:
    """Return the description for memory_libmap: costs in flip-flops, so that the smallest in silicon wins."""
    return "\n".join(
        f"ram block $__{macro.cell}_ {{\n  abits {macro.address};\n  width {macro.bits};\n"
        f"  cost {max(1, round(macro.area / flip_flop))};\n  init none;\n"
        '  port sw "W" { clock posedge "C"; wrtrans "R" old; }\n'
        '  port sr "R" { clock posedge "C"; rden; }\n}'
        for macro in macros
    )


def techmap(macros: tuple[Macro, ...]) -> str:
    """Return the Verilog that maps the output of memory_libmap to macros."""
    return "\n".join(
        f"module \\$__{macro.cell}_ (input CLK_C, PORT_W_CLK, PORT_W_WR_EN, PORT_R_CLK, PORT_R_RD_EN,\n"
        f"  input [{macro.address - 1}:0] PORT_W_ADDR, PORT_R_ADDR,\n"
        f"  input [{macro.bits - 1}:0] PORT_W_WR_DATA,\n"
        f"  output [{macro.bits - 1}:0] PORT_R_RD_DATA);\n"
        f"  {macro.cell} _TECHMAP_REPLACE_ (.WCLK(CLK_C), .WEN(PORT_W_WR_EN), .WADDR(PORT_W_ADDR),\n"
        "    .WDATA(PORT_W_WR_DATA), .RCLK(CLK_C), .REN(PORT_R_RD_EN), .RADDR(PORT_R_ADDR),\n"
        "    .RDATA(PORT_R_RD_DATA));\nendmodule"
        for macro in macros
    )


def _bus(name: str, width: int, direction: str, timing: str) -> str:
    load = "capacitance : 0.005;" if direction == "input" else ""
    return f"    bus({name}) {{ bus_type : b{width}; direction : {direction}; {load} {timing} }}\n"


def liberty(macros: tuple[Macro, ...]) -> str:
    """Return the macros as a Liberty file with constant times, in ns and pF."""
    cells, types = [], set()
    for macro in macros:
        setup = " ".join(f'{edge}_constraint(scalar) {{ values("{macro.setup}"); }}' for edge in ("rise", "fall"))
        access = " ".join(
            f'cell_{edge}(scalar) {{ values("{macro.access}"); }} {edge}_transition(scalar) {{ values("0.1"); }}'
            for edge in ("rise", "fall")
        )
        write, read_ = (
            f'timing() {{ related_pin : "{clock}"; timing_type : setup_rising; {setup} }}' for clock in ("WCLK", "RCLK")
        )
        for width in (macro.address, macro.bits):
            types.add(
                f"  type(b{width}) {{ base_type : array; data_type : bit; bit_width : {width}; "
                f"bit_from : {width - 1}; bit_to : 0; }}\n"
            )
        pins = "".join(
            f"    pin({pin}) {{ direction : input; clock : true; capacitance : 0.01; }}\n" for pin in ("WCLK", "RCLK")
        )
        pins += "".join(
            f"    pin({pin}) {{ direction : input; capacitance : 0.005; {timing} }}\n"
            for pin, timing in (("WEN", write), ("REN", read_))
        )
        pins += _bus("WADDR", macro.address, "input", write) + _bus("WDATA", macro.bits, "input", write)
        pins += _bus("RADDR", macro.address, "input", read_)
        pins += _bus(
            "RDATA", macro.bits, "output", f'timing() {{ related_pin : "RCLK"; timing_type : rising_edge; {access} }}'
        )
        cells.append(f"  cell({macro.cell}) {{\n    area : {macro.area};\n{pins}  }}\n")
    ends = " ".join(
        f"{what}_threshold_pct_{edge} : {percent};"
        for edge in ("rise", "fall")
        for what, percent in (("input", 50), ("output", 50), ("slew_lower", 20), ("slew_upper", 80))
    )
    units = 'time_unit : "1ns"; capacitive_load_unit(1,pf); voltage_unit : "1V"; current_unit : "1mA";'
    return (
        f"library(macros) {{\n  delay_model : table_lookup; {units}\n  {ends}\n"
        + "".join(sorted(types))
        + "".join(cells)
        + "}\n"
    )
