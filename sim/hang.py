# SPDX-License-Identifier: Apache-2.0
"""Ends a simulation that makes no progress, and names the outstanding work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

import cocotb
from cocotb.handle import HierarchyObject, SimHandleBase
from cocotb.triggers import SimTimeoutError, Timer, with_timeout
from cocotb.utils import get_sim_time

from models import constants as rtl

PERIOD = 20_000  # cycles (of 1 ns) without progress before the test fails
LOOKS = 8  # at the bus and the counters in such a period
RESPONSE_TIME = 2_000  # cycles in which a register must respond
# Counters that move only when work gets done; cycles and stalls also count while nothing happens.
WORK = ("CntRuns", "CntSteps", "CntMatches", "CntDotsDone", "CntResults", "CntMemReads", "CntUnloaded", "CntDiscarded")
MAX_STREAMS = 40


class HangError(AssertionError):
    """Nothing moved for a period; the text names the outstanding work."""


class HangGuard:
    """Looks several times in a period whether a bus moved, and if none did, whether a counter did.

    The test fails one to one and a half periods after the last move.

    Args:
        dut: the chip's top.
        activity: returns numbers that change when a bus transfers something.
        outstanding: returns sentences on outstanding work.
        read: returns words (number) of the registers, from an address on.
        period: in cycles.
        silence: returns cycles, beyond a period, in which nothing need move now.
        shown: registers that the report shows beside the registers of every chip.
    """

    def __init__(
        self,
        dut: SimHandleBase,
        activity: Callable[[], tuple],
        outstanding: Callable[[], list[str]],
        read: Callable[[int, int], Awaitable[list[int]]],
        period: int = PERIOD,
        silence: Callable[[], int] = lambda: 0,
        shown: Sequence[rtl.Register] = (),
    ):
        self._dut, self._activity, self._outstanding, self._words = dut, activity, outstanding, read
        self.period, self._silence, self._shown = period, silence, shown

    async def watch(self) -> None:
        """Never return.

        Raises:
            HangError: nothing moved.
        """
        moved, worked, since = None, None, get_sim_time("ns")
        while True:
            await Timer(self.period // LOOKS, "ns")
            before, moved = (moved, worked), self._activity()
            # Counters are read only while the bus rests.
            worked = await self._counters() if moved == before[0] else None
            if (moved, worked) != before:
                since = get_sim_time("ns")
            elif (now := get_sim_time("ns")) - since >= self.period + self._silence():
                span = f"nothing moved from {since:,.0f} to {now:,.0f} ns"
                raise HangError(await self.report(f"no progress for {self.period} cycles: {span}"))

    async def report(self, reason: str) -> str:
        """Return the reason, followed by status, counters and the streams that wait."""
        lines = [reason, *self._outstanding()]
        registers = {}
        for name in ("RegStatus", "RegError", "RegErrorPlace"):
            registers[name] = await self._read(rtl.REGISTERS[name].address)
        if None in registers.values():
            lines.append(f"the register port does not respond within {RESPONSE_TIME} cycles")
        else:
            status, error, place = (words[0] for words in registers.values())
            lines.append(f"status: {status_text(status)}; error {rtl.error_name(error)} at {place:#x}")
            counters = await self._counters()
            moved = [f"{name.removeprefix('Cnt')} {value}" for name, value in counters.items() if value]
            lines.append(f"counters: {', '.join(moved) or 'all 0'}")
            for register in self._shown:
                lines.append(f"{register.name}: {(await self._read(register.address) or ['?'])[0]}")
        waiting = list(waiting_streams(self._dut))
        lines += [f"waits for ready: {name}" for name in waiting[:MAX_STREAMS]]
        if len(waiting) > MAX_STREAMS:
            lines.append(f"and {len(waiting) - MAX_STREAMS} more streams")
        return "\n".join(lines)

    async def _read(self, address: int, words: int = 1) -> list[int] | None:
        try:
            return await with_timeout(cocotb.start_soon(self._words(address, words)), RESPONSE_TIME, "ns")
        except SimTimeoutError:
            return None

    async def _counters(self) -> dict[str, int]:
        """Return the counters that stand for work, empty if the registers do not respond."""
        words = await self._read(rtl.CONSTANTS["RegCounters"], 2 * len(rtl.COUNTERS))
        if words is None:
            return {}
        return {name: words[2 * rtl.COUNTERS[name].value] for name in WORK}


def waiting_streams(scope: HierarchyObject) -> Iterator[str]:
    """Yield each stream below `scope` that offers a beat which is not accepted, by the pins' names."""
    for handle in scope:
        if isinstance(handle, HierarchyObject):
            yield from waiting_streams(handle)
            continue
        name = handle._name
        for valid, ready in (("valid_o", "ready_i"), ("tvalid", "tready"), ("tvalid_o", "tready_i")):
            if not name.endswith(valid):
                continue
            partner = getattr(scope, name.removesuffix(valid) + ready, None)
            if partner is not None and _bits(handle) & ~_bits(partner):
                yield f"{scope._path}.{name}"


def _bits(handle: SimHandleBase) -> int:
    """Return the value of a signal as an integer, 0 if a bit of it is unknown."""
    try:
        return int(handle.value)
    except (ValueError, TypeError):
        return 0


def status_text(status: int) -> str:
    """Return the names of the bits that are set in RegStatus."""
    names = [name.removeprefix("Status") for name, bit in rtl.STATUS_BITS.items() if status >> bit.value & 1]
    return ", ".join(names) or "idle"
