# SPDX-License-Identifier: Apache-2.0
"""Lines of plain or gzipped text files, and numbers in them, with errors that name file and line."""

from __future__ import annotations

import codecs
import gzip
import math
import re
import sys
import zlib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from pathlib import Path

from models.errors import TensorError

MAX_LINE = 2**16  # bytes; a longer line belongs to no tensor
_INTEGER = re.compile(r"([+-]?)0*([0-9]+)")
_MOST_DIGITS = 30  # digits of an extent or a coordinate: more than any has
_PLAIN_DIGITS = 15  # a decimal of this length is always printed by a program for its float64 number
_MIDDLE_BITS = 25  # of the middle between two neighbours in the widest format of the machine, fp32


def read_lines(path: str | PathLike) -> Iterator[tuple[int, str]]:
    """Yield line numbers from 1 and the lines of an ASCII file, without the ends of lines.

    A name that ends in .gz is unpacked on the way, never as a whole.

    Raises:
        TensorError: the file is empty, isn't text, has a line of more than 64 KiB, or is no
            complete gzip file.
        OSError: the file can't be read.
    """
    path = Path(path)
    number = 0
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with opener(path, "rb") as file:
        while True:
            try:
                raw = file.readline(MAX_LINE + 1)
            except EOFError:
                raise TensorError("the gzip file is truncated", path, f"line {number + 1}") from None
            except (gzip.BadGzipFile, zlib.error) as error:
                raise TensorError(f"not a sound gzip file: {error}", path, f"line {number + 1}") from None
            if not raw:
                break
            number += 1
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)  # which editors put before plain text, too
            if len(raw) > MAX_LINE:
                raise TensorError(f"the line is longer than {MAX_LINE} bytes", path, f"line {number}")
            if not raw.isascii() or b"\0" in raw:
                odd = next(byte for byte in raw if byte >= 128 or byte == 0)
                raise TensorError(f"byte 0x{odd:02x} is no text", path, f"line {number}")
            yield number, raw.decode("ascii").rstrip("\r\n")
    if not number:
        raise TensorError("the file is empty", path)


def write_text(path: str | PathLike, text: str) -> None:
    """Write ASCII text, packed if the name ends in .gz; the same text always gives the same bytes."""
    path = Path(path)
    data = text.encode("ascii")
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.lower().endswith(".gz") else data)


def parse_integer(text: str, what: str, path: str | PathLike, line: int) -> int:
    """Return the integer, or raise TensorError with file, line, the expected value and the text."""
    check_integer(text, what, path, line)
    sign, digits = _INTEGER.fullmatch(text).groups()
    if len(digits) > _MOST_DIGITS:
        raise TensorError(f"{what} is {shorten(text)}, which is too large", path, f"line {line}")
    return int(sign + digits)


def check_integer(text: str, what: str, path: str | PathLike, line: int) -> None:
    """Raise TensorError if the text is no integer, of whatever length."""
    if not _INTEGER.fullmatch(text):
        raise TensorError(f"{what} is {shorten(text)}, not an integer", path, f"line {line}")


def parse_number(text: str, what: str, path: str | PathLike, line: int) -> float:
    """Return the number (also inf and nan), or raise TensorError as parse_integer() does.

    An integer that float64 doesn't hold is an error too. Any other decimal becomes the nearest float64
    number, or its neighbour; see _settled().
    """
    try:
        value = float(text)
    except ValueError:
        value = None
    if value is None or "_" in text:
        raise TensorError(f"{what} is {shorten(text)}, not a number", path, f"line {line}")
    if not _INTEGER.fullmatch(text):
        return _settled(text, value)
    if Decimal(text) != value:
        raise TensorError(f"{what} {shorten(text)} is no float64 number", path, f"line {line}")
    return value


def _settled(text: str, nearest: float) -> float:
    """Return the float64 number that every format of the machine rounds like the decimal itself.

    The result is the nearest float64 number, with one exception: that number is a number of a format, or the
    middle between two. A second rounding would then lose the side on which the decimal lies. So the result is
    the next float64 number on the decimal's side. So no decimal becomes infinite or zero here, and the
    conversion to a format counts it. A decimal that a program prints for a float64 number, rounded to the
    last digit, means that number.
    """
    if math.isinf(nearest) and "n" not in text.lower():
        return math.copysign(sys.float_info.max, nearest)
    if nearest == 0 and re.match(r"[+-]?[0.]*[1-9]", text):
        return math.copysign(math.ulp(0.0), nearest)
    if len(text) <= _PLAIN_DIGITS or not (math.frexp(nearest)[0] * 2**_MIDDLE_BITS).is_integer():
        return nearest
    off, last_digit = Fraction(text) - Fraction(nearest), Fraction(10) ** Decimal(text).as_tuple().exponent
    if 2 * abs(off) <= last_digit:
        return nearest
    return math.nextafter(nearest, math.inf if off > 0 else -math.inf)


def format_number(value: float) -> str:
    """Return a short text that parse_number() turns into the same number (NaNs lose their payload)."""
    if value.is_integer() and abs(value) < 2.0**53 and str(value) != "-0.0":
        return str(int(value))
    return repr(value)


def shorten(text: str) -> str:
    """Return the text in quotes, at most 40 characters of it."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
