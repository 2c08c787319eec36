# SPDX-License-Identifier: Apache-2.0
"""Matrix Market files, exchanged with scipy, and every way one can be wrong."""

import re

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import given

from models import io
from models.errors import TensorError
from tests.models.strategies import tensor, tensors

BANNER = "%%MatrixMarket matrix coordinate real general\n"


@given(tensors(min_order=2, max_order=2))
def test_scipy_reads_what_is_written(tmp_path_factory, made) -> None:
    path = tmp_path_factory.getbasetemp() / "scipy.mtx"
    io.write(path, made)
    read = scipy.io.mmread(path, spmatrix=False)
    assert isinstance(read, scipy.sparse.coo_array)
    assert np.array_equal(read.toarray(), made.to_dense())


@pytest.mark.parametrize("symmetry", ["general", "symmetric", "skew-symmetric"])
@pytest.mark.parametrize("field", ["real", "integer", "pattern"])
@pytest.mark.parametrize("dense", [False, True], ids=["coordinate", "array"])
def test_what_scipy_writes_is_read(tmp_path, seed, symmetry, field, dense) -> None:
    if field == "pattern" and (dense or symmetry == "skew-symmetric"):
        return  # the format has no such files
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(6, 6)) if field == "real" else rng.integers(-9, 10, (6, 6))
    matrix = np.where(rng.random((6, 6)) < 0.5, matrix, 0)
    if symmetry != "general":
        matrix = matrix + matrix.T if symmetry == "symmetric" else matrix - matrix.T
    if field == "pattern":
        matrix = (matrix != 0).astype(int)
    path = tmp_path / "x.mtx"
    scipy.io.mmwrite(
        path, matrix if dense else scipy.sparse.coo_array(matrix), comment="of scipy", field=field, symmetry=symmetry
    )
    assert f"{'array' if dense else 'coordinate'} {field} {symmetry}" in path.read_text()
    assert np.array_equal(io.read(path).to_dense(), matrix)


def test_forms(tmp_path) -> None:
    path = tmp_path / "x.mtx"
    path.write_text("%%MatrixMarket MATRIX Coordinate Real General\n% a comment\n\n 2 3 2 \r\n2 3 .5\n\n1 1 -4\n")
    assert io.read(path).equals(tensor((2, 3), {(0, 0): -4.0, (1, 2): 0.5}))


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "the file is empty"),
        ("2 3 1\n", "line 1: '2 3 1' is no Matrix Market header"),
        ("%%MatrixMarket matrix coordinate real\n", "line 1: the header has 3 words after %%MatrixMarket, not 4"),
        (BANNER.replace("real", "complex"), "line 1: header word 'complex' is not supported; known: real"),
        (BANNER.replace("general", "hermitian"), "line 1: header word 'hermitian'"),
        (BANNER.replace("matrix", "vector"), "line 1: header word 'vector'"),
        ("%%MatrixMarket matrix array pattern general\n", "line 1: a dense matrix can't be a pattern"),
        (BANNER, "the file ends before the sizes of the matrix"),
        (BANNER + "2 3\n", "line 2: 2 sizes, not 3: '2 3'"),
        (BANNER + "2 x 1\n", "line 2: a size is 'x', not an integer"),
        (BANNER + "2 0 1\n", "line 2: extent 0 of mode 1"),
        (BANNER + "2 3 -1\n", "line 2: the number of entries is -1"),
        (BANNER.replace("general", "symmetric") + "2 3 1\n", "line 2: a symmetric matrix of 2 x 3 isn't square"),
        (BANNER + "2 3 2\n1 1 1\n", "line 2: announces 2 entries, but the file ends after 1"),
        (BANNER + "2 3 4294967296\n1 1 1\n", "line 2: announces 4294967296 entries, but the file ends after 1"),
        (BANNER + "2 3 1\n1 1 1\n1 2 1\n", "line 4: an entry more than the 1 that line 2 announces"),
        (BANNER + "2 3 1\n1 1\n", "line 3: 2 fields, not 3: '1 1'"),
        (BANNER + "2 3 1\n3 1 1\n", "line 3: coordinate 3 of mode 0 is not from 1 to 2"),
        (BANNER + "2 3 1\n1 0 1\n", "line 3: coordinate 0 of mode 1 is not from 1 to 3"),
        (BANNER + "2 3 1\n1 a 1\n", "line 3: the coordinate of mode 1 is 'a', not an integer"),
        (BANNER + "2 3 1\n1 1 a\n", "line 3: the value is 'a', not a number"),
        (BANNER.replace("real", "integer") + "2 3 1\n1 1 1.5\n", "line 3: the value is '1.5', not an integer"),
        (BANNER + "2 3 2\n1 1 1\n1 1 2\n", "line 4: coordinates (1, 1) occur twice, first at line 3"),
        (
            BANNER.replace("general", "symmetric") + "2 2 2\n1 2 1\n2 1 2\n",
            "line 4: coordinates (2, 1) occur twice, first at line 3",
        ),
        (
            BANNER.replace("general", "skew-symmetric") + "2 2 1\n2 2 1\n",
            "line 3: a skew-symmetric matrix has no entries on the diagonal: 2 2",
        ),
        (BANNER.replace("coordinate", "array") + "2 1\n1\n", "line 2: announces 2 entries, but the file ends after 1"),
        (BANNER.replace("coordinate", "array") + "2 1\n1\n2\n3\n", "line 5: a value more than the 2 of line 2's sizes"),
    ],
)
def test_wrong_files(tmp_path, text, message) -> None:
    path = tmp_path / "x.mtx"
    path.write_text(text)
    with pytest.raises(TensorError, match=f"^{re.escape(f'{path}: {message}')}"):
        io.read(path)


def test_only_matrices_are_written(tmp_path) -> None:
    with pytest.raises(TensorError, match="Matrix Market holds matrices, not a tensor of order 3"):
        io.write(tmp_path / "x.mtx", tensor((2, 2, 2), {}))
