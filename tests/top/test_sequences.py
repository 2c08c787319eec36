# SPDX-License-Identifier: Apache-2.0
"""Every sequence of tb/sequences on the chip, each result compared with the model."""

import pytest

from sim import configs
from sim.interfaces import MEMORY
from sim.toolchain import SIMULATORS
from tests.play import Play, in_turn
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
def test_sequences(play: Play, simulator: str, machine: str, group: str, seed: int) -> None:
    # The other machines have the same loader. Icarus tries some of the mistakes and moments.
    knobs, sequences = {"errors": {"stride": amount(8, 1) if machine == "default" else 3}}, GROUPS[group]
    if simulator == "icarus":
        knobs = {"errors": {"stride": 8}, "resets": {"after": (0, 10, 70, 600), "count": 2}}
        sequences = amount(sequences[seed % 2 :: 2], sequences)
    play(MACHINES[machine][simulator], *sequences, knobs=knobs)


@pytest.mark.runs(odd="verilator")
@pytest.mark.parametrize(
    "group", [pytest.param(group, marks=pytest.mark.runs(full="icarus")) for group in [*GROUPS, "memory", "chain"]]
)
def test_sequences_at_the_memory_interface(play: Play, group: str) -> None:
    """On the machine that the tests of the memory interface have built anyway."""
    reading = amount((40, 55, 70), tuple(range(20, 100, 5)))  # cycles in which operands are read
    resets = {"after": (0, 10, *reading, 200, 600, 6000), "count": 2}  # from the descriptor to the completion
    knobs = {"errors": {"stride": amount(8, 1)}, "resets": resets}
    play("tiny", *GROUPS.get(group, [group]), knobs=knobs, interface=MEMORY, width=128)


SMALL_MEMORIES = {"NumSdpe": 2, "MemLines": 16, "NodeDepth": 20, "FiberDepth": 12}


@pytest.mark.runs(on="icarus")
def test_full_memories_at_the_memory_interface(play: Play) -> None:
    assert play(configs.load("default", SMALL_MEMORIES), "capacity", interface=MEMORY)["errors_compared"] == 4


# Machines that together have every engine, value format and width of the bus.
AT_THE_MEMORY_INTERFACE = [
    ("default:NumSdpe=3,Format=int16", 512),
    ("fast1:NumSdpe=2,Format=bf16", 256),
    (f"{STREAM},NumSdpe=3", 512),
    ("paper1:NumSdpe=2,Format=int8", 256),
]


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize(("config", "width"), in_turn(AT_THE_MEMORY_INTERFACE, TURNS))
def test_machines_at_the_memory_interface(play: Play, config: str, width: int) -> None:
    sequences = ["smoke", "empties", "back_to_back", "random"]
    play(config, *sequences, knobs={"random": {"count": 4}}, interface=MEMORY, width=width)


# Every format; both engines, of which the resident one has portions.
FINISHED = [
    "tiny",
    "default:NumSdpe=2,Portions=2,Format=bf16",
    "default:NumSdpe=2,Portions=2,Format=int8",
    "tiny:Format=int16",
]


@pytest.mark.parametrize("config", in_turn(FINISHED, amount(2, 1), odd="verilator"))
def test_finishes_at_the_memory_interface(play: Play, config: str) -> None:
    """ReLU and narrow results: each has the bits of the model."""
    play(config, "finish", interface=MEMORY, width=128)


# Every format and width of the bus.
TENSORS = [
    ("tiny:Engine=resident,NumSdpe=2,Lanes=2", 128),
    ("tiny:Engine=resident,NumSdpe=9,Lanes=2,Format=int16", 512),
    ("tiny:Engine=resident,NumSdpe=4,Lanes=4,Format=bf16,Parity=1", 256),
    ("tiny:Engine=resident,NumSdpe=5,Lanes=2,Format=int8", 128),
]


