# SPDX-License-Identifier: Apache-2.0
"""Reading and writing by ending; any file gives a tensor or a TensorError."""

import gzip
import random
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import io
from models.errors import TensorError
from models.tensor import SparseTensor
from tests.fuzz.target import read_or_refuse
from tests.models.strategies import FLOAT32, tensor, tensors

ENDINGS = list(io.READERS)
MATRIX = tensor((4, 3), {(0, 1): 1.5, (2, 0): -2.0, (3, 2): 0.25})


@pytest.mark.parametrize("ending", ENDINGS)
@given(data=st.one_of(st.binary(max_size=200), st.text("0123456789 .-e#%\n:shape", max_size=80).map(str.encode)))
def test_arbitrary_bytes(tmp_path_factory, ending, data) -> None:
    path = tmp_path_factory.getbasetemp() / f"arbitrary{ending}"
    path.write_bytes(data)
    read_or_refuse(path)
    if ending.endswith(".gz"):
        path.write_bytes(gzip.compress(data))
        read_or_refuse(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_truncated_files(tmp_path, ending) -> None:
    whole, part = tmp_path / f"whole{ending}", tmp_path / f"part{ending}"
    io.write(whole, MATRIX)
    data = whole.read_bytes()
    for length in range(len(data)):
        part.write_bytes(data[:length])
        made = read_or_refuse(part)
        # Plain text can end within a number without a trace, .tns (it has no count) after any line.
        if made is not None:
            assert ending == ".tns" or (ending == ".mtx" and made.nnz == MATRIX.nnz)


@pytest.mark.parametrize("ending", ENDINGS)
def test_damaged_files(tmp_path, ending, seed) -> None:
    path = tmp_path / f"damaged{ending}"
    io.write(path, MATRIX)
    data, rng = path.read_bytes(), random.Random(seed)
    refused = 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 5))):
            damaged[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        path.write_bytes(damaged)
        refused += read_or_refuse(path) is None
    assert refused > 30


def announce(ending: str) -> bytes:
    """Return a small file that announces 2**32 - 1 entries or so."""
    if ending == ".csfbin":
        return struct.pack("<4I", 1, 100, 2**32 - 1, 7)
    if ending.startswith(".mtx"):
        return b"%%MatrixMarket matrix coordinate real general\n4294967295 4294967295 4294967296\n1 1 1\n"
    return b"# shape: 4294967295 4294967295\n1 1"


@pytest.mark.parametrize("ending", ENDINGS)
def test_announced_sizes_take_no_memory(tmp_path, ending) -> None:
    path = tmp_path / f"huge{ending}"
    if ending == ".npz":
        huge = {"shape": (2**32 - 1, 2**32 - 1), "data": np.ones(1), "indices": [0], "indptr": [0, 1]}
        np.savez_compressed(path, format="csr", **huge)
    else:
        data = announce(ending)
        path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    assert peak_memory(path) < 2**20
    if ending == ".mtx":
        path.write_text("%%MatrixMarket matrix array real symmetric\n4294967295 4294967295\n1\n")
        assert peak_memory(path) < 2**20


def peak_memory(path) -> int:
    """Return the peak memory in bytes while the file is refused."""
    tracemalloc.start()
    try:
        assert read_or_refuse(path) is None
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_endings(tmp_path) -> None:
    for name in ("x.TNS", "x.Tns.GZ", "a.b.npz"):
        io.write(tmp_path / name, MATRIX)
        assert io.read(tmp_path / name).equals(MATRIX)
    for name in ("x.txt", "x", "x.gz", "tns"):
        with pytest.raises(TensorError, match="unknown ending; tensors are in .csfbin, .tns, .tns.gz"):
            io.read(tmp_path / name)
        with pytest.raises(TensorError, match="unknown ending"):
            io.write(tmp_path / name, MATRIX)


def test_a_file_of_another_format(tmp_path) -> None:
    for written in ENDINGS:
        io.write(tmp_path / f"x{written}", MATRIX)
        data = (tmp_path / f"x{written}").read_bytes()
        for ending in ENDINGS:
            if ending != written:
                path = tmp_path / f"y{ending}"
                path.write_bytes(data)
                assert read_or_refuse(path) is None, (written, ending)


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_that_cannot_be_opened(tmp_path, ending) -> None:
    with pytest.raises(TensorError, match="can't be read: No such file or directory"):
        io.read(tmp_path / f"missing{ending}")
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(TensorError, match="can't be read: Is a directory"):
        io.read(tmp_path / f"folder{ending}")
    with pytest.raises(TensorError, match="can't be written: No such file or directory"):
        io.write(tmp_path / "missing" / f"x{ending}", MATRIX)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_extent_that_no_file_has(tmp_path, ending) -> None:
    """Results of einsum may have such an extent; read() would refuse the file."""
    nothing = SparseTensor((0, 2), np.zeros((0, 2), np.int64), np.zeros(0))
    with pytest.raises(TensorError, match="extent 0 of mode 0 is not an integer from 1"):
        io.write(tmp_path / f"x{ending}", nothing)
    assert not list(tmp_path.iterdir())


# What each format can hold.
HELD = {
    ".csfbin": tensors(max_order=5, values=FLOAT32),
    ".mtx": tensors(min_order=2, max_order=2, large=True),
    ".npz": tensors(min_order=0, large=True, max_order=9),
    ".tns": tensors(min_order=0, large=True, max_order=9),
}


@pytest.mark.parametrize("ending", ENDINGS)
@given(data=st.data())
def test_round_trip(tmp_path_factory, ending, data) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{ending}"
    made = data.draw(HELD[ending.removesuffix(".gz")])
    io.write(path, made)
    assert io.read(path).equals(made)
