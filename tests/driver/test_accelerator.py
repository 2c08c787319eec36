# SPDX-License-Identifier: Apache-2.0
"""Contractions through the driver on the stand-in: any operands, tiles, memory give the model's bits."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from flaash.driver import (
    Accelerator,
    MachineError,
    Operand,
    OutOfMemory,
    Settings,
    SlowPortion,
    StandIn,
    WrongMachine,
    run,
)
from flaash.driver.accelerator import GROUP
from flaash.driver.arrange import arrange
from models import generate
from models.contract import contract
from models.csf import Csf
from models.errors import TensorError
from models.numbers import FORMATS
from models.tensor import SparseTensor
from models.tiles import Room
from sim.toolchain import ROOT
from tests.models.strategies import FLOAT32, tensors


def opened(machine: StandIn, slots: int = 4) -> Accelerator:
    return run(Accelerator.open(machine.memory, machine.registers, slots=slots))


def same(result, expected) -> bool:
    return (
        result.shape == expected.shape
        and np.array_equal(result.coords, expected.coords)
        and np.array_equal(result.bits, expected.bits)
    )


@st.composite
def operands(draw) -> tuple[SparseTensor, SparseTensor]:
    a, b = draw(tensors(max_order=4, values=FLOAT32)), draw(tensors(max_order=4, values=FLOAT32))
    return tuple(SparseTensor((*x.shape[:-1], 5), x.coords, x.values) for x in (a, b))


@settings(deadline=None)  # a busy machine is no failure
@given(
    operands(),
    st.sampled_from(["fp32", "bf16"]),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, Room(1, 5, 2, 4), Room(2, 3, 1, 3), Room(4, 4, 3, 5)]),
)
def test_any_operands_in_any_tiles(pair, name, dense, again, room) -> None:
    accelerator = opened(StandIn(name, size=1 << 20))
    free = accelerator.device.allocator.free_bytes
    told = []
    result = run(accelerator.contract(*pair, Settings(dense=dense), again, room, lambda *numbers: told.append(numbers)))
    assert same(result, contract(*pair, name, dense))
    assert accelerator.device.allocator.free_bytes == free
    assert [done for done, _, _ in told] == list(range(1, result.cost.descriptors + 1))
    assert not told or told[-1] == (result.cost.descriptors, result.cost.descriptors, len(result.bits))


@pytest.mark.parametrize("name, values", [("fp32", "special"), ("bf16", "wide"), ("int8", "int8"), ("int16", "int16")])
def test_tiles_of_any_size(name, values) -> None:
    rng = np.random.default_rng(5)
    a = generate.uniform_tensor(rng, (4, 9, 60), 0.2, values=values)
    b = generate.uniform_tensor(rng, (30, 60), 0.3, values=values)
    expected = contract(a, b, name)
    assert not expected.range_errors
    descriptors = set()
    for lines in (15, 16, 24, 40, 1000):
        result = run(opened(StandIn(name)).contract(a, b, room=Room(2, lines, lines, 2 * lines)))
        assert same(result, expected)
        descriptors.add(result.cost.descriptors)
    assert len(descriptors) == 5 and min(descriptors) == 1 and max(descriptors) > 50


def test_arrays_of_scipy() -> None:
    rng = np.random.default_rng(2)
    a, b = (random_array((rows, 300), density=0.05, format="csr", dtype=np.float32, rng=rng) for rows in (40, 70))
    result = run(opened(StandIn()).contract(a, b))
    assert np.array_equal(result.to("numpy") != 0, (a @ b.T).toarray() != 0)
    assert np.allclose(result.to("numpy"), (a @ b.T).toarray())
    assert abs(result.to("scipy") - a @ b.T).max() < 1e-6
    mixed = run(opened(StandIn()).contract(a, Csf.from_tensor(SparseTensor.from_dense(b.toarray()))))
    assert np.array_equal(mixed.bits, result.bits)
    again = run(opened(StandIn()).contract(Operand.from_csr(a, FORMATS["fp32"]), b, renumbered=True))
    assert np.array_equal(again.bits, result.bits)


def test_an_extent_that_needs_renumbering() -> None:
    rng = np.random.default_rng(4)
    a = generate.uniform_tensor(rng, (5, 2**31), nnz=200)
    b = a.permute((0, 1))
    accelerator = opened(StandIn(coord_width=8))
    result = run(accelerator.contract(a, b))
    assert same(result, contract(a, b, "fp32"))
    small = run(accelerator.contract(a, SparseTensor(b.shape, b.coords[:9], b.values[:9])))
    assert small.removed[0] > 150 and small.removed[1] == 0
    with pytest.raises(
        TensorError,
        match=r"contracted extent 2,147,483,648 exceeds 256.*CoordWidth = 31 can,"
        " or renumbering may",
    ):
        run(accelerator.contract(a, b, renumbered=False))
    wide = opened(StandIn(coord_width=6))
    with pytest.raises(TensorError, match="contracted extent 200 exceeds 64.*CoordWidth = 8 can$"):
        run(wide.contract(a, b))
    with pytest.raises(TensorError, match="contracted extents differ"):
        run(wide.contract(a, SparseTensor((5, 3), b.coords[:0], b.values[:0])))


def test_an_extent_that_no_build_takes() -> None:
    """A descriptor has 32 bits for an extent; a message proposes a CoordWidth of at most 32."""
    fused = generate.uniform_tensor(np.random.default_rng(5), (65536, 65536), nnz=50).fuse_last(2)
    accelerator = opened(StandIn(coord_width=32))
    with pytest.raises(
        TensorError,
        match="contracted extent 4,294,967,296 exceeds 4,294,967,295, the most"
        " that CoordWidth = 32 of this machine allows; renumbering may$",
    ):
        run(accelerator.contract(fused, fused, renumbered=False))
    assert same(run(accelerator.contract(fused, fused)), contract(fused, fused, "fp32"))
    with pytest.raises(TensorError, match="the most that CoordWidth = 8 of this machine allows; renumbering may$"):
        run(opened(StandIn(coord_width=8)).contract(fused, fused, renumbered=False))


def test_a_fiber_longer_than_a_tile() -> None:
    a = generate.one_full_fiber(np.random.default_rng(1), (3, 100))
    accelerator = opened(StandIn())
    free = accelerator.device.allocator.free_bytes
    with pytest.raises(TensorError, match="A: fiber 0, at .* has 100 entries, and a tile holds 96"):
        run(accelerator.contract(a, a, room=Room(4, 24, 8, 8)))
    assert accelerator.device.allocator.free_bytes == free


def dense_pair(rows: int = 40) -> tuple[SparseTensor, SparseTensor]:
    full = SparseTensor.from_dense(np.arange(1.0, 3 * rows + 1).reshape(rows, 3))
    return full, full


def test_results_that_need_more_than_their_share_of_the_memory() -> None:
    a, b = dense_pair()  # 1,600 results of 12 bytes
    accelerator = opened(StandIn(size=4 * 1024 + 24 * 1024))
    result = run(accelerator.contract(a, b))
    assert same(result, contract(a, b, "fp32"))
    small = opened(StandIn(size=4 * 1024 + 18 * 1024))
    free = small.device.allocator.free_bytes
    with pytest.raises(OutOfMemory, match="1,600 results need 19,200 bytes in one piece"):
        run(small.contract(a, b))
    assert small.device.allocator.free_bytes == free
    # In tiles each part of the results has room.
    assert same(run(small.contract(a, b, room=Room(4, 10, 10, 10))), contract(a, b, "fp32"))
    with pytest.raises(OutOfMemory, match="largest piece"):
        run(small.contract(*dense_pair(2000)))
    assert small.device.allocator.free_bytes == free


def test_no_pair_of_tiles_is_contracted_twice() -> None:
    """With room for the results of three pairs there is room for each, whatever sizes the tiles have."""
    a, b = (
        generate.uniform_tensor(np.random.default_rng(seed), (40, 64), nnz=nnz) for seed, nnz in ((1, 900), (2, 500))
    )
    room = Room(4, 60, 40, 40)
    made = arrange(a, b, opened(StandIn()).device.build, room=room)
    jobs = [max(len(part.fiber_lengths()) for part in side.parts) for side in made.sides]
    arrays = sum(
        -(-array.nbytes // 64) * 64
        for side in made.sides
        for part in side.parts
        for level in part.levels
        for array in (level.first, level.second)
        if array is not None
    )
    accelerator = opened(StandIn(size=(4 << 10) + arrays + 3 * (12 * jobs[0] * jobs[1] + 64)))
    queued, submit = [], accelerator.device.submit

    async def counted(descriptor):
        queued.append(descriptor)
        return await submit(descriptor)

    accelerator.device.submit = counted
    result = run(accelerator.contract(a, b, room=room))
    assert same(result, contract(a, b, "fp32"))
    assert len(queued) == result.cost.descriptors == len(made.plan.a) * len(made.plan.b) > 12


def test_an_error_touches_only_its_own_contraction() -> None:
    a, b = dense_pair()
    machine = StandIn()
    accelerator = opened(machine)
    free = accelerator.device.allocator.free_bytes
    machine.memory.bad.append((machine.memory.base + 4096, machine.memory.base + 8192, "Slave"))
    with pytest.raises(MachineError) as caught:
        run(accelerator.contract(a, b))
    assert str(caught.value) == ("ErrReadSlave (0x44) at byte 0 of crd of level 0 of A: a read response was SLVERR")
    assert (caught.value.code, caught.value.name) == (0x44, "ErrReadSlave")
    assert accelerator.device.allocator.free_bytes == free
    machine.memory.bad.clear()
    assert same(run(accelerator.contract(a, b)), contract(a, b, "fp32"))


class Slow:
    """A transport that waits for the event loop of asyncio at every access."""

    def __init__(self, inner):
        self._inner = inner
        self.base, self.size = getattr(inner, "base", 0), getattr(inner, "size", 0)

    async def read(self, *arguments):
        await asyncio.sleep(0)
        return await self._inner.read(*arguments)

    async def write(self, *arguments):
        await asyncio.sleep(0)
        return await self._inner.write(*arguments)

    async def wait(self):
        await asyncio.sleep(0)
        await self._inner.wait()


def test_under_an_event_loop() -> None:
    machine = StandIn()

    async def work():
        accelerator = await Accelerator.open(Slow(machine.memory), Slow(machine.registers))
        return await accelerator.contract(*dense_pair())

    assert same(asyncio.run(work()), contract(*dense_pair(), "fp32"))
    with pytest.raises(TypeError, match="await the coroutine there"):
        run(Accelerator.open(Slow(machine.memory), Slow(machine.registers)))


def test_another_machine() -> None:
    machine = StandIn()
    machine.registers._values["RegId"] = 7
    with pytest.raises(WrongMachine, match="0x00000007"):
        opened(machine)


def test_the_driver_knows_no_simulator() -> None:
    # Without the front end of the package, which simulates.
    code = (
        "import sys, types; sys.modules['flaash'] = types.ModuleType('flaash');"
        " sys.modules['flaash'].__path__ = ['flaash']; import flaash.driver;"
        " bad = {m.split('.')[0] for m in sys.modules} & {'cocotb', 'cocotbext', 'pyuvm'};"
        " bad |= {m for m in sys.modules if m.startswith(('tb.env', 'tb.agents'))};"
        " sys.exit(' '.join(bad) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_csr_with_more_rows_than_nodes() -> None:
    starts = np.int32([0, 1] + [1] * 98 + [2])
    rows = csr_array((np.float32([1, 2]), np.int32([1, 0]), starts), shape=(100, 2))
    result = run(opened(StandIn(nodes=10)).contract(rows, rows))
    assert np.array_equal(result.to("numpy"), (rows @ rows.T).toarray())


def test_a_slow_portion_is_told() -> None:
    """A portion of one entry on long fibers: the warning names it and the remedy; others pass without a word."""
    long = generate.uniform_tensor(np.random.default_rng(1), (8_192,), nnz=4_096, values="normal")
    machine = opened(StandIn("fp32"))
    with pytest.warns(SlowPortion, match=r"portion of 1 entries .* take 0 \(whole fibers\)"):
        run(_portions(machine, long, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for portion in (0, 4_096):
            run(_portions(machine, long, portion))


async def _portions(machine: Accelerator, operand: SparseTensor, portion: int) -> None:
    """Contract an operand with itself; the stand-in refuses portions, and then begins anew."""
    with contextlib.suppress(MachineError):
        await machine.contract(operand, operand, Settings(portion=portion))


def small_pairs(count: int, seed: int) -> list[tuple[SparseTensor, SparseTensor]]:
    rng = np.random.default_rng(seed)
    return [tuple(generate.uniform_tensor(rng, (3, 9), 0.5) for _ in range(2)) for _ in range(count)]


def each(accelerator: Accelerator, pairs: list, chosen: Settings) -> list:
    """Contract pairs by contract_each()."""
    build = accelerator.device.build
    return run(accelerator.contract_each([(arrange(a, b, build), chosen) for a, b in pairs]))


@pytest.mark.parametrize("slots, count", [(2, 3), (4, 20), (33, 32), (34, 33), (64, 20), (128, 300)])
def test_many_pairs_in_one_queue(slots: int, count: int, seed: int) -> None:
    """Every result is right. A ring with room for all pairs has one doorbell.

    The last descriptor of each doorbell raises the interrupt, so that no host waits for ever.
    """
    pairs, accelerator = small_pairs(count, seed), opened(StandIn(), slots)
    device, raised, rung = accelerator.device, [], []
    enter, ring, free = device._enter, device.ring.ring, device.allocator.free_bytes

    async def entered(jobs: list) -> None:
        raised.append([job.descriptor.interrupt for job in jobs])
        await enter(jobs)

    async def counted() -> None:
        rung.append(device.ring.tail)
        await ring()

    device._enter, device.ring.ring = entered, counted
    for result, (a, b) in zip(each(accelerator, pairs, Settings()), pairs, strict=True):
        assert same(result, contract(a, b, "fp32")) and result.cost.descriptors == 1
    assert device.allocator.free_bytes == free
    assert len(rung) == 1 or slots <= count and len(rung) <= -(-count // (slots - 1)) + count
    assert sum(map(len, raised)) == count
    for flags in raised:
        at = {number for number, flag in enumerate(flags) if flag}
        assert at == {*range(GROUP - 1, len(flags), GROUP), len(flags) - 1}


def test_many_pairs_in_a_small_memory(seed: int) -> None:
    """The pairs run in batches; a pair that never fits is an error, and nothing stays in the memory."""
    pairs = small_pairs(12, seed)
    accelerator = opened(StandIn(size=4 * 1024 + 2 * 1024))
    free = accelerator.device.allocator.free_bytes
    for result, (a, b) in zip(each(accelerator, pairs, Settings()), pairs, strict=True):
        assert same(result, contract(a, b, "fp32"))
    with pytest.raises(OutOfMemory):
        each(accelerator, [*pairs, dense_pair()], Settings())
    assert accelerator.device.allocator.free_bytes == free


def test_an_error_of_one_of_many_pairs(seed: int) -> None:
    """A sum leaves the range of int8 -> int32: that pair has an error, its neighbours their results."""
    machine = StandIn("int8", coord_width=20, lines=1 << 16)
    accelerator = opened(machine)
    pairs = [(generate.uniform_tensor(np.random.default_rng(1), (2, 9), 0.5),) * 2 for _ in range(5)]
    pairs = [tuple(SparseTensor(x.shape, x.coords, np.ones(x.nnz)) for x in pair) for pair in pairs]
    long = SparseTensor.from_dense(np.full((1, 140_000), -128.0))
    pairs[2] = (long, long)
    outcomes = each(accelerator, pairs, Settings())
    assert isinstance(outcomes[2], MachineError) and outcomes[2].name == "ErrResultRange"
    for outcome, (a, b) in zip(outcomes[:2] + outcomes[3:], pairs[:2] + pairs[3:], strict=True):
        assert same(outcome, contract(a, b, "int8"))


def test_a_pair_with_tiles_among_many(seed: int) -> None:
    accelerator = opened(StandIn())
    made = arrange(*dense_pair(), accelerator.device.build, room=Room(4, 10, 10, 10))
    with pytest.raises(TensorError, match="pair 0 has tiles"):
        run(accelerator.contract_each([(made, Settings())]))
