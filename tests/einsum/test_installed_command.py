# SPDX-License-Identifier: Apache-2.0
"""The command `flaash`: what it prints, writes and refuses."""

from pathlib import Path

import numpy as np
import pytest

import flaash
from flaash import command
from flaash.backends import Chip
from models import io
from models.tensor import SparseTensor

A, B = np.arange(24.0).reshape(2, 3, 4), np.arange(40.0).reshape(2, 5, 4)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, array in (("a.npz", A), ("b.tns", B)):
        io.write(name, SparseTensor.from_dense(array))


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["einsum", "bij,bkj->bik", "a.npz", "b.tns", "--on", "icarus"], np.einsum("bij,bkj->bik", A, B)),
        (["einsum", "bij->j", "a.npz", "--on", "model"], A.sum((0, 1))),
        (["sim", "a.npz", "b.tns", "--on", "icarus"], np.tensordot(A, B, ((2,), (2,)))),
        (["sim", "a.npz", "b.tns", "--axes", "0,2:0,2", "--on", "icarus"], np.tensordot(A, B, ((0, 2), (0, 2)))),
    ],
)
def test_contracts_files(arguments: list[str], expected: np.ndarray, capsys: pytest.CaptureFixture) -> None:
    assert command.main([*arguments, "--config", "tiny", "--out", "c.npz"]) == 0
    printed = capsys.readouterr().out
    assert "configuration tiny, fp32" in printed and "result written to c.npz" in printed
    np.testing.assert_array_equal(io.read("c.npz").to_dense(), expected)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["einsum", "ij,kj", "a.npz", "b.tns"], "operand 0"),
        (["einsum", "bij,bkj", "a.npz", "none.tns"], "none.tns: can't be read"),
        (["sim", "a.npz", "b.tns", "--axes", "1"], "axes '1' are not of the form"),
        (["sim", "a.npz", "b.tns", "--axes", "1:1"], "extent 3 of mode 1 of A differs from extent 5"),
        (["sim", "a.npz", "b.tns", "--config", "slow"], "unknown configuration 'slow'"),
        (["sim", "a.npz", "b.tns", "--out", "c.xyz"], "c.xyz: unknown ending; results are written as"),
        (["sim", "a.npz", "b.tns", "--out", "none/c.npz"], "there is no folder"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture) -> None:
    assert command.main(arguments) == command.MISTAKE
    printed = capsys.readouterr().err
    assert printed.startswith("error: ") and printed.count("\n") == 1 and told in printed


@pytest.mark.parametrize("arguments", [[], ["other"], ["sim", "a.npz"], ["sim", "a.npz", "b.tns", "--on", "model"]])
def test_a_wrong_call_is_explained(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(arguments)
    assert end.value.code == command.MISTAKE and "usage: flaash" in capsys.readouterr().err


@pytest.mark.needs("iverilog")
def test_a_chip_that_disagrees_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def disagrees(self: Chip, pairs: list) -> None:
        raise flaash.DisagreementError("chip and model disagree")

    monkeypatch.setattr(Chip, "contract", disagrees)
    assert command.main(["sim", "a.npz", "b.tns", "--on", "icarus", "--config", "tiny"]) == command.FAILED
    assert "FAILED: chip and model disagree" in capsys.readouterr().err


def test_help_and_version(capsys: pytest.CaptureFixture) -> None:
    for arguments, told in (
        (["--version"], f"flaash {flaash.__version__}"),
        (["--help"], "einsum"),
        (["sim", "--help"], "--axes"),
    ):
        with pytest.raises(SystemExit) as end:
            command.main(arguments)
        assert end.value.code == 0 and told in capsys.readouterr().out
