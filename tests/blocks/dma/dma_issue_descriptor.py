# SPDX-License-Identifier: Apache-2.0
"""A descriptor of the tests of flaash_dma_issue."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Descriptor:
    """A descriptor, what has happened to it, and in which cycles.

    Attributes:
        code: of its own error, or 0.
        kept: operands that the chip holds for it.
        wait: cycles until the parser is ready.
        told: codes that its first error may have; several, if they came in one cycle.
        fence: it waits for the responses to all earlier results.
        asked: its arrays are requested.
        settled: its own results have their responses.
        loads: the operands that were handed to the chip, None before.
        killed: its reads are abandoned: later errors are no errors of this descriptor.
    """

    number: int
    began: int
    code: int
    keep: int
    kept: int
    wait: int
    beats: int
    prompt: int
    wants_irq: int
    fence: int
    written: bool = False
    parsed: bool = False
    asked: bool = False
    settled: bool = False
    loads: int | None = None
    killed: bool = False
    told: set[int] = field(default_factory=set)
    age: int = 0
    started: int | None = None
    computed: int | None = None
    left: int = 0

    @property
    def finish(self) -> dict:
        """Members of finish_t."""
        return {"relu": self.number & 1, "narrow": self.number >> 1 & 1, "shift": self.number * 5 % 64}

    def descriptor(self) -> dict:
        """Return its contents."""
        head = {"keep": self.keep, "tag": self.number, "prompt": self.prompt, "wants_irq": self.wants_irq}
        head |= {"fence": self.fence, "orders": [1, 2], "run_length": self.number + 1, "long_lines": self.number + 2}
        head |= self.finish
        return {"head": head, "extent": self.number + 3, "entries": [self.number + 4, 5], "short_crd": 2}
