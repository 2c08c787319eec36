# SPDX-License-Identifier: Apache-2.0
"""Several chips that share a contraction: the same bits, equal shares, chips that die, calls that are interrupted."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psutil
import pytest
from scipy.sparse import random_array

import flaash
from flaash import EinsumError, SessionError, chips
from flaash.backends import Model, Pair, Reply
from models.csf import Csf
from sim.serve import SessionDied

SUBSCRIPTS = "ij,kj->ik"


class PlainChip(Model):
    """Stands in for a simulated chip: the exact model, with cycles as many as products."""

    before: Callable[[PlainChip], None] = staticmethod(lambda chip: None)  # each call
    made: list[PlainChip] = []

    def __init__(self, config: str = "default", simulator: str = "verilator", timeout: float | None = None):
        super().__init__(config)
        self.contracted_limit = 2**20
        self.calls: list[list[Pair]] = []
        self.closed = threading.Event()
        PlainChip.made.append(self)

    def contract(self, pairs: list[Pair]) -> list[Reply]:
        self.calls.append(pairs)
        PlainChip.before(self)
        return [
            dataclasses.replace(
                answer, cycles=answer.matches, load_cycles=1, unload_cycles=answer.matches + 1, bytes_in=8, bytes_out=4
            )
            for answer in super().contract(pairs)
        ]

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[PlainChip]]:
    """Put the model in the place of simulations."""
    monkeypatch.setattr(chips, "Chip", PlainChip)
    monkeypatch.setattr(PlainChip, "made", [])
    monkeypatch.setattr(PlainChip, "before", staticmethod(lambda chip: None))
    yield PlainChip


def operands(seed: int, rows: int = 300, columns: int = 200, density: float = 0.1) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return tuple(random_array((count, columns), density=density, rng=rng, format="csr") for count in (rows, rows // 2))


def entries(result: Any) -> tuple[np.ndarray, ...]:
    return (*result.coords, result.data)


@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_bits_are_those_of_one_chip(plain: type[PlainChip], count: int, swapped: bool, seed: int) -> None:
    pair = operands(seed)[:: -1 if swapped else 1]
    expected = flaash.einsum(SUBSCRIPTS, *pair, on="model", kind="scipy")
    with flaash.Chips(count=count) as backend:
        result, report = flaash.einsum(SUBSCRIPTS, *pair, on=backend, kind="scipy", return_report=True)
    for found, wanted in zip(entries(result), entries(expected), strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert report.checked is False and report.where == f"{count} x verilator"
    assert report.matches == flaash.einsum(SUBSCRIPTS, *pair, on="model", return_report=True)[1].matches
    assert 1 <= len(report.chips) <= count and sum(share.tiles for share in report.chips) >= min(count, 4)
    assert report.makespan == max(share.outside for share in report.chips)
    assert f"chip {len(report.chips)}" in str(report) and "makespan, balance" in str(report)


def test_tiles_have_equal_products_and_the_largest_goes_first(plain: type[PlainChip], seed: int) -> None:
    a, b = operands(seed)
    backend = flaash.Chips(count=2)
    tasks, kept = backend._tasks([(Csf.from_tensor(to_tensor(a)), Csf.from_tensor(to_tensor(b)))])
    weights = [task.weight for task in tasks]
    assert len(tasks) == 2 * chips.PARTS and len(kept) == 1 and kept[0].nnz == b.nnz
    assert weights == sorted(weights, reverse=True) and weights[0] <= 1.2 * weights[-1]


def to_tensor(array: Any) -> Any:
    return flaash.einsum("ij->ij", array, on="model", kind="tensor")


def test_the_operand_that_stays_is_one_object(plain: type[PlainChip], seed: int) -> None:
    """A session then sends it once: see test_an_operand_of_the_last_call_is_not_sent_again."""
    flaash.einsum(SUBSCRIPTS, *operands(seed), on=flaash.Chips(count=2))
    assert len({id(b) for chip in plain.made for call in chip.calls for _, b in call}) == 1


@pytest.mark.parametrize("dies", [1, chips.RETRIES])
def test_a_chip_that_dies_costs_its_tile(plain: type[PlainChip], dies: int, seed: int) -> None:
    pair, left, lock = operands(seed), [dies], threading.Lock()

    def before(chip: PlainChip) -> None:
        with lock:
            left[0] -= 1
            if left[0] >= 0:
                raise SessionDied("killed")

    plain.before = staticmethod(before)
    result = flaash.einsum(SUBSCRIPTS, *pair, on=flaash.Chips(count=2), kind="numpy")
    np.testing.assert_array_equal(result, flaash.einsum(SUBSCRIPTS, *pair, on="model", kind="numpy"))
    calls = sum(len(chip.calls) for chip in plain.made)
    assert calls == 2 * chips.PARTS + dies


@pytest.mark.parametrize(
    ("error", "calls"), [(SessionDied("killed"), chips.RETRIES + 1), (SessionError("no build"), 1)]
)
def test_an_error_that_does_not_go_away(plain: type[PlainChip], error: Exception, calls: int, seed: int) -> None:
    """A tile is not tried for ever; an error that is no death is not tried again. All chips end."""

    def before(chip: PlainChip) -> None:
        raise error

    plain.before = staticmethod(before)
    with pytest.raises(type(error), match=str(error)):
        flaash.einsum(SUBSCRIPTS, *operands(seed), on=flaash.Chips(count=1))
    assert all(chip.closed.is_set() for chip in plain.made if chip.calls)
    assert calls <= sum(len(chip.calls) for chip in plain.made) <= calls * 4


def test_an_interruption_ends_all_chips(plain: type[PlainChip], monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Ctrl-C arrives in the thread that waits; chips that contract end, too."""
    monkeypatch.setattr(chips, "wait", lambda *_args, **_options: time.sleep(0.3) or _raise())
    plain.before = staticmethod(lambda chip: chip.closed.wait(30) and _died())
    backend = flaash.Chips(count=2)
    with pytest.raises(KeyboardInterrupt):
        flaash.einsum(SUBSCRIPTS, *operands(seed), on=backend)
    assert all(chip.closed.is_set() for chip in plain.made if chip.calls)
    monkeypatch.undo()


