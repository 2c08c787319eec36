# SPDX-License-Identifier: Apache-2.0
"""The session of the simulated chip: its speed, its end, its messages when it can't continue."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

import flaash
from flaash import backends
from flaash.backends import QUEUED
from models.contract import contract
from models.csf import Csf
from models.numbers import get_format
from models.tensor import SparseTensor
from sim import configs, serve
from sim.interfaces import MEMORY, STREAM
from sim.machines import machine
from sim.serve import Delivery, Order, Session, SessionError
from sim.toolchain import ROOT, ToolMissing

CONFIG = "tiny"
SECOND_CALL, BLOCKS, CALLS = 0.05, 4, 10  # seconds; how many blocks of how many calls
# Time of `gauge` on the quiet reference machine of the limit; a call took 31 ms there.
GAUGE, STEPS = 0.043, 1_000_000  # seconds; steps of a loop
ENDED = 10.0  # seconds in which every process of a session must be gone
COUNTERS = ("CntJobs", "CntMatches", "CntCycles", "CntLoadCycles", "CntUnloadCycles", "CntZeroUnderflow")
ONE = SparseTensor.from_dense(np.ones((1, 1)))
A, B = np.eye(3), np.arange(9.0).reshape(3, 3)


@pytest.fixture
def chip(simulator: str):
    made = flaash.Chip(CONFIG, simulator)
    yield made
    made.close()


def multiply(chip: flaash.Chip) -> None:
    np.testing.assert_array_equal(flaash.einsum("ij,jk->ik", A, B, on=chip), B)


def processes(chip: flaash.Chip) -> list[psutil.Process]:
    """Return the process of the session and its children."""
    command = psutil.Process(chip._sessions[STREAM]._process.pid)
    return [command, *command.children(recursive=True)]


def all_gone(found: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(found, timeout=ENDED)[1]


@pytest.mark.runs(on="icarus")
def test_calls_share_a_simulation(chip: flaash.Chip) -> None:
    multiply(chip)
    before = processes(chip)
    assert len(before) > 1
    multiply(chip)
    assert processes(chip) == before
    chip.close()
    assert all_gone(before)
    multiply(chip)  # starts again


@pytest.mark.runs(on="icarus")
def test_equal_calls_give_equal_reports(chip: flaash.Chip) -> None:
    """Some counters of the chip run across contractions; a report counts only its own."""
    reports = [flaash.einsum("ij,jk->ik", A, B, on=chip, return_report=True)[1] for _ in range(3)]
    answers = [[vars(answer) for _, answer in report.runs] for report in reports]
    for told in answers[1:]:
        np.testing.assert_equal(told, answers[0])
    assert [str(report) for report in reports[1:]] == [str(reports[0])] * 2
    _, slices = flaash.einsum("bij,bjk->bik", [A, A], [B, B], on=chip, return_report=True)
    assert slices.load_cycles == 2 * reports[0].load_cycles
    deliveries = [
        chip._sessions[STREAM].contract([Order(*pair, chip.machine.settings(*pair))])[0]
        for pair, _ in (reports[0].runs * 2)
    ]
    assert deliveries[0].counters == deliveries[1].counters


@pytest.mark.runs(on="icarus")
def test_operands_that_do_not_fit_are_cut_into_tiles(simulator: str, seed: int) -> None:
    """Slices that fit go through the stream interface in the same call; the report names the tiled ones."""
    rng = np.random.default_rng(seed)
    chip = flaash.Chip("tiny:MemLines=128", simulator)
    a, b = (rng.integers(1, 9, (2, 12, 20)).astype(float) for _ in range(2))
    a[0, 2:] = b[0, 2:] = 0
    try:
        found, report = flaash.einsum("sij,skj->sik", a, b, on=chip, return_report=True)
        assert np.array_equal(found, np.einsum("sij,skj->sik", a, b)) and report.checked
        # 12 fibers of 20 entries, 6 in a tile.
        assert [answer.pairs for _, answer in report.runs] == [1, 4] and report.pairs == 4
        assert "tiled" in str(report) and "4 pairs of tiles" in str(report)
        _, small = flaash.einsum("ij,kj", A, B, on=chip, return_report=True)
        assert not small.pairs and "tiled" not in str(small)
    finally:
        chip.close()


def test_a_second_call_takes_less_than_50_ms() -> None:
    """The whole call, simulated cycles included, in CPU time: other programs add to the wall time.

    A machine that is slower, or shares its cores, is slower at a plain loop too: both times are compared. The
    wall time of the quickest call must not be much longer than its CPU time, so that nothing sleeps.
    """
    chip = flaash.Chip(CONFIG, "verilator")
    try:
        multiply(chip)
        found, shares, sleeps = [psutil.Process(), *processes(chip)], [], []
        for _ in range(BLOCKS):
            loop, walls, before = gauge(), [], cpu_seconds(found)
            for _ in range(CALLS):
                began = time.perf_counter()
                multiply(chip)
                walls.append(time.perf_counter() - began)
            call = (cpu_seconds(found) - before) / CALLS
            limit = SECOND_CALL * max(1.0, (loop + gauge()) / 2 / GAUGE)
            shares.append(call / limit)
            sleeps.append(min(walls) / limit)
            print(f"a call took {call:.3f} s, at most {limit:.3f} s are allowed")
        # Other programs only add to the time of a block: the quickest block counts.
        assert min(shares) < 1.0
        assert min(sleeps) < 2.0
    finally:
        chip.close()


def gauge() -> float:
    """Return the CPU time of a plain loop, in seconds."""
    began = time.process_time()
    sum(step & 3 for step in range(STEPS))
    return time.process_time() - began


def cpu_seconds(found: list[psutil.Process]) -> float:
    """Return the CPU time of processes so far."""
    return sum(process.cpu_times().user + process.cpu_times().system for process in found)


@pytest.mark.runs(on="verilator")
def test_a_simulator_that_dies(chip: flaash.Chip) -> None:
    multiply(chip)
    found = processes(chip)
    found[-1].kill()
    with pytest.raises(SessionError, match=rf"the simulated chip \(configuration {CONFIG}, .*\) ended: .*died"):
        multiply(chip)
    assert all_gone(found)
    multiply(chip)


@pytest.mark.runs(on="icarus")
def test_a_simulator_that_does_not_answer(chip: flaash.Chip) -> None:
    multiply(chip)
    found = processes(chip)
    chip.timeout = 0.5
    found[-1].suspend()
    with pytest.raises(SessionError, match=r"gave no answer within 0\.5 s"):
        multiply(chip)
    assert all_gone(found)
    chip.timeout = None
    multiply(chip)


CALLER = """
import sys
import numpy as np
import psutil
from flaash import einsum
einsum("ij,jk->ik", np.eye(3), np.eye(3), config=sys.argv[1], on=sys.argv[2])
print(*(child.pid for child in psutil.Process().children(recursive=True)), flush=True)
while True:
    einsum("ij,jk->ik", np.eye(3), np.eye(3), config=sys.argv[1], on=sys.argv[2])
