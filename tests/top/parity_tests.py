# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator (Icarus, which lets memories be written): bits flip in memories with parity.

A used word gives ErrParity with its place, and never a wrong record; an unused word changes nothing.
Arguments: `config`; `memories`, among line, first, bound, path, node, result, rank and values; `count`, the
number of flipped bits for each. More are flipped until one is used, and until each store of results had one.
"""

from __future__ import annotations

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from sim.thisrun import argument
from tb.common import rtl_constants as rtl
from tests.top.contractions import Case, case, compare, covered, no_error, run
from tests.top.host import Host, begin
from tests.top.stored_words import LINE_PLACE, Flip, Words

PARITY, ADDRESS = rtl.ERRORS["ErrParity"].value, rtl.ERRORS["ErrAddress"].value
NOWHERE = 0xFFC  # no such register
COUNT = argument("count")
SOME, MOST_JOBS = 12, 60  # results, jobs


async def _begin(dut) -> tuple[Host, random.Random, Words]:
    host, chance = await begin(dut)
    return host, chance, Words(dut, host.config)


async def _load(host: Host, chance: random.Random, least: int = 0) -> Case:
    """Load and return a contraction with entries in both operands, of some results and not too many jobs."""
    while True:
        pair = case(chance, host, extent=60)
        fits = pair.result.results >= least and pair.result.jobs <= MOST_JOBS
        if pair.a.nnz and pair.b.nnz and fits:
            break
    await host.load_all(pair)
    return pair


async def _check(host: Host, pair: Case, flip: Flip, earlier: bool) -> tuple[bool, int]:
    """Check frame and registers of a contraction with a flipped bit; return whether it was noticed, and lost results.

    With `earlier` an error was recorded before: it stays, and the trailer repeats it or reports the parity.
    """
    await host.interrupt("IrqDrained")
    frame = await host.frame(pair.modes)
    first = [ADDRESS, NOWHERE] if earlier else [0, 0]
    noticed = frame.error == PARITY
    compare(pair, frame, PARITY if noticed else first[0], noticed)
    assert flip.used in (None, noticed), f"{flip.what}: used {flip.used}, noticed {noticed}"
    seen = await host.error()
    expected = [*(first if earlier or not noticed else [PARITY, flip.place]), earlier + noticed]
    assert seen == expected, f"{flip.what}: {[*map(hex, seen)]}, not {[*map(hex, expected)]}"
    assert not noticed or await host.has("RegIrqStatus", "IrqError")
    stored, sent = await host.counter("CntResults"), await host.counter("CntUnloaded")
    assert sent == frame.count and (stored == sent if flip.place >> 24 & 0x7F == LINE_PLACE else stored >= sent), (
        f"{flip.what}: {stored} complete, {sent} sent, {frame.count} told"
    )
    await host.wait_while("StatusBusy")
    assert not host.frames and not host.inside_frame and not host.queues_in_use(), flip.what
    return noticed, pair.result.results - frame.count


async def _recover(host: Host, pair: Case, chance: random.Random, load: tuple[int, ...]) -> None:
    """Contract again, with these operands sent anew: after a soft reset, or with the error still recorded."""
    if chance.random() < 0.5:
        await host.soft_reset()
        await run(host, pair, host.any_stalls())
        await no_error(host)
    else:
        await run(host, pair, host.any_stalls(), load=load, code=await host.read("RegError"))
        await host.soft_reset()


async def _before(host: Host, words: Words, memory: str, chance: random.Random) -> tuple[Case, Flip | None]:
    """Flip a bit of an operand store or of the ranks, then start."""
    pair = await _load(host, chance)
    flip = getattr(words, memory)(pair, chance)
    stalls = host.any_stalls()
    # A trailer that waits delays the machine's reset: all its later reads must be its own.
    host.stall_results("never" if memory == "bound" else stalls)
    await host.start(pair.dense, pair.run_length)
    if memory == "bound":
        await ClockCycles(host.dut.clk_i, 150)
        host.stall_results(stalls)
    return pair, flip


async def _waiting(host: Host, words: Words, chance: random.Random) -> tuple[Case, Flip | None]:
    """Flip a bit of a result while the host accepts nothing, with all results stored or with more to come."""
    pair = await _load(host, chance, SOME)
    host.stall_results("never")
    await host.start(pair.dense, pair.run_length)
    await ClockCycles(host.dut.clk_i, chance.choice([20, 100, 500]))
    for _ in range(20):
        await FallingEdge(host.dut.clk_i)  # at the rising edge a result may become the first one, which is offered
        if flip := words.result(pair, chance):
            break
        await ClockCycles(host.dut.clk_i, 20)
    await ClockCycles(host.dut.clk_i, 1)
    host.stall_results(host.any_stalls())
    return pair, flip


async def _running(host: Host, words: Words, chance: random.Random) -> tuple[Case, Flip]:
    """Flip bits of resident fibers while a contraction runs."""
    pair = await _load(host, chance, SOME)
    host.stall_results("none")
    await host.start(pair.dense, pair.run_length)
    await ClockCycles(host.dut.clk_i, chance.randrange(20, 60))
    return pair, words.values(chance)


@cocotb.test()
async def a_flipped_bit_is_never_a_wrong_number(dut) -> None:
    host, chance, words = await _begin(dut)
    for memory in argument("memories").split():
        if memory == "values":
            words.write_all_values()
        flips = noticed = lost = 0
        for turn in range(4 * COUNT):
            missing = memory == "result" and len(words.met) < len(list(words.sources()))
            if turn >= COUNT and noticed and not missing:
                break
            if earlier := chance.random() < 0.3:
                await host.access(NOWHERE)
            if memory == "values":
                pair, flip = await _running(host, words, chance)
            elif memory == "result":
                pair, flip = await _waiting(host, words, chance)
            else:
                pair, flip = await _before(host, words, memory, chance)
            if flip:
                flips += 1
                bites, missed = await _check(host, pair, flip, earlier)
                noticed, lost = noticed + bites, lost + missed
            else:
                await host.interrupt("IrqDrained")
                compare(pair, await host.frame(pair.modes), ADDRESS if earlier else 0)
            stored_anew = memory in ("line", "first", "bound", "path", "node", "rank") and flip
            await _recover(host, pair, chance, (flip.place >> 31,) if stored_anew else ())
        dut._log.info("%s: %d bits flipped, %d noticed", memory, flips, noticed)
        assert noticed and (lost or memory != "line"), f"no flipped bit of {memory} was used"
    covered("ErrParity")


@cocotb.test()
async def a_bit_that_flips_under_way(dut) -> None:
    """Lines flip at any cycle of the contraction: the result is complete and right, or short and reported."""
    host, chance, words = await _begin(dut)
    noticed = 0
    for _ in range(max(6, COUNT) if "line" in argument("memories").split() else 0):
        pair = await _load(host, chance)
        await host.start(pair.dense, pair.run_length)
        await ClockCycles(dut.clk_i, chance.randrange(60))
        words.line(pair, chance)
        await host.interrupt("IrqDrained")
        frame = await host.frame(pair.modes)
        compare(pair, frame, frame.error, bool(frame.error))
        # A line may still be prefetched when every result is complete: its error is reported, without harm.
        assert frame.error in (0, PARITY) and frame.error in (0, await host.read("RegError"))
        noticed += bool(frame.error)
        await host.wait_while("StatusBusy")
        await host.soft_reset()
        await run(host, pair)
    dut._log.info("%d bits flipped under way in time to be read", noticed)
    assert noticed or "line" not in argument("memories").split()
