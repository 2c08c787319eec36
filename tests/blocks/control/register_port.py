# SPDX-License-Identifier: Apache-2.0
"""The host at the bus of flaash_registers, and the rest of the chip at its other ports."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge, with_timeout
from cocotbext.axi import AxiResp
from cocotbext.axi.axil_channels import AxiLiteARTransaction, AxiLiteAWTransaction, AxiLiteWTransaction

from flaash.driver import RegisterFile
from sim.rtl_types import bench_types, package_types
from tb.common.bench import start, zero
from tb.common.rtl_constants import COUNTERS, ERRORS, STATUS_BITS
from tests.blocks.axi.axi_ports import lite_master

PULSES = ("start_o", "stop_o", "soft_reset_o")
LOAD = {"loading": "loading", "frame_error": "error", "frame_errors": "errors"}  # members of report_t.load
ANSWER = 20_000  # ns in which an access gets its response, under all stalls


def code(name: str) -> int:
    """Return the number of an error code."""
    return ERRORS[name].value


def error(name: str, place: int = 0) -> dict[str, int]:
    """Return members of error_t."""
    return {"valid": 1, "code": code(name), "place": place}


def frame(name: str, place: int = 0) -> dict:
    """Return the report of an error in an operand frame."""
    return {"frame_error": error(name, place), "frame_errors": 1}


def out_of_range(place: int = 0, count: int = 1) -> dict:
    """Return the report of results out of range."""
    return {"range_error": error("ErrResultRange", place), "range_errors": count}


class Bus:
    """See flaash.driver.Registers; knows no interrupt line.

    Attributes:
        master: the AXI4-Lite master.
    """

    def __init__(self, dut: SimHandleBase):
        self.master = lite_master(dut, "s_axil", dut.rst_ni)

    async def access_read(self, address: int) -> tuple[int, bool]:
        """Return the data at an aligned address and whether the response was OKAY."""
        answer = await with_timeout(cocotb.start_soon(self.master.read(address, 4)), ANSWER, "ns")
        return int.from_bytes(answer.data, "little"), answer.resp == AxiResp.OKAY

    async def access_write(self, address: int, value: int) -> bool:
        """Write an aligned address and return whether the response was OKAY."""
        write = cocotb.start_soon(self.master.write(address, value.to_bytes(4, "little")))
        return (await with_timeout(write, ANSWER, "ns")).resp == AxiResp.OKAY

    async def read(self, address: int) -> int:
        """Return a register."""
        value, okay = await self.access_read(address)
        assert okay, f"reading {address:#x} was answered with an error"
        return value

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        assert await self.access_write(address, value), f"writing {address:#x} was refused"


class RegisterPort(RegisterFile):
    """Reads and writes registers by name, without "Reg"; drives what the chip reports.

    Attributes:
        master: the AXI4-Lite master.
        access_read, access_write: see Bus.
        pulses: cycles in which each port of PULSES was high.
        random: generator of this run.
    """

    @classmethod
    async def begin(cls, dut: SimHandleBase, operands: bool = True) -> RegisterPort:
        """Return the port of a module out of reset, by default with both operands loaded."""
        port = cls(dut)
        port.random = await start(dut)
        cocotb.start_soon(port._count())
        if operands:
            port.operands()
        return port

    def __init__(self, dut: SimHandleBase):
        zero(dut)
        bus = Bus(dut)
        super().__init__(bus)
        self.dut, self.master = dut, bus.master
        self.access_read, self.access_write = bus.access_read, bus.access_write
        self._said: dict[str, dict[str, object]] = {"report_i": {}, "traffic_i": {}}
        self.pulses = dict.fromkeys(PULSES, 0)

    async def _count(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            for name in PULSES:
                self.pulses[name] += int(getattr(self.dut, name).value)

    @property
    def starts(self) -> int:
        """Return the starts so far."""
        return self.pulses["start_o"]

    @property
    def stops(self) -> int:
        """Return the stops so far."""
        return self.pulses["stop_o"]

    async def start(self, **settings: int) -> None:
        """Write settings, and the command."""
        await self.set(**settings)
        await self.command("ControlStart")

    async def abort(self) -> None:
        """Write the command."""
        await self.command("ControlAbort")

    async def reset(self) -> None:
        """Write the command of a soft reset, without waiting for its end."""
        await self.command("ControlSoftReset")

    async def set(self, **registers: int) -> None:
        """Write registers."""
        for name, value in registers.items():
            await self.write(f"Reg{name}", value)

    async def expect(self, why: str = "", **registers: int | str) -> None:
        """Compare registers; an error may be given by its name, counters have their own."""
        for name, wanted in registers.items():
            full = name if name.startswith("Cnt") else f"Reg{name}"
            seen = await (self.counter if full in COUNTERS else self.read)(full)
            wanted = code(wanted) if isinstance(wanted, str) else wanted
            assert seen == wanted, f"{full} is {seen:#x}, not {wanted:#x}; {why}"

    async def status_is(self, *bits: str) -> None:
        """Compare RegStatus: bits without "Status"; LoadedA and LoadedB are both meant by Loaded."""
        wanted = {"LoadedA", "LoadedB", *bits} - {"Loaded"} if "Loaded" in bits else set(bits)
        status = await self.read("RegStatus")
        seen = {name.removeprefix("Status") for name, bit in STATUS_BITS.items() if status >> bit.value & 1}
        assert seen == wanted, f"the status is {seen}, not {wanted}"

    def stall(self, generators) -> None:
        """Set a pause generator on each of the five channels."""
        write, read = self.master.write_if, self.master.read_if
        channels = write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel
        for channel, generator in zip(channels, generators, strict=True):
            channel.set_pause_generator(generator)

    def drive(self, **values: object) -> None:
        """Set the reports of the chip: ports, members of report_t and traffic_t, counters by name."""
        for name, value in values.items():
            if name == "increments" and value:
                value = [value.get(counter, 0) for counter in COUNTERS]
            bundles = (bundle for bundle in self._said if name in bench_types()[bundle].members)
            port = next(bundles, f"{name}_i")
            if name in LOAD:
                port, member, name = "report_i", "load", LOAD[name]
            elif name in package_types("flaash_host_pkg")["sums_t"].members:
                port, member = "report_i", "sums"
            else:
                member = ""
            if port in self._said:
                (self._said[port].setdefault(member, {}) if member else self._said[port])[name] = value
                value = self._said[port]
            getattr(self.dut, port).value = bench_types()[port].pack(value)

    async def pulse(self, **values: object) -> None:
        """Drive these values for one cycle, then zeros."""
        self.drive(**values)
        await RisingEdge(self.dut.clk_i)
        self.drive(**dict.fromkeys(values, 0))
        await RisingEdge(self.dut.clk_i)

    def operands(self, loaded: int = 3, extents: tuple[int, int] = (9, 9), **more: list[int]) -> None:
        """Set the descriptions of the operand stores: A in element 0 of each."""
        self.drive(
            desc=[
                {"loaded": loaded >> which & 1, "extent": extents[which]}
                | {name: values[which] for name, values in more.items()}
                for which in range(2)
            ]
        )


class RawPort:
    """The channels of the bus one by one, for accesses that no master makes."""

    def __init__(self, dut: SimHandleBase):
        zero(dut)
        master = lite_master(dut, "s_axil", dut.rst_ni)
        self.writes, self.reads = master.write_if, master.read_if

    async def address(self, address: int) -> None:
        """Send the address of a write."""
        await self.writes.aw_channel.send(AxiLiteAWTransaction(awaddr=address, awprot=0))

    async def data(self, value: int, strobes: int = 15) -> None:
        """Send the data of a write."""
        await self.writes.w_channel.send(AxiLiteWTransaction(wdata=value, wstrb=strobes))

    async def written(self) -> int:
        """Return the response of a write."""
        return int((await self.writes.b_channel.recv()).bresp)

    async def write(self, address: int, value: int, strobes: int = 15) -> int:
        """Write; return the response."""
        await self.address(address)
        await self.data(value, strobes)
        return await self.written()

    async def read(self, address: int) -> tuple[int, int]:
        """Return data and response of a read."""
        await self.reads.ar_channel.send(AxiLiteARTransaction(araddr=address, arprot=0))
        answer = await self.reads.r_channel.recv()
        return int(answer.rdata), int(answer.rresp)
