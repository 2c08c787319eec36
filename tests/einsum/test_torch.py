# SPDX-License-Identifier: Apache-2.0
"""Gradients of flaash.torch: against finite differences, against PyTorch's own, and on the simulated chip.

Finite differences are exact here. A contraction is linear in each operand, values and steps are multiples
of 2^-6, and each sum has fewer digits than fp32. So gradcheck's tolerances are 0. In bf16 an operand has
8 digits; the values are multiples of 2^-3 then.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import flaash
from flaash import EinsumError
from sim.toolchain import ROOT

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
einsum: Any = importlib.import_module("flaash.torch").einsum if torch else None

LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "dense": lambda tensor: tensor.clone(),
    "coo": lambda tensor: tensor.to_sparse(),
    "csr": lambda tensor: tensor.to_sparse_csr(),
}
CALLS = {
    "a layer": ("bi,oi->bo", (3, 4), (2, 4)),
    "a layer with more modes": ("...i,oi->...o", (2, 2, 3), (2, 3)),
    "a batch": ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    "a matrix and a vector": ("ij,j", (3, 4), (4,)),
    "a number": ("ij,ij->", (3, 2), (3, 2)),
    "an outer product": ("i,j->ji", (3,), (2,)),
    "summed in one operand": ("ij,k->k", (2, 3), (2,)),
    "an extent of 1": ("ij,kj->ik", (3, 1), (2, 4)),
    "an extent of 1 on the right": ("ij,ij->i", (3, 4), (1, 4)),
    "a diagonal": ("ii,ij->j", (3, 3), (3, 2)),
    "a diagonal of three": ("iii,i->i", (2, 2, 2), (2,)),
    "one operand": ("ij->j", (2, 3)),
    "one operand, transposed": ("ij->ji", (2, 3)),
    "one operand, its trace": ("ii->", (3, 3)),
}
UNIT = 2.0**-24  # of a rounding to fp32


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Any:
    """Without PyTorch's remark that CSR is a beta; without PyTorch only the test of its absence."""
    if torch is None and request.function is not test_pytorch_is_missing:
        pytest.skip("PyTorch is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def drawn(seed: int, *shape: int, unit: float = 2.0**-3, size: int = 8) -> Any:
    """Return a tensor of float64 with elements that are multiples of `unit`, about 40% of them 0."""
    rng = np.random.default_rng(seed)
    values = rng.integers(-size, size + 1, shape) * unit
    return torch.from_numpy(np.where(rng.random(shape) < 0.6, values, 0.0))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("form", ["fp32", "bf16"])
def test_finite_differences(name: str, form: str, seed: int) -> None:
    subscripts, *shapes = CALLS[name]
    operands = [drawn(seed + number, *shape).requires_grad_() for number, shape in enumerate(shapes)]
    step = 2.0**-6 if form == "fp32" else 2.0**-3

    def contraction(*tensors: Any) -> Any:
        return einsum(subscripts, *tensors, on="model", config=f"default:Format={form}").double()

    assert torch.autograd.gradcheck(contraction, operands, eps=step, atol=0, rtol=0)
    above = drawn(seed + 2, *contraction(*operands).shape).requires_grad_()
    assert torch.autograd.gradgradcheck(contraction, operands, above, eps=step, atol=0, rtol=0)


def test_finite_differences_see_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["flaash.torch"]
    right = module._gradient
    monkeypatch.setattr(module, "_gradient", lambda *call: right(*call) * (1 + 2**-20))
    operands = [drawn(1, 3, 4).requires_grad_(), drawn(2, 2, 4).requires_grad_()]
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        torch.autograd.gradcheck(
            lambda *tensors: einsum("bi,oi->bo", *tensors, on="model").double(), operands, eps=2**-6, atol=0, rtol=0
        )


@pytest.mark.parametrize("left", LAYOUTS)
@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_every_kind_of_operand(left: str, right: str, masked: bool, seed: int) -> None:
    """Values are exact in fp32, so that the gradients equal PyTorch's of dense operands bit by bit."""
    plain = drawn(seed, 3, 4), drawn(seed + 1, 5, 4)
    weights = drawn(seed + 2, 3, 5)
    operands = [LAYOUTS[layout](tensor).requires_grad_() for layout, tensor in zip((left, right), plain, strict=True)]
    result = einsum("bi,oi->bo", *operands, on="model", masked=masked)
    assert result.layout == torch.strided and result.dtype == torch.float32
    (result * weights).sum().backward()
    expected = [tensor.clone().requires_grad_() for tensor in plain]
    (torch.einsum("bi,oi->bo", *expected) * weights).sum().backward()
    for operand, layout, own, other in zip(operands, (left, right), plain, expected, strict=True):
        gradient, correct = operand.grad, other.grad * (own != 0) if masked else other.grad
        assert gradient.layout == operand.layout
        assert gradient.dtype == torch.float64 and gradient.shape == own.shape
        np.testing.assert_array_equal(gradient.to_dense().numpy(), correct.numpy())
        if masked and layout != "dense":
            entries = gradient.to_sparse_coo().coalesce().indices()
            np.testing.assert_array_equal(entries.numpy(), own.to_sparse().indices().numpy())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["an extent of 1", "summed in one operand", "a diagonal", "one operand"])
