# SPDX-License-Identifier: Apache-2.0
"""Tensors that stay on a device: results held against numpy, one doorbell for a chain, memory, errors."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import flaash
from flaash import DisagreementError, EinsumError
from flaash.device import Device
from flaash.driver import MachineError, OutOfMemory, StandIn
from models.device.layout import FEATURES

CONFIGS = ("fast8", "bf16", "int8", "int16")


def drawn(rng: np.random.Generator, *shape: int, density: float = 0.3) -> np.ndarray:
    """Return small integers, whose sums every format holds."""
    return (rng.integers(-5, 6, shape) * (rng.random(shape) < density)).astype(np.float32)


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def device() -> Device:
    with Device(on="model", config="fast8") as opened:
        yield opened


def bf16(values: np.ndarray) -> np.ndarray:
    """Return the nearest bf16, by carries in the pattern of binary32."""
    words = np.asarray(values, "<f4").view("<u4").astype(np.int64)
    return ((words + 0x7FFF + (words >> 16 & 1) >> 16) << 16).astype("<u4").view("<f4")


def narrowed(exact: np.ndarray, config: str, shift: int) -> np.ndarray:
    if config == "fast8":
        return exact
    if config == "bf16":
        return bf16(exact)
    most = {"int8": 127, "int16": 32767}[config]
    return np.round(exact / 2**shift).clip(-most - 1, most)


@pytest.mark.parametrize("config", CONFIGS)
def test_three_layers_are_numpy_s_and_have_one_doorbell(config: str, rng: np.random.Generator) -> None:
    x, *weights = drawn(rng, 6, 40), drawn(rng, 30, 40), drawn(rng, 20, 30), drawn(rng, 5, 20)
    options: dict[str, Any] = {"narrow": True, "shift": 2} if config.startswith("int") else {}
    with Device(on="model", config=config) as device:
        held = [device.put(weight) for weight in weights]
        y = device.put(x)
        for weight in held[:-1]:
            y = device.einsum("ij,kj->ik", y, weight, finish="relu", **options)
        y = device.einsum("ij,kj->ik", y, held[-1], layout="dense")
        moved = device.report.bytes_in
        found = y.get()
        report = device.report
    expected = x.astype(np.float64)
    for weight in weights[:-1]:
        expected = narrowed(np.maximum(expected @ weight.T, 0), config, options.get("shift", 0))
    assert np.array_equal(found, expected @ weights[-1].T)
    assert report.doorbells == 1 and [step.fenced for step in report.steps] == [False, True, True]
    size = {"fast8": 4, "bf16": 4, "int8": 4, "int16": 8}[config]
    assert (report.bytes_in, report.bytes_out) == (moved, 6 * 5 * size) and not report.host
    assert report.elapsed is None and "1 doorbell" not in str(report) and "behind a fence" in str(report)


SUBSCRIPTS = [
    ("ij,kj->ik", (4, 9), (5, 9)),
    ("ij,kj->ki", (4, 9), (5, 9)),
    ("ji,jk->ik", (9, 4), (9, 5)),
    ("hij,kj->hik", (2, 3, 9), (5, 9)),
    ("hij,klj->hikl", (2, 3, 9), (2, 4, 9)),
    ("hij,klj->lkhi", (2, 3, 9), (2, 4, 9)),
    ("ijl,klj->ik", (3, 4, 5), (6, 5, 4)),
    ("j,kj->k", (9,), (5, 9)),
    ("ij,j->i", (5, 9), (9,)),
    ("j,j->", (9,), (9,)),
    ("ij,jk,lk->il", (4, 9), (9, 7), (5, 7)),
    ("ij,kj,kl,ml->im", (4, 9), (6, 9), (6, 5), (3, 5)),
]


@pytest.mark.parametrize(("subscripts", "shapes"), [(case[0], case[1:]) for case in SUBSCRIPTS])
@pytest.mark.parametrize("layout", ["rows", "dense"])
def test_any_modes(subscripts: str, shapes: tuple, layout: str, device: Device, rng: np.random.Generator) -> None:
    arrays = [drawn(rng, *shape, density=0.5) for shape in shapes]
    result = device.einsum(subscripts, *arrays, layout=layout)
    expected = np.einsum(subscripts, *arrays, optimize=True)
    assert result.shape == expected.shape
    assert np.array_equal(result.get(), expected)
    if expected.ndim:
        sparse = result.get("scipy")
        assert sparse.nnz == np.count_nonzero(expected) and np.array_equal(sparse.toarray(), expected)


@pytest.mark.parametrize("config", CONFIGS)
def test_the_bits_are_those_of_einsum(config: str, rng: np.random.Generator) -> None:
    """With the values of a normal distribution, whose sums are rounded; chains too, in the formats of numbers."""
    whole = config.startswith("int")
    arrays = [drawn(rng, *shape) if whole else rng.normal(size=shape) for shape in ((7, 30), (9, 30), (5, 9))]
    for subscripts, chosen in (("ij,kj->ik", arrays[:2]), ("ij,kj,lk->il", arrays)):
        if whole and len(chosen) > 2:
            continue
        told = flaash.einsum(
            subscripts, *chosen, on="model", config=config, optimize=[(0, 1), (0, 1)][: len(chosen) - 1]
        )
        with Device(on="model", config=config) as device:
            path = [(0, 1), (0, 1)][: len(chosen) - 1]
            found = device.einsum(subscripts, *chosen, narrow=False, optimize=path).get()
        assert np.array_equal(found, told) and found.dtype == told.dtype


def test_operands_of_every_kind(device: Device, rng: np.random.Generator) -> None:
    a, b = drawn(rng, 6, 20), drawn(rng, 7, 20)
    expected = a @ b.T
    for left in (a, scipy.sparse.csr_array(a), scipy.sparse.coo_array(a), a.astype(np.int64)):
        assert np.array_equal(device.einsum("ij,kj->ik", left, device.put(b)).get(), expected)
    tensor = device.put(a)
    assert np.array_equal(tensor.get(), a) and tensor.get("scipy").nnz == np.count_nonzero(a)


def test_values_are_rounded_once_more_and_the_report_says_so(rng: np.random.Generator) -> None:
    with Device(on="model", config="bf16") as device:
        device.put(rng.normal(size=(3, 4)))
        assert "put(): 12 of 12 values were rounded to bf16" in device.report.host[0]
    with Device(on="model", config="int8") as device, pytest.raises(EinsumError, match="put.*300 is no number of int8"):
        device.put(np.array([[300]]))


def test_a_result_with_other_modes_goes_through_the_host(device: Device, rng: np.random.Generator) -> None:
    a, b = drawn(rng, 6, 20), drawn(rng, 7, 20)
    c = device.einsum("ij,kj->ik", a, b)
    d = device.einsum("ik,il->kl", c, a)
    assert np.array_equal(d.get(), (a @ b.T).T @ a)
    assert "a result of shape (6, 7) went through the host: its rows are the modes [0], not [1]" in device.report.host
    assert device.report.doorbells == 2


def test_wide_values_go_through_the_host(rng: np.random.Generator) -> None:
    a, b, c = drawn(rng, 6, 20), drawn(rng, 7, 20), drawn(rng, 5, 7)
    with Device(on="model", config="int8") as device:
        wide = device.einsum("ij,kj->ik", a, b)
        assert np.array_equal(device.einsum("ik,lk->il", wide, c).get(), a @ b.T @ c.T)
        assert "its values are wider than int8; narrow=True" in device.report.host[0]
        big = device.einsum("ij,kj->ik", np.full((1, 4), 100), np.full((1, 4), 100))
        with pytest.raises(EinsumError, match="40000 is no number of int8"):
            device.einsum("ik,lk->il", big, np.ones((1, 1)))
        assert big.get() == 40000


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        *(({"features": FEATURES - {missing}}, "reads no rows") for missing in ("loose", "fence")),
        *(({"features": FEATURES, **room}, "no room for 6 rows of 64 ") for room in ({"nodes": 11}, {"lines": 95})),
        ({"features": FEATURES, "nodes": 12, "lines": 96}, ""),
    ],
)
def test_a_machine_that_cannot_chain(machine: dict, why: str, rng: np.random.Generator) -> None:
    """A row takes the room of two nodes, and gaps take room, too; the last machine has enough."""
    a, b, c = drawn(rng, 6, 20), drawn(rng, 7, 20), drawn(rng, 5, 7)
    with Device(on=StandIn(**machine)) as device:
        y = device.einsum("ij,kj,lk->il", a, b, c, optimize=[(0, 1), (0, 1)])
        assert np.array_equal(y.get(), a @ b.T @ c.T)
        assert why in "".join(device.report.host[:1]) and device.report.doorbells == 1 + bool(why)


def test_a_machine_without_finish(rng: np.random.Generator) -> None:
    a, b = drawn(rng, 6, 20), drawn(rng, 7, 20)
    with Device(on=StandIn("bf16", features=FEATURES - {"finish"})) as device:
        assert np.array_equal(device.einsum("ij,kj->ik", a, b).get(), a @ b.T)
        with pytest.raises(EinsumError, match="no ReLU"):
            device.einsum("ij,kj->ik", a, b, finish="relu")


def test_a_machine_that_writes_records() -> None:
    with pytest.raises(EinsumError, match="as records, not as tensors"):
        Device(on=StandIn(features=frozenset()))


# ------------------------------------------------------------------------- memory
def test_memory_is_free_when_the_tensor_is(device: Device, rng: np.random.Generator) -> None:
    a, b = device.put(drawn(rng, 6, 20)), device.put(drawn(rng, 7, 20))
    before = device.free_bytes
    c = device.einsum("ij,kj->ik", a, b)
    d = device.einsum("ik,lk->il", c, np.eye(7))
    del c  # d needs it until the run
    assert d.get().any()
    held = device.free_bytes
    assert held < before
    del d
    gc.collect()
    assert device.free_bytes == before
    a.free()
    assert device.free_bytes > before
    with pytest.raises(EinsumError, match="was freed"):
        a.get()
    with pytest.raises(EinsumError, match="was freed"):
        device.einsum("ij,kj->ik", a, b)


def test_a_tensor_that_is_freed_while_a_step_waits(device: Device, rng: np.random.Generator) -> None:
    array = drawn(rng, 6, 20)
    a = device.put(array)
    c = device.einsum("ij,kj->ik", a, a)
    a.free()
    assert np.array_equal(c.get(), array @ array.T)


def test_a_full_memory_is_said_and_then_forgotten(rng: np.random.Generator) -> None:
    with Device(on=StandIn(size=1 << 17, features=FEATURES)) as device:
        a = device.put(drawn(rng, 6, 20))
        before = device.free_bytes
        with pytest.raises(OutOfMemory, match="no 80,000 bytes in one piece are free"):
            device.put(np.ones((200, 100)))
        wide = device.put(np.ones((60, 20)))
        kept = [device.einsum("ij,kj->ik", a, wide)]
        with pytest.raises(OutOfMemory) as caught:
            while True:
                kept.append(device.einsum("ij,kj->ik", a, wide))
        assert "6 rows of 64 results need 2,352 bytes; free() tensors" in caught.value.__notes__[0]
        assert np.array_equal(kept[0].get(), a.get() @ np.ones((20, 60)))
        kept.clear()
        del wide, caught  # the error holds the operands of the call
        gc.collect()
        assert device.free_bytes == before


def test_a_full_memory_carries_out_what_waits(rng: np.random.Generator) -> None:
    """Results that nobody holds are free after their run."""
    with Device(on=StandIn(size=1 << 17, features=FEATURES)) as device:
        a = device.put(drawn(rng, 6, 20))
        for _ in range(200):
            last = device.einsum("ij,kj->ik", a, a)
        assert last.get().shape == (6, 6) and 1 < device.report.doorbells < 200


def test_a_pitch_saves_memory_and_a_long_row_is_an_error(device: Device) -> None:
    a, b = np.ones((3, 4)), np.zeros((200, 4))
    b[:64] = 1
    small = device.einsum("ij,kj->ik", a, b, pitch=64)
    assert small.get().sum() == 3 * 64 * 4
    b[64] = 1
    long = device.einsum("ij,kj->ik", a, b, pitch=64)
    after = device.einsum("ik,lk->il", long, np.ones((2, 200)))
    other = device.einsum("ij,kj->ik", a, a)
    with pytest.raises(MachineError, match="ErrResultFull") as caught:
        device.run()
    assert caught.value.place == 0 and "ij,kj->ik" in caught.value.__notes__[0]
    for failed in (long, after):
        with pytest.raises(MachineError, match="ErrResultFull"):
            failed.get()
    assert np.array_equal(other.get(), a @ a.T)


@pytest.mark.parametrize("wrong", [0, 1, 2, 62, 63, 64, 69])
def test_an_error_in_the_midst_of_many(wrong: int, device: Device, rng: np.random.Generator) -> None:
    """The tensors before it and those that do not need it are right; more steps than a doorbell has."""
    a = drawn(rng, 5, 8)
    held, long = device.put(a), device.put(np.ones((65, 8)))
    results = [
        device.einsum("ij,kj->ik", np.ones((2, 8)), long, pitch=64)
        if number == wrong
        else device.einsum("ij,kj->ik", held, held)
        for number in range(70)
    ]
    with pytest.raises(MachineError, match="ErrResultFull"):
        device.run()
    for number, result in enumerate(results):
        if number == wrong:
            with pytest.raises(MachineError, match="ErrResultFull"):
                result.get()
        else:
            assert np.array_equal(result.get(), a @ a.T)


# ------------------------------------------------------------------------- misuse
def test_after_the_end(rng: np.random.Generator) -> None:
    with Device(on="model") as device:
        a = device.put(drawn(rng, 6, 20))
        queued = device.einsum("ij,kj->ik", a, a)
        assert "queued" in repr(queued) and "6 x 20" in repr(a) and "bytes are free" in repr(device)
    assert "closed" in repr(a) and "closed" in repr(device)
    device.close()
    for call in (
        a.get,
        queued.get,
        lambda: device.put(np.eye(2)),
        lambda: device.einsum("ij,kj->ik", a, a),
        device.run,
    ):
        with pytest.raises(EinsumError, match="the device is closed"):
            call()


def test_a_tensor_of_another_device(device: Device) -> None:
    with Device(on="model") as other, pytest.raises(EinsumError, match="operand 1 is a tensor of another device"):
        device.einsum("ij,kj->ik", np.eye(2), other.put(np.eye(2)))


@pytest.mark.parametrize(
    ("subscripts", "shapes", "options", "message"),
    [
        ("bij,bkj->bik", [(2, 3, 4), (2, 3, 4)], {}, "index 'b' is in both operands and in the result"),
        ("ijl,kj->ik", [(2, 3, 4), (2, 3)], {}, "only one operand has the index 'l'"),
        ("i,j->ij", [(2,), (3,)], {}, "no index is summed"),
        ("ii,ki->k", [(3, 3), (2, 3)], {}, "index 'i' stands twice in 'ii'"),
        (
            "hij,klj->hkil",
            [(2, 3, 4), (2, 3, 4)],
            {},
            "the result 'hkil' mixes the indices 'hi' of one operand and 'kl'",
        ),
        ("ij,kj->ik", [(2, 1), (2, 3)], {}, "index 'j' has the extents 1 and 3"),
        ("ij->i", [(2, 3)], {}, "two operands or more, not 1"),
        ("ij,kj->ik", [(2, 3), (2, 4)], {}, "extent 3"),
        ("ij,kj->ik", [(2, 0), (2, 0)], {}, "has no elements"),
        ("ij,kj->ik", [(2, 3), (2, 3)], {"layout": "csr"}, "layout='csr': there are 'rows', 'dense'"),
        ("ij,kj->ik", [(2, 3), (2, 3)], {"finish": "tanh"}, "finish='tanh'"),
        ("ij,kj->ik", [(2, 3), (2, 3)], {"shift": 1}, "shift=1: it must be 0 to 0"),
        ("ij,kj->ik", [(2, 3), (2, 3)], {"pitch": 65}, "pitch=65: it must be a multiple of 64, at least 64"),
        ("ij,kj->ik", [(2, 3), (65, 3)], {"pitch": 64, "layout": "dense"}, "at least 128"),
    ],
)
def test_a_call_that_cannot_be(subscripts: str, shapes: list, options: dict, message: str, device: Device) -> None:
    with pytest.raises(EinsumError, match=message):
        device.einsum(subscripts, *(np.ones(shape) for shape in shapes), **options)
    assert device.einsum("ij,kj->ik", np.eye(2), np.eye(2)).get().sum() == 2


def test_a_sum_that_is_too_long(device: Device) -> None:
    long = scipy.sparse.coo_array(([1.0], ([0], [69999])), shape=(2, 70000))
    with pytest.raises(EinsumError, match="the sum runs over 70000 coordinates, this machine takes 65536"):
        device.einsum("ij,kj->ik", long, long)


def test_an_operand_that_is_larger_than_the_chip() -> None:
    for small, what in (({"lines": 4}, "lines"), ({"fibers": 3}, "fibers"), ({"nodes": 3}, "nodes")):
        with (
            Device(on=StandIn(features=FEATURES, **small)) as device,
            pytest.raises(EinsumError, match=f"needs .* {what} .*flaash.einsum cuts"),
        ):
            device.put(np.ones((5, 4)))


@pytest.mark.parametrize("on", ["board", 7, None])
def test_a_machine_that_does_not_exist(on: Any) -> None:
    with pytest.raises(EinsumError, match=r"no such machine|no transport"):
        Device(on=on)


# ------------------------------------------------------- what a simulated chip has, too
class Watched(StandIn):
    """A machine that counts cycles and compares its writes, as a simulated chip; it may write a wrong byte."""

    cycles = 0
    stray = ""

    def __init__(self, spoil: int | None = None):
        super().__init__(features=FEATURES)
        store = self.memory.store

        def spoiled(address: int, data: bytes, place: int) -> None:
            self.cycles += 100
            if spoil is not None and place >> 24 == 4:
                data = bytes([data[0] ^ spoil]) + data[1:]
            store(address, data, place)

        self.memory.store = spoiled

    def check(self, written: list[tuple[int, int]]) -> str:
        assert all(begin < end for begin, end in written)
        return self.stray


def test_results_are_compared_with_the_model(rng: np.random.Generator) -> None:
    a = drawn(rng, 6, 20, density=0.9)
    with Device(on=Watched()) as device:
        assert np.array_equal(device.einsum("ij,kj->ik", a, a).get(), a @ a.T)
        report = device.new_report()
        assert report.checked and report.elapsed > 0 and report.cold == report.elapsed
        assert "every byte of every result agrees" in str(report) and "cold, overlapped" in str(report)
        assert not device.report.steps
    with Device(on=Watched(spoil=1)) as device:
        wrong = device.einsum("ij,kj->ik", a, a)
        with pytest.raises(DisagreementError, match="bytes at 0x.* differ from the model's"):
            wrong.get()
    machine = Watched()
    machine.stray = "the chip has written 3 bytes outside of its buffers"
    with Device(on=machine) as device, pytest.raises(DisagreementError, match="3 bytes outside"):
        device.einsum("ij,kj->ik", a, a).get()
