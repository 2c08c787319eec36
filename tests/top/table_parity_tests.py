# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator (Icarus, which lets memories be written): bits flip in all other memories.

A word that is used gives ErrParity with its place, and never a wrong record; one that isn't changes nothing.
Environment variables: FLAASH_CONFIG as for tb.env.test, FLAASH_COUNT the number of flipped bits per memory.
"""

from __future__ import annotations

import os
import random

import cocotb
from cocotb.triggers import ClockCycles

from tb.common import rtl_constants as rtl
from tb.common.bench import rng, start
from tb.common.configs import Config
from tb.common.stalls import STALLS
from tests.top.contractions import Case, case, compare, covered, no_error, run
from tests.top.host import Host
from tests.top.stored_words import Flip, Words

PARITY = rtl.ERRORS["ErrParity"].value
COUNT = int(os.environ["FLAASH_COUNT"])


async def _begin(dut) -> tuple[Host, random.Random, Words]:
    config, chance = Config.from_json(os.environ["FLAASH_CONFIG"]), rng()
    host = Host(dut, config, chance)
    await start(dut)
    if int(config["Portions"]):
        await host.write("RegPortion", 5)
    return host, chance, Words(dut, config)


async def _load(host: Host, chance: random.Random, most: int = 3) -> Case:
    """Load and return a contraction with entries in both operands."""
    while True:
        pair = case(chance, host, most, extent=60)
        if pair.a.nnz and pair.b.nnz:
            break
    for which, csf in enumerate(pair.operands):
        await host.load(csf, which)
    return pair


async def _check(host: Host, pair: Case, flip: Flip) -> bool:
    """Check frame and registers of a contraction with a flipped bit; return whether it was noticed."""
    await host.interrupt("IrqDrained")
    frame = await host.frame(pair.modes)
    noticed = bool(frame.error)
    compare(pair, frame, PARITY if noticed else 0, noticed)
    assert flip.used in (None, noticed), f"{flip.what}: used {flip.used}, noticed {noticed}"
    seen = [await host.read(name) for name in ("RegError", "RegErrorPlace", "RegErrorCount")]
    expected = [PARITY, flip.place, 1] if noticed else [0, 0, 0]
    assert seen == expected, f"{flip.what}: {[*map(hex, seen)]}, not {[*map(hex, expected)]}"
    stored, sent = await host.counter("CntResults"), await host.counter("CntUnloaded")
    assert stored >= sent == frame.count, f"{flip.what}: {stored} complete, {sent} sent, {frame.count} told"
    await host.wait_while("StatusBusy")
    assert not host.frames and not host.inside_frame and not host.queues_in_use(), flip.what
    return noticed


async def _recover(host: Host, pair: Case, chance: random.Random, load: tuple[int, ...]) -> None:
    """Contract again, with these operands sent anew: after a soft reset, or with the error still recorded."""
    if chance.random() < 0.5:
        await host.soft_reset()
        await run(host, pair, chance.choice(list(STALLS)))
        await no_error(host)
    else:
        await run(host, pair, chance.choice(list(STALLS)), load=load, code=await host.read("RegError"))
        await host.soft_reset()


@cocotb.test()
@cocotb.parametrize(memory=["first", "path", "node"])
async def operand_stores(dut, memory: str) -> None:
    host, chance, words = await _begin(dut)
    noticed = 0
    for _ in range(COUNT):
        pair = await _load(host, chance)
        flip = getattr(words, memory)(pair, chance)
        host.stall_results(chance.choice(list(STALLS)))
        await host.start(pair.dense, pair.run_length)
        if flip:
            noticed += await _check(host, pair, flip)
        else:
            await host.interrupt("IrqDrained")
            compare(pair, await host.frame(pair.modes))
        await _recover(host, pair, chance, (flip.place >> 31,) if flip else ())
    covered("ErrParity")
    dut._log.info("%d bits of %ss flipped, %d noticed", COUNT, memory, noticed)
    assert noticed > COUNT // 4


@cocotb.test()
async def result_stores(dut) -> None:
    """While the host takes nothing: with all results there, or with more to come."""
    host, chance, words = await _begin(dut)
    flips = 0
    for _ in range(COUNT):
        pair = await _load(host, chance)
        host.stall_results("never")
        await host.start(pair.dense, pair.run_length)
        await ClockCycles(dut.clk_i, chance.choice([60, 120, 1000]))
        flip = words.result(pair, chance)
        flips += flip is not None
        host.stall_results(chance.choice(list(STALLS)))
        if flip:
            await _check(host, pair, flip)
        else:
            await host.interrupt("IrqDrained")
            compare(pair, await host.frame(pair.modes))
        await _recover(host, pair, chance, ())
    dut._log.info("%d bits of stored results flipped, each noticed", flips)
    assert flips > COUNT // 4


@cocotb.test()
@cocotb.parametrize(memory=["rank", "bits", "base", "values"])
async def lookup_machine(dut, memory: str) -> None:
    """Ranks before the start, words of resident fibers at any time."""
    host, chance, words = await _begin(dut)
    if not words.lookup:
        return
    noticed = 0
    for _ in range(COUNT):
        pair = await _load(host, chance)
        flip = words.rank(pair, chance) if memory == "rank" else None
        await host.start(pair.dense, pair.run_length)
        if not flip:
            await ClockCycles(dut.clk_i, chance.randrange(20, 60))
            flip = words.resident(memory, chance)
        noticed += await _check(host, pair, flip)
        await _recover(host, pair, chance, (1,) if memory == "rank" else ())
    dut._log.info("%d times %s flipped, %d noticed", COUNT, memory, noticed)
    assert noticed > COUNT // 8
