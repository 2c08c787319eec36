# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the registers of the memory edge, and those of the chip behind it."""

from __future__ import annotations

from random import Random

import cocotb
from cocotbext.axi import AxiResp

from tb.common.bench import rng, start
from tb.common.rtl_constants import CONSTANTS, EDGE, ERRORS, REGISTERS
from tb.common.stalls import STALLS
from tests.edge.host import BIT, Host

MEANT = {"RegRingBase": 0xFFFF_FFFF, "RegRingBaseHigh": 0xFFFF_FFFF, "RegRingSize": 0xFFFF_FFFF,
         "RegEdgeIrqEnable": BIT["EdgeIrqDone"] | BIT["EdgeIrqError"]}  # bits that exist
BEGIN = ("RegEdgeStatus", "RegRingHead", "RegRingTail", "RegEdgeError", "RegEdgePlace", "RegEdgeIrqStatus")
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
    assert await host.read("RegEdgeInfo") == (
        int(dut.WriteBursts.value) << 24 | int(dut.ReadBursts.value) << 16 | int(dut.DataWidth.value))
    for name in BEGIN:
        assert await host.read(name) == 0, name
    held = dict.fromkeys(MEANT, 0)
    for _ in range(8):
        for name, meant in MEANT.items():
            data = random.randbytes(random.randint(1, 4))
            answer = await host.axil.write(EDGE.registers[name].address, data)
            assert answer.resp == AxiResp.OKAY, f"{name} was refused"
            held[name] = int.from_bytes(data + held[name].to_bytes(4, "little")[len(data):], "little") & meant
            assert (read := await host.read(name)) == held[name], f"{name}: {read:#x}, not {held[name]:#x}"
    await host.reset()
    assert {name: await host.read(name) for name in MEANT} == held


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def what_nobody_has_is_refused(dut, kind: str) -> None:
    """Writes of what can only be read, and addresses that no register has; told by the chip as ErrAddress."""
    random, host = rng(), Host(dut)
    await start(dut)
    stall(host, kind, random)
    read_only = [register.address for register in EDGE.registers.values() if register.access == "RO"]
    assert read_only
    between = EDGE.registers["RegRingBase"].address + 2
    for address in (*read_only, UNKNOWN, between, REGISTERS["RegId"].address):
        answer = await host.axil.write(address, bytes(4))
        assert answer.resp == AxiResp.SLVERR, f"{address:#x} was written"
    assert (await host.axil.read(UNKNOWN, 4)).resp == AxiResp.SLVERR
    assert await host.read("RegError") == ERRORS["ErrAddress"].value
    assert await host.read("RegErrorPlace") == read_only[0]
    assert await host.read("RegErrorCount") == len(read_only) + 4
    assert not await host.read("RegEdgeStatus"), "the queue is no part of it"
