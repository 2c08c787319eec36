# SPDX-License-Identifier: Apache-2.0
"""numpy's einsum and tensordot on the FLAASH accelerator: exact model, simulated chip.

    from flaash import einsum
    scores = einsum("bqd,bkd->bqk", queries, keys, config="fast8")

docs/einsum.md begins with a layer and ends with the report; einsum() lists all arguments.
"""

from flaash.api import einsum, tensordot
from flaash.backends import Backend, Chip, Model, close
from flaash.errors import DisagreementError, EinsumError
from flaash.report import Report, Step
from models.tensor import SparseTensor
from tb.env.serve import SessionError

__all__ = ["Chip", "DisagreementError", "EinsumError", "Model", "Backend", "Report", "SessionError",
           "SparseTensor", "Step", "close", "einsum", "tensordot"]
