# SPDX-License-Identifier: Apache-2.0
"""FROSTT text files: an entry a line, 1-based coordinates and then the value; `#` begins a comment.

The comment `# shape: 3 4 5` gives the extents; without it they are the greatest coordinates.
"""

from __future__ import annotations

from array import array
from os import PathLike

import numpy as np

from models.errors import TensorError
from models.tensor import MAX_EXTENT, MAX_ORDER, SparseTensor, check_shape
from models.text import format_number, parse_integer, parse_number, read_lines, shorten, write_text

_SHAPE = "shape:"


def read(path: str | PathLike) -> SparseTensor:
    """Read a .tns or .tns.gz file.

    Raises:
        TensorError: naming file, line and value; also for a file without entries and shape.
        OSError: the file can't be read.
    """
    shape: tuple[int, ...] | None = None
    order: int | None = None
    numbers, coords, values = array("q"), array("q"), array("d")
    for number, line in read_lines(path):
        text, _, comment = line.partition("#")
        comment = comment.strip()
        if not text.strip() and comment.startswith(_SHAPE):
            if shape is not None or numbers:
                raise TensorError(
                    "a second shape" if shape is not None else "the shape comes after an entry", path, f"line {number}"
                )
            shape = _parse_shape(comment[len(_SHAPE) :], path, number)
            order = len(shape)
        fields = text.split()
        if not fields:
            continue
        if order is None:
            order = _guess_order(fields, path, number)
        if len(fields) != order + 1:
            raise TensorError(
                f"{len(fields)} fields, but an entry of order {order} has {order + 1}: {shorten(line)}",
                path,
                f"line {number}",
            )
        for mode in range(order):
            coords.append(_coordinate(fields[mode], mode, shape, path, number))
        values.append(parse_number(fields[order], "the value", path, number))
        numbers.append(number)
    if order is None:
        raise TensorError("no entry and no shape", path)
    table = np.array(coords, np.int64).reshape(len(numbers), order)
    if shape is None:
        shape = tuple(int(extent) + 1 for extent in table.max(axis=0))
    return SparseTensor.from_coordinates(
        shape, table, np.array(values, np.float64), path=path, place=lambda index: f"line {numbers[index]}", base=1
    )


def write(path: str | PathLike, tensor: SparseTensor) -> None:
    """Write a .tns or .tns.gz file with a shape; NaNs lose their payload.

    Raises:
        OSError: the file can't be written.
    """
    lines = [" ".join(["#", _SHAPE, *map(str, tensor.shape)])]
    for row, value in zip((tensor.coords + 1).tolist(), tensor.values.tolist(), strict=True):
        lines.append(" ".join([*map(str, row), format_number(value)]))
    write_text(path, "\n".join(lines) + "\n")


def _parse_shape(text: str, path, number: int) -> tuple[int, ...]:
    extents = [parse_integer(field, "an extent", path, number) for field in text.split()]
    return check_shape(extents, path, f"line {number}")


def _guess_order(fields: list[str], path, number: int) -> int:
    if len(fields) < 2:
        raise TensorError(f"{shorten(fields[0])} alone is no entry: coordinates, then a value", path, f"line {number}")
    if len(fields) > MAX_ORDER + 1:
        raise TensorError(f"{len(fields) - 1} coordinates are more than {MAX_ORDER}", path, f"line {number}")
    return len(fields) - 1


def _coordinate(text: str, mode: int, shape: tuple[int, ...] | None, path, number: int) -> int:
    value = parse_integer(text, f"the coordinate of mode {mode}", path, number)
    extent = shape[mode] if shape else MAX_EXTENT
    if not 1 <= value <= extent:
        raise TensorError(f"coordinate {value} of mode {mode} is not from 1 to {extent}", path, f"line {number}")
    return value - 1
