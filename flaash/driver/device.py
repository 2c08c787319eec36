# SPDX-License-Identifier: Apache-2.0
"""The machine as a queue of descriptors: places operands in its memory, rings, waits, reads completions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import Operand
from flaash.driver.errors import DriverError, MachineError
from flaash.driver.registers import RegisterFile
from flaash.driver.ring import Ring
from flaash.driver.transport import Memory, Registers
from models.constants import ENGINES
from models.device.build import Build
from models.device.layout import ALIGN, RING_ALIGN, SLOT, Completion, Descriptor, LevelEntry
from models.device.registers import ALL_ONES, mask


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


class Device(RegisterFile):
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
        super().__init__(registers)
        self.memory, self.build = memory, build
        self.allocator = Allocator(memory.base, memory.size, ALIGN)
        self.ring = Ring(memory, self, self.allocator.take(slots * SLOT, RING_ALIGN), slots)
        self._queue: list[Job] = []  # in the ring, the oldest first

    @classmethod
    async def open(cls, memory: Memory, registers: Registers, slots: int = 16) -> Device:
        """Reset a machine and set up its ring.

        Args:
            memory, registers: the transport.
            slots: of the ring, 2 to 65,536; one fewer descriptors are queued at a time.

        Raises:
            WrongMachine: the registers belong to no machine with a memory interface.
            OutOfMemory: there is no room for the ring.
        """
        named = RegisterFile(registers)
        fmt = await named.format()
        info = await named.read("RegDmaInfo")
        kinds = {code: name for name, code in ENGINES.items()}
        build = Build(
            fmt,
            await named.read("RegLanes"),
            await named.read("RegMemLines"),
            await named.read("RegNodeDepth"),
            await named.read("RegFiberDepth"),
            await named.read("RegCoordWidth"),
            info & 0xFFFF,
            await named.read("RegNumSdpe"),
            kinds[await named.read("RegBlocks") & 0xF],
        )
        device = cls(memory, registers, build, slots)
        await device.reset()
        await device.ring.enable()
        return device

    async def reset(self) -> None:
        """Abort all work and begin with an empty ring; descriptors in the queue are dropped."""
        await self.soft_reset()
        for register in ("RegDmaIrqStatus", "RegIrqStatus"):
            await self.write(register, ALL_ONES)
        self._queue, self.ring.tail = [], 0
        await self.ring.set_up()

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
                        loose=level.loose,
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
        return (await self.submit_all([descriptor]))[0]

    async def submit_all(self, descriptors: Sequence[Descriptor], group: int = 1) -> list[Job]:
        """Write descriptors to the ring, all free slots with one doorbell; waits for more slots.

        Args:
            descriptors: in their order.
            group: of the descriptors with one doorbell only each group-th one and the last one raise the interrupt.
        """
        jobs: list[Job] = []
        while len(jobs) < len(descriptors):
            free = self.ring.slots - 1 - len(self._queue)
            if not free:
                await self._advance()
                continue
            entered = descriptors[len(jobs) : len(jobs) + free]
            raising = {*range(group - 1, len(entered), group), len(entered) - 1}
            new = [
                Job(one if number in raising else replace(one, interrupt=False)) for number, one in enumerate(entered)
            ]
            await self._enter(new)
            jobs += new
        return jobs

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

    async def _enter(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            job.slot = await self.ring.put(job.descriptor.pack())
            self._queue.append(job)
        await self.ring.ring()

    async def _advance(self) -> None:
        """Process new completions; if there are none, wait until the state may have changed."""
        await self.write("RegDmaIrqStatus", mask("DmaIrqDone"))  # before the head is read: none is missed
        if await self._take_completed():
            return
        if await self.has("RegDmaStatus", "DmaStatusHalted") and not await self._take_completed():
            # No descriptor of this driver is the cause: other software has written to the ring's registers.
            error = MachineError(await self.read("RegDmaError"), await self.read("RegDmaPlace"))
            await self.reset()
            raise error
        await self.port.wait()

    async def _take_completed(self) -> int:
        """Process the completions of all descriptors that the head has passed, and return their number."""
        head = await self.read("RegRingHead")
        taken = 0
        while self._queue and self._queue[0].slot != head:
            job = self._queue.pop(0)
            job.completion = await self.ring.completion(job.slot)
            taken += 1
            if job.completion is None or job.completion.code:
                await self._recover(job)
                break
        return taken

    async def _recover(self, job: Job) -> None:
        """Reset after an error and queue again the descriptors after the faulty one."""
        await self._complete(job)
        left = self._queue
        await self.reset()
        if left:
            await self._enter(left)

    async def _complete(self, job: Job) -> None:
        """Give the faulty descriptor a completion, by the registers if the memory did not accept the record."""
        if job.completion is None:
            job.completion = Completion(
                await self.read("RegDmaError"), await self.read("RegDmaPlace"), job.descriptor.tag, 0, 0, 0, 0, 0
            )
