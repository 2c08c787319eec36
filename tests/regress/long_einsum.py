# SPDX-License-Identifier: Apache-2.0
"""Runs that take too long for the suite: thousands of random calls of einsum, and hundreds on the chip."""

import numpy as np
import pytest

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
        assert flaash.einsum("i,i", most[1:], most[1:], on=chip) == 2**31 - 2**14
    finally:
        chip.close()
