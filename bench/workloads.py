# SPDX-License-Identifier: Apache-2.0
"""Pairs of operands by name: from models/data/workloads, or generated, always the same.

7x7x512_d0.1       in the data, or uniform of that density (each operand)
3x3x512_nnz500     in the data, or uniform with 500 entries (each operand)
7x7x300_fiber50    every fiber has 50 entries at random places
skewed             fiber lengths by Zipf's law, models.generate.skewed_pair()
7x7x512_d0.1/3     another pair of that kind, always drawn
7x7x512_d0.1/3|7x7x512_d0.1    A of the first, B of the second name
swat               of deep learning, models.learning; its slices are swat/0, swat/1 ..
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence

import numpy as np

import flaash
from flaash.backends import Pair, Reply
from models import csfbin, generate, learning
from models.contract import ContractionResult, contract
from models.csf import Csf
from models.tensor import SparseTensor
from sim.toolchain import ROOT

FOLDER = ROOT / "models" / "data" / "workloads"
SKEWED = "skewed"
_NAME = re.compile(r"((?:\d+x)*\d+)_(d|nnz|fiber)([\d.]+)")


class WorkloadError(ValueError):
    """A name that stands for no workload."""


def stored() -> list[str]:
    """Return the names of the workloads in the data, sorted by shape and density."""
    return sorted({path.name.rpartition("_")[0] for path in FOLDER.glob("*_lhs.csfbin")})


class _Recorder(flaash.Model):
    """A backend that records the contractions of einsum."""

    def __init__(self, config: str):
        super().__init__(config)
        self.pairs: list[Pair] = []

    def contract(self, pairs: Sequence[Pair]) -> list[Reply]:
        """Contract each pair of operands along their last modes."""
        self.pairs += pairs
        return super().contract(pairs)


@functools.cache
def learned(name: str) -> learning.Workload:
    """Return a workload of deep learning."""
    return learning.WORKLOADS[name](np.random.default_rng(zlib.crc32(name.encode())))


@functools.cache
def _slices(name: str) -> list[tuple[SparseTensor, SparseTensor]]:
    workload = learned(name)
    backend = _Recorder(f"default:Format={workload.fmt}")
    flaash.einsum(workload.subscripts, workload.a, workload.b, on=backend)
    return [(a.to_tensor(), b.to_tensor()) for a, b in backend.pairs]


def parts(name: str) -> list[str]:
    """Return the contractions of a workload: its slices, or itself."""
    return [f"{name}/{index}" for index in range(len(_slices(name)))] if name in learning.WORKLOADS else [name]


@functools.lru_cache(maxsize=256)
def operands(name: str) -> tuple[SparseTensor, SparseTensor]:
    """Return A and B of a workload, to be contracted along their last modes.

    Raises:
        WorkloadError: the name has none of the forms above.
    """
    if name == SKEWED:
        return generate.skewed_pair()
    a_of, pairs, b_of = name.partition("|")
    if pairs:
        return operands(a_of)[0], operands(b_of)[1]
    base, _, index = name.partition("/")
    if base in learning.WORKLOADS and index:
        return _slices(base)[int(index)]
    if (FOLDER / f"{name}_lhs.csfbin").exists():
        return tuple(csfbin.read(FOLDER / f"{name}_{side}.csfbin") for side in ("lhs", "rhs"))
    match = _NAME.fullmatch(base)
    if not match:
        raise WorkloadError(
            f"no workload '{name}'; there are {', '.join([*stored(), SKEWED])} and names"
            " such as 7x7x512_d0.1, 3x512_nnz500 or 7x7x300_fiber50"
        )
    shape, kind, number = tuple(map(int, match[1].split("x"))), match[2], match[3]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if kind == "d":
        layer = learning.contraction_layer(rng, shape, float(number))
        return layer.a, layer.b
    return _draw(rng, shape, kind, number), _draw(rng, shape, kind, number)


def variants(name: str, count: int, same_b: bool = False) -> list[str]:
    """Return names of `count` workloads of the same kind, this name first; with `same_b` all have its B."""
    return [name, *(f"{name}/{index}{f'|{name}' if same_b else ''}" for index in range(1, count))]


def _draw(rng: np.random.Generator, shape: tuple[int, ...], kind: str, number: str) -> SparseTensor:
    if kind == "nnz":
        return generate.uniform_tensor(rng, shape, nnz=int(number))
    fibers = [generate.uniform_tensor(rng, shape[-1:], nnz=int(number)) for _ in range(int(np.prod(shape[:-1])))]
    upper = np.repeat(np.indices(shape[:-1]).reshape(len(shape) - 1, -1).T, int(number), axis=0)
    coords = np.column_stack([upper, np.concatenate([fiber.coords[:, 0] for fiber in fibers])])
    return SparseTensor.from_coordinates(shape, coords, np.concatenate([fiber.values for fiber in fibers]))


@functools.lru_cache(maxsize=256)
def csf_pair(name: str) -> tuple[Csf, Csf]:
    """Return A and B of a workload in Compressed Sparse Fiber form."""
    a, b = operands(name)
    return Csf.from_tensor(a), Csf.from_tensor(b)


@functools.lru_cache(maxsize=256)
def expected(name: str, fmt: str) -> ContractionResult:
    """Return the expected results of a workload in a value format."""
    return contract(*operands(name), fmt)
