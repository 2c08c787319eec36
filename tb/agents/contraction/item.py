# SPDX-License-Identifier: Apache-2.0
"""One contraction, and the response of the hardware."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from numbers import Integral

from pyuvm import uvm_sequence_item

from models.csf import Csf
from models.device.layout import RECORDS
from models.numbers import PLAIN, Finish
from tb.agents.axil.item import AxilItem
from tb.common.stalls import STALLS
from tb.dma.cover_points import CHANNELS

PORTS = ("operand", "result", "register")


@dataclasses.dataclass(frozen=True)
class ExpectedError:
    """An error that an item provokes.

    Attributes:
        name: of the code, such as "ErrHeader".
        place: what RegErrorPlace shall hold, None where the specification leaves it open.
        count: errors in all, None where the specification leaves it open.
        fatal: whether the contraction does not take place.
    """

    name: str
    place: int | None = None
    count: int | None = 1
    fatal: bool = True


@dataclasses.dataclass(frozen=True)
class Refusal:
    """64 bytes that the memory refuses, once; only at the memory interface.

    Attributes:
        part: "Descriptor", "Pos", "Crd", "Val" or "Result".
        response: "Slave" or "Decode".
        which, level: of an array: 0 for A or 1 for B, and the level, 7 for the leaf.
        last: the last 64 bytes of an array, otherwise the first ones of whatever it is.
    """

    part: str
    response: str
    which: int = 0
    level: int = 0
    last: bool = False

    @property
    def code(self) -> str:
        """Name of the error."""
        return f"Err{'Write' if self.part == 'Result' else 'Read'}{self.response}"


class ContractionItem(uvm_sequence_item):
    """Operands, mode of operation and stalls of one contraction along the last modes.

    Args:
        a, b: operands; None leaves the one that is loaded.
        dense: every job delivers its result.
        run_length: most fibers of B per job, 0 for all.
        portion: most entries of A per portion, 0 for no splitting; above 0 only on hardware that can split.
        long_lines: least lines of a job that goes first, 0 for jobs in order.
        stalls: name of a stall generator (tb.common.stalls) by port (PORTS); absent ports don't stall.
        latency: at the memory interface, cycles that the memory adds by channel (CHANNELS); None for random ones.
        plain: at the memory interface, form of arrays and records, doorbell and prompt record as flaash.driver has
            them; otherwise these are random.
        part: its results belong to the result of the contraction before.
        room: as the attribute.
        chained: at the memory interface, the values of A are the records of the contraction before, where that writes
            them.
        finish: at the memory interface, the finish of the results.
        layout: of the results at the memory interface: RECORDS, ROWS or DENSE of models.device.layout. With ROWS before
            it, a chained item has these rows as A.
        pitch: elements of a row, 0 for as many as it can have.
        short_crd: columns of ROWS have 2 bytes.

    Raises:
        ValueError: a port or a stall generator that does not exist, or a number that its register can't hold.

    What an item does to the hardware can be bent, to provoke errors:

    Attributes:
        frames: beats to send instead of the packed operands; None sends those.
        start: whether the contraction is started at all.
        start_twice: write the start command again at once.
        while_loading: command bit (ControlStart, ControlSoftReset) that is written while the last
            frame is being received; the contraction is then not started.
        reset_after: cycles after the start until a soft reset, None for none.
        held: the host takes no result before that reset, which so must cut the frame short.
        accesses: register accesses that must be refused, carried out first.
        refusal: what the memory refuses; the driver, which knows where that lies, completes the error.
        room: records for which the result buffer has room, None for as many as there can be.
        error: what all this must lead to, None for a correct contraction.
        sequence: name of the sequence that sends it, for messages.
    """

    def __init__(
        self,
        a: Csf | None = None,
        b: Csf | None = None,
        dense: bool = False,
        run_length: int = 0,
        stalls: dict[str, str] | None = None,
        portion: int = 0,
        long_lines: int = 0,
        latency: dict[str, int] | None = None,
        plain: bool = False,
        part: bool = False,
        room: int | None = None,
        chained: bool = False,
        finish: Finish = PLAIN,
        layout: int = RECORDS,
        pitch: int = 0,
        short_crd: bool = False,
    ):
        super().__init__("contraction")
        self.a, self.b = a, b
        self.dense, self.run_length = dense, run_length
        self.portion, self.long_lines = portion, long_lines
        self.stalls, self.latency = {} if stalls is None else stalls, latency
        self.plain, self.part, self.room = plain, part, room
        self.chained, self.finish = chained, finish
        self.layout, self.pitch, self.short_crd = layout, pitch, short_crd
        self._check()
        self.frames: list[list[int]] | None = None
        self.start = True
        self.start_twice = False
        self.while_loading: str | None = None
        self.reset_after: int | None = None
        self.held = False
        self.accesses: list[AxilItem] = []
        self.refusal: Refusal | None = None
        self.error: ExpectedError | None = None
        self.sequence = ""

    def _check(self) -> None:
        if not isinstance(self.stalls, Mapping):
            raise ValueError(f"stalls is {self.stalls!r}, but takes a kind by port: {{'result': 'bursty'}}")
        for port, kind in self.stalls.items():
            if port not in PORTS:
                raise ValueError(f"stalls: there is no port {port!r}, choose from {', '.join(PORTS)}")
            if kind not in STALLS:
                raise ValueError(f"stalls: {port} can't be {kind!r}, choose one of {', '.join(STALLS)}")
        for channel in self.latency or {}:
            if channel not in CHANNELS:
                raise ValueError(f"latency: there is no channel {channel!r}, choose from {', '.join(CHANNELS)}")
        for name in ("run_length", "portion", "long_lines"):
            value = getattr(self, name)
            if not isinstance(value, Integral):
                raise ValueError(f"{name} = {value!r} is not an integer")
            if not 0 <= value < 2**32:
                raise ValueError(f"{name} = {value} is not from 0 to {2**32 - 1}")

    @property
    def drains(self) -> bool:
        """Whether the item leads to a result frame."""
        return self.start and not self.while_loading and not (self.error and self.error.fatal)

    @property
    def resets(self) -> bool:
        """Whether a soft reset comes in the middle of the item and cuts it short."""
        return self.reset_after is not None or self.while_loading == "ControlSoftReset"

    @property
    def forgets(self) -> bool:
        """Whether no operand is loaded after the item: a soft reset follows an error, too."""
        return self.resets or self.error is not None


@dataclasses.dataclass
class Outcome:
    """The registers at the end of an item; empty if another item of the queue followed it.

    Attributes:
        item: the contraction.
        registers: value by name, of the status, error and operand registers.
        counters: performance counters by name.
        refused: for each of the item's accesses, whether it was refused.
        interrupt: whether the interrupt line rose and fell as it should; a sentence if not.
        completed: when the host knew that a descriptor was completed, in ns; None if it was not.
    """

    item: ContractionItem
    registers: dict[str, int]
    counters: dict[str, int]
    refused: list[bool]
    interrupt: str = ""
    completed: float | None = None
