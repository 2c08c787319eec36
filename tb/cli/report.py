# SPDX-License-Identifier: Apache-2.0
"""The output of `make sim`: the loss by the conversion, and the table at the end."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from models.errors import TensorError
from models.numbers import NumberFormat
from models.tensor import SparseTensor
from sim import traces
from sim.commands import make
from sim.files import read_json
from sim.toolchain import BUILD, shown
from tb.cli.common import variable
from tb.coverage.contributions import only_here
from tb.env.scoreboard import NOTHING_COMPARED

SHOWN_BINS = 8  # of those that a run adds


def losses(fmt: NumberFormat, operands: Mapping[str, SparseTensor]) -> None:
    """Print for each operand the number of values that the format can't hold.

    Raises:
        TensorError: it can't hold one at all, a NaN as an integer.
    """
    for file, tensor in operands.items():
        name = Path(file).name
        try:
            lost = fmt.convert(tensor.values)
        except TensorError as error:
            raise TensorError(error.message, name) from None
        exact = f"all {tensor.nnz} values are exact in {fmt.name}"
        print(f"{name}: {exact if lost.lossless else lost.loss(fmt)}")


def table(summary: Mapping) -> None:
    """Print a summary."""
    result = Table(show_header=False)
    result.add_column()
    result.add_column(justify="right")
    contractions = summary.get("contractions", 0)
    which = "last operand" if contractions > 1 else "operand"
    for letter, operand in zip("AB", summary.get("operands", []), strict=False):
        shape = " x ".join(map(str, operand["shape"]))
        result.add_row(f"{which} {letter}", f"{shape}, {operand['entries']:,} entries, {operand['fibers']:,} fibers")
    if contractions > 1:
        result.add_row("contractions (sums follow)", f"{contractions:,}")
    rows = {
        "jobs": "jobs (dot products)",
        "matches": "matches (products)",
        "results": "results",
        "cycles": "cycles",
        "bound": "cycles of the lower bound",
    }
    if contractions:
        for key, title in rows.items():
            result.add_row(title, f"{summary[key]:,}")
        result.add_row("utilisation (bound / cycles)", f"{100 * summary['utilisation']:.1f} %")
    if contractions and "outside" in summary:
        _from_outside(result, summary)
    result.add_row("scoreboard", verdict(summary))
    if "coverage" in summary:
        result.add_row("functional coverage of this run", f"{summary['coverage']:.1f} %")
    Console().print(result)


def _from_outside(table: Table, summary: Mapping) -> None:
    """Add the rows of the way from memory to memory."""
    for key, title in (
        ("outside", "cycles from outside"),
        ("read", "bytes read"),
        ("written", "bytes written"),
        ("outside_bound", "cycles of the bound from outside"),
    ):
        table.add_row(title, f"{summary[key]:,}")
    limits = {"in": "reading", "compute": "computing", "out": "writing"}
    table.add_row("greatest term of that bound", limits[summary["limit"]])


def verdict(summary: Mapping) -> str:
    """Return the scoreboard's verdict in words."""
    if summary.get("passed"):
        also = f", {summary['errors_compared']:,} error reports" if summary["errors_compared"] else ""
        return f"agrees: {summary['compared']:,} results compared{also}"
    if summary.get("mismatches") == 1 and NOTHING_COMPARED in summary["error"]:
        return "FAILED: nothing was compared\n(does body() await self.contract(..)?)"
    if summary.get("mismatches"):
        wrong = summary["wrong_results"]
        other = summary["mismatches"] - wrong
        return f"DISAGREES: wrong results {wrong:,}, other checks {other:,}\n({summary['compared']:,} results compared)"
    if "sequences" not in summary:
        return "FAILED: no simulation ran"
    return "FAILED before everything was compared"


def added(folder: Path, last: Path | None = None) -> None:
    """Print a run's additions to the last report of `make cov`, nothing without a report."""
    last = last or BUILD / "coverage" / "hits.json"
    known = read_json(last)
    if known is None:
        return
    from tb.coverage.report import bins_of  # loads cocotb: after the checks of the call

    hit = bins_of(sorted(folder.glob("functional-*.yml")))
    new = only_here(hit, set(known))
    print(
        f"{len(hit)} bins hit, {len(new)} of them by no run of the last make cov"
        + (f": {'; '.join(new[:SHOWN_BINS])}{' ..' if len(new) > SHOWN_BINS else ''}" if new else "")
    )


def trace(folder: Path, simulator: str) -> None:
    """Print the path of the trace, the command to view it, and the reason if it is a VCD."""
    found = traces.find_trace(folder)
    if not found:
        print(f"{simulator} wrote no trace into {shown(folder)}")
        return
    summary = read_json(folder / "summary.json")
    source = traces.source_in_words(summary) if summary else ""
    if source:
        print(f"the first wrong result came from {source}")
    print(
        f"trace in {shown(found)}; make waves opens it, or:\n"
        f"  gtkwave {shown(found)} {shown(folder / traces.GTKWAVE)}\n"
        f"  surfer --command-file {shown(folder / traces.SURFER)} {shown(found)}"
    )
    if found.name == traces.VCD:
        print(f"it is a VCD, for {traces.why_no_fst()}")


def repeat_lines(options: argparse.Namespace) -> list[str]:
    """Return the command that repeats a run of `make sim`, and the one that does so with a trace."""
    given = {variable(name): value for name, value in vars(options).items() if name != "waves"}
    for name, unused in (("PORTION", "0"), ("LONG_LINES", "0")):
        if given.get(name) == unused:
            del given[name]
    return [
        f"repeat: {make('sim', **given)}",
        *([] if options.waves else [f"with waves: {make('sim', **given, WAVES=1)}"]),
    ]
