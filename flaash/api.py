# SPDX-License-Identifier: Apache-2.0
"""einsum and tensordot: numpy's meaning, the machine's exact dot products.

api.pyi has the types of their results.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from opt_einsum import get_symbol

from flaash import kinds, notation
from flaash.backends import Backend, ConfigName, Name, find, format_of
from flaash.errors import EinsumError
from flaash.kinds import Kind
from flaash.pairs import Labelled, contract_pair, ones
from flaash.paths import Path, contraction_path
from flaash.progress import wanted
from flaash.report import Report, Step
from models.errors import TensorError
from models.tensor import SparseTensor

# Options of numpy.einsum that are not supported, and why.
REFUSED = {
    "out": "the result is a new tensor",
    "order": "a dense result is in C order",
    **dict.fromkeys(("dtype", "casting"), "the format of the configuration sets the type"),
}


def einsum(
    subscripts: Any,
    *operands: Any,
    config: ConfigName | str | None = None,
    on: Name | Backend = "verilator",
    kind: Kind | None = None,
    optimize: Path = "auto",
    progress: bool | None = None,
    return_report: bool = False,
    **others: Any,
) -> Any:
    """Return numpy.einsum(subscripts, *operands), each contraction exact and rounded once.

    Args:
        subscripts: as for numpy: "bij,bkj->bik", implicit ("ij,jk"), with "..."; or operand, list of
            indices, operand, list .., and a list for the result if wanted.
        operands: tensors of this project, numpy arrays, arrays and matrices of scipy.sparse, COO and GCXS
            of pydata/sparse, tensors of torch, dense and sparse. Their values are rounded to the format of
            the configuration (the report says how many changed); an integer format takes only values that
            it holds exactly.
        config: a configuration of rtl/configs.toml, perhaps with changes: "fast8:Format=bf16"; None for "default".
            A Backend has its own, from which config must not differ.
        on: "verilator" or "icarus", simulators of the chip; "model", the exact model; or a Backend.
        kind: of the result: "numpy", "scipy", "pydata", "torch" (dense), "torch_coo", "tensor"; None for the
            kind of the first operand.
        optimize: the order of the contractions of three operands or more. Either a method of opt_einsum
            ("auto", "greedy" ..) or a path, such as [(0, 1), (0, 1)].
        progress: show on stderr how far a call has come that takes more than a few seconds: True or False; None
            for True in a terminal or a notebook.
        return_report: return a Report, too.
        others: out, dtype, order and casting of numpy, which are refused.

    Returns:
        The result, float32 for fp32 and bf16, int32 for int8, int64 for int16; with return_report the
        pair (result, report). More than two operands are contracted pair by pair, each rounded once.

    Raises:
        EinsumError: a call that can't be carried out; the text names indices, operands and extents.
        SessionError: the simulation could not start, died, or did not respond in time.
    """
    for name in others:
        if name not in REFUSED:
            raise TypeError(f"einsum() got an unexpected keyword argument {name!r}")
        raise EinsumError(f"{name}= of numpy.einsum is not supported: {REFUSED[name]}")
    if not isinstance(subscripts, str):
        operands = (subscripts, *operands)
        operands, subscripts = (
            operands[: len(operands) // 2 * 2 : 2],
            [*operands[1::2], *operands[len(operands) // 2 * 2 :]],
        )
    if not operands:
        raise EinsumError("there are no operands")
    taken = [kinds.take(operand, number) for number, operand in enumerate(operands)]
    indices, output = notation.parse(subscripts, [tensor.shape for tensor, _ in taken])
    text = subscripts if isinstance(subscripts, str) else f"{','.join(indices)}->{output}"
    with wanted(progress):
        return _finish(text, taken, indices, output, find(on, config), kind, optimize, return_report)


def tensordot(
    a: Any,
    b: Any,
    axes: int | Sequence = 2,
    *,
    config: ConfigName | str | None = None,
    on: Name | Backend = "verilator",
    kind: Kind | None = None,
    progress: bool | None = None,
    return_report: bool = False,
) -> Any:
    """Return numpy.tensordot(a, b, axes), exact and rounded once.

    Args:
        a, b, config, on, kind, progress, return_report: as for einsum().
        axes: how many of the last modes of A meet the first ones of B; or modes of A and modes of B.

    Raises:
        EinsumError: modes that do not exist, or whose extents differ.
    """
    taken = [kinds.take(operand, number) for number, operand in enumerate((a, b))]
    shapes = [tensor.shape for tensor, _ in taken]
    modes = _axes(axes, shapes)
    left = "".join(get_symbol(mode) for mode in range(len(shapes[0])))
    right = [get_symbol(len(left) + mode) for mode in range(len(shapes[1]))]
    for mode_a, mode_b in zip(*modes, strict=True):
        if shapes[0][mode_a] != shapes[1][mode_b]:
            raise EinsumError(
                f"axes {axes}: extent {shapes[0][mode_a]} of mode {mode_a} of A differs from"
                f" extent {shapes[1][mode_b]} of mode {mode_b} of B"
            )
        right[mode_b] = left[mode_a]
    output = "".join(index for index in [*left, *right] if (index in left) != (index in right))
    text = f"{left},{''.join(right)}->{output}"
    with wanted(progress):
        return _finish(text, taken, [left, "".join(right)], output, find(on, config), kind, "auto", return_report)


def _axes(axes: int | Sequence, shapes: Sequence[tuple[int, ...]]) -> list[list[int]]:
    orders = [len(shape) for shape in shapes]
    if isinstance(axes, (int, np.integer)):
        if not 0 <= axes <= min(orders):
            raise EinsumError(f"axes {axes}: the operands have {orders[0]} and {orders[1]} modes")
        return [list(range(orders[0] - axes, orders[0])), list(range(axes))]
    try:
        modes = [[operator.index(mode) for mode in np.atleast_1d(side)] for side in axes]
    except (TypeError, ValueError):
        modes = []
    if len(modes) != 2 or len(modes[0]) != len(modes[1]):
        raise EinsumError(f"axes {axes}: must be a number, or as many modes of A as of B")
    for name, side, order in zip("AB", modes, orders, strict=True):
        for mode in side:
            if not -order <= mode < order:
                raise EinsumError(f"axes {axes}: {name} has no mode {mode}, its modes are 0 to {order - 1}")
        side[:] = [mode % order for mode in side]
        if len(set(side)) != len(side):
            raise EinsumError(f"axes {axes}: a mode of {name} is named twice")
    return modes


def _finish(
    subscripts: str,
    taken: list,
    indices: list[str],
    output: str,
    backend: Backend,
    kind: str | None,
    optimize: Path,
    return_report: bool,
) -> Any:
    make = taken[0][1] if kind is None else kinds.maker(kind)
    fmt = format_of(backend)
    report = Report(subscripts, backend, fmt.name)
    shapes = [tensor.shape for tensor, _ in taken]
    extents = notation.extents(indices, shapes)
    path = contraction_path(indices, shapes, output, optimize)
    tensors = [
        kinds.rounded(tensor, fmt, f"operand {number}", report.beside) for number, (tensor, _) in enumerate(taken)
    ]
    if 0 in extents.values():
        report.beside.append("an extent is 0, so that there is nothing to contract")
        none = np.zeros((0, len(output)), np.int64)
        result = Labelled(SparseTensor(tuple(extents[index] for index in output), none, np.zeros(0)), output)
    else:
        operands = [
            _reduced(tensor, own, extents, number, report.beside)
            for number, (tensor, own) in enumerate(zip(tensors, indices, strict=True))
        ]
        result = _contracted(operands, output, backend, path, report)
    if result.indices != output:
        report.beside.append(f"result transposed from {result.indices!r} to {output!r}")
    tensor = result.arranged(output).tensor
    report = Report(report.subscripts, backend, report.format, tensor.shape, tensor.nnz, report.beside, report.steps)
    try:
        made = make(tensor, kinds.result_dtype(fmt))
    except TensorError as error:
        raise EinsumError(error.message) from None
    return (made, report) if return_report else made


def _contracted(
    operands: list[Labelled], output: str, backend: Backend, path: list[tuple[int, ...]], report: Report
) -> Labelled:
    """Contract operands pair by pair, in the order of a path."""
    if len(operands) == 1 and set(operands[0].indices) != set(output):
        operands, path = [*operands, ones(operands[0], output)], [(0, 1)]
        report.beside.append(f"ones along {operands[1].indices!r} as the right operand, which sums over it")
    for group in path:
        chosen = [operands[number] for number in group]
        operands = [operand for number, operand in enumerate(operands) if number not in group]
        while len(chosen) > 1:
            left, right = chosen[:2]
            kept = "".join({*output, *(index for operand in operands + chosen[2:] for index in operand.indices)})
            notes: list[str] = []
            if report.steps:
                left, right = (
                    Labelled(
                        kinds.rounded(operand.tensor, format_of(backend), "an intermediate result", notes),
                        operand.indices,
                    )
                    for operand in (left, right)
                )
            result, runs = contract_pair(left, right, kept, backend, notes)
            report.steps.append(Step(f"{left.indices},{right.indices}->{result.indices}", notes, runs))
            chosen = [*chosen[2:], result]
        operands += chosen
    return operands[0]


def _reduced(
    tensor: SparseTensor,
    indices: str,
    extents: dict[str, int],
    number: int,
    notes: list[str],
) -> Labelled:
    """Return an operand with each index once: its diagonal, without modes of extent 1 that are broadcast."""
    modes = [
        mode
        for mode, index in enumerate(indices)
        if indices.index(index) == mode and (tensor.shape[mode] > 1 or extents[index] == 1)
    ]
    if len(set(indices)) < len(indices):
        first = [indices.index(index) for index in indices]
        on_it = (tensor.coords == tensor.coords[:, first]).all(axis=1)
        notes.append(f"operand {number}: diagonal of {indices!r}, {int(on_it.sum())} of {tensor.nnz} entries")
        tensor = SparseTensor(tensor.shape, tensor.coords[on_it], tensor.values[on_it])
    if len(modes) < len(set(indices)):
        notes.append(f"operand {number}: modes of extent 1 left out of {indices!r}; they fit every extent")
    if len(modes) < tensor.order:
        tensor = SparseTensor(tuple(tensor.shape[mode] for mode in modes), tensor.coords[:, modes], tensor.values)
    return Labelled(tensor, "".join(indices[mode] for mode in modes))
