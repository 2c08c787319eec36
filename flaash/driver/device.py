# SPDX-License-Identifier: Apache-2.0
"""The machine as a queue of descriptors: places operands in its memory, rings, waits, reads completions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import Operand
from flaash.driver.errors import DriverError, MachineError, WrongMachine
from flaash.driver.layout import (
    ALIGN,
    COMPLETION,
    COMPLETION_AT,
    RING_ALIGN,
    SLOT,
    Completion,
    Descriptor,
    LevelEntry,
)
from flaash.driver.transport import Memory, Registers
from models.constants import CONTROL_BITS, EDGE, ENGINES, REGISTERS, STATUS_BITS
from models.numbers import FORMATS, NumberFormat

CHIP = 0x464C_5348  # RegId, "FLSH"
IRQ_DONE, IRQ_ERROR = (1 << EDGE.constants[name].value for name in ("EdgeIrqDone", "EdgeIrqError"))
HALTED = 1 << EDGE.constants["EdgeStatusHalted"].value
WRITABLE = 2**32 - 1


@dataclass(frozen=True)
class Build:
    """The build of a machine, as read from its registers.

    Attributes:
        fmt: value format.
        lanes, lines, nodes, fibers: entries of a line; most lines, nodes and fibers of an operand.
        coord_width: bits of a contracted coordinate.
        width: data bits of its bus.
        engines: how many there are.
        engine: "merge" or "resident".
    """

    fmt: NumberFormat
    lanes: int
    lines: int
    nodes: int
    fibers: int
    coord_width: int
    width: int
    engines: int
    engine: str


@dataclass(frozen=True)
class Placed:
    """An operand in the machine's memory.

    Attributes:
        levels: as they stand in a descriptor.
        pieces: addresses of its arrays.
    """

    levels: Sequence[LevelEntry]
    pieces: Sequence[int]


@dataclass(eq=False)
class Job:
    """A descriptor in the queue.

    Attributes:
        descriptor: as written to the ring.
        slot: of the ring.
        completion: the machine's completion record, None before it comes.
    """

    descriptor: Descriptor
    slot: int = -1
    completion: Completion | None = None


class Device:
    """A machine at a transport; use open().

    Args:
        memory, registers: the transport.
        build: as read by open().
        slots: of the ring.

    Attributes:
        build: the build of the machine.
        memory: its memory.
        allocator: of that memory.
    """

    def __init__(self, memory: Memory, registers: Registers, build: Build, slots: int):
        self.memory, self._registers, self.build = memory, registers, build
        self.allocator = Allocator(memory.base, memory.size, ALIGN)
        self._slots = slots
        self._ring = self.allocator.take(slots * SLOT, RING_ALIGN)
        self._queue: list[Job] = []  # in the ring, the oldest first
        self._tail = 0

    @classmethod
    async def open(cls, memory: Memory, registers: Registers, slots: int = 16) -> Device:
        """Reset a machine and set up its ring.

        Args:
            memory, registers: the transport.
            slots: of the ring, 2 to 65,536; one fewer descriptors are queued at a time.

        Raises:
            WrongMachine: the registers belong to no machine with a memory edge.
            OutOfMemory: there is no room for the ring.
        """

        async def named(name: str) -> int:
            return await registers.read(REGISTERS[name].address)

        if await named("RegId") != CHIP:
            raise WrongMachine(f"RegId is {await named('RegId'):#010x}, this is no FLAASH chip")
        info = await registers.read(EDGE.registers["RegEdgeInfo"].address)
        formats = {fmt.code: fmt for fmt in FORMATS.values()}
        kinds = {code: name for name, code in ENGINES.items()}
        build = Build(
            formats[await named("RegFormat")],
            await named("RegLanes"),
            await named("RegMemLines"),
            await named("RegNodeDepth"),
            await named("RegFiberDepth"),
            await named("RegCoordWidth"),
            info & 0xFFFF,
            await named("RegNumSdpe"),
            kinds[await named("RegBlocks") & 0xF],
        )
        device = cls(memory, registers, build, slots)
        await device.reset()
        await device._write("RegEdgeIrqEnable", IRQ_DONE | IRQ_ERROR)
        return device

    async def reset(self) -> None:
        """Abort all work and begin with an empty ring; descriptors in the queue are dropped."""
        control = 1 << CONTROL_BITS["ControlSoftReset"].value
        await self._registers.write(REGISTERS["RegControl"].address, control)
        busy = 1 << STATUS_BITS["StatusBusy"].value
        while await self._registers.read(REGISTERS["RegStatus"].address) & busy:
            pass
        for register in (EDGE.registers["RegEdgeIrqStatus"], REGISTERS["RegIrqStatus"]):
            await self._registers.write(register.address, WRITABLE)
        self._queue, self._tail = [], 0
        await self._write("RegRingBase", self._ring & WRITABLE)
        await self._write("RegRingBaseHigh", self._ring >> 32)
        await self._write("RegRingSize", self._slots)

    async def place(self, operand: Operand) -> Placed:
        """Write the arrays of an operand to the machine's memory.

        Raises:
            OutOfMemory: there is no room.
        """
        levels, pieces = [], []
        try:
            for number, level in enumerate(operand.levels):
                addresses = []
                for array in (level.first, level.second):
                    address = 0
                    if array is not None:
                        address = self.allocator.take(array.nbytes)
                        pieces.append(address)
                        if array.nbytes:
                            await self.memory.write(address, memoryview(array).cast("B"))
                    addresses.append(address)
                is_leaf = number == len(operand.levels) - 1
                levels.append(
                    LevelEntry(
                        *addresses,
                        level.extent,
                        level.count,
                        dense=not is_leaf and level.second is None,
                        narrow=is_leaf and level.narrow,
                    )
                )
        except DriverError:
            self.remove(Placed(levels, pieces))
            raise
        return Placed(levels, pieces)

    def remove(self, placed: Placed) -> None:
        """Free the memory of an operand."""
        for address in placed.pieces:
            self.allocator.give_back(address)

    async def submit(self, descriptor: Descriptor) -> Job:
        """Write a descriptor to the ring and announce it; waits for a free slot."""
        while len(self._queue) >= self._slots - 1:
            await self._advance()
        job = Job(descriptor)
        await self._enter([job])
        return job

    async def wait(self, job: Job) -> Completion:
        """Wait until a descriptor is complete.

        An error of another descriptor in the queue does not affect this one: it is queued again.

        Raises:
            MachineError: the machine has refused or ended it. Its completion is in job.completion.
        """
        while job.completion is None:
            await self._advance()
        if job.completion.code:
            raise MachineError(job.completion.code, job.completion.place)
        return job.completion

    def slot_address(self, job: Job) -> int:
        """Return the address of the slot in which a descriptor stands."""
        return self._ring + job.slot * SLOT

    async def _enter(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            job.slot, self._tail = self._tail, (self._tail + 1) % self._slots
            at = self.slot_address(job)
            await self.memory.write(at + COMPLETION_AT, bytes(COMPLETION))
            await self.memory.write(at, job.descriptor.pack())
            self._queue.append(job)
        await self._write("RegRingTail", self._tail)

    async def _advance(self) -> None:
        """Process new completions; if there are none, wait until the state may have changed."""
        await self._write("RegEdgeIrqStatus", IRQ_DONE)  # before the head is read: none is missed
        if await self._take_completed():
            return
        if await self._read("RegEdgeStatus") & HALTED and not await self._take_completed():
            # No descriptor of this driver is the cause: other software has written to the ring's registers.
            error = MachineError(await self._read("RegEdgeError"), await self._read("RegEdgePlace"))
            await self.reset()
            raise error
        await self._registers.wait()

    async def _take_completed(self) -> int:
        """Process the completions of all descriptors that the head has passed, and return their number."""
        head = await self._read("RegRingHead")
        taken = 0
        while self._queue and self._queue[0].slot != head:
            job = self._queue.pop(0)
            record = await self.memory.read(self.slot_address(job) + COMPLETION_AT, COMPLETION)
            job.completion = Completion.unpack(record)
            taken += 1
            if job.completion is None or job.completion.code:
                await self._recover(job)
                break
        return taken

    async def _recover(self, job: Job) -> None:
        """Reset after an error and queue again the descriptors after the faulty one."""
        if job.completion is None:  # the memory did not accept the record
            job.completion = Completion(
                await self._read("RegEdgeError"), await self._read("RegEdgePlace"), job.descriptor.tag, 0, 0, 0, 0, 0
            )
        left = self._queue
        await self.reset()
        if left:
            await self._enter(left)

    async def _read(self, name: str) -> int:
        return await self._registers.read(EDGE.registers[name].address)

    async def _write(self, name: str, value: int) -> None:
        await self._registers.write(EDGE.registers[name].address, value)
