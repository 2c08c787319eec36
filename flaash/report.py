# SPDX-License-Identifier: Apache-2.0
"""The report of a call, with its cost: as a table in a terminal and in a notebook."""

from __future__ import annotations

import functools
import html
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from flaash.backends import Backend, Pair, Reply, Share, format_of


@dataclass(frozen=True, eq=False)
class Step:
    """One contraction of two operands of a call.

    Attributes:
        subscripts: of the step.
        beside: the steps on the host before and after, a sentence each.
        runs: operands and outcome of each slice that ran on the machine.
    """

    subscripts: str
    beside: list[str]
    runs: list[tuple[Pair, Reply]]

    def __repr__(self) -> str:
        return f"<Step {self.subscripts!r}: {len(self.runs):,} runs>"


@dataclass(frozen=True, eq=False)
class Report:
    """The report of a call.

    Attributes:
        subscripts: as they were given.
        where: "model", or the simulator.
        config: the configuration.
        format: of the values.
        shape: of the result.
        results: entries of the result.
        beside: the host's changes to operands and result, a sentence each.
        steps: the contractions, in the order in which they were carried out.
    """

    subscripts: str
    backend: Backend
    format: str
    shape: tuple[int, ...] = ()
    results: int = 0
    beside: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __repr__(self) -> str:
        cycles = "" if self.cycles is None else f", {self.cycles:,} cycles"
        where = f"{self.where}, {self.config}"
        return f"<Report {self.subscripts!r} on {where}: {self.results:,} entries{cycles}>"

    @property
    def where(self) -> str:
        """The backend: "model", "verilator", "icarus"."""
        return self.backend.name

    @property
    def config(self) -> str:
        """Name of the configuration."""
        return self.backend.machine.name

    @property
    def runs(self) -> list[tuple[Pair, Reply]]:
        """Operands and outcome of all contractions on the machine."""
        return [run for step in self.steps for run in step.runs]

    @property
    def checked(self) -> bool:
        """Whether every result was compared with the model, bit by bit; False where the model itself ran."""
        return bool(self.runs) and all(reply.checked for _, reply in self.runs)

    @property
    def jobs(self) -> int:
        """Dot products."""
        return sum(reply.jobs for _, reply in self.runs)

    @property
    def matches(self) -> int:
        """Products."""
        return sum(reply.matches for _, reply in self.runs)

    @property
    def pairs(self) -> int:
        """Pairs of tiles, of operands that do not fit the chip; 0 if all fit."""
        return sum(reply.pairs for _, reply in self.runs if reply.pairs > 1)

    @property
    def overflows(self) -> int:
        """Results that became infinite when they were rounded; no result of an operand with an infinity or a NaN."""
        fmt = format_of(self.backend)
        return sum(
            int(np.isinf(fmt.decode_result(reply.bits)).sum())
            for pair, reply in self.runs
            if all(np.isfinite(operand.leaf_values).all() for operand in pair)
        )

    @property
    def underflows(self) -> int:
        """Sums other than zero that became zero when they were rounded."""
        return sum(reply.underflows for _, reply in self.runs)

    @property
    def cycles(self) -> int | None:
        """Cycles of computing, None where no hardware ran."""
        return self._sum("cycles")

    @property
    def load_cycles(self) -> int | None:
        """Cycles of loading operands, None where no hardware ran."""
        return self._sum("load_cycles")

    @property
    def bytes_in(self) -> int | None:
        """Bytes of operands moved to the chip, None where no hardware ran."""
        return self._sum("bytes_in")

    @property
    def bytes_out(self) -> int | None:
        """Bytes of results moved from the chip, None where no hardware ran."""
        return self._sum("bytes_out")

    @property
    def chips(self) -> list[Share]:
        """The shares of several chips, by name; empty where one chip ran, or none."""
        shares: dict[str, Share] = {}
        for _, reply in self.runs:
            for share in reply.shares:
                shares[share.chip] = shares.get(share.chip, Share(share.chip)) + share
        return [shares[name] for name in sorted(shares)]

    @property
    def makespan(self) -> int | None:
        """Cycles from memory to memory of the chip with the most of them, None unless several chips ran."""
        return max((share.outside for share in self.chips), default=None)

    @functools.cached_property
    def bound(self) -> int:
        """Least cycles of computing that this configuration can take; computed on first use."""
        return sum(self.backend.machine.bound(*pair, len(reply.bits)) for pair, reply in self.runs)

    @property
    def utilisation(self) -> float | None:
        """Bound over cycles, None where no hardware ran."""
        return self.bound / self.cycles if self.cycles else None

    def _sum(self, name: str) -> int | None:
        found = [getattr(reply, name) for _, reply in self.runs]
        return sum(found) if found and None not in found else None

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the rows of the table, name and text."""
        yield "einsum", self.subscripts
        yield "where", f"{self.where}, configuration {self.config}, {self.format}"
        yield "result", f"{' x '.join(map(str, self.shape)) or 'scalar'}, {self.results:,} entries"
        lost = {"became infinite": self.overflows, "became zero": self.underflows}
        if any(lost.values()):
            yield "rounded results", ", ".join(f"{count:,} {what}" for what, count in lost.items() if count)
        yield "contractions on the machine", f"{len(self.runs):,}"
        if self.pairs:
            yield "tiled", f"operands larger than the chip, from memory: {self.pairs:,} pairs of tiles"
        yield "dot products, products", f"{self.jobs:,}, {self.matches:,}"
        if self.cycles is not None:
            yield "cycles", f"{self.cycles:,} (and {self.load_cycles:,} of loading)"
        if self.runs:
            yield "cycles of the lower bound", f"{self.bound:,}"
            if self.cycles is not None:
                yield "utilisation (bound / cycles)", f"{100 * self.utilisation:.1f} %"
        if self.cycles is not None:
            yield "bytes in, out", f"{self.bytes_in:,}, {self.bytes_out:,}"
        for number, share in enumerate(self.chips, 1):
            text = (
                f"{share.tiles:,} tiles, {share.outside:,} cycles, {share.bytes_in:,} bytes in, {share.bytes_out:,} out"
            )
            yield f"chip {number}", text
        if self.makespan:
            balance = sum(share.outside for share in self.chips) / (len(self.chips) * self.makespan)
            yield "makespan, balance", f"{self.makespan:,} cycles, {100 * balance:.1f} %"
        yield (
            "checked",
            (
                "every result agrees with the model, bit by bit"
                if self.checked
                else "the model itself"
                if self.where == "model"
                else "nothing ran on the machine"
            ),
        )
        for sentence in self.beside:
            yield "on the host", sentence
        for number, step in enumerate(self.steps):
            for sentence in step.beside:
                yield f"on the host, step {number + 1}: {step.subscripts}", sentence

    def __str__(self) -> str:
        rows = list(self.rows())
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:{width}}  {text}" for name, text in rows)

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in self.rows()
        )
        return f"<table>{body}</table>"
