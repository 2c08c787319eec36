# SPDX-License-Identifier: Apache-2.0
"""The pieces of models.plan are each pair of fibers once, in sets that a group can hold."""

import itertools
from random import Random

import pytest

from models.plan import Machine, Operand, Piece, candidates, plan, shapes

MACHINES = [Machine(1, 1, 4), Machine(16, 2, 8), Machine(3, 3, 3, 2), Machine(7, 2, 2, 8), Machine(64, 1, 4, 1)]


def drawn(rng: Random) -> tuple[list[int], list[int], int]:
    """Return lines of the fibers of A and B, and an extent."""
    a, b = ([rng.randint(1, rng.choice([1, 5, 60])) for _ in range(rng.randint(1, 300))] for _ in range(2))
    return a, b, rng.choice([1, 7, 100, 4096, 2**32 - 1])


def pairs(piece: Piece, b: list[int]) -> list[tuple[int, int]]:
    """Return the pairs of fibers of a piece."""
    first = [0, *itertools.accumulate(b)]
    return list(itertools.product(range(piece.a_id, piece.a_end), range(piece.b_id, first.index(piece.b_end_line))))


@pytest.mark.parametrize("machine", MACHINES, ids=str)
def test_each_pair_is_in_one_piece(machine: Machine) -> None:
    rng = Random(machine.groups)
    for _ in range(20):
        a, b, extent = drawn(rng)
        pieces = plan(*(Operand(lines, rng.randint(len(lines), 4 * sum(lines))) for lines in (a, b)), extent, machine)
        found = sorted(pair for piece in pieces for pair in pairs(piece, b))
        assert found == list(itertools.product(range(len(a)), range(len(b))))
        for piece in pieces:
            assert 0 <= piece.group < machine.groups
            assert 1 <= piece.set_size <= machine.limit
            assert piece.empty == (not pairs(piece, b))
            assert piece.a_line == sum(a[: piece.a_id]) and piece.a_end_line == sum(a[: piece.a_end])


def test_no_row_has_more_sets_than_rows_of_equal_fibers() -> None:
    """Where the first fibers are long, the rows of equal lines at the end would have most of the fibers."""
    machine = Machine(16, 2, 8)
    pieces = plan(Operand([90] * 20 + [1] * 44, 6000), Operand([1] * 64, 64), 4096, machine)
    assert max(piece.a_end - piece.a_id for piece in pieces) <= machine.limit


def test_the_shapes_of_sixteen_groups() -> None:
    assert shapes(16) == [(16, 1), (8, 2), (5, 3), (4, 4), (3, 5), (2, 8), (1, 16)]


def test_the_cheapest_candidate_counts() -> None:
    """Few fibers of A and a long B: one row, as many columns as there are groups."""
    machine = Machine(16, 2, 8)
    operands = Operand([1] * 4, 4), Operand([4] * 640, 8000)
    choices = list(candidates(*operands, 4096, machine))
    best = min(choices, key=lambda choice: choice.cost)
    assert (best.rows, best.columns, len(choices)) == (1, 16, 7)
    assert {piece.b_id for piece in plan(*operands, 4096, machine)} == set(range(0, 640, 40))
