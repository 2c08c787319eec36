# SPDX-License-Identifier: Apache-2.0
"""Contractions of deep learning, each named after the paper that its sizes and its sparsity come from.

Each generator returns a Workload with the extents of its paper. All extents are divided by one factor if the
original is too large for the machine's memories (32,768 entries per operand and slice). The same holds if a
simulation would take more than a minute. Values are random: cycles depend on coordinates only, so no trained
network is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.generate import uniform_tensor
from models.tensor import SparseTensor


@dataclass(frozen=True, eq=False)
class Workload:
    """A contraction of two operands, in einsum's notation.

    Attributes:
        subscripts: batches and heads are modes.
        a, b: the operands.
        fmt: its value format.
        factor: by which the paper's extents are divided.
    """

    subscripts: str
    a: SparseTensor
    b: SparseTensor
    fmt: str
    factor: int


def _normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(size=shape).astype(np.float32)


def _scores(rng: np.random.Generator, allowed: np.ndarray) -> np.ndarray:
    """Return attention scores after the softmax, 0 where a key is not allowed: rows sum to 1."""
    weights = np.exp(_normal(rng, *allowed.shape)) * allowed
    return (weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-30)).astype(np.float32)


def contraction_layer(rng: np.random.Generator, shape: tuple[int, ...], density: float) -> Workload:
    """Tensor contraction layer, the paper's own: FLAASH (arXiv 2404.16317), 3x3x1024, 7x7x512, 10x10x100.

    Activations of a convolutional network with 0.5 to 5% non-zeros, and weights of the same shape and
    density, contracted over the channels; not scaled.
    """
    a, b = (uniform_tensor(rng, shape, density) for _ in range(2))
    return Workload("abc,dec->abde", a, b, "fp32", 1)


def swat(rng: np.random.Generator) -> Workload:
    """Sliding-window attention, scores times values: SWAT (arXiv 2405.17025), as in Longformer.

    4,096 tokens, each attends to a window of 512, heads of 64 values, 12 heads; all divided by 8, heads
    rounded up to 2: 512 tokens, window 64, 8 values.
    """
    factor, tokens, window, values, heads = 8, 512, 64, 8, 2
    place = np.arange(tokens)
    ahead = place[None, :] - place[:, None]
    allowed = np.broadcast_to((ahead >= -window // 2) & (ahead < window // 2), (heads, tokens, tokens))
    return Workload(
        "hdk,hqk->hqd",
        SparseTensor.from_dense(_normal(rng, heads, values, tokens)),
        SparseTensor.from_dense(_scores(rng, allowed)),
        "fp32",
        factor,
    )


def sparsek(rng: np.random.Generator) -> Workload:
    """Attention to k selected keys: SPARSEK (arXiv 2406.16747), causal, scores times values.

    A separate score decides which of the earlier keys a query keeps, so neighbouring queries keep nearly the
    same keys. The transformer is GPT-2's small one (12 heads of 64 values, 1,024 tokens), with 128 keys of
    each query, an eighth of them; all divided by 4: 256 tokens, 32 keys, 16 values, 3 heads.
    """
    factor, tokens, keys, values, heads = 4, 256, 32, 16, 3
    importance = rng.normal(size=(heads, tokens))
    allowed = np.zeros((heads, tokens, tokens), bool)
    for head in range(heads):
        for query in range(tokens):
            allowed[head, query, np.argsort(-importance[head, : query + 1])[:keys]] = True
    return Workload(
        "hdk,hqk->hqd",
        SparseTensor.from_dense(_normal(rng, heads, values, tokens)),
        SparseTensor.from_dense(_scores(rng, allowed)),
        "fp32",
        factor,
    )


def flash_llm(rng: np.random.Generator) -> Workload:
    """Unstructured sparse weights times activations: Flash-LLM (arXiv 2309.10285), 80% of the weights are 0.

    The output projection of OPT-30B, 7,168 x 7,168, for a batch of 64 tokens; all divided by 20: 358 x 358,
    batch 3.
    """
    factor, hidden, batch = 20, 358, 3
    return Workload(
        "bi,oi->bo",
        SparseTensor.from_dense(_normal(rng, batch, hidden)),
        uniform_tensor(rng, (hidden, hidden), 0.2),
        "fp32",
        factor,
    )


def pruned_experts(rng: np.random.Generator) -> Workload:
    """Pruned experts: Not All Experts are Equal (arXiv 2402.14800), Mixtral 8x7B with 4 of 8 experts left.

    The first matrix of each expert, 14,336 x 4,096, for 2,048 tokens that go to 2 experts each; all divided
    by 128, experts not: 112 x 32, 16 tokens. A pruned expert has no entries, so its slice costs nothing.
    """
    return _experts(rng, "fp32", left=4)


def dynamic_vit(rng: np.random.Generator) -> Workload:
    """Token-pruned vision transformer: DynamicViT (arXiv 2106.02034), DeiT-S, scores times values.

    197 tokens, 6 heads of 64 values; 70% of the tokens stay at each of three stages, 34.3% in the last,
    where this block is; not scaled. The tokens keep their coordinates.
    """
    tokens, heads, values = 197, 6, 64
    kept = np.zeros(tokens, bool)
    kept[0] = True  # the class token
    kept[1 + rng.choice(tokens - 1, round(0.343 * (tokens - 1)), replace=False)] = True
    allowed = np.broadcast_to(kept[:, None] & kept[None, :], (heads, tokens, tokens))
    return Workload(
        "hqk,hdk->hqd",
        SparseTensor.from_dense(_scores(rng, allowed)),
        SparseTensor.from_dense(_normal(rng, heads, values, tokens) * kept),
        "fp32",
        1,
    )


def tender(rng: np.random.Generator) -> Workload:
    """int8 with scales per channel: Tender (arXiv 2406.12930), groups of channels a power of two apart.

    A projection of OPT-6.7B, 4,096 x 4,096, for 2,048 tokens; all divided by 64: 64 x 64, 32 tokens. An
    eighth of the channels are outliers, 2, 4 or 8 times greater; a channel belongs to the last of four groups
    whose scale, the greatest value over 2^group, still holds it. The group is a batch: its sums are exact
    integers, which the host shifts and adds.
    """
    factor, channels, outputs, tokens, groups = 64, 64, 64, 32, 4
    activations = rng.normal(size=(tokens, channels))
    outliers = rng.choice(channels, channels // 8, replace=False)
    activations[:, outliers] *= rng.choice([2.0, 4.0, 8.0], len(outliers))
    greatest = np.abs(activations).max(axis=0)
    group = np.clip(np.floor(np.log2(greatest.max() / greatest)).astype(int), 0, groups - 1)
    member = group[None, :] == np.arange(groups)[:, None]
    scale = greatest.max() / 2.0**group / 127
    left = np.rint(activations / scale)[None] * member[:, None, :]
    weights = rng.normal(size=(outputs, channels))
    right = np.rint(weights / np.abs(weights).max() * 127)[None] * member[:, None, :]
    return Workload("gtc,goc->gto", SparseTensor.from_dense(left), SparseTensor.from_dense(right), "int8", factor)


def hobbit_bf16(rng: np.random.Generator) -> Workload:
    """Mixed-precision experts: HOBBIT (arXiv 2411.01433), Mixtral 8x7B, experts that are in the cache.

    As pruned_experts(), with all 8 experts, the 4 in the cache in bf16. hobbit_int8() has the other experts,
    of the same sizes, in the paper's low precision.
    """
    return _experts(rng, "bf16", left=4)


def hobbit_int8(rng: np.random.Generator) -> Workload:
    """As hobbit_bf16(), for the 4 experts that were not in the cache and are taken in int8."""
    return _experts(rng, "int8", left=4)


def _experts(rng: np.random.Generator, fmt: str, left: int) -> Workload:
    """Return the first matrices of some of 8 experts, dense, and the tokens that go to them, two each."""
    experts, hidden, inner, tokens = 8, 32, 112, 16
    there = rng.choice(experts, left, replace=False)
    routed = np.zeros((experts, tokens, 1), bool)
    for token in range(tokens):
        routed[rng.choice(there, 2, replace=False), token] = True
    used = np.isin(np.arange(experts), there)[:, None, None]
    draw = (lambda *shape: rng.integers(-127, 128, shape)) if fmt == "int8" else (lambda *shape: _normal(rng, *shape))
    activations = np.broadcast_to(draw(tokens, hidden), (experts, tokens, hidden))
    return Workload(
        "etd,efd->etf",
        SparseTensor.from_dense(activations * routed),
        SparseTensor.from_dense(draw(experts, inner, hidden) * used),
        fmt,
        128,
    )


WORKLOADS: dict[str, Callable[[np.random.Generator], Workload]] = {
    "swat": swat,
    "sparsek": sparsek,
    "flash-llm": flash_llm,
    "pruned-experts": pruned_experts,
    "dynamicvit": dynamic_vit,
    "tender": tender,
    "hobbit-bf16": hobbit_bf16,
    "hobbit-int8": hobbit_int8,
}
