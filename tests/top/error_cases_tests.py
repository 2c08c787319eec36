# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: every error at every place, each followed by a checked contraction.

Arguments: `config`; `stride` n: every n-th case is tried.
The names of the cases go to cases.json in the folder of the run.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Awaitable, Callable, Iterator

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from models.csf import Csf
from models.generate import uniform_tensor
from sim.thisrun import argument, this_run
from tb.agents.contraction.faults import Fault, operand_faults
from tb.common import rtl_constants as rtl
from tests.blocks.operand.loader_model import Build, load
from tests.top.contractions import KINDS, Case, case, compare, run
from tests.top.host import Host, begin, bit

SHAPES = ((9,), (4, 9), (3, 3, 9), (3, 3, 3, 5))  # of the operands with mistakes
LETTERS = "AB"
HOLES = (0x028, 0x03C, 0x07C, 0x0A0, 0x0FC, 0x400, 0x7FC, 0xFFC)
UNALIGNED = (0x001, 0x042, 0x057, 0x103)


class Bench:
    """Shared by the cases: the host, a contraction whose operands are loaded, and the names so far.

    Attributes:
        good: contraction whose operands are loaded at the beginning of a case.
    """

    def __init__(self, host: Host, chance: random.Random):
        self.host, self.chance = host, chance
        config = host.config
        self.build = Build(
            host.fmt, *(int(config[name]) for name in ("Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth"))
        )
        self.pool = [case(chance, host) for _ in range(20)]
        self.names: list[str] = []
        self.good: Case | None = None

    def stalls(self) -> str:
        return self.host.any_stalls()

    async def expect(self, code: str, place: int | None, count: int = 1) -> None:
        """Check the error registers, the status and the interrupt."""
        host = self.host
        names = ("RegError", "RegErrorPlace", "RegErrorCount")
        seen = [await host.read(name) for name in names]
        wanted = [rtl.ERRORS[code].value, seen[1] if place is None else place, count]
        assert seen == wanted, f"{self.names[-1]}: {[*map(hex, seen)]}, expected {[*map(hex, wanted)]}"
        assert await host.status("StatusError") and await host.read("RegIrqStatus") & bit("IrqError")

    async def recover(self, soft: bool, missing: tuple[int, ...] = (0, 1)) -> None:
        """Contract after an error, with or without a soft reset, and clear the error."""
        host, code = self.host, await self.host.read("RegError")
        if soft:
            await host.soft_reset()
            self.good = self.chance.choice(self.pool)
            await run(host, self.good, self.stalls())
            return
        await run(host, self.good, self.stalls(), missing, code)
        await host.soft_reset()
        self.good = self.chance.choice(self.pool)
        await run(host, self.good)


def _full(host: Host, chance: random.Random, shape: tuple[int, ...]) -> Csf:
    generator = np.random.default_rng(chance.getrandbits(32))
    return Csf.from_tensor(uniform_tensor(generator, shape, 1.0, values=KINDS.get(host.fmt.name, "normal")))


def _frame_cases(bench: Bench) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    for shape, which in itertools.product(SHAPES, range(2)):
        csf = _full(bench.host, bench.chance, shape)
        for fault in operand_faults(csf, which, bench.host.pack):
            name = f"operand {LETTERS[which]} of order {len(shape)}: {fault.what}"
            yield name, lambda fault=fault, which=which: _wrong_frame(bench, fault, which)


async def _wrong_frame(bench: Bench, fault: Fault, which: int) -> None:
    """Send the frame; the other operand stays, and so does the error until a soft reset."""
    host = bench.host
    before = await host.counter("CntDiscarded")
    await host.send(fault.beats, bench.stalls())
    await host.wait_while("StatusLoading")
    await bench.expect(fault.error.name, fault.error.place)
    outcome = load(fault.beats, bench.build)
    assert outcome.error[0] == rtl.ERRORS[fault.error.name].value
    discarded = await host.counter("CntDiscarded") - before
    assert discarded == outcome.discarded, f"{discarded} beats discarded, expected {outcome.discarded}"
    gone = () if outcome.operand is None else (which,)
    for operand, letter in enumerate(LETTERS):
        assert await host.status(f"StatusLoaded{letter}") == (operand not in gone)
    if gone:
        await host.start()
        await bench.expect(fault.error.name, fault.error.place, 2)  # the first error stays
    await bench.recover(bench.chance.random() < 0.5, gone)


