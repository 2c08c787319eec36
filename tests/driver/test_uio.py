# SPDX-License-Identifier: Apache-2.0
"""The transport by UIO: a device of files with two maps, the stand-in behind its memory, interrupts by a socket."""

from __future__ import annotations

import mmap
import re
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import flaash.driver
from flaash.driver import Accelerator, MachineError, StandIn, run
from flaash.driver.uio import Uio, UioError, UioRegisters
from models import generate
from models.contract import contract
from models.device.registers import ADDRESSES, ALL_ONES
from models.numbers import FORMATS
from sim.toolchain import ROOT

PAGE = mmap.PAGESIZE
BASE, SIZE = 0x8_0000_0000, 1 << 20


def device(folder: Path, registers: int = PAGE, memory: int = SIZE) -> dict[str, Path]:
    """Make a device of files: its maps begin at the pages 0 and 1 of one file. Return the folders for Uio."""
    for number, (address, size) in enumerate(((0x4000_0000, registers), (BASE, memory))):
        one = folder / "sys" / "uio7" / "maps" / f"map{number}"
        one.mkdir(parents=True)
        (one / "addr").write_text(f"{address:#018x}\n")
        (one / "size").write_text(f"{size:#018x}\n")
    (folder / "dev").mkdir()
    (folder / "dev" / "uio7").write_bytes(bytes(PAGE + memory))
    return {"system": folder / "sys", "devices": folder / "dev"}


class Words:
    """The stand-in's registers, as words that are mapped: an access is one of the machine."""

    def __init__(self, machine: StandIn):
        self._registers = machine.registers

    def __getitem__(self, number: int) -> int:
        return run(self._registers.read(4 * number))

    def __setitem__(self, number: int, value: int) -> None:
        run(self._registers.write(4 * number, value))


class Kernel(threading.Thread):
    """The other side of the device: enables the interrupt when it is told so, and tells when one has come."""

    def __init__(self, machine: StandIn, line: socket.socket):
        super().__init__(daemon=True)
        self._machine, self._line = machine, line
        self.enabled: list[int] = []

    def run(self) -> None:
        while data := self._line.recv(4):
            self.enabled.append(*struct.unpack("=I", data))
            run(self._machine.registers.wait())  # the machine works while the host waits
            self._line.sendall(struct.pack("=I", len(self.enabled)))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[tuple[Uio, StandIn, Kernel]]:
    """Return an open device whose memory is a file that the stand-in maps, too."""
    uio = Uio("uio7", **device(tmp_path))
    stand_in = StandIn(base=BASE, size=SIZE)
    stand_in.memory._bytes = np.memmap(tmp_path / "dev" / "uio7", np.uint8, "r+", PAGE, (SIZE,))
    ours, theirs = socket.socketpair()
    kernel = Kernel(stand_in, theirs)
    kernel.start()
    uio.registers = UioRegisters(Words(stand_in), ours.fileno())
    yield uio, stand_in, kernel
    ours.close()
    kernel.join(timeout=10)
    uio.close()


def test_contractions_by_the_device(machine, seed: int) -> None:
    """The first one fails, the next ones are right."""
    uio, stand_in, kernel = machine
    rng = np.random.default_rng(seed)
    chip = run(Accelerator.open(uio.memory, uio.registers))
    for turn in range(3):
        a, b = (generate.uniform_tensor(rng, (3, 4, 20), 0.3) for _ in range(2))
        if not turn:
            stand_in.memory.bad.append((BASE, BASE + SIZE, "Slave"))
            with pytest.raises(MachineError, match="ErrReadSlave"):
                run(chip.contract(a, b))
            stand_in.memory.bad.clear()
        assert np.array_equal(run(chip.contract(a, b)).bits, contract(a, b, FORMATS["fp32"]).bits)
    assert kernel.enabled and set(kernel.enabled) == {1}, "every wait has enabled the interrupt"


def test_the_maps_are_the_pages_of_the_file(tmp_path: Path) -> None:
    """Register words and memory bytes reach the file, little-endian, at page 0 and page 1."""
    uio = Uio("uio7", **device(tmp_path))
    run(uio.registers.write(ADDRESSES["RegRingBase"], 0x1234_5678))
    assert run(uio.registers.read(ADDRESSES["RegRingBase"])) == 0x1234_5678
    run(uio.registers.write(ADDRESSES["RegDmaIrqStatus"], ALL_ONES))
    run(uio.memory.write(BASE + 5, b"abc"))
    assert run(uio.memory.read(BASE + 4, 5)) == b"\0abc\0"
    assert (uio.memory.base, uio.memory.size) == (BASE, SIZE)
    uio.close()
    written = (tmp_path / "dev" / "uio7").read_bytes()
    assert written[ADDRESSES["RegRingBase"] :][:4] == bytes.fromhex("78563412")
    assert written[PAGE + 5 :][:3] == b"abc"


@pytest.mark.parametrize(("address", "length"), [(BASE - 1, 1), (BASE + SIZE, 1), (BASE + SIZE - 1, 2)])
def test_no_access_outside_of_the_memory(address: int, length: int, tmp_path: Path) -> None:
    uio = Uio("uio7", **device(tmp_path))
    with pytest.raises(IndexError, match=rf"{length} bytes at {address:#x}"):
        run(uio.memory.read(address, length))
    with pytest.raises(IndexError, match="outside of the memory"):
        run(uio.memory.write(address, bytes(length)))
    uio.close()


def test_a_device_that_ends_while_the_host_waits(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    theirs.send(b"")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(UioError, match="has ended"):
        run(UioRegisters(np.zeros(4, "<u4"), ours.fileno()).wait())
    theirs.close()
    ours.close()


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda folder: (folder / "dev" / "uio7").unlink(), "dev/uio7: No such file"),
        (lambda folder: (folder / "sys/uio7/maps/map1/size").unlink(), "maps/map1/size: No such file"),
        (lambda folder: (folder / "sys/uio7/maps/map1/addr").write_text("here"), "map1/addr: 'here' is no number"),
        (lambda folder: (folder / "sys/uio7/maps/map0/size").write_text("0x800"), "map0/size: 0x800 bytes"),
        (lambda folder: (folder / "dev" / "uio7").write_bytes(bytes(PAGE)), "map1 of 0x100000 bytes cannot be mapped"),
    ],
)
def test_a_wrong_device_is_refused(spoil, text: str, tmp_path: Path) -> None:
    folders = device(tmp_path)
    spoil(tmp_path)
    with pytest.raises(UioError, match=text):
        Uio("uio7", **folders)


def test_the_program_of_the_page(machine, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "soc.md").read_text()
    (program,) = re.findall(r"^```\n(from flaash.driver.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.setattr(flaash.driver, "Uio", lambda name: {"uio0": machine[0]}[name])
    names: dict = {}
    exec(program, names)
    a = generate.uniform_tensor(np.random.default_rng(1), (3, 4, 20), 0.3)
    result = run(names["chip"].contract(a, a))
    assert np.array_equal(result.bits, contract(a, a, FORMATS["fp32"]).bits)
