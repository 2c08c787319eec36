# SPDX-License-Identifier: Apache-2.0
"""Drives the resident machine in the simulator and compares all it does with the model."""

from __future__ import annotations

import dataclasses
import operator
import random
from collections.abc import Iterator

import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from models.contract import ContractionResult, contract
from models.csf import Csf
from models.numbers import FORMATS
from models.spread import part_lines
from models.tensor import SparseTensor
from sim.rtl_types import bench_types
from tb.common.bench import start, zero
from tb.common.stalls import STALLS
from tests.blocks.engine.resident_operands import Operands
from tests.blocks.lines import Fiber, pack_fiber
from tests.blocks.planner.plan_bench import PREPARED

NAMED_WIDTH = 20 + 20 + 48
RESULT_WIDTH = 2 + NAMED_WIDTH  # a slot first
EVENTS = [
    "range_error",
    "zero_underflow",
    "zero_cancel",
    "zero_empty",
    "result",
    "dot_done",
    "stall_result",
    "stall_mac",
    "stall_b",
    "stall_a",
    "match",
    "step",
    "busy",
]  # from bit 0 up


@dataclasses.dataclass
class Run:
    """What one contraction did.

    Attributes:
        cycles: from the accepted start until the last result was stored.
        results: (fiber of A, fiber of B, pattern), per engine in the order in which they left.
        events: sums over engines and cycles, by name.
        steps: cycles with a comparison, per engine.
        handed: dot products handed out.
        sets: pulses of handed.
        portions: parts of fibers of A that several engines have.
        reads: lines read.
        conflicts: requests refused.
        early: cycles in which all engines were idle and dot products still to come.
        flags: of all results.
    """

    cycles: int
    results: list[list[tuple[int, int, int]]]
    events: dict[str, int]
    steps: list[int]
    handed: int
    sets: int
    portions: int
    reads: int
    conflicts: int
    early: int
    flags: int


