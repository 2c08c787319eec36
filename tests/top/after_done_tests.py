# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: actions of the host in the first cycles after a contraction is done.

After the last dot product much of its longer fiber is read and discarded. New operands, which occupy fewer
lines, come in each of the first cycles after that, or wait at the port; so does a start with another mode.
Checkers in the machine notice reads of replaced lines. Argument: `config`.
"""

from __future__ import annotations

import dataclasses

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge, with_timeout
from cocotb.utils import get_sim_time

from models.contract import contract
from models.csf import Csf
from models.generate import draw_values
from tb.common import rtl_constants as rtl
from tb.sequences.base import stack
from tests.share import amount
from tests.top.contractions import ABORTED, KINDS, Case, compare, no_error
from tests.top.host import LIMIT, Host, begin, bit

LONG = 400  # entries of the longer fiber
DELAYS = range(0, 8, amount(3, 1))  # from done to the first operand; before it one that waits at the port
AROUND = 4  # cycles before and after the end of a contraction in which the next start is tried
# Coordinates of the fibers of A and of B; in the last dot product of each pair a long rest is left.
ONE, SHORT, ALL = [0], [0, 1, 2], range(LONG)
SHAPES = [([ONE], [ALL]), ([SHORT, ALL], [ONE, SHORT]), ([range(9)], [ALL])]


def _pair(host: Host, a: list, b: list, dense: bool) -> Case:
    """Return a contraction of fibers with these coordinates and random values."""
    kind = KINDS.get(str(host.config["Format"]), "normal")
    generator = np.random.default_rng(host.rng.getrandbits(32))
    tensors = [stack(LONG, fibers, [draw_values(generator, len(fiber), kind) for fiber in fibers]) for fibers in (a, b)]
    return Case(*map(Csf.from_tensor, tensors), dense, 0, contract(*tensors, host.fmt, dense))


async def _load(host: Host, pair: Case) -> None:
    await host.load_all(pair)


async def _start(host: Host, interrupt: str = "IrqDrained") -> int:
    """Write the start command, with one interrupt enabled; return the time in ns, which equals cycles."""
    await host.write("RegIrqStatus", bit("IrqDone") | bit("IrqDrained"))
    await host.write("RegIrqEnable", bit(interrupt))
    await host.write("RegControl", bit("ControlStart"))
    return _now()


async def _raised(host: Host) -> None:
    """Sleep until the interrupt."""
    if not host.dut.irq_o.value:
        await with_timeout(RisingEdge(host.dut.irq_o), LIMIT, "ns")


def _now() -> int:
    return int(get_sim_time("ns"))


@cocotb.test()
async def operands_right_after_done(dut) -> None:
    """Operands are replaced as soon as allowed: nothing reads old lines, and results are right."""
    host, _ = await begin(dut)
    gaps = []
    for first, (a, b) in enumerate(SHAPES):
        for number, delay in enumerate([None, *DELAYS[first % 2 :: 2]]):
            pair, later = _pair(host, a, b, bool(number % 2)), _pair(host, [ONE], [SHORT, ONE], True)
            await _load(host, pair)
            await host.configure(pair.dense)
            await _start(host, "IrqDone")
            # The operand that is read longer is replaced first.
            order = (1, 0) if pair.b.nnz > pair.a.nnz else (0, 1)
            beats = [host.pack(later.operands[which], which) for which in order]
            waiting = cocotb.start_soon(host.send(beats[0])) if delay is None else None
            await _raised(host)
            done = _now()
            if waiting:
                await waiting
            else:
                await ClockCycles(dut.clk_i, delay + 1)
                await host.send(beats[0])
            gaps.append(host.began - done)
            await host.send(beats[1])
            await host.wait_while("StatusLoading")
            compare(pair, await host.frame(pair.modes))
            await host.start(later.dense)
            compare(later, await host.frame(later.modes))
    await no_error(host)
    dut._log.info("%d operands began %d to %d cycles after done", len(gaps), min(gaps), max(gaps))
    assert min(gaps) < DELAYS.stop, "no operand came soon after done"


@cocotb.test()
async def abort_while_the_rest_is_read(dut) -> None:
    """An abort while the rest is read, then shorter operands at once: no old read continues."""
    host, _ = await begin(dut)
    pair, later = _pair(host, [SHORT, ONE], [ALL], True), _pair(host, [ONE], [SHORT, ONE], True)
    cut = 0
    last = LONG // int(host.config["Lanes"]) + 20
    for delay in range(0, last, amount(40, 9)):
        await _load(host, pair)
        await host.configure(pair.dense)
        await _start(host)
        await ClockCycles(dut.clk_i, delay)
        await host.write("RegControl", bit("ControlAbort"))
        waiting = cocotb.start_soon(host.send(host.pack(later.operands[1], 1)))
        frame = await host.frame(pair.modes)
        compare(pair, frame, frame.error, partial=bool(frame.error))
        assert frame.error in (0, ABORTED), f"trailer with {rtl.error_name(frame.error)}"
        cut += bool(frame.error)
        await waiting
        await host.load(later.operands[0], 0)
        await host.start(later.dense)
        compare(later, await host.frame(later.modes))
    await no_error(host)
    dut._log.info("%d contractions aborted", cut)
    assert cut


@cocotb.test()
async def start_right_after_the_last_beat(dut) -> None:
    """A start in each cycle around the end of a contraction is refused or right, in every mode."""
    host, _ = await begin(dut)
    for first, (a, b) in enumerate(SHAPES):
        pair = _pair(host, a, b, False)
        other = dataclasses.replace(
            pair, dense=True, result=contract(*(csf.to_tensor() for csf in pair.operands), host.fmt, True)
        )
        await _load(host, pair)
        await host.configure()
        began = await _start(host)
        await _raised(host)
        length = _now() - began
        compare(pair, await host.frame(pair.modes))
        refused = []
        for offset in range(first % 2 - AROUND, AROUND, amount(2, 1)):
            began = await _start(host)
            await host.write("RegMode", 1)  # dense
            await ClockCycles(dut.clk_i, length + offset - (_now() - began))
            await host.write("RegControl", bit("ControlStart"))
            frame = await host.frame(pair.modes)
            compare(pair, frame, frame.error)
            refused.append(bool(await host.read("RegErrorCount")))
            if refused[-1]:
                assert await host.read("RegError") == rtl.ERRORS["ErrStartBusy"].value
                await host.soft_reset()
                await _load(host, pair)
            else:
                compare(other, await host.frame(pair.modes))
            await host.write("RegMode", 0)
        dut._log.info(
            "%d cycles; %d starts before the end refused, %d taken", length, sum(refused), refused.count(False)
        )
        assert refused[0] and not refused[-1] and refused == sorted(refused, reverse=True), refused
