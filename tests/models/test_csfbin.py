# SPDX-License-Identifier: Apache-2.0
"""csfbin: round trips, the project's own files, and every way a file can be wrong."""

import re
import struct

import numpy as np
import pytest

from models import csfbin, io
from models.errors import TensorError
from tests.models.strategies import WORKLOADS, tensor

# Shape (2, 2, 4): fibers (0, 1): [(1, 1.0), (3, 2.0)] and (1, 1): [(0, 3.0)].
EXAMPLE = (
    struct.pack("<4I", 3, 2, 2, 4)
    + struct.pack("<I", 3)
    + struct.pack("<ifififI", 1, 1.0, 3, 2.0, 0, 3.0, 5)
    + struct.pack("<5I", 0, 0, 2, 2, 3)
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.csfbin"


def patched(offset: int, word: int) -> bytes:
    return EXAMPLE[:offset] + struct.pack("<I", word % 2**32) + EXAMPLE[offset + 4 :]


def test_example(path) -> None:
    path.write_bytes(EXAMPLE)
    expected = tensor((2, 2, 4), {(0, 1, 1): 1.0, (0, 1, 3): 2.0, (1, 1, 0): 3.0})
    assert io.read(path).equals(expected)
    io.write(path, expected)
    assert path.read_bytes() == EXAMPLE


def test_files_of_the_project_are_reproduced(path) -> None:
    files = sorted(WORKLOADS.glob("*.csfbin"))
    assert len(files) == 32
    for file in files:
        io.write(path, io.read(file))
        assert path.read_bytes() == file.read_bytes(), file.name


def test_every_value_pattern_survives(path) -> None:
    patterns = np.array([0x7F80_0001, 0xFFC0_0001, 0x8000_0000, 0x0000_0001, 0xFF80_0000], np.uint32)
    entries = np.stack([np.arange(5, dtype=np.uint32), patterns], axis=1)
    data = struct.pack("<3I", 1, 5, 5) + entries.tobytes() + struct.pack("<3I", 2, 0, 5)
    path.write_bytes(data)
    made = io.read(path)
    io.write(path, made)
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "the file is empty"),
        (b"\x01\x00", "byte 2: the file ends within the order"),
        (EXAMPLE[:10], "byte 10: the file ends within the extent of mode 1"),
        (EXAMPLE[:16], "byte 16: the file ends within the number of entries"),
        (EXAMPLE[:43], "byte 16: announces 3 entries, but the file of 43 bytes ends after 2"),
        (EXAMPLE[:44], "byte 44: the file ends within the number of fiber pointers"),
        (EXAMPLE[:-1], "byte 44: announces 5 fiber pointers, but the file of 67 bytes ends after 4"),
        (EXAMPLE + b"\0", "byte 68: 1 bytes follow the last fiber pointer"),
        (patched(0, 0), "byte 0: order 0 is not from 1 to 64; this is no csfbin file"),
        (b"# a text", "byte 0: order 543236131"),
        (patched(8, 0), "byte 8, mode 1: extent 0"),
        (patched(16, 2**32 - 1), "byte 16: announces 4294967295 entries, but the file of 68 bytes ends after 6"),
        (patched(20, -1), "byte 20: coordinate -1 is outside the last mode's extent 4"),
        (patched(28, 4), "byte 28: coordinate 4 is outside the last mode's extent 4"),
        (patched(28, 1), "byte 28: coordinate 1 repeats in fiber 1"),
        (patched(28, 0), "byte 28: coordinate 0 comes after 1 in fiber 1"),
        (patched(44, 4), "byte 44: 4 fiber pointers; shape (2, 2, 4) has 4 fibers and so 5 pointers"),
        (patched(44, 2**32 - 1), "byte 44: 4294967295 fiber pointers"),
        (patched(48, 1), "byte 48: the first fiber pointer is 1, not 0"),
        (patched(56, 3), "byte 60: fiber pointer 2 is below the one before, 3"),
        (patched(64, 2), "byte 64: the last fiber pointer is 2, but there are 3 entries"),
    ],
)
def test_wrong_files(path, data, message) -> None:
    path.write_bytes(data)
    with pytest.raises(TensorError, match=f"^{re.escape(f'{path}: {message}')}"):
        io.read(path)


@pytest.mark.parametrize(
    "made, message",
    [
        (tensor((), {}), "csfbin can't hold a scalar"),
        (tensor((2**20, 2**20, 2), {}), "csfbin lists every fiber; shape (1048576, 1048576, 2)"),
        (tensor((2**31 + 1,), {}), "csfbin can't hold 0 entries of a last extent 2147483649"),
        (tensor((3,), {(0,): 1.0, (2,): 0.1}), "value 0.1 of entry 1 is no binary32 number"),
        (tensor((3,), {(2,): 1e39}), "value 1e+39 of entry 0"),
    ],
)
def test_what_the_format_cannot_hold(path, made, message) -> None:
    with pytest.raises(TensorError, match=re.escape(message)):
        io.write(path, made)
    assert not path.exists()


def test_rounding_on_demand(path) -> None:
    csfbin.write(path, tensor((3,), {(2,): 0.1}), round_values=True)
    assert io.read(path).values.tolist() == [float(np.float32(0.1))]
