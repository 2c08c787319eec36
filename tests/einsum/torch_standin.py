# SPDX-License-Identifier: Apache-2.0
"""Stands in for torch where it is not installed: the few functions that einsum calls, as strict as torch.

Tests that use it run with torch itself, too, where that can be imported (test_torch_kinds.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

float32, float64, int32, int64 = map(np.dtype, ("float32", "float64", "int32", "int64"))
strided, sparse_coo, sparse_csr, sparse_csc = (
    f"torch.{name}" for name in ["strided", "sparse_coo", "sparse_csr", "sparse_csc"]
)


class Tensor:
    """A tensor: its elements as a dense array, and how torch would hold them."""

    def __init__(
        self,
        array: np.ndarray,
        layout: str = strided,
        device: str = "cpu",
        requires_grad: bool = False,
        coalesced: bool = False,
        brain: bool = False,
    ):
        self._array, self._coalesced = array, coalesced
        self.layout, self.device, self.requires_grad = layout, device, requires_grad
        self.shape, self.dtype = array.shape, "bfloat16" if brain else array.dtype

    def _but(self, **changes) -> Tensor:
        kept = {
            "layout": self.layout,
            "device": self.device,
            "requires_grad": self.requires_grad,
            "coalesced": self._coalesced,
            "brain": self.dtype == "bfloat16",
        }
        return Tensor(**{"array": self._array, **kept, **changes})

    def detach(self) -> Tensor:
        return self._but(requires_grad=False)

    def requires_grad_(self) -> Tensor:
        return self._but(requires_grad=True)

    def is_floating_point(self) -> bool:
        return self._array.dtype.kind == "f"

    def float(self) -> Tensor:
        return self._but(array=self._array.astype(np.float32), brain=False)

    def bfloat16(self) -> Tensor:
        return self.float()._but(brain=True)

    def resolve_conj(self) -> Tensor:
        return self

    def resolve_neg(self) -> Tensor:
        return self

    def to(self, device: str) -> Tensor:
        return self._but(device=device)

    def cpu(self) -> Tensor:
        return self.to("cpu")

    @property
    def T(self) -> Tensor:  # noqa: N802
        return self._but(array=self._array.T)

    def numpy(self) -> np.ndarray:
        if self.requires_grad or self.dtype == "bfloat16" or (self.layout, self.device) != (strided, "cpu"):
            raise TypeError(f"torch makes no array of {self.dtype}, {self.layout} on {self.device}, or with a gradient")
        return self._array

    def to_dense(self) -> Tensor:
        return self._but(layout=strided)

    def to_sparse(self) -> Tensor:
        return self._but(layout=sparse_coo, coalesced=True)

    to_sparse_coo = to_sparse

    def to_sparse_csr(self) -> Tensor:
        return self._rows_of(sparse_csr)

    def to_sparse_csc(self) -> Tensor:
        return self._rows_of(sparse_csc)

    def _rows_of(self, layout: str) -> Tensor:
        if self._array.ndim != 2:
            raise RuntimeError(f"{layout} of {self._array.ndim} modes")
        return self._but(layout=layout)

    def coalesce(self) -> Tensor:
        return self._but(coalesced=True)

    def is_coalesced(self) -> bool:
        return self._coalesced

    def dense_dim(self) -> int:
        return 0

    def indices(self) -> Tensor:
        return self._but(array=np.array(np.nonzero(self._entries())), layout=strided, brain=False)

    def values(self) -> Tensor:
        return self._but(array=self._array[np.nonzero(self._entries())], layout=strided)

    def _entries(self) -> np.ndarray:
        if self.layout != sparse_coo or not self._coalesced:
            raise RuntimeError("no coalesced COO tensor")
        return self._array


def from_numpy(array: np.ndarray) -> Tensor:
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    return Tensor(array)


def sparse_coo_tensor(indices: Tensor, values: Tensor, size: Sequence[int]) -> Tensor:
    array = np.zeros(size, values.dtype)
    np.add.at(array, tuple(indices.numpy()), values.numpy())
    return Tensor(array, sparse_coo)
