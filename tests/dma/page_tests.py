# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: statements of the memory interface's pages for integrators and drivers."""

from __future__ import annotations

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiResp

from models.device.layout import Descriptor, LevelEntry
from tb.common.bench import rng, start
from tests.dma.first_tests import SHAPES, drawn
from tests.dma.host import ADDRESS, BIT, CAPACITY, ERROR, RESULTS, SLOTS, Host, check, expected
from tests.dma.overlap_tests import Queue

MOST = {"ar": 32, "aw": 16}  # beats of a burst
# Signals of an address channel that never change.
STEADY = {"id": 0, "burst": 1, "lock": 0, "cache": 0b0010, "prot": 0}


async def _begin(dut, latency: int = 1) -> tuple[Host, np.random.Generator]:
    host = Host(dut, latency)
    await start(dut)
    await host.set_ring()
    return host, np.random.default_rng(rng().getrandbits(32))


@cocotb.test()
async def what_the_bus_shows(dut) -> None:
    """One ID, whole beats, bursts of up to 32; only the last beat of the results leaves out bytes."""
    host, numbers = await _begin(dut)
    queue = Queue(host)
    for shapes in SHAPES[: SLOTS - 1]:
        queue.put([drawn(numbers, shape, host.fmt.name, 0.8) for shape in shapes])
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
    await host.ring()
    for turn in queue.turns:
        turn.check(host, await host.completed(turn.slot))
    await host.idle()
    assert not watching.done() and all(seen.values())
    ends = {turn.at + turn.wanted.nbytes for turn in queue.turns if turn.wanted.nbytes % beat}
    assert {at + strobes.bit_length() for at, strobes in parts} == ends and len(parts) == len(ends)
    assert all(strobes & strobes + 1 == 0 for _, strobes in parts), "a gap in a beat"


@cocotb.test()
@cocotb.parametrize(wants=[False, True])
async def an_error_raises_both_interrupts(dut, wants: bool) -> None:
    """A descriptor that fails ends, too: with bit 18 DmaIrqDone comes with DmaIrqError."""
    host, numbers = await _begin(dut)
    operands = [drawn(numbers, shape, host.fmt.name, 1.0) for shape in SHAPES[1]]
    host.put(Descriptor(*host.lay(*operands), host.fmt.code, RESULTS, 4, interrupt=wants))
    await host.ring()
    await host.halted()
    assert await host.read("RegDmaIrqStatus") == BIT["DmaIrqError"] | (BIT["DmaIrqDone"] if wants else 0)


@cocotb.test()
async def the_head_is_read_before_the_status(dut) -> None:
    """They change in one cycle: a status that is read later and not halted speaks for all before the head."""
    host, numbers = await _begin(dut)
    for _ in range(2):
        queue = Queue(host)
        for _ in range(SLOTS - 1):
            queue.put([drawn(numbers, shape, host.fmt.name) for shape in SHAPES[1]])
        bad = rng().randrange(SLOTS - 1)
        host.memory.put(queue.turns[bad].slot, bytes(4))
        await host.ring()
        head = 0
        while head <= bad:
            head = await host.read("RegRingHead")
            status = await host.read("RegDmaStatus")
            assert head <= bad or status & BIT["DmaStatusHalted"], "the head has passed an error unnoticed"
        assert (head, await host.read("RegDmaError")) == (bad + 1, ERROR["ErrDescriptor"])
        await host.reset()
        await host.set_ring()


@cocotb.test()
@cocotb.parametrize(latency=[1, 60])
async def results_are_operands_of_a_later_descriptor(dut, latency: int) -> None:
    """Once the head has passed the descriptor that makes them: before that they may be read too early."""
    host, numbers = await _begin(dut, latency)
    assert host.fmt.name == "fp32"
    a, b, c = (drawn(numbers, (9,), host.fmt.name, 1.0) for _ in range(3))
    first = host.lay(a, b)
    host.put(Descriptor(*first, host.fmt.code, RESULTS, CAPACITY, coordinates=True, interrupt=False))
    await host.ring()
    while await host.read("RegRingHead") != host.tail:
        pass
    # The result is a vector of one entry, at coordinate 0 of c.
    product = expected(a, b, host.fmt, coordinates=True)
    assert product.shape == (1, 1)
    [leaf] = host.lay(c)[:1]
    made = LevelEntry(leaf[0].first, RESULTS, leaf[0].extent, 1)
    slot = host.put(
        Descriptor([made], leaf, host.fmt.code, RESULTS + 0x1000, CAPACITY, coordinates=True, interrupt=False)
    )
    await host.ring()
    record = await host.completed(slot)
    assert record.code == 0 and record.results == 1
    value = np.frombuffer(host.memory.get(RESULTS + 0x1000, 4), "<f4")[0]
    factor = np.frombuffer(product.tobytes(), "<f4")[0]
    assert value == np.float32(np.float64(factor) * np.float64(np.float32(c.values[0])))


@cocotb.test()
async def a_prompt_record_is_no_permission_to_read(dut) -> None:
    """The record comes before the responses to the results; the head does not."""
    host, numbers = await _begin(dut)
    host.bus.delay({"ar": 1, "b": 300})
    operands = [drawn(numbers, shape, host.fmt.name, 1.0) for shape in SHAPES[1]]
    slot = host.put(Descriptor(*host.lay(*operands), host.fmt.code, RESULTS, CAPACITY, interrupt=False, prompt=True))
    await host.ring()
    await host.completed(slot)
    assert await host.read("RegRingHead") == 0, "the head has moved before the answers"
    assert host.bus.in_flight == "writes"
    while await host.read("RegRingHead") != host.tail:
        pass
    assert host.bus.in_flight == "nothing"
    check(host.rows(host.record(slot), 2 + host.value_words), expected(*operands, host.fmt))


@cocotb.test()
async def settings_read_as_the_last_descriptor_has_them(dut) -> None:
    host, numbers = await _begin(dut)
    operands = [drawn(numbers, shape, host.fmt.name) for shape in SHAPES[1]]
    wanted = {"RegMode": 1, "RegRunLength": 3, "RegLongLines": 5}
    slot = host.put(
        Descriptor(
            *host.lay(*operands),
            host.fmt.code,
            RESULTS,
            CAPACITY,
            dense=True,
            run_length=3,
            long_lines=5,
            interrupt=False,
        )
    )
    await host.ring()
    assert (await host.completed(slot)).code == 0
    for name, value in wanted.items():
        assert (await host.axil.write(ADDRESS[name], bytes(4))).resp == AxiResp.OKAY
        assert await host.read(name) == value
