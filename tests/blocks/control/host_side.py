# SPDX-License-Identifier: Apache-2.0
"""Plays the host and the core around flaash_host_side_bench."""

from __future__ import annotations

import random

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge
from cocotbext.axi import AxiStreamFrame

from flaash.driver.frames import ResultFrame, pack_operand, unpack_results
from models.csf import Csf
from models.numbers.formats import FORMATS, NumberFormat
from sim.rtl_types import bench_types
from tb.common.bench import start, until, zero
from tb.common.rtl_constants import CONSTANTS
from tests.blocks.axi.axi_ports import stream_sink, stream_source
from tests.blocks.operand.loader_frames import tensor
from tests.blocks.ports import Source

VALUE_WIDTH = CONSTANTS["ResultWidth"]
Result = tuple[int, int, int]  # fiber of A, fiber of B, value pattern


async def start_pulse(signal: SimHandleBase, clock: SimHandleBase) -> None:
    """Hold a signal at 1 for one cycle."""
    signal.value = 1
    await RisingEdge(clock)
    signal.value = 0


class HostSide:
    """The ports of the bench, and the operands inside.

    Attributes:
        operands: A and B as trees, None if not loaded.
        source, sink: operand and result stream.
        sent, drained: pulses seen.
        core: source of results.
    """

    def __init__(self, dut: SimHandleBase, core: str = "none"):
        zero(dut)
        self.dut = dut
        self.fmt: NumberFormat = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
        self.coord_width = int(dut.CoordWidth.value)
        self.operands: list[Csf | None] = [None, None]
        self.source = stream_source(dut, "s_axis", dut.rst_ni)
        self.sink = stream_sink(dut, "m_axis", dut.rst_ni)
        self.sent = self.drained = 0
        self.core = Source(dut, "in", core)
        dut.quiet_i.value = 1

    def watch(self) -> None:
        """Count pulses from now on; call it after the reset."""
        cocotb.start_soon(self._count())

    async def _count(self) -> None:
        while True:
            await FallingEdge(self.dut.clk_i)
            if self.dut.rst_ni.value == 1:
                self.sent += int(self.dut.sent_o.value)
                self.drained += int(self.dut.drained_o.value)

    @property
    def loaded(self) -> tuple[bool, bool]:
        """Return whether A and B are loaded."""
        return tuple(bool(desc.loaded) for desc in bench_types()["desc_o"].unpack(int(self.dut.desc_o.value)))

    @property
    def report(self) -> tuple:
        """Return the loader's report of this cycle, a load_report_t."""
        return bench_types()["report_o"].unpack(int(self.dut.report_o.value))

    def beats(self, csf: Csf, which: int) -> list[int]:
        """Return the frame of an operand."""
        return pack_operand(csf, which, self.fmt, self.coord_width)

    async def load(self, csf: Csf, which: int) -> None:
        """Send an operand and wait until it is loaded."""
        await self.source.send(AxiStreamFrame(self.beats(csf, which)))
        await RisingEdge(self.dut.clk_i)
        await until(self.dut, lambda: self.source.idle() and not self.report.loading, 20_000, "loading")
        assert self.loaded[which], "the operand was not loaded"
        self.operands[which] = csf

    async def load_both(self, chance: random.Random, orders: tuple[int, int], fibers: int = 20) -> list[Csf]:
        """Load random operands of these orders, and return them."""
        for which, order in enumerate(orders):
            await self.load(operand(chance, order, fibers), which)
        return list(self.operands)

    async def feed(self, results: list[Result]) -> None:
        """Offer results one by one, like the core, until all are accepted."""
        for result in results:
            self.core.put(dict(zip(("a_id", "b_id", "value"), result, strict=True)))
        await self.core.taken()

    async def begin(self) -> None:
        """Open a frame."""
        await start_pulse(self.dut.begin_i, self.dut.clk_i)

    async def delivers(self, results: list[Result], code: int = 0) -> None:
        """Open a frame, feed the results and check the chip's output."""
        await self.begin()
        await self.feed(results)
        self.dut.all_stored_i.value = 1
        frame = await self.received()
        self.dut.all_stored_i.value = 0
        check(frame, *self.expected(results))
        assert frame.error == code, "the trailer does not say which error there was"

    async def received(self) -> ResultFrame:
        """Wait for a frame and parse it."""
        await until(self.dut, lambda: not self.sink.empty(), 50_000, "a result frame")
        frame = self.sink.recv_nowait(compact=False)
        numbers = self.dut.numbers_i.value == 1
        modes = 2 if numbers else sum(csf.order - 1 for csf in self.operands)
        await RisingEdge(self.dut.clk_i)
        return unpack_results(list(frame.tdata), modes, self.fmt)

    def expected(self, results: list[Result]) -> tuple[np.ndarray, list[int]]:
        """Return the coordinates, or with numbers_i the numbers of the fibers, and patterns at the host."""
        if self.dut.numbers_i.value == 1:
            paths = [np.arange(len(csf.fiber_bounds())).reshape(-1, 1) for csf in self.operands]
        else:
            paths = [csf.fiber_paths() for csf in self.operands]
        rows = [np.concatenate([paths[0][a], paths[1][b]]) for a, b, _ in results]
        modes = sum(path.shape[1] for path in paths)
        mask = 2**self.fmt.result_width - 1
        return np.array(rows, np.int64).reshape(len(results), modes), [v & mask for _, _, v in results]


def check(frame: ResultFrame, coords: np.ndarray, bits: list[int]) -> None:
    """Fail unless the frame has exactly these records, in this order."""
    assert frame.count == len(frame.bits), f"trailer: {frame.count} records, {len(frame.bits)} came"
    assert frame.bits.tolist() == bits, "the values differ"
    assert frame.coords.tolist() == coords.tolist(), "the coordinates differ"


def operand(rng: random.Random, order: int, fibers: int) -> Csf:
    """Return an operand of an order with up to `fibers` fibers, and empty nodes among them."""
    extents = {1: (), 2: (40,), 3: (7, 9)}.get(order, (3,) * (order - 1))
    return tensor(rng, (*extents, 4), min(fibers, 1 if order == 1 else fibers), empty=min(order - 1, 3))


def results_of(rng: random.Random, operands: list[Csf], fmt: NumberFormat, count: int, in_order: bool) -> list[Result]:
    """Return results of some pairs of fibers, row by row or in any order."""
    sizes = [len(csf.fiber_bounds()) for csf in operands]
    pairs = [divmod(i, sizes[1]) for i in rng.sample(range(sizes[0] * sizes[1]), min(count, sizes[0] * sizes[1]))]
    if in_order:
        pairs.sort()
    return [(a, b, _pattern(rng, fmt)) for a, b in pairs]


def _pattern(rng: random.Random, fmt: NumberFormat) -> int:
    """Return result_t.value: integers are sign-extended, floats zero-extended."""
    bits = rng.getrandbits(fmt.result_width)
    if not fmt.is_float and bits >> (fmt.result_width - 1):
        bits -= 1 << fmt.result_width
    return bits % 2**VALUE_WIDTH


async def prepared(dut: SimHandleBase, core: str = "none") -> tuple[random.Random, HostSide]:
    """Start the bench, with stalls of the core; return its random generator and the host's side."""
    side = HostSide(dut, core)
    generator = await start(dut)
    side.watch()
    await ClockCycles(dut.clk_i, 2)
    return generator, side