class Machine:
    """The wrapper flaash_resident_bench: loads operands, runs contractions, checks them."""

    def __init__(self, dut: SimHandleBase):
        self.dut = dut
        self.engines = int(dut.NumSdpe.value)
        self.sources = len(dut.idle_o)  # with the combiner
        self.lanes = int(dut.Lanes.value)
        self.coord_width = int(dut.CoordWidth.value)
        self.format = list(FORMATS.values())[int(dut.Format.value)]
        self.fibers: list[list[Fiber]] = [[], []]
        self.fiber_lines: list[list[int]] = [[], []]  # lines of each fiber
        zero(dut)
        self._descriptions: list[dict[str, int]] = [{}, {}]
        self._portion = 0

    async def load(self, operand: int, fibers: list[Fiber], wait: int = PREPARED) -> None:
        """Write the lines and the fiber table of operand 0 (A) or 1 (B), and wait, a cycle more per fiber."""
        dut, line = self.dut, 0
        self._describe(operand)
        self.fibers[operand], self.fiber_lines[operand] = fibers, []
        dut.wr_operand_i.value = dut.fiber_operand_i.value = operand
        for number, fiber in enumerate([*fibers, []]):
            packed = pack_fiber(fiber, self.lanes, self.coord_width, self.format.value_width)
            await self._write(fiber=(number, line))
            for data in packed:
                await self._write(line=(line, data))
                line += 1
            if fiber:
                self.fiber_lines[operand].append(len(packed))
        dut.wr_valid_i.value = dut.fiber_valid_i.value = 0
        entries = sum(map(len, fibers))
        self._describe(operand, loaded=1, extent=2**self.coord_width, entries=entries, fibers=len(fibers), lines=line)
        if wait:
            await ClockCycles(dut.clk_i, wait + len(fibers))

    def fault(self) -> tuple:
        """Return the report of a wrong word in the cycle before, a record."""
        return bench_types()["fault_o"].unpack(int(self.dut.fault_o.value))

    def _describe(self, operand: int, **members: int) -> None:
        self._descriptions[operand] = members
        self.dut.desc_i.value = bench_types()["desc_i"].pack(self._descriptions)

    async def _write(self, fiber: tuple[int, int] | None = None, line: tuple[int, int] | None = None) -> None:
        dut = self.dut
        dut.fiber_valid_i.value, dut.wr_valid_i.value = int(fiber is not None), int(line is not None)
        if fiber:
            dut.fiber_id_i.value, dut.fiber_first_i.value = fiber
        if line:
            dut.wr_addr_i.value, dut.wr_data_i.value = line
        await RisingEdge(dut.clk_i)

    async def begin(self, dense: bool, portion: int = 0) -> None:
        """Give the start pulse."""
        dut = self.dut
        dut.dense_i.value = int(dense)
        dut.portion_i.value = self._portion = portion
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0

    async def fill(self) -> None:
        """Take no results until no more are stored; then results wait.

        Raises:
            AssertionError: results are stored for longer than the stores have places, or nothing waits.
        """
        stored = None
        for _ in range(40):
            await ClockCycles(self.dut.clk_i, 200)
            before, stored = stored, self.events()["result"]
            if stored and stored == before:
                break
        else:
            raise AssertionError(f"{stored} results stored, and more and more")
        assert int(self.dut.busy_o.value) and self.events()["stall_result"], "nothing waits"

    async def run(self, dense: bool = False, stalls: str = "none", seed: float = 1, portion: int = 0) -> Run:
        """Run one contraction to its end and return what happened.

        Args:
            dense: results that are zero are delivered, too.
            stalls: generator of tb.common.stalls, one for each engine's results.
            seed: of the stalls.
            portion: most entries of A in a portion, 0 for no limit.
        """
        await self.begin(dense, portion)
        return await self.collect(stalls, seed)

    async def collect(self, stalls: str, seed: float) -> Run:
        """Take results until the current contraction is done.

        Raises:
            TimeoutError: it isn't done long after a single engine that matches every entry would be.
        """
        dut = self.dut
        cycles = 5000 + 8 * self.lanes * len(self.fibers[0]) * sum(self.fiber_lines[1])
        cycles += 60 * len(self.fibers[1]) * sum(self.fiber_lines[0])  # a wave of parts for each line of A
        pauses = [STALLS[stalls](random.Random(f"{seed}/{e}")) for e in range(self.sources)]
        results: list[list[tuple[int, int, int]]] = [[] for _ in range(self.sources)]
        last_look = 3  # results may leave after the last one has been stored
        for _ in range(cycles):
            ready = self._ready(pauses) if stalls != "none" else (1 << self.sources) - 1
            dut.result_ready_i.value = ready
            await FallingEdge(dut.clk_i)
            valid = int(dut.result_valid_o.value)
            if valid & ready:
                self._collect(valid & ready, str(dut.result_o.value), results)
            if not valid and not int(dut.busy_o.value):
                last_look -= 1
                if not last_look:
                    break
            await RisingEdge(dut.clk_i)
        else:
            raise TimeoutError(f"not done after {cycles} cycles")
        dut.result_ready_i.value = 0
        assert int(dut.idle_o.value) == (1 << self.sources) - 1, "done, but an engine is not idle"
        return self._report(results)

    def _ready(self, pauses: list[Iterator[bool]]) -> int:
        return sum(1 << e for e, pause in enumerate(pauses) if not next(pause))

    def _collect(self, taken: int, payload: str, results: list[list[tuple[int, int, int]]]) -> None:
        for e in range(self.sources):
            if taken >> e & 1:
                end = len(payload) - e * RESULT_WIDTH  # other engines' bits may be unknown
                bits = int(payload[end - NAMED_WIDTH : end], 2)
                value = bits & (1 << self.format.result_width) - 1
                results[e].append((bits >> 68 & 0xFFFFF, bits >> 48 & 0xFFFFF, value))

    def events(self) -> dict[str, int]:
        """Return the sums of the events since the last start, over all engines."""
        words = int(self.dut.events_o.value)
        return {name: words >> (32 * bit) & 0xFFFFFFFF for bit, name in enumerate(EVENTS)}

    def _report(self, results: list[list[tuple[int, int, int]]]) -> Run:
        dut = self.dut
        steps = int(dut.steps_o.value)
        return Run(
            int(dut.cycles_o.value),
            results,
            self.events(),
            [steps >> (32 * e) & 0xFFFFFFFF for e in range(self.engines)],
            *(
                int(getattr(dut, f"{name}_o").value)
                for name in ("handed", "sets", "portions", "reads", "conflicts", "early", "flags")
            ),
        )

    def expected(self, dense: bool) -> ContractionResult:
        """Return what the exact model makes of the loaded operands."""
        return contract(*(self._tensor(fibers) for fibers in self.fibers), self.format, dense)

    def operands(self) -> list[Csf]:
        """Return the loaded operands."""
        return [Csf.from_tensor(self._tensor(fibers)) for fibers in self.fibers]

    def _tensor(self, fibers: list[Fiber]) -> SparseTensor:
        coords = [(number, coord) for number, fiber in enumerate(fibers) for coord, _ in fiber]
        bits = [value for fiber in fibers for _, value in fiber]
        values = self.format.decode(np.array(bits, np.uint32)) if bits else np.zeros(0)
        return SparseTensor(
            (max(len(fibers), 1), 2**self.coord_width), np.array(coords, np.int64).reshape(-1, 2), values
        )

    def check(self, run: Run, dense: bool) -> None:
        """Compare results, events and counters of a run with the model."""
        model = self.expected(dense)
        got = sorted(result for of_engine in run.results for result in of_engine)
        want = [(int(a), int(b), int(bits)) for a, b, bits in zip(model.a_ids, model.b_ids, model.bits, strict=True)]
        assert got == want, _difference(got, want)
        for of_engine in run.results:
            self._check_order(of_engine)
        assert run.handed == model.jobs, f"{run.handed} dot products handed out, not {model.jobs}"
        counted = {
            name: run.events[name]
            for name in ("dot_done", "result", "match", "zero_empty", "zero_cancel", "zero_underflow", "range_error")
        }
        assert counted == {
            "dot_done": model.jobs,
            "result": model.results,
            "match": model.matches,
            "zero_empty": model.zeros_empty,
            "zero_cancel": model.zeros_cancel,
            "zero_underflow": model.zeros_underflow,
            "range_error": model.range_errors,
        }, counted
        assert run.flags == int(model.flags), f"flags {run.flags:b}, not {int(model.flags):b}"
        self._check_steps(run)
        causes = sum(run.events[name] for name in ("step", "stall_a", "stall_b", "stall_mac"))
        assert run.early == 0, "all engines idle before the last dot product"
        assert causes <= run.events["busy"], "more causes of waiting than busy cycles"

    def _check_order(self, of_engine: list[tuple[int, int, int]]) -> None:
        """Raise AssertionError unless the results of an engine left in order, for each fiber of A."""
        of_engine.sort(key=operator.itemgetter(0))
        assert of_engine == sorted(of_engine), "results of an engine out of order"

    def _check_steps(self, run: Run) -> None:
        """Raise AssertionError unless every fiber of A can have met every line of B once."""
        steps = run.events["step"]
        assert steps == sum(run.steps)
        slots, chunk, lines_b = int(self.dut.Slots.value), 16 // self.lanes, sum(self.fiber_lines[1])
        slot_lines, part = int(self.dut.SlotEntries.value) // self.lanes, self.part()
        least = most = 0
        for lines in self.fiber_lines[0]:
            parts, longest = -(-lines // part), min(lines, part)
            least += parts * lines_b
            most += parts * (-(-longest // slot_lines) * lines_b + -(-longest // chunk) * len(self.fibers[1]))
        if max(self.fiber_lines[0], default=0) > part:  # then an engine works at one dot product at a time
            slots = 1
        assert least <= slots * steps and steps <= most, f"too few or too many comparisons: {steps}"

    def part(self) -> int:
        """Return the most lines of a part of a fiber of A, with the portions of the current contraction."""
        portion = self._portion if self.sources > self.engines else 0
        return part_lines(self.lanes, portion, int(self.dut.Slots.value) * int(self.dut.SlotEntries.value))


def _difference(got: list, want: list) -> str:
    missing, extra = sorted(set(want) - set(got)), sorted(set(got) - set(want))
    return (
        f"{len(got)} results, not {len(want)}; {len(missing)} missing, first {missing[:3]};"
        f" {len(extra)} wrong, first {extra[:3]}"
    )


async def begun(dut: SimHandleBase) -> tuple[Machine, Operands]:
    """Start and reset the wrapper; return the machine and a maker of operands with the run's seed."""
    machine = Machine(dut)
    rng = await start(dut)
    return machine, Operands(machine.format, 2**machine.coord_width, rng)


async def run_checked(
    machine: Machine,
    a: list[Fiber],
    b: list[Fiber],
    dense: bool = False,
    stalls: str = "none",
    seed: float = 1,
    portion: int = 0,
) -> Run:
    """Load, run and check one contraction."""
    await machine.load(0, a)
    await machine.load(1, b)
    run = await machine.run(dense, stalls, seed, portion)
    machine.check(run, dense)
    return run
