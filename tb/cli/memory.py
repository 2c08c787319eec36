# SPDX-License-Identifier: Apache-2.0
"""`make sim EDGE=memory`: the host's driver, a memory, and the chip with the memory edge."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flaash.driver.arrange import Arranged, arrange
from models.numbers import get_format
from models.tensor import SparseTensor
from sim.configs import Config
from tb.cli import report, settings
from tb.cli.common import UsageError
from tb.edge.job import Job

RUN_NAME = "sim_memory"


def job(
    files: tuple[str, str], axes: str | None, config: Config, renumber: str | None, portion: int, long_lines: int
) -> Job:
    """Read the files once, so that mistakes show before a build, and return the job of the simulation.

    Raises:
        TensorError: something that cannot be contracted; it names the parameter with which it could be.
        UsageError: RENUMBER is neither 0 nor 1.
    """
    if renumber not in (None, "", "0", "1"):
        raise UsageError(f"RENUMBER={renumber} is neither 0 nor 1")
    made = Job(
        *(str(Path(file).resolve()) for file in files),
        axes,
        renumber == "1" if renumber else None,
        portion,
        long_lines,
        (),
    )
    operands = made.operands()
    report.losses(get_format(str(config["Format"])), dict(zip(files, operands, strict=True)))
    for sentence in settings.warnings(config, operands, portion, long_lines):
        print(f"warning: {sentence}")
    arranged = arrange(*operands, config.identity(), renumbered=made.renumbered)
    _tell(arranged, operands)
    return dataclasses.replace(made, shape=arranged.shape)


def _tell(made: Arranged, operands: tuple[SparseTensor, SparseTensor]) -> None:
    if any(made.removed):
        print(f"renumbered: contracted extent {made.sides[0].operand.shape[-1]:,} instead of {operands[0].shape[-1]:,}")
    pairs = len(made.plan.a) * len(made.plan.b)
    if pairs > 1:
        print(f"{len(made.plan.a)} tiles of A with {len(made.plan.b)} of B: {pairs} pairs")


def table(summary: Mapping) -> None:
    """Print what came of it."""
    result = Table(show_header=False)
    result.add_column()
    result.add_column(justify="right")
    for letter, operand in zip("AB", summary["operands"], strict=True):
        shape = " x ".join(f"{extent:,}" for extent in operand["shape"])
        result.add_row(f"operand {letter}", f"{shape}, {operand['entries']:,} entries, {operand['fibers']:,} fibers")
    removed = summary["removed"]
    if summary["renumbered"]:
        result.add_row("left out by renumbering", f"{removed[0]:,} entries of A, {removed[1]:,} of B")
    for key, title in (
        ("pairs", "pairs of tiles"),
        ("jobs", "jobs (dot products)"),
        ("results", "results"),
        ("cycles", "cycles from outside"),
        ("computing", "cycles of computing"),
        ("read", "bytes read"),
        ("written", "bytes written"),
        ("bound", "cycles of the bound"),
    ):
        result.add_row(title, f"{summary[key]:,}")
    limits = {"in": "reading", "compute": "computing", "out": "writing"}
    result.add_row("greatest term of the bound", limits[summary["limit"]])
    share = 100 * summary["bound"] / max(summary["cycles"], 1)
    result.add_row("bound / cycles from outside", f"{share:.1f} %")
    result.add_row("the model", f"agrees: {summary['results']:,} results compared")
    Console().print(result)
