# SPDX-License-Identifier: Apache-2.0
"""The start of fuzzing: small valid files of each format, and archives of arbitrary arrays."""

import io as streams
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models import io
from models.errors import TensorError
from models.tensor import SparseTensor

# Arrays that the readers search in an archive, with their dimensions, and types that they must distinguish.
DIMENSIONS = {
    "shape": 1,
    "data": 1,
    "fill_value": 0,
    "coords": 2,
    "row": 1,
    "col": 1,
    "indices": 1,
    "indptr": 1,
    "compressed_axes": 1,
    "offsets": 1,
}
FORMATS = ("coo", "gcxs", "csr", "csc", "bsr", "dia", "other")
TYPES = ("<i4", "<u8", "<f8", "<f4", ">i4", "|b1", "<c8", "<U1", "<f2")
MATRIX_MARKET = tuple(
    f"%%MatrixMarket matrix {layout} {field} {symmetry}\n{sizes}\n{body}".encode()
    for layout, field, symmetry, sizes, body in (
        ("array", "real", "general", "2 2", "1\n0\n-2.5\n3e2\n"),
        ("coordinate", "pattern", "symmetric", "3 3 2", "2 1\n3 3\n"),
        ("coordinate", "integer", "skew-symmetric", "3 3 1", "3 1 -7\n"),
    )
)


def sound_files(ending: str) -> Iterator[bytes]:
    """Yield small files that the reader accepts (for .gz the unpacked file)."""
    tensors = (
        SparseTensor.from_coordinates((4, 3), np.array([[0, 1], [2, 0], [3, 2]]), np.array([1.5, -2, 0.25])),
        SparseTensor.from_coordinates((2, 1, 3), np.array([[1, 0, 2]]), np.array([np.inf])),
        SparseTensor.from_coordinates((5,), np.zeros((0, 1), np.int64), np.zeros(0)),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{ending.removesuffix('.gz')}"
        for tensor in tensors:
            try:
                io.write(path, tensor)
            except TensorError:  # Matrix Market holds matrices only
                continue
            yield path.read_bytes()
    if ending.startswith(".mtx"):
        yield from MATRIX_MARKET


def archive(data: bytes) -> bytes:
    """Return an .npz archive whose arrays, their types and shapes are drawn from the bytes."""
    stream = iter(data)

    def draw(below: int) -> int:
        return next(stream, 0) % below

    def seldom() -> bool:
        return draw(8) == 7

    # Mostly the right arrays, so that some archives are valid and others nearly so.
    arrays: dict[str, np.ndarray] = {"format": np.array(FORMATS[draw(len(FORMATS))])}
    count = draw(4)
    for name, dimensions in DIMENSIONS.items():
        if seldom():
            continue
        shape = [count] * (draw(4) if seldom() else dimensions)
        if shape and (seldom() or name == "shape"):
            shape[0] = draw(5)
        lowest = -1 if seldom() else 1 if name == "shape" else 0
        numbers = [lowest + (0 if name == "fill_value" else draw(4)) for _ in range(int(np.prod(shape)))]
        kind = TYPES[draw(len(TYPES))] if seldom() else "<i8"
        arrays[name] = np.array(numbers, np.int64).astype(kind).reshape(shape)
    file = streams.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
