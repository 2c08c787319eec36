# SPDX-License-Identifier: Apache-2.0
"""Which modes of two tensors on a device are rows, columns and contracted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flaash.device.held import Modes, Tensor
from flaash.errors import EinsumError
from flaash.pairs import Roles


@dataclass(frozen=True, eq=False)
class Labelled:
    """A tensor on the device with an index for each mode."""

    tensor: Tensor
    indices: str

    def modes(self, indices: str) -> Modes:
        """Return the modes with these indices."""
        return tuple(self.indices.index(index) for index in indices)

    def extents(self, indices: str) -> Modes:
        """Return the extents of these indices."""
        return tuple(self.tensor.shape[mode] for mode in self.modes(indices))


@dataclass(frozen=True, eq=False)
class Use:
    """A contraction as the machine does it.

    Attributes:
        sides: A and B; A has the rows of the result, B the columns.
        free: indices of the rows and of the columns.
        contracted: indices that are summed, in the order of the arrays.
    """

    sides: tuple[Labelled, Labelled]
    free: tuple[str, str]
    contracted: str

    @property
    def subscripts(self) -> str:
        """The contraction in einsum's words."""
        return f"{self.sides[0].indices},{self.sides[1].indices}->{''.join(self.free)}"


def plan(left: Labelled, right: Labelled, output: str | None, kept: str) -> Use:
    """Return how the machine contracts two tensors.

    Args:
        left, right: the tensors.
        output: the indices of the result in their order; None for any order.
        kept: the indices that the result has.

    Raises:
        EinsumError: the machine alone can't do it; the text names the indices and a remedy.
    """
    for side in (left, right):
        twice = [index for index in side.indices if side.indices.count(index) > 1]
        if twice:
            raise EinsumError(f"index {twice[0]!r} stands twice in {side.indices!r}: flaash.einsum takes the diagonal")
    roles = Roles.of(left.indices, right.indices, kept)
    subscripts = f"{left.indices},{right.indices}"
    if roles.batch:
        raise EinsumError(
            f"{subscripts}: index {roles.batch[0]!r} is in both operands and in the result; a device has no batches,"
            " flaash.einsum has"
        )
    for alone in filter(None, roles.alone):
        raise EinsumError(
            f"{subscripts}: only one operand has the index {alone[0]!r} that is summed: sum over it before"
        )
    if not roles.common:
        raise EinsumError(f"{subscripts}: no index is summed; flaash.einsum computes outer products")
    for index in roles.common:
        extents = left.extents(index) + right.extents(index)
        if extents[0] != extents[1]:
            raise EinsumError(f"{subscripts}: index {index!r} has the extents {extents[0]} and {extents[1]}")
    sides, free = (left, right), roles.free
    if output is not None:
        sides, free = _ordered(sides, free, output)
    return Use(sides, free, _contracted(sides, free, roles.common))


def _ordered(
    sides: tuple[Labelled, Labelled], free: tuple[str, str], output: str
) -> tuple[tuple[Labelled, Labelled], tuple[str, str]]:
    """Let the operand whose free indices come first in the result have the rows."""
    for first, second in ((0, 1), (1, 0)):
        cut = len(free[first])
        if set(output[:cut]) == set(free[first]):
            return (sides[first], sides[second]), (output[:cut], output[cut:])
    raise EinsumError(
        f"the result {output!r} mixes the indices {free[0]!r} of one operand and {free[1]!r} of the other; the machine"
        f" writes {free[0] + free[1]!r} or {free[1] + free[0]!r}: transpose what get() returns"
    )


def _contracted(sides: Sequence[Labelled], free: Sequence[str], common: str) -> str:
    """Return the contracted indices in the order in which an operand has its arrays already, if one has."""
    for side, own in zip(sides, free, strict=True):
        for rows, leaf in side.tensor.forms:
            order = "".join(side.indices[mode] for mode in leaf)
            if rows == side.modes(own) and set(order) == set(common):
                return order
    return common


def fused(side: Labelled, contracted: str) -> int:
    """Return the extent of the contracted mode."""
    return math.prod(side.extents(contracted))
