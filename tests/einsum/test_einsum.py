# SPDX-License-Identifier: Apache-2.0
"""einsum and tensordot on the exact model: documented examples, kinds of operands, errors, the report."""

import re

import numpy as np
import pytest
import sparse
from scipy.sparse import bsr_array, coo_array, csc_matrix, csr_array, csr_matrix, lil_array

import flaash
from flaash import EinsumError
from models.csf import Csf
from models.tensor import SparseTensor
from tests.einsum.cases import to_dense

A, B, C = np.arange(25).reshape(5, 5), np.arange(5), np.arange(6).reshape(2, 3)
D, E = np.arange(60).reshape(3, 4, 5), np.arange(24).reshape(4, 3, 2)
ONES = np.ones(64).reshape(2, 4, 8)
RNG = np.random.default_rng(7)

# The calls in the documentation of numpy.einsum.
NUMPY = [
    ("ii", A),
    (A, [0, 0]),
    ("ii->i", A),
    (A, [0, 0], [0]),
    ("ij->i", A),
    (A, [0, 1], [0]),
    ("...j->...", A),
    (A, [Ellipsis, 1], [Ellipsis]),
    ("ji", C),
    ("ij->ji", C),
    (C, [1, 0]),
    (C, [0, 1], [1, 0]),
    ("i,i", B, B),
    (B, [0], B, [0]),
    ("ij,j", A, B),
    (A, [0, 1], B, [1]),
    ("...j,j", A, B),
    ("..., ...", 3, C),
    (",ij", 3, C),
    (3, [Ellipsis], C, [Ellipsis]),
    ("i,j", np.arange(2) + 1, B),
    (np.arange(2) + 1, [0], B, [1]),
    ("i...->...", A),
    (A, [0, Ellipsis], [Ellipsis]),
    ("ijk,jil->kl", D, E),
    (D, [0, 1, 2], E, [1, 0, 3], [2, 3]),
    ("ki,jk->ij", np.arange(6).reshape(3, 2), np.arange(12).reshape(4, 3)),
    ("ki,...k->i...", np.arange(6).reshape(3, 2), np.arange(12).reshape(4, 3)),
    ("k...,jk", np.arange(6).reshape(3, 2), np.arange(12).reshape(4, 3)),
    ("ijk,ilm,njm,nlk,abc->", ONES, ONES, ONES, ONES, ONES),
]
# The calls in the documentation of opt_einsum, on small integers.
OPT_EINSUM = [
    (text, *(RNG.integers(-2, 3, (3,) * len(part)) for part in text.partition("->")[0].split(",")))
    for text in """ea,fb,abcd,gc,hd->efgh pi,qj,ijkl,rk,sl->pqrs bdik,acaj,ikab,ajac,ikbd-> ij,jk,kl->il ab,bc,cd,de->ae
        abc,bcd,cef->adef ij,ji-> ijk,ilj->kl""".split()
]


@pytest.mark.parametrize("call", NUMPY + OPT_EINSUM, ids=lambda call: str(call[0])[:24])
def test_documented_examples(call: tuple) -> None:
    result, expected = flaash.einsum(*call, on="model"), np.einsum(*call)
    assert np.shape(result) == np.shape(expected)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((4, 3, 2), [([1, 0], [0, 1])]), ((4, 3), [((1,), (0,))]), ((2,), [0]), ((2, 5), [([-1], [-1])]), ((4, 5, 2), [])],
)
def test_tensordot(shape: tuple[int, ...], axes: list) -> None:
    """The first is numpy's documented example; without axes the last modes are meant."""
    right = RNG.integers(-9, 9, shape)
    np.testing.assert_array_equal(flaash.tensordot(D, right, *axes, on="model"), np.tensordot(D, right, *axes))


@pytest.mark.parametrize(
    "make, kind",
    [
        (np.asarray, np.ndarray),
        (coo_array, coo_array),
        (csr_array, csr_array),
        (csr_matrix, csr_matrix),
        (csc_matrix, csc_matrix),
        (lil_array, lil_array),
        (bsr_array, bsr_array),
        (sparse.COO.from_numpy, sparse.COO),
        (sparse.GCXS.from_numpy, sparse.GCXS),
        (SparseTensor.from_dense, SparseTensor),
        (lambda array: Csf.from_tensor(SparseTensor.from_dense(array)), SparseTensor),
        (np.ndarray.tolist, np.ndarray),
    ],
)
def test_a_result_is_of_the_first_operand_s_kind(make, kind: type) -> None:
    result = flaash.einsum("ij,jk", make(A), A, on="model")
    assert type(result) is kind
    np.testing.assert_array_equal(to_dense(result), A @ A)


