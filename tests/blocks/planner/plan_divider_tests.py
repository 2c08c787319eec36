# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_plan_divider delivers each quotient, in time."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import reset, start


async def divide(dut, dividend: int, divisor: int) -> tuple[int, int]:
    """Return the quotient and the cycles that it took."""
    dut.start_i.value, dut.dividend_i.value, dut.divisor_i.value = 1, dividend, divisor
    await RisingEdge(dut.clk_i)
    dut.start_i.value = 0
    for cycles in range(1, 100):
        await FallingEdge(dut.clk_i)
        if int(dut.done_o.value):
            return int(dut.quotient_o.value), cycles
    raise TimeoutError("no quotient")


@cocotb.test()
async def quotients(dut) -> None:
    dut.start_i.value = 0
    random = await start(dut)
    most = 2 ** int(dut.Width.value) - 1
    cases = [(0, 1), (0, most), (1, 1), (most, 1), (most, most), (most - 1, most), (most, 2), (1, most)]
    cases += [
        (divisor * factor + rest, divisor)
        for divisor in (1, 2, 7, most // 9 or 1)
        for factor in (1, 6, 7, 8)
        for rest in (-1, 0)
        if divisor * factor <= most
    ]
    for _ in range(300):
        dividend, divisor = (random.getrandbits(random.randint(1, most.bit_length())) for _ in range(2))
        cases.append((dividend, max(1, divisor)))
    for dividend, divisor in cases:
        # The first bit that may be set is where the divisor's highest bit lies under the dividend's.
        steps = max(dividend.bit_length(), 1) - divisor.bit_length() + 1
        quotient, cycles = await divide(dut, dividend, divisor)
        assert quotient == dividend // divisor, f"{dividend} / {divisor}: {quotient}"
        assert cycles == 2 + max(steps, 1), f"{dividend} / {divisor}: {cycles} cycles"
        if pause := random.randint(0, 3):  # else the next one starts in the cycle in which this one is done
            await ClockCycles(dut.clk_i, pause)
            await FallingEdge(dut.clk_i)
        assert int(dut.done_o.value) and int(dut.quotient_o.value) == quotient, "the quotient did not stay"


@cocotb.test()
async def reset_forgets_a_division(dut) -> None:
    dut.start_i.value = 0
    await start(dut)
    for delay in range(1, 6):
        dut.start_i.value, dut.dividend_i.value, dut.divisor_i.value = 1, 2 ** int(dut.Width.value) - 1, 3
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        await ClockCycles(dut.clk_i, delay)
        await reset(dut)
        for _ in range(20):
            await FallingEdge(dut.clk_i)
            assert not int(dut.done_o.value), "done after a reset"
        assert (await divide(dut, 3, 3))[0] == 1
