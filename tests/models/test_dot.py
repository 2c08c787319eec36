# SPDX-License-Identifier: Apache-2.0
"""Exact dot products: against rational numbers, the processor's arithmetic, and each other."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.numbers import FORMATS, Flags, dot
from models.numbers.sums import sum_products
from tests.models.fractions_reference import QUIET_NAN, dot_reference, round_fraction, value_of

ONE, MINUS_ONE, MINUS_ZERO, INF, MINUS_INF = 0x3F80_0000, 0xBF80_0000, 0x8000_0000, 0x7F80_0000, 0xFF80_0000
SIGNALLING, GREATEST, LEAST, LEAST_NORMAL = 0x7F80_0001, 0x7F7F_FFFF, 0x0000_0001, 0x0080_0000
INEXACT, UNDERFLOW, OVERFLOW, INVALID = Flags.INEXACT, Flags.UNDERFLOW, Flags.OVERFLOW, Flags.INVALID

EDGES = [
    int(word, 16)
    for word in """00000000 80000000 00000001 80000001 007FFFFF 00800000 00800001 3F7FFFFF 3F800000 BF800000 3F800001
        1F800000 20000000 5F800000 7F7FFFFF FF7FFFFF 7F800000 FF800000 7FC00000 7F800001 FFA00000""".split()
]
FINITE = st.integers(0, 2**32 - 1).filter(lambda bits: bits & INF != INF)
NEAR_ONE = st.builds(
    lambda field, fraction, sign: sign << 31 | field << 23 | fraction,
    st.integers(120, 134),
    st.integers(0, 2**23 - 1),
    st.integers(0, 1),
)
PATTERNS = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from(EDGES), FINITE, NEAR_ONE)
ORDINARY = st.one_of(NEAR_ONE, FINITE)
POWERS = st.builds(lambda field, sign: sign << 31 | field << 23, st.integers(1, 254), st.integers(0, 1))


def sums_of(fmt, pairs: list[tuple[int, int]]):
    """Return bits and flags of one group by sum_products()."""
    a, b = np.array(pairs, np.int64).T
    sums = sum_products(FORMATS[fmt], a, b, np.array([0]))
    return int(sums.bits[0]), Flags(int(sums.flags[0]))


def both(fmt: str, pairs: list[tuple[int, int]]) -> tuple[int, Flags]:
    """Return bits and flags of dot(), which sum_products() must agree with."""
    result = dot(fmt, [a for a, _ in pairs], [b for _, b in pairs])
    if pairs:
        assert sums_of(fmt, pairs) == (result.bits, result.flags)
    return result.bits, result.flags


@given(
    st.one_of(
        st.lists(st.tuples(PATTERNS, PATTERNS), max_size=6),
        st.lists(st.tuples(ORDINARY, ORDINARY), max_size=10),
        st.lists(st.tuples(POWERS, POWERS), max_size=10),
    )
)
def test_fp32_against_fractions(pairs) -> None:
    assert both("fp32", pairs) == dot_reference(pairs)


@given(st.lists(st.tuples(PATTERNS, PATTERNS), max_size=8))
def test_bf16_against_fractions(pairs) -> None:
    pairs = [(a >> 16, b >> 16) for a, b in pairs]
    assert both("bf16", pairs) == dot_reference([(a << 16, b << 16) for a, b in pairs])


@given(
    st.lists(st.tuples(ORDINARY, ORDINARY), min_size=1, max_size=6),
    st.lists(st.tuples(FINITE, FINITE)),
    st.randoms(use_true_random=False),
)
def test_cancellation_leaves_the_rest(pairs, others, random) -> None:
    rest = pairs[0]
    mixed = [rest, *others, *((a ^ MINUS_ZERO, b) for a, b in others)]
    random.shuffle(mixed)
    assert both("fp32", mixed) == dot_reference([rest])


def test_all_pairs_of_edges() -> None:
    for pair in itertools.product(EDGES, EDGES):
        assert both("fp32", [pair]) == dot_reference([pair]), [f"{bits:08x}" for bits in pair]


def test_all_pairs_of_two_products() -> None:
    products = [
        (a, b)
        for a, b in itertools.product(
            (LEAST, ONE, GREATEST, INF, MINUS_INF, SIGNALLING, 0), (ONE, MINUS_ONE, GREATEST, MINUS_ZERO)
        )
    ]
    for first, second in itertools.product(products, products):
        assert both("fp32", [first, second]) == dot_reference([first, second])


def test_single_products_and_sums_as_the_processor(seed) -> None:
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**32, (2, 4000), np.uint32)
    bits[:, :1000] = bits[:, :1000] & 0x07FF_FFFF | 0x3C00_0000  # near one
    bits[:, 1000:2000] &= 0x9FFF_FFFF  # small
    a, b = bits.view(np.float32)
    with np.errstate(all="ignore"):
        product, total = a * b, a + b
    starts = np.arange(a.size)
    check_values(sum_products(FORMATS["fp32"], bits[0], bits[1], starts).bits, product)
    ones = np.full(2 * a.size, ONE, np.uint32)
    check_values(sum_products(FORMATS["fp32"], bits.T.ravel(), ones, 2 * starts).bits, total)


def check_values(bits: np.ndarray, expected: np.ndarray) -> None:
    """Compare with float32 results: exact zeros may differ in sign, NaNs in payload."""
    expected = np.where(np.isnan(expected), np.uint32(QUIET_NAN), expected.view(np.uint32))
    zero = expected & 0x7FFF_FFFF == 0
    assert np.array_equal(bits[~zero], expected[~zero])
    assert not (bits[zero] & 0x7FFF_FFFF).any()


def test_bf16_products_and_sums_through_float64(seed) -> None:
    bits = np.random.default_rng(seed).integers(0, 2**16, (2, 4000), np.uint32)
    bits[:, :2000] = bits[:, :2000] & 0x87FF | 0x3C00  # near one
    a, b = FORMATS["bf16"].decode(bits)
    with np.errstate(all="ignore"):
        product = (a * b).astype(np.float32)  # exact in float64, then rounded once
        total = (a + b).astype(np.float32)
    starts = np.arange(a.size)
    check_values(sum_products(FORMATS["bf16"], bits[0], bits[1], starts).bits, product)
    # Where float64 rounds a sum, the lesser number is too small to matter in float32.
    ones = np.full(2 * a.size, ONE >> 16, np.uint32)
    check_values(sum_products(FORMATS["bf16"], bits.T.ravel(), ones, 2 * starts).bits, total)


@pytest.mark.parametrize(
    "pairs, bits, flags",
    [
        ([], 0, 0),
        ([(MINUS_ZERO, ONE)], 0, 0),  # an exact zero is +0
        ([(MINUS_ZERO, ONE), (ONE, MINUS_ZERO)], 0, 0),
        ([(ONE, ONE), (ONE, MINUS_ONE)], 0, 0),
        ([(0x8000_0001, LEAST)], MINUS_ZERO, INEXACT | UNDERFLOW),  # an underflow keeps its sign
        ([(LEAST, 0x3F00_0000)], 0, INEXACT | UNDERFLOW),  # half of the least: tie to even
        ([(0x0000_0003, 0x3F00_0000)], 2, INEXACT | UNDERFLOW),
        ([(LEAST, ONE)], LEAST, 0),  # tiny, but exact: no underflow
        ([(0x007F_FFFF, 0x3F80_0001)], LEAST_NORMAL, INEXACT | UNDERFLOW),  # tiny before rounding
        ([(LEAST_NORMAL, ONE), (LEAST, 0x3F00_0000)], LEAST_NORMAL, INEXACT),
        ([(GREATEST, ONE)], GREATEST, 0),
        ([(GREATEST, ONE), (0x7300_0000, 0x3F7F_FFFF)], GREATEST, INEXACT),  # below half a place above
        ([(GREATEST, ONE), (0x7300_0000, ONE)], INF, OVERFLOW | INEXACT),  # half a place above: tie to even
        ([(GREATEST, GREATEST)] * 3 + [(GREATEST, 0xFF7F_FFFF)] * 3 + [(ONE, ONE)], ONE, 0),
        ([(SIGNALLING, ONE)], QUIET_NAN, INVALID),
        ([(0xFFC0_1234, ONE), (INF, ONE)], QUIET_NAN, 0),
        ([(INF, 0)], QUIET_NAN, INVALID),
        ([(INF, ONE), (INF, MINUS_ONE)], QUIET_NAN, INVALID),
        ([(INF, MINUS_ONE), (GREATEST, GREATEST)], MINUS_INF, 0),
        ([(0x7FC0_0000, ONE), (INF, ONE), (MINUS_INF, ONE)], QUIET_NAN, INVALID),
        ([(INF, 0x7FC0_0000)], QUIET_NAN, 0),
        # Exactly -2**-10, where a 48-bit digit above 2**-298 begins, and the same with a digit far below.
        ([(0xBC80_0000, 0x3C80_0000)] * 4, 0xBA80_0000, 0),
        ([(0xBC80_0000, 0x3C80_0000)] * 4 + [(LEAST, LEAST)], 0xBA80_0000, INEXACT),
    ],
)
def test_rules(pairs, bits, flags) -> None:
    assert both("fp32", pairs) == dot_reference(pairs)
    assert both("fp32", pairs) == (bits, flags)


@pytest.mark.parametrize("count, below", [(2**16, 0), (2**20 + 1, 0), (2**17 - 1, 7), (2**17, 23)])
def test_many_equal_terms(count, below) -> None:
    """Sum `count` terms of full significands and one of 2**-below, which moves the limbs' borders."""
    top = np.full(count + 1, 0x3FFF_FFFF)
    other = top.copy()
    top[-1], other[-1] = ONE - (below << 23), ONE - (23 << 23)
    sums = sum_products(FORMATS["fp32"], top, other, np.array([0]))
    expected, _ = round_fraction(value_of(0x3FFF_FFFF) ** 2 * count + value_of(int(top[-1])) * value_of(int(other[-1])))
    assert FORMATS["fp32"].decode_result(sums.bits)[0] == expected


