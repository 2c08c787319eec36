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
JOB = package_types("flaash_pkg")["job_t"]


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
    parts = [JOB[name].width for name in JOB.members]
    assert JOB.width == sum(parts) and JOB["portion"].width == types["portion_t"].width
    events = types["sdpe_events_t"]  # one bit each, but flags and empties
    assert len(events.members) - 2 == events.width - events["flags"].width - events["empties"].width


def test_the_first_member_has_the_highest_bits() -> None:
    assert JOB.pack(b_lines=1) == 1
    assert JOB.pack(portion={"partial": 1}) == 1 << JOB.width - 1


def test_records() -> None:
    job = JOB.unpack(JOB.pack(a_id=3, portion={"slot": 5}))
    assert (job.a_id, job.portion.slot, job.b_id) == (3, 5, 0)
    assert JOB.unpack(JOB.pack(job, a_id=4)) == job._replace(a_id=4)
    assert JOB.pack(JOB.pack(job)) == JOB.pack(job)


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
        ({"a_id": 1 << 20}, ValueError),
        ({"a_id": -1}, ValueError),
        ({"a": 1}, TypeError),
        ({"portion": {"slot": 64}}, ValueError),
        ({"portion": {"sloth": 1}}, TypeError),
        ({"portion": [1]}, TypeError),
        ({"portion": 1 << 13}, ValueError),
        ({"a_id": {"b": 1}}, TypeError),
    ],
)
def test_what_does_not_fit_is_refused(members: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        JOB.pack(**members)


def test_other_mistakes() -> None:
    array = module_types("flaash_types_bench", {}, (BENCH,))["sample_i"]["events"]
    for wrong, error in (([{}, {}, {}], ValueError), ([{"idle": 1}], TypeError), (1.5, TypeError)):
        with pytest.raises(error):
            array.pack(wrong)
    with pytest.raises(ValueError):
        JOB.unpack(1 << JOB.width)
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
