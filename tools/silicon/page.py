# SPDX-License-Identifier: Apache-2.0
"""Writes the first tables of docs/silicon.md from the records bench/silicon*.json; the site has all tables.

The tables of the page stand between two comments; a test holds the page against the records. `python -m
tools.silicon.page` renews the page, as RECORD=1 and make bench-record do. `make docs` makes a page of the site from
the other tables of each record: blocks, paths, wires, gated clocks, pieces on an ECP5.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.toolchain import ROOT
from tools.silicon import clock_tables, record, tables

PAGE = ROOT / "docs" / "silicon.md"
RECORDS = sorted(record.FILE.parent.glob("silicon*.json"))
BEGIN, END = "<!-- tables: make silicon RECORD=1 -->", "<!-- end of tables -->"


def markdown(table: tables.Table) -> str:
    """Return a table as Markdown, numbers to the right."""
    caption, heads, rows = table
    sides = ["---" if number == 0 or rows[0][number][:1] == "`" else "---:" for number in range(len(heads))]
    lines = [heads, sides, *rows]
    return f"### {caption}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def plain(results: dict) -> dict:
    """Return a record without the chips with gated clocks."""
    chips_ = {name: one for name, one in results["configurations"].items() if not name.endswith(clock_tables.GATED)}
    return results | {"configurations": chips_}


def chips(results: dict) -> str:
    """Return the tables of a record, without its paths, without the ECP5 and without gated clocks."""
    return "\n".join(markdown(table) for table in tables.chip_tables(plain(results)))


def paths(results: dict) -> str:
    """Return the tables of the paths of a record, without gated clocks."""
    return "\n".join(markdown(table) for table in tables.path_tables(plain(results)))


def ecp5(results: dict) -> str:
    """Return the tables of the ECP5."""
    return "\n".join(markdown(table) for table in tables.ecp5_tables(results))


def of_all(some: Callable[[dict], list[tables.Table]]) -> str:
    """Return some tables of each record, with the name of its library."""
    return "\n".join(
        markdown((f"{results['library']['name']}: {caption}", heads, rows))
        for results in map(record.read, RECORDS)
        for caption, heads, rows in some(results)
    )


def all_wires() -> str:
    """Return the paths with wires of each record."""
    return of_all(tables.wire_tables)


def all_clocks() -> str:
    """Return the chips with gated clocks of each record."""
    return of_all(clock_tables.all_tables)


def summary() -> str:
    """Return area and clock of the chips of each record, and on the ECP5."""
    found = [tables.areas(plain(record.read(path))) for path in RECORDS]
    return "\n".join(markdown(table) for table in [*found, tables.fpga(record.read())])


def site() -> dict[str, tuple[str, str]]:
    """Return the pages that only the site has: {name: (title, text)}."""
    pages = {}
    for path in RECORDS:
        results = record.read(path)
        name = results["library"]["name"].partition("_")[0]
        pages[f"{path.stem}_tables.md"] = f"Tables of {name}", chips(record.with_cycles(results))
        pages[f"{path.stem}_paths.md"] = f"Paths in {name}", paths(results)
    pages["silicon_wires.md"] = "Paths with wires", all_wires()
    pages["silicon_gated.md"] = "Gated clocks", all_clocks()
    pages["silicon_ecp5.md"] = "Pieces on an ECP5", ecp5(record.read())
    return pages


def renewed(text: str, body: str) -> str:
    """Return a page's text with other tables.

    Raises:
        ValueError: the two comments are not in it.
    """
    if BEGIN not in text or END not in text:
        raise ValueError(f"'{BEGIN}' and '{END}' are expected")
    return re.sub(
        f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n\n{body}\n{END}", text, flags=re.DOTALL
    )


def renew() -> None:
    """Write the first tables of each record into the page."""
    PAGE.write_text(renewed(PAGE.read_text(), summary()))


if __name__ == "__main__":
    renew()