def test_zero_exact_and_empty_are_told_apart() -> None:
    empty = dot("fp32", [], [])
    assert (empty.empty, empty.zero, empty.exact) == (True, True, True)
    cancelled = dot("fp32", [ONE, ONE], [ONE, MINUS_ONE])
    assert (cancelled.empty, cancelled.zero, cancelled.exact) == (False, True, True)
    underflow = dot("fp32", [LEAST], [LEAST])
    assert (underflow.empty, underflow.zero, underflow.exact) == (False, True, False)
    assert not dot("fp32", [ONE], [ONE]).zero
    with pytest.raises(ValueError, match="1 values of A but 0 of B"):
        dot("fp32", [1], [])


@pytest.mark.parametrize("fmt, width", [("int8", 8), ("int16", 16)])
@given(data=st.data())
def test_integers(fmt, width, data) -> None:
    number = st.one_of(
        st.integers(-(2 ** (width - 1)), 2 ** (width - 1) - 1),
        st.sampled_from([-(2 ** (width - 1)), 2 ** (width - 1) - 1]),
    )
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=20))
    total = sum(a * b for a, b in pairs)
    patterns = [(a % 2**width, b % 2**width) for a, b in pairs]
    assert both(fmt, patterns) == (total % 2 ** FORMATS[fmt].result_width, 0)


