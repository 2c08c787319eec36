# SPDX-License-Identifier: Apache-2.0
"""Every sequence of tb/sequences on the chip, each result compared with the model."""

import pytest

from tb.common import configs
from tb.env.run import run_sequences

# On Icarus the engines are few, so that a run takes seconds.
CHIPS = {"verilator": configs.load("default"), "icarus": configs.load("default", {"NumSdpe": 2})}
GROUPS = {
    "shapes": ["smoke", "orders", "extents", "empties", "extremes", "skewed"],
    "modes": ["random", "dense", "specials", "back_to_back", "file"],
    "stalls": ["stalls"],
    "errors": ["errors", "start_errors", "resets"],
}


@pytest.mark.parametrize("group", GROUPS)
def test_sequences(simulator: str, group: str, seed: int) -> None:
    knobs = {"errors": {"stride": 3 if simulator == "icarus" else 1}}
    run = run_sequences(CHIPS[simulator], simulator, GROUPS[group], f"sequences-{group}-{simulator}", seed,
                        knobs)
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0


def test_full_memories(simulator: str, seed: int) -> None:
    """Operands that fill small memories, and ones that need a place more."""
    config = configs.load("default", {"NumSdpe": 2, "MemLines": 16, "NodeDepth": 20, "FiberDepth": 12})
    run = run_sequences(config, simulator, ["capacity"], f"sequences-capacity-{simulator}", seed)
    assert run.summary["passed"]


def test_results_out_of_range(seed: int) -> None:
    """The sum of 2^17 greatest products does not fit int48; the results next to it come."""
    config = configs.load("int16", {"NumSdpe": 1, "CoordWidth": 17, "Lanes": 8, "MemLines": 16400})
    run = run_sequences(config, "verilator", ["result_range"], "sequences-range", seed)
    assert run.summary["passed"] and run.summary["errors_compared"] == 1


def test_lookup_machine(seed: int) -> None:
    """The other engine under the same sequences; three engines make a full group and half a one."""
    config = configs.load("fast8", {"NumSdpe": 3, "GroupSize": 2})
    sequences = ["smoke", "extents", "empties", "extremes", "skewed", "random", "dense", "specials",
                 "back_to_back", "resets"]
    run = run_sequences(config, "icarus", sequences, "sequences-lookup", seed)
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.parametrize("name", ["bf16", "int8", "int16", "tiny"])
def test_formats(name: str, seed: int) -> None:
    sequences = ["smoke", "random", "dense"] + (["specials"] if name != "tiny" else [])
    run = run_sequences(configs.load(name, {"NumSdpe": 2}), "icarus", sequences, f"formats-{name}", seed,
                        {"dense": {"run_lengths": [0, 2]}} if name == "tiny" else None)
    assert run.summary["passed"] and run.summary["compared"] > 0
