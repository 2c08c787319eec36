# SPDX-License-Identifier: Apache-2.0
"""The workloads of deep learning agree with their papers, divided by one factor."""

import numpy as np
import pytest

from models import learning
from models.contract import contract
from models.learning import WORKLOADS
from models.numbers import get_format
from models.tensor import SparseTensor


def draw(name: str) -> learning.Workload:
    return WORKLOADS[name](np.random.default_rng(1))


def per_row(tensor: SparseTensor) -> np.ndarray:
    """Return the entries of each fiber along the last mode, the empty ones too."""
    return (tensor.to_dense() != 0).sum(axis=-1)


@pytest.mark.parametrize("name", WORKLOADS)
def test_values_are_of_the_format_and_the_generator_decides_all(name: str) -> None:
    first, second = draw(name), draw(name)
    assert first.a.equals(second.a) and first.b.equals(second.b)
    converted = [get_format(first.fmt).convert(tensor.values) for tensor in (first.a, first.b)]
    assert first.fmt == "bf16" or all(one.lossless for one in converted)
    inputs, _, result = first.subscripts.partition("->")
    left, right = inputs.split(",")
    assert first.a.order == len(left) and first.b.order == len(right) and left[-1] == right[-1]
    assert set(result) <= set(left + right)


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_slice_fits_the_machine(name: str) -> None:
    workload = draw(name)
    batch = workload.subscripts.partition(",")[0][0] in workload.subscripts.partition("->")[2][0]
    for tensor in (workload.a, workload.b):
        counts = np.bincount(tensor.coords[:, 0]) if batch else [tensor.nnz]
        assert max(counts) <= 2**15


def test_a_contraction_layer_has_the_density() -> None:
    layer = learning.contraction_layer(np.random.default_rng(1), (10, 10, 100), 0.03)
    assert layer.a.shape == layer.b.shape == (10, 10, 100) and layer.a.nnz == layer.b.nnz == 300


def test_a_window_slides() -> None:
    scores = draw("swat").b
    lengths = per_row(scores)
    assert scores.shape == (2, 512, 512) and lengths.max() == 64 == 512 // 8
    assert (lengths[:, 32:480] == 64).all() and lengths[0, 0] == 32
    assert (np.abs(scores.coords[:, 1] - scores.coords[:, 2]) <= 32).all()
    np.testing.assert_allclose(scores.to_dense().sum(axis=-1), 1, rtol=1e-5)


def test_k_keys_are_selected_from_the_past() -> None:
    scores = draw("sparsek").b
    lengths = per_row(scores)
    assert (lengths[:, 31:] == 32).all() and (lengths[:, 0] == 1).all()
    assert (scores.coords[:, 2] <= scores.coords[:, 1]).all()


def test_eighty_percent_of_the_weights_are_zero() -> None:
    weights = draw("flash-llm").b
    assert weights.nnz == round(0.2 * 358 * 358)


@pytest.mark.parametrize("name", ["pruned-experts", "hobbit-bf16", "hobbit-int8"])
def test_four_of_eight_experts_get_two_tokens_each(name: str) -> None:
    workload = draw(name)
    assert len(np.unique(workload.b.coords[:, 0])) == 4
    assert set(np.unique(workload.a.coords[:, 0])) <= set(np.unique(workload.b.coords[:, 0]))
    tokens = np.unique(workload.a.coords[:, :2], axis=0)
    assert (np.bincount(tokens[:, 1], minlength=16) == 2).all()


def test_a_third_of_the_tokens_are_left() -> None:
    scores, values = draw("dynamicvit").a, draw("dynamicvit").b
    kept = 1 + round(0.343 * 196)
    assert len(np.unique(scores.coords[:, 1])) == len(np.unique(values.coords[:, 2])) == kept
    assert scores.nnz == 6 * kept * kept and values.nnz == 6 * 64 * kept


def test_each_channel_is_in_the_group_of_its_scale() -> None:
    """Each channel is in one group, most in the group of the smallest scale; no sum exceeds int32."""
    workload = draw("tender")
    channels = [np.unique(workload.b.coords[workload.b.coords[:, 0] == group][:, 2]) for group in range(4)]
    assert sum(map(len, channels)) == 64 == len(np.unique(np.concatenate(channels)))
    sizes = [len(group) for group in channels]
    assert sizes[3] > 32 and sizes[0] < 8 and sum(size > 0 for size in sizes) >= 3
    assert np.abs(workload.a.values).max() == 127 == np.abs(workload.b.values).max()
    for group in np.unique(workload.a.coords[:, 0]):
        pair = [
            SparseTensor(
                tensor.shape[1:],
                tensor.coords[tensor.coords[:, 0] == group, 1:],
                tensor.values[tensor.coords[:, 0] == group],
            )
            for tensor in (workload.a, workload.b)
        ]
        assert contract(*pair, "int8").range_errors == 0