def test_sparse_operands_that_are_rearranged(name: str, layout: str, seed: int) -> None:
    """Where an operand is made dense on the way, its gradient is whole, nevertheless."""
    subscripts, *shapes = CALLS[name]
    plain = [drawn(seed + number, *shape) for number, shape in enumerate(shapes)]
    operand = LAYOUTS[layout](plain[0]).requires_grad_()
    einsum(subscripts, operand, *plain[1:], on="model").sum().backward()
    expected = plain[0].clone().requires_grad_()
    torch.einsum(subscripts, expected, *plain[1:]).sum().backward()
    np.testing.assert_array_equal(operand.grad.to_dense().numpy(), expected.grad.numpy())


@pytest.mark.parametrize("extent", [8, 300])
def test_pytorch_s_own_gradients_within_the_rounding(extent: int, seed: int) -> None:
    """The bound of docs/chips_and_gradients.md: one rounding of the exact sum, and n roundings of PyTorch's."""
    rng = np.random.default_rng(seed)
    plain = [torch.from_numpy(rng.normal(size=shape).astype(np.float32)) for shape in ((16, extent), (9, extent))]
    above = torch.from_numpy(rng.normal(size=(16, 9)).astype(np.float32))
    gradients = []
    for function in (torch.einsum, lambda *call: einsum(*call, on="model")):
        operands = [tensor.clone().requires_grad_() for tensor in plain]
        (function("bi,oi->bo", *operands) * above).sum().backward()
        gradients.append([operand.grad.double() for operand in operands])
    for torchs, ours, other, text, terms in zip(
        *gradients, (plain[1], plain[0]), ("bo,oi->bi", "bo,bi->oi"), (9, 16), strict=True
    ):
        exact = torch.einsum(text, above.double(), other.double())
        size = torch.einsum(text, above.double().abs(), other.double().abs())
        assert (abs(ours - exact) <= UNIT * abs(exact) * (1 + 1e-6)).all(), "a gradient of ours has one rounding"
        assert (abs(ours - torchs) <= (UNIT + terms * UNIT / (1 - terms * UNIT)) * size).all()


def test_chains_and_reports(seed: int) -> None:
    """Three operands: the result is that of flaash.einsum, and each contraction has a report."""
    plain = [drawn(seed + number, *shape) for number, shape in enumerate(((3, 4), (4, 5), (5, 2)))]
    operands = [tensor.clone().requires_grad_() for tensor in plain]
    reports: list = []
    path = [(1, 2), (0, 1)]
    result = einsum("ij,jk,kl->il", *operands, on="model", optimize=path, reports=reports)
    expected = flaash.einsum("ij,jk,kl->il", *plain, on="model", optimize=path)
    np.testing.assert_array_equal(result.detach().numpy(), expected.numpy())
    assert [report.subscripts for report in reports] == ["jk,kl->jl", "ij,jl->il"]
    result.sum().backward()
    assert len(reports) == 6, "two contractions for each of the two"
    for number, subscripts in enumerate(("il,jk,kl->ij", "il,ij,kl->jk", "il,ij,jk->kl")):
        others = [tensor for other, tensor in enumerate(plain) if other != number]
        correct = torch.einsum(subscripts, torch.ones(3, 2, dtype=torch.float64), *others)
        np.testing.assert_array_equal(operands[number].grad.numpy(), correct.numpy())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_intermediate_result_is_not_masked(layout: str, seed: int) -> None:
    """An element that is 0 in an intermediate result passes its gradient on."""
    plain = [drawn(seed + number, *shape) for number, shape in enumerate(((3, 4), (4, 5), (5, 2)))]
    assert (plain[0] @ plain[1] == 0).any()
    gradients = []
    for masked in (False, True):
        operands = [LAYOUTS[layout](tensor).requires_grad_() for tensor in plain]
        einsum("ij,jk,kl->il", *operands, on="model", optimize=[(0, 1), (0, 1)], masked=masked).sum().backward()
        gradients.append([operand.grad.to_dense() for operand in operands])
    for own, whole, kept in zip(plain, *gradients, strict=True):
        np.testing.assert_array_equal(kept.numpy(), (whole * (own != 0)).numpy())


