# SPDX-License-Identifier: Apache-2.0
"""`make lint` notices hardware that can't be synthesised, shown by small modules with one such fault each."""

from pathlib import Path

import pytest

from sim import configs
from sim.toolchain import BUILD
from tools import synthesisable
from tools.lint import CORNERS, SYNTHESISED, WIDTHS, for_yosys, memory_builds

FAULTS = {
    "right": ("always_comb y = en ? a : 1'b0;", ""),
    "latch": ("always_latch if (en) y = a;", "latch"),
    "drivers": ("drives one (.a, .y); drives other (.a(en), .y);", "multiple conflicting drivers"),
    "tristate": ("assign y = en ? a : 1'bz;", "tribuf"),
    "undriven": ("logic missing; assign y = a & missing;", "nothing drives \\missing"),
    "partly": ("logic [1:0] half; assign half[0] = a; assign y = ^half & en;", "nothing drives \\half"),
    "loop": ("logic u; assign u = ~y & a; assign y = u | en;", "loop"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_module_that_cannot_be_synthesised_is_told(fault: str) -> None:
    body, told = FAULTS[fault]
    path = BUILD / "silicon" / "lint" / f"{fault}.sv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"module {fault} (input logic a, en, output wire logic y);\n  {body}\nendmodule\n"
        "module drives (input logic a, output logic y);\n  assign y = a;\nendmodule\n".replace(
            "wire logic", "logic" if "always" in body else "wire logic"
        )
    )
    lines = synthesisable.problems(fault, {}, f"test-{fault}", (Path(path),))
    assert bool(lines) == bool(told)
    if told:
        assert lines[0] == f"yosys, test-{fault}:" and any(told in line for line in lines[1:]), lines


def test_yosys_takes_what_differs_in_more_than_engines() -> None:
    few = {"NumSdpe": 2, "Lanes": 4}
    many = {"a": few, "b": {**few, "NumSdpe": 8}, "c": {**few, "NumSdpe": 32}, "d": {"NumSdpe": 64, "Lanes": 8}}
    assert for_yosys(many) == {"a": few, "b": many["b"], "d": {"NumSdpe": 8, "Lanes": 8}}


def test_the_memory_interface_is_checked_on_what_the_other_top_is() -> None:
    builds = {name: configs.load(name).parameters() for name in configs.names()}
    checked = memory_builds(builds)
    without = [
        {name: value for name, value in values.items() if name != "DataWidth"}
        for values in checked.values()
        if not CORNERS.keys() <= values.keys()
    ]
    assert without == list(for_yosys(builds).values())
    assert {values["DataWidth"] for values in checked.values()} == set(WIDTHS) == set(SYNTHESISED.values())
