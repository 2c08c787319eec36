# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the bus side of flaash_registers, address by address."""

import cocotb
from cocotb.triggers import ClockCycles, Timer

from tb.common.bench import start
from tb.common.rtl_constants import CONSTANTS, ERRORS, MODE_BITS, REGISTERS
from tb.common.stalls import STALLS
from tests.blocks.control.register_port import RawPort, RegisterPort

OKAY, SLVERR = 0, 2
ERR_ADDRESS = ERRORS["ErrAddress"].value
BY_ADDRESS = {register.address: register for register in REGISTERS.values()}
MEANT = {
    "RegMode": 2 ** MODE_BITS["ModeDense"].value,
    "RegRunLength": 0xFFFF_FFFF,
    "RegWatchdog": 0xFFFF_FFFF,
    "RegPortion": 0xFFFF_FFFF,
    "RegSdpeSelect": 63,
    "RegLongLines": 0xFFFF_FFFF,
    "RegIrqEnable": 2 ** CONSTANTS["NumIrqs"] - 1,
}  # bits of the RW registers that exist


@cocotb.test()
async def every_address(dut) -> None:
    """Reads and writes of the whole space: registers respond, other accesses are refused and reported."""
    port = RegisterPort(dut)
    await start(dut)
    refused: list[int] = []
    for address in range(0, 2 ** CONSTANTS["RegAddrWidth"], 4):
        register = BY_ADDRESS.get(address)
        value, okay = await port.access_read(address)
        assert okay == (register is not None), f"reading {address:#x}: okay is {okay}"
        refused += [] if okay else [address]
        assert okay or value == 0
        if register is None:
            assert not await port.access_write(address, 0), f"{address:#x} was written"
            refused.append(address)
    assert await port.read("RegError") == ERR_ADDRESS
    assert await port.read("RegErrorPlace") == refused[0]
    assert await port.read("RegErrorCount") == len(refused)


@cocotb.test()
async def read_only_means_it(dut) -> None:
    port = RegisterPort(dut)
    await start(dut)
    for register in REGISTERS.values():
        before, _ = await port.access_read(register.address)
        if register.access == "RO" and not register.name.startswith("RegError"):
            assert not await port.access_write(register.address, 0xFFFF_FFFF), f"{register.name} was written"
            after, _ = await port.access_read(register.address)
            assert after == before or register.name == "RegStatus"
    assert await port.read("RegControl") == 0, "a command register has nothing to read"


@cocotb.test()
async def the_build_can_be_read(dut) -> None:
    port = RegisterPort(dut)
    await start(dut)
    assert (await port.read("RegId")).to_bytes(4, "big") == b"FLSH"
    assert await port.read("RegVersion") == 0x0001_0002
    for name in ("Format", "NumSdpe", "Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth"):
        assert await port.read(f"Reg{name}") == int(getattr(dut, name).value), name
    blocks = await port.read("RegBlocks")
    for shift, name in ((0, "Engine"), (4, "Memory"), (8, "Scheduler")):
        assert blocks >> shift & 15 == int(getattr(dut, name).value), name
    assert blocks >> 12 == int(dut.CanSplit.value)


@cocotb.test()
async def portions_need_a_build_that_can_split(dut) -> None:
    """Elsewhere the register reads 0 and refuses to be written."""
    port = RegisterPort(dut)
    await start(dut)
    can = bool(dut.CanSplit.value)
    assert await port.access_write(REGISTERS["RegPortion"].address, 9) == can
    assert await port.read("RegPortion") == 9 * can
    assert await port.read("RegError") == (0 if can else ERR_ADDRESS)


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def reads_and_writes_beside_each_other(dut, kind: str) -> None:
    port = RegisterPort(dut)
    random = await start(dut)
    port.stall([STALLS[kind](random) for _ in range(5)])

    async def write_and_read(name: str) -> None:
        for _ in range(20):
            value = random.getrandbits(32)
            await port.write(name, value)
            assert await port.read(name) == value & MEANT[name], name

    for task in [cocotb.start_soon(write_and_read(name)) for name in MEANT]:
        await task


