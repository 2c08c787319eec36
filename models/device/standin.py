# SPDX-License-Identifier: Apache-2.0
"""A machine without hardware: memory and registers in Python, contractions by the exact model.

It returns the same results and errors as the hardware, but has no notion of time or cycles.
"""

from __future__ import annotations

import numpy as np

from models.constants import DMA, ENGINES
from models.device.build import Build
from models.device.interpret import Held, interpret
from models.device.layout import ALIGN, COMPLETION_AT, HARDWARE, SLOT
from models.device.operands import PARTS, Refused
from models.device.registers import ADDRESSES, CHIP, mask
from models.numbers import get_format

HALTED = mask("DmaStatusHalted")
DONE, ERROR = mask("DmaIrqDone"), mask("DmaIrqError")
SOFT_RESET = mask("ControlSoftReset")
MAX_SLOTS = 65536
UNIT = 16
NAMES = {address: name for name, address in ADDRESSES.items()}


class StandIn:
    """A machine in Python; `memory` and `registers` are a transport for the driver.

    Args:
        fmt: value format or its name.
        lanes, lines, nodes, fibers, coord_width: as the parameters Lanes, MemLines, NodeDepth, FiberDepth and
            CoordWidth of rtl/configs.toml.
        base, size: of its memory, in bytes.
        engines, engine: as the registers report them.
        features: that the machine has, of layout.FEATURES.
    """

    def __init__(
        self,
        fmt: str = "fp32",
        lanes: int = 4,
        lines: int = 8192,
        nodes: int = 16384,
        fibers: int = 8192,
        coord_width: int = 16,
        base: int = 0x1_0000_0000,
        size: int = 1 << 28,
        engines: int = 8,
        engine: str = "resident",
        features: frozenset[str] = HARDWARE,
    ):
        self.build = Build(get_format(fmt), lanes, lines, nodes, fibers, coord_width, 8 * ALIGN, engines, engine)
        self.features = features
        self.memory = StandInMemory(base, size)
        self.registers = StandInRegisters(self.memory, self.build, features)


