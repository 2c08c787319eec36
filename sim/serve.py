# SPDX-License-Identifier: Apache-2.0
"""A simulated chip that stays up: started once, asked for contractions as long as it is needed.

    python -m sim.serve CONFIG SIMULATOR INTERFACE MODULE ADDRESS     builds and simulates, see main()

The caller's Session starts that command in a session of processes of its own. The simulation connects
to the Unix socket ADDRESS and takes requests there. The command ends, with all its processes, as soon as
its standard input is closed. This happens whenever the caller ends, also by a signal.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from models.csf import Csf
from sim.configs import Config, ConfigError
from sim.folders import claim, runs
from sim.interfaces import MEMORY, STREAM
from sim.machines import Settings
from sim.options import options
from sim.progress import FILE, state_of
from sim.thisrun import this_run
from sim.toolchain import ToolMissing, environment, require

SERVE, TRAIN = "serve", "train"  # cocotb tests of a module that serves: for a caller; to train a fast build
RANGE = "ErrResultRange"  # the error that is the operands' fault
QUIETLY = ("-W", "ignore::RuntimeWarning:runpy")
LOOK = 0.25  # seconds between two looks at the progress
POLL = 0.1  # seconds between two looks whether the simulation is still there
GRACE = 5.0  # seconds in which the command may end without a signal
QUIET = 2.0  # seconds of silence before the caller gets a message


class SessionError(RuntimeError):
    """The simulated chip could not be started, died, or did not respond in time."""


class SessionDied(SessionError):
    """The simulated chip died while it carried out orders."""


@dataclasses.dataclass(frozen=True, eq=False)
class Order:
    """A contraction that is wanted.

    Attributes:
        a, b: operands, contracted along their last modes.
        settings: of the host's registers.
    """

    a: Csf
    b: Csf
    settings: Settings


@dataclasses.dataclass(frozen=True, eq=False)
class Delivery:
    """The response of the simulated chip to an Order.

    Attributes:
        coords: (results, free modes) uint64, free modes of A, then of B.
        bits: (results,) uint64, patterns.
        error: name of the error code, "ErrNone" if all went well.
        counters: performance counters by name, of this contraction alone.
        bytes_in, bytes_out: of operands and results.
        mismatches: what differs from the reference model, a sentence each.
        pairs: of tiles; 1 if the operands fit.
    """

    coords: np.ndarray
    bits: np.ndarray
    error: str
    counters: dict[str, int]
    bytes_in: int
    bytes_out: int
    mismatches: list[str]
    pairs: int = 1


class Session:
    """A simulated chip. Starts at the first request, or by start().

    Args:
        config: of the hardware.
        simulator: "verilator" or "icarus".
        module: with the cocotb tests SERVE and TRAIN, which run inside the simulator.
        interface: of the chip, STREAM or MEMORY; operands must fit the chip at a stream interface.

    Raises:
        ToolMissing: the simulator is not installed.
    """

    def __init__(self, config: Config, simulator: str, module: str, interface: str = STREAM):
        require(simulator)
        self.config, self.simulator, self.module, self.interface = config, simulator, module, interface
        self._process: subprocess.Popen | None = None
        self._connection: Connection | None = None
        self._folder: Path | None = None
        self._done = 0  # contractions of this simulation
        self._held: dict[int, Csf] = {}  # operands that the simulation has, by identity

    @property
    def running(self) -> bool:
        """Whether the simulation is up."""
        return self._connection is not None

    def start(self, show: Callable[[str], None] = lambda state: None) -> None:
        """Build the chip, if that was never done, and start the simulation.

        Args:
            show: as for contract().

        Raises:
            SessionError: it did not start; the text says why.
        """
        if self.running:
            return
        self._folder, self._done = Path(tempfile.mkdtemp(prefix="flaash-")), 0
        address = str(self._folder / "socket")
        with socket.socket(socket.AF_UNIX) as door, (self._folder / "errors").open("wb") as errors:
            door.bind(address)
            door.listen(1)
            self._process = subprocess.Popen(
                # The package has imported this module already; runpy warns of that.
                [
                    sys.executable,
                    *QUIETLY,
                    "-m",
                    "sim.serve",
                    self.config.to_json(),
                    self.simulator,
                    self.interface,
                    self.module,
                    address,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=environment(),
                start_new_session=True,
            )
            try:
                self._wait_for(door, show)
                self._connection = Connection(door.accept()[0].detach())
            except BaseException:
                self.close()
                raise

    def contract(
        self, orders: Sequence[Order], timeout: float | None = None, show: Callable[[str], None] = lambda state: None
    ) -> list[Delivery]:
        """Return what the chip delivers, for each order.

        Args:
            orders: carried out one after the other. An operand of the last call is not sent again.
            timeout: seconds after which the caller ends the simulation, None for never. The environment
                ends a simulation without transfers.
            show: called several times a second with the progress in words.

        Raises:
            SessionError: see there; the next call starts a new simulation.
        """
        self.start(show)
        operands = {id(csf): csf for order in orders for csf in (order.a, order.b)}
        new = {key: csf for key, csf in operands.items() if key not in self._held}
        self._held = operands
        wanted = [(id(order.a), id(order.b), order.settings) for order in orders]
        return self.exchange((new, wanted), timeout, show, len(orders))

    def exchange(
        self,
        message: Any,
        timeout: float | None = None,
        show: Callable[[str], None] = lambda state: None,
        orders: int = 0,
    ) -> Any:
        """Send a message to the module in the simulation, and return its response.

        Args:
            message: as the module takes it.
            timeout, show: as for contract().
            orders: contractions in the message, for the progress.

        Raises:
            SessionError: see there; the next call starts a new simulation.
        """
        self.start(show)
        try:
            self._connection.send(message)
            began = time.monotonic()
            while not self._connection.poll(LOOK if timeout is None else min(LOOK, timeout)):
                if timeout is not None and time.monotonic() - began > timeout:
                    raise SessionError(f"{self._what()} gave no answer within {timeout:g} s")
                show(state_of(self._folder / FILE, self._done, orders))
            self._done += orders
            return self._connection.recv()
        except (EOFError, OSError):
            raise SessionDied(self._cause()) from None
        except BaseException:
            # Also Ctrl-C: the next response of the simulation belongs to this call.
            self.close()
            raise

    def close(self) -> None:
        """End the simulation and everything that belongs to it."""
        process, connection, folder = self._process, self._connection, self._folder
        self._process = self._connection = self._folder = None
        self._held = {}
        if connection is not None:
            connection.close()
        if process is not None:
            process.stdin.close()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _wait_for(self, door: socket.socket, show: Callable[[str], None]) -> None:
        """Wait until the simulation knocks; say what takes so long, once."""
        reported, began = False, time.monotonic()
        while not wait([door], POLL):
            if self._process.poll() is not None:
                raise SessionError(self._cause())
            if not reported and time.monotonic() - began > QUIET:
                reported = True
                print(
                    f"flaash: preparing {self._what()}; a first build takes a minute or more",
                    file=sys.stderr,
                    flush=True,
                )
            show("the simulation is built or started")

    def _what(self) -> str:
        interface = ", memory interface" if self.interface == MEMORY else ""
        return f"the simulated chip (configuration {self.config.name}, {self.simulator}{interface})"

    def _cause(self) -> str:
        """End the session and return what the command said last."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        said = (self._folder / "errors").read_text(errors="replace").strip()
        status = self._process.poll()
        self.close()
        return f"{self._what()} ended" + (f": {said}" if said else f" with status {status}")


