# SPDX-License-Identifier: Apache-2.0
"""What happens at the memory interface's bus: descriptors that are announced, accesses, completion records."""

from __future__ import annotations

import dataclasses

from models.csf import Csf
from models.device.layout import ALIGN, COMPLETION, COMPLETION_AT, Descriptor
from models.device.results import Matrix
from tb.agents.contraction.item import ContractionItem

Piece = tuple[int, int]  # first address, the one after the last


@dataclasses.dataclass(frozen=True)
class Announced:
    """A descriptor that the host has put into the ring.

    Attributes:
        item: its contraction.
        slot: its address.
        descriptor: its contents.
        arrays: of the operands that are not kept.
        a: operand A as it lies in memory.
        matrix: where results go as rows or as a dense matrix, None for records.
    """

    item: ContractionItem
    slot: int
    descriptor: Descriptor
    arrays: tuple[Piece, ...]
    a: Csf | None = None
    matrix: Matrix | None = None

    @property
    def readable(self) -> list[Piece]:
        """Pieces that the chip may read: the slot but for the record, and the arrays to the end of 64 bytes each."""
        arrays = [(first, -(-end // ALIGN) * ALIGN) for first, end in self.arrays]
        return [(self.slot, self.slot + COMPLETION_AT), *arrays]

    @property
    def record(self) -> Piece:
        """Where the completion record goes."""
        return self.slot + COMPLETION_AT, self.slot + COMPLETION_AT + COMPLETION

    @property
    def buffers(self) -> list[Piece]:
        """Where results may go."""
        found = self.matrix.arrays() if self.matrix else [(self.descriptor.results, self.descriptor.capacity)]
        return [(address, address + size) for address, size in found]


@dataclasses.dataclass(frozen=True)
class Access:
    """Bytes that the chip has read or written, within one beat.

    Attributes:
        address, length: of the bytes.
        data: that were written, None for a read.
        time: in ns.
    """

    address: int
    length: int
    data: bytes | None
    time: float


@dataclasses.dataclass(frozen=True)
class Request:
    """A burst of reads.

    Attributes:
        address: of its first beat.
        time: of its address, in ns.
    """

    address: int
    time: float


@dataclasses.dataclass
class Burst:
    """A burst of writes.

    Attributes:
        address: of its first beat.
        responded: when the memory's response was accepted, in ns; None until then.
    """

    address: int
    responded: float | None = None


@dataclasses.dataclass(frozen=True)
class Written:
    """A completion record that the chip has written.

    Attributes:
        slot: address of its slot.
        data: its bytes.
        time: of the last of them, in ns.
    """

    slot: int
    data: bytes
    time: float
