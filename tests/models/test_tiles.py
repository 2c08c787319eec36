# SPDX-License-Identifier: Apache-2.0
"""Tiles of operands: their room, every pair once, the loaded bytes, and the same results."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import generate
from models.contract import Fibers, contract
from models.csf import Csf
from models.errors import TensorError
from models.tiles import Room, cut_tiles, moved_bytes, opened_nodes, plan, products, split_tiles
from tests.models.strategies import FLOAT32, tensor, tensors

ROOMS = st.builds(Room, st.sampled_from([1, 2, 4]), st.integers(5, 9), st.integers(1, 4), st.integers(3, 8))


def room_taken(csf: Csf, lanes: int) -> tuple[int, int, int]:
    lengths = np.diff(csf.fiber_bounds())
    return int((-(-lengths // lanes)).sum()), len(lengths), csf.nodes


@given(tensors(max_order=4, values=FLOAT32), ROOMS)
def test_tiles_are_whole_fibers_and_as_many_as_there_is_room_for(operand, room) -> None:
    tiles = cut_tiles("A", operand, room)
    starts = Fibers.of(operand).starts
    assert [tile.first for tile in tiles] == [0, *(tile.last for tile in tiles)][: len(tiles)]
    assert (tiles[-1].last if tiles else 0) == len(starts) - 1
    for tile in tiles:
        assert tile.entries == (starts[tile.first], starts[tile.last])
        taken = room_taken(Csf.from_tensor(tile.of(operand)), room.lanes)
        assert all(a <= b for a, b in zip(taken, (room.lines, room.fibers, room.nodes), strict=True))
    for tile, after in itertools.pairwise(tiles):
        more = after.of(operand)
        first = Fibers.of(more).starts[1]
        both = tensor(operand.shape, {})
        both = type(both)(
            operand.shape,
            np.concatenate([tile.of(operand).coords, more.coords[:first]]),
            np.concatenate([tile.of(operand).values, more.values[:first]]),
        )
        taken = room_taken(Csf.from_tensor(both), room.lanes)
        assert any(a > b for a, b in zip(taken, (room.lines, room.fibers, room.nodes), strict=True))


@given(tensors(min_order=1, max_order=4, values=FLOAT32))
def test_opened_nodes_add_up_to_those_of_the_tree(operand) -> None:
    opened = opened_nodes(Fibers.of(operand).paths)
    assert opened.sum() == Csf.from_tensor(operand).nodes


@given(st.data(), ROOMS, ROOMS, st.sampled_from([0, 1]))
def test_tiles_give_the_same_results(data, room_a, room_b, stays) -> None:
    a = data.draw(tensors(max_order=3, values=FLOAT32))
    b = data.draw(tensors(max_order=3, values=FLOAT32))
    b = tensor((*b.shape[:-1], 5), {tuple(row): 1.5 for row in b.coords.tolist()})
    a = tensor((*a.shape[:-1], 5), dict(zip(map(tuple, a.coords.tolist()), a.values, strict=True)))
    whole = contract(a, b, "fp32")
    tiles = cut_tiles("A", a, room_a), cut_tiles("B", b, room_b)
    made = plan(*tiles, [1] * len(tiles[0]), [1] * len(tiles[1]), stays)
    parts = {}
    for one, other in made.pairs():
        part = contract(made.a[one].of(a), made.b[other].of(b), "fp32")
        for row, bits in zip(part.coords.tolist(), part.bits.tolist(), strict=True):
            assert tuple(row) not in parts
            parts[tuple(row)] = bits
    assert parts == dict(zip(map(tuple, whole.coords.tolist()), whole.bits.tolist(), strict=True))
    assert sorted(made.pairs()) == list(itertools.product(range(len(tiles[0])), range(len(tiles[1]))))


def test_a_fiber_longer_than_a_tile_is_named() -> None:
    long = generate.one_full_fiber(np.random.default_rng(1), (3, 4, 33))
    row = tuple(long.coords[0, :-1].tolist())
    with pytest.raises(TensorError) as caught:
        cut_tiles("B", long, Room(4, 8, 100, 100))
    assert str(caught.value) == (
        f"B: fiber 0, at coordinates {row}, has 33 entries, and a tile holds 32; a build with MemLines = 9 can"
    )
    with pytest.raises(TensorError, match="MemLines = 18 can"):
        cut_tiles("B", long, Room.half_of(4, 17, 200, 200))
    assert len(cut_tiles("B", long, Room(4, 9, 100, 100))) == 1
    with pytest.raises(TensorError, match="needs 2 nodes"):
        cut_tiles("B", long, Room(4, 9, 100, 1))


@given(st.lists(st.integers(1, 9), max_size=5), st.lists(st.integers(1, 9), max_size=5))
def test_what_stays_is_what_loads_less(sizes_a, sizes_b) -> None:
    tiles = [[None] * len(sizes) for sizes in (sizes_a, sizes_b)]  # their contents do not matter
    made = plan(*tiles, sizes_a, sizes_b)
    loaded = []
    for stays in (0, 1):
        total, held = 0, [None, None]
        for pair in plan(*tiles, sizes_a, sizes_b, stays).pairs():
            for side, sizes in enumerate((sizes_a, sizes_b)):
                if held[side] != pair[side]:
                    total, held[side] = total + sizes[pair[side]], pair[side]
        loaded.append(total)
        assert total == moved_bytes(sizes_a, sizes_b, stays)
    assert made.stays == int(loaded[1] < loaded[0])


def test_the_large_pair_takes_more_than_twenty_pairs_of_tiles() -> None:
    a, b = generate.large_pair()
    assert (a.nnz, b.nnz) == (200_000, 50_000)
    room = Room.half_of(4, 8192, 8192, 16384)  # of the configuration `default`
    tiles = cut_tiles("A", a, room), cut_tiles("B", b, room)
    assert len(tiles[0]) * len(tiles[1]) >= 20


@given(st.data(), st.integers(1, 4))
def test_products_are_those_of_the_contraction(data, extent) -> None:
    a, b = (data.draw(tensors(max_order=3, values=FLOAT32)) for _ in range(2))
    a, b = (type(x)((*x.shape[:-1], max(a.shape[-1], b.shape[-1])), x.coords, x.values) for x in (a, b))
    each = products(a, b)
    assert each.sum() == contract(a, b, "fp32").matches and len(each) == Fibers.of(a).count


@given(tensors(max_order=3, values=FLOAT32), ROOMS, st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_split_tiles_keep_their_fibers_and_share_the_weight(operand, room, parts, seed) -> None:
    count = Fibers.of(operand).count
    weights = np.random.default_rng(seed).integers(0, 5, count)
    tiles = cut_tiles("A", operand, room)
    split = split_tiles(tiles, operand, weights, parts)
    assert [tile.first for tile in split] == [0, *(tile.last for tile in split)][: len(split)]
    assert {tile.last for tile in tiles} <= {tile.last for tile in split}
    assert (
        np.concatenate([tile.of(operand).coords for tile in split], axis=0).tolist() == operand.coords.tolist()
        if (split)
        else not operand.nnz
    )
    if weights.any():
        share, largest = weights.sum() / parts, weights.max()
        for tile in split:
            weight = weights[tile.first : tile.last].sum()
            assert weight <= share + largest or tile.last - tile.first == 1
