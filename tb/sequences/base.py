# SPDX-License-Identifier: Apache-2.0
"""What every sequence of contractions is derived from."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from pyuvm import uvm_sequence

from flaash.driver.frames import pack_operand
from models.axes import check_extents, contracted_limit
from models.csf import Csf
from models.device.layout import RECORDS
from models.generate import draw_values, uniform_tensor
from models.numbers import PLAIN, get_format
from models.tensor import SparseTensor
from sim.configs import Config
from sim.fits import check_fits
from sim.interfaces import INTERFACES, STREAM
from sim.machines import Machine
from tb.agents.contraction.faults import Fault
from tb.agents.contraction.item import ContractionItem, ExpectedError

Operand = Csf | SparseTensor | np.ndarray


class ContractionSequence(uvm_sequence):
    """Sends contractions to the hardware; body() says which.

    A subclass takes its knobs as constructor arguments with defaults.

    Attributes:
        rng: the source of chance, seeded by the run's seed and the sequence's name.
        config: of the hardware.
        frames: whether the hardware takes frames, which is the stream interface; otherwise it reads memory.
        interfaces: at which the sequence means something.
        values: a kind of values (models.generate) that suits the hardware's format.
        extent: of the contracted mode, in sequences that take it as a knob; prepare() brings it within
            what the hardware's CoordWidth allows.
    """

    extent = 1
    interfaces: tuple[str, ...] = INTERFACES

    def __init__(self, name: str):
        super().__init__(name)
        self.rng = np.random.default_rng(0)
        self.config: Config | None = None
        self.frames = True
        self.values = "normal"

    def prepare(self, config: Config, seed: int, interface: str = STREAM) -> None:
        """Set configuration and interface; called once before the sequence is started."""
        self.config, self.frames = config, interface == STREAM
        self.rng = np.random.default_rng([seed, zlib.crc32(self.get_name().encode())])
        self.values = {"int8": "int8", "int16": "int16"}.get(str(config["Format"]), "normal")
        self.extent = min(self.extent, contracted_limit(int(config["CoordWidth"])))

    async def contract(self, a: Operand | None, b: Operand | None, **options) -> None:
        """Contract two operands along their last modes.

        Args:
            a, b: Csf, SparseTensor or dense array of order 1 or more; None keeps the one before.
            options: `dense`, `run_length`, `portion`, `long_lines`, `stalls`, `latency`, `plain`, `part`, `room`,
                `chained`, `finish`, `layout`, `pitch` and `short_crd` of ContractionItem. With both operands
                run_length may be None: what a host would choose.

        Raises:
            TensorError: the hardware has no room for an operand, its format holds no NaN, or the
                contracted extents differ.
            ValueError: an option that does not exist here, or only at the other interface, or that this machine lacks.
        """
        a, b = as_csf(a), as_csf(b)
        if options.get("run_length", 0) is None and a is not None and b is not None:
            options["run_length"] = Machine(self.config).settings(a, b).run_length
        item = ContractionItem(a, b, **options)
        for name, csf in (("operand A", item.a), ("operand B", item.b)):
            if csf is not None:
                check_fits(name, csf, self.config)
                get_format(str(self.config["Format"])).check(csf.leaf_values)
        item.finish.check(get_format(str(self.config["Format"])))
        if self.frames and item.finish != PLAIN:
            raise ValueError("finish: only descriptors have one, so IF=memory")
        if item.layout != RECORDS:
            self._check_layout(item)
        if item.a is not None and item.b is not None:
            check_extents(item.a.shape[-1], item.b.shape[-1], item.a.order - 1, item.b.order - 1)
        if item.portion and not self.config.can_split:
            raise ValueError(f"portion = {item.portion}: CONFIG={self.config.name} can't split dot products")
        await self.send(item)

    def _check_layout(self, item: ContractionItem) -> None:
        if self.frames:
            raise ValueError("layout: only descriptors have one, so IF=memory")
        if not self.config.has_rows:
            raise ValueError(f"layout: CONFIG={self.config.name} gives the results of a row in no order")
        if item.portion:
            raise ValueError(f"portion = {item.portion}: one engine computes a row, so rows have no portions")

    async def provoke(
        self,
        error: ExpectedError,
        a: Operand | None = None,
        b: Operand | None = None,
        stalls: dict[str, str] | None = None,
        **bent,
    ) -> None:
        """Send an item that leads to an error; a soft reset follows, which forgets the operands.

        Args:
            error: what the hardware must report.
            a, b, stalls: as for contract().
            bent: attributes of ContractionItem that bend it: `frames`, `start_twice` and so on.

        Raises:
            ValueError: frames, where the hardware takes none.
        """
        if "frames" in bent and not self.frames:
            raise ValueError("the memory interface takes no frames: give an operand, or ask self.frames before")
        item = ContractionItem(as_csf(a), as_csf(b), stalls=stalls)
        item.error = error
        for name, value in bent.items():
            setattr(item, name, value)
        await self.send(item)

    async def spoil(self, fault: Fault, which: int) -> None:
        """Send an operand with a mistake; where there are no frames, only one that is the operand's own.

        Args:
            fault: the mistake, of tb.agents.contraction.faults.
            which: 0 for A, 1 for B.
        """
        if self.frames:
            await self.provoke(fault.error, frames=[fault.beats], start=False)
        elif fault.operand is not None:
            pair = (fault.operand, None) if which == 0 else (None, fault.operand)
            await self.provoke(fault.error, *pair, start=False)

    async def send(self, item: ContractionItem) -> None:
        """Send an item and wait for the response of the hardware."""
        item.sequence = self.get_name()
        await self.start_item(item)
        await self.finish_item(item)

    def pack(self, csf: Csf, which: int) -> list[int]:
        """Return the beats of an operand's frame; `which` is 0 for A, 1 for B."""
        return pack_operand(csf, which, get_format(str(self.config["Format"])), int(self.config["CoordWidth"]))

    def tensor(self, *shape: int, density: float = 0.3, values: str | None = None) -> SparseTensor:
        """Return a random tensor; `values` is a kind of models.generate."""
        return uniform_tensor(self.rng, shape, density, values=values or self.values)

    def comb(self, lengths: Sequence[int], extent: int, value: float | None = None) -> SparseTensor:
        """Return a tensor of order 2 whose fibers begin at coordinate 0 and have these lengths.

        Args:
            lengths: entries of each fiber.
            extent: of the contracted mode.
            value: of every entry, random ones if None.
        """
        coords = np.concatenate(
            [np.stack([np.full(length, row), np.arange(length)], axis=1) for row, length in enumerate(lengths)]
        )
        values = draw_values(self.rng, len(coords), self.values)
        if value is not None:
            values = np.full(len(coords), value)
        return SparseTensor.from_coordinates((len(lengths), extent), coords, values)

    def draw_shape(self, most: int = 3, extent: int = 6) -> tuple[int, ...]:
        """Return random extents of up to `most` free modes."""
        count = int(self.rng.integers(0, most + 1))
        return tuple(int(e) for e in self.rng.integers(1, extent + 1, count))

    def with_empty_nodes(self, tensor: SparseTensor, count: int = 4) -> Csf:
        """Return the tensor with explicitly empty nodes at random places."""
        return Csf.from_tensor(tensor).with_empty_nodes(self.rng, count)


def as_csf(operand: Operand | None) -> Csf | None:
    """Return an operand in Compressed Sparse Fiber form."""
    if operand is None or isinstance(operand, Csf):
        return operand
    if not isinstance(operand, SparseTensor):
        operand = SparseTensor.from_dense(operand)
    return Csf.from_tensor(operand)


def stack(extent: int, fibers: Sequence[Sequence[int]], values: Sequence[Sequence[float]]) -> SparseTensor:
    """Return a tensor of order 2 of fibers with these coordinates and values, zeros as entries too.

    Args:
        extent: of the contracted mode.
        fibers: coordinates of each fiber, ascending.
        values: of each fiber, one per coordinate.
    """
    coords = np.array([(row, k) for row, fiber in enumerate(fibers) for k in fiber])
    return SparseTensor.from_coordinates(
        (len(fibers), extent), coords, np.concatenate([np.array(row, np.float64) for row in values])
    )
