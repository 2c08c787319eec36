# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the registers of the memory interface and of its chip."""

from __future__ import annotations

from random import Random

import cocotb
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from tb.common.bench import rng, start
from tb.common.rtl_constants import CONSTANTS, DMA
from tb.common.stalls import STALLS
from tests.dma.host import ADDRESS, BIT, SHAPES, SLOTS, Host, opened
from tests.dma.queue import Queue

MEANT = {
    "RegRingBase": 0xFFFF_FFFF,
    "RegRingBaseHigh": 0xFFFF_FFFF,
    "RegRingSize": 0xFFFF_FFFF,
    "RegDmaIrqEnable": BIT["DmaIrqDone"] | BIT["DmaIrqError"],
}  # bits that exist
BEGIN = ("RegDmaStatus", "RegRingHead", "RegRingTail", "RegDmaError", "RegDmaPlace", "RegDmaIrqStatus")
SETTINGS = ("RegMode", "RegRunLength", "RegPortion", "RegLongLines")  # the descriptor has them
HARMFUL = {"RegControl": BIT["ControlSoftReset"] | BIT["ControlAbort"]}  # bits that end something
WATCHDOG = 0x7F00_0000
UNKNOWN = 2 ** CONSTANTS["RegAddrWidth"] - 4


def stall(host: Host, kind: str, random: Random) -> None:
    """Let the host pause on each of the five channels of its registers."""
    write, read = host.axil.write_if, host.axil.read_if
    for channel in (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel):
        channel.set_pause_generator(STALLS[kind](random))


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def bytes_are_kept(dut, kind: str) -> None:
    """The first bytes of a register or all, address or data first; a soft reset leaves them."""
    random, host = rng(), Host(dut)
    await start(dut)
    stall(host, kind, random)
    assert await host.read("RegDmaInfo") == (
        int(dut.WriteBursts.value) << 24 | int(dut.ReadBursts.value) << 16 | int(dut.DataWidth.value)
    )
    for name in BEGIN:
        assert await host.read(name) == 0, name
    held = dict.fromkeys(MEANT, 0)
    for _ in range(8):
        for name, meant in MEANT.items():
            data = random.randbytes(random.randint(1, 4))
            answer = await host.axil.write(DMA.registers[name].address, data)
            assert answer.resp == AxiResp.OKAY, f"{name} was refused"
            held[name] = int.from_bytes(data + held[name].to_bytes(4, "little")[len(data) :], "little") & meant
            assert (read := await host.read(name)) == held[name], f"{name}: {read:#x}, not {held[name]:#x}"
    await host.soft_reset()
    assert {name: await host.read(name) for name in MEANT} == held


async def scribble(host: Host, random: Random, kept: dict[str, int]) -> int:
    """Write some bytes of a register, or of an unused address; return whether the chip refused.

    Args:
        kept: registers that hold what the queue needs: these bytes are written again.
    """
    name = random.choice([*ADDRESS, "nobody", *SETTINGS * 12])  # these most
    offset = random.randrange(4)
    data = bytearray(random.randbytes(random.randint(1, 4 - offset)))
    if name in HARMFUL or name in kept:
        keeps, value = (0xFFFF_FFFF, kept[name]) if name in kept else (HARMFUL[name], 0)
        for index in range(len(data)):
            shift = 8 * (offset + index)
            data[index] = data[index] & ~(keeps >> shift) & 0xFF | value >> shift & 0xFF
    answer = await host.axil.write(ADDRESS.get(name, UNKNOWN) + offset, bytes(data))
    return answer.resp != AxiResp.OKAY


@cocotb.test()
async def writes_at_random_disturb_nothing(dut) -> None:
    """During contractions; but for those that are meant to: abort, soft reset, and the ring's registers."""
    host = await opened(dut)
    random, refused = host.random, 0
    for _ in range(3):
        await host.write("RegWatchdog", WATCHDOG)
        queue = Queue(host)
        for _ in range(SLOTS - 1):
            kind = {"dense": random.random() < 0.5, "coordinates": random.random() < 0.5}
            queue.draw(random.choice(SHAPES[1:3]), **kind)
        await host.ring()
        names = ("RegRingBase", "RegRingBaseHigh", "RegRingSize", "RegRingTail", "RegWatchdog")
        kept = {name: await host.read(name) for name in names}
        while (await host.read("RegRingHead")) != host.tail:
            refused += await scribble(host, random, kept)
        await queue.check()
        assert not await host.idle(), "the queue has ended"
        assert await host.read("RegErrorCount") == refused
        assert await host.read("RegMode") == queue.turns[-1].descriptor.dense, "not what the last descriptor says"
        await host.reset()
        refused = 0


@cocotb.test()
async def settings_are_those_of_the_descriptor(dut) -> None:
    """A write to them has a response and no effect; a build without portions refuses RegPortion."""
    host = await opened(dut)
    queue = Queue(host)
    queue.draw(SHAPES[1], dense=True, run_length=3, long_lines=5)
    for held in (dict.fromkeys(SETTINGS, 0), {"RegMode": 1, "RegRunLength": 3, "RegPortion": 0, "RegLongLines": 5}):
        for name, value in held.items():
            answer = await host.axil.write(ADDRESS[name], host.random.randbytes(4))
            assert (answer.resp == AxiResp.OKAY) == (name != "RegPortion"), name
            assert await host.read(name) == value, f"the host has changed {name}"
        await queue.run()


@cocotb.test()
async def a_doorbell_in_a_soft_reset_is_forgotten(dut) -> None:
    """So are IRQ bits; base, size and enable are written as ever."""
    host = await opened(dut, 300)
    Queue(host).draw(SHAPES[1])
    await host.ring()
    await host.taken("ar")
    await host.write("RegControl", BIT["ControlSoftReset"])
    await host.write("RegRingTail", 1)
    await host.write("RegRingSize", SLOTS + 1)
    assert await host.read("RegStatus") & BIT["StatusBusy"], "the reset is over: nothing was asked"
    await host.wait_while("StatusBusy")
    assert await host.read("RegRingTail") == 0 and await host.read("RegRingSize") == SLOTS + 1
    host.memory.read_bytes = 0
    await ClockCycles(dut.clk_i, 100)
    assert not host.memory.read_bytes and not await host.read("RegDmaStatus")
