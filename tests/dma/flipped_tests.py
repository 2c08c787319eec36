# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a flipped bit ends a contraction whose results the memory refuses."""

import cocotb

from tests.dma.ended_tests import ended


@cocotb.test()
@cocotb.parametrize(prompt=[False, True])
async def refused_results_and_a_flipped_bit(dut, prompt: bool) -> None:
    await ended(dut, "parity", prompt)