def _start_cases(bench: Bench) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    for missing in (1, 2, 3):
        yield f"start, missing {missing:02b}", lambda m=missing: _missing(bench, m)
    for extents in ((5, 6), (6, 5), (1, 16)):
        yield f"start, extents {extents}", lambda e=extents: _differ(bench, e)
    for after in (0, 1, 2, 5, 10, 20, 40, 80, 160):
        yield f"start {after} cycles into a contraction", lambda a=after: _busy(bench, a)
    for which, part in itertools.product(range(2), ("first beat", "middle", "all but the last beat")):
        yield f"start in operand {LETTERS[which]}, {part}", lambda w=which, p=part: _loading(bench, w, p)


async def _missing(bench: Bench, missing: int) -> None:
    host = bench.host
    await host.soft_reset()
    loaded = tuple(which for which in range(2) if not missing >> which & 1)
    for which in loaded:
        await host.load(bench.good.operands[which], which)
    await host.start()
    await bench.expect("ErrNoOperand", missing)
    await bench.recover(False, tuple(which for which in range(2) if which not in loaded))


async def _differ(bench: Bench, extents: tuple[int, int]) -> None:
    for which, extent in enumerate(extents):
        await bench.host.load(_full(bench.host, bench.chance, (2, extent)), which)
    await bench.host.start()
    await bench.expect("ErrExtentsDiffer", extents[0])
    await bench.recover(False)


async def _busy(bench: Bench, after: int) -> None:
    host, good = bench.host, bench.good
    host.stall_results("never")  # the trailer at least prevents the contraction from draining
    await host.start(good.dense, good.run_length)
    await ClockCycles(host.dut.clk_i, after)
    await host.write("RegControl", bit("ControlStart"))
    await bench.expect("ErrStartBusy", 0)
    host.stall_results(bench.stalls())
    await host.interrupt("IrqDrained")
    frame = await host.frame(good.modes)
    assert frame.error in (0, rtl.ERRORS["ErrStartBusy"].value)  # the trailer may have waited already
    compare(good, frame, frame.error)
    await bench.recover(False, ())


async def _loading(bench: Bench, which: int, part: str) -> None:
    host, csf = bench.host, bench.good.operands[which]
    beats = host.pack(csf, which)
    cut = {"first beat": 1, "middle": len(beats) // 2, "all but the last beat": len(beats) - 1}[part]
    await host.send(beats[:cut], last=False)
    await ClockCycles(host.dut.clk_i, bench.chance.randrange(20))
    await host.start()
    await bench.expect("ErrStartLoading", 0)
    await host.send(beats[cut:], bench.stalls())
    await host.wait_while("StatusLoading")
    await bench.recover(False, ())


def _access_cases(bench: Bench) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    for address in HOLES + UNALIGNED:
        yield f"read of {address:#05x}", lambda a=address: _address(bench, a, None)
        yield f"write of {address:#05x}", lambda a=address: _address(bench, a, 0xFFFF_FFFF)
    for name, register in rtl.REGISTERS.items():
        if register.access == "RO":
            yield f"write of {name}", lambda a=register.address: _address(bench, a, 0)


async def _address(bench: Bench, address: int, value: int | None) -> None:
    data, okay = await bench.host.access(address, value)
    assert not okay and data == 0, f"access to {address:#x} was answered with {data:#x}, okay {okay}"
    await bench.expect("ErrAddress", address)
    await bench.recover(False, ())


@cocotb.test()
async def every_error_at_every_place(dut) -> None:
    host, chance = await begin(dut)
    bench = Bench(host, chance)
    bench.good = bench.pool[0]
    await run(host, bench.good)
    stride = argument("stride")
    cases = itertools.chain(_frame_cases(bench), _start_cases(bench), _access_cases(bench))
    for name, carry_out in itertools.islice(cases, 0, None, stride):
        bench.names.append(name)
        await carry_out()
    dut._log.info("%d cases", len(bench.names))
    (this_run().folder / "cases.json").write_text(json.dumps(bench.names, indent=1))
