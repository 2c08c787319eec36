# SPDX-License-Identifier: Apache-2.0
"""The price of portions: against the lower bound of cycles, and the sentence that keeps a user from a slow one."""

import re

import numpy as np
import pytest

from models import io
from models.axes import prepare
from models.csf import Csf
from models.cycles import lower_bound
from models.generate import uniform_tensor
from models.portion_cost import least_portion, portion_cost
from sim.configs import load
from sim.toolchain import ROOT
from tb.sequences.file import DEFAULT_A, DEFAULT_AXES, DEFAULT_B


def lengths(csf: Csf) -> np.ndarray:
    return np.diff(csf.fiber_bounds(), axis=1).ravel()


@pytest.mark.parametrize("name", ["default", "fast32"])
@pytest.mark.parametrize("portion", [1, 4, 16, 64, 256, 1024, 4096])
def test_a_pair_of_long_fibers(name: str, portion: int) -> None:
    """The estimate is within a factor of two of the bound, and the host is warned where the bound grows."""
    a, b = (
        Csf.from_tensor(uniform_tensor(np.random.default_rng(seed), (65_536,), nnz=16_384, values="normal"))
        for seed in (1, 2)
    )
    config = load(name)
    engines, lanes = int(config["NumSdpe"]), int(config["Lanes"])
    found = portion_cost(lengths(a), lengths(b), lanes, engines, portion)
    bounds = [lower_bound(a, b, config.values, 1, portion=most).cycles for most in (portion, 0)]
    assert 0.5 < found.cycles / bounds[0] < 2
    if bounds[0] > 4 * bounds[1]:
        assert f"portion of {portion} entries" in found.warning and "0 (whole fibers) or" in found.warning
    if bounds[0] <= bounds[1]:
        assert not found.warning
    better = portion_cost(lengths(a), lengths(b), lanes, engines, found.least)
    assert not better.warning, "the remedy is slow itself"


def test_many_short_fibers() -> None:
    """Portions of the tensors of the first run: whole fibers are best, and the sentence says so."""
    a, b = map(Csf.from_tensor, prepare(io.read(DEFAULT_A), io.read(DEFAULT_B), DEFAULT_AXES, 16))
    found = portion_cost(lengths(a), lengths(b), 4, 8, 16)
    assert found.cycles > 2_000 > 10 * found.whole
    assert found.least == 0 and found.warning.endswith("take 0 (whole fibers)")


def test_what_costs_nothing() -> None:
    """No portion, portions that no fiber exceeds, and operands without entries."""
    some = np.array([3, 0, 200])
    for a, b, portion in ((some, some, 0), (some, some, 200), (some[:0], some, 1), (some, some * 0, 1)):
        assert not portion_cost(a, b, 4, 8, portion).warning


def test_the_host_splits_what_keeps_an_engine_busy() -> None:
    """Half an engine's share: 2 x 16,384 entries on 8 engines."""
    assert least_portion(np.array([16_384]), np.array([16_384]), 8) == 2_048
    assert least_portion(np.array([1]), np.array([1]), 64) == 1


def test_the_table_of_the_page() -> None:
    """Each row of docs/blocks/portions.md, for a pair of 16,384 entries."""
    text = (ROOT / "docs" / "blocks" / "portions.md").read_text()
    found, pair = re.findall(r"^\| (\d+) resident.*? \|(.*)\|$", text, re.MULTILINE), np.array([16_384])
    assert [engines for engines, _ in found] == ["2", "8", "32"]
    for engines, row in found:
        cycles = [int(cell.replace(",", "")) for cell in row.split("|")]
        costs = [portion_cost(pair, pair, 4, int(engines), most) for most in (2048, 256, 16, 1)]
        assert cycles == [costs[0].whole, *(cost.cycles for cost in costs)]
