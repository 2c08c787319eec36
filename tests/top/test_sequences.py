# SPDX-License-Identifier: Apache-2.0
"""Every sequence of tb/sequences on the chip, each result compared with the model."""

import pytest

from sim import configs
from sim.edges import MEMORY
from sim.toolchain import SIMULATORS
from tb.env.run import run_sequences
from tests.share import amount
from tests.top.common import STREAM, quick_config

# Machines that together have every engine, scheduler and memory, on each simulator. On Icarus the
# engines are few, so that a run takes seconds. On Verilator the machines other than the default one
# have few engines, too, because their builds take long.
MACHINES = {
    "default": {simulator: quick_config(simulator) for simulator in SIMULATORS},
    "paper": {simulator: configs.load("paper1", {"NumSdpe": 3}) for simulator in SIMULATORS},
    "stream": {simulator: configs.load(STREAM, {"NumSdpe": 3}) for simulator in SIMULATORS},
}
TURNS = amount(4, 2)
GROUPS = {
    "shapes": ["smoke", "orders", "extents", "empties", "extremes", "skewed"],
    "modes": ["random", "dense", "specials", "back_to_back", "file"],
    "stalls": ["stalls"],
    "errors": ["errors", "start_errors", "resets"],
}


def test_machines_have_every_block() -> None:
    """The exchangeable blocks of CHOICES are all run, on each simulator."""
    for simulator in SIMULATORS:
        for block in ("Engine", "Scheduler", "Memory"):
            run = {machine[simulator][block] for machine in MACHINES.values()}
            assert run == set(configs.CHOICES[block]), f"{block} on {simulator}"


# The default machine runs everything on both simulators, most of that in the full suite only; the others each
# group on one.
ON = {"shapes": amount("verilator", "icarus"), "modes": "verilator", "stalls": "verilator", "errors": "verilator"}


def marks(machine: str, group: str) -> list[pytest.MarkDecorator]:
    if machine == "default":
        return [] if group == "shapes" else [pytest.mark.runs(full="icarus")]
    return [pytest.mark.runs(odd=ON[group]), *([pytest.mark.runs(full=True)] if group in ("errors", "stalls") else [])]


@pytest.mark.parametrize(
    ("machine", "group"),
    [
        pytest.param(machine, group, id=f"{machine}-{group}", marks=marks(machine, group))
        for machine in MACHINES
        for group in GROUPS
    ],
)
def test_sequences(simulator: str, machine: str, group: str, seed: int) -> None:
    # The other machines have the same loader. Icarus tries some of the mistakes and moments.
    knobs = {"errors": {"stride": amount(8, 1) if machine == "default" else 3}}
    if simulator == "icarus":
        knobs = {"errors": {"stride": 8}, "resets": {"after": (0, 10, 70, 600), "count": 2}}
    sequences = GROUPS[group]
    if simulator == "icarus":
        sequences = amount(sequences[seed % 2 :: 2], sequences)
    run = run_sequences(
        MACHINES[machine][simulator], simulator, sequences, f"sequences-{machine}-{group}-{simulator}", seed, knobs
    )
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0


@pytest.mark.runs(odd="verilator")
@pytest.mark.parametrize(
    "group", [pytest.param(group, marks=pytest.mark.runs(full="icarus")) for group in [*GROUPS, "memory"]]
)
def test_sequences_at_the_memory_edge(simulator: str, group: str, seed: int) -> None:
    """On the machine that the tests of the memory edge have built anyway."""
    reading = amount((40, 55, 70), tuple(range(20, 100, 5)))  # cycles in which operands are read
    resets = {"after": (0, 10, *reading, 200, 600, 6000), "count": 2}  # from the descriptor to the completion
    knobs = {"errors": {"stride": amount(8, 1)}, "resets": resets}
    run = run_sequences(
        configs.load("tiny"),
        simulator,
        GROUPS.get(group, [group]),
        f"memory-edge-{group}-{simulator}",
        seed,
        knobs,
        edge=MEMORY,
        width=128,
    )
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0


SMALL_MEMORIES = {"NumSdpe": 2, "MemLines": 16, "NodeDepth": 20, "FiberDepth": 12}


@pytest.mark.runs(on="icarus")
def test_full_memories_at_the_memory_edge(simulator: str, seed: int) -> None:
    run = run_sequences(
        configs.load("default", SMALL_MEMORIES),
        simulator,
        ["capacity"],
        f"memory-edge-capacity-{simulator}",
        seed,
        edge=MEMORY,
    )
    assert run.summary["passed"] and run.summary["errors_compared"] == 4


