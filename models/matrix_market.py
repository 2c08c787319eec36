# SPDX-License-Identifier: Apache-2.0
"""Matrix Market files: matrices as text, of coordinates or dense, as scipy.io writes and reads them.

scipy.io.mmread (1.17) is not used, because it returns wrong numbers for damaged files without an error.
`1_0` is 1, `1.5` in an integer matrix is 1, and a fourth field is ignored. It also allocates the size that the header
announces. The tests exchange files with scipy both ways.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

import numpy as np

from models.errors import TensorError
from models.tensor import SparseTensor, check_shape
from models.text import (
    check_integer,
    format_number,
    parse_integer,
    parse_number,
    read_lines,
    shorten,
    write_text,
)

_BANNER = "%%MatrixMarket"
_LAYOUTS = ("coordinate", "array")
_FIELDS = ("real", "double", "integer", "pattern")
_SYMMETRIES = ("general", "symmetric", "skew-symmetric")


@dataclass(frozen=True)
class _Header:
    layout: str
    field: str
    symmetry: str


def read(path: str | PathLike) -> SparseTensor:
    """Read a .mtx or .mtx.gz file as a tensor of order 2.

    Symmetric matrices are completed; the ones of a pattern are 1; zeros of a dense matrix are
    left out. Memory grows with the lines of the file, not with the header's numbers.

    Raises:
        TensorError: naming file, line and value; also for complex matrices.
        OSError: the file can't be read.
    """
    lines = read_lines(path)
    header = _read_banner(lines, path)
    # Comments may come before the sizes only; blank lines anywhere.
    body = ((number, line.split()) for number, line in lines if line.strip() and not line.startswith("%"))
    number, sizes = next(body, (None, None))
    if sizes is None:
        raise TensorError("the file ends before the sizes of the matrix", path)
    fields = 3 if header.layout == "coordinate" else 2
    if len(sizes) != fields:
        raise TensorError(f"{len(sizes)} sizes, not {fields}: {shorten(' '.join(sizes))}", path, f"line {number}")
    numbers = [parse_integer(text, "a size", path, number) for text in sizes]
    shape = check_shape(numbers[:2], path, f"line {number}")
    if header.symmetry != "general" and shape[0] != shape[1]:
        raise TensorError(f"a {header.symmetry} matrix of {shape[0]} x {shape[1]} isn't square", path, f"line {number}")
    reader = _read_coordinates if header.layout == "coordinate" else _read_array
    places, coords, values = reader(header, shape, numbers, body, path, number)
    return _complete(header, shape, places, coords, values, path)


def write(path: str | PathLike, tensor: SparseTensor) -> None:
    """Write a .mtx or .mtx.gz file of coordinates; NaNs lose their payload.

    Raises:
        TensorError: the tensor isn't of order 2.
        OSError: the file can't be written.
    """
    if tensor.order != 2:
        raise TensorError(f"Matrix Market holds matrices, not a tensor of order {tensor.order}", path)
    lines = [f"{_BANNER} matrix coordinate real general", f"{tensor.shape[0]} {tensor.shape[1]} {tensor.nnz}"]
    for (row, column), value in zip((tensor.coords + 1).tolist(), tensor.values.tolist(), strict=True):
        lines.append(f"{row} {column} {format_number(value)}")
    write_text(path, "\n".join(lines) + "\n")


def _read_banner(lines: Iterator[tuple[int, str]], path) -> _Header:
    number, line = next(lines)
    words = line.split()
    if not words or words[0] != _BANNER:
        raise TensorError(f"{shorten(line)} is no Matrix Market header ({_BANNER} ...)", path, f"line {number}")
    words = [word.lower() for word in words[1:]]
    if len(words) != 4:
        raise TensorError(
            f"the header has {len(words)} words after {_BANNER}, not 4: {shorten(line)}", path, f"line {number}"
        )
    for word, known in zip(words, (("matrix",), _LAYOUTS, _FIELDS, _SYMMETRIES), strict=True):
        if word not in known:
            raise TensorError(
                f"header word {shorten(word)} is not supported; known: {', '.join(known)}", path, f"line {number}"
            )
    if words[1:3] == ["array", "pattern"]:
        raise TensorError("a dense matrix can't be a pattern", path, f"line {number}")
    return _Header(*words[1:])


def _read_coordinates(header, shape, numbers, body, path, sizes_line):
    count = numbers[2]
    if count < 0:
        raise TensorError(f"the number of entries is {count}", path, f"line {sizes_line}")
    places, coords, values = array("q"), array("q"), array("d")
    fields = 2 if header.field == "pattern" else 3
    for number, words in body:
        if len(places) == count:
            raise TensorError(
                f"an entry more than the {count} that line {sizes_line} announces", path, f"line {number}"
            )
        if len(words) != fields:
            raise TensorError(f"{len(words)} fields, not {fields}: {shorten(' '.join(words))}", path, f"line {number}")
        for mode in range(2):
            value = parse_integer(words[mode], f"the coordinate of mode {mode}", path, number)
            if not 1 <= value <= shape[mode]:
                raise TensorError(
                    f"coordinate {value} of mode {mode} is not from 1 to {shape[mode]}", path, f"line {number}"
                )
            coords.append(value - 1)
        values.append(1.0 if fields == 2 else _value(header, words[2], path, number))
        places.append(number)
    _check_count(len(places), count, path, sizes_line)
    return places, np.array(coords, np.int64).reshape(-1, 2), np.array(values, np.float64)


def _read_array(header, shape, numbers, body, path, sizes_line):
    rows, columns = shape
    below = {"general": None, "symmetric": 0, "skew-symmetric": 1}[header.symmetry]
    count = rows * columns if below is None else columns * (columns + 1 - 2 * below) // 2
    # Column by column; a symmetric matrix has only elements on (symmetric) or below the diagonal.
    elements = (
        (row, column) for column in range(columns) for row in range(0 if below is None else column + below, rows)
    )
    places, coords, values = array("q"), array("q"), array("d")
    seen = 0
    for number, words in body:
        for word in words:
            element = next(elements, None)
            if element is None:
                raise TensorError(f"a value more than the {count} of line {sizes_line}'s sizes", path, f"line {number}")
            seen += 1
            value = _value(header, word, path, number)
            if value != 0:
                coords.extend(element)
                values.append(value)
                places.append(number)
    _check_count(seen, count, path, sizes_line)
    return places, np.array(coords, np.int64).reshape(-1, 2), np.array(values, np.float64)


def _value(header: _Header, text: str, path, number: int) -> float:
    if header.field == "integer":
        check_integer(text, "the value", path, number)
    return parse_number(text, "the value", path, number)


def _check_count(seen: int, count: int, path, sizes_line: int) -> None:
    if seen != count:
        raise TensorError(f"announces {count} entries, but the file ends after {seen}", path, f"line {sizes_line}")


def _complete(header, shape, places, coords, values, path) -> SparseTensor:
    """Mirror the entries of a symmetric matrix, and check them all."""
    if header.symmetry != "general":
        off = coords[:, 0] != coords[:, 1]
        if header.symmetry == "skew-symmetric" and not off.all():
            index = int(np.argmin(off))
            raise TensorError(
                "a skew-symmetric matrix has no entries on the diagonal:"
                f" {coords[index, 0] + 1} {coords[index, 1] + 1}",
                path,
                f"line {places[index]}",
            )
        sign = -1 if header.symmetry == "skew-symmetric" else 1
        # Each mirrored entry directly after its origin, so that of two equal entries the first is named.
        origin = np.repeat(np.arange(len(values)), 1 + off)
        mirrored = np.concatenate([[False], origin[1:] == origin[:-1]])
        coords = np.where(mirrored[:, None], coords[origin, ::-1], coords[origin])
        values = np.where(mirrored, sign, 1) * values[origin]
        places = [places[index] for index in origin]
    return SparseTensor.from_coordinates(
        shape, coords, values, path=path, place=lambda index: f"line {places[index]}", base=1
    )
