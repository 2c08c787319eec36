# SPDX-License-Identifier: Apache-2.0
"""Accepts a valid/ready stream that leaves the hardware, with stalls."""

from collections.abc import Iterator

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge


class StreamSink:
    """Drives `<name>_ready_i`, one pause decision per cycle.

    Args:
        entity, name, clock: as for StreamDriver.
        stalls: True for a cycle in which nothing is accepted; None accepts always.
    """

    def __init__(self, entity: SimHandleBase, name: str, clock: SimHandleBase, stalls: Iterator[bool] | None = None):
        self._ready = getattr(entity, f"{name}_ready_i")
        self._clock = clock
        self._ready.value = 1
        if stalls is not None:
            cocotb.start_soon(self._run(stalls))

    async def _run(self, stalls: Iterator[bool]) -> None:
        for pause in stalls:
            self._ready.value = int(not pause)
            await RisingEdge(self._clock)
