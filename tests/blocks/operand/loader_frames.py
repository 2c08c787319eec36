# SPDX-License-Identifier: Apache-2.0
"""Operand frames for the loader's bench: right ones of every form, and wrong ones."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Iterator

import numpy as np

from flaash.driver.frames import pack_operand
from models.csf import Csf
from models.generate import uniform_tensor
from tests.blocks.operand.loader_model import Build


def tensor(rng: random.Random, shape: tuple[int, ...], nnz: int, empty: int = 0) -> Csf:
    """Return a tensor with entries anywhere and about `empty` nodes without any."""
    generator = np.random.default_rng(rng.getrandbits(32))
    csf = Csf.from_tensor(uniform_tensor(generator, shape, nnz=nnz))
    return csf.with_empty_nodes(generator, empty) if empty else csf


def frame(csf: Csf, operand: int, build: Build, rng: random.Random) -> list[int]:
    """Return the beats of a tensor's frame, with random value patterns in place of its values."""
    patterns = np.array([rng.getrandbits(build.fmt.value_width) for _ in range(csf.nnz)], np.uint32)
    csf = dataclasses.replace(csf, leaf_values=build.fmt.decode(patterns))
    return pack_operand(csf, operand, build.fmt, build.coord_width, build.feed_width // 8)


def filling(rng: random.Random, build: Build, lines: int) -> Csf:
    """Return a tensor of order 2 whose fibers, of random lengths, take a number of lines."""
    longest = min(3 * build.lanes, 2**build.coord_width)
    lengths: list[int] = []
    while lines:
        most = min(longest, lines * build.lanes)
        # After the first few all are long, because the table holds only a number of fibers.
        length = rng.randint(1 if len(lengths) < 8 else max(1, most - build.lanes + 1), most)
        lengths.append(length)
        lines -= -(-length // build.lanes)
    return of_lengths(rng, build, lengths)


def of_lengths(rng: random.Random, build: Build, lengths: list[int]) -> Csf:
    """Return a tensor of order 2 with fibers of these lengths, of at most 2**CoordWidth entries each."""
    extent = min(2**build.coord_width, 2 * max(lengths))
    coords = [np.sort(rng.sample(range(extent), length)) for length in lengths]
    return Csf(
        (len(lengths), extent),
        [np.arange(len(lengths))],
        [np.cumsum([0, *lengths])],
        np.concatenate(coords),
        np.zeros(sum(lengths)),
    )


def right_frames(rng: random.Random, build: Build, count: int) -> Iterator[tuple[str, list[int]]]:
    """Yield frames that fit the build: corners first, then random ones."""
    widest = min(2**build.coord_width, 2**32 - 1)
    some = min(20, build.mem_lines, build.fiber_depth)
    empty = Csf((3, 4, 5), [np.zeros(0, int)] * 2, [np.zeros(1, int)] * 2, np.zeros(0, int), np.zeros(0))
    corners = {
        "order 1": tensor(rng, (widest,), min(some, widest)),
        "order 1, one entry": tensor(rng, (1,), 1),
        "order 1, empty": tensor(rng, (7,), 0),
        "no nodes": empty,
        "empty nodes only": tensor(rng, (5, 6, 7), 0, empty=6),
        "order 8": tensor(rng, (2, 3, 2, 3, 2, 3, 2, 8), 5, empty=2),
        "two long fibers": tensor(rng, (2, min(widest, 100)), min(widest, 8 * build.lanes - 1)),
        "huge extents": tensor(rng, (2**32 - 1, 2**32 - 1, widest), some // 2, empty=2),
        "one entry per fiber": tensor(rng, (some, 1), some),
    }
    for name, csf in corners.items():
        yield name, frame(csf, rng.randrange(2), build, rng)
    while count:
        order = rng.randint(2, 4)
        shape = tuple(rng.randint(1, 5) for _ in range(order - 1)) + (rng.randint(1, min(widest, 12)),)
        csf = tensor(rng, shape, rng.randint(0, min(40, math.prod(shape))), rng.randint(0, 5))
        if _fits(csf, build):
            count -= 1
            yield f"shape {shape}, {csf.nnz} entries", frame(csf, rng.randrange(2), build, rng)


def _fits(csf: Csf, build: Build) -> bool:
    lengths = np.diff(csf.fiber_bounds(), axis=1)
    lines = -(-lengths // build.lanes)
    return csf.nodes <= build.node_depth and len(lengths) <= build.fiber_depth and lines.sum() <= build.mem_lines


def wrong_beats(rng: random.Random, right: list[int], width: int = 128) -> tuple[str, list[int]]:
    """Return a frame with one change that may or may not make it wrong, and a description of the change."""
    changed = list(right)
    kind = rng.choice(["word", "word", "word", "bit", "cut", "more"])
    if kind == "cut":
        del changed[rng.randrange(1, max(2, len(changed))) :]
    elif kind == "more":
        changed += [rng.getrandbits(width) for _ in range(rng.randint(1, 6))]
    else:
        beat, word = rng.randrange(len(changed)), rng.randrange(width // 32)
        old = changed[beat] >> 32 * word & 0xFFFF_FFFF
        new = (
            old ^ 1 << rng.randrange(32)
            if kind == "bit"
            else rng.choice([0, 1, 2, 3, old + 1, max(old, 1) - 1, old + 7, 2 * old, rng.getrandbits(32), 0xFFFF_FFFF])
        )
        changed[beat] ^= (old ^ (new & 0xFFFF_FFFF)) << 32 * word
        kind += f" {word} of beat {beat} from {old:#x} to {new:#x}"
    return kind, changed
