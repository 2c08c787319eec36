# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: lets the caller's driver reach the registers and the memory of the simulated chip.

Between two messages no cycle passes. Each response has the cycles since the start of the simulation.
"""

from __future__ import annotations

from typing import Any

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time

from flaash.serve import memory
from flaash.serve.memory import BASE, SIZE
from flaash.serve.watched import Chip
from sim.clock import start
from sim.direct import DirectMemory
from sim.serve import serve_messages

train = memory.train  # the same chip


@cocotb.test()
async def serve(dut: SimHandleBase) -> None:
    """Serve until the socket is closed."""
    chip = Chip(dut, DirectMemory(dut, BASE, SIZE))
    await start(dut)

    def allow(pieces: list[tuple[int, int]]) -> None:
        chip.bus.bytes.allowed += pieces

    def check() -> str:
        """Compare each byte that the chip must not write; return a sentence if one has changed."""
        try:
            chip.bus.bytes.check()
        except AssertionError as error:
            return str(error)
        return ""

    async def place() -> tuple[int, int]:
        return BASE, SIZE

    functions = {
        "read": chip.memory.read,
        "write": chip.memory.write,
        "read_register": chip.registers.read,
        "write_register": chip.registers.write,
        "wait": chip.registers.wait,
        "place": place,
    }
    at_once = {"allow": allow, "check": check}

    async def respond(message: tuple[str, ...]) -> tuple[Any, int]:
        name, *arguments = message
        value = at_once[name](*arguments) if name in at_once else await functions[name](*arguments)
        return value, round(get_sim_time("ns"))

    await serve_messages(respond)