@dataclasses.dataclass(frozen=True)
class Served:
    """The arguments of a module that serves.

    Attributes:
        config: Config.to_json().
        address: path of the caller's socket, "" in a training.
        progress: path of the file for the progress, "" likewise.
    """

    config: str
    address: str = ""
    progress: str = ""


def served() -> Served:
    """Return the arguments of this simulation."""
    return Served(**this_run().arguments)


async def serve_messages(respond: Callable[[Any], Awaitable[Any]]) -> None:
    """Connect to the caller from within the simulation, and respond to its messages until it closes the socket.

    Args:
        respond: takes a message and returns the response.
    """
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(served().address)
        connection = Connection(door.detach())
    with connection, contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(await respond(connection.recv()))


async def serve_orders(carry_out: Callable[[list[Order]], Awaitable[list[Delivery]]]) -> None:
    """Carry out orders of the caller until it closes the socket.

    Args:
        carry_out: takes the orders of a call.
    """
    held: dict[int, Csf] = {}  # the operands of the last call: one that stays is sent once

    async def respond(message: Any) -> list[Delivery]:
        nonlocal held
        new, orders = message
        known = held | new
        held = {key: known[key] for a, b, _ in orders for key in (a, b)}
        return await carry_out([Order(held[a], held[b], settings) for a, b, settings in orders])

    await serve_messages(respond)


def main(arguments: Sequence[str]) -> int:
    """Build the chip and simulate it until the caller closes our standard input or the socket.

    Args:
        arguments: Config.to_json(), the simulator, the interface, the module that serves, the path of the socket.
    """
    from sim.chip import build_chip  # callers do without cocotb
    from sim.simulation import SimulationFailed, run

    text, simulator, interface, module, address = arguments
    config = Config.from_json(text)
    folder, held = claim(runs() / "session")
    threading.Thread(target=_end_with_caller, args=[folder], daemon=True).start()
    try:
        with held:
            training = None
            if options().fast:
                training = functools.partial(
                    run,
                    test_module=module,
                    name=f"training-{folder.name}",
                    arguments=dataclasses.asdict(Served(text)),
                    testcase=TRAIN,
                )
            built = build_chip(config, simulator, interface=interface, training=training)
            run(
                built,
                module,
                folder.name,
                testcase=SERVE,
                arguments=dataclasses.asdict(Served(text, address, str(Path(address).with_name(FILE)))),
            )
    except (SimulationFailed, ToolMissing, ConfigError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


def _end_with_caller(folder: Path) -> None:
    while os.read(0, 1):  # nothing is ever sent
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
