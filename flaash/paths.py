# SPDX-License-Identifier: Apache-2.0
"""The order of the contractions of a call with three operands or more: opt_einsum's, or the caller's."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TypeAlias

from opt_einsum import contract_path
from opt_einsum.paths import PathOptimizer, get_path_fn

from flaash.errors import EinsumError

Path: TypeAlias = str | bool | PathOptimizer | Sequence | None


def contraction_path(
    indices: list[str], shapes: list[tuple[int, ...]], output: str, optimize: Path
) -> list[tuple[int, ...]]:
    """Return the steps down to one operand: numbers of operands, whose result becomes the last one."""
    if optimize is not None and not isinstance(optimize, (str, bool, PathOptimizer)):
        return _checked(optimize, len(indices))
    shapes = [tuple(extent or 1 for extent in shape) for shape in shapes]
    try:
        if isinstance(optimize, str):
            get_path_fn(optimize)  # contract_path() checks this only in some cases
        path, _ = contract_path(f"{','.join(indices)}->{output}", *shapes, shapes=True, optimize=optimize)
    except (KeyError, TypeError, ValueError) as error:
        raise EinsumError(f"optimize={optimize!r}: {' '.join(str(error.args[0]).split())}") from None
    return path


def _checked(optimize: Sequence, left: int) -> list[tuple[int, ...]]:
    """Return a path unchanged if it reduces `left` operands to one; opt_einsum does not check that."""
    try:
        steps = list(optimize)
        if steps and isinstance(steps[0], str) and steps[0] == "einsum_path":  # begins numpy's paths
            steps = steps[1:]
        path = [tuple(operator.index(number) for number in step) for step in steps]
    except TypeError:
        raise EinsumError(
            f"optimize={optimize!r} is neither a way of opt_einsum nor a path of steps such as [(0, 1), (0, 1)]"
        ) from None
    for step in path:
        odd = [number for number in step if not 0 <= number < left]
        if odd or not step:
            raise EinsumError(
                f"optimize={optimize!r}: step {step} names no operand{f' {odd[0]}, there are {left}' if odd else ''}"
            )
        if len(set(step)) < len(step):
            raise EinsumError(f"optimize={optimize!r}: step {step} names an operand twice")
        left -= len(step) - 1
    if left != 1:
        raise EinsumError(f"optimize={optimize!r}: {left} operands are left after the last step")
    return path
