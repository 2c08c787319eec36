# SPDX-License-Identifier: Apache-2.0
"""Subscripts of einsum: parsed by opt_einsum, then held against the shapes of the operands."""

from __future__ import annotations

from collections.abc import Sequence

from opt_einsum.parser import convert_interleaved_input, parse_einsum_input

from flaash.errors import EinsumError


def parse(subscripts: str | Sequence, shapes: Sequence[tuple[int, ...]]) -> tuple[list[str], str]:
    """Return the indices of each operand and of the result, a character each; "..." is resolved.

    Args:
        subscripts: as numpy takes them: "ij,jk->ik"; or a list of lists of integers (of letters), one per
            operand, and one more for the result, if it is given.
        shapes: of the operands.

    Raises:
        EinsumError: the subscripts are malformed, or do not fit the shapes.
    """
    shapes = [tuple(shape) for shape in shapes]
    if not isinstance(subscripts, str):
        subscripts = _joined(subscripts, shapes)
    _check_text(subscripts, shapes)
    try:
        inputs, output, _ = parse_einsum_input([subscripts, *shapes], shapes=True)
    except (ValueError, TypeError, IndexError) as error:
        raise EinsumError(f"subscripts {subscripts!r}: {' '.join(str(error).split())}") from None
    operands = inputs.split(",")
    summed = {index for own in operands for index in own} - set(subscripts) - set(output)
    if "..." in subscripts and summed:
        raise EinsumError(f"subscripts {subscripts!r}: the result lacks the '...' of the operands")
    for number, (indices, shape) in enumerate(zip(operands, shapes, strict=True)):
        if len(indices) != len(shape):
            raise EinsumError(
                f"subscripts {subscripts!r} name {len(indices)} indices for operand {number},"
                f" which has {len(shape)} modes (shape {shape})"
            )
    extents(operands, shapes)  # the error names the index that does not fit
    return operands, output


def extents(operands: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """Return the extent of each index; an extent of 1 fits every other one, as in numpy.

    Raises:
        EinsumError: an index has two extents.
    """
    found: dict[str, tuple[int, str]] = {}
    for number, (indices, shape) in enumerate(zip(operands, shapes, strict=True)):
        within: dict[str, tuple[int, int]] = {}
        for mode, (index, extent) in enumerate(zip(indices, shape, strict=True)):
            where = f"in operand {number} (mode {mode})"
            if within.setdefault(index, (extent, mode))[0] != extent:
                before, other = within[index]
                raise EinsumError(
                    f"index {index!r} has extent {before} in mode {other} of operand {number},"
                    f" but {extent} in its mode {mode}"
                )
            extent_before, where_before = found.get(index, (1, where))
            if 1 not in (extent, extent_before) and extent != extent_before:
                raise EinsumError(f"index {index!r} has extent {extent_before} {where_before}, but {extent} {where}")
            if extent_before == 1:
                found[index] = (extent, where)
    return {index: extent for index, (extent, _) in found.items()}


def _check_text(subscripts: str, shapes: Sequence) -> None:
    odd = [sign for sign in subscripts.replace("...", "").replace("->", "", 1) if not (sign.isalpha() or sign in ", ")]
    if odd:
        raise EinsumError(f"subscripts {subscripts!r}: {odd[0]!r} is no index; indices are letters")
    named = subscripts.partition("->")[0].count(",") + 1
    if named != len(shapes):
        raise EinsumError(f"subscripts {subscripts!r} are for {_operands(named)}, not for {len(shapes)}")


def _operands(count: int) -> str:
    return f"{count} operand{'s' * (count != 1)}"


def _joined(lists: Sequence, shapes: Sequence[tuple[int, ...]]) -> str:
    """Return lists of indices as subscripts."""
    if len(lists) not in (len(shapes), len(shapes) + 1):
        raise EinsumError(
            f"{len(lists)} lists of indices for {_operands(len(shapes))}: there must be one for"
            " each, and one more for the result if it is given"
        )
    mixed = [part for pair in zip(shapes, lists, strict=False) for part in pair] + list(lists[len(shapes) :])
    try:
        return convert_interleaved_input(mixed)[0]
    except (TypeError, ValueError, KeyError) as error:
        raise EinsumError(f"lists of indices: {' '.join(str(error).split())}") from None