def test_a_coo_array_of_three_modes() -> None:
    result = flaash.einsum("ijk,jil->lki", coo_array(D), E, on="model")
    assert isinstance(result, coo_array) and result.dtype == np.float32
    np.testing.assert_array_equal(result.todense(), np.einsum("ijk,jil->lki", D, E))


@pytest.mark.parametrize(
    "kind, made", [("numpy", np.ndarray), ("scipy", coo_array), ("pydata", sparse.COO), ("tensor", SparseTensor)]
)
def test_a_result_of_the_kind_that_is_asked_for(kind: str, made: type) -> None:
    result = flaash.einsum("ij,jk", csr_array(A), A, on="model", kind=kind)
    assert isinstance(result, made)
    np.testing.assert_array_equal(to_dense(result), A @ A)


@pytest.mark.parametrize(
    "config, dtype", [("default", np.float32), ("bf16", np.float32), ("int8", np.int32), ("int16", np.int64)]
)
def test_types_of_numbers(config: str, dtype: type) -> None:
    result = flaash.einsum("ij,jk", A, A, on="model", config=config)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, A @ A)


def test_equal_coordinates_of_scipy_are_a_sum() -> None:
    twice = coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
    np.testing.assert_array_equal(flaash.einsum("ij->ij", twice, on="model").toarray(), [[0, 3], [0, 0]])


def test_a_sum_over_an_index_of_one_operand_is_rounded_once() -> None:
    """With rounding in between, 2**24 + 1 would lose its last place, and the result would be 0."""
    left, right = np.array([[2.0**24, 1.0]]), np.array([[1.0]])
    total = flaash.einsum("im,ik,->i", left, right, 1.0, on="model")
    assert total == [2.0**24]
    cancelling = np.array([[2.0**24, 1.0, -(2.0**24)]])
    np.testing.assert_array_equal(flaash.einsum("im,ik->i", cancelling, right, on="model"), [1.0])


def test_specials_meet_only_entries() -> None:
    """An infinity times an element without an entry is no product; times an explicit zero it is NaN."""
    left = SparseTensor.from_coordinates((2, 2), [[0, 0], [1, 0]], np.array([np.inf, 2.0]))
    right = SparseTensor.from_coordinates((2,), [[1]], np.array([5.0]))
    zero = SparseTensor.from_coordinates((2,), [[0]], np.array([0.0]))
    assert flaash.einsum("ij,j", left, right, on="model").nnz == 0
    assert np.isnan(flaash.einsum("ij,j", left, zero, on="model").values).tolist() == [True]


def test_operands_without_entries() -> None:
    nothing = np.zeros((2, 3))
    for subscripts in ("ij,jk->ik", "ij,ij->i", "ij,ij->", "ij->j", "ij,kj->ikj", "ii,i", "ij,kl->ikj"):
        shapes = [(3,) * len(part) for part in subscripts.partition("->")[0].split(",")]
        operands = [np.zeros(shape) for shape in shapes]
        np.testing.assert_array_equal(
            flaash.einsum(subscripts, *operands, on="model"), np.einsum(subscripts, *operands)
        )
    assert flaash.einsum("ij->", nothing, on="model") == 0


def test_an_intermediate_result_that_the_format_lacks() -> None:
    with pytest.raises(EinsumError, match="an intermediate result: the value 200 is no number of int8"):
        flaash.einsum("i,i,ij->j", [20, 20], [10, 10], np.eye(2), on="model", config="int8", optimize=[(0, 1), (0, 1)])


def test_an_operand_that_does_not_fit_is_refused_before_anything_is_built() -> None:
    chip = flaash.Chip("fast8:CoordWidth=10", "verilator")
    with pytest.raises(
        EinsumError,
        match=r"the sum over 'jk' runs over 50 x 40 = 2000 coordinates, CONFIG=fast8:CoordWidth=10"
        r" takes 1024 \(its CoordWidth is 10\)",
    ):
        flaash.einsum("ijk,jkl", np.ones((1, 50, 40)), np.ones((50, 40, 1)), on=chip)
    small = flaash.Chip("default:MemLines=16", "verilator")
    with pytest.raises(EinsumError, match=r"A: fiber 0, at coordinates \(0,\), has 65 entries, and a tile holds 64"):
        flaash.einsum("ij,kj", np.ones((2, 65)), np.ones((1, 65)), on=small)
    with pytest.raises(EinsumError, match=r"left operand: 9 modes"):
        flaash.einsum("abcdefghi,i", np.ones((2,) * 9), np.ones(2), on=chip)
    assert not runs(chip) and not runs(small)


