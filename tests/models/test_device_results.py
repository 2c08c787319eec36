# SPDX-License-Identifier: Apache-2.0
"""The bytes of results in each layout, finished or not, and their use as operands: held against numpy and scipy."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from flaash.driver import Device, MachineError, Operand, StandIn, run
from flaash.driver.device import Placed
from models.csf import Csf
from models.device.layout import DENSE, FEATURES, ROWS, Descriptor, LevelEntry
from models.numbers.finish import Finish
from models.numbers.formats import FORMATS, NumberFormat
from models.tensor import SparseTensor

PITCH = 64
FILL = 0xA5
WIDE = {"fp32": "<f4", "bf16": "<f4", "int8": "<i4", "int16": "<i8"}


def drawn(rng: np.random.Generator, shape: tuple[int, ...], density: float = 0.4) -> np.ndarray:
    """Return an array of small integers: each format holds their sums exactly, and a bf16 not all of them."""
    return rng.integers(-90, 90, shape) * (rng.random(shape) < density)


def bf16_of(values: np.ndarray) -> np.ndarray:
    """Return patterns of the nearest bf16, by carries in the pattern of binary32."""
    words = values.astype("<f4").view("<u4").astype(np.int64)
    return (words + 0x7FFF + (words >> 16 & 1) >> 16).astype("<u2")


def finished(exact: np.ndarray, fmt: NumberFormat, finish: Finish) -> np.ndarray:
    """Return the elements of val that a matrix of exact sums has, from Python's integers."""
    if finish.relu:
        exact = np.maximum(exact, 0)
    if not finish.narrow:
        return exact.astype(WIDE[fmt.name])
    if fmt.is_float:
        return bf16_of(exact)
    most = 2 ** (fmt.value_width - 1)
    # round() of a fraction goes to the even neighbour, and these fractions are exact in float64.
    nearest = np.vectorize(lambda number: round(int(number) / 2**finish.shift))(exact)
    return nearest.clip(-most, most - 1).astype(f"<i{fmt.value_width // 8}")


@dataclasses.dataclass
class Machine:
    """A stand-in with every feature, whose memory is filled, and its driver.

    Args:
        fmt: name of the format.
        features: of the machine.
    """

    fmt: str
    features: frozenset[str] = FEATURES

    def __post_init__(self) -> None:
        self.machine = StandIn(self.fmt, size=1 << 20, features=self.features)
        self.memory = self.machine.memory
        run(self.memory.write(self.memory.base, np.full(1 << 20, FILL, np.uint8)))
        self.device = run(Device.open(self.memory, self.machine.registers))

    def place(self, array: np.ndarray, dense_level: bool = False) -> Placed:
        fmt = FORMATS[self.fmt]
        if dense_level:
            operand = Operand.from_csr(csr_array(array.astype(np.float32)), fmt)
        else:
            operand = Operand.of(SparseTensor.from_dense(array.astype(np.float64)), fmt)
        return run(self.device.place(operand))

    def take(self, size: int) -> int:
        return self.device.allocator.take(size)

    def result(self, rows: int, pitch: int = PITCH, **fields: Any) -> dict[str, Any]:
        """Return the fields of a descriptor for a result of so many rows, with room for elements of 8 bytes."""
        arrays = {"results": self.take(8 * rows * pitch), "capacity": 8 * rows * pitch, "pitch": pitch}
        if fields["layout"] == ROWS:
            arrays |= {"crd": self.take(4 * rows * pitch), "pos": self.take(8 * rows)}
        return arrays | fields

    def descriptor(self, a: Placed, b: Placed, **fields: Any) -> Descriptor:
        return Descriptor(a.levels, b.levels, FORMATS[self.fmt].code, **fields)

    def do(self, *descriptors: Descriptor) -> list:
        jobs = run(self.device.submit_all(descriptors))
        return [run(self.device.wait(job)) for job in jobs]

    def array(self, address: int, dtype: str, count: int) -> np.ndarray:
        return np.frombuffer(run(self.memory.read(address, count * np.dtype(dtype).itemsize)), dtype)

    def refusal(self, descriptor: Descriptor) -> tuple[str, int]:
        with pytest.raises(MachineError) as caught:
            self.do(descriptor)
        return caught.value.name, caught.value.place


