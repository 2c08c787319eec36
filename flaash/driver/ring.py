# SPDX-License-Identifier: Apache-2.0
"""The ring of descriptors in the machine's memory, and the registers that announce its slots."""

from __future__ import annotations

from flaash.driver.registers import ByName
from flaash.driver.transport import Memory
from models.device.layout import COMPLETION, COMPLETION_AT, SLOT, Completion
from models.device.registers import ALL_ONES, mask


class Ring:
    """Slots for descriptors; see docs/memory_interface.md.

    Args:
        memory: of the machine; None if neither put() nor completion() is used.
        registers: by name.
        base: address of the first slot.
        slots: their number.

    Attributes:
        base, slots: the same.
        tail: the next free slot; after a reset of the machine it must be 0.
    """

    def __init__(self, memory: Memory | None, registers: ByName, base: int, slots: int):
        self._memory, self._registers = memory, registers
        self.base, self.slots = base, slots
        self.tail = 0

    async def set_up(self) -> None:
        """Write base and size; the machine is idle."""
        await self._registers.write("RegRingBase", self.base & ALL_ONES)
        await self._registers.write("RegRingBaseHigh", self.base >> 32)
        await self._registers.write("RegRingSize", self.slots)

    async def enable(self) -> None:
        """Enable both interrupts of the interface."""
        await self._registers.write("RegDmaIrqEnable", mask("DmaIrqDone", "DmaIrqError"))

    def address(self, slot: int) -> int:
        """Return the address of a slot."""
        return self.base + SLOT * slot

    def number(self, address: int) -> int:
        """Return the number of the slot at an address."""
        return (address - self.base) // SLOT

    async def put(self, descriptor: bytes) -> int:
        """Write a descriptor into the next slot and return the number of that slot; ring() announces it."""
        slot, self.tail = self.tail, (self.tail + 1) % self.slots
        address = self.address(slot)
        await self._memory.write(address + COMPLETION_AT, bytes(COMPLETION))
        await self._memory.write(address, descriptor)
        return slot

    async def ring(self) -> None:
        """Announce all descriptors in the ring."""
        await self._registers.write("RegRingTail", self.tail)

    async def completion(self, slot: int) -> Completion | None:
        """Return the completion record of a slot, None before the machine has written one."""
        return Completion.unpack(await self._memory.read(self.address(slot) + COMPLETION_AT, COMPLETION))
