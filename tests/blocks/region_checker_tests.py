# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: requests inside the regions of two operands, and one outside."""

from __future__ import annotations

import os

import cocotb
from cocotb.triggers import RisingEdge

from tb.common.bench import rng, start
from tb.common.rtl_types import package_types

LINE = package_types("flaash_pkg")["line_id_t"]


async def _load(dut, operand: int, lines: int) -> None:
    for line in range(lines):
        dut.wr_valid_i.value = 1 << operand
        dut.wr_id_i.value = LINE.pack(operand=operand, addr=line) << operand * LINE.width
        await RisingEdge(dut.clk_i)
    dut.wr_valid_i.value = 0


async def _ask(dut, port: int, operand: int, line: int) -> None:
    dut.req_valid_i.value = 1 << port
    dut.req_i.value = LINE.pack(operand=operand, addr=line) << LINE.width * port
    await RisingEdge(dut.clk_i)
    dut.req_valid_i.value = 0
    await RisingEdge(dut.clk_i)


@cocotb.test()
async def regions(dut) -> None:
    """Every line that there is; then, if FLAASH_OUTSIDE is 1, the one behind the shorter second operand."""
    chance = rng()
    for name in ("wr_valid_i", "wr_id_i", "req_valid_i", "req_i"):
        getattr(dut, name).value = 0
    await start(dut)
    for lines in ((9, 5), (3, 7)):
        for operand in range(2):
            await _load(dut, operand, lines[operand])
            for line in range(lines[operand]):
                await _ask(dut, chance.randrange(int(dut.NumPorts.value)), operand, line)
    if os.environ["FLAASH_OUTSIDE"] == "1":
        await _ask(dut, 1, 0, 3)  # below the region that was loaded first
