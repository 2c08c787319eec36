# SPDX-License-Identifier: Apache-2.0
"""Host driver of the memory edge: operands into memory, descriptors, results. Knows no simulator."""

from flaash.driver.accelerator import Accelerator, Settings
from flaash.driver.arrange import arrange
from flaash.driver.arrays import Operand
from flaash.driver.device import Build, Device
from flaash.driver.errors import DriverError, MachineError, OutOfMemory, WrongMachine
from flaash.driver.result import Result
from flaash.driver.standin import StandIn
from flaash.driver.transport import Memory, Registers, run

__all__ = [
    "Accelerator",
    "Build",
    "Device",
    "DriverError",
    "MachineError",
    "Memory",
    "Operand",
    "OutOfMemory",
    "Registers",
    "Result",
    "Settings",
    "StandIn",
    "WrongMachine",
    "arrange",
    "run",
]
