# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: pieces that come before the start are those that come after it otherwise."""

from __future__ import annotations

import dataclasses

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.plan import Piece
from tests.blocks.planner.plan_bench import EXTENT, PREPARED, Lengths, Pieces, Planner, begun, check
from tests.share import amount


class Watch:
    """Records the pieces that groups keep or take up.

    Attributes:
        kept: pieces that came before their start.
        drops: how often pieces were dropped.
    """

    def __init__(self, planner: Planner):
        self._planner, self._pieces, self.kept, self.drops = planner, Pieces(planner), 0, 0
        planner.watched = True
        cocotb.start_soon(self._watch())

    @property
    def pieces(self) -> list[Piece]:
        """The pieces since those that were dropped."""
        assert not self._pieces.left, f"half a piece: {self._pieces.left}"
        return self._pieces.all

    async def _watch(self) -> None:
        dut = self._planner.dut
        while True:
            await FallingEdge(dut.clk_i)
            if int(dut.drop_o.value):
                self.drops += 1
                self.clear()
            elif complete := self._pieces.look():
                self.kept += complete * int(dut.hold_o.value)
                known = dut.hold_o, dut.start_i, dut.busy_o
                assert any(int(signal.value) for signal in known), "a piece of no contraction"

    def clear(self) -> None:
        """Forget the pieces."""
        self._pieces.clear()
        self.kept = 0


async def quiet(planner: Planner, a: Lengths, b: Lengths) -> list[Piece]:
    """Return the pieces of a plan that is made after its start."""
    planner.dut.early_i.value = 0
    plan = await planner.plan(a, b)
    check(plan, planner, a, b)
    return plan.pieces


def pairs(planner: Planner) -> list[tuple[Lengths, Lengths]]:
    """Return operands with a grid alone, with whole sets before it, and with long fibers."""
    size, longest = planner.groups * planner.max_size, EXTENT // planner.lanes // amount(3, 1)
    return [
        ([1] * max(size // 2, 1), [2] * 30),
        ([2] * (2 * size + 1), [10] * (7 * planner.groups)),
        ([3] * size + [longest] * planner.max_size, [4] * 60),
    ]


@cocotb.test()
async def pieces_before_the_start(dut) -> None:
    """All but those of a grid after whole sets, and nothing is handed out or busy."""
    planner, _ = await begun(dut)
    for a, b in pairs(planner):
        wanted = await quiet(planner, a, b)
        dut.early_i.value = 1
        watch = Watch(planner)
        await planner.load(0, a)
        await planner.load(1, b)
        await ClockCycles(dut.clk_i, PREPARED + len(a) + 10 * planner.groups)
        assert watch.pieces == wanted[: planner.groups] and watch.kept == len(watch.pieces)
        assert int(dut.hold_o.value) and not int(dut.busy_o.value) and str(dut.dispatch_o.value)[0] == "0"
        for _ in range(2):  # the second time with the same operands
            plan = await planner.start()
            assert watch.pieces == wanted, "the start changed the plan"
            check(dataclasses.replace(plan, pieces=watch.pieces), planner, a, b)
            watch.clear()
            await ClockCycles(dut.clk_i, PREPARED + len(a) + 10 * planner.groups)
            assert watch.pieces == wanted[: planner.groups], "the same operands are not planned again"


@cocotb.test()
async def start_while_pieces_are_cut(dut) -> None:
    planner, _ = await begun(dut)
    wanted = [await quiet(planner, a, b) for a, b in pairs(planner)]
    watch = Watch(planner)
    dut.early_i.value = 1
    for delay in range(0, PREPARED, amount(5, 1)):
        for (a, b), pieces in zip(pairs(planner), wanted, strict=True):
            await planner.load(0, a)
            await planner.load(1, b)
            await ClockCycles(dut.clk_i, delay)
            dut.early_i.value = delay % 3 != 0
            await planner.start()
            assert watch.pieces == pieces, f"{delay} cycles after both operands"
            dut.early_i.value = 0
            await RisingEdge(dut.clk_i)
            watch.clear()
            dut.early_i.value = 1


@cocotb.test()
async def operand_is_replaced_after_pieces(dut) -> None:
    """Pieces of operands that go are dropped, however far the cuts are."""
    planner, rng = await begun(dut)
    chosen = pairs(planner)
    wanted = [await quiet(planner, a, b) for a, b in chosen]
    watch = Watch(planner)
    for delay in range(1, PREPARED + 3 * planner.groups, amount(7, 2)):
        dut.early_i.value = 1
        await planner.load(0, rng.choice(chosen)[0])
        await planner.load(1, rng.choice(chosen)[1])
        await ClockCycles(dut.clk_i, delay)
        which = rng.randrange(len(chosen))
        if rng.random() < 0.5:  # A stays
            await planner.load(0, chosen[which][0])
            await planner.load(1, [5] * 9)
            await ClockCycles(dut.clk_i, delay)
        else:
            await planner.load(0, chosen[which][0])
        await planner.load(1, chosen[which][1])
        await ClockCycles(dut.clk_i, rng.choice([0, 10, 2 * PREPARED + len(chosen[which][0])]))
        await planner.start()
        assert watch.pieces == wanted[which], f"{delay} cycles after both operands"
        watch.clear()
    assert watch.drops, "no piece was ever dropped"


@cocotb.test()
async def another_buffer_while_cuts_are_made(dut) -> None:
    """The ranks of the buffer that B goes to are no response, however wrong they are."""
    planner, _ = await begun(dut)
    if planner.buffers == 1 or planner.groups == 1:
        return
    a, b = pairs(planner)[0]
    wanted = await quiet(planner, a, b)
    watch = Watch(planner)
    for delay in range(1, PREPARED + 3 * planner.groups, amount(2, 1)):
        dut.early_i.value = 1
        await planner.load(0, a)
        await planner.load(1, b)
        blocks = planner.blocks(1, 1 - planner.filled[1])
        for block in range(sum(b) // 16):
            blocks[block].value = int(blocks[block].value) ^ 1
        await ClockCycles(dut.clk_i, delay)
        planner.leave(1)
        for _ in range(6):
            await FallingEdge(dut.clk_i)
            assert str(dut.rank_fault_o.value)[0] == "0", f"a fault, {delay} cycles after both operands"
        await planner.load(1, b)
        await planner.start()
        assert watch.pieces == wanted, f"{delay} cycles after both operands"
        watch.clear()
    assert watch.drops, "no piece was ever dropped"


@cocotb.test()
async def wrong_response_before_the_start(dut) -> None:
    """It ends the plan of these operands alone; once started, until reset."""
    planner, _ = await begun(dut)
    a, b = pairs(planner)[0]
    wanted = await quiet(planner, a, b)
    watch = Watch(planner)
    dut.early_i.value = 1
    await planner.load(0, a, wrong=range(len(a) + 1))
    await planner.load(1, b)
    await ClockCycles(dut.clk_i, PREPARED + len(a) + 10 * planner.groups)
    assert len(watch.pieces) < len(wanted) and not int(dut.busy_o.value)
    await planner.load(0, a)
    await ClockCycles(dut.clk_i, PREPARED + len(a) + 10 * planner.groups)
    assert watch.pieces == wanted[: planner.groups] and watch.drops
    await planner.start()
    await planner.load(0, a, wrong=range(len(a) + 1))
    await ClockCycles(dut.clk_i, PREPARED + len(a) + 10 * planner.groups)
    dut.start_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.start_i.value = 0
    await ClockCycles(dut.clk_i, 200)
    assert int(dut.busy_o.value), "a plan with a wrong response ended"
