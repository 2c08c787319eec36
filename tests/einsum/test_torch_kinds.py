# SPDX-License-Identifier: Apache-2.0
"""Tensors of torch as operands and results of einsum, with torch where it is installed and with a stand-in."""

import sys
import tomllib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import flaash
from flaash import EinsumError
from sim.toolchain import ROOT
from tests.einsum import torch_standin

A = np.arange(4.0).reshape(2, 2)
B = np.array([[2.0, 0, 1], [0, 0, 3]])
RESULT = A @ B
# Layout of the first operand, and of a result with two modes.
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "strided": lambda tensor: tensor,
    "sparse_coo": lambda tensor: tensor.to_sparse(),
    "sparse_csr": lambda tensor: tensor.to_sparse_csr(),
    "sparse_csc": lambda tensor: tensor.to_sparse_csc(),
}


@pytest.fixture(params=["installed", "stand-in"])
def torch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return torch, or what stands in for it."""
    if request.param == "installed":
        return pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "torch", torch_standin)
    return torch_standin


def contracted(*call: Any, **options: Any) -> Any:
    return flaash.einsum(*call, **{"on": "model", **options})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("form", "dtype"), [("fp32", "float32"), ("bf16", "float32"), ("int8", "int32"), ("int16", "int64")]
)
def test_the_result_is_a_tensor_of_the_layout(torch: ModuleType, layout: str, form: str, dtype: str) -> None:
    a, b = LAYOUTS[layout](torch.from_numpy(A)), torch.from_numpy(B).to_sparse()
    for right in (b, B):
        result = contracted("ij,jk", a, right, config=f"default:Format={form}")
        assert isinstance(result, torch.Tensor) and result.layout == getattr(torch, layout)
        assert result.dtype == getattr(torch, dtype) and tuple(result.shape) == RESULT.shape
        np.testing.assert_array_equal(result.to_dense().numpy(), RESULT)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_orders_that_the_layout_has_not(torch: ModuleType, layout: str) -> None:
    """A number is dense; three modes are COO, also where rows were compressed; one entry stands once."""
    a = LAYOUTS[layout](torch.from_numpy(A))
    number = contracted("ij,ij", a, A)
    assert number.layout == torch.strided and tuple(number.shape) == () and float(number.numpy()) == (A * A).sum()
    cube = contracted("ij,jk->ijk", a, B)
    assert cube.layout == (torch.strided if layout == "strided" else torch.sparse_coo)
    assert layout == "strided" or cube.is_coalesced()
    np.testing.assert_array_equal(cube.to_dense().numpy(), np.einsum("ij,jk->ijk", A, B))
    none = contracted("ij,jk", LAYOUTS[layout](torch.from_numpy(np.ones((0, 2)))), B)
    assert none.layout == getattr(torch, layout) and tuple(none.shape) == (0, 3)


def test_the_kind_of_the_result_can_be_named(torch: ModuleType) -> None:
    sparse_a = torch.from_numpy(A).to_sparse()
    assert type(contracted("ij,jk", A, torch.from_numpy(B))) is np.ndarray, "the first operand has the kind"
    assert type(contracted("ij,jk", sparse_a, B, kind="numpy")) is np.ndarray
    for kind, layout in (("torch", torch.strided), ("torch_coo", torch.sparse_coo)):
        result = contracted("ij,jk", A, B, kind=kind)
        assert isinstance(result, torch.Tensor) and result.layout == layout
    assert isinstance(flaash.tensordot(sparse_a, B, 1, on="model"), torch.Tensor)


def test_entries_of_the_result_are_those_that_are_not_zero(torch: ModuleType) -> None:
    """A sum that cancels to 0 is an entry of no layout."""
    left, right = torch.from_numpy(np.array([[1.0, -1.0], [0, 2.0]])).to_sparse(), np.array([[1.0], [1.0]])
    result = contracted("ij,jk", left, right)
    assert result.indices().numpy().tolist() == [[1], [0]] and result.values().numpy().tolist() == [2.0]


def test_gradients_end_at_the_machine(torch: ModuleType) -> None:
    for layout, make in LAYOUTS.items():
        operand = make(torch.from_numpy(A)).requires_grad_()
        result = contracted("ij,jk", operand, B)
        assert operand.requires_grad and not result.requires_grad, layout


def test_numbers_that_numpy_lacks(torch: ModuleType) -> None:
    result = contracted("ij,jk", torch.from_numpy(A).bfloat16(), B)
    assert result.dtype == torch.float32
    np.testing.assert_array_equal(result.numpy(), RESULT)


def test_the_result_is_on_the_operand_s_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the stand-in, which has a second device."""
    monkeypatch.setitem(sys.modules, "torch", torch_standin)
    for layout, make in LAYOUTS.items():
        result = contracted("ij,jk", make(torch_standin.from_numpy(A)).to("cuda:0"), B)
        assert result.device == "cuda:0" and result.layout == getattr(torch_standin, layout)
        np.testing.assert_array_equal(result.to_dense().cpu().numpy(), RESULT)


