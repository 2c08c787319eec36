# SPDX-License-Identifier: Apache-2.0
"""The memory, the chip and the host around flaash_dma."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable

from cocotb.triggers import FallingEdge, ReadOnly, RisingEdge

from models.numbers.formats import FORMATS
from sim.rtl_types import bench_types, package_types
from tb.common.bench import zero
from tb.common.rtl_constants import DMA
from tests.blocks.axi.axi_memory import OKAY, SLVERR, AxiMemory
from tests.blocks.dma.operand_sink import OperandSink

SIZE = 1 << 20  # bytes of the memory
SLOT = DMA.constants["SlotBytes"].value
LOADS = 8  # cycles that an operand is loaded after its last entry


class Bench:
    """Everything around the interface, a cycle at a time.

    Attributes:
        data: the memory.
        may: what may be written: ranges of addresses.
        memory: the bus to it.
        refused: addresses of beats; a write to them changes nothing and gets SLVERR.
        silent: no response to a write comes.
        sinks: the loaders of A and of B, with the operands that they took.
        orders: what the chip was ordered.
        reports: errors that the chip reports during the contraction, one a cycle.
        expires: the watchdog expires in the next cycle.
        amount: results of a contraction, None for random ones.
        remainder: of a contraction that is cut short, results that still leave.
        results: of the contraction in the chip, those that have not left.
        ran: results of each contraction, as the chip computed them.
        kill: members of kill_i, empty without one; the interface sees a change in the cycle that has just begun.
    """

    def __init__(self, dut):
        self.dut, self.types = dut, bench_types()
        self.random = random.Random(0)  # the test sets its own
        self.fmt = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
        self.bytes, self.lanes = int(dut.DataWidth.value) // 8, int(dut.ResultLanes.value)
        self.batch_t = self.types["batch_i"]
        self.result_t = package_types("flaash_pkg")["result_t"]
        self.data, self.may = bytearray(SIZE), []
        self.refused: set[int] = set()
        self.silent = False
        self.reports: list[int] = []
        self.expires = False
        self.amount: int | None = None
        self.remainder = 0
        self._look = self._seen = 0
        operand_t, _ = (kind for _low, kind in self.types["operand_o"].elements)
        self.sinks = [OperandSink(operand_t, lambda: self.random.random() < 0.1) for _ in range(2)]
        self.loading = [0, 0]
        self.orders: list[tuple] = []
        self.results: deque[tuple[int, int, int]] | None = None
        self.ran: list[list[tuple[int, int, int]]] = []
        self.begins = self.done = False
        self.error = 0  # that has cut the contraction short
        self._kill: dict[str, int] = {}
        self.writing: deque[tuple[int, int]] = deque()  # registers that the host writes
        self.pace = 0.8
        zero(dut)
        self.memory = AxiMemory(dut, "none", self.random, read=self._read, write=self._write)
        paused = iter(lambda: self.random.random() >= self.pace, None)
        self.memory.stalls = dict.fromkeys(self.memory.stalls, paused)
        self.memory.stalls["b"] = iter(lambda: self.silent or next(paused), None)

    def put(self, address: int, data: bytes) -> None:
        """Write memory, as the host."""
        self.data[address : address + len(data)] = data

    @property
    def kill(self) -> dict[str, int]:
        return self._kill

    @kill.setter
    def kill(self, members: dict[str, int]) -> None:
        self._kill = members
        self.dut.kill_i.value = self.types["kill_i"].pack(**members)

    @property
    def calls(self) -> int:
        """Bursts that the interface has begun."""
        return len(self.memory.reads) + len(self.memory.writes)

    @property
    def state(self) -> tuple:
        return self.types["state_o"].unpack(int(self.dut.state_o.value))

    def write(self, name: str, value: int) -> None:
        """Have the host write a register in one of the next cycles."""
        self.writing.append((DMA.registers[name].address, value))

    def _read(self, addr: int) -> tuple[int, int]:
        assert addr + self.bytes <= SIZE, f"a read at {addr:#x}"
        return int.from_bytes(self.data[addr : addr + self.bytes], "little"), OKAY

    def _write(self, addr: int, data: int, strobes: int) -> int:
        if addr in self.refused:
            return SLVERR
        for place in (b for b in range(self.bytes) if strobes >> b & 1):
            assert any(addr + place in allowed for allowed in self.may), f"a write to {addr + place:#x}"
            self.data[addr + place] = data >> 8 * place & 0xFF
        return OKAY

    def _operands(self) -> None:
        """The chip takes operands."""
        bits = re.sub("[^01]", "0", str(self.dut.operand_o.value))
        half, ready = len(bits) // 2, []
        for i, part in enumerate((bits[half:], bits[:half])):
            sink, self.loading[i] = self.sinks[i], max(0, self.loading[i] - 1)
            ready.append(sink.take(int(part, 2)))
            if sink.busy:
                self.loading[i] = LOADS
        self.dut.ready_i.value = self.types["ready_i"].pack(ready)

    def abandon(self) -> None:
        """Forget the operands in progress, as the core's reset does."""
        self.loading = [0, 0]
        for sink in self.sinks:
            sink.reset()

    def _contraction(self) -> dict[str, object]:
        """The chip's contraction; return the members of run_status_t."""
        dut, told = self.dut, {"begins": self.begins, "done": self.done}
        self.begins = self.done = False
        if dut.batch_valid_i.value == 1 and dut.batch_ready_o.value == 1:
            for _ in range(self.batch_t.unpack(int(dut.batch_i.value)).count):
                self.results.popleft()
                self.remainder = max(0, self.remainder - 1)
            self.done = not self.results and not self.error
        if dut.frame_valid_i.value == 1 and dut.frame_ready_o.value == 1:
            told.update(ended=1, error={"valid": self.error != 0, "code": self.error})
            self.results, self.error = None, 0
        elif self.reports:
            told.update(error={"valid": 1, "code": self.reports.pop(0)})
        told["expired"], self.expires = self.expires, False
        return told

    def _order(self) -> None:
        """The chip takes an order, which may come in the cycle in which a contraction leaves."""
        port = self.dut.run_cmd_o.value
        if str(port)[0] == "1":  # its settings have no value before the first descriptor
            order = self.types["run_cmd_o"].unpack(int(port))
            assert not self.kill and not any(self.loading) and self.results is None
            self.orders.append(order)
            self.begins, self.results = True, deque()
            for _ in range(self.random.randrange(86) if self.amount is None else self.amount):
                self.results.append(tuple(self.random.getrandbits(bits) for bits in (20, 20, 31)))
            self.ran.append(list(self.results))

    def _offer(self) -> None:
        """What the chip offers in the next cycle; an offer stays."""
        dut = self.dut
        if dut.batch_valid_i.value == 1 and dut.batch_ready_o.value == 0:
            return
        waits = dut.frame_valid_i.value == 1 and self.results is not None
        dut.batch_valid_i.value = 0
        leaves = self.results and not self.begins and (not self.error or self.remainder)
        if leaves and self.random.random() < 0.3:
            batch = [self.results[i] for i in range(min(len(self.results), self.random.randint(1, self.lanes)))]
            fields = [{"a_id": a, "b_id": b, "value": value} for a, b, value in batch]
            fields += [{}] * (self.lanes - len(batch))
            dut.batch_i.value, dut.batch_valid_i.value = self.batch_t.pack(count=len(batch), results=fields), 1
        ends = self.results is not None and not leaves and (not self.results or self.error) and not self.begins
        dut.frame_valid_i.value = ends and dut.batch_valid_i.value == 0 and (waits or self.random.random() < 0.5)
        dut.frame_i.value = self.types["frame_i"].pack(last=1)

    async def cycle(self) -> None:
        """Let a cycle go by."""
        dut, types = self.dut, self.types
        await FallingEdge(dut.clk_i)
        self._operands()
        dut.run_status_i.value = types["run_status_i"].pack(**self._contraction())
        if self.kill.get("all"):
            self.abandon()
        await ReadOnly()
        self._order()
        self._seen = types["access_rsp_o"].unpack(int(dut.access_rsp_o.value)).data
        await RisingEdge(dut.clk_i)
        self._offer()
        dut.run_status_i.value = 0
        dut.load_i.value = types["load_i"].pack(loading=any(self.loading))
        dut.ready_i.value = 0
        dut.operand_state_i.value = types["operand_state_i"].pack([sink.state for sink in self.sinks])
        address, value = self.writing.popleft() if self.writing else (0, 0)
        dut.access_i.value = types["access_i"].pack(
            write={"valid": address != 0, "addr": address, "mask": 0xFFFF_FFFF, "bits": value},
            read={"valid": self._look != 0, "addr": self._look},
        )

    async def read(self, name: str) -> int:
        """Return a register of the interface."""
        self._look = DMA.registers[name].address
        for _ in range(2):
            await self.cycle()
        self._look = 0
        return self._seen

    async def until(self, done: Callable[[], bool], what: str, most: int = 6000) -> None:
        """Let cycles go by until done() is true."""
        for _ in range(most):
            if done():
                return
            await self.cycle()
        raise AssertionError(f"waited {most} cycles for {what}")
