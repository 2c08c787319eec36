# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_operand_memory keeps the buffers of an operand apart."""

import itertools

import cocotb
from cocotb.triggers import FallingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tests.blocks.memory.tensor_memory_tests import FAULT, Memory, Place, read


class Buffers(Memory):
    """A tensor memory with buffers; reads go to the buffers in use."""

    def __init__(self, dut, random):
        super().__init__(dut, random)
        self.banked = False
        self.buffers = range(int(dut.Buffers.value))
        self.lines_of: dict[tuple[int, int], dict[Place, int]] = {}  # by operand and buffer
        zero(dut, "fill", "use", "owned")

    async def fill_all(self, random) -> None:
        """Write all lines of all buffers, in ascending order as a loader does."""
        for buffer in self.buffers:
            self.dut.fill_i.value = 3 * buffer
            for line in range(0, self.lines, self.writes):
                await self.write_all(
                    {
                        (operand, behind): random.getrandbits(self.width)
                        for operand in (0, 1)
                        for behind in range(line, min(line + self.writes, self.lines))
                    }
                )
            for operand in (0, 1):
                self.lines_of[operand, buffer] = {
                    place: line for place, line in self.stored.items() if place[0] == operand
                }

    async def watch(self) -> None:
        """Check in each cycle the report of writes: the last line, whether it ends a fiber, begins the operand."""
        while True:
            await FallingEdge(self.dut.clk_i)
            fill = int(self.dut.fill_i.value)
            writes, told = (
                bench_types()[name].unpack(int(getattr(self.dut, name).value)) for name in ("write_i", "written_o")
            )
            for operand in (0, 1):
                write = writes[operand]
                assert told[operand].valid == write.valid
                if write.valid:
                    last = write.lines[write.pair]
                    assert tuple(told[operand]) == (
                        1,
                        fill >> operand & 1,
                        (operand, write.id.addr + write.pair),
                        write.pair,
                        last >> self.width - 1,
                        write.id.addr == 0,
                    ), f"{told[operand]} is told of {write}"

    def use(self, a: int, b: int) -> None:
        """Read these buffers from now on."""
        self.dut.use_i.value = a | b << 1
        self.stored = self.lines_of[0, a] | self.lines_of[1, b]


async def started(dut) -> tuple[Buffers, object]:
    memory = Buffers(dut, rng())
    random = await start(dut)
    cocotb.start_soon(memory.watch())
    await memory.fill_all(random)
    return memory, random


@cocotb.test()
async def buffers_are_apart(dut) -> None:
    memory, random = await started(dut)
    for pair in itertools.product(memory.buffers, repeat=2):
        memory.use(*pair)
        await read(memory, 4 * memory.lines, lambda _: (random.randrange(2), random.randrange(memory.lines)))


@cocotb.test()
async def a_wrong_line_is_told_by_its_number_in_its_buffer(dut) -> None:
    memory, random = await started(dut)
    told: set[Place] = set()

    async def listen() -> None:
        while True:
            await FallingEdge(dut.clk_i)
            fault = FAULT.unpack(int(dut.fault_o.value))
            if fault.valid:
                told.add((fault.operand, fault.position))

    cocotb.start_soon(listen())
    begin = 1 << (memory.lines - 1).bit_length()  # of the second buffer
    for operand, buffer, line in itertools.product((0, 1), memory.buffers, (0, memory.lines - 1)):
        rams = dut.gen_ideal.u_memory.gen_operand[operand].gen_ram
        word = rams[line % memory.writes].u_lines.mem_q[(begin * buffer + line) // memory.writes]
        flipped = int(word.value) ^ 1 << random.randrange(memory.width + 1)
        word.value = flipped
        memory.use(buffer, buffer)
        memory.stored[operand, line] = flipped & (1 << memory.width) - 1
        told.clear()
        await read(memory, 1, lambda _, place=(operand, line): place)
        assert told == {(operand, line)}