def _raise() -> None:
    raise KeyboardInterrupt


def _died() -> None:
    raise SessionDied("closed")


def test_slices_are_shared_in_groups(plain: type[PlainChip], seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 100, 3, 3)).astype(np.float32)
    with flaash.Chips(count=2) as backend:
        result, report = flaash.einsum("bij,bjk->bik", a, b, on=backend, return_report=True)
    np.testing.assert_array_equal(result, flaash.einsum("bij,bjk->bik", a, b, on="model"))
    sizes = sorted(len(call) for chip in plain.made for call in chip.calls)
    assert sizes == [9] + [13] * 7 and len(report.runs) == 100


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"count": 0}, "count=0 is no number of chips"),
        ({"count": "two"}, "count='two' is no number of chips"),
        ({"count": 2, "config": "nonsense"}, "unknown configuration 'nonsense'"),
        ({"count": 2, "simulator": "vcs"}, "vcs"),
        ({"count": 2, "client": object()}, "count=2: with a client"),
    ],
)
def test_arguments_that_are_refused(options: dict, sentence: str) -> None:
    with pytest.raises(EinsumError, match=sentence):
        flaash.Chips(**options)


@pytest.mark.runs(on="icarus")
def test_two_simulated_chips(simulator: str, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Real simulations; then one of them is killed, which costs its tile."""
    monkeypatch.setattr(chips, "LEAST_WORK", 1)  # cuts this small contraction, too
    pair = operands(seed, 24, 40)
    expected = flaash.einsum(SUBSCRIPTS, *pair, on="model", kind="numpy", config="tiny")
    with flaash.Chips(simulator, 2, config="tiny") as backend:
        result, report = flaash.einsum(SUBSCRIPTS, *pair, on=backend, kind="numpy", return_report=True)
        np.testing.assert_array_equal(result, expected)
        assert report.checked and len(report.chips) == 2 and all(share.cycles for share in report.chips)
        sessions = [session for chip in chips._chips[backend._what] for session in chip._sessions.values()]
        session = next(session for session in sessions if session.running)
        session._process.kill()
        session._process.wait()
        again = flaash.einsum(SUBSCRIPTS, *pair, on=backend, kind="numpy")
        np.testing.assert_array_equal(again, expected)
    assert not any(session.running for session in sessions)


@pytest.mark.runs(on=None, full=True)
def test_workers_of_a_cluster(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """A worker is killed in the middle; the result is the same."""
    from distributed import Client, LocalCluster

    monkeypatch.setattr(chips, "LEAST_WORK", 1)
    pair = operands(seed, 24, 40)
    expected = flaash.einsum(SUBSCRIPTS, *pair, on="model", kind="numpy", config="tiny")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        flaash.Chips("icarus", config="tiny", client=client) as backend,
    ):
        flaash.einsum(SUBSCRIPTS, *pair, on=backend)  # builds
        victim = psutil.Process(next(iter(cluster.workers.values())).pid)
        killer = threading.Timer(1.0, victim.kill)
        killer.start()
        results = [flaash.einsum(SUBSCRIPTS, *pair, on=backend, kind="numpy", return_report=True) for _ in range(4)]
        killer.join()
        assert not victim.is_running()
        for result, report in results:
            np.testing.assert_array_equal(result, expected)
            assert report.checked and report.where == "2 x icarus"
