# SPDX-License-Identifier: Apache-2.0
"""Attention scores of sparse queries and keys, exact: on the model, then on a simulated chip.

.venv/bin/python examples/einsum/scores.py [model|verilator|icarus ..]
"""

import sys

import numpy as np

import flaash
from flaash import Report, SparseTensor


def sparse(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return an array of which a tenth of the elements is not zero."""
    return rng.normal(size=shape).astype(np.float32) * (rng.random(shape) < 0.1)


def scores(queries: np.ndarray, keys: np.ndarray, where: str) -> tuple[SparseTensor, Report]:
    """Return the scores as a tensor of their non-zeros, and what the call has cost."""
    result, report = flaash.einsum(
        "bqd,bkd->bqk", queries, keys, on=where, config="tiny", kind="tensor", return_report=True
    )
    return result, report


def main(places: list[str]) -> None:
    rng = np.random.default_rng(1)
    queries, keys = sparse(rng, 2, 5, 32), sparse(rng, 2, 7, 32)
    expected = np.einsum("bqd,bkd->bqk", queries, keys, dtype=np.float64)
    for where in places:
        result, report = scores(queries, keys, where)
        np.testing.assert_allclose(result.to_dense(), expected, rtol=1e-6, atol=1e-6)
        cycles: int | None = report.cycles
        print(f"{where}: {result!r}, cycles: {cycles}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["model"])
