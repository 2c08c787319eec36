# SPDX-License-Identifier: Apache-2.0
"""The bits of the chip at each clock edge of a run of its RTL, read from the run's trace."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pywellen

from bench import image
from bench.builds import DMA_HOST, build_dma
from bench.machines import machine
from bench.outside import LATENCY, Point, simulate
from sim import configs, simulation
from sim.interfaces import TOPS
from sim.options import decided
from sim.traces import find_trace
from tb.env.run import run_sequences
from tools.silicon import elaborate

# Structures as vectors, as in a netlist, and all registers of a queue of 64 words.
OPTIONS = ("--no-trace-structs", "--trace-max-array", "64", "--trace-max-width", "16384")
CHIP, COUNTER = "u_top", "cycles_o"  # of the bench that runs a queue from memory to memory
_INDEX = re.compile(r"^(.*?)(?:\[(\d+)\])?$")

Bits = np.ndarray  # a bit at all edges, eight edges per byte; or a row of it for each of several instances


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
        chip: path of the chip's top.
        cycles: rising edges of the clock.
    """

    def __init__(self, trace: Path, chip: str = elaborate.TOP, counter: str = "") -> None:
        """Open a trace of a chip.

        Args:
            trace: of the whole chip.
            chip: path of its top.
            counter: path of a signal; only the cycles count from its last 0 to its last change.

        Raises:
            ValueError: it has no clock, or not the counter.
        """
        waveform = pywellen.Waveform(str(trace))
        self._signals = {one.full_name.replace(".[", "["): one for one in waveform.all_vars()}
        self.chip, clock = chip, f"{chip}.clk_i"
        for name in filter(None, (clock, counter)):
            if name not in self._signals:
                raise ValueError(f"{trace}: there is no {name}")
        times, values = _changes(self._signals[clock])
        self._edges = times[values[:, 0] == 1]
        if counter:
            times, values = _changes(self._signals[counter])
            begin = times[~values.any(axis=1)][-1]
            self._edges = self._edges[(self._edges > begin) & (self._edges <= times[-1])]
        self.cycles = len(self._edges)
        self._counted = np.packbits(np.arange(-(-self.cycles // 8) * 8) < self.cycles)
        self._compared = np.packbits(np.arange(-(-self.cycles // 8) * 8) < self.cycles - 1)  # edges with a next one
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
        unpacked = np.unpackbits(bits, axis=-1, count=self.cycles)
        return np.packbits(np.concatenate([unpacked[..., :1], unpacked[..., :-1]], axis=-1), axis=-1)

    def share(self, bits: Bits) -> float:
        """Return the share of the cycles in which a bit is 1, the mean of all instances."""
        count = int(np.bitwise_count(bits & self._counted).sum())
        return count * bits.shape[-1] / bits.size / max(1, self.cycles)

    def changes(self, bits: Bits) -> float:
        """Return how often a bit changes per cycle, the mean of all instances."""
        changed = bits ^ (bits << 1)
        changed[..., :-1] ^= bits[..., 1:] >> 7
        count = int(np.bitwise_count(changed & self._compared).sum())
        return count * bits.shape[-1] / bits.size / max(1, self.cycles - 1)


def _trace(folder: Path) -> Path:
    trace = find_trace(folder)
    if not trace:
        raise ValueError(f"{folder} holds no trace")
    return trace


def of_sequence(name: str, sequence: str) -> Recording:
    """Run a sequence on a chip, and return its recording.

    Args:
        name: of the chip, see tools.silicon.elaborate.
        sequence: of tb/sequences/.
    """
    top, parameters = elaborate.machine(name)
    [edge] = [edge for edge, module in TOPS.items() if module == top]
    with decided(short=True):  # for one run an optimized build would take longer than it saves
        built = simulation.build(top, "verilator", parameters, waves=True, options=OPTIONS)
    chip = configs.load(name.partition("-")[0])
    run = run_sequences(chip, "verilator", [sequence], f"power-{name}", built=built, waves=True, edge=edge)
    return Recording(_trace(run.folder), top)


def of_queue(name: str, workload: str, queue: int) -> Recording:
    """Run a queue of contractions from memory to memory; return its recording, from the doorbell to the interrupt.

    Args:
        name: of a chip with the memory interface, see tools.silicon.elaborate.
        workload: see bench.workloads; each contraction has other operands of its kind.
        queue: contractions.

    Raises:
        ValueError: a result is wrong, or the recording has other cycles than the bench counted.
    """
    config, _, edge = name.partition("-memory")
    point, chosen = Point(workload, config, int(edge), LATENCY, queue=queue), machine(config)
    with decided(short=True):  # for one run an optimized build would take longer than it saves
        built = build_dma(chosen.config, point.width, trace=OPTIONS)
    made = image.make(point.workloads()[0], chosen)
    [outcome], folder = simulate(built, [made], [point], f"power-{name}-{workload}", waves=True)
    problems = [outcome["failure"]] if "failure" in outcome else []
    if problems := problems or image.check(made, np.fromfile(folder / "0.bin", np.uint8), chosen):
        raise ValueError(f"{name}, {workload}: {problems[0]}")
    recording = Recording(_trace(folder), f"{DMA_HOST}.{CHIP}", f"{DMA_HOST}.{COUNTER}")
    if recording.cycles != outcome["cycles"]:
        raise ValueError(
            f"{name}, {workload}: {recording.cycles} cycles are recorded, {outcome['cycles']} were counted"
        )
    return recording
