# SPDX-License-Identifier: Apache-2.0
"""Runs that take too long for the suite: thousands of random calls of einsum, and hundreds on the chip."""

import numpy as np
import pytest
import scipy.sparse

import flaash
from tests.einsum.cases import FORMATS
from tests.einsum.test_random import agree

ON_MODEL, ON_CHIP = 700, 50  # cases for each of the three formats


@pytest.mark.parametrize("fmt", FORMATS)
def test_model(fmt: str, seed: int) -> None:
    assert agree(fmt, "model", ON_MODEL, seed) >= ON_MODEL


@pytest.mark.parametrize("fmt", FORMATS)
def test_chip(fmt: str, simulator: str, seed: int) -> None:
    try:
        assert agree(fmt, simulator, ON_CHIP, seed) >= ON_CHIP
    finally:
        flaash.close()


def test_a_sum_that_leaves_the_integers_of_the_result() -> None:
    """2^17 products of -128 and -128: the machine reports it, and the next call is right.

    On Verilator only: 15 minutes on Icarus, nearly all of them loading.
    """
    most = np.full(2**17, -128.0)
    chip = flaash.Chip("int8:CoordWidth=17,MemLines=32768", "verilator")
    try:
        with pytest.raises(flaash.EinsumError, match="does not fit the 32 bits of a result of int8"):
            flaash.einsum("i,i", most, most, on=chip)
        with pytest.raises(flaash.EinsumError, match="does not fit the 32 bits of a result of int8"):
            flaash.einsum("ij,j", np.stack([most, most]), most, on=chip)  # in tiles
        assert flaash.einsum("i,i", most[1:], most[1:], on=chip) == 2**31 - 2**14
    finally:
        chip.close()


@pytest.mark.parametrize("config", ["fast8"])
def test_operands_of_a_thousand_rows_are_tiled(config: str, seed: int) -> None:
    """On Verilator only: a million dot products."""
    rng = np.random.default_rng(seed)
    a, b = (scipy.sparse.random_array((1024, 1024), density=0.2, rng=rng) for _ in range(2))
    try:
        found, report = flaash.einsum("ij,jk->ik", a, b, config=config, return_report=True)
    finally:
        flaash.close()
    assert report.checked and report.pairs > 1 and "pairs of tiles" in str(report)
    np.testing.assert_allclose(found.toarray(), (a @ b).toarray(), rtol=1e-4)
