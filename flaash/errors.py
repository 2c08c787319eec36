# SPDX-License-Identifier: Apache-2.0
"""The exceptions of a wrong call."""

from models.errors import TensorError


class EinsumError(TensorError, ValueError):
    """A call that can't be carried out: one sentence that names index, operand and extents.

    numpy raises ValueError in these cases, so this is one, too.
    """


class DisagreementError(AssertionError):
    """The results of chip and reference model differ: the hardware is wrong."""
