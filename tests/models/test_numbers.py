# SPDX-License-Identifier: Apache-2.0
"""Conversion from and to the value formats."""

import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TensorError
from models.numbers import FORMATS, Flags, get_format
from models.numbers.rounding import bit_length
from tests.models.fractions_reference import round_fraction

FP32, BF16, INT8, INT16 = (FORMATS[name] for name in ("fp32", "bf16", "int8", "int16"))


def test_names_and_widths() -> None:
    widths = {name: (fmt.code, fmt.value_width, fmt.result_width) for name, fmt in FORMATS.items()}
    assert widths == {"fp32": (0, 32, 32), "bf16": (1, 16, 32), "int8": (2, 8, 32), "int16": (3, 16, 48)}
    assert get_format("bf16") is BF16 and get_format(BF16) is BF16
    with pytest.raises(TensorError, match="unknown value format 'fp64'; there are fp32, bf16, int8, int16"):
        get_format("fp64")
    assert int(Flags.INVALID | Flags.INEXACT) == 0b1001


@pytest.mark.parametrize("name", FORMATS)
def test_every_pattern_survives(name, seed) -> None:
    fmt = FORMATS[name]
    bits = (
        np.arange(2**fmt.value_width, dtype=np.uint32)
        if fmt.value_width < 32
        else np.concatenate(
            [
                np.random.default_rng(seed).integers(0, 2**32, 200_000, np.uint32),
                [0x7F80_0001, 0xFF80_0001, 0x7FC0_0000, 0xFFFF_FFFF, 0x7F80_0000, 0x8000_0000],
            ]
        ).astype(np.uint32)
    )
    conversion = fmt.convert(fmt.decode(bits))
    assert np.array_equal(conversion.bits, bits)
    assert conversion.lossless and conversion.max_relative_error == 0


@given(st.floats(allow_nan=False))
def test_fp32_rounds_as_the_processor(value) -> None:
    with np.errstate(over="ignore"):
        expected = np.float32(value)
    assert FP32.encode([value])[0] == expected.view(np.uint32)


def near_halves(low: int):
    """Draw float64 numbers whose significand lies near the middle between two shorter ones."""
    return st.builds(
        lambda head, exponent, delta, sign: sign * (head + 0.5 + delta) * 2.0**exponent,
        st.integers(2 ** (low - 1), 2**low - 1),
        st.integers(-160, 130),
        st.sampled_from([0, 0, 2.0**-20, -(2.0**-20), 2.0**-28, -(2.0**-28)]),
        st.sampled_from([1, -1]),
    )


@pytest.mark.parametrize("fmt", [FP32, BF16], ids=["fp32", "bf16"])
@given(data=st.data())
def test_rounding_against_fractions(fmt, data) -> None:
    value = data.draw(st.one_of(near_halves(fmt.precision), st.floats(-1e39, 1e39), st.floats(-1e-36, 1e-36)))
    rounded, beyond = round_fraction(Fraction(value), fmt.precision)
    conversion = fmt.convert([value])
    decoded = fmt.decode(conversion.bits)[0]
    if beyond:
        assert decoded == np.copysign(np.inf, value) and conversion.overflow == 1
    else:
        assert Fraction(decoded) == rounded and conversion.overflow == 0
        assert np.signbit(decoded) == np.signbit(value)
    assert conversion.inexact == (beyond or rounded != Fraction(value))
    assert conversion.underflow == (conversion.inexact and abs(value) < 2.0**-126)


def test_a_nan_stays_one() -> None:
    payload = np.array([0x7FF0_0000_0000_0001, 0xFFF0_0000_1000_0000], np.uint64).view(np.float64)
    assert FP32.encode(payload).tolist() == [0x7F80_0001, 0xFF80_0001]
    assert BF16.encode(payload).tolist() == [0x7F81, 0xFF81]


def test_bf16_is_the_upper_half_of_fp32() -> None:
    bits = np.arange(2**16, dtype=np.uint32)
    wide = BF16.decode(bits)
    assert np.array_equal(FP32.encode(wide), bits << 16)


def test_what_a_conversion_loses() -> None:
    conversion = BF16.convert([1.0, 1.0 + 2**-9, 1e39, 1e-40, -np.inf, np.nan, 0.0, 1e-60])
    assert (conversion.inexact, conversion.overflow, conversion.underflow) == (4, 1, 2)
    assert conversion.max_relative_error == 1.0  # 1e-60 became 0
    assert (
        conversion.loss(BF16)
        == "4 of 8 values were rounded to bf16, relative error up to 1.00e+00; 1 became infinite, 1 became zero,"
        " 1 lost digits as subnormals"
    )
    assert FP32.convert([1e300, 2.0]).loss(FP32) == "1 of 2 values were rounded to fp32; 1 became infinite"
    assert FP32.convert([1.0 + 2**-25]).max_relative_error == pytest.approx(2**-25)


def test_integers() -> None:
    conversion = INT8.convert([1, -1, 127, -128, 0, 128, -129, np.inf, 2.5, 3.5, -0.2])
    assert INT8.decode(conversion.bits).tolist() == [1, -1, 127, -128, 0, 127, -128, 127, 2, 4, 0]
    assert (conversion.inexact, conversion.clipped, conversion.zeroed) == (6, 3, 1)
    assert conversion.loss(INT8).endswith("; 1 became zero, 3 were clipped")
    assert conversion.bits.max() < 256
    assert INT16.decode(INT16.encode([-32768, 32767, 40000])).tolist() == [-32768, 32767, 32767]
    with pytest.raises(TensorError, match="value NaN at entry 1 can't be converted to int8"):
        INT8.convert([0, np.nan])


def test_results() -> None:
    assert INT16.decode_result([2**48 - 1, 2**47 - 1, 2**47]).tolist() == [-1, 2**47 - 1, -(2**47)]
    assert INT8.decode_result([0xFFFF_FFFE]).tolist() == [-2]
    assert BF16.decode_result([0x3FC0_0001])[0] == np.array([0x3FC0_0001], np.uint32).view(np.float32)[0]


@given(st.integers(0, 2**32 - 1))
def test_parts_multiply_out(bits) -> None:
    parts = FP32.parts([bits])
    value = struct.unpack("<f", struct.pack("<I", bits))[0]
    assert parts.nan[0] == (value != value)
    assert parts.signalling[0] == (value != value and not bits & 0x40_0000)
    assert parts.infinite[0] == (abs(value) == float("inf"))
    assert parts.negative[0] == bits >> 31
    if not parts.nan[0] and not parts.infinite[0]:
        assert Fraction(value) == int(parts.significand[0]) * Fraction(2) ** int(parts.exponent[0])


@given(st.integers(0, 2**64 - 1), st.integers(0, 63))
def test_bit_length(value, shift) -> None:
    assert bit_length(np.array([value >> shift], np.uint64))[0] == (value >> shift).bit_length()
