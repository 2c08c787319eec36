# SPDX-License-Identifier: Apache-2.0
"""Converts operands of every kind to tensors of this project, and results to the wanted kind."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from flaash.errors import EinsumError
from models.csf import Csf
from models.errors import TensorError
from models.numbers import NumberFormat
from models.tensor import SparseTensor

Kind = Literal["numpy", "scipy", "pydata", "torch", "torch_coo", "tensor"]
Convert = Callable[[SparseTensor, np.dtype], Any]
LIBRARIES = {"scipy": "scipy.sparse", "pydata": "sparse", "torch": "torch", "torch_coo": "torch"}  # by kind


def take(operand: Any, number: int) -> tuple[SparseTensor, Convert]:
    """Return an operand as a tensor, and the function that makes a result of its kind.

    Args:
        operand: SparseTensor or Csf of this project, array or matrix of scipy.sparse, COO or GCXS of
            pydata/sparse, tensor of torch. Otherwise numpy.asarray converts it. An extent may be 0.
        number: of the operand, for messages.

    Raises:
        EinsumError: values that are no real numbers, extents out of range, a fill value other than 0, or
            an object that is no array.
    """
    try:
        return _take(operand)
    except TensorError as error:
        raise EinsumError(f"operand {number}: {error.message}") from None


def maker(kind: str) -> Convert:
    """Return the function that makes a result of a kind: "numpy", "scipy", "pydata", "torch", "torch_coo", "tensor"."""
    kinds: dict[str, Convert] = {
        "numpy": _to_numpy,
        "scipy": _to_scipy,
        "pydata": _to_pydata,
        "torch": lambda tensor, dtype: _to_torch(tensor, dtype, "strided"),
        "torch_coo": lambda tensor, dtype: _to_torch(tensor, dtype, "sparse_coo"),
        "tensor": lambda tensor, dtype: tensor,
    }
    if not isinstance(kind, str) or kind not in kinds:
        raise EinsumError(f"unknown kind of result {kind!r}; there are {', '.join(kinds)}")
    try:
        importlib.import_module(LIBRARIES.get(kind, "numpy"))
    except ImportError as error:
        raise EinsumError(f"a result of the kind {kind!r} needs a library: {error}") from None
    return kinds[kind]


def result_dtype(fmt: NumberFormat) -> np.dtype:
    """Return the type of numbers that holds the results of a format."""
    return np.dtype(np.float32 if fmt.is_float else np.int32 if fmt.result_width <= 32 else np.int64)


def rounded(tensor: SparseTensor, fmt: NumberFormat, name: str, notes: list[str]) -> SparseTensor:
    """Return the tensor with its values in the format.

    Args:
        tensor: the tensor.
        fmt: the format.
        name: of the tensor, for messages.
        notes: gets a sentence if values changed.

    Raises:
        EinsumError: an integer format does not hold a value.
    """
    try:
        converted = fmt.convert(tensor.values)
    except TensorError as error:
        raise EinsumError(f"{name}: {error.message}") from None
    if converted.lossless:
        return tensor
    values = fmt.decode(converted.bits)
    if not fmt.is_float:
        at = int(np.argmax(values != tensor.values))
        raise EinsumError(
            f"{name}: the value {tensor.values[at]:g} is no number of {fmt.name}, which holds the"
            f" integers of {fmt.value_width} bits"
        )
    notes.append(f"{name}: {converted.loss(fmt)}")
    return SparseTensor(tensor.shape, tensor.coords, values)


def _take(operand: Any) -> tuple[SparseTensor, Convert]:
    if isinstance(operand, SparseTensor):
        return operand, maker("tensor")
    if isinstance(operand, Csf):
        return operand.to_tensor(), maker("tensor")
    # A caller with such an operand has imported its library.
    scipy_sparse, sparse, torch = (sys.modules.get(name) for name in ("scipy.sparse", "sparse", "torch"))
    if scipy_sparse is not None and scipy_sparse.issparse(operand):
        return _from_scipy(operand), _like_scipy(operand)
    if sparse is not None and isinstance(operand, sparse.SparseArray):
        return _from_pydata(operand), _like_pydata(operand)
    try:
        if torch is not None and isinstance(operand, torch.Tensor):
            return _from_torch(operand, torch), _like_torch(operand)
        array = np.asarray(operand)
    except (TypeError, ValueError, RuntimeError) as error:
        raise EinsumError(
            f"numpy makes no array of this {type(operand).__name__}: {' '.join(str(error).split())}"
        ) from None
    return _from_dense(array), _to_numpy


def _from_dense(array: np.ndarray) -> SparseTensor:
    if array.size:
        return SparseTensor.from_dense(array)
    return _from_coordinates(array.shape, np.zeros((0, array.ndim), np.int64), array.ravel())


def _from_coordinates(shape: Sequence[int], coords: np.ndarray, values: np.ndarray) -> SparseTensor:
    """Return a tensor whose extents may be 0, which no machine supports: it has no entries to contract."""
    made = SparseTensor.from_coordinates([extent or 1 for extent in shape], coords, values)
    return dataclasses.replace(made, shape=tuple(map(int, shape)))


def _from_torch(operand: Any, torch: Any) -> SparseTensor:
    """Return a tensor of torch, of any layout; gradients are left out."""
    operand = operand.detach()
    if operand.is_floating_point() and operand.dtype != torch.float64:
        operand = operand.float()  # numpy lacks bfloat16 and the formats of 8 bits
    if operand.layout == torch.strided:
        return _from_dense(operand.resolve_conj().resolve_neg().cpu().numpy())
    coo = operand.to_sparse_coo().coalesce()  # equal coordinates are a sum there
    if coo.dense_dim():
        coo = coo.to_dense().to_sparse()
    return _from_coordinates(operand.shape, coo.indices().T.cpu().numpy(), coo.values().cpu().numpy())


def _from_scipy(operand: Any) -> SparseTensor:
    coo = operand.tocoo(copy=True)
    coo.sum_duplicates()  # equal coordinates are a sum there
    return _from_coordinates(coo.shape, np.stack(coo.coords, axis=1), coo.data)


def _from_pydata(operand: Any) -> SparseTensor:
    if not operand.ndim:  # there the fill value is the value, if there is no entry
        return SparseTensor.from_dense(operand.todense())
    if operand.fill_value != 0:
        raise EinsumError(f"its fill value is {operand.fill_value}; only 0 can be left out")
    coo = operand.asformat("coo")
    return _from_coordinates(coo.shape, coo.coords.T, coo.data)


def _to_numpy(tensor: SparseTensor, dtype: np.dtype) -> Any:
    dense = tensor.to_dense().astype(dtype)
    return dense if tensor.order else dense[()]


def _to_scipy(tensor: SparseTensor, dtype: np.dtype) -> Any:
    from scipy.sparse import coo_array

    if not tensor.order:
        return _to_numpy(tensor, dtype)
    return coo_array((tensor.values.astype(dtype), tuple(tensor.coords.T)), shape=tensor.shape)


def _like_scipy(operand: Any) -> Convert:
    def make(tensor: SparseTensor, dtype: np.dtype) -> Any:
        made = _to_scipy(tensor, dtype)
        return type(operand)(made) if tensor.order == 2 else made

    return make


def _to_pydata(tensor: SparseTensor, dtype: np.dtype) -> Any:
    import sparse

    return sparse.COO(
        tensor.coords.T, tensor.values.astype(dtype), shape=tensor.shape, sorted=True, has_duplicates=False
    )


def _like_pydata(operand: Any) -> Convert:
    def make(tensor: SparseTensor, dtype: np.dtype) -> Any:
        made = _to_pydata(tensor, dtype)
        return made.asformat(operand.format) if tensor.order > 1 else made

    return make


def _to_torch(tensor: SparseTensor, dtype: np.dtype, layout: str) -> Any:
    """Return a tensor of torch, dense without modes; a layout of rows or columns is for two modes."""
    import torch

    if layout == "strided" or not tensor.order:
        return torch.from_numpy(np.asarray(_to_numpy(tensor, dtype)))
    coords = torch.from_numpy(np.ascontiguousarray(tensor.coords.T, np.int64))
    coo = torch.sparse_coo_tensor(coords, torch.from_numpy(tensor.values.astype(dtype)), tensor.shape).coalesce()
    if tensor.order == 2 and layout in ("sparse_csr", "sparse_csc"):
        return coo.to_sparse_csr() if layout == "sparse_csr" else coo.to_sparse_csc()
    return coo


def _like_torch(operand: Any) -> Convert:
    layout, device = str(operand.layout).removeprefix("torch."), operand.device
    return lambda tensor, dtype: _to_torch(tensor, dtype, layout).to(device)
