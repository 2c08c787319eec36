# SPDX-License-Identifier: Apache-2.0
"""What the simulated chip of flaash delivers is compared with the model, in bits and in counts."""

import numpy as np
import pytest

from flaash.driver import MachineError
from flaash.serve.compare import compared, counts, expected, miscounted, refused
from models.constants import ERRORS
from models.csf import Csf
from models.numbers import get_format
from models.tensor import SparseTensor
from sim.machines import Settings
from sim.serve import RANGE, Order

FORMAT = get_format("fp32")


@pytest.fixture
def order() -> Order:
    values = np.arange(1.0, 7.0).reshape(2, 3)
    return Order(*[Csf.from_tensor(SparseTensor.from_dense(values))] * 2, Settings(0))


def test_right_results_are_right(order: Order) -> None:
    result = expected(order, FORMAT)
    assert not compared(order, result, result.coords[::-1], result.bits[::-1])
    assert not miscounted(result, counts(result))


def test_each_wrong_result_is_named(order: Order) -> None:
    result = expected(order, FORMAT)
    bits = result.bits.copy()
    bits[1] ^= np.uint64(1)
    (altered,) = compared(order, result, result.coords, bits)
    assert altered.startswith("result (0, 1) is 0x") and "the model says" in altered
    (missing,) = compared(order, result, result.coords[1:], result.bits[1:])
    assert "is missing" in missing and "3 results left where 4 were expected" in missing


def test_a_wrong_count_is_named(order: Order) -> None:
    result = expected(order, FORMAT)
    assert miscounted(result, {**counts(result), "CntMatches": 11}) == ["CntMatches is 11, the model says 12"]


def test_an_error_of_the_chip_is_right_only_where_the_model_has_it(order: Order) -> None:
    """A sum that leaves the range of its format; every other error is one of the chip."""
    result = expected(order, FORMAT)
    for name in (RANGE, "ErrAborted"):
        delivery = refused(result, MachineError(ERRORS[name].value, 0))
        assert delivery.error == name and delivery.mismatches and not len(delivery.bits)
    pair = [Csf.from_tensor(SparseTensor.from_dense(np.full((1, 2**17), -128.0)))] * 2
    beyond = expected(Order(*pair, Settings(0)), get_format("int8"))
    assert beyond.range_errors and not refused(beyond, MachineError(ERRORS[RANGE].value, 0)).mismatches
