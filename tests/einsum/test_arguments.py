# SPDX-License-Identifier: Apache-2.0
"""Rare arguments of einsum: each works as in numpy, or is refused with a sentence."""

import numpy as np
import opt_einsum
import pytest
import sparse
from scipy.sparse import bsr_array, coo_array, csr_array

import flaash
from flaash import EinsumError
from models.tensor import SparseTensor
from tests.einsum.cases import to_dense

A = np.arange(4.0).reshape(2, 2)
B, C, D, E = np.arange(5), np.arange(6).reshape(2, 3), np.ones((3, 4, 5)), np.ones((5, 5))
TWO, THREE = ("i,i->i", [2.0], [3.0]), ("i,i,i->i", [2.0], [3.0], [5.0])


def refused(sentence: str, *call, **options) -> None:
    with pytest.raises(EinsumError, match=sentence) as error:
        flaash.einsum(*(call or ("ij,jk", A, A)), **{"on": "model", **options})
    assert "\n" not in str(error.value) and isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    "call, path, sentence",
    [
        (THREE, [], "3 operands are left"),
        (THREE, [(0, 1)], "2 operands are left"),
        (THREE, [(0,)], "3 operands are left"),
        (THREE, [(0, 0), (0, 1)], r"step \(0, 0\) names an operand twice"),
        (THREE, [(0, 5), (0, 1)], r"step \(0, 5\) names no operand 5, there are 3"),
        (THREE, [(-1, 0), (0, 1)], r"step \(-1, 0\) names no operand -1, there are 3"),
        (THREE, [(0, 1), (0, 2)], r"step \(0, 2\) names no operand 2, there are 2"),
        (THREE, [(0, 1), (0, 1), (0, 1)], r"step \(0, 1\) names no operand 1, there are 1"),
        (THREE, [(), (0, 1, 2)], r"step \(\) names no operand"),
        (THREE, [0, 1], "is neither a way of opt_einsum nor a path of steps such as"),
        (THREE, [(0.5, 1), (0, 1)], "is neither a way"),
        (THREE, [("a", 1), (0, 1)], "is neither a way"),
        (THREE, 5, "is neither a way"),
        (THREE, "fast", "not found, valid options are .*greedy"),
        (TWO, [], "2 operands are left"),
        (TWO, [(0, 2)], r"step \(0, 2\) names no operand 2, there are 2"),
        (("i->i", [2.0]), [(0, 1)], r"step \(0, 1\) names no operand 1, there are 1"),
    ],
)
def test_a_path_that_leads_nowhere(call: tuple, path, sentence: str) -> None:
    refused(f"^optimize=.*({sentence})", *call, optimize=path)


@pytest.mark.parametrize(
    "call, path, result",
    [
        (THREE, [(0, 1, 2)], 30),
        (THREE, [(0, 1), (0, 1)], 30),
        (THREE, [(1, 2), (1, 0)], 30),
        (THREE, [[np.int64(0), 2], (0, 1)], 30),
        (THREE, ["einsum_path", (0, 1), (0, 1)], 30),
        (THREE, True, 30),
        (THREE, False, 30),
        (THREE, None, 30),
        (THREE, "greedy", 30),
        (THREE, [(1,), (0, 1, 2)], 30),
        (THREE, opt_einsum.RandomGreedy(), 30),
        (TWO, [(0, 1)], 6),
        (TWO, [(1, 0)], 6),
        (TWO, "optimal", 6),
        (TWO, False, 6),
        (("i->i", [2.0]), [(0,)], 2),
        (("i->i", [2.0]), [], 2),
        (("i->", [2.0]), "auto", 2),
    ],
)
def test_a_path_that_leads_to_one_result(call: tuple, path, result: int) -> None:
    assert flaash.einsum(*call, on="model", optimize=path) == [result]


def test_numpy_s_own_path() -> None:
    operands = [np.arange(size * 3.0).reshape(size, 3) for size in (3, 3, 3)]
    path = np.einsum_path("ij,jk,kl->il", *operands)[0]
    np.testing.assert_array_equal(
        flaash.einsum("ij,jk,kl->il", *operands, on="model", optimize=path), np.einsum("ij,jk,kl->il", *operands)
    )


