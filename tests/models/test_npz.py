# SPDX-License-Identifier: Apache-2.0
"""Archives of pydata/sparse and scipy.sparse, exchanged with both, and every way one can be wrong."""

import io as stdio
import re
import struct
import zipfile

import numpy as np
import pytest
import scipy.sparse
import sparse
from hypothesis import given
from hypothesis import strategies as st

from models import io
from models.errors import TensorError
from tests.models.strategies import tensor, tensors

COO = {"format": "coo", "shape": (2, 3), "data": [1.5, -2.0], "coords": [[0, 1], [2, 0]], "fill_value": 0.0}
CSR = {"format": b"csr", "shape": (2, 3), "data": [1.5, -2.0], "indices": [2, 0], "indptr": [0, 1, 2]}
GCXS = {**CSR, "format": "gcxs", "compressed_axes": [0], "fill_value": 0.0}
BSR = {**CSR, "format": b"bsr", "shape": (2, 6), "data": np.ones((2, 1, 2))}
DIA = {"format": b"dia", "shape": (3, 3), "data": np.ones((1, 3)), "offsets": [0]}
SCIPY_COO = {"format": b"coo", "shape": (2, 3), "data": [1.5, -2.0], "row": [0, 1], "col": [2, 0]}
EXPECTED = tensor((2, 3), {(0, 2): 1.5, (1, 0): -2.0})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.npz"


@given(tensors())
def test_pydata_reads_what_is_written(tmp_path_factory, made) -> None:
    path = tmp_path_factory.getbasetemp() / "pydata.npz"
    io.write(path, made)
    read = sparse.load_npz(path)
    assert isinstance(read, sparse.COO) and read.nnz == made.nnz
    assert np.array_equal(read.todense(), made.to_dense())


@given(st.data())
def test_what_pydata_writes_is_read(tmp_path_factory, data) -> None:
    path = tmp_path_factory.getbasetemp() / "pydata.npz"
    made = data.draw(tensors())
    coo = sparse.COO(made.coords.T, made.values, made.shape)
    sparse.save_npz(path, coo)
    assert io.read(path).equals(made)
    axes = sorted(data.draw(st.permutations(range(made.order)))[: data.draw(st.integers(1, made.order))])
    if len(axes) < made.order:
        sparse.save_npz(path, sparse.GCXS.from_coo(coo, compressed_axes=axes), compressed=False)
    elif made.order == 1:
        sparse.save_npz(path, sparse.GCXS.from_coo(coo))
    assert io.read(path).equals(made)


@pytest.mark.parametrize("form", ["coo", "csr", "csc", "bsr", "dia"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.int64, bool])
def test_what_scipy_writes_is_read(path, seed, form, kind, dtype) -> None:
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random((8, 12)) < 0.2, rng.integers(-99, 99, (8, 12)), 0).astype(dtype)
    matrix = getattr(scipy.sparse, f"{form}_{kind}")(dense)
    if form == "bsr":
        matrix = matrix.tobsr((4, 3))
    scipy.sparse.save_npz(path, matrix)
    assert np.array_equal(io.read(path).to_dense(), dense)


def test_scipy_arrays_of_other_orders(path, seed) -> None:
    rng = np.random.default_rng(seed)
    for shape, form in (((20,), "coo"), ((20,), "csr"), ((3, 4, 5), "coo")):
        made = scipy.sparse.random_array(shape, density=0.3, rng=rng, format=form)
        scipy.sparse.save_npz(path, made)
        assert np.array_equal(io.read(path).to_dense(), made.toarray())


@pytest.mark.parametrize(
    "arrays",
    [COO, {name: COO[name] for name in COO if name != "format"}, CSR, GCXS, SCIPY_COO],
    ids=["coo", "older coo", "csr", "gcxs", "scipy coo"],
)
def test_forms(path, arrays) -> None:
    np.savez(path, **arrays)
    assert io.read(path).equals(EXPECTED)


