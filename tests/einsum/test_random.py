# SPDX-License-Identifier: Apache-2.0
"""Random calls of einsum against numpy in exact arithmetic: on the model, and on the simulated chip.

The suite draws a few; tests/regress/long_einsum.py the full number.
"""

import functools

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import flaash
from flaash.backends import find
from tests.einsum.cases import FORMATS, cases, exact, to_dense
from tests.share import amount

CONFIGS = {"fp32": "tiny", "bf16": "bf16", "int8": "int8"}
ON_MODEL, ON_CHIP = amount(60, 120), 5  # cases for each format


def agree(fmt: str, on: str, count: int, seed: int, most_operands: int = 3, shrink: bool = True) -> int:
    """Compare `count` random calls with numpy in exact arithmetic; return their number."""
    backend, compared = find(on, CONFIGS[fmt]), []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        phases=list(hypothesis.Phase) if shrink else [hypothesis.Phase.generate],
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(cases(fmt, most_operands), st.sampled_from([None, "numpy", "tensor"]))
    def run(case, kind) -> None:
        result, report = flaash.einsum(case.subscripts, *case.operands(), on=backend, kind=kind, return_report=True)
        compared.append(report)
        expected = exact(case, fmt)
        assert np.shape(to_dense(result)) == expected.shape
        np.testing.assert_array_equal(to_dense(result).astype(np.float64), expected)
        assert on == "model" or report.checked or not report.runs

    run()
    return len(compared)


@pytest.mark.parametrize("fmt", FORMATS)
def test_model(fmt: str, seed: int) -> None:
    assert agree(fmt, "model", ON_MODEL, seed) >= ON_MODEL


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("fmt", FORMATS)
def test_chip(fmt: str, simulator: str, seed: int) -> None:
    try:
        assert agree(fmt, simulator, ON_CHIP, seed, most_operands=2) >= ON_CHIP
    finally:
        flaash.close()


def test_a_wrong_sum_is_noticed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above notices a result that differs in its last place."""
    right = flaash.api._finish

    @functools.wraps(right)
    def wrong(*arguments):
        result, report = right(*arguments)
        dense = to_dense(result)
        return np.where(dense != 0, np.nextafter(dense, np.inf, dtype=dense.dtype), dense), report

    monkeypatch.setattr(flaash.api, "_finish", wrong)
    with pytest.raises(AssertionError):
        agree("fp32", "model", ON_MODEL, seed, shrink=False)
