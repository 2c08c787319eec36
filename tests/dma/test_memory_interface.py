# SPDX-License-Identifier: Apache-2.0
"""The chip with the memory interface: from memory to memory."""

import re
from collections.abc import Mapping
from random import Random

import pytest

from sim import configs
from sim.simulation import SimulationFailed, run_bench
from tests.play import in_turn
from tests.share import LONG, amount
from tools.figures import timeline

pytestmark = pytest.mark.toggles

SHAPES = [
    {"DataWidth": 256, "Format": 1, "CoordWidth": 12},
    {"DataWidth": 512, "Format": 3, "CoordWidth": 16},
    {"DataWidth": 128, "Format": 2, "CoordWidth": 9},
    {"DataWidth": 512, "Format": 0, "CoordWidth": 32},
    {"DataWidth": 256, "NumSdpe": 7, "Format": 1},
    {"DataWidth": 128, "NumSdpe": 3, "ResultLanes": 1},
    {"DataWidth": 512, "NumSdpe": 9, "Format": 3},
]

OWN_BUILD = (pytest.mark.runs(on="icarus"), pytest.mark.toggles(False))

# Two groups of engines of the resident machine: the least that has rows in several places at a time.
RESIDENT = {"Engine": 3, "NumSdpe": 4, "Lanes": 2, "Parity": 1}

ROWS = [
    {"DataWidth": 256, "Format": 2, "CoordWidth": 14},
    {"DataWidth": 512, "Format": 3, "NumSdpe": 9},
    {"DataWidth": 512, "Format": 1, "NumSdpe": 7},
    {"DataWidth": 512, "NumSdpe": 8},
    {"NumSdpe": 3, "Portions": 4},
]

# What Icarus runs of first_tests in the suite: a second takes it a thousand cycles.
SOME = "example|stalls=none/latency=1$|full"


def memory_at(module: str, seed: int) -> int:
    """Return a 64-bit address of the memory; a multiple of 4 GB lies within slots, arrays or results."""
    random = Random(f"{module}/{seed}")
    return (random.randrange(1, 2**31) << 32) - random.choice([0x9000, 0x1_0000, 0x8_1000])


def run_dma(
    module: str,
    simulator: str,
    seed: int,
    config: str = "tiny",
    only: str = "",
    arguments: Mapping[str, int] | None = None,
    **interface: int,
) -> None:
    """Run a module of tests/dma on flaash_memory_top, in a configuration with other parameters.

    Args:
        module, simulator, seed: as for run_bench().
        config: whose parameters are taken.
        only: an expression; the suite runs the tests of the module that it matches, LIST=long all of them.
        arguments: of the module.
        interface: parameters that are others than the configuration's.
    """
    parameters = {**configs.load(config).parameters(), **interface}
    label = "".join(f"-{name}{value}" for name, value in interface.items())
    run_bench(
        "flaash_memory_top",
        f"tests.dma.{module}",
        simulator,
        f"{module}-{config}{label}",
        parameters,
        seed,
        shared=True,
        arguments={"memory_at": memory_at(module, seed), **(arguments or {})},
        only=only if only and not LONG else None,
    )


def test_contractions(simulator: str, seed: int) -> None:
    run_dma("first_tests", simulator, seed, only=SOME if simulator == "icarus" else "")


@pytest.mark.runs(odd="icarus")
def test_a_hang_is_named(simulator: str, seed: int) -> None:
    """The message names outstanding work, and no later test of that simulation is as slow."""
    with pytest.raises(SimulationFailed) as caught:
        run_dma("hang_tests", simulator, seed)
    text = str(caught.value)
    found = re.search(
        r"no progress for 5000 cycles: nothing moved from ([\d,]+) to ([\d,]+) ns\nreads in flight at", text
    )
    assert found, text
    first, last = (int(time.replace(",", "")) for time in found.groups())
    assert 5000 <= last - first <= 7500, "within half a period more"
    for sentence in (
        "RegRingHead: 0\nRegRingTail: 1",
        "not run, for a test before has hung: no progress for 5000 cycles",
    ):
        assert sentence in text, text


@pytest.mark.runs(full=True, on="icarus")
@pytest.mark.parametrize("shape", in_turn(SHAPES, 3))
def test_formats_and_widths(simulator: str, seed: int, shape: dict[str, int]) -> None:
    """Each width of the bus, each value format, each size of an entry."""
    run_dma("first_tests", simulator, seed, only="operands_of_all_orders/stalls=random/latency=1$", **shape)


@pytest.mark.runs(odd="verilator")
def test_rows(simulator: str, seed: int) -> None:
    some = "records_behind|refused|wrong|layouts|than_fit"
    run_dma("rows_tests", simulator, seed, only=some if simulator == "icarus" else "", **RESIDENT)


@pytest.mark.runs(odd="verilator")
@pytest.mark.parametrize("shape", in_turn(ROWS, len(ROWS)))
def test_rows_of_formats(simulator: str, seed: int, shape: dict[str, int]) -> None:
    """Values of each size, narrow ones too, at each width of the bus."""
    run_dma("rows_tests", simulator, seed, only="ends_at|layouts", **{**RESIDENT, **shape})


