# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: random register accesses during contractions change none of their results.

Arguments: `config`, and `accesses`, their number.
"""

from __future__ import annotations

import random

import cocotb

from sim.thisrun import argument
from tb.common import rtl_constants as rtl
from tests.top.contractions import case, compare, run
from tests.top.host import Host, begin, bit

PER_CONTRACTION = 100
ADDRESSES = 2 ** rtl.CONSTANTS["RegAddrWidth"]
BY_ADDRESS = {register.address: register for register in rtl.REGISTERS.values()}
# These end a contraction; they have their own tests.
ENDING = bit("ControlSoftReset") | bit("ControlAbort")
KINDS = ("read", "write", "hole", "start")


class Traffic:
    """Random accesses, and the errors that they must have caused.

    Attributes:
        errors: accesses that must be refused, refused starts included.
        kinds: accesses by kind.
    """

    def __init__(self, host: Host, chance: random.Random):
        self._host, self._chance = host, chance
        self.errors = 0
        self.kinds = dict.fromkeys(KINDS, 0)

    async def one(self, starts: bool) -> None:
        """Make one access; `starts` allows the start command, which the machine must then refuse."""
        host, chance = self._host, self._chance
        kind = chance.choice(KINDS if starts else KINDS[:-1])
        self.kinds[kind] += 1
        strobes = chance.choice([15, 15, chance.randrange(16)])
        value = chance.choice([0, 0xFFFF_FFFF, chance.getrandbits(32)])
        if kind == "hole":
            address = chance.randrange(ADDRESSES)
            value = chance.choice([None, value])
        else:
            address = chance.choice(list(BY_ADDRESS))
            value = None if kind == "read" else value
        if kind == "start":
            address, value, strobes = rtl.REGISTERS["RegControl"].address, bit("ControlStart"), 15
        register = BY_ADDRESS.get(address)
        if register is not None and register.name == "RegControl" and value is not None:
            value &= ~ENDING if starts else ~(ENDING | bit("ControlStart"))
            self.errors += bool(value & bit("ControlStart") and strobes & 1)
        if register is not None and register.name == "RegWatchdog" and value is not None:
            value, strobes = chance.choice([0, 0xFFFF_FFFF]), 15  # off, or nearly
        allowed = register is not None and (value is None or self._writable(register))
        _, okay = await host.access(address, value, strobes)
        assert okay == allowed, f"access to {address:#x} with {value}: okay is {okay}"
        self.errors += not allowed

    def _writable(self, register: rtl.Register) -> bool:
        if register.name == "RegPortion":
            return self._host.config.can_split
        return register.access != "RO"


@cocotb.test()
async def registers_disturb_nothing(dut) -> None:
    host, chance = await begin(dut)
    traffic, total = Traffic(host, chance), argument("accesses")
    done = met = 0
    while done < total:
        contraction = case(chance, host, extent=200)
        await host.load_all(contraction)
        # Every second time the host accepts no beat before the accesses end: so no start can be accepted.
        held = chance.random() < 0.5
        host.stall_results("never" if held else host.any_stalls())
        await host.start(contraction.dense, contraction.run_length)
        for _ in range(PER_CONTRACTION):
            met += await host.status("StatusBusy") if done % 10 == 0 else 0
            await traffic.one(starts=held)
            done += 1
        host.stall_results(host.any_stalls())
        frame = await host.frame(contraction.modes)
        compare(contraction, frame, frame.error)
        for name, value in (
            ("CntJobs", contraction.result.jobs),
            ("CntMatches", contraction.result.matches),
            ("CntResults", contraction.result.results),
            ("RegErrorCount", traffic.errors),
        ):
            seen = await (host.read(name) if name.startswith("Reg") else host.counter(name))
            assert seen == value, f"{name} is {seen}, expected {value}"
        if chance.random() < 0.2:
            await host.soft_reset()
            traffic.errors = 0
            await run(host, contraction)
    dut._log.info("%d accesses: %s, %d of the samples met the machine at work", done, traffic.kinds, met)
    assert min(traffic.kinds.values()) > done // 20 and met
