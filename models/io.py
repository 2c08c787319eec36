# SPDX-License-Identifier: Apache-2.0
"""Reading and writing tensors; the ending of the name chooses the format."""

from __future__ import annotations

import os
from collections.abc import Callable
from os import PathLike
from pathlib import Path

from models import csfbin, matrix_market, npz, tns
from models.errors import TensorError
from models.tensor import SparseTensor, check_shape

READERS: dict[str, Callable[[Path], SparseTensor]] = {
    ".csfbin": csfbin.read,
    ".tns": tns.read,
    ".tns.gz": tns.read,
    ".mtx": matrix_market.read,
    ".mtx.gz": matrix_market.read,
    ".npz": npz.read,
}
WRITERS: dict[str, Callable[[Path, SparseTensor], None]] = {
    ".csfbin": csfbin.write,
    ".tns": tns.write,
    ".tns.gz": tns.write,
    ".mtx": matrix_market.write,
    ".mtx.gz": matrix_market.write,
    ".npz": npz.write,
}


def read(path: str | PathLike) -> SparseTensor:
    """Read a tensor from a file: .csfbin, .tns, .tns.gz, .mtx, .mtx.gz or .npz.

    Raises:
        TensorError: the file can't be read or isn't a tensor of its format; the message names
            the file, the place and the value.
    """
    path = Path(path)
    reader = READERS[_ending(path)]
    try:
        return reader(path)
    except OSError as error:
        raise TensorError(f"can't be read: {error.strerror or error}", path) from None


def write(path: str | PathLike, tensor: SparseTensor) -> None:
    """Write a tensor to a file; reading it gives the same tensor.

    Raises:
        TensorError: the file can't be written, or its format can't hold the tensor.
    """
    path = Path(path)
    writer = WRITERS[_ending(path)]
    check_shape(tensor.shape, path)
    try:
        writer(path, tensor)
    except OSError as error:
        raise TensorError(f"can't be written: {error.strerror or error}", path) from None


def check_writable(path: str | PathLike) -> None:
    """Complain now, rather than after a simulation, about a file that can't be written.

    Raises:
        TensorError: no format has this ending, or the folder or the permission is missing.
    """
    path = Path(path)
    folder = path.resolve().parent
    if not any(path.name.lower().endswith(ending) for ending in WRITERS):
        raise TensorError(f"unknown ending; results are written as {', '.join(WRITERS)}", path)
    if not folder.is_dir():
        raise TensorError(f"there is no folder {folder}", path)
    if path.is_dir():
        raise TensorError(f"{path} is a folder, not a file")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise TensorError(f"{path} can't be written: permission denied")


def _ending(path: Path) -> str:
    # Longest first, so that .tns.gz isn't taken for another .gz.
    for ending in sorted(READERS, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return ending
    raise TensorError(f"unknown ending; tensors are in {', '.join(READERS)}", path)
