# SPDX-License-Identifier: Apache-2.0
"""Area and power by block, from the tables of bench/silicon.json, which `make silicon RECORD=1` writes."""

from __future__ import annotations

from tools.figures.picture import Picture
from tools.silicon import page, record, tables

AREA, POWER = "default-memory512", "tiny-memory128, smoke"
LEFT, RIGHT, ROW = 136, 560, 26


def column(table: tables.Table, name: str) -> dict[str, list[float]]:
    """Return the numbers of a column by block; a cell may have several, with a plus between them.

    Raises:
        ValueError: there is no such column.
    """
    caption, heads, rows = table
    if name not in heads:
        raise ValueError(f"the record has no column '{name}' of '{caption}'")
    at = heads.index(name)
    return {row[0]: [float(part.replace(",", "")) for part in row[at].split("+")] for row in rows}


def bars(drawing: Picture, top: int, rows: dict[str, list[float]], kinds: tuple[str, ...], unit: str) -> None:
    """Draw a bar for each block: its parts one after the other, and their sum."""
    most = max(map(sum, rows.values()))
    for number, (block, parts) in enumerate(rows.items()):
        down, x = top + ROW * number, float(LEFT)
        drawing.write(LEFT - 8, down + 15, block, anchor="end")
        for part, kind in zip(parts, kinds, strict=True):
            wide = (RIGHT - LEFT) * part / most
            if wide >= 0.5:
                drawing.shape(x, down, wide, ROW - 6, kind)
            x += wide
        drawing.write(x + 6, down + 15, f"{sum(parts):.3g} {unit}", anchor="start")


def draw() -> str:
    """Return the drawing."""
    shown = page.plain(record.read())
    logic, memories = (column(table(shown), AREA) for table in (tables.blocks, tables.memories))
    area = {block: [parts[0], sum(memories.get(block, [0]))] for block, parts in logic.items()}
    powers = column(tables.powers(shown), POWER)
    power = {block: parts for block, parts in powers.items() if not block.startswith("all")}
    below = 70 + ROW * len(area)
    drawing = Picture("Area and power by block in sg13g2", below + 60 + ROW * len(power))
    drawing.write(10, 22, f"Area in sg13g2, {AREA}, without wires", "name", "start")
    drawing.shape(LEFT, 32, 14, 14, "box")
    drawing.write(LEFT + 20, 44, "logic", anchor="start")
    drawing.shape(LEFT + 80, 32, 14, 14, "core")
    drawing.write(LEFT + 100, 44, "memories", anchor="start")
    bars(drawing, 56, area, ("box", "core"), "mm2")
    machine, _, sequence = POWER.partition(", ")
    drawing.write(10, below + 26, f"Power of cells at 100 MHz, {machine}, sequence {sequence}", "name", "start")
    bars(drawing, below + 40, power, ("box",), "mW")
    return drawing.svg()
