# SPDX-License-Identifier: Apache-2.0
"""numpy's einsum and tensordot on the FLAASH accelerator: exact model, simulated chip.

    from flaash import einsum
    scores = einsum("bqd,bkd->bqk", queries, keys, config="fast8")

docs/einsum.md begins with a layer and ends with the report; einsum() lists all arguments.
"""

import tomllib
from pathlib import Path

from flaash.api import einsum, tensordot
from flaash.backends import Backend, Chip, Model, close
from flaash.chips import Chips
from flaash.device import Device, DeviceReport, DeviceStep, Tensor
from flaash.errors import DisagreementError, EinsumError
from flaash.report import Report, Step
from models.tensor import SparseTensor
from sim.serve import SessionError

# In a package beside this file, in a checkout above.
_PROJECT = next(path for folder in Path(__file__).parents[:2] if (path := folder / "pyproject.toml").exists())
__version__: str = tomllib.loads(_PROJECT.read_text())["project"]["version"]


def __dir__() -> list[str]:
    """Return the names that are meant for users; modules that were imported on the way are none."""
    return sorted([*__all__, "__version__"])


__all__ = [
    "Chip",
    "Chips",
    "Device",
    "DeviceReport",
    "DeviceStep",
    "DisagreementError",
    "EinsumError",
    "Model",
    "Backend",
    "Report",
    "SessionError",
    "SparseTensor",
    "Step",
    "Tensor",
    "close",
    "einsum",
    "tensordot",
]