def runs(chip: flaash.Chip) -> bool:
    """Return whether a simulation of the chip is up."""
    return any(session.running for session in chip._sessions.values())


def test_a_sum_over_an_extent_that_has_no_32_bits() -> None:
    chip = flaash.Chip("default:CoordWidth=32", "verilator")
    square = SparseTensor.from_coordinates((65536, 65536), [[1, 2]], np.ones(1))
    with pytest.raises(
        EinsumError,
        match=r"65536 x 65536 = 4294967296 coordinates,"
        r" CONFIG=default:CoordWidth=32 takes 4294967295"
        r" \(its CoordWidth is 32\)",
    ):
        flaash.einsum("ij,ij->", square, square, on=chip)
    assert flaash.einsum("ij,ij->", square, square, on="model", kind="numpy") == 1
    assert not runs(chip)


def test_a_sum_that_leaves_the_integers_of_the_result() -> None:
    most = np.full(2**17, -128.0)
    with pytest.raises(EinsumError, match="a sum over 'i' does not fit the 32 bits of a result of int8"):
        flaash.einsum("i,i", most, most, on="model", config="int8")
    assert flaash.einsum("i,i", most[1:], most[1:], on="model", config="int8") == 2**31 - 2**14


def test_a_repetition_that_is_too_large_is_refused() -> None:
    with pytest.raises(
        EinsumError,
        match="the sum over 'k', which only the right operand has, would repeat the 5000 entries of the"
        " other one 5000 times",
    ):
        flaash.einsum("m,k->", np.ones(5000), np.ones(5000), on="model")


def test_the_report_says_what_was_done_beside_the_machine() -> None:
    values = np.arange(24).reshape(2, 3, 4) + 0.1
    _, report = flaash.einsum("bij,bkj,im->kbi", values, values, np.ones((3, 2)), on="model", return_report=True)
    assert (report.where, report.config, report.format) == ("model", "default", "fp32")
    assert report.cycles is None and report.bytes_in is None and not report.checked
    assert report.jobs and report.matches and report.bound
    text = str(report)
    for part in (
        "operand 0: 24 of 24 values were rounded to fp32, relative error up to ",
        "2 slices over 'b', a contraction each",
        "result transposed",
        "the model itself",
    ):
        assert part in text
    page = report._repr_html_()
    assert page.startswith("<table>") and "<th style='text-align:left'>einsum</th>" in page and "-&gt;" in page


@pytest.mark.parametrize("on", ["model", "verilator"])
def test_values_that_became_infinite_or_zero_are_counted(on: str, request: pytest.FixtureRequest) -> None:
    """As operands, as results and as intermediate results."""
    chip = flaash.Chip("tiny", on) if on != "model" else flaash.Model("tiny")
    request.addfinalizer(getattr(chip, "close", int))

    def told(*call) -> str:
        return str(flaash.einsum(*call, on=chip, return_report=True)[1])

    text = told("i,i->", [1e300, 2.0], [1.0, 1e-60])
    assert "operand 0: 1 of 2 values were rounded to fp32; 1 became infinite\n" in text
    assert "operand 1: 1 of 2 values were rounded to fp32, relative error up to 1.00e+00; 1 became zero" in text
    assert "rounded results" not in text  # an infinite operand has infinite results
    text = told("i,j->ij", [2.0**100, 2.0**-100], [2.0**100, 2.0**-100, 1.0])
    assert re.search(r"^rounded results +1 became infinite, 1 became zero$", text, re.MULTILINE)
    text = told("i,i,i->", [2.0**100], [2.0**100], [0.5])
    assert re.search(r"^rounded results +1 became infinite$", text, re.MULTILINE)
    assert "rounded results" not in told("i,i->", [2.0**100, 3.0], [2.0, 1.0])


def test_the_report_of_a_call_without_a_contraction() -> None:
    result, report = flaash.einsum("iij->j i".replace(" ", ""), D[:, :3], on="model", return_report=True)
    np.testing.assert_array_equal(result, np.einsum("iij->ji", D[:, :3]))
    assert not report.steps and report.bound == 0 and report.utilisation is None
    assert "operand 0: diagonal of 'iij'" in str(report) and "the model itself" in str(report)
