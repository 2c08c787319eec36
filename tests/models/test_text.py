# SPDX-License-Identifier: Apache-2.0
"""Numbers in text files: the meaning of a decimal, which is rounded only once on its way into a format."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import io
from models.errors import TensorError
from models.numbers import FORMATS, get_format
from models.text import parse_integer, parse_number, write_text
from tests.models.fractions_reference import round_fraction

NAMES = sorted(FORMATS)


def number(text: str) -> float:
    return parse_number(text, "the value", "x.tns", 1)


def rounded(text: str, name: str) -> Fraction | None:
    """Return a decimal rounded to a format in rational numbers, None if it becomes infinite."""
    fmt, exact = get_format(name), Fraction(text)
    if not fmt.is_float:
        limit = 2 ** (fmt.value_width - 1)
        return Fraction(min(max(round(exact), -limit), limit - 1))
    value, overflow = round_fraction(exact, fmt.precision)
    return None if overflow else value


def check(text: str, name: str) -> None:
    fmt = get_format(name)
    converted = fmt.convert(np.array([number(text)]))
    (value,), expected = fmt.decode(converted.bits), rounded(text, name)
    assert np.isinf(value) if expected is None else Fraction(value) == expected, (text, name)
    assert converted.lossless == (expected == Fraction(text)), (text, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        *"""16777217.0000000001 16777217.000000000 16777216.9999999999 16777219.0000000001 -16777217.0000000001
        16777216.0000000001 1.0000000000000000000001 0.50000000000000000000001 -1.50000000000000000000001
        2.49999999999999999999999 127.5000000000000000000001 1.00390625000000000000000001 1.01171874999999999999999
        340282356779733661637539395458142568447.9 340282356779733661637539395458142568448 7.006492321624085354618e-46
        7.006492321624085354617e-46 1e400 -1e400 1e-400 -1e-400 2.4e-324 1e308 0e400 0.1 1e22""".split(),
        "0." + "0" * 400 + "1",
        "1" + "0" * 400 + ".0",
    ],
)
def test_a_decimal_is_rounded_once(text: str, name: str) -> None:
    check(text, name)


@given(
    st.sampled_from(NAMES),
    st.integers(1, 2**24 - 1),
    st.integers(-160, 103),
    st.booleans(),
    st.sampled_from([-1, 1]),
    st.integers(1, 40),
)
def test_decimals_beside_the_middle_of_two_numbers(name, significand, exponent, negative, side, digits) -> None:
    """Their nearest float64 number is that middle, where a second rounding is wrong half of the time."""
    fmt = get_format(name)
    significand >>= 24 - fmt.precision if fmt.is_float else 25 - fmt.value_width
    middle = (2 * significand + 1) * 2.0 ** (exponent if fmt.is_float else -1)
    _, places, last = Decimal(middle).as_tuple()
    beside = int("".join(map(str, places))) * 10**digits + side
    check(f"{'-' * negative}{beside}e{last - digits}", name)


def test_exponents_of_any_length() -> None:
    assert number("1e99999999999999999999") == number("1e400") < np.inf
    assert number("-1e-99999999999999999999") == number("-1e-400") < 0


@pytest.mark.parametrize(
    "text, value",
    [
        ("5.960464477539063e-08", 2.0**-24),
        ("7.00649232162408535462e-46", 2.0**-150),
        ("1.0000000596046448", 1 + 2.0**-24),
    ],
)
def test_a_number_that_a_program_has_printed(text: str, value: float) -> None:
    assert number(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(16, 60))
def test_what_a_program_prints_of_a_number_means_that_number(value, digits) -> None:
    for text in (repr(value), f"{value:.{digits}e}", f"{value:.17g}"):
        assert number(text) == value and str(number(text)) == str(value)


@given(
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: abs(value) > 1e-290),
    st.integers(-(10**30), 10**30),
)
def test_other_decimals_are_the_nearest_number_of_float64(value, off) -> None:
    """The nearest number; or, if only it has few bits, the next one on the decimal's side."""
    decimal = Decimal(f"{value:.60e}") * (1 + Decimal(off).scaleb(-45))
    nearest, found = float(decimal), number(str(decimal))
    towards = np.inf if decimal > Decimal(nearest) else -np.inf
    assert found in (nearest, np.nextafter(nearest, towards))
    assert (
        found == nearest
        or float(np.float32(nearest)) == nearest
        or nearest * 2**25 % 1 == 0
        or (np.frexp(nearest)[0] * 2**25 % 1 == 0)
    )


@pytest.mark.parametrize(
    "text", ["9007199254740993", "1" * 31, "-" + "1" * 31, "+1" + "0" * 39 + "1", "1" + "0" * 400, "9" * 5000]
)
def test_an_integer_that_no_float64_holds(text: str) -> None:
    with pytest.raises(TensorError, match=r"^x.tns: line 1: the value .* is no float64 number$") as error:
        number(text)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    "text",
    [
        "0" * 50 + "7",
        "1" + "0" * 22,
        str(2**100),
        "-" + str(2**1000),
        "0" * 5000,
        "+" + str(int(1.7976931348623157e308)),
    ],
)
def test_an_integer_of_any_length_that_float64_holds(text: str) -> None:
    assert Decimal(number(text)) == Decimal(text)


@pytest.mark.parametrize("text", ["1" * 31, "-" + "9" * 5000])
def test_an_integer_that_is_too_long_for_a_coordinate(text: str) -> None:
    with pytest.raises(TensorError, match=r"^x.tns: line 1: the coordinate is '.*', which is too large$"):
        parse_integer(text, "the coordinate", "x.tns", 1)
    assert parse_integer("0" * 5000 + "7", "the coordinate", "x.tns", 1) == 7


@pytest.mark.parametrize(
    "name, text",
    [
        ("x.tns", "1 {}\n"),
        ("x.tns.gz", "1 {}\n"),
        ("x.mtx", "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 {}\n"),
        ("x.mtx", "%%MatrixMarket matrix array real general\n1 1\n{}\n"),
    ],
)
def test_all_readers_of_text(tmp_path, name: str, text: str) -> None:
    path = tmp_path / name
    for value, bits in (("16777217.0000000001", 0x4B80_0001), ("1e400", 0x7F80_0000), ("1e-400", 0)):
        write_text(path, text.format(value))
        converted = get_format("fp32").convert(io.read(path).values)
        assert converted.bits.tolist() == [bits] and not converted.lossless
        assert (converted.overflow, converted.underflow) == (value == "1e400", value == "1e-400")
    write_text(path, text.format("1" * 40))
    with pytest.raises(TensorError, match="is no float64 number"):
        io.read(path)