def test_other_layouts_of_arrays(path) -> None:
    np.savez(
        path,
        **{**COO, "coords": np.asfortranarray(np.array(COO["coords"], ">i2")), "data": np.array(COO["data"], ">f4")},
    )
    assert io.read(path).equals(EXPECTED)


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({**COO, "format": "dok"}, "array 'format': is 'dok', not coo"),
        ({**COO, "format": [1, 2]}, "array 'format': has shape (2,), not 0 dimensions"),
        ({"data": [1.0]}, "there is no array 'shape'; this is no sparse tensor"),
        ({"shape": (2, 3)}, "there is no array 'coords'"),
        ({**CSR, "shape": (2, 3, 4)}, "array 'shape': is (2, 3, 4), not that of a matrix"),
        ({**COO, "shape": (2, 0)}, "array 'shape': extent 0 of mode 1"),
        ({**COO, "shape": (2.0, 3.0)}, "array 'shape': has elements of type float64, not integers"),
        ({**COO, "fill_value": 1.0}, "array 'fill_value': is 1.0; only tensors whose other elements are 0"),
        ({**COO, "fill_value": np.nan}, "array 'fill_value': is nan"),
        ({**COO, "data": [1, 2, 3]}, "2 coordinates but 3 values"),
        ({**COO, "data": ["a", "b"]}, "values of type <U1 are not real numbers"),
        ({**COO, "data": [1j, 2]}, "values of type complex128 are not real numbers"),
        ({**COO, "coords": [[0, 1], [3, 0]]}, "entry 0: coordinate 3 (0-based) of mode 1 is outside its"),
        ({**COO, "coords": [[0, 0], [2, 2]]}, "entry 1: coordinates (0, 2) occur twice, first at entry 0"),
        ({**COO, "coords": [0, 1]}, "array 'coords': has shape (2,), not 2 dimensions"),
        (
            {**COO, "coords": np.array([[0, 2**63], [2, 0]], np.uint64)},
            "array 'coords': element 9223372036854775808 is too large",
        ),
        ({**COO, "coords": [[0, 1]]}, "coordinates of shape (2, 1)"),
        ({**SCIPY_COO, "col": [1]}, "array 'col': has 1 elements, but 'row' has 2"),
        ({**CSR, "indptr": [0, 2]}, "array 'indptr': has 2 elements, but shape (2, 3) needs 3"),
        ({**CSR, "indptr": [1, 1, 2]}, "array 'indptr', element 0: is 1, not 0"),
        ({**CSR, "indptr": [0, 3, 2]}, "array 'indptr', element 2: is 2, below the one before, 3"),
        ({**CSR, "indptr": [0, 1, 3]}, "array 'indptr', element 2: ends with 3, but there are 2 indices"),
        ({**CSR, "indices": [2, 3]}, "array 'indices', element 1: 3 is outside the extent 3"),
        ({**CSR, "indices": [-1, 0]}, "array 'indices', element 0: -1 is outside the extent 3"),
        ({**CSR, "data": [1.0]}, "2 coordinates but 1 values"),
        ({**CSR, "indptr": [0, 2, 2], "indices": [1, 1]}, "entry 1: coordinates (0, 1) occur twice"),
        ({**GCXS, "compressed_axes": [0, 0]}, "array 'compressed_axes': is [0, 0] for a tensor of order 2"),
        ({**GCXS, "compressed_axes": [2]}, "array 'compressed_axes': is [2]"),
        ({**GCXS, "shape": (2**32 - 1,) * 4, "compressed_axes": [0]}, "array 'shape': (4294967295, 4294967295,"),
        ({**BSR, "data": np.ones((2, 1, 4))}, "array 'data': has blocks of 1 x 4 in a matrix of 2 x 6"),
        ({**BSR, "data": np.ones((3, 1, 2))}, "array 'data': has 3 blocks, but there are 2 indices"),
        ({**DIA, "offsets": [0, 1]}, "array 'offsets': has 2 elements, but 'data' has 1 diagonals"),
        ({**DIA, "data": np.ones((2, 3)), "offsets": [0, 0]}, "entry 3: coordinates (0, 0) occur twice"),
        ({**COO, "data": np.array([None, 1], object)}, "elements of type object are not supported"),
    ],
)
def test_wrong_archives(path, arrays, message) -> None:
    np.savez(path, **arrays)
    with pytest.raises(TensorError, match=f"^{re.escape(str(path))}: .*{re.escape(message)}"):
        io.read(path)


def member(shape: tuple, data: bytes, descr: str = "<f8", version: int = 1) -> bytes:
    """Return an .npy file with this header, and any contents."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(header)) + header + data


def archive(shape_file: bytes, **options) -> bytes:
    packed = stdio.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("shape.npy", shape_file, **options)
    return packed.getvalue()


def lying_size() -> bytes:
    """Return an archive whose directory announces 4 GiB for a member of a few bytes."""
    packed = archive(member((2,), b"12345678"), compress_type=zipfile.ZIP_DEFLATED)
    place = packed.rindex(b"PK\x01\x02")  # the directory's entry: the size is at byte 24
    return packed[: place + 24] + struct.pack("<I", 2**32 - 2) + packed[place + 28 :]


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "the file is empty"),
        (b"# shape: 3 3\n", "not a sound .npz archive: File is not a zip file"),
        (
            archive(member((2**32,), b"")),
            "array 'shape' (byte 0): shape (4294967296,) of float64 doesn't fit the 0 bytes",
        ),
        (archive(member((-1, -1), b"12345678")), "array 'shape' (byte 0): shape (-1, -1)"),
        (archive(member((1,), b"12345678", version=7)), "array 'shape' (byte 0): "),
        (archive(member((4,), b"", descr="V0")), "array 'shape' (byte 0): "),
        (archive(b"not numpy"), "array 'shape' (byte 0): no array can be read"),
        (archive(member((1,), b"12345678"), compress_type=zipfile.ZIP_BZIP2), "compression method 12 is not supported"),
        (lying_size(), "announces 4294967294 bytes from"),
        (archive(member((1,), b"12345678"))[:-30], "not a sound .npz archive: "),
        (
            archive(member((1,), b"12345678")).replace(b"12345678", b"87654321"),
            "array 'shape' (byte 0): no array can be read: Bad CRC-32",
        ),
    ],
)
def test_wrong_containers(path, data, message) -> None:
    path.write_bytes(data)
    with pytest.raises(TensorError, match=f"^{re.escape(str(path))}: .*{re.escape(message)}"):
        io.read(path)


def test_stored_zeros_are_entries_unless_they_fill_blocks(path) -> None:
    np.savez(path, **{**COO, "data": [0.0, 1.0]})
    assert io.read(path).nnz == 2
    np.savez(path, **{**BSR, "data": np.array([[[0.0, 1.0]], [[2.0, 0.0]]])})
    assert io.read(path).nnz == 2
