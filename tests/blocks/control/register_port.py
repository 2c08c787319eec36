# SPDX-License-Identifier: Apache-2.0
"""The host at the bus of flaash_registers, and the rest of the chip at its other ports."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge, with_timeout
from cocotbext.axi import AxiResp

from flaash.driver import RegisterFile
from sim.rtl_types import bench_types, package_types
from tb.common.bench import zero
from tb.common.rtl_constants import COUNTERS
from tests.blocks.axi.axi_ports import lite_master

INPUTS = ("desc", "report", "traffic", "drained", "resetting", "stopping", "order", "answer")
LOAD = {"loading": "loading", "frame_error": "error", "frame_errors": "errors"}  # members of report_t.load
ANSWER = 20_000  # ns in which an access gets its response, under all stalls


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
    """Reads and writes registers by name.

    Attributes:
        master: the AXI4-Lite master.
        access_read, access_write: see Bus.
    """

    def __init__(self, dut: SimHandleBase):
        bus = Bus(dut)
        super().__init__(bus)
        self.dut, self.master = dut, bus.master
        self.access_read, self.access_write = bus.access_read, bus.access_write
        self._said: dict[str, dict[str, object]] = {"report_i": {}, "traffic_i": {}}
        quiet(dut)

    def stall(self, generators) -> None:
        """Set a pause generator on each of the five channels."""
        write, read = self.master.write_if, self.master.read_if
        for channel, generator in zip(
            (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel),
            generators,
            strict=True,
        ):
            channel.set_pause_generator(generator)

    def drive(self, **values: object) -> None:
        """Set the reports of the chip: ports, members of report_t and traffic_t, counters by name."""
        for name, value in values.items():
            if name == "increments" and value:
                value = [value.get(counter, 0) for counter in COUNTERS]
            bundles = (bundle for bundle in self._said if name in bench_types()[bundle].members)
            port = next(bundles, f"{name}_i")
            if name in LOAD:
                port = "report_i"
                self._said[port].setdefault("load", {})[LOAD[name]] = value
                value = self._said[port]
            elif name in package_types("flaash_host_pkg")["sums_t"].members:
                port = "report_i"
                self._said[port].setdefault("sums", {})[name] = value
                value = self._said[port]
            elif port in self._said:
                self._said[port][name] = value
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
                {
                    "loaded": loaded >> which & 1,
                    "extent": extents[which],
                    **{name: values[which] for name, values in more.items()},
                }
                for which in range(2)
            ]
        )


def quiet(dut: SimHandleBase) -> None:
    """Clear the reports of the rest of the chip."""
    zero(dut, *INPUTS)


def start_counting(dut: SimHandleBase, *names: str) -> dict[str, int]:
    """Return counters of pulses at these ports, which count from now on."""
    pulses = dict.fromkeys(names, 0)

    async def count() -> None:
        while True:
            await FallingEdge(dut.clk_i)
            for name in names:
                pulses[name] += int(getattr(dut, name).value)

    cocotb.start_soon(count())
    return pulses


class RawPort:
    """The bus driven pin by pin, for accesses that no master makes."""

    def __init__(self, dut: SimHandleBase):
        self.dut = dut
        quiet(dut)
        for name in (
            "awvalid",
            "awaddr",
            "awprot",
            "wvalid",
            "wdata",
            "wstrb",
            "bready",
            "arvalid",
            "araddr",
            "arprot",
            "rready",
        ):
            getattr(dut, f"s_axil_{name}_i").value = 0

    def _pin(self, name: str) -> SimHandleBase:
        return getattr(self.dut, f"s_axil_{name}")

    async def _handshake(self, channel: str, outward: bool = False, **payload: int) -> None:
        mine, other = ("ready_i", "valid_o") if outward else ("valid_i", "ready_o")
        for name, value in payload.items():
            self._pin(f"{name}_i").value = value
        self._pin(channel + mine).value = 1
        await FallingEdge(self.dut.clk_i)
        while self._pin(channel + other).value != 1:
            await FallingEdge(self.dut.clk_i)
        if not outward:
            await RisingEdge(self.dut.clk_i)
            self._pin(channel + mine).value = 0

    async def address(self, address: int) -> None:
        """Send the address of a write."""
        await self._handshake("aw", awaddr=address)

    async def data(self, value: int, strobes: int = 15) -> None:
        """Send the data of a write."""
        await self._handshake("w", wdata=value, wstrb=strobes)

    async def _answer(self, channel: str, wait: int) -> int:
        for _ in range(wait):
            await RisingEdge(self.dut.clk_i)
        await self._handshake(channel, outward=True)
        response = int(self._pin(f"{channel}resp_o").value)
        await RisingEdge(self.dut.clk_i)
        self._pin(f"{channel}ready_i").value = 0
        return response

    async def written(self, wait: int = 0) -> int:
        """Accept the response of a write, after some cycles."""
        return await self._answer("b", wait)

    async def read(self, address: int, wait: int = 0) -> tuple[int, int]:
        """Return data and response of a read."""
        await self._handshake("ar", araddr=address)
        for _ in range(wait):
            await RisingEdge(self.dut.clk_i)
        await self._handshake("r", outward=True)
        data, response = int(self._pin("rdata_o").value), int(self._pin("rresp_o").value)
        await RisingEdge(self.dut.clk_i)
        self._pin("rready_i").value = 0
        return data, response
