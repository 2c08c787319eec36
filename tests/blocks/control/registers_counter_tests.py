# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the counters of flaash_registers, and their reads."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.stalls import STALLS
from tests.blocks.control.register_bench import START, begin


@cocotb.test()
async def counters_count(dut) -> None:
    """Random increments of all counters; a start clears the counters of a contraction, in mid-count."""
    random, port, _ = await begin(dut)
    port.operands()
    lasting = ("CntLoadCycles", "CntDiscarded")
    names = ("CntJobs", "CntRuns", "CntSteps", "CntUnloaded", "CntMemReads", *lasting)
    total = dict.fromkeys(names, 0)
    for _ in range(4):
        total = {name: value if name in lasting else 0 for name, value in total.items()}
        await port.write("RegControl", START)
        for _ in range(random.randint(5, 40)):
            steps = {name: random.choice([0, 1, random.getrandbits(7), random.getrandbits(24)]) for name in names}
            port.drive(increments=steps)
            await RisingEdge(dut.clk_i)
            for name, value in steps.items():
                total[name] += value
        port.drive(increments=0)
        await port.pulse(done=1, drained=1)
        for name in names:
            assert await port.counter(name) == total[name], name


@cocotb.test()
async def cycles_are_counted(dut) -> None:
    _, port, _ = await begin(dut)
    port.operands()
    cocotb.start_soon(port.write("RegControl", START))
    await RisingEdge(dut.start_o)
    await ClockCycles(dut.clk_i, 100)
    await port.pulse(done=1)
    await ClockCycles(dut.clk_i, 50)
    await port.pulse(drained=1)
    # From the cycle of start_o to the cycle of done_i and drained_i, both included.
    assert await port.counter("CntCycles") == 101
    assert await port.counter("CntUnloadCycles") == 101 + 1 + 50 + 1
    assert await port.counter("CntUnloadCycles") == 153, "a counter goes on after its end"


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def both_words_of_a_counter_belong_together(dut, kind: str) -> None:
    """The counter grows by nearly 2**24 each cycle while its words are read one by one."""
    random, port, _ = await begin(dut)
    port.operands()
    step = 2**24 - 1
    await port.write("RegControl", START)
    port.stall([STALLS[kind](random) for _ in range(5)])
    await FallingEdge(dut.clk_i)
    port.drive(increments={"CntJobs": step})
    last = 0
    while last >> 32 < 8:
        await ClockCycles(dut.clk_i, random.randint(1, 9))
        value = await port.counter("CntJobs")
        assert value % step == 0 and value > last, "the words are of different moments"
        last = value
    await port.read("CntJobs")
    assert await port.read("CntStepsHigh") == 0, "the upper word of another counter"


@cocotb.test()
async def a_full_word_is_read(dut) -> None:
    """All ones; the next increment carries, and the read upper word still belongs to the moment before."""
    _, port, _ = await begin(dut)
    port.operands()
    await port.write("RegControl", START)
    await FallingEdge(dut.clk_i)
    for step, cycles in ((2**24 - 1, 256), (255, 1)):
        port.drive(increments={"CntJobs": step})
        await ClockCycles(dut.clk_i, cycles, FallingEdge)
    port.drive(increments=0)
    assert await port.read("CntJobs") == 2**32 - 1
    await FallingEdge(dut.clk_i)
    port.drive(increments={"CntJobs": 1})
    await FallingEdge(dut.clk_i)
    port.drive(increments=0)
    assert await port.read("CntJobsHigh") == 0
    assert await port.counter("CntJobs") == 2**32


@cocotb.test()
async def steps_of_one_engine(dut) -> None:
    """The value of RegSdpeSelect goes out, and the returned steps are read."""
    random, port, _ = await begin(dut)
    for _ in range(20):
        select, steps = random.getrandbits(32), random.getrandbits(32)
        port.drive(sdpe_steps=steps)
        await port.write("RegSdpeSelect", select)
        assert int(dut.sdpe_select_o.value) == select % 64
        assert await port.read("RegSdpeSteps") == steps
