# SPDX-License-Identifier: Apache-2.0
"""What every block bench begins with: clock, reset, a seeded random generator, a time limit."""

from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from sim.clock import rng, start

__all__ = ["reset", "rng", "start", "until", "zero"]


async def reset(dut: SimHandleBase, cycles: int = 1) -> None:
    """Reset the module for some cycles while its clock runs."""
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, cycles)
    dut.rst_ni.value = 1


def zero(dut: SimHandleBase, *names: str) -> None:
    """Drive 0 at the inputs of these names, which are without `_i` here; without names at all but the clock."""
    inputs = [handle._name.removesuffix("_i") for handle in dut if handle._name.endswith("_i")]
    for name in names or set(inputs) - {"clk"}:
        getattr(dut, f"{name}_i").value = 0


async def until(dut: SimHandleBase, condition, cycles: int, what: str) -> None:
    """Wait until condition() holds, at most `cycles` cycles.

    Raises:
        TimeoutError: it never did; the text names `what`.
    """
    for _ in range(cycles):
        if condition():
            return
        await RisingEdge(dut.clk_i)
    raise TimeoutError(f"waited {cycles} cycles for {what}")
