# SPDX-License-Identifier: Apache-2.0
"""Finishes of exact sums: against rational numbers, numpy's rounding, and both models with each other."""

import itertools
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import contract
from models.errors import TensorError
from models.numbers import FORMATS, Finish, Flags, dot
from models.numbers.sums import sum_products
from models.tensor import SparseTensor
from tests.models.fractions_reference import dot_reference, is_infinite, is_nan, round_fraction, value_of

BF16_EDGES = [0, 0x8000, 1, 0x8001, 0x7F, 0x80, 0x3F80, 0xBF80, 0x3F81, 0x7F7F, 0xFF7F, 0x7F80, 0xFF80, 0x7FC0, 0x7F81]
PATTERNS = st.one_of(st.integers(0, 2**16 - 1), st.sampled_from(BF16_EDGES), st.integers(0x3E00, 0x4100))
PAIRS = st.lists(st.tuples(PATTERNS, PATTERNS), max_size=6)
# Significands of 8 bits with exponents of products; sums of these are ties of bfloat16 again and again.
TERMS = st.lists(st.tuples(st.integers(-255, 255), st.integers(-12, 3)), min_size=1, max_size=4)


def both(fmt: str, pairs: list[tuple[int, int]], finish: Finish) -> tuple[int, Flags]:
    """Return bits and flags of dot(), which sum_products() must agree with."""
    result = dot(fmt, [a for a, _ in pairs], [b for _, b in pairs], finish)
    if pairs:
        a, b = np.array(pairs, np.int64).T
        sums = sum_products(FORMATS[fmt], a, b, np.array([0]), finish)
        seen = int(sums.bits[0]), sums.flags[0], sums.zero[0], sums.exact[0], sums.range_error[0]
        assert seen == (result.bits, result.flags, result.zero, result.exact, result.range_error)
    return result.bits, result.flags


def reference(pairs: list[tuple[int, int]], finish: Finish) -> tuple[int, Flags]:
    """Return bits and flags of bfloat16 patterns by rational numbers."""
    wide = [(a << 16, b << 16) for a, b in pairs]
    bits, flags = dot_reference(wide)
    finite = not (is_nan(bits) or any(is_infinite(a) or is_infinite(b) for a, b in wide))
    total = sum((value_of(a) * value_of(b) for a, b in wide), Fraction(0)) if finite else Fraction(0)
    if finish.relu and not is_nan(bits) and (total < 0 if finite else bits >> 31):
        return 0, Flags(0)
    if not finish.narrow:
        return bits, flags
    if not finite:
        return bits >> 16, flags
    sign = 0x8000 if total < 0 else 0
    rounded, beyond = round_fraction(total, 8)
    if beyond:
        return sign | 0x7F80, Flags.OVERFLOW | Flags.INEXACT
    flags = Flags.INEXACT if rounded != total else Flags(0)
    if flags and abs(total) < Fraction(2) ** -126:
        flags |= Flags.UNDERFLOW
    return sign | struct.unpack("<I", struct.pack("<f", float(abs(rounded))))[0] >> 16, flags


@given(PAIRS, st.booleans(), st.booleans())
def test_bf16_against_fractions(pairs, relu, narrow) -> None:
    finish = Finish(relu, narrow)
    assert both("bf16", pairs, finish) == reference(pairs, finish)


@given(TERMS, st.booleans(), st.sampled_from([-130, -126, -120, -20, 0, 110, 119]))
def test_ties_of_bf16_against_fractions(terms, relu, exponent) -> None:
    """At both ends of the exponents, too; no term is rounded when it becomes an operand."""
    halves = exponent // 2, exponent - exponent // 2
    values = np.array([[number * 2.0 ** halves[0], 2.0 ** (halves[1] + place)] for number, place in terms])
    pairs = [(int(a), int(b)) for a, b in FORMATS["bf16"].encode(values.ravel()).reshape(-1, 2)]
    finish = Finish(relu, narrow=True)
    assert both("bf16", pairs, finish) == reference(pairs, finish)


def test_all_pairs_of_edges() -> None:
    for pair, relu, narrow in itertools.product(itertools.product(BF16_EDGES, BF16_EDGES), (0, 1), (0, 1)):
        finish = Finish(bool(relu), bool(narrow))
        assert both("bf16", [pair], finish) == reference([pair], finish), [f"{bits:04x}" for bits in pair]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), min_size=1, max_size=4))
def test_relu_of_fp32(pairs) -> None:
    bits, flags = dot_reference(pairs)
    finished = (bits, flags) if is_nan(bits) or not bits >> 31 else (0, Flags(0))
    assert both("fp32", pairs, Finish(relu=True)) == finished


