# SPDX-License-Identifier: Apache-2.0
"""Where contractions run: the exact model, or the simulated chip. A board would be one more class."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np

from flaash import progress
from flaash.driver.arrange import arrange
from flaash.errors import DisagreementError, EinsumError
from models.axes import contracted_limit
from models.constants import CONSTANTS
from models.contract import contract
from models.csf import Csf
from models.errors import TensorError
from models.numbers import NumberFormat, get_format
from sim.configs import DEFAULT, Config, ConfigError
from sim.fits import check_fits
from sim.interfaces import MEMORY, STREAM
from sim.machines import Machine, machine
from sim.serve import RANGE, Delivery, Order, Session
from sim.toolchain import SIMULATORS, ToolMissing

MODEL = "model"
QUEUED = 32  # a call with 32 pairs or more goes through the queue of the memory interface: a round trip for all
BACKENDS = (MODEL, *SIMULATORS)
SERVED = {STREAM: "flaash.serve.stream", MEMORY: "flaash.serve.memory"}  # modules that run inside the simulator
Name = Literal["model", "verilator", "icarus"]
# Editors offer these; a str may have changes after a colon.
ConfigName = Literal[
    "default",
    "fast1",
    "fast8",
    "fast32",
    "paper1",
    "paper2",
    "paper4",
    "paper8",
    "paper16",
    "paper32",
    "bf16",
    "int8",
    "int16",
    "tiny",
]
Pair = tuple[Csf, Csf]


@dataclass(frozen=True, eq=False)
class Reply:
    """The outcome of one contraction.

    Attributes:
        coords: (results, free modes) uint64, free modes of A, then of B.
        bits: (results,) uint64, patterns of the results.
        jobs, matches: dot products and products.
        range_errors: whether a result did not fit its integer format.
        underflows: sums other than zero that were rounded to zero, and so are no results.
        checked: whether it was compared with the model, bit by bit.
        cycles: from the start until every result is stored; None where no hardware ran.
        load_cycles, unload_cycles: of loading both operands; from the start to the last beat out. In tiles:
            cycles in which the chip does not compute; all cycles, from memory to memory.
        bytes_in, bytes_out: moved in frames, or from memory and to memory.
        pairs: of tiles; 1 if the operands fit the chip.
        shares: of the chips, where several have worked.
    """

    coords: np.ndarray
    bits: np.ndarray
    jobs: int
    matches: int
    range_errors: bool
    checked: bool
    cycles: int | None = None
    load_cycles: int | None = None
    unload_cycles: int | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    pairs: int = 1
    underflows: int = 0
    shares: Sequence[Share] = ()

    def __repr__(self) -> str:
        cycles = "" if self.cycles is None else f", {self.cycles:,} cycles"
        return f"<Reply: {self.jobs:,} dot products, {len(self.bits):,} entries{cycles}>"


@dataclass(frozen=True)
class Share:
    """The share of one of several chips in a contraction.

    Attributes:
        chip: name of the chip.
        tiles: that the chip has contracted.
        cycles, load_cycles, outside: sums over all tiles, of cycles, load_cycles and unload_cycles.
        bytes_in, bytes_out: sums.
    """

    chip: str
    tiles: int = 0
    cycles: int = 0
    load_cycles: int = 0
    outside: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    @classmethod
    def of(cls, chip: str, reply: Reply) -> Share:
        """Return the share of a chip that has contracted one tile."""
        return cls(chip, 1, reply.cycles, reply.load_cycles, reply.unload_cycles, reply.bytes_in, reply.bytes_out)

    def __add__(self, other: Share) -> Share:
        numbers = (mine + its for mine, its in zip(astuple(self)[1:], astuple(other)[1:], strict=True))
        return Share(self.chip, *numbers)


@runtime_checkable
class Backend(Protocol):
    """A backend, which runs contractions for einsum().

    Attributes:
        name: for the report.
        machine: configuration, and the host's values derived from it.
        contracted_limit: most coordinates of the contracted mode.
    """

    name: str
    machine: Machine
    contracted_limit: int

    def contract(self, pairs: Sequence[Pair]) -> list[Reply]:
        """Contract each pair of operands along their last modes."""


def format_of(backend: Backend) -> NumberFormat:
    """Return the value format of a backend."""
    return get_format(str(backend.machine.config["Format"]))


class Model:
    """The exact model: the bits that the chip delivers, without a clock and without limits on the size.

    Args:
        config: a configuration of rtl/configs.toml, of which only the value format matters here.
    """

    name = MODEL
    contracted_limit = 2**62

    def __init__(self, config: ConfigName | str = "default"):
        self.machine = machine_of(config)

    def __repr__(self) -> str:
        return f"<Model {self.machine.name}>"

    def contract(self, pairs: Sequence[Pair]) -> list[Reply]:
        """Contract each pair of operands along their last modes."""
        replies = []
        with progress.shown("einsum on the model") as show:
            for number, (a, b) in enumerate(pairs):
                show(f"contraction {number + 1:,} of {len(pairs):,}")
                result = contract(a.to_tensor(), b.to_tensor(), format_of(self))
                replies.append(
                    Reply(
                        result.coords,
                        result.bits,
                        result.jobs,
                        result.matches,
                        result.range_errors > 0,
                        checked=False,
                        underflows=result.zeros_underflow,
                    )
                )
        return replies


class Chip:
    """The simulated chip, which stays up between calls; every result is compared with the model.

    Operands that fit go through the stream interface. Larger ones are in the memory of a second simulation, of the
    chip with the memory interface, and are contracted in tiles. A `with` block ends both simulations.

    Args:
        config: a configuration of rtl/configs.toml, perhaps with changes: "fast8:Format=bf16".
        simulator: "verilator" or "icarus".
        timeout: seconds after which a call ends with an error, None for never.

    Raises:
        EinsumError: no such configuration or simulator, or no such timeout.
    """

    def __init__(
        self,
        config: ConfigName | str = "default",
        simulator: Literal["verilator", "icarus"] = "verilator",
        timeout: float | None = None,
    ):
        if timeout is not None and not (isinstance(timeout, (int, float)) and timeout >= 0):
            raise EinsumError(f"timeout={timeout!r} is no number of seconds")
        self.machine, self.timeout = machine_of(config), timeout
        self.name: str = simulator
        self.contracted_limit = contracted_limit(int(self.machine.config["CoordWidth"]))
        try:
            self._sessions = self._new_sessions()
        except ToolMissing as error:
            raise EinsumError(str(error)) from None
        self._lock, self._owner = threading.Lock(), os.getpid()
        atexit.register(self.close)

    def __repr__(self) -> str:
        up = [interface for interface, session in self._sessions.items() if session.running]
        state = f"{' and '.join(up)} interface running" if up else "not running"
        return f"<Chip {self.machine.name} on {self.name}, {state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def contract(self, pairs: Sequence[Pair]) -> list[Reply]:
        """Contract each pair of operands along their last modes.

        Raises:
            EinsumError: an operand does not fit the chip, not even in tiles.
            SessionError: the simulation did not start, died or did not respond in time.
            DisagreementError: the results of chip and model differ.
        """
        interfaces = [self._interface(a, b) for a, b in pairs]
        if len(pairs) >= QUEUED:
            interfaces = [MEMORY] * len(pairs)
        orders = [Order(a, b, self.machine.settings(a, b)) for a, b in pairs]
        deliveries: dict[int, Delivery] = {}
        with self._lock:
            for interface, session in self._mine().items():
                numbers = [number for number, wanted in enumerate(interfaces) if wanted == interface]
                if numbers:
                    with progress.shown(f"einsum on {self.machine.name}, {self.name}") as show:
                        found = session.contract([orders[number] for number in numbers], self.timeout, show)
                    deliveries |= zip(numbers, found, strict=True)
        wrong = [sentence for delivery in deliveries.values() for sentence in delivery.mismatches]
        if wrong:
            self.close()
            raise DisagreementError("\n".join([f"chip ({self.machine.name}, {self.name}) and model disagree:", *wrong]))
        return [
            Reply(
                d.coords,
                d.bits,
                d.counters["CntJobs"],
                d.counters["CntMatches"],
                d.error == RANGE,
                True,
                d.counters["CntCycles"],
                d.counters["CntLoadCycles"],
                d.counters["CntUnloadCycles"],
                d.bytes_in,
                d.bytes_out,
                d.pairs,
                d.counters["CntZeroUnderflow"],
            )
            for _, d in sorted(deliveries.items())
        ]

    def _interface(self, a: Csf, b: Csf) -> str:
        """Return the interface at which this pair can be contracted.

        Raises:
            EinsumError: there is none.
        """
        config = self.machine.config
        try:
            for name, csf in (("the left operand", a), ("the right operand", b)):
                check_fits(name, csf, config)
            return STREAM
        except TensorError as error:
            if max(a.order, b.order) > CONSTANTS["MaxOrder"]:
                raise EinsumError(str(error)) from None

        try:
            arrange(a, b, config.identity())
        except TensorError as error:
            raise EinsumError(str(error)) from None
        return MEMORY

    def close(self) -> None:
        """End the simulation; the next call starts it again."""
        if os.getpid() == self._owner:
            for session in self._sessions.values():
                session.close()

    def _new_sessions(self) -> dict[str, Session]:
        return {interface: session(self.machine.config, self.name, interface) for interface in SERVED}

    def _mine(self) -> dict[str, Session]:
        if os.getpid() != self._owner:  # after a fork the simulations are the parent's
            self._sessions, self._owner = self._new_sessions(), os.getpid()
        return self._sessions


def session(config: Config, simulator: str, interface: str) -> Session:
    """Return a simulated chip, not started yet, whose driver is flaash.driver."""
    return Session(config, simulator, SERVED[interface], interface)


_chips: dict[tuple[str, str], Chip] = {}


def find(on: str | Backend, config: str | None) -> Backend:
    """Return the backend of that name; a chip that already runs is used again.

    Args:
        on: name of a backend, or a backend, which has a configuration already.
        config: name of a configuration; None for the default configuration, or for the backend's.

    Raises:
        EinsumError: there is no such backend or configuration, or the backend has another configuration.
    """
    if isinstance(on, Backend):
        wanted = on.machine if config is None else machine_of(config)
        if (wanted.config.values, wanted.options) != (on.machine.config.values, on.machine.options):
            raise EinsumError(
                f"config={config!r} differs from the configuration {on.machine.name!r} of the backend that on= names;"
                " leave config= out"
            )
        return on
    config = DEFAULT if config is None else config
    if not isinstance(on, str) or on not in BACKENDS:
        raise EinsumError(f"on={on!r}: there is no such backend, choose one of {', '.join(BACKENDS)}")
    if on == MODEL:
        return Model(config)
    name = machine_of(config).name
    if (name, on) not in _chips:
        _chips[name, on] = Chip(name, on)
    return _chips[name, on]


def close() -> None:
    """End all simulations; the next call starts the simulation that it needs."""
    for chip in _chips.values():
        chip.close()


def machine_of(config: str) -> Machine:
    """Return a configuration by name, with its host's values.

    Raises:
        EinsumError: there is none.
    """
    if not isinstance(config, str):
        raise EinsumError(f"config={config!r} is no name of a configuration, such as 'fast8'")
    try:
        return machine(config)
    except ConfigError as error:
        raise EinsumError(str(error)) from None
