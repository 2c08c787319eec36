# SPDX-License-Identifier: Apache-2.0
"""The faults of tests/faults.yml can still be made; `make faults` shows that they are caught."""

import pytest
import yaml

from tb.common.toolchain import ROOT
from tests.collect import collected
from tools import faults

FAULTS = yaml.safe_load((ROOT / "tests" / "faults.yml").read_text())


def test_every_fault_can_be_made() -> None:
    """A text that has changed would take the fault out of the list unseen."""
    assert FAULTS
    for fault in FAULTS:
        text = (ROOT / fault["file"]).read_text()
        assert text.count(fault["old"]) == 1, f"{fault['file']}: {fault['what']}: {fault['old']!r}"
        assert fault["old"] != fault["new"]


def test_every_fault_is_one_of_its_own() -> None:
    changes = [(fault["file"], fault["old"], fault["new"]) for fault in FAULTS]
    assert len(set(changes)) == len(changes)


def test_the_tests_of_a_fault_exist() -> None:
    for fault in FAULTS:
        assert any(test.startswith("tests/") for test in fault["tests"]), fault["what"]
    named = {test for fault in FAULTS for test in fault["tests"] if test.startswith("tests/")}
    assert collected(*sorted(named))


def test_a_test_that_is_missing_is_noticed() -> None:
    with pytest.raises(AssertionError, match="no match in any of"):
        collected("tests/test_faults.py::test_every_fault_can_be_made[icarus]")


def test_no_such_fault(capsys: pytest.CaptureFixture) -> None:
    """Nothing is copied or run; the line names what there is."""
    assert faults.main(["--only", "nothing_like_it"]) == faults.MISTAKE
    told = capsys.readouterr().err
    assert "nothing_like_it" in told and "stream_fifo" in told


def test_faults_are_chosen_by_file_or_text() -> None:
    assert faults.select("") == FAULTS
    assert {fault["file"] for fault in faults.select("stream_fifo")} == {"rtl/stream/flaash_stream_fifo.sv"}
    assert faults.select(FAULTS[0]["what"])[0] == FAULTS[0]