@pytest.mark.runs(odd="verilator")
def test_errors(simulator: str, seed: int) -> None:
    run_dma("error_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_extents(simulator: str, seed: int) -> None:
    run_dma("extent_tests", simulator, seed)


@pytest.mark.runs(odd="icarus")
@pytest.mark.toggles(False)  # a build of its own
def test_extents_512(simulator: str, seed: int) -> None:
    """All levels of a descriptor come with one read, and a beat has two levels."""
    run_dma("extent_tests", simulator, seed, only=amount("latency=60", ""), DataWidth=512)


@pytest.mark.runs(odd="verilator")
def test_registers(simulator: str, seed: int) -> None:
    run_dma("register_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_resets(simulator: str, seed: int) -> None:
    run_dma("reset_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_orders_of_ends(simulator: str, seed: int) -> None:
    """Aborts, resets, errors of the bus, the watchdog and doorbells, in any order and close to each other."""
    run_dma("order_tests", simulator, seed, only="in_any_order" if simulator == "icarus" else "")


@pytest.mark.runs(odd="verilator")
def test_dead_memory(simulator: str, seed: int) -> None:
    run_dma("dead_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_pairs(simulator: str, seed: int) -> None:
    """Of two errors of a descriptor the one of the table in docs/error_codes.md; and each end alone."""
    run_dma("pair_tests", simulator, seed, only="pairs_of_the_table")


@pytest.mark.runs(on="icarus")
def test_pairs_with_a_flipped_bit(simulator: str, seed: int) -> None:
    """Where the memories of the chip can be written, and have a parity bit."""
    run_dma("pair_tests", simulator, seed, only="pairs_with_a_flipped_bit", Parity=1)


@pytest.mark.runs(odd="verilator")
def test_records_wait(simulator: str, seed: int) -> None:
    """Completion records wait for their own results, and for nothing else."""
    run_dma("waiting_tests", simulator, seed)


@pytest.mark.parametrize(
    "module, only, interface",
    [
        pytest.param("fence_tests", "", {}, id="fences", marks=pytest.mark.runs(odd="verilator")),
        pytest.param(
            "fence_tests",
            "chain_needs|ends_a_wait",
            {"InFlight": 2, "Format": 1, "CoordWidth": 12},
            id="fences_few_in_flight",
            marks=OWN_BUILD,
        ),
        pytest.param("loose_tests", "", {}, id="loose_levels", marks=pytest.mark.runs(odd="icarus")),
        pytest.param(
            "loose_tests",
            "none/latency=1$|gaps|few",
            {"DataWidth": 512, "Format": 2, "CoordWidth": 9},
            id="loose_levels_512",
            marks=OWN_BUILD,
        ),
    ],
)
def test_chains_and_gaps(simulator: str, seed: int, module: str, only: str, interface: dict[str, int]) -> None:
    """Each descriptor of a chain contracts the results of the one before. Fibers of a loose level lie apart."""
    run_dma(module, simulator, seed, only=only, **interface)


@pytest.mark.runs(odd="verilator")
def test_page(simulator: str, seed: int) -> None:
    run_dma("page_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_overlap(simulator: str, seed: int) -> None:
    """Loading overlaps computing; with one buffer per operand a queue is only slower."""
    run_dma("overlap_tests", simulator, seed)


@pytest.mark.runs(odd="verilator")
def test_descriptors_in_flight(simulator: str, seed: int) -> None:
    """As many as there may be, behind a slow memory: each place among them, and what ends them."""
    run_dma("flight_tests", simulator, seed, only="all_that_may_be|kind=contents" if simulator == "icarus" else "")


@pytest.mark.runs(odd="icarus")
@pytest.mark.toggles(False)  # a build of its own
def test_one_buffer(simulator: str, seed: int) -> None:
    """Operands of bytes: the next operand waits until the previous contraction has left the chip."""
    one = {"Buffers": 1, "Format": 2, "CoordWidth": 9}
    run_dma("overlap_tests", simulator, seed, only="queues_of_all_kinds/stalls=none/latency=1$|results_wait", **one)
    for only in amount([], ["one_in_flight_is_wrong.*latency=1$"]):
        run_dma("flight_tests", simulator, seed, only=only, **one)


@pytest.mark.runs(on="icarus")
def test_overlap_with_resident_fibers(simulator: str, seed: int) -> None:
    run_dma(
        "overlap_tests",
        simulator,
        seed,
        "fast1",
        only="queues_of_all_kinds/stalls=random/latency=1$|" + amount("many_then_few|long_then_short", "_then_"),
        NumSdpe=2,
        GroupSize=1,
        MemLines=512,
        DataWidth=512,
    )


@pytest.mark.runs(on="icarus", full=True)
def test_the_recorded_timeline(simulator: str, seed: int) -> None:
    """The states of two queued contractions begin in the cycles that the picture of the page shows."""
    run_dma("timeline_tests", simulator, seed, config="default", DataWidth=512)


def test_another_timeline_is_noticed() -> None:
    recorded = [[["Fetch", 5], ["Run", 500]], [["Fetch", 8], ["Run", 700]]]
    assert not timeline.problems([[["Fetch", 7], ["Run", 509]], recorded[1]], recorded)
    later, other = [[["Fetch", 5], ["Run", 511]], recorded[1]], [[["Load", 5], ["Run", 500]], recorded[1]]
    assert timeline.problems(later, recorded) == ["descriptor 0: Run begins in cycle 511, recorded 500"]
    assert timeline.problems(other, recorded) == ["descriptor 0: the states are ['Load', 'Run']"]
