# SPDX-License-Identifier: Apache-2.0
"""einsum with gradients for PyTorch; the contractions of the backward pass run on the same backend.

    from flaash.torch import einsum
    y = einsum("bi,oi->bo", x, weight, config="fast8", masked=True)
    y.square().sum().backward()

The gradient of a contraction of two operands is two contractions, one for each operand. docs/chips_and_gradients.md
derives how far a gradient may be from PyTorch's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

try:
    import torch
except ImportError as error:
    raise ImportError(f"flaash.torch needs PyTorch, for example by pip install 'torch>=2.6' ({error})") from None
from torch import Tensor
from torch.autograd import Function

import flaash
from flaash import notation
from flaash.backends import Backend, find, format_of
from flaash.errors import EinsumError
from flaash.paths import Path, contraction_path
from flaash.report import Report

LAYOUTS = (torch.strided, torch.sparse_coo, torch.sparse_csr)  # whose gradients PyTorch adds up
Labelled = tuple[Tensor, str]  # a tensor, and an index for each of its modes


def einsum(
    subscripts: str,
    *operands: Tensor | np.ndarray,
    config: str | None = None,
    on: str | Backend = "verilator",
    kind: Literal["torch", "torch_coo"] = "torch",
    optimize: Path = "auto",
    masked: bool = False,
    reports: list[Report] | None = None,
) -> Tensor:
    """Return torch.einsum(subscripts, *operands), each contraction exact and rounded once, with gradients.

    Args:
        subscripts: as for torch: "bi,oi->bo", implicit ("ij,jk"), with "...".
        operands: tensors of torch, or numpy arrays, which have no gradient. At least one is a tensor of
            torch. One with a gradient is dense, COO or CSR. Values are rounded to the configuration's format.
        config, on, optimize: as for flaash.einsum(). The format is a floating-point one.
        kind: of the result: "torch" (dense) or "torch_coo", whose to_dense() needs masked_grad=False.
        masked: a gradient has values only where its operand has entries; of a dense operand, elements other
            than 0. A pruned weight then stays pruned.
        reports: gets the report of each contraction, forward and backward.

    Returns:
        The result, float32. A gradient has the type and the layout of its operand, and a gradient, too.

    Raises:
        EinsumError: a call that can't be carried out; the text names operands, indices and extents.
        SessionError: the simulation could not start, died, or did not respond in time.
    """
    backend = find(on, config)
    fmt = format_of(backend)
    if not fmt.is_float:
        raise EinsumError(
            f"configuration {backend.machine.name}: gradients need a floating-point format, not {fmt.name}"
        )
    tensors = [_tensor(operand, number) for number, operand in enumerate(operands)]
    if not any(isinstance(operand, Tensor) for operand in operands):
        raise EinsumError("no operand is a tensor of torch; flaash.einsum() takes the others")
    shapes = [tuple(tensor.shape) for tensor in tensors]
    indices, output = notation.parse(subscripts, shapes)
    extents = notation.extents(indices, shapes)
    call = _Call(backend, kind, reports)
    if masked:
        tensors = [_Masked.apply(tensor) if tensor.requires_grad else tensor for tensor in tensors]
    labelled = [_reduced(tensor, own, extents) for tensor, own in zip(tensors, indices, strict=True)]
    if len(labelled) == 1:
        return call.contract(labelled, output)[0]
    for group in contraction_path(indices, shapes, output, optimize):
        chosen = [labelled[number] for number in group]
        labelled = [operand for number, operand in enumerate(labelled) if number not in group]
        while len(chosen) > 1:
            others = [*chosen[2:], *labelled]
            kept = {*output, *(index for _, own in others for index in own)}
            both = dict.fromkeys(chosen[0][1] + chosen[1][1])
            result = "".join(index for index in both if index in kept) if others else output
            chosen = [*chosen[2:], call.contract(chosen[:2], result)]
        labelled += chosen
    return labelled[0][0]


@dataclass(frozen=True)
class _Call:
    """Arguments that all contractions of a call of einsum() share."""

    backend: Backend
    kind: str
    reports: list[Report] | None

    def contract(self, operands: Sequence[Labelled], output: str) -> Labelled:
        """Contract one operand or two; the result has a gradient."""
        subscripts = ",".join(own for _, own in operands) + f"->{output}"
        return _Contraction.apply(self, subscripts, *(tensor for tensor, _ in operands)), output


class _Contraction(Function):
    """One contraction of one operand or two; no operand has an index twice, and all extents agree."""

    @staticmethod
    def forward(context: Any, call: _Call, subscripts: str, *operands: Tensor) -> Tensor:
        context.call, context.subscripts = call, subscripts
        context.save_for_backward(*operands)
        result, report = flaash.einsum(subscripts, *operands, on=call.backend, kind=call.kind, return_report=True)
        if call.reports is not None:
            call.reports.append(report)
        return result.to(operands[0].device)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        inputs, _, output = context.subscripts.partition("->")
        operands = list(zip(context.saved_tensors, inputs.split(","), strict=True))
        gradients: list[Tensor | None] = []
        for number, (operand, own) in enumerate(operands):
            wanted = context.needs_input_grad[2 + number]
            others = operands[:number] + operands[number + 1 :]
            gradients.append(_gradient(context.call, (gradient, output), others, operand, own) if wanted else None)
        return None, None, *gradients


def _gradient(call: _Call, result: Labelled, others: list[Labelled], operand: Tensor, own: str) -> Tensor:
    """Return the gradient of an operand with the indices `own`, from the gradient of the result."""
    known = "".join(index for index in own if any(index in indices for _, indices in (result, *others)))
    dense = operand.layout == torch.strided
    call = dataclasses.replace(call, kind="torch" if dense or known != own else "torch_coo")
    gradient, _ = call.contract([result, *others], known)
    if known != own:  # each element along an index that was summed alone has the same share
        places = tuple(slice(None) if index in known else None for index in own)
        gradient = gradient[places].expand(operand.shape)
    return _like(gradient.to(operand.dtype), operand)


class _Masked(Function):
    """The operand unchanged; its gradient has values only at its entries."""

    @staticmethod
    def forward(context: Any, operand: Tensor) -> Tensor:
        context.save_for_backward(operand)
        return operand.detach()

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        operand = context.saved_tensors[0].detach()
        if operand.layout == torch.strided:
            return gradient * (operand != 0)
        entries = operand.to_sparse_coo().coalesce()
        return _like(gradient.to_sparse_coo().coalesce().sparse_mask(entries), operand)


def _like(gradient: Tensor, operand: Tensor) -> Tensor:
    """Return a gradient in the layout of its operand."""
    if operand.layout == torch.strided:
        return gradient
    return gradient.to_sparse_csr() if operand.layout == torch.sparse_csr else gradient.to_sparse_coo()


def _tensor(operand: Any, number: int) -> Tensor:
    """Return an operand as a tensor of torch."""
    tensor = torch.from_numpy(operand) if isinstance(operand, np.ndarray) else operand
    if not isinstance(tensor, Tensor):
        raise EinsumError(f"operand {number}: a {type(operand).__name__} is no tensor of torch, and no numpy array")
    if tensor.requires_grad and tensor.layout not in LAYOUTS:
        names = ", ".join(str(layout) for layout in LAYOUTS)
        raise EinsumError(f"operand {number}: its layout {tensor.layout} has no gradient here; there are {names}")
    return tensor


def _reduced(tensor: Tensor, indices: str, extents: dict[str, int]) -> Labelled:
    """Return an operand with each index once: its diagonal, without modes of extent 1 that are broadcast."""
    repeated = [mode for mode, index in enumerate(indices) if tensor.shape[mode] != extents[index]]
    if not repeated and len(set(indices)) == len(indices):
        return tensor, indices
    tensor = tensor.to_dense(masked_grad=False)
    if repeated:
        tensor = tensor.squeeze(repeated)
        indices = "".join(index for mode, index in enumerate(indices) if mode not in repeated)
    while len(set(indices)) < len(indices):
        twice = next(index for index in indices if indices.count(index) > 1)
        first = indices.index(twice)
        second = indices.index(twice, first + 1)
        tensor = tensor.diagonal(dim1=first, dim2=second)  # the diagonal becomes the last mode
        indices = "".join(index for mode, index in enumerate(indices) if mode not in (first, second)) + twice
    return tensor, indices
