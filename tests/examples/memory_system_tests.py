# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the C driver uses the example system, while the host also uses the memory."""

import ctypes
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.task import bridge, resume
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiMaster, AxiResp

from models.csf import Csf
from models.device.layout import SLOT, Descriptor, LevelEntry
from models.numbers.formats import FORMATS
from models.tensor import SparseTensor
from sim.thisrun import argument
from tb.common import rtl_constants as rtl
from tb.common.bench import rng, start
from tb.dma.image import levels
from tests.dma.host import SHAPES, check, drawn, expected
from tests.dma.image import Image
from tests.examples import c_driver
from tests.share import amount

FMT = FORMATS["fp32"]
POLLS = 2000
SIZE = 0x2_0000  # of the memory
SLOTS, RING, RESULTS, CAPACITY, ARRAYS, TRAFFIC = 3, 0x400, 0x2000, 0x1000, 0x8000, 0x1_F000


class System:
    """The host's two buses, and the C driver on them."""

    def __init__(self, dut: SimHandleBase):
        for name in ("s_axi", "s_axil"):
            logging.getLogger(f"cocotb.{dut._name}.{name}").setLevel(logging.ERROR)
        reset = {"reset_active_level": False}
        self.axi = AxiMaster(AxiBus.from_prefix(dut, "s_axi"), dut.clk_i, dut.rst_ni, **reset)
        self.axil = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_ni, **reset)
        self.driver = c_driver.load(Path(argument("library")))
        self.platform = c_driver.platform(
            self._guarded(self.read_register, 0),
            self._guarded(self.write_register, None),
            self._guarded(self.read, b""),
            self._guarded(self.write, None),
        )
        self.device = c_driver.CDevice()
        self.forgiving = False  # a refused read returns zeros, a refused write is dropped
        self._failure: BaseException | None = None

    def _guarded(self, access: Callable, otherwise: Any) -> Callable:
        """Return an access that C calls from its thread; its exception is stored for call()."""

        def guarded(*arguments: Any) -> Any:
            try:
                return resume(access)(*arguments)
            except BaseException as error:  # C can't pass it on
                self._failure = self._failure or error
                return otherwise if otherwise != b"" else bytes(arguments[1])

        return guarded

    async def call(self, name: str, *arguments: Any) -> int:
        """Call a function of the C library, whose accesses take simulated time."""
        function = getattr(self.driver, f"flaash_{name}")
        result = await bridge(lambda: function(*arguments))()
        if self._failure:
            raise self._failure
        return result

    async def read_register(self, offset: int) -> int:
        answer = await self.axil.read(offset, 4)
        assert answer.resp == AxiResp.OKAY, f"a read of register {offset:#x} was refused"
        return int.from_bytes(answer.data, "little")

    async def write_register(self, offset: int, value: int) -> None:
        answer = await self.axil.write(offset, value.to_bytes(4, "little"))
        assert answer.resp == AxiResp.OKAY, f"a write of register {offset:#x} was refused"

    async def read(self, address: int, length: int) -> bytes:
        answer = await self.axi.read(address, length)
        if self.forgiving and answer.resp != AxiResp.OKAY:
            return bytes(length)
        assert answer.resp == AxiResp.OKAY, f"a read at {address:#x} was refused"
        return bytes(answer.data)

    async def write(self, address: int, data: bytes) -> None:
        answer = await self.axi.write(address, data)
        assert self.forgiving or answer.resp == AxiResp.OKAY, f"a write at {address:#x} was refused"

    async def open(self, ring: int = RING, slots: int = SLOTS) -> None:
        platform = ctypes.byref(self.platform)
        assert await self.call("open", ctypes.byref(self.device), platform, ring, slots, POLLS) == c_driver.OK

    async def submit(self, said: Descriptor) -> int:
        """Queue a descriptor; the bytes in the slot equal the Python driver's."""
        slot = self.device.ring + SLOT * self.device.tail
        result = await self.call("submit", ctypes.byref(self.device), c_driver.descriptor(said))
        if result == c_driver.OK and not self.forgiving:
            assert await self.read(slot, len(said.pack())) == said.pack()
        return result

    async def ring(self) -> None:
        await self.call("doorbell", ctypes.byref(self.device))

    async def wait(self) -> tuple[int, c_driver.CCompletion]:
        completion = c_driver.CCompletion()
        return await self.call("wait", ctypes.byref(self.device), ctypes.byref(completion)), completion