def test_operands_without_a_gradient() -> None:
    """No contraction runs for them; numpy arrays are among them."""
    x, weight, reports = drawn(1, 2, 4), drawn(2, 3, 4).requires_grad_(), []
    result = einsum("bi,oi->bo", x.numpy(), weight, on="model", kind="torch_coo", reports=reports)
    assert result.layout == torch.sparse_coo
    result.to_dense(masked_grad=False).sum().backward()
    assert len(reports) == 2 and weight.grad.shape == weight.shape
    assert not einsum("bi,oi->bo", x, weight.detach(), on="model").requires_grad


@pytest.mark.parametrize("left", ["dense", "coo"])
def test_the_backward_pass_on_the_chip(simulator: str, left: str, seed: int) -> None:
    """The same bits as on the exact model; both passes run on the simulated chip."""
    rng = np.random.default_rng(seed)
    plain = [torch.from_numpy(rng.normal(size=shape).astype(np.float32)) for shape in ((4, 12), (3, 12))]
    gradients = []
    for on in ("model", simulator):
        reports: list = []
        operands = [LAYOUTS[left](plain[0]).requires_grad_(), plain[1].clone().requires_grad_()]
        einsum("bi,oi->bo", *operands, config="tiny", on=on, reports=reports).square().sum().backward()
        gradients.append([operand.grad.to_dense().numpy() for operand in operands])
    assert [report.where for report in reports] == 3 * [simulator] and all(report.cycles for report in reports)
    np.testing.assert_array_equal(gradients[0][0], gradients[1][0])
    np.testing.assert_array_equal(gradients[0][1], gradients[1][1])


@pytest.mark.parametrize(
    ("operands", "options", "sentence"),
    [
        (lambda: (np.ones(3), np.ones(3)), {}, "no operand is a tensor of torch"),
        (lambda: (torch.ones(3), [1.0, 2, 3]), {}, "operand 1: a list is no tensor of torch"),
        (lambda: (torch.ones(3), torch.ones(4)), {}, "index 'i' has extent 3 in operand 0"),
        (lambda: (torch.ones(3), torch.ones(3)), {"config": "int8"}, "configuration int8: gradients need"),
        (lambda: (torch.ones(3), torch.ones(3)), {"on": "fpga"}, "on='fpga': there is no such backend"),
    ],
)
def test_calls_that_are_refused(operands: Callable, options: dict, sentence: str) -> None:
    with pytest.raises(EinsumError, match=f"^{sentence}"):
        einsum("i,i->", *operands(), **{"on": "model", **options})


@pytest.mark.parametrize("layout", ["csc", "bsr"])
def test_a_layout_that_has_no_gradient(layout: str) -> None:
    """PyTorch does not add up gradients of these layouts. An operand without a gradient may have them."""
    plain = torch.ones(2, 2)
    operand = plain.to_sparse_csc() if layout == "csc" else plain.to_sparse_bsr((1, 1))
    assert einsum("ij,j->i", operand, torch.ones(2), on="model").tolist() == [2.0, 2.0]
    with pytest.raises(EinsumError, match=f"^operand 0: its layout torch.sparse_{layout} has no gradient here"):
        einsum("ij,j->i", operand.requires_grad_(), torch.ones(2), on="model")


def test_the_code_of_the_page(capsys: pytest.CaptureFixture) -> None:
    """The code of its page prints what the page shows; here on the model, which has the same bits."""
    text = (ROOT / "docs" / "chips_and_gradients.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert code.count('config="tiny"') == 1
    exec(compile(code.replace('config="tiny"', 'config="tiny", on="model"'), "the page", "exec"), {})
    assert capsys.readouterr().out == re.search(r"```\n(weights: .*?)```", text, re.DOTALL)[1]


def test_pytorch_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "flaash.torch", raising=False)
    with pytest.raises(ImportError, match="^flaash.torch needs PyTorch, for example by pip install 'torch>=2.6'"):
        importlib.import_module("flaash.torch")
