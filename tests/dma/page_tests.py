# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: statements of the memory interface's pages for integrators and drivers."""

from __future__ import annotations

import cocotb
from cocotb.triggers import RisingEdge

from tests.dma.host import BIT, ERROR, SHAPES, SLOTS, opened
from tests.dma.queue import Queue

MOST = {"ar": 32, "aw": 16}  # beats of a burst
# Signals of an address channel that never change.
STEADY = {"id": 0, "burst": 1, "lock": 0, "cache": 0b0010, "prot": 0}


@cocotb.test()
async def what_the_bus_shows(dut) -> None:
    """One ID, whole beats, bursts of up to 32; only the last beat of the results leaves out bytes."""
    host = await opened(dut)
    queue = Queue(host)
    for shapes in SHAPES[: SLOTS - 1]:
        queue.draw(shapes, 0.8)
    beat, parts, seen = host.memory.beat, [], {"ar": 0, "aw": 0}

    async def watch() -> None:
        beats: list[int] = []  # addresses of those that are to come
        while True:
            await RisingEdge(dut.clk_i)
            for channel, count in seen.items():
                if all(getattr(dut, f"m_axi_{channel}{name}").value for name in ("valid", "ready")):
                    told = {
                        name: int(getattr(dut, f"m_axi_{channel}{name}").value)
                        for name in (*STEADY, "addr", "len", "size")
                    }
                    assert STEADY.items() <= told.items() and 1 << told["size"] == beat, told
                    assert told["len"] < MOST[channel] and told["addr"] % beat == 0
                    seen[channel] = count + 1
                    if channel == "aw":
                        beats += [told["addr"] + index * beat for index in range(told["len"] + 1)]
            if dut.m_axi_wvalid.value and dut.m_axi_wready.value:
                strobes = int(dut.m_axi_wstrb.value)
                if strobes != (1 << beat) - 1:
                    parts.append((beats[0], strobes))
                del beats[0]

    watching = cocotb.start_soon(watch())
    await queue.run()
    assert not watching.done() and all(seen.values())
    ends = {turn.at + turn.wanted.nbytes for turn in queue.turns if turn.wanted.nbytes % beat}
    assert {at + strobes.bit_length() for at, strobes in parts} == ends and len(parts) == len(ends)
    assert all(strobes & strobes + 1 == 0 for _, strobes in parts), "a gap in a beat"


@cocotb.test()
@cocotb.parametrize(wants=[False, True])
async def an_error_raises_both_interrupts(dut, wants: bool) -> None:
    """A descriptor that fails ends, too: with bit 18 DmaIrqDone comes with DmaIrqError."""
    host = await opened(dut)
    Queue(host).draw(SHAPES[1], 1.0, capacity=4, interrupt=wants)
    await host.ring()
    await host.halted()
    assert await host.read("RegDmaIrqStatus") == BIT["DmaIrqError"] | (BIT["DmaIrqDone"] if wants else 0)


@cocotb.test()
async def the_head_is_read_before_the_status(dut) -> None:
    """They change in one cycle: a status that is read later and not halted speaks for all before the head."""
    host = await opened(dut)
    for _ in range(2):
        queue = Queue(host)
        for _ in range(SLOTS - 1):
            queue.draw(SHAPES[1])
        bad = host.random.randrange(SLOTS - 1)
        host.memory.put(queue.turns[bad].slot, bytes(4))
        await host.ring()
        head = 0
        while head <= bad:
            head = await host.read("RegRingHead")
            status = await host.read("RegDmaStatus")
            assert head <= bad or status & BIT["DmaStatusHalted"], "the head has passed an error unnoticed"
        assert (head, await host.read("RegDmaError")) == (bad + 1, ERROR["ErrDescriptor"])
        await host.reset()


@cocotb.test()
async def a_prompt_record_is_no_permission_to_read(dut) -> None:
    """The record comes before the responses to the results; the head does not."""
    host = await opened(dut)
    host.bus.delay({"ar": 1, "b": 300})
    queue = Queue(host)
    turn = queue.draw(SHAPES[1], 1.0, prompt=True)
    await host.ring()
    await host.completed(turn.slot)
    assert await host.read("RegRingHead") == 0, "the head has moved before the answers"
    assert host.bus.in_flight == "writes"
    while await host.read("RegRingHead") != host.tail:
        pass
    assert host.bus.in_flight == "nothing"
    await queue.check()
