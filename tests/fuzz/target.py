# SPDX-License-Identifier: Apache-2.0
"""The property for a file of any bytes: a valid tensor, or an error that names the file."""

import warnings
from pathlib import Path

import numpy as np

from models import io
from models.errors import TensorError
from models.tensor import SparseTensor

CORPUS = Path(__file__).parent / "corpus"  # inputs that once found a fault, replayed by the suite
LIMIT = 1000  # characters of a message with the file's name


def read_or_refuse(path: Path) -> SparseTensor | None:
    """Read a file; return None after a TensorError that names it.

    Raises:
        AssertionError: the error doesn't name the file, or the tensor is invalid or not the same after it was
            written and read again.
        Exception: any other exception of the reader, which is a fault.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning is for a developer; a user gets an error or a tensor
        try:
            made = io.read(path)
        except TensorError as error:
            assert str(error).startswith(f"{path}: ") and len(str(error)) < LIMIT, error
            return None
        assert SparseTensor.from_coordinates(made.shape, made.coords, made.values).equals(made)
        _round_trip(made, path.with_name(f"again.{path.name}"))
    return made


def _round_trip(made: SparseTensor, path: Path) -> None:
    """Write and read the tensor; a format may refuse what another tool's file held."""
    try:
        io.write(path, made)
    except TensorError:
        return
    again = io.read(path)
    assert again.shape == made.shape and np.array_equal(again.coords, made.coords), path
    # Texts have one NaN only.
    values = [np.where(np.isnan(tensor.values), np.nan, tensor.values) for tensor in (made, again)]
    assert np.array_equal(values[0].view(np.uint64), values[1].view(np.uint64)), path
