# SPDX-License-Identifier: Apache-2.0
"""The same contractions in numpy, scipy.sparse, pydata/sparse and PyTorch, on one thread.

    python -m bench.software WORKLOAD..     prints {workload: {way: microseconds}} as JSON

Before the clock starts, operands are converted to the best form for a way; the result keeps the form in which
it is returned. A way is called until a batch takes BATCH seconds, and batches are repeated. The best batch
counts, because other load of the computer can only add to a batch.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from sim.toolchain import ROOT

ONE_THREAD = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "BLIS_NUM_THREADS")
}
TORCH_THREADS = 1
# Seconds, and how many: short batches, of which some fall between the other load of a computer.
BATCH, BATCHES = 0.002, 50

# Ways by name, and whether both operands stay sparse.
BOTH_SPARSE = {
    "numpy": False,
    "scipy_mixed": False,
    "scipy": True,
    "pydata_mixed": False,
    "pydata": True,
    "torch_dense": False,
    "torch_coo_mixed": False,
    "torch_csr_mixed": False,
    "torch_coo": True,
    "torch_csr": True,
}
TORCH_SPARSE = ("torch_coo", "torch_csr")  # PyTorch's contraction of two sparse tensors
WAYS = tuple(BOTH_SPARSE)


def available() -> tuple[str, ...]:
    """Return the ways whose library is installed; make installs all but PyTorch."""
    torch = importlib.util.find_spec("torch") is not None
    return tuple(way for way in WAYS if torch or not way.startswith("torch"))


def prepare(way: str, workload: str) -> Callable[[], object]:
    """Return the function that contracts a workload in this way, operands converted; slices give a list."""
    from bench.workloads import operands, parts

    library, _, form = way.partition("_")
    slices = [
        _LIBRARIES[library](
            *(tensor.to_dense().astype(np.float32).reshape(-1, tensor.shape[-1]) for tensor in operands(part)), form
        )
        for part in parts(workload)
    ]
    return slices[0] if len(slices) == 1 else lambda: [contract() for contract in slices]


def _numpy(a, b, form):
    turned = np.ascontiguousarray(b.T)
    return lambda: a @ turned


def _scipy(a, b, form):
    from scipy.sparse import csr_array

    left = csr_array(a)
    right = np.ascontiguousarray(b.T) if form == "mixed" else csr_array(b.T)
    return lambda: left @ right


def _pydata(a, b, form):
    import sparse

    if form == "mixed":  # rows first is the faster form here, coordinates below
        left, right = sparse.GCXS.from_numpy(a, compressed_axes=[0]), np.ascontiguousarray(b.T)
    else:
        left, right = sparse.COO.from_numpy(a), sparse.COO.from_numpy(b.T)
    return lambda: left @ right


def _torch(a, b, form):
    import torch

    torch.set_num_threads(TORCH_THREADS)
    left, right = torch.from_numpy(a.copy()), torch.from_numpy(b.T.copy())
    layout, _, mixed = form.partition("_")
    if layout != "dense":
        convert = torch.Tensor.to_sparse_csr if layout == "csr" else torch.Tensor.to_sparse
        left, right = convert(left), right if mixed else convert(right)
    return lambda: left @ right


_LIBRARIES = {"numpy": _numpy, "scipy": _scipy, "pydata": _pydata, "torch": _torch}


def microseconds(function: Callable[[], object]) -> float:
    """Return the time of one call in the best batch; the first call (compilation) does not count."""
    function()
    calls, taken = 1, _time(function, 1)
    while taken < BATCH:
        calls *= 2
        taken = _time(function, calls)
    return min(_time(function, calls) / calls for _ in range(BATCHES)) * 1e6


def _time(function: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        function()
    return time.perf_counter() - began


def measure(workloads: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the microseconds of each workload in each way, measured in a process of one thread."""
    if not workloads:
        return {}
    result = subprocess.run(
        [sys.executable, "-m", "bench.software", *workloads],
        cwd=ROOT,
        check=True,
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(result.stdout)


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of the libraries."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in ("numpy", "scipy", "sparse", "torch"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    ways = available()
    print(
        json.dumps({workload: {way: microseconds(prepare(way, workload)) for way in ways} for workload in sys.argv[1:]})
    )


if __name__ == "__main__":
    main()
