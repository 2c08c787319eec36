# SPDX-License-Identifier: Apache-2.0
"""What the chip has delivered, compared with the exact model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flaash.driver import MachineError
from models.compare import disagreements
from models.contract import ContractionResult, contract
from models.numbers import NumberFormat
from sim.serve import RANGE, Delivery, Order

TIMES = ("CntCycles", "CntLoadCycles", "CntUnloadCycles")


def expected(order: Order, fmt: NumberFormat) -> ContractionResult:
    """Return the model's result."""
    return contract(order.a.to_tensor(), order.b.to_tensor(), fmt)


def counts(result: ContractionResult) -> dict[str, int]:
    """Return the model's values of the counters that do not depend on time."""
    return {"CntJobs": result.jobs, "CntMatches": result.matches, "CntZeroUnderflow": result.zeros_underflow}


def refused(result: ContractionResult, error: MachineError) -> Delivery:
    """Return the delivery of a contraction that the chip has ended with an error.

    It is right where the model says that a result does not fit its format.
    """
    wrong = [] if error.name == RANGE and result.range_errors else [str(error)]
    times = dict.fromkeys(TIMES, 0)
    return Delivery(result.coords[:0], result.bits[:0], error.name, counts(result) | times, 0, 0, wrong)


def compared(order: Order, result: ContractionResult, coords: np.ndarray, bits: np.ndarray) -> list[str]:
    """Return a sentence for each result that differs from the model's."""
    return disagreements(result, coords, bits, order.a, order.b)


def miscounted(result: ContractionResult, counters: Mapping[str, int]) -> list[str]:
    """Return a sentence for each counter of the chip that differs from the model's."""
    return [
        f"{name} is {counters[name]:,}, the model says {count:,}"
        for name, count in counts(result).items()
        if counters[name] != count
    ]
