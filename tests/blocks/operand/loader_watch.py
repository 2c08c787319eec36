# SPDX-License-Identifier: Apache-2.0
"""Monitors all outputs of the operand loader and compares them with loader_model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

from models.numbers.formats import FORMATS
from sim.rtl_types import bench_types, module_types
from tests.blocks.operand.loader_model import Build, Outcome


def build_of(dut: SimHandleBase) -> Build:
    """Return the parameters of the simulated loader."""
    fmt = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
    names = ("Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth", "FeedWidth", "LineWrites")
    return Build(fmt, *(int(getattr(dut, name).value) for name in names))


def check_announced(announced: Sequence, complete) -> None:
    """Check what stood in the description with each fiber: all but fibers and lines as when it is complete."""
    for desc in announced:
        assert not desc.loaded, "an operand is there before it is complete"
        assert tuple(desc[2:5]) == tuple(complete[2:5]), f"{desc} is announced, {complete} comes"
        assert desc.fibers >= complete.fibers, f"{desc.fibers} fibers are announced, {complete.fibers} come"


class LoaderWatch:
    """Collects the writes of a frame until it is complete or wrong.

    Attributes:
        finished: outcomes of the frames that have ended, in order; `discarded` still grows while
            the rest of the last frame passes.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut, self._build = dut, build_of(dut)
        self._line_t = module_types(
            "flaash_loader_packer",
            {
                "Format": self._build.fmt.code,
                "Lanes": self._build.lanes,
                "CoordWidth": self._build.coord_width,
                "LeafEntries": self._build.leaf_entries,
                "LineWrites": self._build.line_writes,
            },
        )["line_t"]
        self.finished: list[Outcome] = []
        self._open, self._announced = Outcome(), []
        cocotb.start_soon(self._run())

    @property
    def loading(self) -> bool:
        """Return whether the loader reports that it is busy."""
        return bool(bench_types()["load_report_t"].unpack(int(self._dut.report_o.value)).loading)

    def forget(self) -> None:
        """Drop the records of the current frame, for a reset."""
        self._open = Outcome()

    async def _run(self) -> None:
        dut, types = self._dut, bench_types()
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            store = types["store_write_t"].unpack(int(dut.store_o.value))
            report = types["load_report_t"].unpack(int(dut.report_o.value))
            error = report.error
            write = types["write_o"].unpack(int(dut.write_o.value))
            line = write.valid
            if store.begins:
                self._open, self._announced = Outcome(operand=store.operand), []
            if store.node.valid:
                self._open.nodes += nodes_of(store.node)
            if store.fiber.valid:
                self._open.fibers.append(tuple(store.fiber[1:]))
                self._announced.append(store.desc)  # the last one is that of the complete operand
            if line:
                assert write.id.operand == self._open.operand, "a line of the other operand"
                for number, found in enumerate(write.lines[: 1 + write.pair]):
                    self._line(write.id.addr + number, self._line_t.unpack(found))
            if store.node.valid or store.fiber.valid or line or store.complete:
                assert store.operand == self._open.operand, "something of the other operand"
            if store.complete:
                assert store.desc.loaded == 1, "an operand that is complete is not there"
                check_announced(self._announced[:-1], store.desc)
                self._end(info=tuple(store.desc[2:]))
            if error.valid:
                self._end(error=(error.code, error.place))
            if store.begins or store.node.valid or store.fiber.valid or line or store.complete or error.valid:
                assert report.loading, "the loader is at work while it says it is not"
            discarded = report.discarded + int(dut.discarded_o.value)
            if discarded and self.finished:
                self.finished[-1].discarded += discarded

    def _line(self, address: int, line) -> None:
        assert address == len(self._open.lines) < self._build.mem_lines
        assert not any(line.coords[line.count :] + line.values[line.count :]), "lanes above count are not zero"
        self._open.lines.append(list(zip(line.coords, line.values, strict=True))[: line.count])
        self._open.lasts.append(bool(line.last))

    def _end(self, **how: tuple) -> None:
        self.finished.append(dataclasses.replace(self._open, **how))
        self._open = Outcome()


def nodes_of(write) -> list[tuple[int, int, int]]:
    """Return number, coordinate and parent of the nodes of a write."""
    return [(write.id + number, coord, write.parent) for number, coord in enumerate(write.coords[: 1 + write.more])]


def compare(seen: Outcome, expected: Outcome, what: str) -> None:
    """Fail unless the loader agrees with the model; writes before an error are not compared."""
    names = ["operand", "error", "discarded"]
    if expected.error is None:
        names += ["nodes", "fibers", "lines", "lasts", "info"]
    for name in names:
        assert getattr(seen, name) == getattr(expected, name), (
            f"{what}: {name} is {getattr(seen, name)}, not {getattr(expected, name)}"
        )