class Collected:
    """The bytes of an Image, to be written to a memory later."""

    def __init__(self) -> None:
        self.pieces: list[tuple[int, bytes]] = []

    def put(self, address: int, data: bytes) -> None:
        self.pieces.append((address, data))


async def traffic(system: System, random: Any) -> None:
    """Use a part of the memory that the chip does not use, for ever."""
    held = bytearray(await system.read(TRAFFIC, SIZE - TRAFFIC))
    while True:
        at = random.randrange(len(held) - 1)
        data = random.randbytes(random.randint(1, min(300, len(held) - at)))
        await system.write(TRAFFIC + at, data)
        held[at : at + len(data)] = data
        first = random.randrange(len(held) - 300)
        length = random.randint(1, 300)
        assert await system.read(TRAFFIC + first, length) == held[first : first + length]


async def place(
    system: System, image: Image, memory: Collected, random: Any, *operands: SparseTensor
) -> list[list[LevelEntry]]:
    """Write operands into the memory and return their levels."""
    entries = []
    for which, operand in enumerate(operands):
        dense = [level for level in range(len(operand.shape)) if random.random() < 0.5]
        found = levels(Csf.from_tensor(operand), FMT, dense, narrow=random.random() < 0.5)
        entries.append(image.operand(which, found))
    for address, data in memory.pieces:
        await system.write(address, data)
    memory.pieces.clear()
    return entries


@cocotb.test()
async def the_firmware(dut: SimHandleBase) -> None:
    """The C program of the example finds every result and every error as expected."""
    system = System(dut)
    await start(dut)
    line = await system.call("host", ctypes.byref(system.platform), 0, POLLS)
    assert line == 0, f"flaash_host.c:{line} found something wrong"


@cocotb.test()
async def a_firmware_that_finds_something_wrong(dut: SimHandleBase) -> None:
    """A memory that returns another byte of a result: the program names the line that noticed."""
    system = System(dut)
    await start(dut)
    honest = system.read

    async def spoiled(address: int, length: int) -> bytes:
        data = bytearray(await honest(address, length))
        if address == 0x3000:
            data[11] ^= 1
        return bytes(data)

    system.platform = c_driver.platform(
        system._guarded(system.read_register, 0),
        system._guarded(system.write_register, None),
        system._guarded(spoiled, b""),
        system._guarded(system.write, None),
    )
    line = await system.call("host", ctypes.byref(system.platform), 0, POLLS)
    source = (c_driver.FIRMWARE / "flaash_host.c").read_text().splitlines()
    assert source[line - 1].strip() == "CHECK(right(records));"


