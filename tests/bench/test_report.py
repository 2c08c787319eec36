# SPDX-License-Identifier: Apache-2.0
"""Records of runs, their checks, and the report."""

import json
from pathlib import Path

import pytest

from bench import claims, report
from bench.machines import OURS, PAPER, machine
from bench.measure import added, check, check_frame, cycle_limit, record
from bench.rows import Row, all_rows
from bench.workloads import expected
from flaash.driver.frames import BEAT, RESULT_MAGIC
from models.numbers import get_format
from tb.common import rtl_constants as rtl

WORKLOAD = "3x3x1024_d0.05"
STEPS = [10, 12, 9, 10, 11, 10, 12, 10]  # of the engines


def frame(change: int = 0) -> bytes:
    """Return the right result frame of WORKLOAD; `change` is added to its last value."""
    result = expected(WORKLOAD, "fp32")
    bits = result.bits.tolist()
    bits[-1] += change
    beats = []
    for place, value in zip(result.coords.tolist(), bits, strict=True):
        words = [*place, value]
        beats += [words[:4], words[4:] + [0] * (8 - len(words))]
    beats.append([RESULT_MAGIC, 0, result.results, 0])
    return b"".join(word.to_bytes(4, "little") for beat in beats for word in beat)


def counters(**changes: int) -> dict[str, int]:
    result = expected(WORKLOAD, "fp32")
    right = dict.fromkeys(rtl.COUNTERS, 0) | {
        "CntCycles": 1000,
        "CntJobs": result.jobs,
        "CntMatches": result.matches,
        "CntResults": result.results,
        "CntBusy": 4000,
        "CntStallA": 800,
        "CntMemReads": 10,
        "CntSteps": sum(STEPS),
    }
    return right | changes


def test_a_right_frame_passes() -> None:
    assert get_format("fp32").result_width == 32 and BEAT == 16
    assert check(WORKLOAD, machine("default"), frame(), counters(), STEPS) == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (frame(change=1), "the model says"),
        (frame()[2 * BEAT :], "is missing"),
        (frame()[:-BEAT], "the last beat of the result frame is no trailer"),
    ],
    ids=["a wrong bit", "a missing result", "no trailer"],
)
def test_a_wrong_frame_is_told(made: bytes, told: str) -> None:
    assert any(told in sentence for sentence in check_frame(WORKLOAD, machine("default"), made))


@pytest.mark.parametrize("name", ["CntJobs", "CntMatches", "CntResults", "CntSteps"])
def test_a_wrong_counter_is_told(name: str) -> None:
    [sentence] = check(WORKLOAD, machine("default"), frame(), counters(**{name: 1}), STEPS)
    assert sentence.startswith(f"{name} is 1")


def test_record_of_a_run() -> None:
    row, chosen = Row(WORKLOAD, "default", ("table",)), machine("default")
    made = record(row, chosen, {"counters": counters(), "steps": STEPS, "wall": 0.5, "simulated": 3000}, [])
    assert made["checked"] and made["cycles"] == 1000 and made["num_sdpe"] == 8
    assert made["busy_percent"] == 50 and made["stall_a_percent"] == 10
    assert made["balance_percent"] == 75
    assert made["above_percent"] == pytest.approx(100 * (1000 / made["bound"] - 1))
    assert made["entries_read"] == 40 and made["wall_seconds"] == 0.5 and 0 < made["bound"] < 1000


def test_the_least_and_the_most_cycles() -> None:
    """Fewer cycles than can be are a problem, and the limit of a run is beyond one slow engine."""
    assert cycle_limit("7x7x512_d0.1") > 2 * 231_500
    row, chosen = Row(WORKLOAD, "default"), machine("default")

    def made(cycles: int) -> dict:
        outcome = {"counters": counters(CntCycles=cycles), "steps": STEPS, "wall": 1, "simulated": 1}
        return record(row, chosen, outcome, [])

    bound = made(1000)["bound"]
    assert made(bound)["checked"]
    low = made(bound - 1)
    assert not low["checked"] and "the least that there can be" in low["problems"][0]


