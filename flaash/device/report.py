# SPDX-License-Identifier: Apache-2.0
"""The report of a Device: the cost of each step, and what the host has moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DeviceStep:
    """A contraction on the device.

    Attributes:
        subscripts: of the step.
        fenced: whether it reads results of a step with the same doorbell.
        results: that were written; in the layout dense those that were computed.
        cycles: from the first read of its descriptor to the last write of its results; None without hardware.
        computing: cycles of computing among them.
        read, written: bytes that the machine moved.
    """

    subscripts: str
    fenced: bool
    results: int
    cycles: int | None
    computing: int | None
    read: int | None
    written: int


@dataclass
class DeviceReport:
    """What a device has done since it was opened, or since Device.new_report().

    Attributes:
        where: "verilator, configuration fast8, fp32".
        steps: the contractions, in their order.
        doorbells: number of starts by the host.
        bytes_in, bytes_out: that the host wrote as operands, and read as results. Descriptors and completion
            records do not count.
        elapsed: cycles from each doorbell until all of its steps were complete, added up; None without hardware.
        host: steps on the host, a sentence each.
        checked: whether each byte of each result was compared with the exact model.
    """

    where: str
    steps: list[DeviceStep] = field(default_factory=list)
    doorbells: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    elapsed: int | None = None
    host: list[str] = field(default_factory=list)
    checked: bool = False

    @property
    def cycles(self) -> int | None:
        """The cycles of all steps, added up."""
        return self._sum("cycles")

    @property
    def computing(self) -> int | None:
        """Cycles of computing of all steps."""
        return self._sum("computing")

    @property
    def cold(self) -> int | None:
        """Cycles since the doorbells in which nothing was computed: reads, fences, writes."""
        return None if self.elapsed is None else self.elapsed - (self.computing or 0)

    @property
    def overlapped(self) -> int | None:
        """Cycles that steps of one doorbell shared with each other."""
        return None if self.elapsed is None else max((self.cycles or 0) - self.elapsed, 0)

    def _sum(self, name: str) -> int | None:
        values = [getattr(step, name) for step in self.steps]
        return None if None in values else sum(values)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the lines of the report: name and text."""
        yield "where", self.where
        yield "steps, doorbells", f"{len(self.steps):,}, {self.doorbells:,}"
        for number, step in enumerate(self.steps, 1):
            text = f"{step.results:,} results"
            if step.cycles is not None:
                text += f", {step.cycles:,} cycles, {step.computing:,} of computing"
            yield f"step {number}: {step.subscripts}", text + (", behind a fence" if step.fenced else "")
        if self.elapsed is not None:
            yield "cycles from doorbell to end", f"{self.elapsed:,}"
            yield "cold, overlapped", f"{self.cold:,}, {self.overlapped:,}"
        yield "bytes of the host in, out", f"{self.bytes_in:,}, {self.bytes_out:,}"
        yield (
            "checked",
            "every byte of every result agrees with the model"
            if self.checked
            else "nothing was compared with the model",
        )
        for sentence in self.host:
            yield "on the host", sentence

    def __str__(self) -> str:
        rows = list(self.rows())
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:{width}}  {text}" for name, text in rows)
