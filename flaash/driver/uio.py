# SPDX-License-Identifier: Apache-2.0
"""A transport for Linux: registers and memory of the machine by UIO, mapped into this process.

The device has two maps: the registers, then the memory that host and machine share. docs/soc.md shows the
device tree. The memory must be coherent, or mapped without a cache: this transport flushes none.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

import numpy as np

from flaash.driver.errors import DriverError

REGISTERS, MEMORY = 0, 1  # numbers of the maps
REGISTER_BYTES = 0x1000
_WORD = 4
_COUNT = struct.Struct("=I")  # what the device takes and gives: words of the host


class UioError(DriverError):
    """The device of UIO is missing, or not one of a machine."""


class UioMemory:
    """The shared memory; see the protocol flaash.driver.Memory.

    Args:
        mapping: its bytes.
        base: its address, as the machine sees it.
    """

    def __init__(self, mapping: mmap.mmap, base: int):
        self._bytes = memoryview(mapping)
        self.base, self.size = base, len(self._bytes)

    async def read(self, address: int, length: int) -> bytes:
        """Return bytes."""
        at = self._at(address, length)
        return bytes(self._bytes[at : at + length])

    async def write(self, address: int, data: bytes | memoryview | np.ndarray) -> None:
        """Write bytes."""
        data = memoryview(data).cast("B")
        at = self._at(address, len(data))
        self._bytes[at : at + len(data)] = data

    def _at(self, address: int, length: int) -> int:
        at = address - self.base
        if at < 0 or at + length > self.size:
            raise IndexError(f"{length} bytes at {address:#x} are outside of the memory")
        return at

    def close(self) -> None:
        """Give the mapping back."""
        self._bytes.release()


class UioRegisters:
    """The registers; see the protocol flaash.driver.Registers.

    Args:
        words: of the registers, which are read and written as a whole.
        device: descriptor of the open device, for interrupts.
    """

    def __init__(self, words: np.ndarray, device: int):
        self._words, self._device = words, device

    async def read(self, address: int) -> int:
        """Return a register."""
        return int(self._words[address // _WORD])

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        self._words[address // _WORD] = value

    async def wait(self) -> None:
        """Enable the interrupt and wait for it; the kernel disables a level interrupt whenever one comes."""
        os.write(self._device, _COUNT.pack(1))
        if len(os.read(self._device, _COUNT.size)) != _COUNT.size:
            raise UioError("the device of UIO has ended")


class Uio:
    """A machine as a device of UIO; `memory` and `registers` are a transport for the driver.

    Args:
        name: of the device, such as "uio0".
        system, devices: folders of its description and of its file.

    Raises:
        UioError: there is no such device, or a map is wrong; the text names the file.
    """

    def __init__(self, name: str, system: Path | str = "/sys/class/uio", devices: Path | str = "/dev"):
        file, maps = Path(devices) / name, Path(system) / name / "maps"
        sizes = [_number(maps / f"map{number}" / "size") for number in (REGISTERS, MEMORY)]
        if sizes[REGISTERS] < REGISTER_BYTES:
            raise UioError(f"{maps / 'map0' / 'size'}: {sizes[REGISTERS]:#x} bytes, registers have {REGISTER_BYTES:#x}")
        base = _number(maps / f"map{MEMORY}" / "addr")
        try:
            self._device = os.open(file, os.O_RDWR | os.O_SYNC)
        except OSError as error:
            raise UioError(f"{file}: {error.strerror}") from error
        self._mappings: list[mmap.mmap] = []
        try:
            # UIO selects a map by the page of the offset.
            for number, size in enumerate(sizes):
                self._mappings.append(mmap.mmap(self._device, size, offset=number * mmap.PAGESIZE))
        except (OSError, ValueError) as error:
            self._end()
            raise UioError(f"{file}: map{len(self._mappings)} of {size:#x} bytes cannot be mapped: {error}") from error
        # An element of this array is one access of 32 bits, which mmap's own slices do not promise.
        words = np.frombuffer(self._mappings[REGISTERS], "<u4")
        self.memory = UioMemory(self._mappings[MEMORY], base)
        self.registers = UioRegisters(words, self._device)

    def close(self) -> None:
        """Give device and mappings back; the transport is of no use any more."""
        self.memory.close()
        del self.memory, self.registers
        self._end()

    def _end(self) -> None:
        for mapping in self._mappings:
            mapping.close()
        os.close(self._device)


def _number(path: Path) -> int:
    """Return the number in a file of the system."""
    try:
        return int(path.read_text(), 0)
    except OSError as error:
        raise UioError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise UioError(f"{path}: '{path.read_text().strip()}' is no number") from error
