# SPDX-License-Identifier: Apache-2.0
"""Every wait of a host of the memory edge has an end: a guard fails the test when nothing moves any more."""

from __future__ import annotations

import functools
from collections.abc import Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotbext.axi import AxiLiteMaster

from tb.agents.axil.driver import carry_out
from tb.common.rtl_constants import EDGE
from tb.edge.memory import BusMemory
from tb.env.hang import PERIOD, HangError, HangGuard

RING = [EDGE.registers[name] for name in ("RegEdgeStatus", "RegRingHead", "RegRingTail")]
_hangs: list[str] = []  # of the tests before, in this simulation


def guard(
    dut: SimHandleBase, bus: BusMemory, master: AxiLiteMaster, writes: Callable[[], tuple], period: int = PERIOD
) -> None:
    """Let the test fail when neither the bus, nor a write of a register, nor the chip moves for a period.

    Raises:
        HangError: an earlier test of this simulation has hung, so this one would only take the same time.
    """
    if _hangs:
        raise HangError(f"not run, for a test before has hung: {_hangs[0]}")

    async def watch() -> None:
        try:
            await HangGuard(
                dut,
                lambda: (*bus.moved, *writes()),
                bus.outstanding,
                functools.partial(carry_out, master),
                period,
                shown=RING,
            ).watch()
        except HangError as error:
            _hangs.append(str(error).split("\n", 1)[0])
            raise

    cocotb.start_soon(watch())
