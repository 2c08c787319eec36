# SPDX-License-Identifier: Apache-2.0
"""The reference contraction against numpy, scipy and pydata/sparse, its counts, and many pairs at once."""

import csv
import dataclasses
import itertools
import re
import time

import numpy as np
import pytest
import scipy.sparse
import sparse
from hypothesis import given
from hypothesis import strategies as st

from models import contract as contract_module
from models import generate, io
from models.contract import ContractionResult, contract, prepare
from models.contract_each import contract_each
from models.errors import TensorError
from models.numbers import FORMATS, Flags, dot
from models.tensor import SparseTensor
from tests.models.fractions_reference import ulps_apart
from tests.models.strategies import TENSORS, WORKLOADS, tensor, tensors

ROWS = list(csv.DictReader((WORKLOADS / "workloads.csv").open()))
NAMES = [row["workload"] for row in ROWS]
# Values that cancel, underflow and overflow often.
VALUES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3e38, -3e38, 1e-30, -1e-30, 1e-45, np.inf, np.nan])


def workload(name: str) -> tuple[SparseTensor, SparseTensor]:
    return tuple(io.read(WORKLOADS / f"{name}_{side}.csfbin") for side in ("lhs", "rhs"))


def float64_product(a: SparseTensor, b: SparseTensor, fmt: str) -> np.ndarray:
    """Return the contraction by numpy in float64, with the values rounded to the format."""
    left, right = (FORMATS[fmt].decode(FORMATS[fmt].encode(x.to_dense().ravel())).reshape(x.shape) for x in (a, b))
    return np.tensordot(left, right, (-1, -1))


def one_by_one(a: SparseTensor, b: SparseTensor, fmt: str, dense: bool) -> dict:
    """Contract with loops and dot(): bits by coordinates, and the counts."""
    fibers = []
    for operand in (a, b):
        bits = FORMATS[fmt].encode(operand.values)
        table: dict = {}
        for row, value in zip(operand.coords.tolist(), bits.tolist(), strict=True):
            table.setdefault(tuple(row[:-1]), {})[row[-1]] = value
        fibers.append(table)
    counts = dict.fromkeys(
        ("jobs", "matches", "zeros_empty", "zeros_cancel", "zeros_underflow", "range_errors", "flags"), 0
    )
    results = {}
    for (path_a, fiber_a), (path_b, fiber_b) in itertools.product(fibers[0].items(), fibers[1].items()):
        common = sorted(fiber_a.keys() & fiber_b.keys())
        result = dot(fmt, [fiber_a[k] for k in common], [fiber_b[k] for k in common])
        counts["jobs"] += 1
        counts["matches"] += len(common)
        counts["flags"] |= result.flags
        if result.range_error:
            counts["range_errors"] += 1
        elif result.zero and not dense:
            kind = "empty" if result.empty else "cancel" if result.exact else "underflow"
            counts[f"zeros_{kind}"] += 1
        else:
            results[path_a + path_b] = result.bits
    return counts | {"results": results}


@pytest.mark.parametrize("fmt", FORMATS)
@given(st.data())
def test_against_loops(fmt, data) -> None:
    values = VALUES if FORMATS[fmt].is_float else st.integers(-3, 3)
    a = data.draw(tensors(max_order=3, values=values))
    b = data.draw(tensors(max_order=3, values=values))
    extent = max(a.shape[-1], b.shape[-1])
    a, b = (SparseTensor((*x.shape[:-1], extent), x.coords, x.values) for x in (a, b))
    dense = data.draw(st.booleans())
    check_against_loops(a, b, fmt, dense)


