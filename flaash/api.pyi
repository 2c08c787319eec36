# SPDX-License-Identifier: Apache-2.0
"""Types of einsum and tensordot: the kind of the result, or the first operand, decides its type."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, TypedDict, Unpack, overload

from numpy.typing import NDArray
from scipy.sparse import coo_array
from sparse import COO
from torch import Tensor

from flaash.backends import Backend, ConfigName, Name
from flaash.kinds import Kind
from flaash.paths import Path
from flaash.report import Report
from models.csf import Csf
from models.tensor import SparseTensor

Numpy: TypeAlias = Literal["numpy"]
Scipy: TypeAlias = Literal["scipy"]
Pydata: TypeAlias = Literal["pydata"]
Torch: TypeAlias = Literal["torch", "torch_coo"]
Own: TypeAlias = Literal["tensor"]
Yes: TypeAlias = Literal[True]
No: TypeAlias = Literal[False]
Dense: TypeAlias = NDArray[Any]  # a result without modes is a number of numpy

REFUSED: dict[str, str]

class Where(TypedDict, total=False):
    """Options of both functions."""

    config: ConfigName | str | None
    on: Name | Backend
    progress: bool | None

class Options(Where, total=False):
    """Options of einsum()."""

    optimize: Path

@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Numpy, return_report: Yes, **options: Unpack[Options]
) -> tuple[Dense, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Numpy, return_report: No = ..., **options: Unpack[Options]
) -> Dense: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Scipy, return_report: Yes, **options: Unpack[Options]
) -> tuple[coo_array, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Scipy, return_report: No = ..., **options: Unpack[Options]
) -> coo_array: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Pydata, return_report: Yes, **options: Unpack[Options]
) -> tuple[COO, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Pydata, return_report: No = ..., **options: Unpack[Options]
) -> COO: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Torch, return_report: Yes, **options: Unpack[Options]
) -> tuple[Tensor, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Torch, return_report: No = ..., **options: Unpack[Options]
) -> Tensor: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Own, return_report: Yes, **options: Unpack[Options]
) -> tuple[SparseTensor, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Own, return_report: No = ..., **options: Unpack[Options]
) -> SparseTensor: ...
@overload
def einsum(
    subscripts: str,
    first: SparseTensor | Csf,
    /,
    *operands: Any,
    kind: None = ...,
    return_report: Yes,
    **options: Unpack[Options],
) -> tuple[SparseTensor, Report]: ...
@overload
def einsum(
    subscripts: str,
    first: SparseTensor | Csf,
    /,
    *operands: Any,
    kind: None = ...,
    return_report: No = ...,
    **options: Unpack[Options],
) -> SparseTensor: ...
@overload
def einsum(
    subscripts: str, first: Dense, /, *operands: Any, kind: None = ..., return_report: Yes, **options: Unpack[Options]
) -> tuple[Dense, Report]: ...
@overload
def einsum(
    subscripts: str,
    first: Dense,
    /,
    *operands: Any,
    kind: None = ...,
    return_report: No = ...,
    **options: Unpack[Options],
) -> Dense: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Kind | None = ..., return_report: Yes, **options: Unpack[Options]
) -> tuple[Any, Report]: ...
@overload
def einsum(
    subscripts: Any, *operands: Any, kind: Kind | None = ..., return_report: bool = ..., **options: Unpack[Options]
) -> Any: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Numpy, return_report: Yes, **options: Unpack[Where]
) -> tuple[Dense, Report]: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Numpy, return_report: No = ..., **options: Unpack[Where]
) -> Dense: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Scipy, return_report: Yes, **options: Unpack[Where]
) -> tuple[coo_array, Report]: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Scipy, return_report: No = ..., **options: Unpack[Where]
) -> coo_array: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Pydata, return_report: Yes, **options: Unpack[Where]
) -> tuple[COO, Report]: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Pydata, return_report: No = ..., **options: Unpack[Where]
) -> COO: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Torch, return_report: Yes, **options: Unpack[Where]
) -> tuple[Tensor, Report]: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Torch, return_report: No = ..., **options: Unpack[Where]
) -> Tensor: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Own, return_report: Yes, **options: Unpack[Where]
) -> tuple[SparseTensor, Report]: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Own, return_report: No = ..., **options: Unpack[Where]
) -> SparseTensor: ...
@overload
def tensordot(
    a: SparseTensor | Csf,
    b: Any,
    axes: int | Sequence = ...,
    *,
    kind: None = ...,
    return_report: Yes,
    **options: Unpack[Where],
) -> tuple[SparseTensor, Report]: ...
@overload
def tensordot(
    a: SparseTensor | Csf,
    b: Any,
    axes: int | Sequence = ...,
    *,
    kind: None = ...,
    return_report: No = ...,
    **options: Unpack[Where],
) -> SparseTensor: ...
@overload
def tensordot(
    a: Dense, b: Any, axes: int | Sequence = ..., *, kind: None = ..., return_report: Yes, **options: Unpack[Where]
) -> tuple[Dense, Report]: ...
@overload
def tensordot(
    a: Dense, b: Any, axes: int | Sequence = ..., *, kind: None = ..., return_report: No = ..., **options: Unpack[Where]
) -> Dense: ...
@overload
def tensordot(
    a: Any, b: Any, axes: int | Sequence = ..., *, kind: Kind | None = ..., return_report: Yes, **options: Unpack[Where]
) -> tuple[Any, Report]: ...
@overload
def tensordot(
    a: Any,
    b: Any,
    axes: int | Sequence = ...,
    *,
    kind: Kind | None = ...,
    return_report: bool = ...,
    **options: Unpack[Where],
) -> Any: ...
