# SPDX-License-Identifier: Apache-2.0
"""The allocator: pieces are aligned, inside, disjoint, and merged when they are freed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaash.driver.allocator import Allocator
from flaash.driver.errors import OutOfMemory

BASE, SIZE = 0x1008, 0x4000


@given(st.lists(st.tuples(st.integers(0, 0x800), st.sampled_from([0, 64, 1024]), st.integers(0, 99)), max_size=40))
def test_pieces_never_overlap(steps) -> None:
    allocator, pieces = Allocator(BASE, SIZE), {}
    whole = allocator.free_bytes
    for size, align, choice in steps:
        if choice % 3 == 0 and pieces:
            address = sorted(pieces)[choice % len(pieces)]
            del pieces[address]
            allocator.give_back(address)
            continue
        largest = allocator.largest
        try:
            address = allocator.take(size, align)
        except OutOfMemory:
            assert largest < size + max(align, 64) + 64
            continue
        assert address % max(align, 64) == 0
        assert address >= BASE and address + size <= BASE + SIZE
        for other, length in pieces.items():
            assert address + max(size, 1) <= other or other + max(length, 1) <= address
        pieces[address] = size
    for address in pieces:
        allocator.give_back(address)
    assert (allocator.free_bytes, allocator.largest) == (whole, whole)


def test_a_full_memory_says_what_is_left() -> None:
    allocator = Allocator(0, 4096)
    first = allocator.take(1000)
    allocator.take(2000)
    with pytest.raises(OutOfMemory, match="no 4,000 bytes in one piece .* largest piece has 1,024"):
        allocator.take(4000)
    allocator.give_back(first)
    with pytest.raises(ValueError, match="no piece was taken at 0x0"):
        allocator.give_back(first)
    assert allocator.take(1024) == first


def test_a_memory_without_a_whole_piece() -> None:
    allocator = Allocator(1, 100)
    assert allocator.largest == 0
    with pytest.raises(OutOfMemory):
        allocator.take(1)
