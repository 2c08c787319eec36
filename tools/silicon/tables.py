# SPDX-License-Identifier: Apache-2.0
"""The tables of `make silicon`, from a record such as bench/silicon.json.

A table is a caption, the heads of its columns, and its rows, all as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools.silicon.blocks import BLOCKS, PORTS
from tools.silicon.clock_tables import clocks
from tools.silicon.power_tables import Table, energies, powers

LIMIT, FINE_LIMIT = 6.0, 0.85  # ns; a block beyond it is named
FINE = 1.0  # area of a NAND2, in um2; a library below it has the second limit, and a digit more in its tables
NONE = "-"


def _sum(pieces: Iterable[dict], technology: str, what: str) -> float:
    """Return the sum of a number over all instances of pieces."""
    return sum(piece["count"] * piece[technology][what] for piece in pieces if technology in piece)


def _of(record: dict, block: str) -> list[dict]:
    return [piece for piece in record["pieces"].values() if piece["block"] == block]


def limit(record: dict) -> float:
    """Return the ns above which a path is named."""
    return FINE_LIMIT if record["library"]["nand2"] < FINE else LIMIT


def _digits(record: dict) -> int:
    """Return the digits of ns and of areas of chips; areas of blocks have one more."""
    return 3 if record["library"]["nand2"] < FINE else 2


def mm2(record: dict, library: dict, pieces: Iterable[dict]) -> dict[str, float]:
    """Return the area of pieces in mm2: `logic`, `macros`, and `counted`, memory counted as flip-flops."""
    pieces = list(pieces)
    return {
        "logic": _sum(pieces, "cells", "area") / 1e6,
        "macros": _sum(pieces, "cells", "macro_area") / 1e6,
        "counted": _sum(pieces, "cells", "counted_bits") * library["flip_flop"] / 1e6,
    }


def areas(record: dict) -> Table:
    """Return the areas of whole configurations, and their clock."""
    library, digits = record["library"], _digits(record)
    rows = []
    for name, one in record["configurations"].items():
        if "chip" not in one:
            continue
        area, chip = mm2(one, library, one["pieces"].values()), one["chip"]
        rows.append(
            [
                name,
                f"{area['logic']:.{digits}f}",
                f"{area['logic'] * 1e3 / library['nand2']:,.0f}",
                f"{area['macros']:.{digits}f}",
                f"{area['counted']:.{digits}f}",
                f"{sum(area.values()):.{digits}f}",
                f"{chip['ns']:.{digits}f}",
                f"{chip['slow_ns']:.{digits}f}" if "slow_ns" in chip else NONE,
                f"{1e3 / chip['ns']:.0f}",
            ]
        )
    return (
        f"Standard cells of {library['name']}, areas in mm2, no wires",
        [
            "configuration",
            "logic",
            "in 1,000 NAND2",
            "macros",
            "memory counted",
            "all",
            "ns, typical",
            "ns, slow",
            "MHz",
        ],
        rows,
    )


def _present(chosen: dict[str, dict]) -> list[str]:
    """Return the blocks that are in any of some configurations."""
    found = {piece["block"] for one in chosen.values() for piece in one["pieces"].values()}
    return [block for block in BLOCKS if block in found]


def blocks(record: dict) -> Table:
    """Return the logic of each block in mm2, all its instances together."""
    library, chosen, digits = record["library"], record["configurations"], _digits(record) + 1
    rows = [
        [block, *(f"{mm2(one, library, _of(one, block))['logic']:.{digits}f}" for one in chosen.values())]
        for block in _present(chosen)
    ]
    return "Logic by block, mm2", ["block", *chosen], rows


def memories(record: dict) -> Table:
    """Return the memories of each block in mm2: macros + counted."""
    library, chosen, digits = record["library"], record["configurations"], _digits(record)
    rows = []
    for block in BLOCKS:
        parts = [mm2(one, library, _of(one, block)) for one in chosen.values()]
        if any(part["macros"] or part["counted"] for part in parts):
            rows.append([block, *(f"{part['macros']:.{digits}f} + {part['counted']:.{digits}f}" for part in parts)])
    return "Memories by block, mm2: macros + counted as flip-flops", ["block", *chosen], rows


def paths(record: dict) -> Table:
    """Return the slowest path of each block at the typical corner; those beyond the limit are marked."""
    rows, digits = [], _digits(record)
    for name, one in record["configurations"].items():
        for block in BLOCKS:
            found = [piece["cells"] for piece in _of(one, block) if "cells" in piece]
            if found:
                worst = max(found, key=lambda cells: cells["ns"])
                rows.append(
                    [
                        name,
                        block,
                        f"{worst['ns']:.{digits}f}",
                        "yes" if worst["ns"] > limit(record) else "",
                        f"`{worst['begin']}`",
                        f"`{worst['end']}`",
                    ]
                )
    return (
        "The slowest path of each block, ns at the typical corner",
        ["configuration", "block", "ns", f"above {limit(record):g}", "begins", "ends"],
        rows,
    )


def _joined(record: dict) -> dict[str, dict]:
    """Return the chips that were buffered as a whole."""
    return {name: one["chip"] for name, one in record["configurations"].items() if "before" in one.get("chip", {})}


def buffers(record: dict) -> Table:
    """Return what the pass over the joined netlists did."""
    digits = _digits(record)
    rows = [
        [
            name,
            f"{chip['before']:.{digits}f}",
            f"{chip['ns']:.{digits}f}",
            f"{chip['buffers']:,}",
            f"{chip['sized']:,}",
            f"{chip['added'] / 1e6:.{digits + 1}f}",
        ]
        for name, chip in _joined(record).items()
    ]
    return (
        "The joined netlists before and after buffers, ns at the typical corner",
        ["configuration", "ns before", "ns after", "more buffers", "other sizes", "added mm2"],
        rows,
    )


def pairs(record: dict) -> list[Table]:
    """Return a table per chip with the slowest path from each block to each block."""
    found, digits = [], _digits(record)
    for name, chip in _joined(record).items():
        times = {(path["from"], path["to"]): path["ns"] for path in chip.get("pairs", ())}
        ends = [block for block in (*BLOCKS, PORTS) if any(block == end for _, end in times)]
        rows = [
            [begin, *(f"{times[begin, end]:.{digits}f}" if (begin, end) in times else NONE for end in ends)]
            for begin in (*BLOCKS, PORTS)
            if any(begin == first for first, _ in times)
        ]
        found.append(
            (f"The slowest path from block to block in {name}, ns at the typical corner", ["from", *ends], rows)
        )
    return found


def long_pairs(record: dict) -> Table:
    """Return the paths between blocks beyond the limit."""
    digits = _digits(record)
    rows = [
        [name, path["from"], path["to"], f"{path['ns']:.{digits}f}", f"`{path['begin']}`", f"`{path['end']}`"]
        for name, chip in _joined(record).items()
        for path in chip.get("pairs", ())
        if path["ns"] > limit(record)
    ]
    return (
        f"Paths between blocks above {limit(record):g} ns, typical corner",
        ["configuration", "from", "to", "ns", "begins", "ends"],
        rows,
    )


def _with_wires(first: list[str], times: dict, found: dict, digits: int) -> list[str]:
    """Return a row: times without wires, with wires and after repair; then lengths and areas."""
    if "failed" in found:
        return [*first, f"{times['ns']:.{digits}f}", f"failed: {found['failed']}", *[NONE] * 8]
    again = found.get("repaired", {"failed": NONE})
    repaired = f"failed: {again['failed']}" if "failed" in again else f"{again['ns']:.{digits}f}"
    return [
        *first,
        f"{times['ns']:.{digits}f}",
        f"{found['ns']:.{digits}f}",
        repaired,
        *(f"{one['slow_ns']:.{digits}f}" if "slow_ns" in one else NONE for one in (times, found, again)),
        f"{found['um'] / 1e3:,.1f}",
        f"{found['placed'] / 1e6:.{digits + 1}f}",
        f"{100 * found['utilisation']:.0f}",
        f"{100 * found['over']:.1f}",
    ]


def wires(record: dict) -> Table:
    """Return the slowest paths with wires beside those without, of pieces and of chips."""
    rows, digits = [], _digits(record)
    for name, one in record["configurations"].items():
        for piece, of in one["pieces"].items():
            if "wires" in of:
                module, _, number = re.fullmatch(r"(.*?)(_(\d+))?", piece).groups("")
                shown = f"`{module}`" + (f", number {number}" if number else "")  # of pieces of one module
                rows.append(_with_wires([name, shown], of["cells"], of["wires"], digits))
        if "wires" in one.get("chip", {}):
            rows.append(_with_wires([name, "whole chip"], one["chip"], one["chip"]["wires"], digits))
    return (
        "Placed and globally routed: the slowest path, ns",
        [
            "configuration",
            "piece",
            "typical, no wires",
            "with wires",
            "repaired",
            "slow, no wires",
            "with wires, slow",
            "repaired, slow",
            "mm of wire",
            "placed mm2",
            "utilisation, %",
            "over capacity, %",
        ],
        rows,
    )


def _on_ecp5(record: dict) -> dict[str, dict]:
    """Return the configurations whose pieces were all measured on an ECP5."""
    return {
        name: one
        for name, one in record["configurations"].items()
        if all("ecp5" in piece for piece in one["pieces"].values())
    }


def fpga(record: dict) -> Table:
    """Return the cost of configurations on an ECP5."""
    rows = []
    for name, one in _on_ecp5(record).items():
        pieces = one["pieces"].values()
        clocks = [min(piece["ecp5"]["clocks"]) for piece in pieces if piece["ecp5"]["clocks"]]
        rows.append(
            [
                name,
                *(f"{_sum(pieces, 'ecp5', what):,}" for what in ("lut4", "flip_flops", "block_rams", "multipliers")),
                f"{min(clocks):.1f}" if clocks else NONE,
                ", ".join(f"`{piece}`" for piece, of in one["pieces"].items() if not of["ecp5"]["placed"]) or NONE,
            ]
        )
    return (
        "Lattice ECP5, speed grade 6, the sum of the pieces; MHz of the slowest placed piece",
        ["configuration", "LUT4", "flip-flops", "block RAMs", "multipliers", "MHz", "not placed"],
        rows,
    )


def fpga_blocks(record: dict) -> Table:
    """Return the LUTs and the clock of each block on an ECP5."""
    chosen = _on_ecp5(record)
    rows = []
    for block in _present(chosen):
        row = [block]
        for one in chosen.values():
            pieces = _of(one, block)
            clocks = [min(piece["ecp5"]["clocks"]) for piece in pieces if piece["ecp5"]["clocks"]]
            row.append(
                f"{_sum(pieces, 'ecp5', 'lut4'):,}"
                + (f" ({min(clocks):.0f})" if clocks else "")
                + ("" if all(piece["ecp5"]["placed"] for piece in pieces) else " (not placed)")
            )
        rows.append(row)
    return "LUT4 by block on an ECP5 (MHz of its slowest piece)", ["block", *chosen], rows


def effort(record: dict) -> Table:
    """Return the cost of measuring; a piece that several configurations have counts in each."""
    rows = []
    for name, one in record["configurations"].items():
        pieces = one["pieces"].values()
        made = [piece[kind] for piece in pieces for kind in ("cells", "ecp5") if kind in piece]
        rows.append(
            [
                name,
                str(len(pieces)),
                *(
                    f"{sum(piece[kind]['seconds'] for piece in pieces):,.0f}"
                    if all(kind in piece for piece in pieces)
                    else NONE
                    for kind in ("cells", "ecp5")
                ),
                f"{max(one['megabytes'] for one in made):,.0f}",
            ]
        )
    return (
        "Processor time and memory of the programs",
        ["configuration", "different pieces", "s, cells", "s, ECP5", "MB at most"],
        rows,
    )


def speed(record: dict) -> Table:
    """Return the contractions of a chip per second, and per mm2, where cycles are recorded."""
    rows = []
    for name, one in record["configurations"].items():
        if "chip" not in one:
            continue
        area = sum(mm2(one, record["library"], one["pieces"].values()).values())
        for workload, cycles in one.get("cycles", {}).items():
            rate = 1e9 / one["chip"]["ns"] / cycles
            rows.append([name, workload, f"{cycles:,}", f"{rate:,.0f}", f"{rate / area:,.0f}"])
    return (
        "Contractions per second at the typical clock",
        ["configuration", "workload", "cycles", "per second", "per second and mm2"],
        rows,
    )


def path_tables(record: dict) -> list[Table]:
    """Return the slowest paths, between blocks and inside them."""
    found = [*pairs(record), long_pairs(record), paths(record)] if record.get("library") else []
    return [table for table in found if table[2]]


def wire_tables(record: dict) -> list[Table]:
    """Return the table of paths with wires, if any netlist was placed."""
    return [table for table in ([wires(record)] if record.get("library") else []) if table[2]]


def ecp5_tables(record: dict) -> list[Table]:
    """Return the tables of the ECP5, if a configuration was measured there."""
    return [table for table in (fpga(record), fpga_blocks(record)) if table[2]]


def chip_tables(record: dict) -> list[Table]:
    """Return all tables without paths and without the ECP5, for configurations with a measurement."""
    found = [effort(record)]
    if record.get("library"):
        chips = [areas(record), speed(record), blocks(record), memories(record), clocks(record), buffers(record)]
        found = [*chips, powers(record), energies(record), *found]
    return [table for table in found if table[2]]


def all_tables(record: dict) -> list[Table]:
    """Return every table."""
    return [*ecp5_tables(record), *chip_tables(record), *path_tables(record), *wire_tables(record)]