"""


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_caller_that_ends_in_the_middle_of_a_call(how: signal.Signals, tmp_path: Path, simulator: str) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, CONFIG, simulator],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that a shell runs in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        found = [psutil.Process(int(pid)) for pid in caller.stdout.readline().split()]
        assert len(found) > 1
        caller.send_signal(how)
        assert caller.wait(ENDED) != 0
    finally:
        caller.kill()
    assert all_gone(found)
    assert ("KeyboardInterrupt" in caller.stderr.read()) == (how is signal.SIGINT)


@pytest.mark.runs(on="icarus")
def test_an_exception_in_the_simulation_is_told(simulator: str) -> None:
    """Operands that are none: the session ends, and names the reason."""
    session = backends.session(configs.load(CONFIG), simulator, STREAM)
    with pytest.raises(SessionError, match="serve failed: 'str' object has no attribute"):
        session.contract(
            [Order("nonsense", "nonsense", machine(CONFIG).settings(Csf.from_tensor(ONE), Csf.from_tensor(ONE)))]
        )
    assert not session.running


@pytest.mark.runs(on="icarus")
def test_an_operand_of_the_last_call_is_not_sent_again(simulator: str, seed: int) -> None:
    """Three calls share an operand; a fourth one has others. What is sent is counted at the socket."""
    rng = np.random.default_rng(seed)
    operands = [Csf.from_tensor(SparseTensor.from_dense(rng.normal(size=(3, 4)))) for _ in range(4)]
    used = machine(CONFIG).settings(operands[0], operands[0])
    session, sent = backends.session(configs.load(CONFIG), simulator, STREAM), []
    session.start()
    send = session._connection.send
    session._connection.send = lambda message: (sent.append(len(message[0])), send(message))
    try:
        for pairs in ([(0, 1)], [(0, 1), (0, 2)], [(3, 0)], [(1, 1), (2, 2)]):
            orders = [Order(operands[a], operands[b], used) for a, b in pairs]
            for (a, b), delivery in zip(pairs, session.contract(orders), strict=True):
                expected = contract(operands[a].to_tensor(), operands[b].to_tensor(), get_format("fp32"))
                assert not delivery.mismatches and np.array_equal(delivery.bits, expected.bits)
    finally:
        session.close()
    assert sent == [2, 1, 1, 2]


@pytest.mark.runs(on="icarus")
def test_many_slices_go_through_the_queue(simulator: str, seed: int) -> None:
    """A call with many small contractions: one round trip, and the errors of one leave the others alone."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-9, 10, (2, QUEUED + 5, 3, 3)).astype(float)
    a[7] = 0  # a slice without entries is no contraction
    with flaash.Chip(CONFIG, simulator) as chip:
        result, report = flaash.einsum("bij,bjk->bik", a, b, on=chip, return_report=True)
        np.testing.assert_array_equal(result, np.einsum("bij,bjk->bik", a, b))
        assert report.checked and len(report.runs) == QUEUED + 4 and not report.pairs
        assert chip._sessions[MEMORY].running and not chip._sessions[STREAM].running
        assert all(answer.cycles and answer.load_cycles for _, answer in report.runs)


