# SPDX-License-Identifier: Apache-2.0
"""A transport to a simulated chip in a process of its own: its registers and memory, as a board has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from flaash.backends import MODEL, machine_of
from flaash.driver import StandIn
from flaash.errors import EinsumError
from models.device.layout import FEATURES, HARDWARE
from sim.configs import Config
from sim.interfaces import MEMORY
from sim.serve import Session, SessionError
from sim.toolchain import SIMULATORS, ToolMissing

MODULE = "flaash.serve.bus"


class SimulatedMachine:
    """The simulated chip with the memory interface; `memory` and `registers` are a transport for the driver.

    Args:
        config: of the chip.
        simulator: "verilator" or "icarus".
        timeout: seconds after which an access ends with an error, None for never.

    Attributes:
        features: of models.device.layout.FEATURES that the chip has.
        cycles: of the simulation so far.
    """

    features = HARDWARE

    def __init__(self, config: Config, simulator: str, timeout: float | None = None):
        self._session = Session(config, simulator, MODULE, MEMORY)
        self._timeout, self.cycles = timeout, 0
        self._lost = ""
        base, size = self.ask("place")
        self.memory, self.registers = _Memory(self, base, size), _Registers(self)

    def ask(self, *message: Any) -> Any:
        """Send a message to flaash.serve.bus and return the value of its response.

        Raises:
            SessionError: the simulation has ended, now or before. A new one would lack the contents of the memory.
        """
        if self._lost:
            raise SessionError(f"the simulated chip and its memory are lost: {self._lost}")
        try:
            value, self.cycles = self._session.exchange(message, self._timeout)
        except BaseException as error:
            self._lost = str(error) or type(error).__name__
            raise
        return value

    def check(self, written: list[tuple[int, int]]) -> str:
        """Return what the chip has written elsewhere than in these pieces (first address, end), "" for nothing."""
        self.ask("allow", written)
        return self.ask("check")

    def close(self) -> None:
        """End the simulation."""
        self._lost = self._lost or "it was closed"
        self._session.close()


class _Memory:
    """See flaash.driver.Memory."""

    def __init__(self, machine: SimulatedMachine, base: int, size: int):
        self._machine, self.base, self.size = machine, base, size

    async def read(self, address: int, length: int) -> bytes:
        return self._machine.ask("read", address, length)

    async def write(self, address: int, data: bytes | memoryview | np.ndarray) -> None:
        self._machine.ask("write", address, bytes(data))


class _Registers:
    """See flaash.driver.Registers."""

    def __init__(self, machine: SimulatedMachine):
        self._machine = machine

    async def read(self, address: int) -> int:
        return self._machine.ask("read_register", address)

    async def write(self, address: int, value: int) -> None:
        self._machine.ask("write_register", address, value)

    async def wait(self) -> None:
        self._machine.ask("wait")


def find_machine(on: Any, config: str, timeout: float | None) -> Any:
    """Return a transport.

    Args:
        on, config, timeout: as for flaash.Device.

    Raises:
        EinsumError: there is no such machine or configuration.
    """
    if not isinstance(on, str):
        if not (hasattr(on, "memory") and hasattr(on, "registers")):
            raise EinsumError(f"on={on!r} is no transport: it needs memory and registers")
        return on
    if on not in (MODEL, *SIMULATORS):
        raise EinsumError(f"on={on!r}: there is no such machine, choose one of {', '.join((MODEL, *SIMULATORS))}")
    chosen = machine_of(config).config
    if on == MODEL:
        build = chosen.identity()
        return StandIn(
            build.fmt.name,
            build.lanes,
            build.lines,
            build.nodes,
            build.fibers,
            build.coord_width,
            engines=build.engines,
            engine=build.engine,
            features=FEATURES,
        )
    try:
        return SimulatedMachine(chosen, on, timeout)
    except ToolMissing as error:
        raise EinsumError(str(error)) from None
