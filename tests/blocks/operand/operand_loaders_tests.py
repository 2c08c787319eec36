# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: two operand loaders side by side, each works as if alone."""

from __future__ import annotations

import dataclasses
from random import Random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types, module_types
from tb.common.bench import start, until
from tb.common.rtl_constants import ERRORS
from tb.common.stalls import STALLS
from tests.blocks.operand.loader_frames import frame, right_frames, tensor
from tests.blocks.operand.loader_model import Outcome, load
from tests.blocks.operand.loader_watch import build_of, compare, nodes_of


class Bench:
    """Two streams of frames, and their outcomes.

    Attributes:
        queues: beats to send, (last, beat), per operand.
        finished: outcomes of the valid frames, per operand.
        errors: (count, code, place) in each cycle with an error.
        busy: cycles in which an operand was being loaded.
        both: cycles in which lines of both operands were written.
    """

    def __init__(self, dut, random, stalls: str):
        self.dut, self.build = dut, build_of(dut)
        self.stalls = [STALLS[stalls](random) for _ in range(2)]
        self.queues: list[list[tuple[bool, int]]] = [[], []]
        self.finished: list[list[Outcome]] = [[], []]
        self.open = [Outcome(), Outcome()]
        self.errors: list[tuple[int, int, int]] = []
        self.busy = self.both = 0
        self.types = bench_types()
        self.line_t = module_types(
            "flaash_loader_packer",
            {
                "Format": self.build.fmt.code,
                "Lanes": self.build.lanes,
                "CoordWidth": self.build.coord_width,
                "LeafEntries": self.build.leaf_entries,
                "LineWrites": self.build.line_writes,
            },
        )["line_t"]
        cocotb.start_soon(self._send())
        cocotb.start_soon(self._watch())

    @property
    def report(self):
        return self.types["load_report_t"].unpack(int(self.dut.report_o.value))

    def send(self, operand: int, beats: list[int]) -> None:
        self.queues[operand] += [(i == len(beats) - 1, beat) for i, beat in enumerate(beats)]

    async def _send(self) -> None:
        dut, offered = self.dut, [False, False]
        while True:
            await RisingEdge(dut.clk_i)
            taken = int(dut.beat_ready_o.value) if dut.rst_ni.value == 1 else 0
            valid, beats = 0, [{}, {}]
            for i in (0, 1):
                if offered[i] and taken >> i & 1:
                    self.queues[i].pop(0)
                    offered[i] = False
                offered[i] = bool(self.queues[i]) and (offered[i] or not next(self.stalls[i]))
                if offered[i]:
                    valid |= 1 << i
                    beats[i] = dict(zip(("last", "data"), self.queues[i][0], strict=True))
            dut.beat_valid_i.value, dut.beat_i.value = valid, self.types["beat_i"].pack(beats)

    async def _watch(self) -> None:
        dut, store_t = self.dut, self.types["store_write_t"]
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            report = self.report
            writes = self.types["write_o"].unpack(int(dut.write_o.value))
            self.busy += report.loading
            self.both += all(write.valid for write in writes)
            if report.errors:
                self.errors.append((report.errors, report.error.code, report.error.place))
            for i in (0, 1):
                store = store_t.unpack(int(dut.store_o.value) >> i * store_t.width & (1 << store_t.width) - 1)
                self._take(i, store, writes[i])

    def _take(self, operand: int, store, write) -> None:
        if store.begins:
            assert store.operand == operand
            self.open[operand] = Outcome(operand=operand)
        seen = self.open[operand]
        if store.node.valid:
            seen.nodes += nodes_of(store.node)
        if store.fiber.valid:
            seen.fibers.append(tuple(store.fiber[1:]))
        if write.valid:
            assert tuple(write.id) == (operand, len(seen.lines))
            for line in write.lines[: 1 + write.pair]:
                found = self.line_t.unpack(line)
                seen.lines.append(list(zip(found.coords, found.values, strict=True))[: found.count])
                seen.lasts.append(bool(found.last))
        if store.complete:
            self.finished[operand].append(dataclasses.replace(seen, info=tuple(store.desc[2:])))

    async def digested(self) -> None:
        """Wait until all sent frames have been loaded."""
        budget = 1000 + 60 * sum(map(len, self.queues))
        await until(self.dut, lambda: not any(self.queues) and not self.report.loading, budget, "the frames")


async def _begin(dut, stalls: str) -> tuple[Bench, Random]:
    """Start the bench: returns it, and the random numbers of the test."""
    dut.beat_valid_i.value, dut.enable_i.value = 0, 1
    random = await start(dut)
    bench = Bench(dut, random, stalls)
    await RisingEdge(dut.clk_i)
    return bench, random


def _own(beats: list[int], operand: int) -> list[int]:
    """Return a frame as a frame of this operand."""
    return [beats[0] & ~(1 << 32) | operand << 32, *beats[1:]]


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def each_operand_is_loaded_as_if_alone(dut, stalls: str) -> None:
    bench, random = await _begin(dut, stalls)
    sent: list[list[tuple[str, list[int]]]] = [[], []]
    for operand in (0, 1):
        for what, beats in right_frames(random, bench.build, 8):
            sent[operand].append((what, _own(beats, operand)))
            bench.send(operand, sent[operand][-1][1])
    await bench.digested()
    assert not bench.errors
    for operand in (0, 1):
        for seen, (what, beats) in zip(bench.finished[operand], sent[operand], strict=True):
            compare(seen, load(beats, bench.build), f"operand {operand}, {what}")


@cocotb.test()
async def both_at_once_take_as_long_as_one(dut) -> None:
    bench, random = await _begin(dut, "none")
    entries = min(bench.build.lanes * bench.build.mem_lines, 2**bench.build.coord_width)
    beats = frame(tensor(random, (2**bench.build.coord_width,), entries), 0, bench.build, random)
    cycles = []
    for operands in ([0], [1], [0, 1]):
        bench.busy = 0
        for operand in operands:
            bench.send(operand, _own(beats, operand))
        await bench.digested()
        cycles.append(bench.busy)
    assert cycles[0] == cycles[1] == cycles[2] and bench.both > 0, cycles


@cocotb.test()
async def errors_of_one_cycle_are_all_counted(dut) -> None:
    """If both come in a cycle, the error of A is reported. The other operand is loaded if its frame is right."""
    bench, random = await _begin(dut, "none")
    right = frame(tensor(random, (4, 5), 12), 0, bench.build, random)
    wrong = [right[0] & ~(0xFFFF_FFFF << 64) | 9 << 64, *right[1:]]  # of order 9
    code = ERRORS["ErrOrder"].value
    for bad in ([0], [1], [0, 1]):
        bench.errors.clear()
        before = [len(found) for found in bench.finished]
        for operand in (0, 1):
            bench.send(operand, _own(wrong if operand in bad else right, operand))
        await bench.digested()
        assert bench.errors == [(len(bad), code, 9)]
        assert [len(found) - old for found, old in zip(bench.finished, before, strict=True)] == [
            int(operand not in bad) for operand in (0, 1)
        ]
