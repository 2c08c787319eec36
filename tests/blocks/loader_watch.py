# SPDX-License-Identifier: Apache-2.0
"""Watches everything that leaves the operand loader and compares it with loader_model."""

from __future__ import annotations

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge

from models.numbers.formats import FORMATS
from tests.blocks.loader_model import Build, Outcome


def build_of(dut: SimHandleBase) -> Build:
    """Return the parameters of the loader that is simulated."""
    fmt = next(f for f in FORMATS.values() if f.code == int(dut.Format.value))
    return Build(fmt, *(int(getattr(dut, name).value) for name in
                        ("Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth")))


class LoaderWatch:
    """Collects the writes of a frame until it is complete or wrong.

    Attributes:
        finished: outcomes of the frames that have ended, in order; `discarded` still grows while
            the rest of the last frame passes.
    """

    def __init__(self, dut: SimHandleBase):
        self._dut, self._build = dut, build_of(dut)
        self.finished: list[Outcome] = []
        self._open = Outcome()
        cocotb.start_soon(self._run())

    def forget(self) -> None:
        """Drop what is known of the frame under way, for a reset."""
        self._open = Outcome()

    async def _run(self) -> None:
        dut = self._dut
        pulses = {name: (getattr(dut, f"{name}_valid_o"), getattr(self, f"_{name}"))
                  for name in ("begin", "node", "fiber", "line", "info", "error")}
        while True:
            await FallingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            for valid, take in pulses.values():
                if valid.value == 1:
                    assert dut.loading_o.value == 1, "the loader is at work while it says it is not"
                    take()
            if dut.discarded_o.value == 1:
                self.finished[-1].discarded += 1

    def _value(self, name: str) -> int:
        return int(getattr(self._dut, name).value)

    def _begin(self) -> None:
        self._open = Outcome(operand=self._value("begin_operand_o"))

    def _written(self, kind: str) -> None:
        assert self._value(f"{kind}_operand_o") == self._open.operand, f"a {kind} of the other operand"

    def _node(self) -> None:
        self._written("node")
        self._open.nodes.append(tuple(self._value(f"node_{n}_o") for n in ("id", "coord", "parent")))

    def _fiber(self) -> None:
        self._written("fiber")
        self._open.fibers.append(tuple(self._value(f"fiber_{n}_o") for n in ("id", "first", "node")))

    def _line(self) -> None:
        self._written("line")
        build, line = self._build, self._value("line_data_o")
        assert self._value("line_addr_o") == len(self._open.lines) < build.mem_lines
        coords, line = _split(line, build.coord_width, build.lanes)
        values, line = _split(line, build.fmt.value_width, build.lanes)
        count, last = line & (2 * build.lanes - 1), line >> build.lanes.bit_length()
        assert not any(coords[count:] + values[count:]), "the lanes above count are not zero"
        self._open.lines.append(list(zip(coords[:count], values[:count], strict=True)))
        self._open.lasts.append(bool(last))

    def _info(self) -> None:
        self._written("info")
        order = self._value("info_order_o")
        self._open.info = (order, *(self._value(f"info_{n}_o") for n in
                                    ("extent", "entries", "fibers", "lines")))
        self._end()

    def _error(self) -> None:
        self._open.error = (self._value("error_code_o"), self._value("error_place_o"))
        self._end()

    def _end(self) -> None:
        self.finished.append(self._open)
        self._open = Outcome()


def _split(value: int, width: int, count: int) -> tuple[list[int], int]:
    """Return `count` fields of `width` bits, lowest first, and what is above them."""
    fields = [value >> width * i & ((1 << width) - 1) for i in range(count)]
    return fields, value >> width * count


def compare(seen: Outcome, expected: Outcome, what: str) -> None:
    """Fail unless the loader did what the model says; writes before an error are its own matter."""
    names = ["operand", "error", "discarded"]
    if expected.error is None:
        names += ["nodes", "fibers", "lines", "lasts", "info"]
    for name in names:
        assert getattr(seen, name) == getattr(expected, name), (
            f"{what}: {name} is {getattr(seen, name)}, not {getattr(expected, name)}")
