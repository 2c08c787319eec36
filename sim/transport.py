# SPDX-License-Identifier: Apache-2.0
"""Registers and streams of a simulated chip as a transport of the driver."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import (
    AxiLiteBus,
    AxiLiteMaster,
    AxiResp,
    AxiStreamBus,
    AxiStreamFrame,
    AxiStreamSink,
    AxiStreamSource,
)

WORD = 4  # bytes


class SimRegisters:
    """See flaash.driver.Registers.

    Args:
        dut: a top with the port s_axil.
        limit: ns in which the interrupt must come; None where a guard watches.

    Attributes:
        limit: the same.
        writes: the number of writes.
    """

    def __init__(self, dut: SimHandleBase, limit: int | None = None):
        self._dut, self.limit, self.writes = dut, limit, 0
        logging.getLogger(f"cocotb.{dut._name}.s_axil").setLevel(logging.ERROR)
        self.master = AxiLiteMaster(
            AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_ni, reset_active_level=False
        )

    async def read(self, address: int) -> int:
        """Return a register."""
        response = await self.master.read(address, 4)
        assert response.resp == AxiResp.OKAY, f"a read of {address:#x} was answered with {response.resp.name}"
        return int.from_bytes(response.data, "little")

    async def read_words(self, address: int, words: int) -> list[int]:
        """Return neighbouring registers, whatever the response to their reads is."""
        response = await self.master.read(address, WORD * words)
        return [int.from_bytes(response.data[at : at + WORD], "little") for at in range(0, WORD * words, WORD)]

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        self.writes += 1
        response = await self.master.write(address, value.to_bytes(4, "little"))
        assert response.resp == AxiResp.OKAY, f"a write of {address:#x} was answered with {response.resp.name}"

    async def wait(self) -> None:
        """Return when the interrupt line is high."""
        if not self._dut.irq_o.value:
            await within(RisingEdge(self._dut.irq_o), self.limit, "raised its interrupt")


class BeatBus(AxiStreamBus):
    """The signals of an AXI4-Stream port that move whole beats.

    A beat is one integer: the models of cocotbext-axi then touch each signal once per beat and not once per byte.
    """

    _optional_signals = ["tvalid", "tready", "tlast"]


class SimStreams:
    """See flaash.driver.Streams.

    Args:
        dut: flaash_top.

    Attributes:
        sent, received: frames so far, and their beats.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut = dut
        for port in ("s_axis", "m_axis"):
            logging.getLogger(f"cocotb.{dut._name}.{port}").setLevel(logging.ERROR)
        buses = [BeatBus.from_prefix(dut, port) for port in ("s_axis", "m_axis")]
        self._source, self._sink = (
            kind(bus, dut.clk_i, dut.rst_ni, reset_active_level=False, byte_size=len(bus.tdata))
            for kind, bus in zip((AxiStreamSource, AxiStreamSink), buses, strict=True)
        )
        dut.s_axis_tkeep.value = 2 ** len(dut.s_axis_tkeep) - 1
        self.sent = self.received = 0

    async def send(self, *frames: Sequence[int]) -> None:
        """Send frames."""
        for beats in frames:
            self.sent += len(beats)
            await self._source.send(AxiStreamFrame(list(beats)))
        await self._source.wait()

    async def receive(self) -> list[int]:
        """Return the next frame."""
        frame = await self._sink.recv(compact=False)
        self.received += len(frame.tdata)
        return list(frame.tdata)

    def drop(self) -> None:
        """Forget the frames that have come."""
        self._sink.clear()

    @property
    def moved(self) -> tuple[str, ...]:
        """A value that changes with the beats on both ports."""
        return str(self._dut.s_axis_tdata.value), str(self._dut.m_axis_tdata.value)

    def outstanding(self) -> list[str]:
        """Return the frames that the chip has not accepted."""
        waiting = self._source.count() + bool(self._source.current_frame)
        return [f"{waiting} frame(s) not yet accepted at s_axis"] if waiting else []


async def within(event: RisingEdge, limit: int | None, what: str) -> None:
    """Wait for an edge.

    Raises:
        TimeoutError: it does not come within `limit` ns.
    """
    try:
        await (with_timeout(event, limit, "ns") if limit else event)
    except SimTimeoutError:
        raise TimeoutError(f"the machine never {what}, in {limit} ns") from None