@pytest.mark.parametrize("fmt, extreme, count", [("int8", 128, 2**17), ("int16", 2**15, 2**17)])
def test_integer_range(fmt, extreme, count) -> None:
    least = np.full(count + 1, extreme)  # the pattern of the least number
    starts = np.array([0])
    fits = sum_products(FORMATS[fmt], least[: count - 1], least[: count - 1], starts)
    assert not fits.range_error[0] and fits.bits[0] == (count - 1) * extreme**2
    outside = sum_products(FORMATS[fmt], least[:count], least[:count], starts)
    assert outside.range_error[0] and outside.bits[0] == 0 and not outside.exact[0]
    result = dot(fmt, least[:count].tolist(), least[:count].tolist())
    assert result.range_error and result.bits == 0 and not result.exact


@given(st.lists(st.lists(st.tuples(PATTERNS, PATTERNS), min_size=1, max_size=5), min_size=1, max_size=12))
def test_groups_do_not_mix(groups) -> None:
    sizes = [len(group) for group in groups]
    a, b = np.array([pair for group in groups for pair in group], np.int64).T
    sums = sum_products(FORMATS["fp32"], a, b, np.cumsum([0, *sizes[:-1]]))
    for index, group in enumerate(groups):
        result = dot("fp32", [pair[0] for pair in group], [pair[1] for pair in group])
        assert (int(sums.bits[index]), int(sums.flags[index])) == (result.bits, result.flags)
        assert (sums.zero[index], sums.exact[index]) == (result.zero, result.exact)


def test_no_groups() -> None:
    for fmt in FORMATS.values():
        assert not len(sum_products(fmt, np.zeros(0), np.zeros(0), np.zeros(0, np.int64)).bits)