def check_against_loops(a: SparseTensor, b: SparseTensor, fmt: str, dense: bool) -> None:
    expected, made = one_by_one(a, b, fmt, dense), contract(a, b, fmt, dense)
    results = expected.pop("results")
    assert {name: getattr(made, name) for name in expected} == expected
    assert made.coords.tolist() == [list(path) for path in sorted(results)]
    assert made.bits.tolist() == [results[path] for path in sorted(results)]
    assert made.shape == a.shape[:-1] + b.shape[:-1]
    assert made.results == len(results)
    assert made.coords.dtype == made.bits.dtype == np.uint64
    fibers = [contract_module.Fibers.of(x).paths for x in (a, b)]
    assert np.array_equal(np.hstack([fibers[0][made.a_ids], fibers[1][made.b_ids]]), made.coords)


@pytest.mark.parametrize("dense", [False, True], ids=["sparse", "dense"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_blocks_change_nothing(fmt, dense, seed, monkeypatch) -> None:
    rng = np.random.default_rng(seed)
    kind = "special" if FORMATS[fmt].is_float else fmt
    a, b = (generate.uniform_tensor(rng, (7, 5, 30), 0.2, values=kind) for _ in range(2))
    for size in (1, 40, 2**21):
        monkeypatch.setattr(contract_module, "MAX_BLOCK", size)
        check_against_loops(a, b, fmt, dense)


@pytest.mark.parametrize("fmt", ["fp32", "bf16"])
@pytest.mark.parametrize("name", NAMES)
def test_one_ulp_from_float64(name, fmt) -> None:
    a, b = workload(name)
    made, expected = contract(a, b, fmt, dense=True), float64_product(a, b, fmt)
    values = made.values().astype(np.float32)
    assert (ulps_apart(values, expected[tuple(made.coords.T)].astype(np.float32)) <= 1).all()
    # Elements without a job are zero.
    expected[tuple(made.coords.T)] = 0
    assert not expected.any()


@pytest.mark.parametrize("name", NAMES)
def test_counts_of_workloads(name) -> None:
    row = ROWS[NAMES.index(name)]
    a, b = workload(name)
    made = contract(a, b, "fp32")
    assert (a.nnz, b.nnz) == (int(row["nnzA"]), int(row["nnzB"]))
    assert made.jobs == int(row["jobs"]) - int(row["jobs_either_empty"])
    assert made.matches == int(row["sum_intersection"])
    assert made.results == int(row["jobs_nonzero_intersection"])
    assert made.zeros_empty == made.jobs - made.results
    assert made.flags in (Flags(0), Flags.INEXACT)


@pytest.mark.parametrize("name, axes", [("umls", None), ("kinships", "2:0"), ("lih_integrals", "2,3:0,1")])
def test_against_scipy(name, axes) -> None:
    source = io.read(TENSORS / f"{name}.tns")
    a, b = prepare(source, source, axes)
    made = contract(a, b, "fp32")
    left, right = (
        scipy.sparse.csr_array(
            scipy.sparse.coo_array(
                (
                    FORMATS["fp32"].decode(FORMATS["fp32"].encode(x.values)),
                    (np.ravel_multi_index(tuple(x.coords[:, :-1].T), x.shape[:-1]), x.coords[:, -1]),
                ),
                shape=(int(np.prod(x.shape[:-1])), x.shape[-1]),
            )
        )
        for x in (a, b)
    )
    product = (left @ right.T).tocoo()
    product.sum_duplicates()
    rows = np.ravel_multi_index(tuple(made.coords[:, : a.order - 1].T.astype(np.int64)), a.shape[:-1])
    columns = np.ravel_multi_index(tuple(made.coords[:, a.order - 1 :].T.astype(np.int64)), b.shape[:-1])
    found = scipy.sparse.coo_array((made.values(), (rows, columns)), shape=product.shape)
    difference = abs(found - product)
    assert difference.max() <= abs(product).max() * 2.0**-24
    assert made.results == np.count_nonzero(product.data.astype(np.float32)) or name == "lih_integrals"


def test_against_pydata_sparse() -> None:
    integrals, doubles = (io.read(TENSORS / f"lih_{name}.tns") for name in ("integrals", "doubles"))
    made = contract(*prepare(integrals, doubles, "2,3:0,1"), "fp32").to_tensor()
    left, right = (
        sparse.COO(x.coords.T, x.values.astype(np.float32).astype(np.float64), x.shape) for x in (integrals, doubles)
    )
    product = sparse.tensordot(left, right, ([2, 3], [0, 1])).todense()
    assert made.shape == (12, 12, 12, 12) and made.nnz > 100
    large = np.abs(product) > 1e-12 * np.abs(product).max()
    assert (ulps_apart(made.to_dense()[large], product[large]) <= 1).all()
    assert np.abs(made.to_dense()[~large]).max() < 1e-12


@pytest.mark.parametrize("fmt", ["int8", "int16"])
def test_integers_against_numpy(fmt, seed) -> None:
    rng = np.random.default_rng(seed)
    a, b = (generate.uniform_tensor(rng, (6, 5, 200), 0.3, values=fmt) for _ in range(2))
    expected = np.tensordot(a.to_dense().astype(np.int64), b.to_dense().astype(np.int64), (-1, -1))
    assert np.array_equal(contract(a, b, fmt).to_tensor().to_dense(), expected)


def test_integers_out_of_range() -> None:
    extent = 2**17 + 8
    coords = np.stack([np.zeros(extent, int), np.arange(extent)], axis=1)
    full = SparseTensor.from_coordinates((2, extent), np.vstack([coords, [[1, 0]]]), np.full(extent + 1, -128.0))
    made = contract(full, full, "int8")
    assert made.range_errors == 1
    assert made.zeros_empty == made.zeros_cancel == made.zeros_underflow == 0
    assert made.coords.tolist() == [[0, 1], [1, 0], [1, 1]] and made.bits.tolist() == [128**2] * 3
    dense = contract(full, full, "int8", dense=True)
    assert dense.coords.tolist() == made.coords.tolist() and dense.range_errors == 1


def test_scalar_result() -> None:
    made = contract(tensor((5,), {(1,): 2.0, (4,): 3.0}), tensor((5,), {(4,): 0.5}), "fp32")
    assert made.shape == () and made.coords.shape == (1, 0)
    assert made.to_tensor().to_dense() == 1.5
    nothing = contract(tensor((5,), {(1,): 2.0}), tensor((5,), {(4,): 0.5}), "fp32")
    assert (nothing.results, nothing.jobs, nothing.zeros_empty) == (0, 1, 1)


@pytest.mark.parametrize("dense", [False, True])
def test_no_entries(dense) -> None:
    some, none = tensor((3, 5), {(1, 1): 2.0}), tensor((2, 5), {})
    for pair in ((some, none), (none, some), (none, none)):
        made = contract(*pair, "fp32", dense)
        assert (made.jobs, made.results, made.matches, made.flags) == (0, 0, 0, Flags(0))
        assert made.coords.shape == (0, 2)


def test_huge_free_extents() -> None:
    top = 2**32 - 2
    a = tensor((2**32 - 1, 2**32 - 1, 4), {(top, top, 3): 2.0, (0, top, 3): 1.0})
    made = contract(a, a, "fp32")
    assert made.coords.max() == top
    assert made.coords.tolist()[-1] == [top] * 4 and made.values().tolist() == [1.0, 2.0, 2.0, 4.0]
    assert made.jobs == 4


def test_zeros_are_told_apart_and_counted() -> None:
    a = tensor((4, 3), {(0, 0): 1.0, (1, 1): 1.0, (1, 2): 1.0, (2, 1): 1e-30, (3, 2): 1.0})
    b = tensor((1, 3), {(0, 1): 1e-30, (0, 2): -1e-30})
    made = contract(a, b, "fp32")
    assert (made.zeros_empty, made.zeros_cancel, made.zeros_underflow, made.results) == (1, 1, 1, 1)
    assert made.flags == Flags.UNDERFLOW | Flags.INEXACT
    dense = contract(a, b, "fp32", dense=True)
    assert (dense.zeros_empty, dense.zeros_cancel, dense.zeros_underflow, dense.results) == (0, 0, 0, 4)


def test_mistakes() -> None:
    with pytest.raises(TensorError, match=re.escape("3 (mode 1 of A) and 4 (mode 0 of B)")):
        contract(tensor((2, 3), {}), tensor((4,), {}), "fp32")
    with pytest.raises(TensorError, match="a scalar has no mode to contract"):
        contract(tensor((), {}), tensor((4,), {}), "fp32")
    with pytest.raises(TensorError, match="unknown value format 'fp64'"):
        contract(tensor((4,), {}), tensor((4,), {}), "fp64")
    with pytest.raises(TensorError, match="value NaN at entry 0 can't be converted to int8"):
        contract(tensor((4,), {(0,): np.nan}), tensor((4,), {}), "int8")


def test_large_contractions_in_seconds() -> None:
    umls, kinships = (io.read(TENSORS / f"{name}.tns") for name in ("umls", "kinships"))
    start = time.process_time()
    made = contract(umls, umls, "fp32")
    assert (made.jobs, made.matches, made.results) == (695_556, 725_705, 135_666)
    made = contract(kinships, kinships, "fp32")
    assert (made.jobs, made.matches) == (3_024_121, 1_098_248)
    assert time.process_time() - start < 20


# Many pairs at once: each as alone, with its counts.
def same(found: ContractionResult, expected: ContractionResult) -> bool:
    for field in dataclasses.fields(ContractionResult):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(other, np.ndarray):
            if one.dtype != other.dtype or one.shape != other.shape or (one != other).any():
                return False
        elif one != other:
            return False
    return True


@pytest.mark.parametrize("fmt", FORMATS)
@given(st.data())
def test_each_pair_as_alone(fmt: str, data: st.DataObject) -> None:
    values = VALUES if FORMATS[fmt].is_float else st.integers(-3, 3)
    pairs = []
    for _ in range(data.draw(st.integers(0, 5))):
        a, b = (data.draw(tensors(max_order=3, values=values)) for _ in range(2))
        extent = max(a.shape[-1], b.shape[-1])
        pairs.append(tuple(SparseTensor((*x.shape[:-1], extent), x.coords, x.values) for x in (a, b)))
    found = contract_each(pairs, fmt)
    assert len(found) == len(pairs)
    for result, (a, b) in zip(found, pairs, strict=True):
        assert same(result, contract(a, b, fmt))


def test_sums_out_of_range_belong_to_their_pair() -> None:
    long = SparseTensor.from_dense(np.full((1, 140_000), -128.0))
    small = tensor((1, 3), {(0, 1): 2.0})
    found = contract_each([(small, small), (long, long), (small, small)], "int8")
    assert [result.range_errors for result in found] == [0, 1, 0]
    assert [result.results for result in found] == [1, 0, 1]


def test_extents_that_do_not_fit_together() -> None:
    """Fused modes may have more coordinates than a frame takes."""
    pair = (SparseTensor((2, 2**61), np.array([[0, 5], [1, 2**61 - 1]]), np.array([1.0, 3.0])),) * 2
    for result in contract_each([pair] * 4, "fp32"):
        assert same(result, contract(*pair, "fp32"))


def test_other_extents_of_a_later_pair() -> None:
    one, other = tensor((2, 3), {(0, 0): 1.0}), tensor((2, 4), {(0, 0): 1.0})
    with pytest.raises(TensorError, match="extent"):
        contract_each([(one, one), (one, other)], "fp32")


def test_a_difference_is_noticed() -> None:
    one = tensor((2, 3), {(0, 0): 1.0})
    result = contract(one, one, "fp32")
    assert same(result, result)
    for change in ({"bits": result.bits + np.uint64(1)}, {"matches": 7}, {"coords": result.coords[:0]}):
        assert not same(dataclasses.replace(result, **change), result)
