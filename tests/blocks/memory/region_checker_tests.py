# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: requests inside the regions of two operands in two buffers, and one mistake."""

from __future__ import annotations

import cocotb
from cocotb.triggers import RisingEdge

from sim.rtl_types import package_types
from sim.thisrun import argument
from tb.common.bench import rng, start, zero

LINE = package_types("flaash_pkg")["line_id_t"]
# The sentence of each mistake of the run.
MISTAKES = {
    "outside": "port 1 asks for line 3 of operand 0, which has 3",  # after the end of the shorter second operand
    "other": "port 0 asks for line 6 of operand 0, which has 6",  # a line that only the other buffer has
    "written": "line 3 of operand 0 is written while it is in use",
}


async def _load(dut, operand: int, lines: int, first: int = 0) -> None:
    for line in range(first, lines):
        dut.wr_valid_i.value = 1 << operand
        dut.wr_last_i.value = LINE.pack(operand=operand, addr=line) << operand * LINE.width
        await RisingEdge(dut.clk_i)
    dut.wr_valid_i.value = 0


async def _ask(dut, port: int, operand: int, line: int) -> None:
    dut.req_valid_i.value = 1 << port
    dut.req_i.value = LINE.pack(operand=operand, addr=line) << LINE.width * port
    await RisingEdge(dut.clk_i)
    dut.req_valid_i.value = 0
    await RisingEdge(dut.clk_i)


@cocotb.test()
async def legal_traffic(dut) -> None:
    """Every existing line, also while the other buffer is written; then the mistake of the run, if any."""
    chance, mistake = rng(), argument("case")
    zero(dut)
    await start(dut)
    for lines in ((9, 5), (3, 7)):
        for operand in range(2):
            await _load(dut, operand, lines[operand])
            for line in range(lines[operand]):
                await _ask(dut, chance.randrange(int(dut.NumPorts.value)), operand, line)
    dut.owned_i.value, dut.fill_i.value = 1, 0b01  # A is loaded during the contraction
    await _load(dut, 0, 6)
    await _ask(dut, 0, 0, 2)
    await _ask(dut, 0, 1, 6)
    if mistake == "outside":
        await _ask(dut, 1, 0, 3)  # below the region that was loaded first
    dut.use_i.value, dut.fill_i.value = 0b01, 0b10  # and used by the next one, while B is loaded
    await _ask(dut, 2, 0, 5)
    await _load(dut, 1, 2)
    if mistake == "other":
        await _ask(dut, 0, 0, 6)  # only B has this many
    if mistake == "written":
        await _load(dut, 0, 1)  # B is in buffer 1, A is written there, and used
        dut.fill_i.value = 0b11
        await _load(dut, 0, 4, 3)
        await RisingEdge(dut.clk_i)
