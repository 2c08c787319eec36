# SPDX-License-Identifier: Apache-2.0
"""One contraction of two labelled tensors, arranged so that the machine can do it: slices, fused modes.

The sum over all indices that are not in the result is one dot product on the machine, exact and rounded
once. A summed index that only one operand has becomes a contracted mode, too. The other operand is repeated
along it, so that the sum is exact and rounded once. An index that both operands and the result have (a batch)
cuts both into slices, which are contracted separately.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flaash.backends import Backend, Pair, Reply, format_of
from flaash.errors import EinsumError
from models.csf import Csf
from models.tensor import SparseTensor

MAX_ENTRIES = 2**24  # of an operand that was repeated along indices of the other one
SIDES = ("left", "right")


@dataclass(frozen=True, eq=False)
class Labelled:
    """A tensor with an index, one character, for each of its modes; all of them differ."""

    tensor: SparseTensor
    indices: str

    def columns(self, indices: str) -> np.ndarray:
        """Return (nnz, len(indices)) coordinates of the modes with these indices."""
        return self.tensor.coords[:, [self.indices.index(index) for index in indices]]

    def extents(self, indices: str) -> tuple[int, ...]:
        """Return the extents of the modes with these indices."""
        return tuple(self.tensor.shape[self.indices.index(index)] for index in indices)

    def arranged(self, indices: str) -> Labelled:
        """Return the tensor with its modes in this order."""
        if indices == self.indices:
            return self
        return Labelled(self.tensor.permute([self.indices.index(index) for index in indices]), indices)


@dataclass(frozen=True)
class Roles:
    """The roles of the indices of two operands in a contraction; strings of indices.

    Attributes:
        batch: in both and in the result.
        common: in both, summed.
        alone: summed, of the left and of the right operand alone.
        free: in the result, of the left and of the right operand alone.
    """

    batch: str
    common: str
    alone: tuple[str, str]
    free: tuple[str, str]

    @classmethod
    def of(cls, left: str, right: str, kept: str) -> Roles:
        """Return the roles for operands with these indices and a result with the indices `kept`."""
        both = [index for index in left if index in right]
        sides = [[index for index in side if index not in both] for side in (left, right)]
        return cls(
            "".join(index for index in both if index in kept),
            "".join(index for index in both if index not in kept),
            *(
                tuple("".join(index for index in side if (index in kept) == wanted) for side in sides)
                for wanted in (False, True)
            ),
        )

    @property
    def contracted(self) -> str:
        """All indices that are summed."""
        return self.common + self.alone[0] + self.alone[1]

    @property
    def result(self) -> str:
        """The indices of the result as the machine orders them."""
        return self.batch + self.free[0] + self.free[1]


def contract_pair(
    left: Labelled,
    right: Labelled,
    kept: str,
    backend: Backend,
    notes: list[str],
) -> tuple[Labelled, list[tuple[Pair, Reply]]]:
    """Contract two operands.

    Args:
        left, right: the operands.
        kept: indices that stay.
        backend: where it runs.
        notes: gets a sentence for each step on the host.

    Returns:
        The result, its indices in the order of Roles.result, and the runs on the machine.

    Raises:
        EinsumError: the machine can't do it; the sentence names indices and extents.
    """
    roles = Roles.of(left.indices, right.indices, kept)
    _check_contracted(roles, left, right, backend)
    slices = list(_slices(left, right, roles))
    if roles.batch:
        notes.append(f"{len(slices)} slices over {roles.batch!r}, a contraction each; their results put together")
    for side, (alone, other) in enumerate(zip(roles.alone, reversed(SIDES), strict=True)):
        if alone:
            notes.append(
                f"{other} operand repeated along {alone!r} of the {SIDES[side]} one, which sums over it exactly"
            )
    if len(roles.contracted) > 1:
        notes.append(f"indices {roles.contracted!r} fused into the contracted mode")
    if not roles.contracted:
        notes.append("outer product: a contracted mode of extent 1 appended")
    pairs = [(Csf.from_tensor(a), Csf.from_tensor(b)) for _, a, b in slices]
    replies = backend.contract(pairs) if pairs else []
    fmt, shape = format_of(backend), []
    for side, operand in enumerate((left, right)):
        shape += operand.extents(roles.free[side])
    rows, values = [np.zeros((0, len(roles.result)), np.int64)], [np.zeros(0)]
    for (batch, _, _), reply in zip(slices, replies, strict=True):
        if reply.range_errors:
            raise EinsumError(
                f"a sum over {roles.contracted!r} does not fit the {fmt.result_width} bits of a result of {fmt.name}"
            )
        rows.append(np.concatenate([np.tile(batch, (len(reply.bits), 1)), reply.coords.astype(np.int64)], axis=1))
        values.append(fmt.decode_result(reply.bits))
    result = SparseTensor.from_coordinates(
        (*left.extents(roles.batch), *shape), np.concatenate(rows), np.concatenate(values)
    )
    return Labelled(result, roles.result), list(zip(pairs, replies, strict=True))


def ones(operand: Labelled, kept: str) -> Labelled:
    """Return a tensor of ones along the indices that are summed, wherever the operand has coordinates."""
    summed = "".join(index for index in operand.indices if index not in kept)
    rows = np.unique(operand.columns(summed), axis=0)
    return Labelled(SparseTensor.from_coordinates(operand.extents(summed), rows, np.ones(len(rows))), summed)


def _check_contracted(roles: Roles, left: Labelled, right: Labelled, backend: Backend) -> None:
    extents = [*left.extents(roles.common), *left.extents(roles.alone[0]), *right.extents(roles.alone[1])]
    fused = math.prod(extents)
    if fused > backend.contracted_limit:
        product = " x ".join(str(extent) for extent in extents)
        limit = (
            (
                f"CONFIG={backend.machine.name} takes {backend.contracted_limit} (its CoordWidth is"
                f" {backend.machine.config['CoordWidth']})"
            )
            if backend.name != "model"
            else "more than 2^62"
        )
        raise EinsumError(
            f"the sum over {roles.contracted!r} runs over {product}"
            f"{f' = {fused}' if len(extents) > 1 else ''} coordinates, {limit}"
        )


def _slices(
    left: Labelled,
    right: Labelled,
    roles: Roles,
) -> Iterator[tuple[np.ndarray, SparseTensor, SparseTensor]]:
    """Yield batch coordinates that both operands have, and the two slices, the contracted mode last."""
    sides = []
    for side, operand in enumerate((left, right)):
        order = roles.batch + roles.free[side] + roles.common + roles.alone[side]
        operand = operand.arranged(order)
        batches, starts = np.unique(operand.columns(roles.batch), axis=0, return_index=True)
        bounds = np.append(starts, operand.tensor.nnz)
        sides.append(
            (
                operand,
                {
                    tuple(row): slice(first, last)
                    for row, first, last in zip(batches.tolist(), bounds[:-1], bounds[1:], strict=True)
                },
            )
        )
    (left, places_left), (right, places_right) = sides
    skip = len(roles.batch)
    for batch in places_left:
        if batch not in places_right:
            continue
        parts = []
        for operand, positions in ((left, places_left), (right, places_right)):
            tensor, where = operand.tensor, positions[batch]
            parts.append(
                Labelled(
                    SparseTensor(tensor.shape[skip:], tensor.coords[where, skip:], tensor.values[where]),
                    operand.indices[skip:],
                )
            )
        a, b = (
            _repeated(part, other, roles, side) for side, (part, other) in enumerate((tuple(parts), tuple(parts[::-1])))
        )
        yield np.array(batch, np.int64), a, b


def _repeated(part: Labelled, other: Labelled, roles: Roles, side: int) -> SparseTensor:
    """Return an operand's slice with the contracted modes fused, repeated along those that it lacks."""
    alone = roles.alone[1 - side]
    tensor = part.tensor
    if alone:
        rows = np.unique(other.columns(alone), axis=0)
        if tensor.nnz * len(rows) > MAX_ENTRIES:
            raise EinsumError(
                f"the sum over {alone!r}, which only the {SIDES[1 - side]} operand has, would repeat"
                f" the {tensor.nnz} entries of the other one {len(rows)} times; sum over it before"
            )
        coords = np.concatenate([np.repeat(tensor.coords, len(rows), axis=0), np.tile(rows, (tensor.nnz, 1))], axis=1)
        shape, values = (*tensor.shape, *other.extents(alone)), np.repeat(tensor.values, len(rows))
        indices = part.indices + alone
        tensor = SparseTensor(shape, coords, values).permute(
            [indices.index(index) for index in roles.free[side] + roles.contracted]
        )
    return tensor.fuse_last(len(roles.contracted))