# Machines that together have every engine, value format and width of the bus.
AT_THE_MEMORY_EDGE = [
    ("default", {"NumSdpe": 3, "Format": "int16"}, 512),
    ("fast1", {"NumSdpe": 2, "Format": "bf16"}, 256),
    (STREAM, {"NumSdpe": 3}, 512),
    ("paper1", {"NumSdpe": 2, "Format": "int8"}, 256),
]


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(
    ("name", "changes", "width"),
    [
        pytest.param(*machine, id=machine[0], marks=pytest.mark.runs(turn=(number % TURNS, TURNS)))
        for number, machine in enumerate(AT_THE_MEMORY_EDGE)
    ],
)
def test_machines_at_the_memory_edge(simulator: str, name: str, changes: dict, width: int, seed: int) -> None:
    run = run_sequences(
        configs.load(name, changes),
        simulator,
        ["smoke", "empties", "back_to_back", "random"],
        f"memory-edge-{name}-{simulator}",
        seed,
        {"random": {"count": 4}},
        edge=MEMORY,
        width=width,
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
def test_wide_results_at_the_memory_edge(simulator: str, seed: int) -> None:
    """Two results leave per cycle, integers of 48 bits, which is all that Verilator counts; there are portions, too."""
    run = run_sequences(
        configs.load("default", {"Format": "int16", "CoordWidth": 32}),
        simulator,
        ["smoke", "portions", "tails", "specials", "random", "filled", "extents"],
        f"memory-edge-wide-{simulator}",
        seed,
        {"random": {"count": 12}},
        edge=MEMORY,
        width=128,
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("default", marks=[pytest.mark.runs(odd="icarus"), pytest.mark.toggles]),
        pytest.param("paper1", marks=pytest.mark.runs(on="icarus")),
    ],
)
def test_full_memories(simulator: str, name: str, seed: int) -> None:
    """Operands that fill small memories, and ones that need a place more."""
    config = configs.load(name, SMALL_MEMORIES)
    run = run_sequences(config, simulator, ["capacity"], f"sequences-capacity-{name}-{simulator}", seed)
    assert run.summary["passed"] and run.summary["errors_compared"] == 4


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
def test_memories_of_full_size(simulator: str, seed: int) -> None:
    """Thousands of fibers and every line of a real machine; the greatest settings."""
    run = run_sequences(
        MACHINES["default"][simulator],
        simulator,
        ["filled", "corners", "specials"],
        f"sequences-full_size-{simulator}",
        seed,
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.parametrize(
    ("fmt", "edge"),
    [
        pytest.param(fmt, edge, marks=pytest.mark.runs(turn=(turn, 2)))
        for turn, fmt, edge in ((0, "int16", "stream"), (1, "int8", "stream"), (1, "int16", MEMORY))
    ],
)
def test_results_out_of_range(simulator: str, fmt: str, edge: str, seed: int) -> None:
    """The sum of 2^17 greatest products does not fit, on SDPE 1 and in the combiner; others come."""
    config = configs.load(
        "default",
        {
            "Format": fmt,
            "Engine": "merge",
            "NumSdpe": 2,
            "Scheduler": "round_robin",
            "Portions": 2,
            "Lanes": 8,
            "CoordWidth": 17,
            "MemLines": 16400,
        },
    )
    name = f"sequences-range-{fmt}-{edge}-{simulator}"
    run = run_sequences(config, simulator, ["result_range"], name, seed, edge=edge)
    assert run.summary["passed"] and run.summary["errors_compared"] == 2


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.runs(turn=(number % TURNS, TURNS)))
        for number, name in enumerate(("bf16", "int8", "int16", "tiny"))
    ],
)
def test_formats(simulator: str, name: str, seed: int) -> None:
    sequences = amount(["smoke", "random"], ["smoke", "random", "dense"] + (["specials"] if name != "tiny" else []))
    knobs = amount({"random": {"count": 3}}, {"dense": {"run_lengths": [0, 2]}} if name == "tiny" else None)
    run = run_sequences(
        configs.load(name, {"NumSdpe": 2}), simulator, sequences, f"formats-{name}-{simulator}", seed, knobs
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


# Features that no other machine of the suite has for some seed, in the fewest machines.
PAIRED: list[dict[str, int | str]] = [
    {"Engine": "merge", "Format": "bf16", "Lanes": 1, "NumSdpe": 33},
    {"Engine": "merge", "Lanes": 2, "MemLatency": 12},
    {"Engine": "merge", "Lanes": 8},
    {"Lanes": 1, "Memory": "ideal"},
    {"Lanes": 2, "MemLatency": 12},
    {"Format": "bf16", "Lanes": 8},
]


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(changes, marks=pytest.mark.runs(full=True)) if changes.get("NumSdpe", 0) > 32 else changes
        for changes in PAIRED
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_each_pair_of_choices(simulator: str, changes: dict[str, int | str], seed: int) -> None:
    """Engines with formats, lanes and memories."""
    small = {"NumSdpe": 2, "CoordWidth": 8, "MemLines": 256, "ResultDepth": 16}
    run = run_sequences(
        configs.load("default", {**small, **changes}),
        simulator,
        ["smoke"],
        f"pair-{'-'.join(map(str, changes.values()))}-{simulator}",
        seed,
        {"smoke": {"count": 0}},
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, odd="icarus")
@pytest.mark.toggles
def test_a_wide_integer_machine(simulator: str, seed: int) -> None:
    """Coordinates of 32 bits, sums of 48 through merge engines and the combiner; the greatest portions."""
    config = configs.load(
        "default",
        {
            "Engine": "merge",
            "Format": "int16",
            "NumSdpe": 2,
            "Scheduler": "round_robin",
            "Portions": 2,
            "CoordWidth": 32,
        },
    )
    run = run_sequences(
        config,
        simulator,
        ["tails", "smoke", "extents", "specials"],
        f"wide-{simulator}",
        seed,
        {"tails": {"lengths": [130], "portions": [0, 20, 2**32 - 1], "mixed": [(2, 97)]}},
    )
    assert run.summary["passed"] and run.summary["compared"] > 0


@pytest.mark.runs(full=True, on="icarus")
def test_corners(simulator: str, seed: int) -> None:
    """Orders, last dot products, stalls, greatest settings, errors in a row."""
    run = run_sequences(quick_config(simulator), simulator, ["corners"], f"corners-{simulator}", seed)
    assert run.summary["passed"] and run.summary["errors_compared"] == 20
