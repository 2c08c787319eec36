# SPDX-License-Identifier: Apache-2.0
"""The driver's interface to a machine: its registers, and its memory or its streams, as small protocols.

The methods are coroutines, because in a simulation each of them takes simulated time. The methods of a board
need not wait: an `async def` that calls a library and returns is enough. run() then makes plain calls of the
driver's coroutines. The driver itself waits only for these methods, so it runs under cocotb, under asyncio,
or without any event loop.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
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
        """Return when the interrupt line is high; an earlier return is allowed, the driver checks again.

        The transport decides how long a machine may take: an exception here ends the call of the driver.
        """


class Streams(Protocol):
    """The two streams of a machine with a stream interface; a beat is an integer of 16 bytes, the first one lowest."""

    async def send(self, *frames: Sequence[int]) -> None:
        """Send the beats of operand frames, one after the other; return when the last beat is accepted."""

    async def receive(self) -> Sequence[int]:
        """Return the beats of the next result frame; wait until it is complete."""


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
