# SPDX-License-Identifier: Apache-2.0
"""Host driver of the chip: descriptors at the memory interface, frames at the stream interface. Knows no simulator."""

from flaash.driver.accelerator import Accelerator, Settings
from flaash.driver.arrange import arrange
from flaash.driver.arrays import Operand
from flaash.driver.device import Device
from flaash.driver.errors import DriverError, MachineError, OutOfMemory, SlowPortion, WrongMachine
from flaash.driver.registers import RegisterFile
from flaash.driver.result import Result
from flaash.driver.ring import Ring
from flaash.driver.stream import StreamDevice
from flaash.driver.transport import Memory, Registers, Streams, run
from flaash.driver.uio import Uio
from models.device.build import Build
from models.device.standin import StandIn
from models.numbers import Finish

__all__ = [
    "Accelerator",
    "Build",
    "Device",
    "DriverError",
    "Finish",
    "MachineError",
    "Memory",
    "Operand",
    "OutOfMemory",
    "RegisterFile",
    "Registers",
    "Result",
    "Ring",
    "Settings",
    "SlowPortion",
    "StandIn",
    "StreamDevice",
    "Streams",
    "Uio",
    "WrongMachine",
    "arrange",
    "run",
]
