# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the bus side of flaash_registers, address by address."""

import cocotb
from cocotb.triggers import ClockCycles, Timer

from flaash.driver.registers import ADDRESSES
from tb.common.bench import start
from tb.common.rtl_constants import CONSTANTS, MODE_BITS, REGISTERS
from tb.common.stalls import STALLS
from tests.blocks.control.register_port import RawPort, RegisterPort, code

OKAY, SLVERR = 0, 2
BY_ADDRESS = {register.address: register for register in REGISTERS.values()}
MEANT = {
    "RegMode": 2 ** MODE_BITS["ModeDense"].value,
    **dict.fromkeys(("RegRunLength", "RegWatchdog", "RegPortion", "RegLongLines"), 0xFFFF_FFFF),
    "RegSdpeSelect": 63,
    "RegIrqEnable": 2 ** CONSTANTS["NumIrqs"] - 1,
}  # bits of the RW registers that exist
RUN_LENGTH = ADDRESSES["RegRunLength"]


@cocotb.test()
async def every_address(dut) -> None:
    """Reads and writes of the whole space: registers respond, other accesses are refused, change nothing, are told."""
    port = await RegisterPort.begin(dut, operands=False)
    refused: list[int] = []
    for address in range(0, 2 ** CONSTANTS["RegAddrWidth"], 4):
        value, okay = await port.access_read(address)
        register = BY_ADDRESS.get(address)
        assert okay == (register is not None) and (okay or value == 0), f"reading {address:#x}: okay is {okay}"
        refused += [address] * (not okay)
        if register is None or register.access == "RO":
            assert not await port.access_write(address, 0xFFFF_FFFF), f"{address:#x} was written"
            refused.append(address)
            again, _ = await port.access_read(address)
            refused += [address] * (not okay)
            assert again == value or register.name == "RegStatus" or register.name.startswith("RegError"), address
    await port.expect(Control=0, Error="ErrAddress", ErrorPlace=refused[0], ErrorCount=len(refused))


@cocotb.test()
async def the_build_can_be_read(dut) -> None:
    port = await RegisterPort.begin(dut, operands=False)
    assert (await port.read("RegId")).to_bytes(4, "big") == b"FLSH"
    of = {name: int(getattr(dut, name).value) for name in ("Engine", "Memory", "Scheduler", "CanSplit")}
    same = ("Format", "NumSdpe", "Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth")
    await port.expect(
        Version=0x0001_0003,
        Blocks=of["Engine"] | of["Memory"] << 4 | of["Scheduler"] << 8 | of["CanSplit"] << 12,
        **{name: int(getattr(dut, name).value) for name in same},
    )


@cocotb.test()
async def portions_need_a_build_that_can_split(dut) -> None:
    """Elsewhere the register reads 0 and refuses to be written."""
    port = await RegisterPort.begin(dut, operands=False)
    can = bool(dut.CanSplit.value)
    assert await port.access_write(ADDRESSES["RegPortion"], 9) == can
    await port.expect(Portion=9 * can, Error="ErrNone" if can else "ErrAddress")


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def reads_and_writes_beside_each_other(dut, kind: str) -> None:
    """Address and data in any order, and responses that wait; the proof `axil_slave` has all of them."""
    port = await RegisterPort.begin(dut, operands=False)
    port.stall([STALLS[kind](port.random) for _ in range(5)])

    async def write_and_read(name: str) -> None:
        for _ in range(20):
            value = port.random.getrandbits(32)
            await port.write(name, value)
            assert await port.read(name) == value & MEANT[name], name

    for task in [cocotb.start_soon(write_and_read(name)) for name in MEANT]:
        await task


@cocotb.test()
async def bytes_are_written_by_strobes(dut) -> None:
    """Each set of bytes; a command without a strobe does nothing."""
    port = RawPort(dut)
    random = await start(dut)
    held = dict.fromkeys(MEANT, 0)
    for strobes in [*range(16), *random.choices(range(16), k=30)]:
        for name in MEANT:
            value = random.getrandbits(32)
            assert await port.write(ADDRESSES[name], value, strobes) == OKAY
            mask = sum(0xFF << 8 * byte for byte in range(4) if strobes >> byte & 1)
            held[name] = (held[name] & ~mask | value & mask) & MEANT[name]
            assert await port.read(ADDRESSES[name]) == (held[name], OKAY), name
    assert await port.write(ADDRESSES["RegControl"], 3, strobes=0) == OKAY
    for name in ("RegControl", "RegErrorCount"):
        assert await port.read(ADDRESSES[name]) == (0, OKAY), "a command without a strobe"


@cocotb.test()
async def unaligned_addresses_are_refused(dut) -> None:
    port = RawPort(dut)
    await start(dut)
    counters = REGISTERS["CntCycles"].address
    for address in (RUN_LENGTH, ADDRESSES["RegId"], counters, counters + 4):
        for offset in (1, 2, 3):
            assert await port.read(address + offset) == (0, SLVERR)
            assert await port.write(address + offset, 0xFFFF_FFFF) == SLVERR
    for name, value in (("RunLength", 0), ("Error", code("ErrAddress")), ("ErrorPlace", RUN_LENGTH + 1)):
        assert await port.read(ADDRESSES[f"Reg{name}"]) == (value, OKAY)


@cocotb.test()
async def reset_inside_an_access(dut) -> None:
    port = RawPort(dut)
    await start(dut)
    await port.address(RUN_LENGTH)
    await ClockCycles(dut.clk_i, 3)
    assert port.writes.aw_channel.idle(), "the address was not accepted"
    dut.rst_ni.value = 0
    await Timer(3, "ns")
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    await port.data(7)
    await ClockCycles(dut.clk_i, 5)
    assert dut.s_axil_bvalid_o.value == 0, "the address of before the reset was still there"
    await port.address(RUN_LENGTH)
    assert await port.written() == OKAY
    assert await port.read(RUN_LENGTH) == (7, OKAY)
