# SPDX-License-Identifier: Apache-2.0
"""The machine with streams: sends operands as frames, starts, waits, takes the result frame."""

from __future__ import annotations

from collections.abc import Sequence

from flaash.driver.errors import MachineError
from flaash.driver.frames import ResultFrame, pack_operand, unpack_results
from flaash.driver.registers import RegisterFile
from flaash.driver.transport import Registers, Streams
from models.csf import Csf
from models.device.registers import ALL_ONES, mask
from models.numbers import NumberFormat


class StreamDevice(RegisterFile):
    """A machine at a transport; use open().

    Args:
        streams, registers: the transport.
        fmt, coord_width: value format and bits of a contracted coordinate, as read by open().
    """

    def __init__(self, streams: Streams, registers: Registers, fmt: NumberFormat, coord_width: int):
        super().__init__(registers)
        self.streams, self.fmt, self.coord_width = streams, fmt, coord_width

    @classmethod
    async def open(cls, streams: Streams, registers: Registers) -> StreamDevice:
        """Return the machine at a transport.

        Raises:
            WrongMachine: the registers belong to no chip.
        """
        named = RegisterFile(registers)
        return cls(streams, registers, await named.format(), await named.read("RegCoordWidth"))

    def pack(self, csf: Csf, which: int) -> list[int]:
        """Return the beats of an operand's frame; 0 for A, 1 for B."""
        return pack_operand(csf, which, self.fmt, self.coord_width)

    async def load(self, *frames: Sequence[int]) -> None:
        """Send operand frames and wait until the machine has parsed them."""
        await self.streams.send(*frames)
        await self.wait_while("StatusLoading")

    async def configure(
        self, dense: bool = False, run_length: int = 0, long_lines: int = 0, portion: int | None = None
    ) -> None:
        """Write the settings of the next contraction.

        Args:
            dense: deliver every pair of non-empty fibers, also zero results.
            run_length, long_lines, portion: as the registers of these names. A machine that can't split dot
                products has no RegPortion: there `portion` is None.
        """
        await self.write("RegMode", mask("ModeDense") if dense else 0)
        await self.write("RegRunLength", run_length)
        await self.write("RegLongLines", long_lines)
        if portion is not None:
            await self.write("RegPortion", portion)

    async def start(self) -> None:
        """Start the contraction of the loaded operands."""
        await self.command("ControlStart")

    async def drained(self) -> None:
        """Wait until all results have left.

        Raises:
            MachineError: the machine has recorded an error.
        """
        await self.write("RegIrqEnable", mask("IrqDrained", "IrqError"))
        while not await self.has("RegIrqStatus", "IrqDrained", "IrqError"):
            await self.port.wait()
        if await self.has("RegIrqStatus", "IrqError"):
            raise MachineError(await self.read("RegError"), await self.read("RegErrorPlace"))
        await self.write("RegIrqStatus", mask("IrqDrained"))

    async def recover(self) -> None:
        """Reset the machine after an error, and clear its interrupts; operands and results are dropped."""
        await self.soft_reset()
        await self.write("RegIrqStatus", ALL_ONES)

    async def frame(self, modes: int) -> ResultFrame:
        """Return the next result frame; `modes` are the coordinates of a record."""
        return unpack_results(await self.streams.receive(), modes, self.fmt)

    async def contract(self, a: Csf, b: Csf, **settings: int) -> ResultFrame:
        """Contract A and B along their last modes.

        Args:
            a, b: the operands.
            settings: of configure().

        Raises:
            MachineError: the machine has refused or ended the contraction.
        """
        await self.configure(**settings)
        await self.load(self.pack(a, 0), self.pack(b, 1))
        await self.start()
        await self.drained()
        return await self.frame(a.order + b.order - 2)
