# SPDX-License-Identifier: Apache-2.0
"""What the driver needs of a machine: its memory and its registers, as two small protocols.

The methods are coroutines, because in a simulation each of them takes simulated time. Those of a board need
not wait for anything: an `async def` that calls a library and returns will do, and then run() makes plain
calls of the driver's coroutines. The driver itself waits for nothing but these methods, so it runs under
cocotb as well as under asyncio or without any event loop.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

import numpy as np


class Memory(Protocol):
    """The memory that machine and host share.

    Attributes:
        base: address of the first byte that the driver may use.
        size: bytes from there on.
    """

    base: int
    size: int

    async def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes from an address on."""

    async def write(self, address: int, data: bytes | memoryview | np.ndarray) -> None:
        """Write bytes from an address on; the machine sees them before a later write of a register."""


class Registers(Protocol):
    """The registers of the machine, 32 bits each."""

    async def read(self, address: int) -> int:
        """Return the value of the register at a byte address."""

    async def write(self, address: int, value: int) -> None:
        """Write the register at a byte address."""

    async def wait(self) -> None:
        """Return when the interrupt line is high; sooner is allowed, the driver looks and waits again.

        How long a machine may take is the transport's to say: what it raises ends the call of the driver.
        """


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Carry out a coroutine of the driver whose transport never waits, and return its result.

    Raises:
        TypeError: the transport waits for an event loop, so the call must be awaited.
    """
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value
    work.close()
    raise TypeError("this transport waits for its event loop: await the coroutine there instead")
