# SPDX-License-Identifier: Apache-2.0
"""What OpenROAD needs besides Liberty: pins of cells as LEF, and stubs of blocks as Liberty and LEF.

Nothing is placed, so the LEF has no shapes. All names, directions and loads come from the Liberty file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tools.silicon.loads import Ports
from tools.silicon.macros import Macro

HEAD = 'VERSION 5.8 ;\nBUSBITCHARS "[]" ;\nDIVIDERCHAR "/" ;\n'
TECHNOLOGY = (
    HEAD + "UNITS\n  DATABASE MICRONS 1000 ;\nEND UNITS\nMANUFACTURINGGRID 0.005 ;\n"
    "LAYER M1\n  TYPE ROUTING ;\n  DIRECTION HORIZONTAL ;\n  PITCH 1 ;\n  WIDTH 0.5 ;\nEND M1\n"
    "LAYER V1\n  TYPE CUT ;\nEND V1\n"
    "LAYER M2\n  TYPE ROUTING ;\n  DIRECTION VERTICAL ;\n  PITCH 1 ;\n  WIDTH 0.5 ;\nEND M2\n"
    "SITE core\n  CLASS CORE ;\n  SIZE 1 BY 1 ;\nEND core\nEND LIBRARY\n"
)
# OpenROAD crashes at cells without a supply, which a Liberty file may leave out.
SUPPLY = (("VDD", "primary_power"), ("VSS", "primary_ground"))
_POWER = re.compile(r'\bpg_pin\s*\(\s*"?(\w+)"?\s*\)\s*\{[^}]*\bpg_type\s*:\s*"?(\w+)')
_LOAD_UNIT = re.compile(r"\bcapacitive_load_unit\s*\([^)]*\)")


def _pin(name: str, direction: str, use: str = "SIGNAL") -> str:
    return f"  PIN {name}\n    DIRECTION {direction.upper()} ;\n    USE {use} ;\n  END {name}\n"


def _supply(pins: Iterable[tuple[str, str]]) -> str:
    return "".join(_pin(pin, "inout", "GROUND" if "ground" in kind else "POWER") for pin, kind in pins)


SUPPLY_PINS = _supply(SUPPLY)


def _macro(name: str, pins: str, supply: Iterable[tuple[str, str]] = SUPPLY) -> str:
    power = _supply(supply)
    return f"MACRO {name}\n  CLASS CORE ;\n  ORIGIN 0 0 ;\n  SIZE 1 BY 1 ;\n  SITE core ;\n{pins}{power}END {name}\n"


def _buses(buses: Iterable[tuple[str, str, int]]) -> str:
    return "".join(
        _pin(f"{name}[{bit}]" if width > 1 else name, direction)
        for name, direction, width in buses
        for bit in range(width)
    )


def cells(modules: Mapping[str, dict], texts: Mapping[str, str]) -> str:
    """Return the LEF of the cells of a library.

    Args:
        modules: the cells as Yosys read them.
        texts: their Liberty texts, for the pins of the supply.
    """
    return "".join(
        _macro(
            name,
            "".join(_pin(pin, port["direction"]) for pin, port in module["ports"].items()),
            _POWER.findall(texts.get(name, "")) or SUPPLY,
        )
        for name, module in modules.items()
    )


def buses_of(macro: Macro) -> list[tuple[str, str, int]]:
    """Return name, direction and width of each port of a RAM macro."""
    return [
        *((pin, "input", 1) for pin in ("WCLK", "RCLK", "WEN", "REN")),
        ("WADDR", "input", macro.address),
        ("RADDR", "input", macro.address),
        ("WDATA", "input", macro.bits),
        ("RDATA", "output", macro.bits),
    ]


def memories(macros: Iterable[Macro]) -> str:
    """Return the LEF of RAM macros."""
    return "".join(_macro(macro.cell, _buses(buses_of(macro))) for macro in macros)


def stub_lef(name: str, ports: Mapping[str, tuple[str, int]]) -> str:
    """Return the LEF of a stub with the ports of a block."""
    return _macro(name, _buses((port, direction, width) for port, (direction, width) in ports.items()))


def stubs_liberty(stubs: Mapping[str, tuple[Mapping[str, tuple[str, int]], Ports]], library: str) -> str:
    """Return stubs as a Liberty file without times, in the unit of capacitance of a library.

    Args:
        stubs: ports and loads of each.
        library: the Liberty text of the library.
    """
    widths = sorted({width for ports, _ in stubs.values() for _, width in ports.values() if width > 1})
    unit = _LOAD_UNIT.search(library)
    made = [
        f'library(stubs) {{\n  delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; '
        f'current_unit : "1mA"; {unit[0] if unit else "capacitive_load_unit(1,pf)"};\n  '
        + " ".join(
            f"{what}_threshold_pct_{edge} : {percent};"
            for edge in ("rise", "fall")
            for what, percent in (("input", 50), ("output", 50), ("slew_lower", 20), ("slew_upper", 80))
        )
        + "\n"
    ]
    made += [
        f"  type(b{width}) {{ base_type : array; data_type : bit; bit_width : {width}; "
        f"bit_from : {width - 1}; bit_to : 0; }}\n"
        for width in widths
    ]
    for name, (ports, loads) in stubs.items():
        # OpenROAD would put another stub in place of one that it may use.
        made.append(f"  cell({name}) {{\n    area : 1; dont_use : true;\n")
        for port, (direction, width) in ports.items():
            of = [
                f"direction : {direction};" + (f" capacitance : {loads[port][bit]:.6g};" if port in loads else "")
                for bit in range(width)
            ]
            if width == 1:
                made.append(f"    pin({port}) {{ {of[0]} }}\n")
                continue
            pins = "".join(f"      pin({port}[{bit}]) {{ {of[bit]} }}\n" for bit in range(width))
            made.append(f"    bus({port}) {{ bus_type : b{width}; direction : {direction};\n{pins}    }}\n")
        made.append("  }\n")
    return "".join(made) + "}\n"
