# SPDX-License-Identifier: Apache-2.0
"""The reader of packed structs: against the packages, against both simulators, and its errors."""

from pathlib import Path

import pytest

from sim.rtl_types import PackedType, bench_types, module_types, package_types
from sim.simulation import run_bench
from sim.thisrun import VARIABLE
from sim.toolchain import BUILD
from tb.common.rtl_constants import CONSTANTS

BENCH = Path(__file__).parent / "flaash_types_bench.sv"
LINE = package_types("flaash_pkg")["line_written_t"]


@pytest.mark.parametrize("lanes", [2, 8])
def test_layouts_agree_with_the_simulator(
    simulator: str, seed: int, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLAASH_BUILD", str(BUILD))  # as with make test BUILD=
    run_bench(
        "flaash_types_bench",
        "tests.blocks.rtl_types_tests",
        simulator,
        f"rtl_types-{lanes}",
        {"Lanes": lanes},
        seed,
        extra_sources=[BENCH],
    )


def test_widths_are_those_that_the_packages_state() -> None:
    types = package_types("flaash_pkg")
    for name, constant in (("fiber_id_t", "FiberIdWidth"), ("entry_id_t", "EntryIdWidth")):
        assert types[name].width == CONSTANTS[constant]
    parts = [LINE[name].width for name in LINE.members]
    assert LINE.width == sum(parts) and LINE["id"].width == types["line_id_t"].width
    events = types["sdpe_events_t"]  # one bit each, but flags and empties
    assert len(events.members) - 2 == events.width - events["flags"].width - events["empties"].width


def test_the_first_member_has_the_highest_bits() -> None:
    assert LINE.pack(begins=1) == 1
    assert LINE.pack(valid=1) == 1 << LINE.width - 1


def test_records() -> None:
    line = LINE.unpack(LINE.pack(pair=1, id={"addr": 5}))
    assert (line.pair, line.id.addr, line.last) == (1, 5, 0)
    assert LINE.unpack(LINE.pack(line, last=1)) == line._replace(last=1)
    assert LINE.pack(LINE.pack(line)) == LINE.pack(line)


def test_parameters_change_widths() -> None:
    widths = [
        module_types("flaash_types_bench", {"CoordWidth": width}, (BENCH,))["sample_t"].width for width in (9, 10)
    ]
    assert widths[1] - widths[0] == 4  # lanes


def test_arrays_and_signs() -> None:
    kind = module_types("flaash_types_bench", {}, (BENCH,))["sample_t"]
    assert kind["coords"].pack([1]) == 1 and kind["coords"].unpack(1) == (1, 0, 0, 0)
    assert kind["delta"].pack(-1) == 127 and kind["delta"].unpack(127) == -1
    assert kind["events"].unpack(kind["events"].pack([{}, {"busy": 1}]))[1].busy == 1


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"last": 2}, ValueError),
        ({"last": -1}, ValueError),
        ({"a": 1}, TypeError),
        ({"id": {"addr": 1 << 20}}, ValueError),
        ({"id": {"address": 1}}, TypeError),
        ({"id": [1]}, TypeError),
        ({"id": 1 << 21}, ValueError),
        ({"last": {"b": 1}}, TypeError),
    ],
)
def test_what_does_not_fit_is_refused(members: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        LINE.pack(**members)


def test_other_mistakes() -> None:
    array = module_types("flaash_types_bench", {}, (BENCH,))["sample_i"]["events"]
    for wrong, error in (([{}, {}, {}], ValueError), ([{"idle": 1}], TypeError), (1.5, TypeError)):
        with pytest.raises(error):
            array.pack(wrong)
    with pytest.raises(ValueError):
        LINE.unpack(1 << LINE.width)
    with pytest.raises(KeyError):
        package_types("flaash_pkg")["MaxOrder"]
    with pytest.raises(KeyError):
        package_types("flaash_pkg")["jobs_t"]
    with pytest.raises(FileNotFoundError):
        module_types("flaash_nothing")
    with pytest.raises(ValueError, match="no parameter NoSuch"):
        module_types("flaash_types_bench", {"NoSuch": 1}, (BENCH,))


def test_a_plain_vector_is_an_integer() -> None:
    kind = module_types("flaash_types_bench", {}, (BENCH,))["line_i"]
    assert isinstance(kind, PackedType) and not kind.members and kind.pack(5) == 5


def test_outside_of_a_simulation_there_is_no_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(KeyError):
        bench_types()
