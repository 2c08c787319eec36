# SPDX-License-Identifier: Apache-2.0
"""Exceptions of the driver, which name code, place and meaning."""

from __future__ import annotations

from models.constants import DMA, ERRORS

LEAF = 7  # the level that stands for the leaf in a place
UNIT = 16  # bytes per unit of the offset in a place of a read or write
PARTS = {part.value: name.removeprefix("Part").lower() for name, part in DMA.prefixed("Part").items()}
CODES = {error.value: error for error in (*ERRORS.values(), *DMA.errors.values())}
BUS_ERRORS = ("ErrReadSlave", "ErrReadDecode", "ErrWriteSlave", "ErrWriteDecode")
FRAME_ERRORS = ("ErrExtent", "ErrCount", "ErrMemoryFull", "ErrPointer", "ErrCoordOrder", "ErrCoordRange")
DESCRIPTOR_ERRORS = ("ErrDescriptor", "ErrAlign", "ErrSpan", "ErrLevelCount")


class DriverError(RuntimeError):
    """A failed call of the driver."""


class OutOfMemory(DriverError):
    """The machine's memory has no room for an operand or a result."""


class WrongMachine(DriverError):
    """The registers belong to no machine with a memory interface."""


class SlowPortion(UserWarning):
    """A portion that makes a contraction much slower; the message has the remedy."""


class MachineError(DriverError):
    """The machine has refused or ended a contraction.

    Attributes:
        code: of the error.
        name: of the code, such as "ErrCoordRange".
        place: of the error, as the machine reports it.
        meaning: of the code, a part of a sentence.
    """

    def __init__(self, code: int, place: int):
        self.code, self.place = code, place
        error = CODES.get(code)
        self.name = error.name if error else f"code {code:#04x}"
        self.meaning = error.meaning if error else "an error that this driver does not know"
        super().__init__(f"{self.name} ({code:#04x}) at {describe_place(code, place)}: {self.meaning}")


def describe_place(code: int, place: int) -> str:
    """Return the place of an error in words."""
    name = CODES[code].name if code in CODES else ""
    operand, level = "AB"[place >> 31], place >> 28 & 7
    where = "the leaf" if level == LEAF else f"level {level}"
    if name in BUS_ERRORS:
        part, offset = PARTS.get(place >> 24 & 15, "unknown part"), UNIT * (place & 0xFF_FFFF)
        array = f"{part} of {where} of {operand}" if part in ("crd", "pos", "val") else f"the {part}"
        return f"byte {offset} of {array}"
    if name in FRAME_ERRORS:
        return f"operand {operand}, {where}, position {place & 0x0FFF_FFFF}"
    if name in DESCRIPTOR_ERRORS:
        return f"byte {place} of the descriptor"
    return f"place {place:#x}"
