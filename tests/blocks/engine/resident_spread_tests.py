# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: fibers of A that are spread over the engines of the resident machine."""

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge

from models.spread import shared_parts
from tb.common.bench import reset, until
from tests.blocks.engine.resident_machine import Machine, Run, begun
from tests.blocks.engine.resident_operands import Operands
from tests.blocks.lines import Fiber
from tests.share import amount


class Spreader:
    """A machine, and what it must do with portions.

    Args:
        dut: the wrapper.
        machine: in it.
        make: maker of operands.
    """

    def __init__(self, dut, machine: Machine, make: Operands):
        self.machine, self.make = machine, make
        groups = -(-machine.engines // int(dut.GroupSize.value))
        self.engines = machine.engines // groups * groups
        self.slot = int(dut.SlotEntries.value)
        self.holds = self.slot * int(dut.Slots.value)
        self.can_split = int(dut.Portions.value) > 0

    def lengths(self, *numbers: int) -> list[Fiber]:
        """Return fibers of these lengths, each at random coordinates, as long as the extent allows."""
        return [self.make.random(max(1, min(number, self.make.extent))) for number in numbers]

    async def run(
        self, a: list[Fiber], b: list[Fiber], portion: int = 0, stalls: str = "none", dense: bool = False
    ) -> Run:
        """Load, run and check one contraction, and the number of its portions."""
        await self.machine.load(0, a)
        await self.machine.load(1, b)
        return await self.again(portion, stalls, dense)

    async def again(self, portion: int = 0, stalls: str = "none", dense: bool = False) -> Run:
        """Run and check one contraction of the loaded operands."""
        run = await self.machine.run(dense, stalls, self.make.rng.random(), portion)
        self.machine.check(run, dense)
        lines_a, fibers_b = self.machine.fiber_lines[0], len(self.machine.fibers[1])
        want = shared_parts(lines_a, fibers_b, self.engines if self.can_split else 1, self.machine.part())
        assert run.portions == want, f"{run.portions} portions, not {want}"
        return run


async def spreader(dut) -> Spreader:
    """Start and reset the wrapper."""
    return Spreader(dut, *await begun(dut))


@cocotb.test()
async def portions_of_one_to_all_entries(dut) -> None:
    """Short and long fibers mixed, several of them in a wave, with portions around each border."""
    spread = await spreader(dut)
    longest = min(spread.make.extent, 5 * spread.machine.lanes)
    a = spread.lengths(longest, 1, longest - 1, 3, longest // 2, 2, 7, 1, longest)
    await spread.machine.load(0, a)
    await spread.machine.load(1, spread.lengths(9, longest, 1))
    lanes = spread.machine.lanes
    most = (2, lanes, longest // 3, longest - 1, longest)
    for portion in (1, lanes + 1, *amount((), most), 1 << 20, 0):
        await spread.again(portion, "random" if portion % 2 else "none", portion % 3 == 0)


@cocotb.test()
async def parts_around_the_number_of_engines(dut) -> None:
    """One line less and more than one wave and two waves hold; a short fiber before and after."""
    spread = await spreader(dut)
    lanes, engines = spread.machine.lanes, spread.engines
    b = [*spread.lengths(5, 40), spread.make.single(0)]
    several = (engines - 1, 2 * engines, 3 * engines - 1)
    for lines in (*amount((), several), engines, engines + 1, 2 * engines + 1):
        if 1 <= lines * lanes <= spread.make.extent:
            a = spread.lengths(2, lines * lanes, 1, lines * lanes - lanes + 1, 3)
            await spread.run(a, b, lanes, "random", bool(lines % 2))
            await spread.run(a, b, 2 * lanes)


@cocotb.test()
async def fibers_around_what_engines_hold(dut) -> None:
    """One entry less and more than a slot, an engine, and all engines hold, without portions."""
    spread = await spreader(dut)
    kinds = set()
    engine, all_engines = spread.holds, spread.holds * spread.engines
    for most in (spread.slot, spread.slot + 1, engine, engine + 1, 2 * engine + 1, all_engines, all_engines + 1):
        if most <= spread.make.extent:
            kinds.add((most > spread.slot) + (most > engine) + (most > all_engines))
            a = spread.lengths(most, 1, most - 1, 3)
            await spread.run(a, [*spread.lengths(7, 60, 1), spread.make.single(spread.make.extent - 1)])
    dut._log.info("ways of holding fibers that ran: %s", sorted(kinds))
    assert 0 in kinds or spread.slot > spread.make.extent


@cocotb.test()
async def contractions_of_each_kind_take_turns(dut) -> None:
    """With portions and without them, on the same operands and on others, without a reset."""
    spread = await spreader(dut)
    await spread.machine.load(1, spread.make.fibers(6, 12))
    for longest in (9, spread.slot + 3, 40):
        await spread.machine.load(0, spread.lengths(longest, 2, 9, longest // 2 + 1))
        for portion in amount((4, 0), (0, 4, 0, 9, 1)):
            await spread.again(portion)


@cocotb.test()
async def no_part_has_a_match(dut) -> None:
    """Parts without a match have empty sums; so have dot products without one."""
    spread = await spreader(dut)
    half = spread.make.extent // 2
    a = [spread.make.fiber(range(half)), spread.make.fiber(range(0, half, 3))]
    b = [
        spread.make.single(0),
        spread.make.single(half),
        spread.make.fiber([1, half - 1]),
        spread.make.single(half + 1),
    ]
    for dense in (False, True):
        await spread.run(a, b, 5, dense=dense)


@cocotb.test()
async def sums_cancel_across_parts(dut) -> None:
    """Products of one dot product in several engines and waves add up without a rounding between."""
    spread = await spreader(dut)
    count = min(3 * spread.machine.lanes * spread.engines + 2, spread.make.extent)
    a = spread.make.fiber(range(count))
    one = int(spread.machine.format.encode([1.0])[0])  # then the rest depends on every bit of A
    b = [[(coord, one) for coord in range(0, count, step)] for step in (1, 3, 16)]
    for portion in (1, 2 * spread.machine.lanes, 0):
        await spread.run([a, spread.make.single(0)], b, portion)


@cocotb.test()
async def nobody_takes_results(dut) -> None:
    """Many shared dot products wait for room: all stops, then all goes on."""
    spread = await spreader(dut)
    depth = int(dut.ResultDepth.value)
    lanes = spread.machine.lanes
    fiber = range(min(2 * lanes + 1, spread.make.extent))
    await spread.machine.load(0, [spread.make.fiber(fiber)] * (spread.engines // 2 + 2) + [spread.make.single(0)])
    await spread.machine.load(1, [spread.make.single(0)] * (depth + 60))
    await spread.machine.begin(dense=True, portion=lanes)
    await spread.machine.fill()
    spread.machine.check(await spread.machine.collect("random", 1), dense=True)


@cocotb.test()
async def reset_between_parts(dut) -> None:
    """Whatever was inside is forgotten, and the next contraction is right."""
    spread = await spreader(dut)
    longest = min(spread.make.extent, 12 * spread.machine.lanes)
    await spread.machine.load(0, spread.lengths(longest, 5, longest))
    await spread.machine.load(1, spread.lengths(9, 30, 1, 8))
    for delay in amount((5, 33, 90), (5, 12, 20, 33, 50, 90, 150)):
        await spread.machine.begin(dense=False, portion=spread.make.rng.choice([1, 4, 9]))
        await ClockCycles(dut.clk_i, delay)
        await reset(dut, 2)
        await RisingEdge(dut.clk_i)
        assert not int(dut.result_valid_o.value) and not int(dut.busy_o.value)
        await spread.again(spread.machine.lanes)


@cocotb.test()
async def again_without_a_pause(dut) -> None:
    """The next contraction starts in the cycle after the one before is done."""
    spread = await spreader(dut)
    await spread.machine.load(0, spread.lengths(20, 7, 33, 2))
    await spread.machine.load(1, spread.lengths(9, 20, 3))
    dut.result_ready_i.value = (1 << spread.machine.sources) - 1
    for portion in (4, 0, 9, 1, 6):
        await spread.machine.begin(dense=False, portion=portion)
        await RisingEdge(dut.clk_i)
        await until(dut, lambda: int(dut.done_o.value) == 1, 4000, "done")
    dut.result_ready_i.value = 0
    await spread.again(5)


@cocotb.test()
@cocotb.parametrize(operand=[0, 1])
async def wrong_responses_of_the_tables(dut, operand: int) -> None:
    """A wrong response to the waves is reported, and no wave follows. That of B counts if waves need it."""
    spread = await spreader(dut)
    lanes = spread.machine.lanes
    longest = min(spread.make.extent, (spread.engines + 1) * lanes)
    if not spread.can_split or longest <= spread.engines * lanes:
        return
    await spread.machine.load(0, [spread.make.fiber(range(longest))] * 4)
    await spread.machine.load(1, spread.lengths(3, 9, 1, 5, 8))
    await spread.machine.begin(dense=True, portion=1)
    await until(dut, lambda: spread.machine.events()["dot_done"] > 0, 5000, "a dot product")
    dut.wrong_i.value = 1 << operand
    await until(dut, lambda: spread.machine.fault().valid, 2000, "a report")
    assert spread.machine.fault().operand == operand
    reads = None
    for _ in range(3):
        await ClockCycles(dut.clk_i, 500)
        reads, before = int(dut.reads_o.value), reads
    assert reads == before and int(dut.busy_o.value), "the waves go on"
