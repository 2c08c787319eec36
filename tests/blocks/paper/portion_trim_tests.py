# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_portion_trim cuts fibers to exactly the entries of a portion."""

from __future__ import annotations

from collections import deque
from random import Random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import package_types
from tb.common.bench import reset, start, zero
from tests.blocks.lines import Fiber, pack_fiber

PASS = package_types("flaash_pkg")["pass_t"]
PORTION = PASS["portion"]


class Bench:
    """Requests lines of fibers and portions, responds later, and compares the output.

    A request is a pass_t; its response is a line, and another line, or None, is expected.
    """

    def __init__(self, dut, random: Random):
        self.dut, self.random = dut, random
        self.lanes, self.coord, self.value = (
            int(getattr(dut, name).value) for name in ("Lanes", "CoordWidth", "ValueWidth")
        )
        self.work: deque[tuple[int, int, int]] = deque()  # request, response, expected line

    def fiber(self, length: int) -> Fiber:
        coords = sorted(self.random.sample(range(2**self.coord), length))
        return [(at, self.random.getrandbits(self.value)) for at in coords]

    def whole(self, length: int) -> None:
        """Queue a fiber that is no portion; the other members of its portion are arbitrary."""
        lines = self._lines(self.fiber(length))
        for number, line in enumerate(lines):
            about = PORTION.unpack(self.random.getrandbits(PORTION.width))._replace(partial=0)
            at = PASS.pack(begins=number == 0, ends=number == len(lines) - 1, portion=about)
            self.work.append((at, line, line))

    def portion(self, length: int, first: int, entries: int) -> None:
        """Queue the entries of a fiber from `first` on, as the portioner cuts them; there may be none."""
        fiber = self.fiber(length)
        whole = self._lines(fiber)
        begin, (end, last_lane) = first // self.lanes, divmod(first + entries - 1, self.lanes)
        if end >= len(whole):
            end, last_lane = len(whole) - 1, self.lanes - 1
        about = {
            "partial": 1,
            "slot": self.random.getrandbits(PORTION["slot"].width),
            "first_lane": first % self.lanes,
            "last_lane": last_lane,
        }
        for number in range(begin, end + 1):
            low = max(first, number * self.lanes)
            kept = fiber[low : min(first + entries, (number + 1) * self.lanes)]
            last = int(number == end)
            expected = pack_fiber(kept, self.lanes, self.coord, self.value)[0] if kept else 0
            place = self.lanes.bit_length() + self.lanes * (self.coord + self.value)
            expected = expected & ~(1 << place) | last << place
            at = PASS.pack(begins=number == begin, ends=last, portion=about)
            self.work.append((at, whole[number], expected))

    def _lines(self, fiber: Fiber) -> list[int]:
        return pack_fiber(fiber, self.lanes, self.coord, self.value)

    async def run(self) -> int:
        """Play the queue and return the number of compared lines."""
        dut, depth = self.dut, int(self.dut.Depth.value)
        under_way: deque[tuple[int, int]] = deque()
        compared = 0
        while self.work or under_way:
            asks = bool(self.work) and len(under_way) < depth and self.random.random() < 0.7
            answers = bool(under_way) and self.random.random() < 0.6
            dut.req_i.value, dut.rsp_valid_i.value = int(asks), int(answers)
            if answers:
                dut.rsp_data_i.value, expected = under_way.popleft()
            if asks:
                dut.req_pass_i.value, line, wanted = self.work.popleft()
                under_way.append((line, wanted))
            await FallingEdge(dut.clk_i)
            assert bool(dut.line_valid_o.value) == answers
            if answers:
                assert int(dut.line_o.value) == expected, f"line {compared}"
                compared += 1
            await RisingEdge(dut.clk_i)
        dut.req_i.value = dut.rsp_valid_i.value = 0
        return compared


async def _begin(dut) -> Bench:
    zero(dut, "req", "req_pass", "rsp_valid", "rsp_data")
    return Bench(dut, await start(dut))


@cocotb.test()
async def every_cut_of_short_fibers(dut) -> None:
    """Each first entry and each length of a portion, in fibers of up to three lines and a bit."""
    bench = await _begin(dut)
    lines = 0
    for length in range(1, 3 * bench.lanes + 2):
        for first in range(0, -(-length // bench.lanes) * bench.lanes):
            for entries in range(1, 2 * bench.lanes + 2):
                bench.portion(length, first, entries)
        bench.whole(length)
        lines += len(bench.work)
        assert await bench.run() > 0
    dut._log.info("%d lines", lines)


@cocotb.test()
async def whole_fibers_and_portions_mixed(dut) -> None:
    bench = await _begin(dut)
    for _ in range(150):
        length = bench.random.randint(1, 40)
        if bench.random.random() < 0.4:
            bench.whole(length)
        else:
            bench.portion(length, bench.random.randrange(length), bench.random.choice([1, 2, 3, 16, 1000]))
    assert await bench.run() > 300 / bench.lanes


@cocotb.test()
async def reset_forgets_requests(dut) -> None:
    bench = await _begin(dut)
    bench.portion(8 * bench.lanes, bench.lanes - 1, 6 * bench.lanes)
    for at, *_ in list(bench.work)[:2]:
        dut.req_i.value, dut.req_pass_i.value = 1, at
        await RisingEdge(dut.clk_i)
    dut.req_i.value = 0
    await reset(dut)
    bench.work.clear()
    bench.whole(3 * bench.lanes)
    assert await bench.run() == 3