@cocotb.test()
async def contractions_beside_other_traffic(dut: SimHandleBase) -> None:
    """Random operands, queued by the C driver while the ring has room; the host uses the memory meanwhile."""
    random = rng()
    numbers = np.random.default_rng(random.getrandbits(32))
    system = System(dut)
    await start(dut)
    await system.open()
    other = cocotb.start_soon(traffic(system, random))
    queued: deque[tuple[int, SparseTensor, SparseTensor, bool, int]] = deque()

    async def collect() -> None:
        result, done = await system.wait()
        tag, a, b, coordinates, results = queued.popleft()
        assert (result, done.code, done.tag) == (c_driver.OK, 0, tag)
        columns = (a.order + b.order - 2 if coordinates else 2) + 1
        rows = np.frombuffer(await system.read(results, done.written), "<u4").reshape(-1, columns)
        check(rows, expected(a, b, FMT, coordinates))

    for tag in range(amount(8, 30)):
        memory = Collected()
        # Each slot has its own arrays and results: the ring is full all the time.
        turn = tag % SLOTS
        image = Image(memory, ARRAYS + turn * 0x6000)
        a, b = (drawn(numbers, shape, FMT.name) for shape in random.choice(SHAPES))
        entries = await place(system, image, memory, random, a, b)
        coordinates, results = random.random() < 0.5, RESULTS + turn * CAPACITY
        said = Descriptor(
            *entries,
            FMT.code,
            results,
            CAPACITY,
            coordinates=coordinates,
            interrupt=random.random() < 0.5,
            tag=tag,
            prompt=random.random() < 0.5,
        )
        if await system.submit(said) == c_driver.FULL:
            await system.ring()
            await collect()
            assert await system.submit(said) == c_driver.OK
        queued.append((tag, a, b, coordinates, results))
        if random.random() < 0.5:
            await system.ring()
    await system.ring()
    while queued:
        await collect()
    assert not other.done(), "the host's traffic has ended"
    other.cancel()


@cocotb.test()
async def errors_of_the_bus(dut: SimHandleBase) -> None:
    """Outside the memory: an array, results, a slot with its record. Each is reported; a reset restarts."""
    system = System(dut)
    await start(dut)
    random = rng()
    memory = Collected()
    tensor = SparseTensor((4,), np.array([[1], [3]]), np.array([2.0, 4.0]))
    a, b = await place(system, Image(memory, ARRAYS), memory, random, tensor, tensor)
    good = Descriptor(a, b, FMT.code, RESULTS, CAPACITY, tag=5)
    errors = {name: error.value for name, error in rtl.DMA.errors.items()}

    async def fails(said: Descriptor, code: str) -> c_driver.CCompletion:
        assert await system.submit(said) == c_driver.OK
        await system.ring()
        result, done = await system.wait()
        assert (result, done.code) == (c_driver.OK, errors[code])
        assert (await system.wait())[0] == c_driver.HALTED
        pending = await system.call("interrupts", ctypes.byref(system.device))
        assert pending >> rtl.DMA.constants["DmaIrqError"].value & 1
        assert await system.call("reset", ctypes.byref(system.device)) == c_driver.OK
        return done

    await system.open()
    outside = Descriptor([LevelEntry(a[0].first, SIZE, 4, 2)], b, FMT.code, RESULTS, CAPACITY, tag=6)
    assert (await fails(outside, "ErrReadDecode")).tag == 6
    assert (await fails(Descriptor(a, b, FMT.code, SIZE, CAPACITY, tag=7), "ErrWriteDecode")).results == 1
    assert await system.submit(good) == c_driver.OK
    await system.ring()
    assert (await system.wait())[1].code == 0

    # Slot 1 lies outside: neither can its descriptor be read, nor its record be written. The registers report
    # the record, which the host cannot read.
    await system.open(SIZE - SLOT, 2)
    assert await system.submit(good) == c_driver.OK
    await system.ring()
    assert (await system.wait())[1].code == 0
    system.forgiving = True
    done = await fails(good, "ErrWriteDecode")
    assert done.place >> 24 & 0xF == rtl.DMA.constants["PartCompletion"].value


@cocotb.test()
async def bursts_that_the_memory_does_not_take(dut: SimHandleBase) -> None:
    """The host's accesses: any size and alignment within the memory, DECERR beyond its end."""
    system = System(dut)
    await start(dut)
    first = await system.read(0, 16)
    await system.write(SIZE - 16, bytes(range(16)))
    await system.write(SIZE - 3, b"abc")
    assert await system.read(SIZE - 5, 5) == b"\x0b\x0cabc"
    assert (await system.axi.write(SIZE - 16, bytes(32))).resp == AxiResp.DECERR
    assert (await system.axi.read(SIZE, 16)).resp == AxiResp.DECERR
    assert await system.read(SIZE - 16, 16) == bytes(16)
    assert await system.read(0, 16) == first
