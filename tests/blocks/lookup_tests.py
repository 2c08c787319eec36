# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the lookup machine computes every dot product once, bit by bit."""

import random

import cocotb
from cocotb.triggers import ClockCycles

from tb.common.bench import start
from tb.common.stalls import STALLS
from tests.blocks.lines import Fiber
from tests.blocks.lookup_machine import Machine


def value(machine: Machine, rng: random.Random) -> int:
    """Return a pattern: small numbers that cancel often, or anything finite that the format has."""
    width = machine.format.value_width
    if rng.random() < 0.6:
        return int(machine.format.encode([rng.choice([-2, -1, 1, 2])])[0])
    bits = rng.getrandbits(width)
    if machine.format.is_float and bits >> (width - 9) & 0xFF == 0xFF:
        bits ^= 1 << (width - 9)  # neither infinite nor NaN: those are the MAC's own bench's matter
    return bits


def fiber(machine: Machine, rng: random.Random, entries: int, extent: int | None = None) -> Fiber:
    """Return a fiber of so many entries below `extent`."""
    extent = extent or 2**machine.coord_width
    return [(coord, value(machine, rng)) for coord in sorted(rng.sample(range(extent), min(entries, extent)))]


def fibers(machine: Machine, rng: random.Random, count: int, longest: int, extent: int | None = None) -> list[Fiber]:
    """Return fibers of 1 to `longest` entries."""
    return [fiber(machine, rng, rng.randint(1, longest), extent) for _ in range(count)]


async def contract(machine: Machine, a: list[Fiber], b: list[Fiber], dense: bool = False, stalls: str = "none",
                   seed: int = 1) -> None:
    """Load, run and check one contraction."""
    await machine.load(0, a)
    await machine.load(1, b)
    machine.check(await machine.run(dense, stalls, seed), dense)


async def begun(dut) -> tuple[Machine, random.Random]:
    machine = Machine(dut)
    return machine, await start(dut)


@cocotb.test()
@cocotb.parametrize(stalls=list(STALLS), dense=[False, True])
async def random_operands(dut, stalls: str, dense: bool) -> None:
    machine, rng = await begun(dut)
    for _ in range(3):
        a = fibers(machine, rng, rng.randint(1, 14), rng.choice([3, 12, 40]))
        b = fibers(machine, rng, rng.randint(1, 14), rng.choice([3, 12, 40]))
        await contract(machine, a, b, dense, stalls, rng.random())
