# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: what ends a queue, in any order and at any distance; the next queue is right."""

from __future__ import annotations

import logging
from random import Random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge

from sim.thisrun import argument
from tb.dma import coverage
from tb.dma.cover_points import ENDS
from tests.dma.ends import Ender, Field, answer, reset_over, stall
from tests.dma.host import BIT, LIMIT, SLOTS, Host, opened
from tests.share import LONG, amount

ORDERS = argument("orders", amount(20, 200))
SPAN = 500  # cycles after the doorbell within which the first event falls
REACH = 34  # cycles between the two of a pair, most
LATE = 90  # cycles until a response
SECOND = ("soft reset", "reset pin", "abort")
RARE = ("bus error", "watchdog")  # as the second one, at a few distances
# A soft reset must not end while bursts are outstanding, also after an abort of the host or of the interface.
CLOSEST = {("abort", "soft reset"): range(16), ("bus error", "soft reset"): range(24)}


async def begin(dut) -> tuple[Host, Random, np.random.Generator]:
    logging.getLogger(f"cocotb.{dut._name}.s_axil").setLevel(logging.ERROR)  # thousands of accesses
    host = await opened(dut)
    return host, host.random, host.numbers


async def end_and_go_on(host: Host, field: Field, ender: Ender, story: str, last: str) -> None:
    """End the work in one more way, compare the memory, and run a legal queue.

    Args:
        story: earlier events, for messages.
        last: "reset pin"; "soft reset"; or "wait" until the queue has ended alone, then a soft reset.
    """
    if last == "reset pin":
        await ender.happen(last, 0)
        host.memory.refused = {}
        host.tail = 0
    else:
        await ender.calm()
        if last == "wait":
            for _ in range(LIMIT // 10):
                if not await host.read("RegDmaStatus") & BIT["DmaStatusBusy"]:
                    break
            else:
                raise AssertionError(f"after {story}: the interface stays busy")
        await reset_over(host)
        for name in ("RegDmaStatus", "RegDmaError", "RegError", "RegRingHead", "RegRingTail"):
            assert not await host.read(name), f"after {story}: {name} is not 0"
    field.check_bytes(ender.cut)
    field.fill()
    await host.set_ring()
    await field.legal(story)
    coverage.hit("dma.after", "reset pin" if last == "reset pin" else "soft reset")


def gap(random: Random) -> int:
    """Return the cycles to the next event: most are few."""
    return random.choice(
        [0, 0, random.randrange(1, 12), random.randrange(1, 12), random.randrange(12, 60), random.randrange(60, 300)]
    )


@cocotb.test()
async def in_any_order(dut) -> None:
    """Two to five events at random distances, on a queue of random length."""
    host, random, numbers = await begin(dut)
    for turn in range(ORDERS):
        stall(host, random)
        field = Field(host, random, numbers, random.randint(1, SLOTS))
        ender = Ender(host, random)
        events = [(random.choice(ENDS), gap(random)) for _ in range(random.randint(2, 5))]
        events[0] = (events[0][0], random.randrange(SPAN))
        last = random.choice(["wait", "soft reset", "soft reset", "reset pin"])
        host.tail = (host.tail + random.randrange(1, SLOTS)) % SLOTS
        await host.ring()
        for what, cycles in events:
            await ender.happen(what, cycles)
        story = f"turn {turn}: " + ", ".join(f"{cycles} {what}" for what, cycles in [*events, (last, 0)])
        try:
            await end_and_go_on(host, field, ender, story, last)
        except AssertionError:
            dut._log.error("failed in %s", story)
            raise


@cocotb.test()
@cocotb.parametrize(first=["abort", "bus error", "watchdog", "soft reset"])
async def at_every_distance(dut, first: str) -> None:
    """The second event follows the first one while bursts of both directions are outstanding."""
    host, random, numbers = await begin(dut)
    for second in (*SECOND, *RARE):
        near = CLOSEST.get((first, second)) or random.sample(range(REACH), 4)
        if second in RARE:
            near = (0, 1, *near[: amount(1, 4)])
        elif LONG:
            near = range(REACH)
        for turn, cycles in enumerate(near):
            answer(host, random)
            both = cycles < 2 or turn % 2 == 0  # directions have something outstanding
            if both:
                host.bus.delay({"ar": LATE, "b": LATE})
            field = Field(host, random, numbers, SLOTS)
            ender = Ender(host, random)
            await host.set_ring()
            host.tail = SLOTS - 1
            await host.ring()
            for _ in range(LIMIT):
                await RisingEdge(dut.clk_i)
                if ("reads and writes" if both else "writes") in host.bus.in_flight or host.record(host.slot(0)):
                    break
            await ClockCycles(dut.clk_i, 1 if both else random.randrange(40))
            await ender.happen(first, 0)
            await ender.happen(second, cycles)
            await end_and_go_on(
                host,
                field,
                ender,
                f"{first}, then {second} after {cycles} cycles",
                "soft reset" if second == "abort" else random.choice(["soft reset", "wait"]),
            )
            await reset_over(host)
