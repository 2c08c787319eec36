# SPDX-License-Identifier: Apache-2.0
"""The registers of a machine by name, at either interface."""

from __future__ import annotations

from typing import Protocol

from flaash.driver.errors import WrongMachine
from flaash.driver.transport import Registers
from models.constants import COUNTERS
from models.device.registers import ADDRESSES, CHIP, mask
from models.numbers import FORMATS, NumberFormat


class ByName(Protocol):
    """Registers by name."""

    async def read(self, name: str) -> int:
        """Return a register."""

    async def write(self, name: str, value: int) -> None:
        """Write a register."""


class RegisterFile:
    """Registers by name over a transport.

    Args:
        port: the registers of the transport.

    Attributes:
        port: the same.
    """

    def __init__(self, port: Registers):
        self.port = port

    async def read(self, name: str) -> int:
        """Return a register."""
        return await self.port.read(ADDRESSES[name])

    async def write(self, name: str, value: int) -> None:
        """Write a register."""
        await self.port.write(ADDRESSES[name], value)

    async def format(self) -> NumberFormat:
        """Return the value format of the chip.

        Raises:
            WrongMachine: the registers belong to no chip.
        """
        found = await self.read("RegId")
        if found != CHIP:
            raise WrongMachine(f"RegId is {found:#010x}, this is no FLAASH chip")
        code = await self.read("RegFormat")
        return next(fmt for fmt in FORMATS.values() if fmt.code == code)

    async def counter(self, name: str) -> int:
        """Return a performance counter, low word first."""
        low = await self.read(name)
        return low | await self.read(f"{name}High") << 32

    async def counters(self) -> dict[str, int]:
        """Return all performance counters."""
        return {name: await self.counter(name) for name in COUNTERS}

    async def steps(self) -> list[int]:
        """Return the steps of each engine."""
        steps = []
        for engine in range(await self.read("RegNumSdpe")):
            await self.write("RegSdpeSelect", engine)
            steps.append(await self.read("RegSdpeSteps"))
        return steps

    async def has(self, register: str, *names: str) -> bool:
        """Return whether one of these bits of a register is set."""
        return bool(await self.read(register) & mask(*names))

    async def status(self, name: str) -> bool:
        """Return a bit of RegStatus."""
        return await self.has("RegStatus", name)

    async def wait_while(self, name: str) -> None:
        """Poll RegStatus until a bit is 0; the transport decides how long that may take."""
        while await self.status(name):
            pass

    async def command(self, *names: str) -> None:
        """Write commands to RegControl."""
        await self.write("RegControl", mask(*names))

    async def soft_reset(self) -> None:
        """Reset the machine and wait for the end; the host must continue to accept results meanwhile."""
        await self.command("ControlSoftReset")
        await self.wait_while("StatusBusy")
