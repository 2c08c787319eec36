# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the memory of `make bench` has its specified latency and rate."""

from pathlib import Path

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from tb.common.bench import rng, start, zero

BEATS, BYTES = 64, 16
OKAY, DECERR = 0, 3


async def begin(dut, latency: int, gap: int, size: int = BEATS) -> list[int]:
    """Reset the memory, fill it, and return its beats."""
    zero(dut, "awvalid", "awaddr", "wvalid", "wdata", "wstrb", "wlast", "arvalid", "araddr", "arlen", "load", "dump")
    dut.size_i.value, dut.latency_i.value, dut.gap_i.value = size, latency, gap
    dut.rready_i.value = dut.bready_i.value = 1
    random = await start(dut)
    beats = [random.getrandbits(8 * BYTES) for _ in range(BEATS)]
    Path("memory_in.hex").write_text("".join(f"{beat:032x}\n" for beat in beats))
    dut.load_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.load_i.value = 0
    await RisingEdge(dut.clk_i)
    return beats


async def seen(dut, channel: str, until: int) -> list[tuple[int, dict]]:
    """Return the handshakes of a channel in the next cycles, with their data."""
    fields = {"r": ("rdata", "rresp", "rlast"), "b": ("bresp",)}[channel]
    found = []
    for cycle in range(until):
        await FallingEdge(dut.clk_i)
        if getattr(dut, f"{channel}valid_o").value == 1 and getattr(dut, f"{channel}ready_i").value == 1:
            found.append((cycle, {name: int(getattr(dut, f"{name}_o").value) for name in fields}))
    return found


@cocotb.test()
@cocotb.parametrize(latency=[1, 20], gap=[0, 3])
async def reads(dut, latency: int, gap: int) -> None:
    """Two bursts, the second one beyond the end: latency after the first address, then a beat per cycle."""
    size = 20
    beats = await begin(dut, latency, gap, size)
    asked = [(7, 5), (size - 2, 4)]  # first beat, beats
    collected = cocotb.start_soon(seen(dut, "r", 60))
    for first, count in asked:
        dut.arvalid_i.value, dut.araddr_i.value, dut.arlen_i.value = 1, BYTES * first, count - 1
        await RisingEdge(dut.clk_i)
    dut.arvalid_i.value = 0
    found = await collected
    wanted = [(first + index, index == count - 1) for first, count in asked for index in range(count)]
    # The first address is accepted in cycle 0.
    pauses = [index // gap if gap else 0 for index in range(len(wanted))]
    assert [cycle for cycle, _ in found] == [max(latency, 1) + index + pause for index, pause in enumerate(pauses)]
    for (_, beat), (place, last) in zip(found, wanted, strict=True):
        right = (beats[place], OKAY) if place < size else (0, DECERR)
        assert (beat["rdata"], beat["rresp"], beat["rlast"]) == (*right, last)
    assert dut.read_o.value == len(wanted)


@cocotb.test()
@cocotb.parametrize(latency=[1, 20], gap=[0, 2])
async def writes(dut, latency: int, gap: int) -> None:
    """Single bytes, whole beats, a burst with a beat beyond the end; each response has the given latency."""
    size, random = 20, rng()
    beats = await begin(dut, latency, gap, size)
    asked, last = [(3, 4), (size - 1, 2)], []
    collected = cocotb.start_soon(seen(dut, "b", 60))
    cycle = 0
    for first, count in asked:
        dut.awvalid_i.value, dut.awaddr_i.value = 1, BYTES * first
        await RisingEdge(dut.clk_i)
        cycle, dut.awvalid_i.value = cycle + 1, 0
        for index in range(count):
            data, strobes = random.getrandbits(8 * BYTES), random.choice([0xFFFF, random.getrandbits(16)])
            dut.wvalid_i.value, dut.wdata_i.value, dut.wstrb_i.value = 1, data, strobes
            dut.wlast_i.value = index == count - 1
            await FallingEdge(dut.clk_i)
            while dut.wready_o.value != 1:
                cycle += 1
                await FallingEdge(dut.clk_i)
            await RisingEdge(dut.clk_i)
            if first + index < size:
                for lane in (lane for lane in range(BYTES) if strobes >> lane & 1):
                    mask = 0xFF << 8 * lane
                    beats[first + index] = beats[first + index] & ~mask | data & mask
            if index == count - 1:
                last.append(cycle)
            cycle += 1
        dut.wvalid_i.value = 0
    found = await collected
    assert [when for when, _ in found] == [when + max(latency, 1) for when in last]
    assert [answer["bresp"] for _, answer in found] == [OKAY, DECERR]
    # Two addresses and six beats; the second pause falls on an address.
    assert cycle == 8 + (gap == 2) and dut.written_o.value == 6
    dut.dump_i.value = 1
    await ClockCycles(dut.clk_i, 2)
    assert [int(line, 16) for line in Path("memory_out.hex").read_text().split()] == beats[:size]
