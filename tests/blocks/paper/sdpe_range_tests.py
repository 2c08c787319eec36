# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an int8 dot product beyond int32 is reported and never stored."""

import cocotb

from tests.blocks.paper.sdpe_bench import started

LEAST = 0x80  # -128, whose square is 2**14


@cocotb.test()
async def out_of_range(dut) -> None:
    bench = await started(dut)
    long = [(coord, LEAST) for coord in range(2**17)]
    other = [(2**17, LEAST)]  # matches nothing: zero, which dense results keep
    setup = bench.setup([long], [long, long[:1], other], dense=True)
    bench.begin(setup)
    counts = await bench.end(setup, 300_000)
    assert (counts["range_error"], counts["result"]) == (1, 2)
