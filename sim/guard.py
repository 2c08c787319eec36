# SPDX-License-Identifier: Apache-2.0
"""Every wait of a host has an end: a guard fails the test when nothing moves any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cocotb
from cocotb.handle import SimHandleBase

from models.constants import DMA, Register
from sim.hang import PERIOD, HangError, HangGuard
from sim.transport import SimRegisters

RING = [DMA.registers[name] for name in ("RegDmaStatus", "RegRingHead", "RegRingTail")]
_hangs: list[str] = []  # of the tests before, in this simulation


def guard(
    dut: SimHandleBase,
    registers: SimRegisters,
    moved: Callable[[], tuple],
    outstanding: Callable[[], list[str]],
    period: int = PERIOD,
    shown: Sequence[Register] = (),
    silence: Callable[[], int] = lambda: 0,
) -> None:
    """Let the test fail when neither a bus, nor a write of a register, nor the chip moves for a period.

    Args:
        dut: the chip's top.
        registers: of the host.
        moved: returns values that change with each transfer of data.
        outstanding: returns sentences on outstanding work.
        period: in cycles.
        silence: as for HangGuard.
        shown: registers of one interface that the report of a hang shows, too.

    Raises:
        HangError: an earlier test of this simulation has hung, so this one would only take the same time.
    """
    if _hangs:
        raise HangError(f"not run, for a test before has hung: {_hangs[0]}")

    async def watch() -> None:
        try:
            await HangGuard(
                dut,
                lambda: (*moved(), registers.writes),
                outstanding,
                registers.read_words,
                period,
                silence,
                shown,
            ).watch()
        except HangError as error:
            _hangs.append(str(error).split("\n", 1)[0])
            raise

    cocotb.start_soon(watch())