@pytest.mark.parametrize("fmt", ["int8", "int16"])
@given(st.data())
def test_integers_against_fractions(fmt, data) -> None:
    width = FORMATS[fmt].value_width
    operand = st.one_of(st.integers(0, 2**width - 1), st.sampled_from([0, 1, 2, 2 ** (width - 1), 2**width - 1]))
    pairs = data.draw(st.lists(st.tuples(operand, operand), max_size=6))
    relu, shift = data.draw(st.booleans()), data.draw(st.one_of(st.integers(0, 2 * width), st.integers(0, 63)))

    def signed(bits: int) -> int:
        return bits - 2**width if bits >> (width - 1) else bits

    total = sum(signed(a) * signed(b) for a, b in pairs)
    total = max(total, 0) if relu else total
    quotient = Fraction(total, 2**shift)
    low = quotient.numerator // quotient.denominator
    nearest = min((low, low + 1), key=lambda number: (abs(number - quotient), number % 2))
    value = min(max(nearest, -(2 ** (width - 1))), 2 ** (width - 1) - 1)
    result_width = FORMATS[fmt].result_width
    assert both(fmt, pairs, Finish(relu, True, shift)) == (value % 2**result_width, Flags(0))


def test_integers_against_numpy() -> None:
    """numpy rounds float64 to nearest even, too; sums of int8 times a power of two are exact there."""
    totals = np.arange(-70_000, 70_000, 7)
    factors = [(total // 127, total - total // 127 * 127) for total in totals.tolist()]
    assert all(-600 < high < 600 for high, _ in factors)
    for shift in range(0, 12):
        expected = np.clip(np.rint(totals / 2**shift), -128, 127).astype(np.int64) & 0xFFFF_FFFF
        for (high, low), total in list(zip(factors, expected.tolist(), strict=True))[shift::97]:
            times, rest = divmod(abs(high), 100)
            sign = -1 if high < 0 else 1
            terms = [(sign * 100, 127)] * times + [(sign * rest, 127), (1, low)]
            pairs = [(a & 255, b & 255) for a, b in terms]
            assert both("int8", pairs, Finish(False, True, shift))[0] == total


def test_a_sum_out_of_range_saturates() -> None:
    """2^17 greatest products do not fit int32; a narrow result does, and so does a negative one with ReLU."""
    least, one = np.full(1 << 17, 0x80), np.ones(1 << 17, np.int64)
    for a, b in ((least, least), (least, 0x7F * one)):
        plain = sum_products(FORMATS["int8"], np.tile(a, 2), np.tile(b, 2), np.array([0]))
        assert plain.range_error[0] and plain.bits[0] == 0
        narrow = sum_products(FORMATS["int8"], np.tile(a, 2), np.tile(b, 2), np.array([0]), Finish(False, True, 24))
        assert not narrow.range_error[0] and narrow.bits[0] == (127 if b is least else 0xFFFF_FF80)
    relu = sum_products(FORMATS["int8"], np.tile(a, 2), np.tile(b, 2), np.array([0]), Finish(True))
    assert not relu.range_error[0] and relu.bits[0] == 0 and relu.exact[0]


@pytest.mark.parametrize(
    ("fmt", "finish", "text"),
    [
        ("fp32", Finish(narrow=True), "fp32"),
        ("bf16", Finish(narrow=True, shift=1), "only narrow integers"),
        ("int8", Finish(shift=1), "only narrow integers"),
        ("int8", Finish(narrow=True, shift=64), "from 0 to 63"),
        ("int16", Finish(narrow=True, shift=1.5), "from 0 to 63"),
    ],
)
def test_a_finish_that_a_format_has_not(fmt: str, finish: Finish, text: str) -> None:
    with pytest.raises(TensorError, match=text):
        dot(fmt, [], [], finish)


@pytest.mark.parametrize("fmt", FORMATS)
def test_zeros_of_a_finish_are_dropped_and_counted(fmt: str) -> None:
    """A negative sum is dropped as cancelled, a sum that rounds to zero as underflow; dense results have both."""
    narrow = fmt != "fp32"
    finish = Finish(True, narrow, 2 if fmt.startswith("int") else 0)
    tiny = 2.0**-80 if fmt in ("fp32", "bf16") else 1.0
    a = SparseTensor.from_dense(np.array([[3.0, 0.0], [-3.0, 0.0], [tiny, 0.0], [0.0, 1.0]]))
    b = SparseTensor.from_dense(np.array([[tiny, 0.0], [3.0, 0.0]]))
    made, dense = contract(a, b, fmt, finish=finish), contract(a, b, fmt, True, finish)
    positive = [3 * tiny, 9.0, 3 * tiny] if fmt in ("fp32", "bf16") else [1.0, 2.0, 1.0]
    assert made.values().tolist() == positive
    assert (made.zeros_empty, made.zeros_cancel, made.zeros_underflow) == (2, 2, 1)
    assert dense.values().tolist() == [*positive[:2], 0, 0, 0, positive[2], 0, 0]
    assert (dense.zeros_empty, dense.zeros_cancel, dense.zeros_underflow) == (0, 0, 0)


def test_narrow_patterns_are_those_of_operands() -> None:
    """The bits of a result are an operand of the next contraction."""
    values = np.array([1.00390625, -2.5, 3.0])
    for fmt in ("bf16", "int8", "int16"):
        one = SparseTensor.from_dense(np.eye(1))
        row = SparseTensor.from_dense(np.rint(values)[:, None] if fmt != "bf16" else values[:, None])
        made = contract(row, one, fmt, finish=Finish(narrow=True))
        mask = 2 ** FORMATS[fmt].value_width - 1
        assert (made.bits & np.uint64(mask)).tolist() == FORMATS[fmt].encode(made.values()).tolist()
