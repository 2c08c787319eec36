# SPDX-License-Identifier: Apache-2.0
"""The frames of the chip's streams (docs/specification.md): packs operands, parses results."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from models.csf import Csf
from models.numbers import NumberFormat

BEAT = 16  # bytes
WORD = 4  # bytes
OPERAND_MAGIC = 0x4641_4C46
RESULT_MAGIC = 0x4641_4C45


class FrameError(AssertionError):
    """A malformed result frame; the text names the error."""


@dataclasses.dataclass(frozen=True)
class ResultFrame:
    """A parsed result frame.

    Attributes:
        coords: (records, modes) uint64, free modes of A, then of B.
        bits: (records,) uint64, result patterns as wide as the format's results.
        error: code in the trailer.
        count: records that the trailer announces.
    """

    coords: np.ndarray
    bits: np.ndarray
    error: int
    count: int


def entry_width(fmt: NumberFormat, coord_width: int) -> int:
    """Return the bits of an entry in the operand stream."""
    return 1 << (coord_width + fmt.value_width - 1).bit_length()


def pack_operand(csf: Csf, which: int, fmt: NumberFormat, coord_width: int, beat: int = BEAT) -> list[int]:
    """Return the beats of an operand's frame, integers of 128 bits or of the width of a beat.

    Args:
        csf: the operand; its values are rounded to the format.
        which: 0 for A, 1 for B.
        fmt: value format of the hardware.
        coord_width: its bits of a contracted coordinate.
        beat: bytes of a beat; sections begin on a beat.
    """
    sections = [_words([OPERAND_MAGIC, which | fmt.code << 8, csf.order, csf.nnz]), _words(csf.shape)]
    if csf.order > 1:
        sections.append(_words([len(level) for level in csf.coords]))
    for coords, pointers in zip(csf.coords, csf.pointers, strict=True):
        sections += [_words(coords), _words(pointers)]
    entries = csf.leaf_coords.astype(np.uint64)
    entries |= fmt.encode(csf.leaf_values).astype(np.uint64) << np.uint64(coord_width)
    sections.append(entries.astype(f"<u{entry_width(fmt, coord_width) // 8}").tobytes())
    return to_beats(b"".join(section + bytes(-len(section) % beat) for section in sections), beat)


def to_beats(data: bytes, beat: int = BEAT) -> list[int]:
    """Return the beats of a number of whole beats of bytes."""
    return [int.from_bytes(data[at : at + beat], "little") for at in range(0, len(data), beat)]


def unpack_results(beats: Sequence[int], modes: int, fmt: NumberFormat) -> ResultFrame:
    """Parse a result frame.

    Args:
        beats: of the frame.
        modes: free modes of A and of B together.
        fmt: value format of the hardware.

    Raises:
        FrameError: no trailer, a part of a record, or padding that isn't zero.
    """
    words = np.frombuffer(b"".join(beat.to_bytes(BEAT, "little") for beat in beats), "<u4")
    words = words.reshape(-1, BEAT // WORD)
    if not len(words) or words[-1, 0] != RESULT_MAGIC:
        raise FrameError("the last beat of the result frame is no trailer")
    trailer = words[-1].astype(np.uint64)
    value_words = -(-fmt.result_width // 32)
    used = modes + value_words
    per_record = -(-used // (BEAT // WORD))
    body = words[:-1]
    if len(body) % per_record:
        raise FrameError(f"{len(body)} beats are no whole number of records of {per_record} beats")
    records = body.reshape(-1, (BEAT // WORD) * per_record).astype(np.uint64)
    if records[:, used:].any():
        raise FrameError("the padding of a record is not zero")
    bits = records[:, modes]
    if value_words == 2:
        bits = bits | records[:, modes + 1] << np.uint64(32)
        _check_sign(bits, fmt.result_width)
        bits &= np.uint64(2**fmt.result_width - 1)
    count = int(trailer[2] | trailer[3] << np.uint64(32))
    return ResultFrame(records[:, :modes], bits, int(trailer[1]), count)


def _check_sign(bits: np.ndarray, width: int) -> None:
    shift = np.int64(64 - width)
    if (bits.view(np.int64) << shift >> shift != bits.view(np.int64)).any():
        raise FrameError("a value is not sign-extended")


def _words(numbers: Sequence[int] | np.ndarray) -> bytes:
    # Reduced to 32 bits, so that a mistake made on purpose can be sent.
    return (np.asarray(numbers, np.int64) & 0xFFFF_FFFF).astype("<u4").tobytes()
