# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/silicon.md from bench/silicon.json and bench/recorded.json.

A library with a record of its own, such as bench/silicon_asap7.json, has a page of the same name. Each of these pages
has a page of its paths beside it, such as docs/silicon_paths.md. Chips with gated clocks of all libraries are on
docs/silicon_clocks.md, paths with wires on docs/silicon_wires.md, pieces on an ECP5 on docs/silicon_ecp5.md. The tables
stand between two comments; a test holds the pages against the records.
`python -m tools.silicon.page` renews the pages, as RECORD=1 and make bench-record do.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.toolchain import ROOT
from tools.silicon import clock_tables, record, tables

PAGE = ROOT / "docs" / "silicon.md"
PAGES = {path: PAGE.with_name(f"{path.stem}.md") for path in sorted(record.FILE.parent.glob("silicon*.json"))}
PATHS = {recorded: page.with_stem(f"{page.stem}_paths") for recorded, page in PAGES.items()}
WIRES = PAGE.with_name("silicon_wires.md")
CLOCKS = PAGE.with_name("silicon_clocks.md")
ECP5 = PAGE.with_name("silicon_ecp5.md")
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
        for results in map(record.read, PAGES)
        for caption, heads, rows in some(results)
    )


def all_wires() -> str:
    """Return the paths with wires of each record."""
    return of_all(tables.wire_tables)


def all_clocks() -> str:
    """Return the chips with gated clocks of each record."""
    return of_all(clock_tables.all_tables)


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
    """Write the tables of each record into its page. Paths, wires and the ECP5 have pages of their own."""
    for recorded, path in PAGES.items():
        results = record.read(recorded)
        path.write_text(renewed(path.read_text(), chips(record.with_cycles(results))))
        PATHS[recorded].write_text(renewed(PATHS[recorded].read_text(), paths(results)))
    ECP5.write_text(renewed(ECP5.read_text(), ecp5(record.read())))
    CLOCKS.write_text(renewed(CLOCKS.read_text(), all_clocks()))
    WIRES.write_text(renewed(WIRES.read_text(), all_wires()))


if __name__ == "__main__":
    renew()
