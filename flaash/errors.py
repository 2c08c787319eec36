# SPDX-License-Identifier: Apache-2.0
"""What a wrong call raises."""

from models.errors import TensorError


class EinsumError(TensorError, ValueError):
    """A call that can't be carried out: one sentence that names index, operand and extents.

    numpy raises ValueError in these cases, so this is one, too.
    """


class DisagreementError(AssertionError):
    """The chip delivered something else than the reference model: the hardware is wrong."""
