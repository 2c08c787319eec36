# SPDX-License-Identifier: Apache-2.0
"""make operator-faults: the faults are drawn and made, and a fatal one is caught."""

import json
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tests.collect import collected
from tools import faults, operator_faults, operators
from tools.operators import OperatorFault

GATE = "rtl/result/flaash_result_gate.sv"


def changes(text: str) -> dict[str, str]:
    """Return the changes of a module's body by kind, as (the changed text)."""
    whole = "module m (\n  input logic a\n);\n" + text + "\nendmodule\n"
    found = operators._changes(operators.masked(whole))
    return {
        kind: OperatorFault("", offset, whole[offset : offset + len(old)], new, kind)
        .applied(whole)
        .removeprefix("module m (\n  input logic a\n);\n")
        .removesuffix("\nendmodule\n")
        for offset, old, new, kind in found
    }


def test_each_kind_of_change() -> None:
    assert changes("assign x = a && !b;") == {
        "&& becomes ||": "assign x = a || !b;",
        "&& !b is dropped": "assign x = a;",
        "! is dropped": "assign x = a && b;",
    }
    assert changes("assign x = a == b;") == {"== becomes !=": "assign x = a != b;"}
    assert changes("x_q <= a <= b ? c : d;") == {"<= becomes <": "x_q <= a < b ? c : d;"}
    assert changes("assign x = a - 1'b1;") == {
        "- becomes +": "assign x = a + 1'b1;",
        "1'b1 becomes 1'd0": "assign x = a - 1'd0;",
    }
    assert changes("if (go) x_q <= ~y;") == {
        "a condition is negated": "if (!(go)) x_q <= ~y;",
        "~ is dropped": "if (go) x_q <= y;",
    }
    assert changes("assign x = y || z;")["a term is negated"] == "assign x = y || !z;"
    assert changes("assign x = 3'd7 + n;")["3'd7 becomes 3'd0"] == "assign x = 3'd0 + n;"


@pytest.mark.parametrize(
    "text",
    [
        "// a && b",
        "logic [Width-1:0] a, b;",
        "localparam int unsigned N = A + 1;",
        "x_q <= y;",
        '`FLAASH_ASSERT(A_A, !(a && b) || c == 1, "a + b")',
        "if (!rst_ni) x_q <= y;",
        'if (A < 1 || A > 2) begin : gen_illegal_a\n  `FLAASH_ILLEGAL("a < b")\nend',
    ],
)
def test_no_change_of_what_is_no_operator_of_the_hardware(text: str) -> None:
    assert not changes(text)


def test_the_draw_is_that_of_the_seed() -> None:
    assert operators.draw(5, 30) == operators.draw(5, 30) != operators.draw(6, 30)
    assert len(set(operators.draw(5, 30))) == 30
    assert all(fault.file == GATE for fault in operators.draw(1, 1000, "result_gate"))


def test_every_fault_can_be_made_and_changes_its_line() -> None:
    found = operators.all_faults()
    assert len(found) > 1000 and len({fault.file for fault in found}) > 80
    texts = {fault.file: (ROOT / fault.file).read_text() for fault in found}
    for fault in found:
        assert fault.applied(texts[fault.file]) != texts[fault.file]
    with pytest.raises(ValueError, match="does not stand"):
        found[0].applied("")


def test_a_module_has_its_own_bench_first() -> None:
    for module, bench in (
        ("stream_fifo", "stream_fifo"),
        ("fiber_loader", "sdpe"),
        ("intersect_merge", "sdpe"),
        ("watchdog", "work"),
    ):
        assert operator_faults.tests_of(f"flaash_{module}")[0].endswith(f"::test_{bench}"), module


def test_a_module_meets_the_chip_that_has_it() -> None:
    assert collected(*operator_faults.CHIP) and collected(*operator_faults.DMA)
    for module, tests in (
        ("chip", operator_faults.CHIP),
        ("mac_round", operator_faults.CHIP),
        ("dma_issue", operator_faults.DMA),
        ("memory_top", operator_faults.DMA),
    ):
        assert operator_faults.chip_tests(f"flaash_{module}") == tests, module


def test_caught_and_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """The module's bench catches a fault that lets results pass for ever; a no-op survives."""
    text = (ROOT / GATE).read_text()
    place = text.index("!kill_i")
    drawn = [OperatorFault(GATE, place, "!", new, "! changes") for new in ("", "!")]
    monkeypatch.setattr(operator_faults, "FOLDER", tmp_path / "copy")
    monkeypatch.setattr(operator_faults, "draw", lambda seed, count, only: drawn)
    monkeypatch.setattr(operator_faults, "CHIP", ["tests/blocks/test_plain.py::test_result_gate"])
    assert operator_faults.main([]) == faults.FAILED
    report = json.loads((tmp_path / "copy" / "report.json").read_text())
    assert ["result_gate" in (record["caught"] or "") for record in report["faults"]] == [True, False]
    assert report["seed"] == 1 and (tmp_path / "copy" / GATE).read_text() == text
    assert "1 of 2 faults caught, seed 1\nsurvived: " in capsys.readouterr().out
    monkeypatch.setattr(operator_faults, "catch", lambda *_: pytest.fail("what is known is run again"))
    assert operator_faults.main(["--keep"]) == faults.FAILED
    assert json.loads((tmp_path / "copy" / "report.json").read_text())["faults"] == report["faults"]


def test_what_a_test_starts_has_a_limit(tmp_path: Path) -> None:
    """The limit counts processor time; a simulation that has reached it has no result."""
    asked = "import resource as r, sys; sys.exit(r.getrlimit(r.RLIMIT_CPU)[0])"
    (tmp_path / "test_it.py").write_text(
        "import subprocess, sys\ndef test_it():\n"
        f"    assert subprocess.run([sys.executable, '-c', {asked!r}]).returncode != 77, '{faults.DIED}'\n"
    )
    assert faults.first_failure(tmp_path, ["test_it.py"], 60, cpu=77) == f"{faults.DIED}: test_it.py::test_it"
