# SPDX-License-Identifier: Apache-2.0
"""The numbers of the hardware for the environment; models/constants.py says where the numbers come from."""

from models.constants import (
    CONSTANTS,
    CONTROL_BITS,
    COUNTERS,
    DMA,
    ENGINES,
    ERRORS,
    FORMATS,
    FRAME_ERRORS,
    IRQ_BITS,
    MEMORIES,
    MODE_BITS,
    REGISTERS,
    SCHEDULERS,
    STATUS_BITS,
    Constant,
    Register,
    error_name,
)

__all__ = [
    "CONSTANTS",
    "CONTROL_BITS",
    "COUNTERS",
    "DMA",
    "ENGINES",
    "ERRORS",
    "FORMATS",
    "FRAME_ERRORS",
    "IRQ_BITS",
    "MEMORIES",
    "MODE_BITS",
    "REGISTERS",
    "SCHEDULERS",
    "STATUS_BITS",
    "Constant",
    "Register",
    "error_name",
]
