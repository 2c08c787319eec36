# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: corners of the lookup machine, and the checks themselves."""

import copy

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from models.cycles import lower_bound
from tb.common.bench import until
from tests.blocks.lines import Fiber
from tests.blocks.lookup_machine import Machine, Run, begun, run_checked
from tests.blocks.lookup_planner import PREPARED
from tests.share import amount


@cocotb.test()
async def corners_of_fibers(dut) -> None:
    """Single entries, full fibers, no match at all, the borders of the table's words."""
    machine, make = await begun(dut)
    last = make.extent - 1
    some = make.fibers(5, 8)
    for a, b in [
        ([make.single(0)], [make.single(0)]),
        ([make.single(last)], [make.single(last), make.single(0)]),
        ([make.full()], [make.full(), make.single(last), make.full()]),
        ([make.full(), make.single(0), make.full()], some),
        (make.apart(6, 0), make.apart(9, 1)),
        (make.borders(), make.borders()),
    ]:
        for dense in (False, True):
            await run_checked(machine, a, b, dense)


@cocotb.test()
async def last_set_is_shared(dut) -> None:
    """A long B and one fiber more than full sets: every group gets a piece of the last set's row."""
    machine, make = await begun(dut)
    a = make.fibers(machine.engines + 1, 4)
    run = await run_checked(machine, a, make.fibers(90, 12))
    busiest = max(run.steps)
    if machine.engines in (8, 32):
        assert min(run.steps) >= 0.6 * busiest, f"lines per engine: {run.steps}"


@cocotb.test()
async def copies_are_not_loaded_too_early(dut) -> None:
    """Runs of a single line full of matches: the next fibers come while the matches of three sets wait."""
    machine, make = await begun(dut)
    coords = range(make.extent - machine.lanes, make.extent)
    a = [make.fiber(coords) for _ in range(12 * machine.engines)]
    await run_checked(machine, a, [make.fiber(coords)])
    await run_checked(machine, a, [make.fiber(coords), make.fiber(coords)], stalls="random")


@cocotb.test()
async def no_bubbles(dut) -> None:
    """With short matches the port of a group reads a line in every cycle, from the first to the last."""
    machine, make = await begun(dut)
    extent = make.extent // 2
    # Coordinates of A and B hardly meet, so that the multipliers have little to do.
    count = max(24, 8 * machine.engines)
    a = [make.fiber(sorted(make.rng.sample(range(0, extent), 4))) for _ in range(count)]
    b = [make.fiber(sorted(make.rng.sample(range(extent - 1, make.extent), 5))) for _ in range(12)]
    run = await run_checked(machine, a, b)
    groups = -(-machine.engines // int(dut.GroupSize.value))
    load = -(-4 // machine.lanes) * -(-machine.engines // groups)
    overhead = 40 + int(dut.MemLatency.value) + (0 if groups == 1 else 30 + 2 * load)
    lines = min(groups, int(dut.MemBanks.value))  # per cycle
    if machine.engines == 1:
        waits = run.events["stall_b"] + run.events["stall_mac"]
        assert waits <= 8, f"{waits} cycles without a step though all is loaded"
    assert run.cycles <= run.reads / lines + overhead, f"{run.cycles} cycles, {run.reads} lines"


async def least_and_run(dut, machine: Machine, a: list[Fiber], b: list[Fiber]) -> tuple[int, Run]:
    """Contract right after a reset; return the least cycles by the model, and what happened."""
    names = ("NumSdpe", "GroupSize", "Lanes", "MemLatency", "MemBanks")
    config = {name: int(getattr(dut, name).value) for name in names} | {
        "Engine": "lookup",
        "Format": machine.format.name,
        "ResultDepth": int(dut.ResultDepth.value),
        "Memory": "banked" if int(dut.Memory.value) else "ideal",
    }
    await machine.load(0, a)
    await machine.load(1, b)
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, 2)
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, PREPARED)  # the plan prepares again
    run = await machine.run()
    # The cycle of the start counts in the model, and here is no register in front of the counters.
    least = lower_bound(*machine.operands(), config).cycles - 2
    assert run.cycles >= least, f"{run.cycles} cycles, the model says {least}: {machine.fiber_lines}"
    return least, run


@cocotb.test()
async def never_below_the_bound(dut) -> None:
    """The model of the least cycles after a reset holds, and is close for the shortest contraction."""
    machine, make = await begun(dut)
    for trial in range(amount(6, 16)):
        count_a, count_b, longest = (
            (1, 1, 1) if trial < 2 else (make.rng.randint(1, 12), make.rng.randint(1, 12), make.rng.choice([1, 4, 30]))
        )
        below = 1 if trial == 0 else make.rng.choice([8, make.extent])
        least, run = await least_and_run(
            dut, machine, make.fibers(count_a, longest, below), make.fibers(count_b, longest, below)
        )
        assert trial or run.cycles <= least + 4, f"{run.cycles} cycles, the model says {least}"


