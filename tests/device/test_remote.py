# SPDX-License-Identifier: Apache-2.0
"""The driver in this process, the simulated chip in another one: same bits, watched bytes, an end that is said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import random_array

from flaash import SessionError
from flaash.device.queue import Chain
from flaash.device.remote import SimulatedMachine
from flaash.driver import Accelerator, Finish, Settings, StandIn, arrange, run
from models.contract import contract
from models.device.layout import COMPLETION, COMPLETION_AT
from models.tensor import SparseTensor
from sim.configs import load


def test_the_driver_and_the_chip_are_processes_of_their_own(simulator: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = (random_array((rows, 20), density=0.3, format="csr", dtype=np.float32, rng=rng) for rows in (5, 4))
    machine = SimulatedMachine(load("tiny"), simulator)
    try:
        chain = run(Chain.open(machine.memory, machine.registers, 4))
        result = run(Accelerator(chain).contract(a, b))
        stand_in = StandIn("fp32")
        expected = run(run(Accelerator.open(stand_in.memory, stand_in.registers)).contract(a, b))
        assert np.array_equal(result.bits, expected.bits) and np.array_equal(result.coords, expected.coords)
        assert machine.cycles > result.cost.cycles > 0 and chain.doorbells == 1
        record = [(chain.ring.address(0) + COMPLETION_AT, chain.ring.address(0) + COMPLETION_AT + COMPLETION)]
        wrong = machine.check(record)
        assert "bytes outside of its buffers" in wrong, "the results were not allowed"
    finally:
        machine.close()
    with pytest.raises(SessionError, match="are lost"):
        run(machine.memory.read(machine.memory.base, 64))


@pytest.mark.parametrize(
    ("config", "finishes"),
    [
        ("tiny", [Finish(relu=True), Finish()]),
        ("tiny:Format=int16", [Finish(narrow=True, shift=3), Finish(relu=True, narrow=True), Finish(relu=True)]),
    ],
)
def test_finished_results_of_the_chip(config: str, finishes: list[Finish], simulator: str, seed: int) -> None:
    """Descriptors of one doorbell, each with its finish."""
    rng = np.random.default_rng(seed)
    a, b = (SparseTensor.from_dense(np.round(rng.normal(size=(rows, 20)) * 30)) for rows in (5, 4))
    machine = SimulatedMachine(load(config), simulator)
    try:
        chain = run(Chain.open(machine.memory, machine.registers, 4))
        accelerator, made = Accelerator(chain), arrange(a, b, chain.build)
        results = run(accelerator.contract_each([(made, Settings(finish=finish)) for finish in finishes]))
        for finish, result in zip(finishes, results, strict=True):
            expected = contract(a, b, chain.build.fmt.name, finish=finish)
            assert np.array_equal(result.coords, expected.coords) and np.array_equal(result.bits, expected.bits)
        assert chain.doorbells == 1
    finally:
        machine.close()


def test_a_simulation_that_has_ended_is_not_started_again(simulator: str) -> None:
    machine = SimulatedMachine(load("tiny"), simulator)
    try:
        with pytest.raises(SessionError):
            machine.ask("no such message")
        with pytest.raises(SessionError, match="the simulated chip and its memory are lost"):
            run(machine.registers.read(0))
    finally:
        machine.close()