@pytest.mark.runs(on="icarus")
def test_a_build_that_fails_is_told(simulator: str) -> None:
    config = configs.load(CONFIG)
    session = backends.session(dataclasses.replace(config, values={**config.values, "Lanes": 3}), simulator, STREAM)
    with pytest.raises(SessionError, match="Lanes"):
        session.start()
    assert not session.running


def test_a_missing_simulator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ToolMissing(f"{name} is not installed")

    monkeypatch.setattr(serve, "require", missing)
    with pytest.raises(flaash.EinsumError, match="icarus is not installed"):
        flaash.Chip(CONFIG, "icarus")


def test_a_wrong_result_of_the_chip_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scoreboard finds the error (tests/top/test_negative.py); here the error must reach the caller."""
    wrong = Delivery(
        np.zeros((1, 2), np.uint64),
        np.zeros(1, np.uint64),
        "ErrNone",
        dict.fromkeys(COUNTERS, 1),
        16,
        16,
        ["result (0, 0) is 0x0, the model says 0x1"],
    )
    monkeypatch.setattr(Session, "contract", lambda self, orders, *_: [wrong])
    with pytest.raises(flaash.DisagreementError, match="the model says 0x1"):
        multiply(flaash.Chip(CONFIG, "verilator"))


@pytest.mark.runs(on="verilator")
def test_after_a_fork_the_simulation_is_the_parent_s(chip: flaash.Chip) -> None:
    multiply(chip)
    child = os.fork()
    if not child:
        try:
            multiply(chip)
            chip.close()
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    multiply(chip)
