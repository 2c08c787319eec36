# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: each kind of work, alone, prevents the watchdog's expiry; nothing else does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import start
from tests.blocks.events import EVENTS

PORTS = ("events", "dispatch", "reads", "conflicts", "load", "sent")
# Progress by docs/errors.md, and its latency in cycles to the watchdog.
WORK = {
    ("load", "step"): 0,
    ("dispatch", "visit"): 0,
    ("dispatch", "job"): 0,
    ("reads", ""): 1,
    **{("events", event): 2 for event in ("step", "match", "dot_done", "empties", "result")},
}
# A contraction that is stuck may still do these.
NO_WORK = [
    *(("events", event) for event in EVENTS if ("events", event) not in WORK),
    ("events", "flags"),
    ("dispatch", "dots"),
    ("dispatch", "portion"),
    ("conflicts", ""),
    ("load", "loading"),
    ("load", "discarded"),
    ("load", "error"),
    ("sent", ""),
]


@dataclasses.dataclass
class Bench:
    """The inputs, all 0 unless set, and the watchdog's limit."""

    dut: SimHandleBase
    limit: int

    def drive(self, port: str = "", member: str = "", source: int = 0) -> None:
        """Raise one input, or a member of it, of events one source's; all others are 0."""
        types = bench_types()
        for name in PORTS:
            kind, value = types[f"{name}_i"], 0
            if name == port:
                of = kind.elements[source][1] if kind.elements else kind
                low, of = of.members[member] if member else (0, of)
                value = (1 << of.width) - 1 << low
                value <<= kind.elements[source][0] if kind.elements else 0
            getattr(self.dut, f"{name}_i").value = value

    async def cycle(self, *what: str | int) -> bool:
        """Step a cycle with that input raised; return whether the watchdog expires in it."""
        await RisingEdge(self.dut.clk_i)
        self.drive(*what)
        await FallingEdge(self.dut.clk_i)
        return bool(self.dut.expired_o.value)


async def begin(dut: SimHandleBase) -> tuple[Bench, Iterator[int]]:
    """Return the bench with a limit of a few cycles, and sources at random."""
    bench = Bench(dut, 0)
    bench.drive()
    dut.limit_i.value = 0
    rng = await start(dut)
    bench.limit = rng.randint(4, 20)
    dut.limit_i.value = bench.limit
    sources = int(dut.NumSources.value)
    return bench, iter(lambda: rng.randrange(sources), None)


@cocotb.test()
@cocotb.parametrize(work=list(WORK))
async def work_is_progress(dut, work: tuple[str, str]) -> None:
    """Work comes in the cycle in which the watchdog would expire, again and again; then it ends."""
    bench, sources = await begin(dut)
    for _ in range(10):
        bites = [await bench.cycle(*work, next(sources))]
        bites += [await bench.cycle() for _ in range(bench.limit - 1)]
        assert not any(bites), f"{work} is missed"
    bites = [await bench.cycle() for _ in range(3 * bench.limit)]
    assert [cycle for cycle, bite in enumerate(bites) if bite] == [WORK[work]], "not once, when it is due"


@cocotb.test()
@cocotb.parametrize(idle=NO_WORK)
async def nothing_else_is_progress(dut, idle: tuple[str, str]) -> None:
    """Events in every cycle of a machine that is stuck do not count."""
    bench, sources = await begin(dut)
    source = next(sources)
    bites = [await bench.cycle(*idle, source) for _ in range(2 * bench.limit)]
    assert any(bites), f"{idle} hides that nothing is done"
