# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_error_log keeps the earliest error and counts all of them."""

import random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import start, zero
from tb.common.rtl_constants import ERRORS

GREATEST = 2**32 - 1
SOURCES = ("parity", "watchdog", "frame", "write", "refusal", "read", "range")  # the first one wins
COUNTS = {"frame": [1, 1, 2], "range": [1, 1, 2, 127]}  # errors in a cycle, of sources with several
NONE = ERRORS["ErrNone"].value


class Log:
    """Drives the log and tracks its expected contents.

    Attributes:
        held: code, place and count.
    """

    def __init__(self, dut: SimHandleBase, rng: random.Random):
        self.dut, self.rng, self.held = dut, rng, (NONE, 0, 0)

    async def cycle(
        self, counts: dict[str, int], clear: bool = False, stopping: bool = False, resetting: bool = False
    ) -> None:
        """Let a cycle pass with these numbers of errors of each source, and compare."""
        dut, types = self.dut, bench_types()
        codes = [error.value for error in ERRORS.values() if error.value != NONE]
        errors = {
            name: {"valid": name in counts, "code": self.rng.choice(codes), "place": self.rng.getrandbits(32)}
            for name in SOURCES
        }
        report = types["report_i"]
        dut.report_i.value = report.pack(
            load={"error": errors["frame"], "errors": counts.get("frame", 0)},
            parity_error=errors["parity"],
            sums={"range_error": errors["range"], "range_errors": counts.get("range", 0)},
        )
        for name in ("watchdog", "write", "refusal", "read"):
            getattr(dut, f"{name}_i").value = types[f"{name}_i"].pack(errors[name])
        dut.clear_i.value = int(clear)
        dut.kill_i.value = types["kill_i"].pack(valid=resetting or stopping, all=resetting)
        silent = {"frame", "range"} if resetting or stopping else set()
        silent |= {"parity"} if resetting else set()
        told = [name for name in SOURCES if name in counts and name not in silent]
        code, place, count = self.held
        if told and code == NONE:
            code, place = (errors[told[0]][member] for member in ("code", "place"))
        count = min(count + sum(counts[name] for name in told), GREATEST)
        self.held = (NONE, 0, 0) if clear else (code, place, count)
        await RisingEdge(dut.clk_i)
        assert bool(dut.event_o.value) == bool(told)
        await FallingEdge(dut.clk_i)
        error = types["error_o"].unpack(int(dut.error_o.value))
        assert error.valid == (self.held[0] != NONE)
        seen = error.code, error.place, int(dut.count_o.value)
        assert seen == self.held, f"{seen} instead of {self.held} after {counts}"

    def some(self, share: float) -> dict[str, int]:
        """Return errors of about this share of the sources."""
        return {name: self.rng.choice(COUNTS.get(name, [1])) for name in SOURCES if self.rng.random() < share}


async def begun(dut: SimHandleBase) -> Log:
    zero(dut)
    rng = await start(dut)
    await FallingEdge(dut.clk_i)
    return Log(dut, rng)


@cocotb.test()
async def the_earliest_is_kept_and_all_are_counted(dut) -> None:
    log = await begun(dut)
    rng = log.rng
    for _ in range(400):
        await log.cycle(log.some(rng.choice([0.1, 0.6])), rng.random() < 0.15, rng.random() < 0.2, rng.random() < 0.2)


@cocotb.test()
async def the_count_stops_at_its_greatest_value(dut) -> None:
    """From just below the greatest count: exactly to it, over it, and further; only a clear resets it."""
    log = await begun(dut)
    await log.cycle({"write": 1})
    most = {name: max(COUNTS.get(name, [1])) for name in SOURCES}
    for below in (1, 2, 127, 200):
        for more in ({"write": 1}, {"range": min(below, 127)}, most):
            await log.cycle({})  # the errors before are in count_q
            dut.count_q.value = GREATEST - below
            log.held = (*log.held[:2], GREATEST - below)
            for errors in (more, {}, log.some(0.5), more):
                await log.cycle(errors)
    assert log.held[2] == GREATEST
    await log.cycle({"write": 1}, clear=True)
    await log.cycle({"range": 2})
    assert log.held[2] == 2