FINISHES = [
    Finish(),
    Finish(relu=True),
    Finish(narrow=True),
    Finish(relu=True, narrow=True),
    Finish(narrow=True, shift=1),
    Finish(relu=True, narrow=True, shift=7),
]


def possible(fmt: str, finish: Finish) -> bool:
    return not (finish.narrow and fmt == "fp32") and not (finish.shift and FORMATS[fmt].is_float)


CASES = [
    (fmt, finish, layout, short)
    for fmt, finish, layout, short in itertools.product(FORMATS, FINISHES, (ROWS, DENSE), (False, True))
    if possible(fmt, finish) and not (short and layout == DENSE)
]


@pytest.mark.parametrize(("fmt", "finish", "layout", "short"), CASES)
@pytest.mark.parametrize("every", [False, True])
def test_arrays_are_those_of_scipy(fmt: str, finish: Finish, layout: int, short: bool, every: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = drawn(rng, (9, 30)), drawn(rng, (2, 3, 5, 30))[:, :, 1:]
    a[[0, 4, 8]] = 0  # empty rows
    b[1, 2] = 0
    machine = Machine(fmt)
    placed = machine.place(a, dense_level=True), machine.place(b)
    fields = machine.result(9, layout=layout, short_crd=short, dense=every, finish=finish)
    (done,) = machine.do(machine.descriptor(*placed, **fields))

    exact = np.einsum("ij,cdej->icde", a, b).reshape(9, 24)
    wanted = finished(exact, FORMATS[fmt], finish)
    jobs = (np.any(a, axis=1)[:, None]) & np.any(b, axis=-1).reshape(1, 24)
    shown = jobs if every else wanted != 0
    size = wanted.itemsize
    val = machine.array(fields["results"], wanted.dtype, fields["capacity"] // size)
    untouched = np.full(fields["capacity"], FILL, np.uint8)
    crd_untouched = np.full(4 * 9 * PITCH, FILL, np.uint8)
    if layout == DENSE:
        assert np.array_equal(val[: 9 * PITCH].reshape(9, PITCH)[:, :24], wanted)
        untouched.view(wanted.dtype)[: 9 * PITCH].reshape(9, PITCH)[:, :24] = wanted
        assert (done.rows, done.written) == (9, 9 * 24 * size)
        assert done.results == shown.sum()
    else:
        crd_type = "<u2" if short else "<u4"
        crd = machine.array(fields["crd"], crd_type, 9 * PITCH)
        pos = machine.array(fields["pos"], "<u4", 18).reshape(9, 2)
        assert pos[:, 0].tolist() == [row * PITCH for row in range(9)]
        for row, (begin, end) in enumerate(pos):
            columns = np.flatnonzero(shown[row])
            assert crd[begin:end].tolist() == columns.tolist()
            assert np.array_equal(val[begin:end], wanted[row, columns])
            untouched.view(wanted.dtype)[begin:end] = wanted[row, columns]
            crd_untouched.view(crd_type)[begin:end] = columns
        if not every:
            matrix = csr_array(wanted.astype(np.float64))
            assert np.diff(pos, axis=1).ravel().tolist() == np.diff(matrix.indptr).tolist()
        assert machine.array(fields["crd"], "u1", 4 * 9 * PITCH).tobytes() == crd_untouched.tobytes()
        assert (done.rows, done.results) == (9, shown.sum())
        assert done.written == shown.sum() * (size + crd.itemsize) + 9 * 8
    assert machine.array(fields["results"], "u1", fields["capacity"]).tobytes() == untouched.tobytes()


@pytest.mark.parametrize(("fmt", "finish"), [("fp32", Finish(True)), ("bf16", Finish(True, True))])
def test_a_vector_has_one_row_and_one_column(fmt: str, finish: Finish, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = drawn(rng, (30,), 0.9), drawn(rng, (30,), 0.9)
    for layout in (ROWS, DENSE):
        machine = Machine(fmt)
        fields = machine.result(1, layout=layout, finish=finish)
        machine.do(machine.descriptor(machine.place(a), machine.place(b), **fields))
        wanted = finished(np.array([a @ b]), FORMATS[fmt], finish)
        if layout == ROWS:
            assert machine.array(fields["pos"], "<u4", 2).tolist() == [0, int(wanted[0] != 0)]
        if layout == DENSE or wanted[0]:
            assert machine.array(fields["results"], wanted.dtype, 1) == wanted


def loose_levels(a: Placed, fields: dict[str, Any], columns: int, count: int) -> list[LevelEntry]:
    """Return the levels of a result as an operand: those above the leaf of A, then its own arrays."""
    *upper, last = a.levels[:-1]
    last = dataclasses.replace(last, first=fields["pos"], loose=True)
    return [
        *upper,
        last,
        LevelEntry(fields["crd"], fields["results"], columns, count, narrow=fields["short_crd"]),
    ]


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("fmt", ["fp32", "bf16", "int8", "int16"])
def test_a_result_is_an_operand_of_the_next_descriptor(fmt: str, short: bool, seed: int) -> None:
    """Of A's three levels the upper two stay; a fence keeps the order."""
    rng = np.random.default_rng(seed)
    a, b, c = drawn(rng, (3, 4, 30), 0.2), drawn(rng, (20, 30), 0.1), drawn(rng, (7, 20))
    a[1, 2:] = 0
    finish = Finish(True, fmt != "fp32", 5 if fmt.startswith("int") else 0)
    machine = Machine(fmt)
    first, second, third = machine.place(a), machine.place(b), machine.place(c)
    rows = first.levels[-2].count
    fields = machine.result(rows, layout=ROWS, short_crd=short, finish=finish)
    chained = Placed(loose_levels(first, fields, 20, rows * PITCH), ())
    last = machine.result(rows, layout=DENSE, fence=True)
    done = machine.do(machine.descriptor(first, second, **fields), machine.descriptor(chained, third, **last))
    between = finished(np.einsum("ijk,lk->ijl", a, b), FORMATS[fmt], finish)
    if fmt == "bf16":
        between = (between.astype("<u4") << 16).view("<f4")
    wanted = np.einsum("ijl,ml->ijm", between.astype(np.float64), c)
    nodes = [(i, j) for i in range(3) for j in range(4) if a[i, j].any()]
    dtype = WIDE[fmt]
    found = machine.array(last["results"], dtype, rows * PITCH).reshape(rows, PITCH)[:, :7]
    assert np.array_equal(found, [wanted[node].astype(dtype) for node in nodes])
    assert done[0].results == np.count_nonzero(between) and done[1].rows == rows == len(nodes)


def test_a_row_beyond_its_pitch() -> None:
    """No row gets more than its pitch; the table has the rows before, and the record their number."""
    a, b = np.ones((5, 8)), np.ones((PITCH + 1, 8))
    a[0] = 0
    b[PITCH, 4:] = 0
    a[:3, :4] = 0  # so rows 1 and 2 have no product with the last row of B
    machine = Machine("fp32")
    fields = machine.result(5, layout=ROWS)
    descriptor = machine.descriptor(machine.place(a, dense_level=True), machine.place(b), **fields)
    job = run(machine.device.submit(descriptor))
    with pytest.raises(MachineError, match="ErrResultFull") as caught:
        run(machine.device.wait(job))
    assert caught.value.place == job.completion.rows == 3
    assert job.completion.results == 4 * PITCH
    assert machine.array(fields["pos"], "<u4", 6).tolist() == [0, 0, 64, 128, 128, 192]
    assert set(machine.array(fields["pos"] + 24, "u1", 16)) == {FILL}
    assert np.all(machine.array(fields["results"], "<f4", 5 * PITCH)[PITCH:] == [*[4] * 2 * PITCH, *[8] * 2 * PITCH])
    assert set(machine.array(fields["results"] + 4 * 5 * PITCH, "u1", 4 * 5 * PITCH)) == {FILL}


@pytest.mark.parametrize(
    ("change", "name", "place"),
    [
        ({"layout": 3}, "ErrDescriptor", 4),
        ({"coordinates": True}, "ErrDescriptor", 4),
        ({"finish": Finish(narrow=True)}, "ErrDescriptor", 4),
        ({"layout": DENSE, "short_crd": True, "crd": 0, "pos": 0}, "ErrDescriptor", 4),
        ({"finish": Finish(shift=1)}, "ErrDescriptor", 40),
        ({"pitch": 0}, "ErrDescriptor", 44),
        ({"pitch": 96}, "ErrDescriptor", 44),
        ({"pitch": 2**31, "capacity": 2**40}, "ErrSpan", 44),
        ({"layout": DENSE}, "ErrDescriptor", 48),
        ({"layout": DENSE, "crd": 0}, "ErrDescriptor", 56),
        ({"layout": 0}, "ErrDescriptor", 44),
        ({"layout": 0, "pitch": 0}, "ErrDescriptor", 48),
        ({"layout": 0, "pitch": 0, "crd": 0, "pos": 2**32}, "ErrDescriptor", 60),
        ({"results": 4}, "ErrAlign", 8),
        ({"crd": 32}, "ErrAlign", 48),
        ({"pos": 8}, "ErrAlign", 56),
        ({"crd": 2**64 - 64}, "ErrSpan", 48),
        ({"pos": 2**64}, "ErrSpan", 56),
        ({"capacity": 3 * 4 * PITCH - 1}, "ErrSpan", 16),
    ],
)
def test_a_descriptor_that_cannot_be_is_refused(change: dict[str, int], name: str, place: int) -> None:
    machine = Machine("fp32")
    operand = machine.place(np.eye(3), dense_level=True)
    fields = machine.result(3, layout=ROWS) | change
    if fields["pos"] == 2**64:
        fields["pos"] = 2**64 - 64
        operand = machine.place(np.ones((9, 3)), dense_level=True)
        fields["capacity"] = 2**20
    assert machine.refusal(machine.descriptor(operand, machine.place(np.eye(3)), **fields)) == (name, place)


@pytest.mark.parametrize(("short", "columns", "refused"), [(True, 2**16, False), (True, 2**16 + 1, True)])
def test_columns_fit_their_coordinates(short: bool, columns: int, refused: bool) -> None:
    machine = Machine("fp32")
    b = SparseTensor((columns, 2), np.array([[columns - 1, 1]]), np.array([3.0]))
    placed = run(machine.device.place(Operand.of(b, FORMATS["fp32"])))
    fields = machine.result(2, layout=ROWS, short_crd=short)
    descriptor = machine.descriptor(machine.place(np.eye(2)), placed, **fields)
    if refused:
        assert machine.refusal(descriptor) == ("ErrDescriptor", 4)
    else:
        machine.do(descriptor)
        assert machine.array(fields["crd"], "<u2", PITCH + 1)[PITCH] == columns - 1


def test_a_dense_row_that_is_shorter_than_its_columns() -> None:
    machine = Machine("fp32")
    b = machine.place(np.ones((PITCH + 1, 3)))
    descriptor = machine.descriptor(machine.place(np.eye(3)), b, **machine.result(3, layout=DENSE))
    assert machine.refusal(descriptor) == ("ErrDescriptor", 44)


@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_a_machine_without_a_feature_refuses_it(feature: str) -> None:
    machine = Machine("int8", FEATURES - {feature})
    a, b = machine.place(np.eye(3), dense_level=True), machine.place(np.eye(3))
    plain = {"results": machine.take(4096), "capacity": 4096}
    levels = [dataclasses.replace(a.levels[0], loose=True), a.levels[1]]
    tried = {
        "layouts": (a.levels, machine.result(3, layout=DENSE), 4),
        "fence": (a.levels, plain | {"fence": True}, 4),
        "finish": (a.levels, plain | {"finish": Finish(relu=True)}, 4),
        "loose": (levels, plain, 64 + 24),
    }
    levels, fields, place = tried[feature]
    assert machine.refusal(Descriptor(levels, b.levels, FORMATS["int8"].code, **fields)) == ("ErrDescriptor", place)
    machine.do(machine.descriptor(a, b, **plain))


@pytest.mark.parametrize(
    ("table", "where"),
    [([1, 0, 2, 3], 1), ([0, 2, 1, 3], 2), ([0, 1, 2, 5], 3), ([5, 5, 5, 5], 0), ([2, 2, 3, 4], None)],
)
def test_the_table_of_a_loose_level_ascends(table: list[int], where: int | None) -> None:
    """Begins and ends ascend up to the number of elements; the place is the first word that does not."""
    machine = Machine("fp32")
    whole = machine.place(np.array([[1, 2, 0], [0, 3, 4]]), dense_level=True)
    pos = machine.take(64)
    run(machine.memory.write(pos, np.array(table, "<u4").tobytes()))
    levels = [dataclasses.replace(whole.levels[0], first=pos, loose=True), whole.levels[1]]
    plain = {"results": machine.take(4096), "capacity": 4096}
    descriptor = Descriptor(levels, machine.place(np.ones(3)).levels, 0, **plain)
    if where is None:
        machine.do(descriptor)
        assert machine.array(plain["results"], "<u4", 3)[:2].tolist() == [0, 0]  # row 0 is empty: fiber 0 is row 1
        assert machine.array(plain["results"], "<f4", 3)[2] == 4
    else:
        assert machine.refusal(descriptor) == ("ErrPointer", where)


def test_a_loose_level_is_above_the_leaf() -> None:
    machine = Machine("fp32")
    a = machine.place(np.ones((2, 2, 3)))
    plain = {"results": machine.take(4096), "capacity": 4096}
    for number in (0, 2):
        levels = [dataclasses.replace(level, loose=at == number) for at, level in enumerate(a.levels)]
        descriptor = Descriptor(levels, a.levels, 0, **plain)
        assert machine.refusal(descriptor) == ("ErrDescriptor", 64 + 32 * number + 24)


def test_records_can_be_finished_too() -> None:
    machine = Machine("int8")
    a, b = machine.place(np.array([[5, 0], [-7, 0], [0, 100]])), machine.place(np.array([[3, 100]]))
    plain = {"results": machine.take(4096), "capacity": 4096}
    (done,) = machine.do(machine.descriptor(a, b, finish=Finish(True, True, 1), **plain))
    assert (done.results, done.written, done.rows) == (2, 24, 0)
    records = machine.array(plain["results"], "<i4", 6).reshape(2, 3)
    assert records.tolist() == [[0, 0, 8], [2, 0, 127]]  # 15 / 2 to even, 10000 / 2 saturated


def test_rows_of_an_operand_with_empty_nodes(seed: int) -> None:
    """The rows of a result are the nodes above the leaf of A, in their order, empty ones included."""
    rng = np.random.default_rng(seed)
    dense = drawn(rng, (4, 5, 6), 0.15)
    csf = Csf.from_tensor(SparseTensor.from_dense(dense.astype(float))).with_empty_nodes(rng, 6)
    b = drawn(rng, (3, 6))
    machine = Machine("int16")
    placed = run(machine.device.place(Operand.from_csf(csf, FORMATS["int16"])))
    rows = placed.levels[1].count
    fields = machine.result(rows, layout=DENSE)
    machine.do(machine.descriptor(placed, machine.place(b), **fields))
    parents = np.repeat(csf.coords[0], np.diff(csf.pointers[0]))
    wanted = [dense[i, j] @ b.T for i, j in zip(parents, csf.coords[1], strict=True)]
    assert np.array_equal(machine.array(fields["results"], "<i8", rows * PITCH).reshape(rows, PITCH)[:, :3], wanted)
