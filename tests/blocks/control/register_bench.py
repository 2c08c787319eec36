# SPDX-License-Identifier: Apache-2.0
"""Shared by the benches of flaash_registers: bits by name, the start of a bench, the status."""

from models.device.registers import mask
from tb.common.bench import start
from tb.common.rtl_constants import ERRORS, STATUS_BITS
from tests.blocks.control.register_port import RegisterPort, start_counting

START, SOFT_RESET, ABORT = map(mask, ("ControlStart", "ControlSoftReset", "ControlAbort"))
DONE, DRAINED, ERROR = map(mask, ("IrqDone", "IrqDrained", "IrqError"))


def code(name: str) -> int:
    """Return the number of an error code."""
    return ERRORS[name].value


def error(name: str, place: int = 0) -> dict[str, int]:
    """Return members of error_t."""
    return {"valid": 1, "code": code(name), "place": place}


async def status_of(port: RegisterPort) -> set[str]:
    """Return the names of the status bits that are set, without "Status"."""
    status = await port.read("RegStatus")
    return {name.removeprefix("Status") for name, bit in STATUS_BITS.items() if status >> bit.value & 1}


async def begin(dut):
    """Start the bench: returns (random, port, counts of start_o and soft_reset_o pulses)."""
    port = RegisterPort(dut)
    random = await start(dut)
    return random, port, start_counting(dut, "start_o", "soft_reset_o")
