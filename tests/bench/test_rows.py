# SPDX-License-Identifier: Apache-2.0
"""The table of runs, its workloads and its filters."""

import numpy as np
import pytest

from bench import rows
from bench.machines import OURS, PAPER, Settings, machine
from bench.targets import read_targets
from bench.workloads import SKEWED, WorkloadError, csf_pair, expected, learned, operands, parts, stored
from models.csf import Csf
from models.tensor import SparseTensor
from sim.configs import ConfigError


def test_each_run_is_there_once_and_complete() -> None:
    table = rows.all_rows()
    assert len({(row.workload, row.config) for row in table}) == len(table)
    found = {(row.workload, row.config, name) for row in table for name in row.experiments}
    for workload in stored():
        assert all((workload, config, rows.TABLE) in found for config in PAPER.values())
    for workload, aims in read_targets().items():
        assert all((workload, OURS[number], rows.TABLE) in found for number in aims.target)
    for experiment, count in (
        (rows.SCALING, 3 * 12),
        (rows.LENGTH, 7 * 3 * 2),
        (rows.ORDER, 5 * 3 * 2),
        (rows.LAYER, 3 * 6 * 2),
        (rows.LEARNING, 8),
    ):
        assert sum(name == experiment for *_, name in found) == count


@pytest.mark.parametrize(
    "filters, count",
    [
        ({"only": "7x7x512_d0.1", "num_sdpe": 32}, 2),
        ({"only": "skewed paper32"}, 4),
        ({"config": "tiny", "only": "3x3x1024"}, 7),
        ({"only": "nothing"}, 0),
    ],
)
def test_filters(filters: dict, count: int) -> None:
    assert len(rows.select(**filters)) == count


@pytest.mark.parametrize("given", ["NumSdpe=3,Scheduler=demand", "Scheduler=demand,long_first", "long_first"])
def test_what_differs_is_part_of_a_machine_s_name(given: str) -> None:
    """Parameters, and what a host makes use of."""
    chosen = machine(f"paper8:{given}")
    assert chosen.name == f"paper8:{given}"
    assert chosen.num_sdpe == (3 if "NumSdpe" in given else 8)
    assert ("Scheduler" in given) == (chosen.config["Scheduler"] == "demand")
    assert chosen.options == (("long_first",) if "long_first" in given else ())


def test_generated_workloads_are_what_their_names_say() -> None:
    a, b = operands("7x7x300_fiber50")
    assert a.shape == b.shape == (7, 7, 300) and not a.equals(b)
    assert (np.diff(a.fiber_starts()) == 50).all() and len(a.fiber_starts()) == 50
    a, _ = operands("3x3x3x3x3x512_nnz700")
    assert a.shape == (3, 3, 3, 3, 3, 512) and a.nnz == 700
    a, _ = operands("7x7x512_d0.02")
    assert a.nnz == round(0.02 * 7 * 7 * 512)
    for tensor in operands(SKEWED):  # by Zipf's law
        lengths = np.sort(np.diff(tensor.fiber_starts()))[::-1]
        assert lengths.tolist() == [512 // rank for rank in range(1, 50)]


def test_workloads_do_not_change() -> None:
    first = [operands(name)[0] for name in ("7x7x300_fiber50", SKEWED)]
    operands.cache_clear()
    assert all(
        tensor.equals(operands(name)[0]) for tensor, name in zip(first, ("7x7x300_fiber50", SKEWED), strict=True)
    )
    assert expected("7x7x512_d0.1", "fp32").results == 2388
    assert csf_pair("7x7x512_d0.1")[0].nnz == 2509


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown configuration 'fastest'"):
        rows.select(config="fastest")
    for name in ("7x7", "swat"):  # the latter consists of its slices
        with pytest.raises(WorkloadError, match=f"no workload '{name}'"):
            operands(name)


def test_settings_of_the_skewed_pair() -> None:
    """12.4 lines on average."""
    pair = csf_pair(SKEWED)
    assert machine("paper32").settings(*pair) == Settings(1)
    assert machine("paper32:long_first").settings(*pair) == Settings(1, long_lines=13)
    nothing = Csf.from_tensor(SparseTensor.from_dense(np.zeros((3, 4))))
    assert machine("paper32:long_first").settings(nothing, nothing) == Settings(1, long_lines=1)


def test_slices_of_a_workload_of_deep_learning() -> None:
    """Each expert that is left is a contraction with einsum's operands; other workloads are one."""
    assert parts("7x7x512_d0.1") == ["7x7x512_d0.1"] and parts("swat") == ["swat/0", "swat/1"]
    assert parts("pruned-experts") == [f"pruned-experts/{index}" for index in range(4)]
    workload, slices = learned("pruned-experts"), [operands(part) for part in parts("pruned-experts")]
    assert sum(a.nnz for a, _ in slices) == workload.a.nnz and sum(b.nnz for _, b in slices) == workload.b.nnz
    assert all(a.shape == (16, 32) and b.shape == (112, 32) for a, b in slices)


def test_machines_of_deep_learning_have_its_format() -> None:
    assert rows.learning_config("swat") == "default"
    assert machine(rows.learning_config("tender")).config["Format"] == "int8"