class StandInMemory:
    """Bytes; see the protocol flaash.driver.Memory.

    Args:
        base, size: of the memory, in bytes.

    Attributes:
        bad: pieces (first address, end address, "Slave" or "Decode") whose responses to the machine are
            errors.
    """

    def __init__(self, base: int, size: int):
        self.base, self.size = base, size
        self._bytes = np.zeros(size, np.uint8)
        self.bad: list[tuple[int, int, str]] = []

    async def read(self, address: int, length: int) -> bytes:
        """Return bytes, as the host reads them."""
        return self._part(address, length).tobytes()

    async def write(self, address: int, data: bytes | memoryview | np.ndarray) -> None:
        """Write bytes, as the host does."""
        self._part(address, len(data))[:] = np.frombuffer(data, np.uint8)

    def fetch(self, address: int, length: int, place: int) -> bytes:
        """Return bytes, as the machine reads them: whole beats.

        Raises:
            Refused: the memory's response is an error; its place is the first beat with an error.
        """
        for at in range(address, address + length, ALIGN):
            self._check(at, ALIGN, "ErrRead", place + (at - address) // UNIT)
        return self._part(address, length).tobytes()

    def store(self, address: int, data: bytes, place: int) -> None:
        """Write bytes, as the machine does.

        Raises:
            Refused: as fetch() does.
        """
        self._check(address, len(data), "ErrWrite", place)
        self._part(address, len(data))[:] = np.frombuffer(data, np.uint8)

    def _check(self, address: int, length: int, kind: str, place: int) -> None:
        for first, end, kind_of_error in self.bad:
            if address < end and first < address + length:
                raise Refused(f"{kind}{kind_of_error}", place)
        if not self.base <= address <= self.base + self.size - length:
            raise Refused(f"{kind}Decode", place)

    def _part(self, address: int, length: int) -> np.ndarray:
        at = address - self.base
        if at < 0 or at + length > self.size:
            raise IndexError(f"{length} bytes at {address:#x} are outside of the memory")
        return self._bytes[at : at + length]


class StandInRegisters:
    """Registers; a descriptor is carried out when the driver waits. See flaash.driver.Registers.

    Args:
        memory: of the machine.
        build: of the machine.
        features: that the machine has.
    """

    def __init__(self, memory: StandInMemory, build: Build, features: frozenset[str] = HARDWARE):
        self._memory, self._build, self._features = memory, build, features
        fixed = {
            "RegId": CHIP,
            "RegFormat": build.fmt.code,
            "RegLanes": build.lanes,
            "RegMemLines": build.lines,
            "RegNodeDepth": build.nodes,
            "RegFiberDepth": build.fibers,
            "RegCoordWidth": build.coord_width,
            "RegDmaInfo": build.width,
            "RegNumSdpe": build.engines,
            "RegBlocks": ENGINES[build.engine],
        }
        self._values = dict.fromkeys(NAMES.values(), 0) | fixed
        self._held: Held = (None, None)

    async def read(self, address: int) -> int:
        """Return a register."""
        return self._values[NAMES[address]]

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        name = NAMES[address]
        if name == "RegControl":
            if value & SOFT_RESET:
                self._reset()
        elif name in ("RegDmaIrqStatus", "RegIrqStatus"):
            self._values[name] &= ~value
        else:
            self._values[name] = value
            if name == "RegRingTail":
                self._check_ring()

    async def wait(self) -> None:
        """Carry out descriptors until one raises the interrupt.

        Raises:
            RuntimeError: none does, so a host would wait for ever.
        """
        values = self._values
        while not values["RegDmaIrqStatus"]:
            if values["RegRingHead"] == values["RegRingTail"] or values["RegDmaStatus"] & HALTED:
                raise RuntimeError("a host waits for an interrupt that no descriptor raises")
            base = values["RegRingBaseHigh"] << 32 | values["RegRingBase"]
            self._carry_out(base + SLOT * values["RegRingHead"])
            values["RegRingHead"] = (values["RegRingHead"] + 1) % values["RegRingSize"]

    def _reset(self) -> None:
        self._held = (None, None)
        for name in ("RegRingHead", "RegRingTail", "RegDmaStatus", "RegDmaError", "RegDmaPlace"):
            self._values[name] = 0

    def _check_ring(self) -> None:
        values = self._values
        slots, base = values["RegRingSize"], values["RegRingBaseHigh"] << 32 | values["RegRingBase"]
        fits = 2 <= slots <= MAX_SLOTS and base + SLOT * slots <= 2**64 and values["RegRingHead"] < slots
        if not fits or base % SLOT or values["RegRingTail"] >= slots:
            wrong = "Base" if base % SLOT else "Tail" if fits else "Size"
            register = DMA.registers[f"RegRing{wrong}"]
            self._halt(DMA.errors["ErrRing"].value, register.address)

    def _carry_out(self, slot: int) -> None:
        code = place = 0
        try:
            effect = interpret(
                self._memory.fetch(slot, COMPLETION_AT, PARTS["Descriptor"] << 24),
                self._memory.fetch,
                self._build,
                self._held,
                self._features,
            )
            self._held = effect.held
            code, place = effect.completion.code, effect.completion.place
            for piece in effect.pieces:
                self._memory.store(
                    piece.address, piece.data, (PARTS.get(piece.part, PARTS["Result"]) << 24) + piece.offset // UNIT
                )
            self._memory.store(slot + COMPLETION_AT, effect.completion.pack(), PARTS["Completion"] << 24)
            self._values["RegDmaIrqStatus"] |= DONE if effect.interrupt else 0
        except Refused as refused:
            code, place = refused.code, refused.place
        if code:
            self._halt(code, place)

    def _halt(self, code: int, place: int) -> None:
        self._values["RegDmaStatus"] |= HALTED
        self._values["RegDmaIrqStatus"] |= ERROR
        self._values["RegDmaError"], self._values["RegDmaPlace"] = code, place
