# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_mac."""

from pathlib import Path

import pytest

from sim.simulation import run_bench
from tests.blocks.mac import mac_directed, mac_integers
from tests.blocks.mac.mac_coverage import MacCoverage, all_bins
from tests.blocks.mac.mac_floats import floats
from tests.blocks.mac.mac_integer_coverage import ENDS, OPERANDS, IntegerCoverage
from tests.share import FULL, LONG, amount

RTL = Path(__file__).parent
PLAYERS = tuple(RTL / f"flaash_mac_{name}.sv" for name in ("player", "players"))
# Room for a million products, 2**20, in the suite for fewer floats; two tests share the build.
ROOM = {"FloatCountWidth": amount(14, 20), "IntegerCountWidth": 20}

# Each cross, and the functions that it needs.
NEEDED = {
    "operand classes": ["class_matrix"],
    "sums of two kinds": ["sum_matrix"],
    "powers of two at a word boundary": ["word_boundaries"],
    "powers of two by a carry alone": ["power_of_equal_terms"],
    "halfway": ["halfway", "subnormal_results"],
    "cancelled": ["cancellation"],
    "alternating": ["alternating"],
}


@pytest.mark.parametrize("name", ["fp32", "bf16"])
def test_crosses_have_holes_without_their_tests(name: str) -> None:
    """The coverage that test_results asserts notices when directed dot products are left out."""
    f = floats(name)
    sets = {function.__name__: function(f) for function in mac_directed.DIRECTED}
    assert NEEDED.keys() == all_bins(f).keys()
    for cross, functions in NEEDED.items():
        for left_out in functions:
            coverage = MacCoverage(f)
            for function, dots in sets.items():
                coverage.sample(dots if function != left_out else [])
            assert coverage.missing[cross] and any(f"'{cross}'" in hole for hole in coverage.holes())


@pytest.mark.parametrize("name", ["int8", "int16"])
def test_crosses_of_integers_have_holes_without_their_tests(name: str) -> None:
    sets = {
        "matrix": mac_integers.directed(name),
        "ends": mac_integers.ends_of_range(name),
        "far": mac_integers.full_room(name, 20)[:2],
    }
    for cross, left_out in ((OPERANDS, "matrix"), (ENDS, "ends"), (ENDS, "far"), (OPERANDS, ""), (ENDS, "")):
        coverage = IntegerCoverage(name)
        coverage.sample(item for key, dots in sets.items() if key != left_out for item in dots)
        assert bool(coverage.holes(cross)) == bool(left_out)


def players(
    module: str, simulator: str, name: str, seed: int, room: dict[str, int] = ROOM, shared: bool = FULL, **options
) -> None:
    """Run a bench of four MACs, one of each format, at their players."""
    bench, wrapper = f"tests.blocks.mac.{module}_tests", "flaash_mac_players"
    run_bench(wrapper, bench, simulator, name, room, seed, extra_sources=PLAYERS, shared=shared, **options)


@pytest.mark.runs(full="icarus")
def test_results(simulator: str, seed: int) -> None:
    """Play thousands of random dot products per format, in LIST=long 200,000; Icarus plays less."""
    little = simulator == "icarus" and not LONG
    sums = 200_000 if LONG and simulator == "verilator" else amount(2_000, 5_000)
    arguments = {
        "sums": sums // 10 if little else sums,
        "exponents": amount(64, 16) if little else amount(4, 1),
    }
    players("mac_player", simulator, "mac_results", seed, arguments=arguments)


def test_room(simulator: str, seed: int) -> None:
    """Fill the words of an accumulator with room for 2**4 products, everywhere."""
    testcase = "few_products_fill_the_room"
    players("mac_room", simulator, "mac_room", seed, {"FloatCountWidth": 4}, shared=False, testcase=testcase)


@pytest.mark.runs(on="icarus")
def test_whole_results_of_a_mac_for_portions(simulator: str, seed: int) -> None:
    """Play directed dot products, whole, on MACs for portions: all in LIST=long, else some."""
    arguments = {"directed": 10_000 if LONG else amount(100, 400)}
    options = {"testcase": "directed_floats,directed_integers", "arguments": arguments}
    players("mac_player", simulator, "mac_portions", seed, {"Portions": 1}, shared=False, **options)


@pytest.mark.runs(on="verilator")
@pytest.mark.toggles(False)  # the same product again
@pytest.mark.parametrize(
    "formats",
    [
        pytest.param(formats, marks=pytest.mark.runs(turn=(turn, 2)), id=formats.replace(" ", "-"))
        for turn, formats in enumerate(("bf16 int16", "fp32 int8"))
    ],
)
def test_all_products_there_is_room_for(simulator: str, seed: int, formats: str) -> None:
    """Fill the accumulators; in the full suite also for integers, whose range takes 2**17 products."""
    name = f"mac_full-{formats.replace(' ', '-')}"
    arguments = {"formats": amount(formats.split()[:1], formats.split())}
    testcase = "all_products_there_is_room_for"
    players("mac_room", simulator, name, seed, testcase=testcase, arguments=arguments)


@pytest.mark.runs(on="verilator")
@pytest.mark.toggles(False)
@pytest.mark.runs(turn=(0, 8), full=True)
def test_all_products_of_each_kind(simulator: str, seed: int) -> None:
    players("mac_room", simulator, "mac_full_each", seed, testcase="all_products_of_each_kind")
