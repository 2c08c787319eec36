# SPDX-License-Identifier: Apache-2.0
"""FROSTT text files: round trips, forms of the text, and every way a file can be wrong."""

import gzip
import re

import pytest

from models import io
from models.errors import TensorError
from tests.models.strategies import TENSORS, tensor

SHAPES = {
    "lih_integrals": ((12,) * 4, 1824),
    "lih_doubles": ((12,) * 4, 48),
    "umls": ((135, 46, 135), 6529),
    "kinships": ((104, 25, 104), 10686),
    "flights": ((3, 16, 12, 20, 105), 16914),
}


@pytest.mark.parametrize("name", SHAPES)
def test_files_of_the_project(name) -> None:
    made = io.read(TENSORS / f"{name}.tns")
    assert (made.shape, made.nnz) == SHAPES[name]


def test_the_same_tensor_gives_the_same_bytes(tmp_path) -> None:
    made = tensor((2, 3), {(1, 2): 0.1, (0, 0): -4.0})
    for ending in (".tns", ".tns.gz"):
        io.write(tmp_path / f"a{ending}", made)
        io.write(tmp_path / f"b{ending}", made)
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()
    assert (tmp_path / "a.tns").read_text() == "# shape: 2 3\n1 1 -4\n2 3 0.1\n"
    assert gzip.decompress((tmp_path / "a.tns.gz").read_bytes()) == (tmp_path / "a.tns").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "2 3 0.5\n1 1 -4\n",  # no shape: the greatest coordinates
        "\ufeff# shape: 2 3\n2 3 0.5\n1 1 -4\n",  # a byte order mark
        "\n# about\n#shape: 2 3\r\n\r\n  2\t3  .5 # half\n1 1 -4.0e0",  # no end of line at the end
    ],
)
def test_forms(tmp_path, text) -> None:
    path = tmp_path / "x.tns"
    path.write_bytes(text.encode())
    assert io.read(path).equals(tensor((2, 3), {(0, 0): -4.0, (1, 2): 0.5}))


def test_special_values(tmp_path) -> None:
    path = tmp_path / "x.tns"
    path.write_text("1 inf\n2 -inf\n3 nan\n4 -0.0\n5 1e-320\n")
    made = io.read(path)
    assert [str(value) for value in made.values] == ["inf", "-inf", "nan", "-0.0", "1e-320"]
    io.write(path, made)
    assert [str(value) for value in io.read(path).values] == ["inf", "-inf", "nan", "-0.0", "1e-320"]


def test_no_entries(tmp_path) -> None:
    path = tmp_path / "x.tns"
    path.write_text("# shape: 4 5\n")
    assert io.read(path).equals(tensor((4, 5), {}))


@pytest.mark.parametrize(
    "text, message",
    [
        (b"", "the file is empty"),
        (b"# nothing\n\n", "no entry and no shape"),
        (b"# shape: 2 x\n", "line 1: an extent is 'x', not an integer"),
        (b"# shape: 2 0\n", "line 1: extent 0 of mode 1"),
        (b"# shape: 2 4294967296\n", "line 1: extent 4294967296 of mode 1"),
        (b"# shape: 2\n# shape: 2\n", "line 2: a second shape"),
        (b"1 1\n# shape: 2\n", "line 2: the shape comes after an entry"),
        (b"7\n", "line 1: '7' alone is no entry"),
        (b"1 1 1\n1 2\n", "line 2: 2 fields, but an entry of order 2 has 3: '1 2'"),
        (b"# shape: 2 2\n1 1 1 1\n", "line 2: 4 fields, but an entry of order 2 has 3"),
        (b"# shape: 2 2\n\n1 3 1\n", "line 3: coordinate 3 of mode 1 is not from 1 to 2"),
        (b"1 0 1\n", "line 1: coordinate 0 of mode 1 is not from 1 to"),
        (b"1 -5 1\n", "line 1: coordinate -5 of mode 1"),
        (b"1 4294967296 1\n", "line 1: coordinate 4294967296 of mode 1"),
        (b"1 99999999999999999999 1\n", "line 1: coordinate 99999999999999999999 of mode 1"),
        (b"1 1.5 1\n", "line 1: the coordinate of mode 1 is '1.5', not an integer"),
        (b"1 1_0 1\n", "line 1: the coordinate of mode 1 is '1_0', not an integer"),
        (b"1 1 one\n", "line 1: the value is 'one', not a number"),
        (b"1 1 1_0\n", "line 1: the value is '1_0', not a number"),
        (b"1 1 9007199254740993\n", "line 1: the value '9007199254740993' is no float64 number"),
        (b"1 1 1\n2 1 1\n1 1 5\n", "line 3: coordinates (1, 1) occur twice, first at line 1"),
        (b"1 " * 66 + b"\n", "line 1: 65 coordinates are more than 64"),
        (b"1 1 1\n\xff\n", "line 2: byte 0xff is no text"),
        (b"1 1 1\n\0\n", "line 2: byte 0x00 is no text"),
        (b"1" * 70000, "line 1: the line is longer than 65536 bytes"),
    ],
)
def test_wrong_files(tmp_path, text, message) -> None:
    path = tmp_path / "x.tns"
    path.write_bytes(text)
    with pytest.raises(TensorError, match=f"^{re.escape(f'{path}: {message}')}"):
        io.read(path)


def test_wrong_gzip_files(tmp_path) -> None:
    path = tmp_path / "x.tns.gz"
    packed = gzip.compress(b"1 1 1\n" * 2)
    damaged = packed[:10] + b"\xff" + packed[11:]  # a kind of block that does not exist
    for data, message in (
        (packed[:-9], "line 3: the gzip file is truncated"),
        (b"", "the file is empty"),
        (b"1 1 1\n", "line 1: not a sound gzip file: Not a gzipped file"),
        (damaged, "line 1: not a sound gzip file"),
        (gzip.compress(b"1 1 1\n1 x 1\n"), "line 2: the coordinate of mode 1 is 'x'"),
    ):
        path.write_bytes(data)
        with pytest.raises(TensorError, match=f"^{re.escape(f'{path}: {message}')}"):
            io.read(path)
