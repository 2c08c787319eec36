# SPDX-License-Identifier: Apache-2.0
"""Settings of `make sim` that make a run much slower are told, with the remedy; others are not."""

import pytest

from models import io
from models.axes import prepare
from sim import configs
from tb.cli import settings, sim
from tb.sequences.file import DEFAULT_A, DEFAULT_AXES, DEFAULT_B


def given(config: str, portion: int = 0, long_lines: int = 0) -> list[str]:
    operands = prepare(io.read(DEFAULT_A), io.read(DEFAULT_B), DEFAULT_AXES, 32)
    return settings.warnings(configs.load(config), operands, portion, long_lines)


def test_a_portion_that_is_too_small() -> None:
    """PORTION=16 on the tensors of the quickstart takes 12 times the cycles of whole fibers."""
    (told,) = given("default", 16)
    assert told.startswith("PORTION=16: a portion of 16 entries takes about") and told.endswith("take 0 (whole fibers)")
    assert given("default") == given("default", 4096) == []


def test_long_jobs_on_a_machine_that_has_a_plan() -> None:
    assert given("default", long_lines=13) == [
        "LONG_LINES=13 changes nothing: the plan of CONFIG=default cuts the work"
    ]
    assert given("paper32", long_lines=13) == []


@pytest.mark.parametrize("interface", ["stream", "memory"])
def test_it_is_printed_before_a_build(
    interface: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Built(Exception):
        pass

    def build(*_arguments, **_options) -> None:
        raise Built

    monkeypatch.setattr(sim, "build_top", build)
    with pytest.raises(Built):
        sim.main(["--portion", "16", "--if", interface])
    assert "warning: PORTION=16: a portion of 16 entries takes about" in capsys.readouterr().out