def synthetic() -> dict:
    """Return results of every planned run in which each machine takes 20,000 cycles / engines."""
    records = []
    for row in all_rows():
        number = machine(row.config).num_sdpe
        made = record(row, machine(row.config), {}, [])
        made |= {"cycles": 20_000 // number, "bound": 18_000 // number, "bound_by": "engine"}
        made |= dict.fromkeys(
            """contractions load_cycles unload_cycles jobs matches results entries_read conflicts busy_percent
                stall_a_percent stall_b_percent stall_mac_percent stall_result_percent balance_percent
                above_percent wall_seconds""".split(),
            1,
        )
        records.append(made)
    times = {"numpy": 20.0, "scipy_mixed": 19.0, "scipy": 55.0}
    return {
        "rows": records,
        "software": {"7x7x512_d0.1": times},
        "clocks": {"assumed": 1000.0, "FPGA": 80.0},
        "about": {"measured": "today"},
    }


def test_targets_met_and_missed() -> None:
    lines = {(line["workload"], line["num_sdpe"]): line for line in report.target_lines(synthetic()["rows"])}
    assert lines["7x7x512_d0.1", 32]["met"] and not lines["7x7x512_d0.1", 8]["met"]
    assert not lines["7x7x512_d0.05", 1]["met"] and lines["7x7x512_d0.05", 1]["cycles"] == 20_000
    assert len(lines) == 27


def test_points_of_the_paper() -> None:
    lines = {(line["workload"], line["num_sdpe"]): line for line in report.paper_lines(synthetic()["rows"])}
    line = lines["7x7x512_d0.005", 1]
    assert line["difference"] == pytest.approx(100 * (20_000 / 9_800 - 1)) and line["allowed"] == 10
    assert lines["7x7x512_d0.1", 32]["allowed"] == 25


def test_software_beside_the_fastest_of_our_machines() -> None:
    results = synthetic()
    [line] = report.software_lines(results["rows"], results["software"], results["clocks"])
    assert line["config"] == OURS[32] and line["cycles"] == 625
    assert line["hardware"] == {"assumed": 0.625, "FPGA": 625 / 80}
    assert line["mixed"] == 19 and line["sparse"] == 55


def test_slices_are_added_up() -> None:
    one = {"counters": {"CntCycles": 5}, "steps": [1, 2], "wall": 0.5, "cpu": 0.25, "simulated": 9}
    assert added([one, one]) == {
        "counters": {"CntCycles": 10},
        "steps": [2, 4],
        "wall": 1.0,
        "cpu": 0.5,
        "simulated": 18,
    }
    assert added([one, {"failure": "no"}]) == {}


def sustained(cycles: dict[str, float], width: int = 512) -> list[dict]:
    """Return rows from outside with these cycles, by workload."""
    return [
        {"workload": name, "config": "fast32", "width": width, "sustained_cycles": number}
        for name, number in cycles.items()
    ]


def test_the_claim_of_25_times() -> None:
    """625 cycles from memory to memory against 12.5 us: at 1,250 MHz 25 times faster."""
    name, times = "3x3x1024_d0.05", {"torch_coo": 12.5, "torch_csr": 30.0, "torch_csr_mixed": 2.0, "scipy": 1.0}
    rows, clocks = sustained({name: 625.0}), {"slow": 100.0, "under": 1249.0, "fast": 1250.0}
    [line] = claims.claim_lines([*synthetic()["rows"], *rows], {name: times}, clocks)
    assert (line["way"], line["torch"], line["cycles"], line["needed"]) == ("torch_coo", 12.5, 625.0, 1250.0)
    assert line["times"] == pytest.approx({"slow": 2.0, "under": 24.98, "fast": 25.0})
    assert line["reached"] == {"slow": False, "under": False, "fast": True}
    assert claims.claim_lines(rows, {}, clocks) == []
    assert claims.claim_lines(rows, {name: {"scipy": 1.0}}, clocks) == []


def test_the_claim_is_from_memory_to_memory_at_the_widest_bus() -> None:
    name = "3x3x1024_d0.05"
    narrow, other = sustained({name: 625.0}, 256), [row | {"config": "default"} for row in sustained({name: 625.0})]
    assert claims.claim_lines([*synthetic()["rows"], *narrow, *other], {name: {"torch_coo": 12.5}}, {}) == []


def test_averages_of_the_claim() -> None:
    cycles = {"3x3x1024_d0.05": 100.0, "3x3x1024_d0.01": 300.0, "7x7x512_d0.01": 500.0}
    times = {name: {"torch_csr": 10.0} for name in cycles}
    found = claims.average_lines(claims.claim_lines(sustained(cycles), times, {"fast": 1000.0}))
    assert [line["shape"] for line in found] == ["7x7x512", "3x3x1024"]
    assert found[1] == {
        "shape": "3x3x1024",
        "needed": pytest.approx(500.0),
        "times": {"fast": pytest.approx((100 + 100 / 3) / 2)},
        "paper": 24.5,
    }


def test_clocks_are_those_of_recorded_files(tmp_path: Path) -> None:
    """A clock whose file is missing has no columns in the table."""
    (tmp_path / "there.json").write_text('{"mhz": 12.5}')
    recorded = {tmp_path / f"{name}.json": lambda found: found.items() for name in ("there", "absent")}
    assert claims.known_clocks(recorded) == {"mhz": 12.5}
    clocks, (_, (_, head, _), _) = claims.known_clocks(), claims.tables(synthetic())
    assert head[4 : 4 + len(clocks)] == [
        f"25 times at {mhz:g} MHz ({name})? (times faster)" for name, mhz in clocks.items()
    ]


def test_the_clocks_of_the_chip_are_those_of_its_slowest_paths(tmp_path: Path) -> None:
    """The clock without the memory interface counts where there is none with it; other machines have none."""
    pieces = {name: {"ecp5": {"clocks": clocks}} for name, clocks in {"a": [50.0], "b": [80.0, 45.0], "c": []}.items()}
    silicon = {
        "library": {"name": "sg13g2_stdcell_typ"},
        "configurations": {
            "fast32": {"chip": {"ns": 8.0}, "pieces": pieces},
            "fast32-memory512": {"chip": {"ns": 10.0}, "pieces": {"a": {"cells": {}}}},
            "tiny": {"chip": {"ns": 1.0}},
        },
    }
    path = tmp_path / "silicon.json"
    path.write_text(json.dumps(silicon))
    records = {path: claims.RECORDED[claims.FOLDER / "silicon.json"]}
    placed = ("fast32 on an ECP5, slowest placed piece, upper bound", 45.0)
    assert list(claims.known_clocks(records).items()) == [("fast32-memory512 in sg13g2, no wires", 100.0), placed]
    silicon["configurations"]["fast32-memory512"]["pieces"]["a"]["ecp5"] = {"clocks": [40.0]}
    path.write_text(json.dumps(silicon))
    assert [name for name in claims.known_clocks(records) if "ECP5" in name] == [
        placed[0].replace("fast32", "fast32-memory512")
    ]
    del silicon["configurations"]["fast32-memory512"]
    path.write_text(json.dumps(silicon))
    assert list(claims.known_clocks(records).items()) == [("fast32 in sg13g2, no wires", 125.0), placed]


def test_deep_learning_beside_software() -> None:
    results = synthetic()
    times = {"swat": {"numpy": 7.0, "scipy_mixed": 5.0, "scipy": 9.0, "torch_csr": 8.0}}
    lines = {line["row"]["workload"]: line for line in claims.learning_lines(results["rows"], times, 1000.0)}
    assert len(lines) == 8 and lines["tender"]["dense"] is None
    assert lines["swat"]["dense"] == ("scipy_mixed", 5.0) and lines["swat"]["sparse"] == ("torch_csr", 8.0)
    assert lines["swat"]["torch"] == ("torch_csr", 8.0) and lines["swat"]["microseconds"] == 2.5


def test_tables_for_the_documents() -> None:
    text = report.as_markdown(synthetic())
    assert "| 7x7x512_d0.1 | 32 | 625 | 659 | 562 | 625 | 1.0 |" in text
    assert "20,000 (missed) | 13,700" in text
    assert f"| 7x7x512_d0.1 | {OURS[32]} | 625 | 0.62 | 7.81 | 19.0 | 55.0 |" in text


def test_report_of_all_runs(tmp_path: Path) -> None:
    page = report.write_report(synthetic(), tmp_path).read_text()
    pictures = {path.name for path in tmp_path.glob("*.png")}
    assert pictures == {"scaling.png", "length.png", "order.png", "layer.png", "learning.png"}
    assert all(name in page for name in pictures)
    assert "bit by bit" in page and ">met<" in page and "231,500" in page


def test_report_of_few_runs_with_a_failure(tmp_path: Path) -> None:
    row = record(Row("skewed", PAPER[32]), machine(PAPER[32]), {}, ["result (1,) is missing"])
    page = report.write_report(
        {"rows": [row], "software": {}, "clocks": {"assumed": 1000.0}, "about": {}}, tmp_path
    ).read_text()
    assert "1 of 1 run failed" in page and "result (1,) is missing" in page
    assert not list(tmp_path.glob("*.png"))
