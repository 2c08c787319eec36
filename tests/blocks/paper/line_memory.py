# SPDX-License-Identifier: Apache-2.0
"""The tensor memory of a bench: lines at req_* and rsp_* of a module, with a latency and refusals."""

from collections import deque
from collections.abc import Callable

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, zero
from tb.common.stalls import STALLS
from tests.blocks.ports import now


class LineMemory:
    """Responds to each request after `latency` cycles, in order; a reset forgets requests.

    Attributes:
        line: returns the line of a port at an address.
    """

    def __init__(self, dut: SimHandleBase, latency: int, stalls: list[str], line: Callable[[int, int], int]):
        self.dut, self.latency, self.line = dut, latency, line
        self._due: list[deque[tuple[int, int]]] = [deque() for _ in stalls]  # responses in flight: cycle, line
        zero(dut, "req_ready", "rsp_valid", "rsp_data")
        cocotb.start_soon(self._run(stalls))

    async def _run(self, stalls: list[str]) -> None:
        dut, random = self.dut, rng()
        pauses = [STALLS[kind](random) for kind in stalls]
        line_bits, address_bits = (bench_types()[name].width // len(stalls) for name in ("rsp_data_i", "req_addr_o"))
        while True:
            valid, data = 0, random.getrandbits(line_bits * len(stalls))
            for port, due in enumerate(self._due):
                if due and due[0][0] <= now():
                    place = port * line_bits
                    valid |= 1 << port
                    data = data & ~((1 << line_bits) - 1 << place) | due.popleft()[1] << place
            ready = sum((not next(pause)) << port for port, pause in enumerate(pauses))
            dut.req_ready_i.value, dut.rsp_valid_i.value, dut.rsp_data_i.value = ready, valid, data
            await FallingEdge(dut.clk_i)
            asked = int(dut.req_valid_o.value) & ready if dut.rst_ni.value == 1 else 0
            for port, due in enumerate(self._due):
                if dut.rst_ni.value != 1:
                    due.clear()
                elif asked >> port & 1:
                    address = int(dut.req_addr_o.value) >> port * address_bits & (1 << address_bits) - 1
                    due.append((now() + self.latency, self.line(port, address)))
            await RisingEdge(dut.clk_i)