@pytest.mark.parametrize(("config", "width"), in_turn(TENSORS, amount(2, 1), odd="icarus"))
def test_tensors_at_the_memory_interface(play: Play, config: str, width: int) -> None:
    """Results as rows and as dense matrices, and chains of them: each byte is the model's."""
    less = {
        "rows": {"count": 2},
        "dense_results": {"count": 2},
        "row_ends": {"after": (60, 150)},
        "chains": {"count": 2},
    }
    play(config, *less, knobs=amount(less, {}), interface=MEMORY, width=width)


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
def test_wide_results_at_the_memory_interface(play: Play) -> None:
    """Two results leave per cycle, integers of 48 bits, which is all that Verilator counts; there are portions, too."""
    sequences = ["smoke", "portions", "tails", "specials", "random", "filled", "extents"]
    config = "default:Format=int16,CoordWidth=32"
    play(config, *sequences, knobs={"random": {"count": 12}}, interface=MEMORY, width=128)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("default", marks=[pytest.mark.runs(odd="icarus"), pytest.mark.toggles]),
        pytest.param("paper1", marks=pytest.mark.runs(on="icarus")),
    ],
)
def test_full_memories(play: Play, name: str) -> None:
    """Operands that fill small memories, and ones that need a place more."""
    assert play(configs.load(name, SMALL_MEMORIES), "capacity")["errors_compared"] == 4


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.toggles
def test_memories_of_full_size(play: Play, simulator: str) -> None:
    """Thousands of fibers and every line of a real machine; the greatest settings."""
    play(MACHINES["default"][simulator], "filled", "corners", "specials")


@pytest.mark.runs(full=True, on="verilator")
@pytest.mark.parametrize(
    ("machine", "fmt", "interface"),
    [
        *in_turn([("paper2", "int16", "stream")], 2),
        *in_turn([("default", "int8", "stream"), ("default", "int16", MEMORY)], 2, first=1, step=0),
    ],
)
def test_results_out_of_range(play: Play, machine: str, fmt: str, interface: str) -> None:
    """The sum of 2^17 greatest products does not fit, on SDPE 1 of the paper's machine or in the combiner."""
    config = configs.load(f"{machine}:Format={fmt},NumSdpe=2,Lanes=8,CoordWidth=17,MemLines=16400")
    assert play(config, "result_range", interface=interface)["errors_compared"] == 1 + config.can_split


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("name", in_turn(("bf16", "int8", "int16", "tiny"), TURNS))
def test_formats(play: Play, name: str) -> None:
    sequences = amount(["smoke", "random"], ["smoke", "random", "dense"] + (["specials"] if name != "tiny" else []))
    knobs = amount({"random": {"count": 3}}, {"dense": {"run_lengths": [0, 2]}} if name == "tiny" else None)
    play(f"{name}:NumSdpe=2", *sequences, knobs=knobs)


# Features that no other machine of the suite has for some seed, in the fewest machines.
PAIRED = """Engine=merge,Portions=0,Format=bf16,Lanes=1,NumSdpe=33 Engine=merge,Portions=0,Lanes=2,MemLatency=12
    Engine=merge,Portions=0,Lanes=8 Lanes=1,Memory=ideal Lanes=2,MemLatency=12 Format=bf16,Lanes=8""".split()


@pytest.mark.runs(on="icarus")
@pytest.mark.parametrize("changes", [pytest.param(PAIRED[0], marks=pytest.mark.runs(full=True)), *PAIRED[1:]])
def test_each_pair_of_choices(play: Play, changes: str) -> None:
    """Engines with formats, lanes and memories."""
    engines = "" if "NumSdpe" in changes else ",NumSdpe=2"
    play(f"default:CoordWidth=8,MemLines=256,ResultDepth=16,{changes}{engines}", "smoke", knobs={"count": 0})


@pytest.mark.runs(full=True, odd="icarus")
@pytest.mark.toggles
@pytest.mark.parametrize(
    ("name", "portions"),
    [("paper2:Memory=banked,Lanes=4", [0]), ("default:NumSdpe=2,Portions=2", [0, 20, 2**32 - 1])],
    ids=["paper", "resident"],
)
def test_a_wide_integer_machine(play: Play, name: str, portions: list[int]) -> None:
    """Coordinates of 32 bits, sums of 48 through engines and the combiner; the greatest portions."""
    tails = {"lengths": [130], "portions": portions, "mixed": [(2, 97)]}
    sequences = ["tails", "smoke", "extents", "specials"]
    play(f"{name},Format=int16,CoordWidth=32", *sequences, knobs={"tails": tails})


@pytest.mark.runs(full=True, on="icarus")
def test_corners(play: Play, simulator: str) -> None:
    """Orders, last dot products, stalls, greatest settings, errors in a row."""
    assert play(quick_config(simulator), "corners")["errors_compared"] == 20
