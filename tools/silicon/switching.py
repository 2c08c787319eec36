# SPDX-License-Identifier: Apache-2.0
"""The bits of the chip at each clock edge of a run of its RTL, read from the run's trace."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pywellen

from tb.common import configs, simulation
from tb.common.traces import find_trace
from tb.env.run import run_sequences
from tools.silicon.elaborate import TOP

# Structures as vectors, as in a netlist, and all registers of a queue of 64 words.
OPTIONS = ("--no-trace-structs", "--trace-max-array", "64", "--trace-max-width", "16384")
CLOCK = f"{TOP}.clk_i"
_INDEX = re.compile(r"^(.*?)(?:\[(\d+)\])?$")

Bits = np.ndarray  # a bit at all edges, eight edges per byte


def _changes(signal: pywellen.Var) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of a signal's changes, and its bits after each, the lowest first."""
    size = -(-(signal.bitwidth or 1) // 8)
    times, values = zip(*signal.tv, strict=True)
    packed = b"".join(value.to_bytes(size, "little") for value in values)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, size), axis=1, bitorder="little")
    return np.array(times, np.int64), bits


class Recording:
    """A trace.

    Attributes:
        cycles: rising edges of the clock.
    """

    def __init__(self, trace: Path) -> None:
        """Open a trace of the chip.

        Raises:
            ValueError: it has no clock.
        """
        waveform = pywellen.Waveform(str(trace))
        self._signals = {one.full_name.replace(".[", "["): one for one in waveform.all_vars()}
        if CLOCK not in self._signals:
            raise ValueError(f"{trace}: there is no {CLOCK}")
        times, values = _changes(self._signals[CLOCK])
        self._edges = times[values[:, 0] == 1]
        self.cycles = len(self._edges)
        self._known: dict[str, np.ndarray] = {}

    def _sampled(self, name: str) -> np.ndarray:
        """Return the bits of a signal just before each edge, a row per bit, the lowest first."""
        if name not in self._known:
            times, values = _changes(self._signals[name])
            at = (np.searchsorted(times, self._edges) - 1).clip(0)
            self._known[name] = np.packbits(values[at], axis=0).T.copy()
        return self._known[name]

    def bit(self, path: str) -> Bits | None:
        """Return the values of `path.to.signal` or `path.to.signal[3]`, None if it was not recorded."""
        for name, index in ((path, None), _INDEX.match(path).groups()):
            bit = int(index or 0)
            if name in self._signals and bit < (self._signals[name].bitwidth or 1):
                return self._sampled(name)[bit]
        return None

    def constant(self, value: bool) -> Bits:
        """Return a bit that is always the same."""
        return np.full(-(-self.cycles // 8), 255 if value else 0, np.uint8)

    def later(self, bits: Bits) -> Bits:
        """Return a bit that equals another one a cycle before."""
        unpacked = np.unpackbits(bits, count=self.cycles)
        return np.packbits(np.append(unpacked[:1], unpacked[:-1]))

    def changes(self, bits: Bits) -> float:
        """Return how often a bit changes per cycle."""
        unpacked = np.unpackbits(bits, count=self.cycles)
        return float(np.count_nonzero(unpacked[1:] != unpacked[:-1])) / max(1, self.cycles - 1)


def recorded(config: str, sequence: str) -> Recording:
    """Run a sequence on a configuration, and return its recording."""
    chip = configs.load(config)
    os.environ[simulation.SHORT_RUNS] = "1"  # the compiler would take longer than it saves
    built = simulation.build(TOP, "verilator", chip.parameters(), waves=True, options=OPTIONS)
    run = run_sequences(chip, "verilator", [sequence], f"power-{config}", built=built, waves=True)
    trace = find_trace(run.folder)
    if not trace:
        raise ValueError(f"{run.folder} holds no trace")
    return Recording(trace)
