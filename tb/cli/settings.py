# SPDX-License-Identifier: Apache-2.0
"""The numeric settings of `make sim`, and warnings of those that make a run much slower than the host would."""

from __future__ import annotations

import numpy as np

from models.csf import Csf
from models.portion_cost import portion_cost
from models.tensor import SparseTensor
from sim import configs
from sim.configs import Config
from tb.cli.common import UsageError


def number(name: str, text: str, unit: str) -> int:
    """Return the value of a setting.

    Raises:
        UsageError: it is no number that a register holds.
    """
    if not text.isdecimal() or int(text) >= 2**32:
        raise UsageError(f"{name}={text} is not a number of {unit}")
    return int(text)


def portion(text: str, config: Config) -> int:
    """Return the value of PORTION.

    Raises:
        UsageError: it is no number, or the configuration has no portions.
    """
    value = number("PORTION", text, "entries")
    if value and not config.can_split:
        able = [name for name in configs.names() if configs.load(name).can_split]
        raise UsageError(f"CONFIG={config.name} can't split dot products (its Portions is 0); {' and '.join(able)} can")
    return value


def seed(text: str) -> int:
    """Return the value of SEED.

    Raises:
        UsageError: it is none.
    """
    try:
        value = int(text)
    except ValueError:
        raise UsageError(f"SEED={text} is not an integer") from None
    if not 0 <= value < 2**31:
        raise UsageError(f"SEED={text} is not between 0 and {2**31 - 1}")
    return value


def warnings(config: Config, operands: tuple[SparseTensor, SparseTensor], most: int, long_lines: int) -> list[str]:
    """Return a sentence for each setting that makes a run much slower than the host's choice, or does nothing.

    LONG_LINES is never much slower: the second pass looks at half of the jobs, one in a cycle.

    Args:
        config: of the hardware.
        operands: the contracted mode last.
        most: entries of a portion, 0 for none.
        long_lines: lines of a long job, 0 for jobs in order.
    """
    lengths = [np.diff(Csf.from_tensor(operand).fiber_bounds(), axis=1).ravel() for operand in operands]
    engine, found = str(config["Engine"]), []
    cost = portion_cost(*lengths, int(config["Lanes"]), int(config["NumSdpe"]), most)
    if cost.warning:
        found.append(f"PORTION={most}: {cost.warning}")
    if long_lines and engine == "resident":
        found.append(f"LONG_LINES={long_lines} changes nothing: the plan of CONFIG={config.name} cuts the work")
    return found