@cocotb.test()
async def bytes_are_written_by_strobes(dut) -> None:
    port = RawPort(dut)
    random = await start(dut)
    held = dict.fromkeys(MEANT, 0)
    for strobes in [*range(16), *random.choices(range(16), k=30)]:
        for name in MEANT:
            value = random.getrandbits(32)
            await port.address(REGISTERS[name].address)
            await port.data(value, strobes)
            assert await port.written() == OKAY
            mask = sum(0xFF << 8 * byte for byte in range(4) if strobes >> byte & 1)
            held[name] = (held[name] & ~mask | value & mask) & MEANT[name]
            assert await port.read(REGISTERS[name].address) == (held[name], OKAY), name


@cocotb.test()
async def address_and_data_in_any_order(dut) -> None:
    port = RawPort(dut)
    random = await start(dut)
    run_length = REGISTERS["RegRunLength"].address
    for _ in range(30):
        value, gap = random.getrandbits(32), random.randrange(4)
        parts = [port.address(run_length), port.data(value)]
        if random.random() < 0.5:
            parts.reverse()
        tasks = []
        for part in parts:
            tasks.append(cocotb.start_soon(part))
            await ClockCycles(dut.clk_i, gap + 1)
        for task in tasks:
            await task
        assert await port.written(random.randrange(5)) == OKAY
        assert await port.read(run_length, random.randrange(5)) == (value, OKAY)


@cocotb.test()
async def answers_wait_for_the_host(dut) -> None:
    """A second write is held while the response to the first is not accepted, and nothing is lost."""
    port = RawPort(dut)
    await start(dut)
    run_length, unknown = REGISTERS["RegRunLength"].address, 0xFFC
    for value, address in ((1, run_length), (2, unknown)):
        await port.address(address)
        await port.data(value)
    await ClockCycles(dut.clk_i, 10)
    assert dut.s_axil_awready_o.value == 0 and dut.s_axil_wready_o.value == 0
    assert [await port.written(), await port.written()] == [OKAY, SLVERR]
    assert await port.read(run_length) == (1, OKAY)


@cocotb.test()
async def unaligned_addresses_are_refused(dut) -> None:
    port = RawPort(dut)
    await start(dut)
    counters = REGISTERS["CntCycles"].address
    for address in (REGISTERS["RegRunLength"].address, REGISTERS["RegId"].address, counters, counters + 4):
        for offset in (1, 2, 3):
            assert await port.read(address + offset) == (0, SLVERR)
            await port.address(address + offset)
            await port.data(0xFFFF_FFFF)
            assert await port.written() == SLVERR
    assert await port.read(REGISTERS["RegRunLength"].address) == (0, OKAY)
    assert await port.read(REGISTERS["RegError"].address) == (ERR_ADDRESS, OKAY)
    assert await port.read(REGISTERS["RegErrorPlace"].address) == (REGISTERS["RegRunLength"].address + 1, OKAY)


@cocotb.test()
async def no_strobe_no_write(dut) -> None:
    port = RawPort(dut)
    await start(dut)
    for name, value in (("RegRunLength", 5), ("RegControl", 3), ("RegMode", 1), ("RegIrqEnable", 7)):
        await port.address(REGISTERS[name].address)
        await port.data(value, strobes=0)
        assert await port.written() == OKAY
        assert await port.read(REGISTERS[name].address) == (0, OKAY)
    assert await port.read(REGISTERS["RegErrorCount"].address) == (0, OKAY), "a command without a strobe"


@cocotb.test()
async def reset_inside_an_access(dut) -> None:
    port = RawPort(dut)
    await start(dut)
    run_length = REGISTERS["RegRunLength"].address
    await port.address(run_length)
    dut.rst_ni.value = 0
    await Timer(3, "ns")
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    await port.data(7)
    await ClockCycles(dut.clk_i, 5)
    assert dut.s_axil_bvalid_o.value == 0, "the address of before the reset was still there"
    await port.address(run_length)
    assert await port.written() == OKAY
    assert await port.read(run_length) == (7, OKAY)
