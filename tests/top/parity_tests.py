# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator (Icarus, which lets memories be written): bits of stored lines flip.

Arguments: `config`, and `count`, the number of flipped bits.
"""

from __future__ import annotations

import random

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles

from sim.configs import Config
from sim.thisrun import argument
from tb.common import rtl_constants as rtl
from tb.common.stalls import STALLS
from tests.share import amount
from tests.top.contractions import Case, case, compare, covered, no_error, run
from tests.top.host import Host, begin

PARITY = rtl.ERRORS["ErrParity"].value
LINES_LEVEL = 7  # of an error place


class Memory:
    """The tensor memory's words, by operand and line."""

    def __init__(self, dut: SimHandleBase, config: Config):
        core = dut.u_chip.u_core
        self._ideal = config["Memory"] == "ideal"
        chosen = core.u_memory.gen_ideal if self._ideal else core.u_memory.gen_banked
        self._memory = chosen.u_memory
        self._banks = int(config["MemBanks"])

    def word(self, operand: int, line: int) -> SimHandleBase:
        """Return the word that holds a line."""
        if self._ideal:
            return self._memory.gen_operand[operand].gen_ram[0].u_lines.mem_q[line]
        bank = (line + operand * (self._banks // 2)) % self._banks
        ram = self._memory.gen_bank[bank].gen_operand[operand].u_lines
        return ram.mem_q[line // self._banks]

    def flip(self, operand: int, line: int, chance: random.Random) -> str:
        """Flip a random bit of a line and return a description."""
        word = self.word(operand, line)
        bit = chance.randrange(len(word))
        word.value = int(word.value) ^ 1 << bit
        return f"bit {bit} of line {line} of operand {'AB'[operand]}"


def _pair(host: Host, chance: random.Random) -> Case:
    """Return a contraction with entries in both operands: then each line is read."""
    while True:
        found = case(chance, host, extent=amount(30, 60))
        if found.a.nnz and found.b.nnz:
            return found


async def _begin(dut) -> tuple[Host, random.Random, Memory]:
    host, chance = await begin(dut)
    return host, chance, Memory(dut, host.config)


@cocotb.test()
async def a_flipped_bit_is_never_a_wrong_number(dut) -> None:
    """Flips before the start: code, place, interrupt; only right results come; a soft reset restores all."""
    host, chance, memory = await _begin(dut)
    lost = 0
    for _ in range(argument("count")):
        pair = _pair(host, chance)
        for which, csf in enumerate(pair.operands):
            await host.load(csf, which)
        operand = chance.randrange(2)
        line = chance.randrange(await host.read(f"RegLines{'AB'[operand]}"))
        what = memory.flip(operand, line, chance)
        host.stall_results(chance.choice(list(STALLS)))
        await host.start(pair.dense, pair.run_length)
        await host.interrupt("IrqError")
        place = operand << 31 | LINES_LEVEL << 28 | line
        seen = [await host.read(name) for name in ("RegError", "RegErrorPlace", "RegErrorCount")]
        assert seen == [PARITY, place, 1], f"{what}: {[*map(hex, seen)]}"
        await host.interrupt("IrqDrained")
        frame = await host.frame(pair.modes)
        compare(pair, frame, PARITY, True)
        lost += pair.result.results - frame.count
        stored, sent = await host.counter("CntResults"), await host.counter("CntUnloaded")
        assert stored == sent == frame.count, f"{what}: {stored} complete, {sent} sent"
        await host.wait_while("StatusBusy")
        assert not host.queues_in_use()
        await host.soft_reset()
        await run(host, pair, chance.choice(list(STALLS)))
        await no_error(host)
    covered("ErrParity")
    dut._log.info("%s flipped bits, each noticed; %d results not delivered", argument("count"), lost)
    assert lost


@cocotb.test()
async def a_bit_that_flips_under_way(dut) -> None:
    """Flips at any cycle of the contraction: the result is complete and right, or short and reported."""
    host, chance, memory = await _begin(dut)
    noticed = 0
    for _ in range(max(6, argument("count"))):
        pair = _pair(host, chance)
        for which, csf in enumerate(pair.operands):
            await host.load(csf, which)
        await host.start(pair.dense, pair.run_length)
        await ClockCycles(dut.clk_i, chance.randrange(60))
        operand = chance.randrange(2)
        memory.flip(operand, chance.randrange(await host.read(f"RegLines{'AB'[operand]}")), chance)
        await host.interrupt("IrqDrained")
        frame = await host.frame(pair.modes)
        compare(pair, frame, frame.error, bool(frame.error))
        assert frame.error in (0, PARITY)
        # A line may still be prefetched when every result is complete: its error is reported, without harm.
        assert frame.error in (0, await host.read("RegError"))
        noticed += bool(frame.error)
        await host.wait_while("StatusBusy")
        await host.soft_reset()
        await run(host, pair)
    dut._log.info("%s bits flipped under way, %d of them in time to be read", argument("count"), noticed)
    assert noticed
