# SPDX-License-Identifier: Apache-2.0
"""The readers against damaged files; `make fuzz` searches for more, and its findings are replayed here."""

import gzip
import random
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from models import io
from models.errors import TensorError
from models.tensor import SparseTensor
from tests.completed import completed
from tests.fuzz.inputs import archive, sound_files
from tests.fuzz.target import CORPUS, read_or_refuse
from tests.share import amount
from tools import fuzz

ENDINGS = list(io.READERS)
INPUTS = amount(1500, 6000)  # per reader
# Texts, sizes and bytes at which readers decide.
PIECES = (
    b"\xff\xff\xff\xff",
    b"\0\0\0\x80",
    b"-1",
    b"4294967296",
    b"99999999999999999999",
    b"1e999",
    b"nan",
    b"1_0",
    b"\n",
    b" ",
    b"%",
    b"#",
    b"# shape: 3",
    b"\0",
    b"\x80",
)


def damage(rng: random.Random, data: bytes) -> bytes:
    """Return the data with one to four bytes changed, pieces put in, or stretches cut or doubled."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        first, last = sorted(rng.randrange(len(damaged) + 1) for _ in range(2))
        match rng.randrange(4):
            case 0 if first < len(damaged):
                damaged[first] = rng.randrange(256)
            case 1:
                damaged[first:first] = rng.choice(PIECES)
            case 2:
                del damaged[first : first + rng.randint(1, 8)]
            case _:
                damaged[first:first] = damaged[first:last]
    return bytes(damaged)


@pytest.mark.parametrize("ending", ENDINGS)
def test_damaged_files(tmp_path: Path, ending: str, seed: int) -> None:
    rng, path = random.Random(seed), tmp_path / f"damaged{ending}"
    files, outcomes = list(sound_files(ending)), {True: 0, False: 0}
    for _ in range(INPUTS):
        data = damage(rng, rng.choice(files))
        path.write_bytes(gzip.compress(data, 1) if ending.endswith(".gz") else data)
        outcomes[read_or_refuse(path) is None] += 1
    # Both outcomes occur, otherwise the damage tests nothing.
    assert outcomes[True] > INPUTS // 10 and (outcomes[False] or ending == ".npz"), outcomes


def test_arbitrary_archives(tmp_path: Path, seed: int) -> None:
    rng, path = random.Random(seed), tmp_path / "arbitrary.npz"
    read = 0
    for _ in range(INPUTS):
        path.write_bytes(archive(rng.randbytes(rng.randrange(120))))
        read += read_or_refuse(path) is not None
    assert INPUTS // 100 < read < INPUTS // 2, read


@pytest.mark.parametrize("ending", ENDINGS)
def test_sound_files(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sound{ending}"
    for data in sound_files(ending):
        path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
        assert read_or_refuse(path) is not None


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_corpus(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((CORPUS / name).read_bytes())
    read_or_refuse(path)


@pytest.mark.parametrize(
    ("reader", "complaint"),
    [
        (lambda path: np.zeros(3)[7], IndexError),
        (lambda path: (_ for _ in ()).throw(TensorError("no file named")), AssertionError),
        (lambda path: SparseTensor((2,), np.array([[1], [0]]), np.ones(2)), AssertionError),
        (lambda path: SparseTensor((2,), np.array([[5]]), np.ones(1)), TensorError),
    ],
)
def test_a_broken_reader_is_noticed(tmp_path: Path, monkeypatch, reader, complaint) -> None:
    monkeypatch.setitem(io.READERS, ".tns", reader)
    with pytest.raises(complaint):
        read_or_refuse(tmp_path / "x.tns")


def _pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    """Let `make fuzz` start this program in place of the fuzzer."""
    monkeypatch.setattr(fuzz, "FOLDER", tmp_path)
    monkeypatch.setattr(
        fuzz,
        "command",
        lambda ending, corpus, seconds, seed: [
            sys.executable,
            "-c",
            textwrap.dedent(program),
            str(corpus.parent),
            ending,
        ],
    )


def test_make_fuzz_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    _pretend(monkeypatch, tmp_path, "print('Done 1234 runs in 1 second(s)')")
    assert fuzz.main(["--minutes", "1"]) == 0
    text = capsys.readouterr().out
    assert text.count("all handled") == len(ENDINGS) and f"{1234 * len(ENDINGS):,} inputs" in text


def test_make_fuzz_fails_with_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    _pretend(
        monkeypatch,
        tmp_path,
        """
        import pathlib, sys
        if sys.argv[2] == ".mtx":
            (pathlib.Path(sys.argv[1]) / "crash-1").touch()
            sys.exit(77)
        print("Done 1 runs")""",
    )
    assert fuzz.main(["--minutes", "1"]) == 1
    assert capsys.readouterr().out.count("broken by") == 1


def test_make_fuzz_fails_without_the_fuzzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    _pretend(monkeypatch, tmp_path, "raise SystemExit(1)")
    assert fuzz.main(["--minutes", "1"]) == 1
    assert "the fuzzer ended with status 1" in capsys.readouterr().err


def test_the_command_is_one_that_can_be_called() -> None:
    result = completed("python -m tools.fuzz --help")
    assert result.returncode == 0 and "--minutes" in result.stdout
