# SPDX-License-Identifier: Apache-2.0
"""The library of a dozen cells as LEF files, with invented shapes: enough to place and route."""

from pathlib import Path

from tests.silicon import dozen

HEIGHT, SITE, LAYERS = 2.0, 0.5, 5
HEAD = 'VERSION 5.8 ;\nBUSBITCHARS "[]" ;\nDIVIDERCHAR "/" ;\n'
CELLS = (
    *((name, area, inputs, "Y") for name, area, _, inputs in dozen.GATES),
    ("DFF", dozen.FLIP_FLOP, "CD", "Q"),
    ("DFFR", dozen.FLIP_FLOP + 2, "CDR", "Q"),
)


def _layer(number: int) -> str:
    direction = "HORIZONTAL" if number % 2 else "VERTICAL"
    cut = f"LAYER V{number}\n  TYPE CUT ;\n  SPACING 0.1 ;\n  WIDTH 0.1 ;\nEND V{number}\n"
    return (
        f"LAYER M{number}\n  TYPE ROUTING ;\n  DIRECTION {direction} ;\n  PITCH 0.2 ;\n  WIDTH 0.1 ;\n"
        f"  SPACING 0.1 ;\nEND M{number}\n{cut if number < LAYERS else ''}"
    )


def _via(number: int) -> str:
    shape = "    RECT -0.05 -0.05 0.05 0.05 ;\n"
    layers = "".join(f"  LAYER {name} ;\n{shape}" for name in (f"M{number}", f"V{number}", f"M{number + 1}"))
    return f"VIA VIA{number} DEFAULT\n{layers}END VIA{number}\n"


def _pin(name: str, direction: str, use: str, box: str) -> str:
    return (
        f"  PIN {name}\n    DIRECTION {direction} ;\n    USE {use} ;\n"
        f"    PORT\n      LAYER M1 ;\n        RECT {box} ;\n    END\n  END {name}\n"
    )


def _cell(name: str, area: float, inputs: str, output: str) -> str:
    width = area / HEIGHT
    pins = [(pin, "INPUT") for pin in inputs] + [(output, "OUTPUT")]
    step = width / (len(pins) + 1)
    shapes = "".join(
        _pin(pin, direction, "SIGNAL", f"{step * (number + 1) - 0.05:.3f} 0.8 {step * (number + 1) + 0.05:.3f} 1.2")
        for number, (pin, direction) in enumerate(pins)
    )
    shapes += _pin("VDD", "INOUT", "POWER", f"0 1.9 {width} 2") + _pin("VSS", "INOUT", "GROUND", f"0 0 {width} 0.1")
    return (
        f"MACRO {name}\n  CLASS CORE ;\n  ORIGIN 0 0 ;\n  SIZE {width} BY {HEIGHT} ;\n  SYMMETRY X Y ;\n  SITE core ;\n"
        f"{shapes}END {name}\n"
    )


def write(folder: Path) -> tuple[Path, Path]:
    """Write the LEF of the technology and of the cells; return the paths."""
    technology, cells = folder / "tech.lef", folder / "cells.lef"
    technology.write_text(
        f"{HEAD}UNITS\n  DATABASE MICRONS 1000 ;\nEND UNITS\nMANUFACTURINGGRID 0.005 ;\n"
        + "".join(map(_layer, range(1, LAYERS + 1)))
        + "".join(map(_via, range(1, LAYERS)))
        + f"SITE core\n  CLASS CORE ;\n  SYMMETRY Y ;\n  SIZE {SITE} BY {HEIGHT} ;\nEND core\nEND LIBRARY\n"
    )
    cells.write_text(HEAD + "".join(_cell(*cell) for cell in CELLS) + "END LIBRARY\n")
    return technology, cells
