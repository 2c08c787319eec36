# SPDX-License-Identifier: Apache-2.0
"""`make sim EINSUM=..`: its output, files and errors."""

import socket
from pathlib import Path

import numpy as np
import pytest

from models import io
from models.tensor import SparseTensor
from sim.serve import Session, SessionError
from sim.toolchain import BUILD
from tb.cli import einsum, sim
from tb.cli.common import FAILED, MISTAKE

A, B = np.arange(24).reshape(2, 3, 4), np.arange(40).reshape(2, 5, 4)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(einsum, "CONNECT", 2)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sim, "FOLDER", BUILD / f"cli-{tmp_path.name}")
    for name, array in (("a.npz", A), ("b.tns", B)):
        io.write(name, SparseTensor.from_dense(array))
    return tmp_path


FILES = ["--a", "a.npz", "--b", "b.tns", "--sim", "icarus", "--config", "tiny"]


def call(*options: str) -> int:
    return sim.main(["--einsum", "bij,bkj->bik", *FILES, *options])


@pytest.mark.needs("iverilog")
def test_contracts_two_files(capsys: pytest.CaptureFixture) -> None:
    assert call("--out", "c.npz") == 0
    text = capsys.readouterr().out
    for part in (
        "bij,bkj->bik",
        "icarus, configuration tiny, fp32",
        "2 x 3 x 5",
        "cycles",
        "2 slices over 'b'",
        "result written to c.npz",
    ):
        assert part in text, part
    np.testing.assert_array_equal(io.read("c.npz").to_dense(), np.einsum("bij,bkj->bik", A, B))


@pytest.mark.needs("iverilog")
def test_contracts_two_files_on_two_chips(capsys: pytest.CaptureFixture) -> None:
    """By AXES as with one chip; and an address of a cluster where there is none."""
    files = [*FILES, "--axes", "0,2:0,2"]
    assert sim.main([*files, "--chips", "2", "--out", "c.npz"]) == 0
    text = capsys.readouterr().out
    assert "2 x icarus, configuration tiny" in text and "makespan, balance" in text
    np.testing.assert_array_equal(io.read("c.npz").to_dense(), np.einsum("bij,bkj->ik", A, B))
    with socket.socket() as door:  # a port that nobody listens at
        door.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{door.getsockname()[1]}"
        assert sim.main([*files, "--chips", address]) == MISTAKE
    assert f"CHIPS={address}: no scheduler answers there" in capsys.readouterr().err


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    "options, sentence",
    [
        (["--axes", "1:2"], "AXES can't be given together with EINSUM"),
        (["--seq", "smoke", "--portion", "4"], "SEQ and PORTION can't be given together with EINSUM"),
        (["--seeds", "1-3"], "EINSUM is for one run"),
        (["--a", ""], "EINSUM needs A, and B if there are two operands"),
        (["--b", "none.npz"], "none.npz: can't be read"),
        (
            ["--einsum", "bij,bjk->bik"],
            "error: index 'j' has extent 4 in operand 0 (mode 2), but 5 in operand 1 (mode 1)\n",
        ),
    ],
)
def test_mistakes(options: list[str], sentence: str, capsys: pytest.CaptureFixture) -> None:
    assert call(*options) == MISTAKE
    assert sentence in capsys.readouterr().err


@pytest.mark.needs("iverilog")
def test_a_simulation_that_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def fails(self, orders, *_) -> None:
        raise SessionError("the simulated chip ended: no progress")

    monkeypatch.setattr(Session, "contract", fails)
    assert call() == FAILED
    assert "FAILED: the simulated chip ended: no progress" in capsys.readouterr().out