@pytest.mark.parametrize(
    ("kind", "module"), [("torch", "torch"), ("torch_coo", "torch"), ("scipy", "scipy.sparse"), ("pydata", "sparse")]
)
def test_a_kind_whose_library_is_missing(kind: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EinsumError, match=f"^a result of the kind '{kind}' needs a library: .*{module}"):
        contracted("ij,jk", A, B, kind=kind)


def torch_tensors() -> dict:
    """Return tensors of torch that numpy accepts only after a conversion, by kind; each equals A."""
    torch = pytest.importorskip("torch")
    plain = torch.from_numpy(A).float()
    twice = torch.sparse_coo_tensor([[0, 0, 1, 1], [1, 1, 0, 1]], [0.5, 0.5, 2.0, 3.0], (2, 2))
    rows = torch.sparse_coo_tensor([[0, 1]], plain, (2, 2))
    return {
        "parameter": torch.nn.Parameter(plain),
        "bfloat16": plain.bfloat16(),
        "float16": plain.half(),
        "float8": plain.to(torch.float8_e4m3fn),
        "float64": plain.double(),
        "int8": plain.char(),
        "coo": plain.to_sparse(),
        "csr": plain.to_sparse_csr(),
        "csc": plain.to_sparse_csc(),
        "bsr": plain.to_sparse_bsr((1, 1)),
        "coo, bfloat16, grad": plain.bfloat16().to_sparse().requires_grad_(),
        "coo, entries twice": twice,
        "coo of rows": rows,
        "negated view": (plain - 1j * plain).conj().imag,
    }


def test_tensors_that_numpy_does_not_accept() -> None:
    for name, operand in torch_tensors().items():
        result = contracted("ij,jk", operand, np.eye(2))
        np.testing.assert_array_equal(result.to_dense().numpy(), A, name)


def test_tensors_that_have_no_real_values() -> None:
    torch = pytest.importorskip("torch")
    plain = torch.from_numpy(A)
    for operand, sentence in (
        (plain + 0j, "values of type complex128 are not"),
        ((plain + 0j).conj(), "values of type complex128 are not"),
        (plain.to_sparse() * 1j, "values of type complex128 are not"),
        (plain.to("meta"), "numpy makes no array of this Tensor"),
        ([plain.requires_grad_()], "numpy makes no array of this list"),
    ):
        with pytest.raises(EinsumError, match=f"^operand 1: {sentence}"):
            contracted("ij,jk", A, operand)


def test_the_extra_is_that_of_the_suite() -> None:
    """PyTorch is no dependency of the package, and examples need no other library of their own than its extras name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"].keys() == {"torch", "examples"}
    assert not any(name.startswith("torch") for name in project["dependencies"])
