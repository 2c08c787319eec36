# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: resets at random cycles of running contractions, a checked one after each.

Arguments: `config`, and `storms`, the number of resets of each kind.
"""

from __future__ import annotations

import random

import cocotb
from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_time

from sim.thisrun import argument
from tb.common.stalls import STALLS
from tests.top.contractions import ABORTED, Case, case, compare, no_error, run
from tests.top.host import Host, begin, bit

POOL = 40  # contractions to choose from
PHASES = ("loading", "between", "computing", "draining", "done")
RARE = ("between", "draining")


class Victim:
    """A contraction that runs until it is stopped.

    Attributes:
        started: the start has been written.
        sending: the bit of RegStatus that the frame sent last sets when it is loaded.
    """

    def __init__(self, host: Host, case: Case, stalls: str):
        self._host, self.case, self._stalls = host, case, stalls
        self.stopped = self.started = False
        self.sending = "StatusLoadedA"
        self.task = cocotb.start_soon(self._work())

    async def _work(self) -> None:
        host = self._host
        for which, csf in enumerate(self.case.operands):
            if self.stopped:
                return
            self.sending = "StatusLoadedB" if which else "StatusLoadedA"
            await host.send(host.pack(csf, which), self._stalls)
        while not self.stopped and await host.status("StatusLoading"):
            pass
        await host.configure(self.case.dense, self.case.run_length)
        if not self.stopped:
            self.started = True
            await host.write("RegControl", bit("ControlStart"))

    async def phase(self) -> str:
        """Return the phase of the contraction."""
        status = await self._host.read("RegStatus")
        if not self.started:
            return "loading" if status & bit("StatusLoading") else "between"
        if status & bit("StatusBusy"):
            return "computing"
        return "done" if status & bit("StatusDrained") else "draining"


async def _storm(dut, reset) -> None:
    host, chance = await begin(dut)
    pool = [case(chance, host) for _ in range(POOL)]
    phases = dict.fromkeys(PHASES, 0)
    count = argument("storms")
    for _ in range(count):
        stalls = chance.choice([*STALLS, "none"])
        # Half of the time the host is slow, so that results are left to be sent.
        host.stall_results(chance.choice([*STALLS, "never"]))
        victim = Victim(host, chance.choice(pool), stalls)
        if chance.random() < 0.6:
            await victim.task
            await ClockCycles(dut.clk_i, 1 + int(chance.expovariate(1 / 60)))
        else:
            await ClockCycles(dut.clk_i, 1 + chance.randrange(120))
        phases[await victim.phase()] += 1
        await reset(host, victim, chance)
        assert not host.queues_in_use(), f"not empty after a reset: {host.queues_in_use()}"
        await run(host, chance.choice(pool), host.any_stalls())
        await no_error(host)
    dut._log.info("%d resets: %s", count, phases)
    missed = [name for name in PHASES if not phases[name] and (count >= 1000 or name not in RARE)]
    assert host.queues and not missed, f"never in phase {missed}"


async def _soft(host: Host, victim: Victim, chance: random.Random) -> None:
    victim.stopped = True
    await host.write("RegControl", bit("ControlSoftReset"))
    ordered = int(get_sim_time("ns"))
    host.stall_results(host.any_stalls())
    await host.wait_while("StatusBusy")
    await victim.task
    if victim.started:
        frame = await host.frame(victim.case.modes)
        compare(victim.case, frame, frame.error and ABORTED, bool(frame.error))
    assert not host.frames and not host.inside_frame
    await host.wait_while("StatusLoading")
    # A frame that had begun is lost; a frame that had not is loaded now.
    status, late = await host.read("RegStatus"), host.began > ordered
    assert status == (bit(victim.sending) if late else 0), f"late {late}: {await host.describe()}"


async def _hard(host: Host, victim: Victim, chance: random.Random) -> None:
    await host.hard_reset(victim.task)
    for _ in range(len(host.frames)):
        compare(victim.case, await host.frame(victim.case.modes))
    assert await host.read("RegStatus") == 0, await host.describe()


@cocotb.test()
async def soft_resets(dut) -> None:
    await _storm(dut, _soft)


@cocotb.test()
async def hard_resets(dut) -> None:
    await _storm(dut, _hard)
