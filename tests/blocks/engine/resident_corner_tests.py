# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: corners of the resident machine, where its contracts are thinnest, and the checks."""

import copy

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from models.cycles import lower_bound
from tb.common.bench import reset, until
from tests.blocks.engine.resident_machine import Machine, Run, begun, run_checked
from tests.blocks.engine.resident_operands import Operands
from tests.blocks.lines import Fiber
from tests.blocks.planner.plan_bench import PREPARED
from tests.share import amount

CHUNK = 16  # entries that are compared at a time
TABLE_PARITY = 13  # bit of sdpe_events_t


def slot_entries(machine: Machine) -> int:
    """Return how many entries of A a slot holds."""
    return int(machine.dut.SlotEntries.value)


def engines_of_a_group(machine: Machine) -> int:
    groups = -(-machine.engines // int(machine.dut.GroupSize.value))
    return machine.engines // groups


def lengths(make: Operands, numbers: list[int]) -> list[Fiber]:
    """Return fibers of these lengths, each at random coordinates, as long as the extent allows."""
    return [make.random(min(number, make.extent)) for number in numbers]


@cocotb.test()
async def chunks_and_lines_that_end_together(dut) -> None:
    """Chunks that end with a line, lines that span three chunks, fibers with equal last coordinates."""
    machine, make = await begun(dut)
    wide = min(make.extent, 3 * CHUNK)
    dense, last = make.fiber(range(wide)), make.extent - 1
    # Lines of B whose entries lie a chunk apart, and one entry before, at and after each chunk's end.
    apart = make.fiber(range(0, wide, CHUNK - 1))
    ends = make.fiber([coord for end in range(CHUNK - 1, wide, CHUNK) for coord in (end - 1, end)])
    behind = make.fiber([coord for coord in range(CHUNK, wide, CHUNK)])
    tops = [make.fiber([coord, last]) for coord in (0, 1, last - 1)]
    some = [dense, apart, ends, behind, make.single(wide - 1), make.single(last), *tops]
    some = [fiber for fiber in some if fiber]
    for dense_results in (False, True):
        await run_checked(machine, some, some, dense_results)


@cocotb.test()
async def corners_of_fibers(dut) -> None:
    """Single entries at both ends of the extent, and full fibers."""
    machine, make = await begun(dut)
    last = make.extent - 1
    for a, b in [
        ([make.single(0)], [make.single(0)]),
        ([make.single(last)], [make.single(last), make.single(0)]),
        ([make.full()], [make.full(), make.single(last), make.full()]),
        ([make.full(), make.single(0), make.full()], make.fibers(5, 8)),
    ]:
        for dense in amount((len(a) > 1,), (False, True)):
            await run_checked(machine, a, b, dense)


@cocotb.test()
async def no_match_at_all(dut) -> None:
    machine, make = await begun(dut)
    for dense in (False, True):
        await run_checked(machine, make.apart(9, 0), make.apart(7, 1), dense)


@cocotb.test()
async def slots_of_very_different_length(dut) -> None:
    """In one set single entries beside the longest fibers; a slot without a fiber; full fibers of B."""
    machine, make = await begun(dut)
    longest = min(slot_entries(machine), make.extent)
    for number in (3, int(dut.Slots.value) * engines_of_a_group(machine) + 1):
        a = lengths(make, [longest if at % 3 == 0 else 1 + at % 4 for at in range(number)])
        await run_checked(machine, a, [make.full(), make.single(0), make.random(5), make.full()])


@cocotb.test()
async def fibers_around_what_a_slot_holds(dut) -> None:
    """One entry less and more than a slot, an engine, and several rounds of an engine hold."""
    machine, make = await begun(dut)
    slot = slot_entries(machine)
    engine = slot * int(dut.Slots.value)
    kinds = set()
    for most in (slot - 1, slot, slot + 1, engine, engine + 1, 2 * engine, 2 * engine + 1, 3 * engine):
        if most > make.extent:
            continue
        kinds.add((most > slot) + (most > engine))
        a = lengths(make, [most, 1, most - 1, 3])
        b = [*lengths(make, [7, min(most, 60), 1]), make.single(make.extent - 1)]
        for dense in amount((len(kinds) % 2 == 1,), (False, True)):
            await run_checked(machine, a, b, dense, "random", make.rng.random())
    dut._log.info("ways of holding fibers that ran: %s", sorted(kinds))
    assert kinds or slot - 1 > make.extent


@cocotb.test()
async def the_last_line_of_all_makes_a_fiber_span(dut) -> None:
    """The plan has B already, and begins as soon as A is there; how A is held follows from its last line."""
    machine, make = await begun(dut)
    slot = slot_entries(machine)
    spans = slot + 1 <= make.extent
    members = int(dut.Slots.value) * engines_of_a_group(machine)
    await machine.load(1, make.fibers(5, 12))
    for number in (2, *amount((), (members - 1, members)), 2 * members, 3 * members + 1):
        for last in (slot + 1 if spans else slot, 2):
            await machine.load(0, lengths(make, [*[3] * number, last]), wait=0)
            machine.check(await machine.run(), dense=False)


@cocotb.test()
async def contractions_of_each_kind_take_turns(dut) -> None:
    """Short fibers, fibers that span slots, and rounds, in the same machine without a reset."""
    machine, make = await begun(dut)
    slot = slot_entries(machine)
    await machine.load(1, make.fibers(6, 12))
    for most in (4, slot + 3, 5, slot * int(dut.Slots.value) + 5, slot, 2):
        await machine.load(0, lengths(make, [most, 2, 9]))
        machine.check(await machine.run(), dense=False)


@cocotb.test()
async def operand_is_replaced_before_the_start(dut) -> None:
    """Groups keep pieces of operands that go; the start comes after the new ones, or while these are planned."""
    machine, make = await begun(dut)
    for wait in range(0, PREPARED, amount(15, 2)):
        await machine.load(0, lengths(make, [9, 30, 2, 17]))
        await machine.load(1, lengths(make, [12, 1, 25]))
        if wait % 2:
            await machine.load(0, lengths(make, [3, 40, 8, 1, 1]), wait=0)
        await machine.load(1, lengths(make, [20, 5]), wait=wait)
        machine.check(await machine.run(True), True)


@cocotb.test()
async def wrong_response_before_the_start(dut) -> None:
    """A plan that is made before the start reports what it met only after the start."""
    machine, make = await begun(dut)
    dut.wrong_i.value = 1
    await machine.load(0, lengths(make, [9] * 7))
    await machine.load(1, lengths(make, [12, 1, 25]), wait=0)
    for _ in range(PREPARED + 7):
        await RisingEdge(dut.clk_i)
        assert not machine.fault().valid, "a fault of a contraction that has not started"
    dut.wrong_i.value = 0
    await machine.begin(dense=True)
    await until(dut, lambda: machine.fault().valid, 50, "a report")
    assert machine.fault().operand == 0


@cocotb.test()
async def copies_are_not_written_too_early(dut) -> None:
    """Lines wait for full slots; slots with nothing to do could be loaded with the set after the next."""
    machine, make = await begun(dut)
    engines, slots = engines_of_a_group(machine), int(dut.Slots.value)
    coords = range(make.extent - machine.lanes, make.extent)
    # The first slot's fibers hardly match, the fibers of other slots match in full, with every line.
    a = [
        make.fiber(coords) if member >= engines or turn % 3 == 0 else make.single(turn % 3)
        for turn in range(amount(450, 900) // (engines * slots) // 3)
        for member in range(engines * slots)
    ]
    await machine.load(0, a)
    await machine.load(1, [make.fiber(coords)] * 2)
    await machine.begin(dense=False)
    await ClockCycles(dut.clk_i, amount(750, 1500))  # nobody takes results
    machine.check(await machine.collect("none", 1), dense=False)


@cocotb.test()
async def copies_are_not_written_while_lines_wait(dut) -> None:
    """A long fiber holds the first line of a run back; a slot that has no match yet wants the second one."""
    machine, make = await begun(dut)
    engines, slots, lanes = engines_of_a_group(machine), int(dut.Slots.value), machine.lanes
    size, top = engines * slots, make.extent - 2 * lanes
    # B: a line that ends at top, and a line after it. The long fiber has all coordinates but these.
    first, second = [*range(lanes - 1), top], range(top + 1, top + 1 + lanes)
    b = make.fiber([*first, *second])
    long = make.fiber(range(lanes - 1, top)[-slot_entries(machine) :])
    sets = []
    lines = engines * -(-len(long) // lanes) + 2 * size  # of two turns
    for turn in range(min(6 * -(-machine.engines // engines), 2 * (int(dut.MemLines.value) // lines))):
        short = [make.single(second[(turn // 2 + member) % lanes]) for member in range(size)]
        if turn % 2 == 0 and slots > 1:
            short[engines : 2 * engines] = [long] * engines
        sets += short
    for dense in (False, True):
        await run_checked(machine, sets, [b], dense)


@cocotb.test()
async def sums_cancel_across_rounds(dut) -> None:
    """Products of one dot product that lie in several slots and rounds add up without a rounding between."""
    machine, make = await begun(dut)
    count = min(3 * slot_entries(machine) * int(dut.Slots.value) + 2, make.extent)
    a = make.fiber(range(count))
    # All values of B are one: then the rest depends on every bit of A.
    one = int(machine.format.encode([1.0])[0])
    b = [[(coord, one) for coord in range(0, count, step)] for step in (1, 3, CHUNK)]
    await run_checked(machine, [a, make.single(0)], b)


@cocotb.test()
@cocotb.parametrize(memory=["coordinates", "values"])
async def flipped_bits_are_reported(dut, memory: str) -> None:
    """A bit of each stored line of a slot's fiber flips while fibers of B stream by."""
    machine, make = await begun(dut)
    entries = min(make.extent, slot_entries(machine), 6 * CHUNK)
    fiber = make.fiber(range(entries))
    await machine.load(0, [fiber] * machine.engines)
    room = int(dut.MemLines.value) // -(-entries // int(dut.Lanes.value))
    await machine.load(1, [fiber] * min(60, room))
    dut.result_ready_i.value = (1 << machine.sources) - 1
    await machine.begin(dense=False)
    # The first set is loaded when the first dot product is done.
    await until(dut, lambda: machine.events()["dot_done"] > 0, 5000, "a dot product")
    engine = dut.u_compute.gen_group[0].u_group.gen_engine[0].u_engine
    banks = [engine.u_emit.u_values.mem_q]
    if memory == "coordinates":
        banks = [bank.u_bank.mem_q for kind in engine.gen_slot[0].u_slot.gen_kind for bank in kind.u_chunks.gen_bank]
    assert not parity_errors(machine)
    for bank in banks:
        for word in bank:
            if word.value.is_resolvable:
                word.value = int(word.value) ^ 1 << make.rng.randrange(len(word))
    await until(dut, lambda: parity_errors(machine) > 0, 5000, "a report")


def parity_errors(machine: Machine) -> int:
    """Return how often a word of a resident fiber differed from the stored word."""
    return int(machine.dut.events_o.value) >> 32 * TABLE_PARITY & 0xFFFFFFFF


@cocotb.test()
async def never_below_the_bound(dut) -> None:
    """The model of the least cycles after a reset holds, for short fibers and for those that match in full."""
    machine, make = await begun(dut)
    names = ("NumSdpe", "GroupSize", "Lanes", "MemLatency", "MemBanks", "ResultDepth", "Portions")
    config = {name: int(getattr(dut, name).value) for name in names} | {
        "Engine": "resident",
        "Format": machine.format.name,
        "Memory": "banked" if int(dut.Memory.value) else "ideal",
    }
    for trial in range(amount(4, 16)):
        counts = (1, 1) if trial < 2 else (make.rng.randint(1, 12), make.rng.randint(1, 12))
        longest = 1 if trial < 2 else make.rng.choice([1, 4, 30])
        below = 1 if trial == 0 else make.rng.choice([8, make.extent])
        for operand, count in enumerate(counts):
            full = [make.fiber(range(min(longest, make.extent)))] * count
            await machine.load(operand, full if trial % 3 == 2 else make.fibers(count, longest, below))
        await reset(dut, 2)
        await ClockCycles(dut.clk_i, PREPARED)  # the plan prepares again
        run = await machine.run()
        # The cycle of the start counts in the model, and here is no register in front of the counters.
        least = lower_bound(*machine.operands(), config).cycles - 2
        assert run.cycles >= least, f"{run.cycles} cycles, the model says {least}: {machine.fiber_lines}"


@cocotb.test()
async def no_bubbles(dut) -> None:
    """With few matches the port of a group reads a line in every cycle, from the first to the last."""
    machine, make = await begun(dut)
    extent = make.extent // 2
    size = machine.engines * int(dut.Slots.value)
    a = [make.fiber(sorted(make.rng.sample(range(extent), 4))) for _ in range(max(24, 6 * size))]
    b = [make.fiber(sorted(make.rng.sample(range(extent - 1, make.extent), 5))) for _ in range(12)]
    run = await run_checked(machine, a, b)
    groups = -(-machine.engines // int(dut.GroupSize.value))
    load = -(-4 // machine.lanes) * -(-size // groups)
    overhead = 40 + int(dut.MemLatency.value) + (0 if groups == 1 else 30 + 2 * load)
    lines = min(groups, int(dut.MemBanks.value))  # per cycle
    assert run.cycles <= run.reads / lines + overhead, f"{run.cycles} cycles, {run.reads} lines"


@cocotb.test()
async def operands_are_replaced_one_by_one(dut) -> None:
    machine, make = await begun(dut)
    for operand in (1, 0, 1, 0, 0, 1):
        most = amount(11, 20)
        await machine.load(operand, make.fibers(make.rng.randint(5, most), most, 32))
        if all(machine.fibers):
            machine.check(await machine.run(), dense=False)


@cocotb.test()
async def again_without_a_pause(dut) -> None:
    """The next contraction starts in the cycle after the one before is done."""
    machine, make = await begun(dut)
    await machine.load(0, make.fibers(7, 9, 32))
    await machine.load(1, make.fibers(8, 9, 32))
    dut.result_ready_i.value = (1 << machine.sources) - 1
    for _ in range(5):
        await machine.begin(dense=False)
        await RisingEdge(dut.clk_i)
        await until(dut, lambda: int(dut.done_o.value) == 1, 2000, "done")
    dut.result_ready_i.value = 0
    machine.check(await machine.run(), dense=False)


@cocotb.test()
@cocotb.parametrize(dense=[False, True])
async def results_wait_in_full_stores(dut, dense: bool) -> None:
    """Nobody takes results for a long time: everything stops, and nothing is lost."""
    machine, make = await begun(dut)
    depth = int(dut.ResultDepth.value)
    await machine.load(0, [make.fiber([3])] * machine.engines)
    await machine.load(1, [make.fiber([3])] * (depth + 60) + [make.fiber([2])] * (depth + 60))
    await machine.begin(dense)
    await machine.fill()
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
        wrong.results[busy].sort(reverse=True)

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

    events = ("dot_done", "result", "match", "zero_empty", "zero_cancel", "zero_underflow", "range_error")
    faults = [lost, doubled, changed, swapped, handed, early, flagged, *(counted(name) for name in events)]
    for fault in faults:
        wrong = copy.deepcopy(run)
        fault(wrong)
        try:
            machine.check(wrong, dense=False)
        except AssertionError:
            continue
        raise AssertionError(f"nobody noticed: {fault.__name__}")