@cocotb.test()
async def full_lines_and_the_bound(dut) -> None:
    """All lines match in full, so that lines wait for the multiplier while the next set is loaded."""
    machine, make = await begun(dut)
    groups = -(-machine.engines // int(dut.GroupSize.value))
    # Behind the 8th line of a run the next set comes: that line ends its fiber, or is held back meanwhile.
    for lines, sets, count_b in amount(
        [(8, 4, 2), (9, 8, 1), (1, 3, 5)], [(8, 4, 2), (8, 3, 1), (9, 8, 1), (17, 5, 2), (1, 3, 5)]
    ):
        entries = min(lines * machine.lanes, make.extent)
        a = [make.fiber(range(entries)) for _ in range(sets * machine.engines)]
        b = [make.fiber(range(entries)) for _ in range(count_b * groups)]
        least, run = await least_and_run(dut, machine, a, b)
        # With several banks and long fibers 1 to 10 cycles more were measured; short ones wait for memory.
        close = run.cycles <= least + 10 or lines < 8 or int(dut.MemBanks.value) == 1
        assert close, f"{run.cycles} cycles, the model says {least}"


@cocotb.test()
async def again_without_a_pause(dut) -> None:
    """The next contraction starts in the cycle after the one before is done."""
    machine, make = await begun(dut)
    await machine.load(0, make.fibers(7, 9, 32))
    await machine.load(1, make.fibers(8, 9, 32))
    dut.result_ready_i.value = (1 << machine.engines) - 1
    for _ in range(5):
        await machine.begin(dense=False)
        await RisingEdge(dut.clk_i)
        await until(dut, lambda: int(dut.done_o.value) == 1, 2000, "done")
    dut.result_ready_i.value = 0
    machine.check(await machine.run(), dense=False)


@cocotb.test()
async def operands_are_replaced_one_by_one(dut) -> None:
    machine, make = await begun(dut)
    for operand in (1, 0, 1, 0, 0, 1):
        await machine.load(operand, make.fibers(make.rng.randint(5, 20), 20, 32))
        if all(machine.fibers):
            machine.check(await machine.run(), dense=False)


@cocotb.test()
@cocotb.parametrize(dense=[False, True])
async def results_wait_in_full_stores(dut, dense: bool) -> None:
    """Nobody takes results for a long time: everything stops, and nothing is lost. When they leave at
    last, one per cycle, fibers without a match come by, and each cycle has two dot products to report."""
    machine, make = await begun(dut)
    depth = int(dut.ResultDepth.value)
    await machine.load(0, [make.fiber([3])] * machine.engines)
    await machine.load(1, [make.fiber([3])] * (depth + 60) + [make.fiber([2])] * (depth + 60))
    await machine.begin(dense)
    await ClockCycles(dut.clk_i, 20 * depth + 400)
    stored = machine.events()["result"]
    await ClockCycles(dut.clk_i, 200)
    assert machine.events()["result"] == stored and int(dut.busy_o.value) and machine.events()["stall_result"]
    machine.check(await machine.collect("none", 1), dense)


@cocotb.test()
async def checks_bite(dut) -> None:
    """Each kind of wrong behaviour that the checks are for makes them fail."""
    machine, make = await begun(dut)
    run = await run_checked(machine, make.fibers(6, 12, 16), make.fibers(6, 12, 16))
    busy = max(range(machine.engines), key=lambda e: len(run.results[e]))
    assert len(run.results[busy]) >= 3

    def lost(wrong: Run) -> None:
        del wrong.results[busy][1]

    def doubled(wrong: Run) -> None:
        wrong.results[busy].insert(1, wrong.results[busy][0])

    def changed(wrong: Run) -> None:
        a, b, bits = wrong.results[busy][0]
        wrong.results[busy][0] = (a, b, bits ^ 1)

    def swapped(wrong: Run) -> None:
        wrong.results[busy].reverse()

    def counted(event: str):
        def change(wrong: Run) -> None:
            wrong.events[event] += 1

        return change

    def handed(wrong: Run) -> None:
        wrong.handed -= 1

    def early(wrong: Run) -> None:
        wrong.early = 1

    def flagged(wrong: Run) -> None:
        wrong.flags ^= 1

    events = ("dot_done", "result", "match", "zero_empty", "zero_cancel", "zero_underflow", "range_error", "step")
    faults = [lost, doubled, changed, swapped, handed, early, flagged, *(counted(name) for name in events)]
    for fault in faults:
        wrong = copy.deepcopy(run)
        fault(wrong)
        try:
            machine.check(wrong, dense=False)
        except AssertionError:
            continue
        raise AssertionError(f"nobody noticed: {fault.__name__}")