WRONG_CALLS = [
    (("ij,jk", E, C), "index 'j' has extent 5 in operand 0 \\(mode 1\\), but 2 in operand 1 \\(mode 0\\)"),
    (("ii", C), "index 'i' has extent 2 in mode 0 of operand 0, but 3 in its mode 1"),
    (("ij,jk->iz", E, E), "subscripts 'ij,jk->iz': Output character 'z' did not appear"),
    (("ij->ii", E), "subscripts 'ij->ii': Output character 'i' appeared more than once"),
    (("ijk", E), "subscripts 'ijk' name 3 indices for operand 0, which has 2 modes \\(shape \\(5, 5\\)\\)"),
    (("ij,jk", E), "subscripts 'ij,jk' are for 2 operands, not for 1"),
    (("i1", E), "subscripts 'i1': '1' is no index; indices are letters"),
    (("ij->i->j", E), "subscripts 'ij->i->j': '-' is no index"),
    (("i..", E), "subscripts 'i..': '.' is no index"),
    (("ij...", B), "subscripts 'ij...'"),
    (("i...,i...->i", E, E), "subscripts 'i...,i...->i'"),
    ((E, [0, 1], E), "lists of indices: "),
    (("ij,jk", E, np.array([["a"]])), "operand 1: values of type <U1 are not real numbers"),
    (("i", sparse.COO.from_numpy(B, fill_value=1)), "operand 0: its fill value is 1; only 0 can be left out"),
    (("ij",), "there are no operands"),
]


@pytest.mark.parametrize("call, sentence", WRONG_CALLS, ids=[str(call[:1])[:20] for call, _ in WRONG_CALLS])
def test_wrong_calls(call: tuple, sentence: str) -> None:
    refused(f"^({sentence})", *call)


KINDS = "^unknown kind of result .*; there are numpy, scipy, pydata, torch, torch_coo, tensor$"
BACKENDS = "^on=.*: there is no such backend, choose one of model, verilator, icarus"
CONFIGS = "^config=.* is no name of a configuration"


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("kind", [[1], {}, "", 0, b"numpy", "list", "jax"], KINDS),
        ("on", [None, 5, [1], object(), True, "board"], BACKENDS),
        ("config", [5, [1], {}, b"fast8"], CONFIGS),
        ("config", ["fastest"], "unknown configuration 'fastest', choose one of default, .*"),
        ("config", ["fast8:Lane=2"], "overrides: unknown parameter 'Lane'"),
    ],
)
def test_options_that_are_none(name: str, values: list, sentence: str) -> None:
    for value in values:
        refused(sentence, **{name: value})
        if name == "config":
            refused(sentence, on="verilator", config=value)
            with pytest.raises(EinsumError, match=sentence):
                flaash.Chip(value)


@pytest.mark.parametrize(
    ("config", "value", "sentence"),
    [
        ("int8", 1000.0, "the value 1000 is no number of int8, which holds the integers of 8 bits"),
        ("int16", np.nan, "value NaN at entry 0 can't be converted to int16"),
    ],
)
def test_values_that_the_format_lacks(config: str, value: float, sentence: str) -> None:
    refused(f"^operand 0: {sentence}", "i", np.array([value]), config=config)


def test_a_configuration_beside_a_backend_is_that_of_the_backend() -> None:
    model = flaash.Model("bf16")
    for config in ("fast8", "bf16:NumSdpe=2"):
        refused(f"^config='{config}' differs from the configuration 'bf16' of the backend", on=model, config=config)
        with pytest.raises(EinsumError, match="differs from the configuration"):
            flaash.tensordot(A, A, 1, on=model, config=config)
    refused("unknown configuration 'nonsense'", on=model, config="nonsense")
    refused("^config=5 is no name of a configuration", on=model, config=5)
    for config in (None, "bf16", "bf16:NumSdpe=8"):
        _, report = flaash.einsum("ij,jk", A, A, on=model, config=config, return_report=True)
        assert report.format == "bf16"


@pytest.mark.parametrize("timeout", ["x", -1, [1], float("nan")])
def test_limits_of_time_that_are_none(timeout) -> None:
    with pytest.raises(EinsumError, match="^timeout=.* is no number of seconds"):
        flaash.Chip("tiny", timeout=timeout)


class Odd:
    """An operand that its library refuses to turn into an array, as torch does."""

    def __array__(self, *_, **__):
        raise RuntimeError("can't call numpy() on this\nbecause of that")


@pytest.mark.parametrize(
    "operand, sentence",
    [
        ([[1, 2], [3]], "numpy makes no array of this list: .*inhomogeneous"),
        ([[[1, 2], [3]], [1]], "numpy makes no array of this list: .*inhomogeneous"),
        (Odd(), r"numpy makes no array of this Odd: can't call numpy\(\) on this because of that"),
        (A.astype(complex), "values of type complex128 are not real numbers"),
        (
            np.array([[2**53 + 1, 1]]),
            r"value 9007199254740993 is no float64 number: round the values first, as with astype\(float\)",
        ),
        (A.astype(object), "values of type object are not real numbers"),
        (np.zeros((0, 2), complex), "values of type complex128 are not real numbers"),
        (None, "values of type object are not real numbers"),
    ],
)
def test_operands_that_are_no_tensors(operand, sentence: str) -> None:
    refused(f"^operand 1: {sentence}", "ij,jk", A, operand)
    with pytest.raises(EinsumError, match=f"^operand 1: {sentence}"):
        flaash.tensordot(A, operand, 1, on="model")


