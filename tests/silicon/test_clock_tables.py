# SPDX-License-Identifier: Apache-2.0
"""The tables of gated clocks, and the page that has them."""

import copy

import pytest

from tests.silicon.test_record import CELLS, RESULTS
from tools.silicon import clock_tables, page, record, tables

CLOCKS = {"flip_flops": 40, "gates": 3, "gated": 30, "few": 2, "always": 8, "largest": [["u.b_q", 5], ["u.c_q", 3]]}


def results() -> dict:
    """Return a record of tiny without and with gated clocks: half of the area and of the power, 0.1 ns slower."""
    found = copy.deepcopy(RESULTS)
    tiny = found["configurations"]["tiny"]
    gated = copy.deepcopy(tiny)
    for piece in gated["pieces"].values():
        piece["cells"] = {**CELLS, "area": CELLS["area"] / 2, "clocks": copy.deepcopy(CLOCKS)}
    gated["chip"]["ns"] += 0.1
    gated["energy"]["7x7x512"] = {"cycles": 500.0, "internal": 0.5, "switching": 0.075, "leakage": 0.05}
    gated["power"]["pieces"]["flaash_mac"] = {"internal": 0.5, "switching": 0.25, "leakage": 0.125}
    found["configurations"][f"tiny{clock_tables.GATED}"] = gated
    return found


def test_both_chips_stand_beside_each_other() -> None:
    shown = {caption: rows for caption, _, rows in clock_tables.all_tables(results())}
    of_chips, of_runs, of_clocks = shown.values()
    times = ["8.000", "8.100", "+1.2", "13.000", "13.000", "+0.0"]
    assert of_chips == [["tiny", "8.0000", "4.0000", "-50.0", *times]]
    assert of_runs == [
        ["tiny", "dense, mW at 100 MHz", "5.25", "2.62", "2.00"],
        ["tiny", "7x7x512, nJ", "1.88", "0.62", "3.00"],
    ]
    registers = "`u.b_q` (5), `u.c_q` (3)"
    assert of_clocks == [
        ["tiny, gated", "MAC", "120", "9", "90", "6", "24", "75.0", registers],
        ["tiny, gated", "registers", "40", "3", "30", "2", "8", "75.0", registers],
    ]


def test_small_blocks_share_a_line() -> None:
    """A block with 200 of 20,240 flip-flops is small, and so is one with 40."""
    found = results()
    pieces = found["configurations"]["tiny, gated"]["pieces"]
    pieces["flaash_mac"]["count"] = 500
    pieces["flaash_plan"] = {**copy.deepcopy(pieces["flaash_mac"]), "block": "dispatcher", "count": 5}
    assert [row[1:3] for row in clock_tables.clocks(found)[2]] == [["MAC", "20,000"], ["others", "240"]]


def test_other_runs_are_not_compared() -> None:
    """Power of another sequence, energy of another layer, a chip without a clock, in part, or without its like."""
    found = results()
    gated = found["configurations"]["tiny, gated"]
    gated["power"]["sequence"] = "smoke"
    gated["energy"] = {"3x3x1024": gated["energy"]["7x7x512"]}
    del gated["chip"], found["configurations"]["tiny"]["chip"]["slow_ns"]
    assert clock_tables.runs(found)[2] == []
    assert clock_tables.chips(found)[2] == [["tiny", "8.0000", "4.0000", "-50.0", "8.000", "-", "-", "-", "-", "-"]]
    whole = copy.deepcopy(found)
    del whole["configurations"]["tiny, gated"]["pieces"]["flaash_mac"]
    assert clock_tables.chips(whole)[2] == []
    del found["configurations"]["tiny"]
    assert [caption for caption, _, _ in clock_tables.all_tables(found)] == [clock_tables.clocks(found)[0]]


def test_the_other_pages_have_no_gated_clocks() -> None:
    found = record.with_cycles(results())
    assert "gated" not in page.chips(found) and "gated" not in page.paths(found) and "tiny" in page.chips(found)
    assert any("tiny, gated" in row for _, _, rows in tables.all_tables(found) for row in rows)


def test_the_site_has_the_gated_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.site()["silicon_gated.md"][1]
    assert "asap7" in text and "sg13g2" in text
    monkeypatch.setattr(record, "read", lambda path: results())
    assert page.all_clocks() != text


def test_the_record_of_a_gated_chip_is_held() -> None:
    """Under its own name, and under another name of the same configuration."""
    found = results()
    found["configurations"]["default, gated"] = found["configurations"]["default"] = RESULTS["configurations"]["tiny"]
    again = copy.deepcopy(found["configurations"]["default, gated"])
    again["chip"]["ns"] = 9.0
    for name in ("default, gated", "fast8, gated", "fast8"):
        told = record.differences({"configurations": {name: again}}, found)
        assert told == [f"{name}: ns is 9, recorded is 8"]
