# SPDX-License-Identifier: Apache-2.0
"""Any contraction of two tensors as one along their last modes: permute, then fuse."""

from __future__ import annotations

import math
from collections.abc import Sequence

from models.errors import TensorError
from models.tensor import MAX_EXTENT, SparseTensor

MAX_FREE_MODES = 7  # of an operand; the machine's orders go up to 8
MAX_FUSED = 2**63 - 1  # coordinates are int64


def contracted_limit(coord_width: int) -> int:
    """Return the greatest contracted extent of a machine; an extent has 32 bits on the way there."""
    return min(2**coord_width, MAX_EXTENT)


def parse_axes(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the contracted modes of A and of B from a text like "2,3:0,1".

    Modes count from 0; negative ones count from the end, as in Python.

    Raises:
        TensorError: the text has another form.
    """
    sides = text.split(":")
    if len(sides) != 2:
        raise TensorError(f"axes {text!r} are not of the form A,A:B,B (such as 2,3:0,1)")
    modes = []
    for side in sides:
        try:
            modes.append(tuple(int(mode) for mode in side.split(",")))
        except ValueError:
            raise TensorError(f"axes {text!r}: {side!r} is not a list of mode numbers such as 2,3") from None
    return modes[0], modes[1]


def prepare(
    a: SparseTensor,
    b: SparseTensor,
    axes: str | tuple[Sequence[int], Sequence[int]] | None = None,
    coord_width: int | None = 16,
) -> tuple[SparseTensor, SparseTensor]:
    """Return the operands with free modes first and the contracted ones fused into the last.

    Args:
        a, b: tensors of order 1 or more.
        axes: modes of A and modes of B that meet, pair by pair, as for numpy.tensordot;
            None contracts the last mode of A with the last of B.
        coord_width: bits of a contracted coordinate in the machine; None if renumbering comes first.

    Raises:
        TensorError: modes that aren't there, repeated or unequally many; extents that differ;
            a fused extent above the machine's limit; more than 7 free modes.
    """
    if axes is None:
        axes = ((a.order - 1,), (b.order - 1,))
    elif isinstance(axes, str):
        axes = parse_axes(axes)
    modes_a, modes_b = _modes("A", a, axes[0]), _modes("B", b, axes[1])
    if len(modes_a) != len(modes_b):
        raise TensorError(
            f"{len(modes_a)} modes of A ({_text(modes_a)}) can't be contracted with"
            f" {len(modes_b)} of B ({_text(modes_b)})"
        )
    for mode_a, mode_b in zip(modes_a, modes_b, strict=True):
        check_extents(a.shape[mode_a], b.shape[mode_b], mode_a, mode_b)
    extents = [a.shape[mode] for mode in modes_a]
    fused = math.prod(extents)
    limit = MAX_FUSED if coord_width is None else contracted_limit(coord_width)
    if fused > limit:
        product = " x ".join(str(extent) for extent in extents)
        cause = "63 bits hold" if coord_width is None else f"CoordWidth = {coord_width} allows"
        raise TensorError(
            f"the contracted extent {product}{f' = {fused}' if len(extents) > 1 else ''}"
            f" exceeds {limit}, the most that {cause}"
        )
    return _arrange("A", a, modes_a), _arrange("B", b, modes_b)


def check_extents(extent_a: int, extent_b: int, mode_a: int, mode_b: int) -> None:
    """Raise TensorError, naming both, if the extents of two contracted modes differ."""
    if extent_a != extent_b:
        raise TensorError(
            f"contracted extents differ: {extent_a} (mode {mode_a} of A) and {extent_b} (mode {mode_b} of B)"
        )


def _modes(name: str, tensor: SparseTensor, modes: Sequence[int]) -> list[int]:
    if not tensor.order:
        raise TensorError(f"{name} is a scalar: it has no mode to contract")
    if not len(modes):
        raise TensorError(f"no mode of {name} is contracted; an outer product is no contraction")
    found: list[int] = []
    for mode in modes:
        if not -tensor.order <= mode < tensor.order:
            raise TensorError(f"{name} has no mode {mode}; its modes are 0 to {tensor.order - 1}")
        if mode % tensor.order in found:
            raise TensorError(f"mode {mode % tensor.order} of {name} is contracted twice")
        found.append(mode % tensor.order)
    return found


def _arrange(name: str, tensor: SparseTensor, modes: list[int]) -> SparseTensor:
    free = [mode for mode in range(tensor.order) if mode not in modes]
    if len(free) > MAX_FREE_MODES:
        raise TensorError(f"{name} has {len(free)} free modes; the machine takes at most {MAX_FREE_MODES}")
    return tensor.permute(free + modes).fuse_last(len(modes))


def _text(modes: list[int]) -> str:
    return ",".join(str(mode) for mode in modes)