@pytest.mark.parametrize(
    "name, why",
    [
        ("out", "the result is a new tensor"),
        ("dtype", "the format of the configuration sets"),
        ("order", "a dense result is in C order"),
        ("casting", "the format of the configuration sets"),
    ],
)
def test_options_of_numpy_that_are_not_there(name: str, why: str) -> None:
    refused(f"^{name}= of numpy.einsum is not supported: {why}", **{name: None})
    with pytest.raises(TypeError, match="einsum.. got an unexpected keyword argument 'optimise'"):
        flaash.einsum("ij,jk", A, A, on="model", optimise=True)


NO_AXES = "must be a number, or as many modes of A as of B"


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        (3, "axes 3: the operands have 3 and 2 modes"),
        (([3], [0]), "A has no mode 3, its modes are 0 to 2"),
        (([0, 0], [0, 1]), "a mode of A is named twice"),
        (([2], [0]), "extent 5 of mode 2 of A differs from extent 2 of mode 0 of B"),
        *((axes, NO_AXES) for axes in (([0], [0, 1]), "ab", [[0.5], [0.5]], [["0"], ["0"]], 1.0)),
    ],
)
def test_wrong_axes(axes: object, sentence: str) -> None:
    with pytest.raises(EinsumError, match=sentence):
        flaash.tensordot(D, C, axes, on="model")


def test_tensors_of_pydata_without_modes() -> None:
    """pydata/sparse keeps the number as the fill value, or as an entry."""
    for three in (
        sparse.COO.from_numpy(np.array(3.0)),
        sparse.COO(np.zeros((0, 1), int), [3.0], shape=()),
        sparse.COO.from_numpy(np.array([1.0, 2.0])).sum(),
    ):
        result = flaash.einsum(",i", three, [1.0, 2.0], on="model")
        assert isinstance(result, sparse.COO) and to_dense(result).tolist() == [3, 6]


EMPTY = [
    ("ij,kj->ik", (0, 3), (4, 3)),
    ("ij,kj->ik", (3, 0), (4, 0)),
    ("ij,kj->ik", (0, 0), (0, 0)),
    ("ij->j", (0, 3)),
    ("i->", (0,)),
    ("i,i->i", (0,), (1,)),
    ("ij,jk,kl", (2, 0), (0, 2), (2, 2)),
    ("ii->i", (0, 0)),
    ("bij,bjk->bik", (0, 2, 3), (0, 3, 2)),
    ("i,j", (0,), (2,)),
    ("...i->...", (2, 0)),
]


@pytest.mark.parametrize("call", EMPTY, ids=str)
@pytest.mark.parametrize("config", ["default", "int8"])
def test_extents_of_zero(call: tuple, config: str) -> None:
    operands = [np.ones(shape) for shape in call[1:]]
    result, report = flaash.einsum(call[0], *operands, on="model", config=config, return_report=True)
    expected = np.einsum(call[0], *operands)
    assert result.shape == expected.shape and result.dtype == (np.int32 if config == "int8" else np.float32)
    np.testing.assert_array_equal(result, expected)
    assert not report.runs and "an extent is 0" in str(report)


@pytest.mark.parametrize(
    "make, kind",
    [
        (csr_array, csr_array),
        (coo_array, coo_array),
        (bsr_array, bsr_array),
        (sparse.COO.from_numpy, sparse.COO),
        (sparse.GCXS.from_numpy, sparse.GCXS),
        (lambda array: flaash.einsum("ij", array, on="model", kind="tensor"), SparseTensor),
    ],
)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_extents_of_zero_in_every_kind(make, kind: type, shape: tuple[int, int]) -> None:
    operand = make(np.ones(shape))
    result = flaash.einsum("ij,kj->ik", operand, np.ones((2, shape[1])), on="model")
    assert type(result) is kind and result.shape == (shape[0], 2)
    assert not to_dense(result).any()
    right = np.ones((shape[1], 2))
    assert flaash.tensordot(operand, right, 1, on="model", kind="numpy").shape == (shape[0], 2)


def test_mistakes_beside_an_extent_of_zero() -> None:
    refused("index 'j' has extent 0 in operand 0", "ij,jk", np.ones((2, 0)), np.ones((3, 2)))
    refused("^optimize=", "ij,jk", np.ones((2, 0)), np.ones((0, 2)), optimize=[])
    refused("operand 1: the value 0.5 is no number of int8", "i,j", [], [0.5], config="int8")
