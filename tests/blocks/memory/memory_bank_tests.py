# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_memory_bank reads what was written and holds its output."""

import cocotb
from cocotb.triggers import Timer

from tb.common.bench import rng


@cocotb.test()
async def reads_like_the_model(dut) -> None:
    """Random writes and reads, often of the same word in one cycle, which reads the old word."""
    random = rng()
    words, width = int(dut.Words.value), len(dut.wr_data_i)
    dut.clk_i.value = 0
    dut.rd_enable_i.value = 0
    dut.rd_addr_i.value = 0

    async def cycle() -> None:
        await Timer(500, "ps")  # inputs settle before the edge
        dut.clk_i.value = 1
        await Timer(500, "ps")
        dut.clk_i.value = 0

    stored = [random.getrandbits(width) for _ in range(words)]
    dut.wr_enable_i.value = 1
    for address, word in enumerate(stored):
        dut.wr_addr_i.value, dut.wr_data_i.value = address, word
        await cycle()
    output, held, collisions = None, 0, 0
    for _ in range(600):
        write, read = random.random() < 0.5, random.random() < 0.6
        wr_addr, rd_addr = random.randrange(words), random.randrange(words)
        word = random.getrandbits(width)
        dut.wr_enable_i.value, dut.wr_addr_i.value, dut.wr_data_i.value = int(write), wr_addr, word
        dut.rd_enable_i.value, dut.rd_addr_i.value = int(read), rd_addr
        await cycle()
        if read:
            output = stored[rd_addr]
            collisions += write and wr_addr == rd_addr
        if write:
            stored[wr_addr] = word
        if output is not None:
            assert int(dut.rd_data_o.value) == output
            held += not read
    assert held > 0 and collisions > 0
