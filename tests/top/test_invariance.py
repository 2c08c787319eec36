# SPDX-License-Identifier: Apache-2.0
"""Results do not depend on the machine: one model, every configuration, equality of bits.

Each run compares every result with the exact model, which does not depend on the configuration.
"""

import pytest

from sim import configs
from sim.interfaces import INTERFACES
from tb.agents.contraction.item import PORTS
from tb.common.stalls import STALLS
from tests.play import Play, in_turn
from tests.share import amount
from tests.top.common import MERGE, STREAM

TURNS = amount(3, 1)  # of the kinds of stalls at each port
PAIRS = ["3x3x1024_d0.005", "3x512_nnz500", "7x7x512_d0.005"]
# One parameter at a time of both engines, and all pairs of merge engine, memory and scheduler; with 3 engines
# unless the number changes, because Icarus' time grows with the number.
COMMON: list[dict[str, int | str]] = [
    *({"NumSdpe": number} for number in (1, 2, 8)),
    *({"Lanes": lanes} for lanes in (1, 2, 8)),
    *({"MemLatency": latency} for latency in (1, 5, 50)),
    {"MemBanks": 1},
    {"ResultDepth": 4},
    {"CoordWidth": 32},
]
CHANGES: list[dict[str, int | str]] = [
    *COMMON,
    {"Memory": "ideal"},
    {"NumSdpe": 2, "GroupSize": 1, "Parity": 0},
    *({**MERGE, **change} for change in COMMON),
    {**MERGE, "Memory": "ideal"},
    {**MERGE, "Memory": "ideal", "Scheduler": "round_robin", "Lanes": 1},
    {**MERGE, "Scheduler": "round_robin"},
]
MANY = ({"NumSdpe": number} for number in (32, 64))


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("change", [*in_turn(CHANGES, amount(30, 6), 1), *in_turn(MANY, 8, 2)])
def test_configurations(play: Play, change: dict[str, int | str]) -> None:
    play(configs.load("default", {"NumSdpe": 3, **change}), "workloads", knobs={"pairs": PAIRS})


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("change", in_turn(({"Scheduler": "round_robin"}, {"Lanes": 2}), 2))
def test_long_jobs_first_give_the_same_bytes(play: Play, change: dict[str, int | str]) -> None:
    """In order, and with long jobs first: one digest."""
    config, knobs = configs.load(STREAM, {"NumSdpe": 3, **change}), {"pairs": ["3x512_nnz500"], "run_length": 1}
    digests = {play(config, "workloads", knobs={**knobs, "long_lines": lines})["digest"] for lines in (0, 80)}
    assert len(digests) == 1


@pytest.mark.runs(on="icarus")
def test_both_interfaces(play: Play) -> None:
    """The same contractions by streams and in memory: the same bytes."""
    streamed, stored = (play("tiny", "smoke", interface=interface, width=128) for interface in INTERFACES)
    for key in ("digest", "results", "contractions"):
        assert streamed[key] == stored[key], key


@pytest.mark.runs(full=True, on="icarus")
def test_more_engines_than_jobs(play: Play) -> None:
    play("default:NumSdpe=24", "smoke", knobs={"count": 0})


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.parametrize("name", in_turn(("paper32", "fast8"), 2))
def test_wide_machines(play: Play, name: str) -> None:
    play(name, "workloads", knobs={"pairs": [*PAIRS, "7x7x512_d0.05", "10x10x100_d0.05"]})


# Each port in each suite, with one kind of stalls; all pairs in three seeds.
KINDS = [kind for kind in STALLS if kind != "none"]


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize(
    ("port", "stall"),
    [pair for first, port in enumerate(PORTS) for pair in in_turn([(port, kind) for kind in KINDS], TURNS, first)],
)
def test_stalls_on_every_port(play: Play, port: str, stall: str) -> None:
    play("default", "workloads", knobs={"pairs": PAIRS, "stalls": {port: stall}})
