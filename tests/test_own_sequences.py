# SPDX-License-Identifier: Apache-2.0
"""A user's own sequence: the file of `make new-sequence` runs; a mistake in it is named with its place."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.interfaces import INTERFACES
from sim.toolchain import ROOT
from tb.agents.contraction.item import ContractionItem
from tb.cli import new_sequence, sim
from tb.cli.common import FAILED, MISTAKE, UsageError
from tb.sequences import registry
from tools import lint

SCRATCH = "scratch_"  # prefix of the sequences that a test makes and removes
HEAD = """from cocotb.triggers import Timer
from tb.agents.contraction.item import ExpectedError
from tb.sequences.base import ContractionSequence


class {name}(ContractionSequence):
    def __init__(self, name="scratch"):
        super().__init__(name)

    async def body(self):
        a, b = self.tensor(2, 3, 5), self.tensor(4, 5)
"""
WITH_ROWS = "tiny:Engine=resident,NumSdpe=2,Lanes=2"
BODY_LINE = HEAD.count("\n") + 1
MEMORY = "--if=memory"


pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.fixture
def scratch(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a sequence of the text of its file and returns its name."""
    made: list[Path] = []

    def make(text: str) -> str:
        name = f"{SCRATCH}{os.getpid()}_{abs(hash(request.node.name)) % 10**8}"
        path = registry.FOLDER / f"{name}.py"
        made.append(path)
        path.write_text(text.replace("{name}", registry.class_name(name)))
        return name

    yield make
    for path in made:
        path.unlink()


def _run(name: str, status: int, capsys: pytest.CaptureFixture, *more: str) -> tuple[str, str]:
    """Run a sequence, which must end with this exit status; return what was printed, without line ends."""
    assert sim.main(["--seq", name, "--sim", "icarus", "--config", "tiny", *more]) == status
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return captured.out, captured.err


@pytest.mark.needs("iverilog")
def test_a_new_sequence_runs_at_once(capsys: pytest.CaptureFixture) -> None:
    name = f"{SCRATCH}{os.getpid()}"
    assert new_sequence.main([f"--name={name}"]) == 0
    path = registry.FOLDER / f"{name}.py"
    try:
        assert f"make sim SEQ={name}" in capsys.readouterr().out
        assert len(path.read_text().splitlines()) <= 50
        for interface in INTERFACES:
            _run(name, 0, capsys, "--if", interface)
        assert new_sequence.main([f"--name={name}"]) == MISTAKE and "exists already" in capsys.readouterr().err
    finally:
        path.unlink()


def test_a_new_sequence_is_clean_for_lint(tmp_path: Path) -> None:
    path = new_sequence.create("long_fibers", tmp_path)
    assert lint.python_style(path.name, path.read_text()) == []
    for check in ("check", "format --check"):
        ruff = [sys.executable, "-m", "ruff", *check.split(), "--config", ROOT / "pyproject.toml", path]
        assert subprocess.run(ruff).returncode == 0


@pytest.mark.parametrize("name", ["Long", "long fibers", "2long", "long__x", "_long", "", "class", "../x", "base"])
def test_bad_names_of_sequences_are_refused(name: str, tmp_path: Path) -> None:
    """`class` keeps to the rule for letters, so another rule is stated."""
    of_python = ".*: it is a word of Python's language" if name == "class" else ""
    with pytest.raises(UsageError, match=f"'{name}'{of_python}|exists already"):
        new_sequence.create(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("x = (\n", 1, "SyntaxError: '(' was never closed"),
        ("import os\nimport nosuchmodule\n", 2, "ModuleNotFoundError: No module named 'nosuchmodule'"),
        ("\n\nx = 1 / 0\n", 3, "ZeroDivisionError: division by zero"),
        ("\nexit(5)\n", 2, "SystemExit: 5"),
    ],
)
def test_a_file_that_python_cannot_load(text: str, line: int, sentence: str, scratch, capsys) -> None:
    name = scratch(text)
    _, err = _run(name, MISTAKE, capsys)
    assert err == f"error: tb/sequences/{name}.py:{line}: {sentence}\n"


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    ("statement", "options", "sentence"),
    [
        ("{}['nope']", "", "KeyError: 'nope'"),
        (
            "await self.contract(a, b, stalls={'results': 'bursty'})",
            "",
            "ValueError: stalls: there is no port 'results', choose from operand, result, register",
        ),
        (
            "await self.contract(self.tensor(2, 70000), self.tensor(2, 70000))",
            "",
            "TensorError: operand A: 70,000 coordinates in its contracted mode, CONFIG=tiny takes",
        ),
        ("await self.contract(a, b, stalls='bursty')", "", "ValueError: stalls is 'bursty', but takes a kind by port"),
        ("await self.contract(a, b, run_length=1.5)", "", "ValueError: run_length = 1.5 is not an integer"),
        ("await self.contract(a, self.tensor(2, 6))", "", "TensorError: contracted extents differ: 5"),
        ("await self.contract(a, b, portion=2)", "", "ValueError: portion = 2: CONFIG=tiny can't split dot products"),
        ("await self.contract(a, b, layout=1)", "", "ValueError: layout: only descriptors have one, so IF=memory"),
        (
            "await self.contract(a, b, layout=1)",
            MEMORY,
            "ValueError: layout: CONFIG=tiny gives the results of a row in",
        ),
        (
            "await self.contract(a, b, layout=1, portion=3)",
            f"{MEMORY} --config={WITH_ROWS}",
            "ValueError: portion = 3: one engine computes a row",
        ),
        (
            "await self.provoke(ExpectedError('ErrShort'), frames=[[0]])",
            MEMORY,
            "ValueError: the memory interface takes no frames",
        ),
    ],
)
def test_a_body_that_raises(statement: str, options: str, sentence: str, scratch, capsys) -> None:
    name = scratch(f"{HEAD}        {statement}\n")
    out, err = _run(name, FAILED, capsys, *options.split())
    assert f"sequences failed: tb/sequences/{name}.py:{BODY_LINE}: {sentence}" in err
    assert "FAILED" in out and "utilisation" not in out


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize(
    ("old", "new", "status", "told"),
    [
        ("pass", "await self.contract(None, b)", FAILED, "sequences failed: no operand A is loaded"),
        ("pass", "self.contract(a, b); await self.contract(a, b)", FAILED, "{line}: coroutine; was never awaited"),
        ("async def", "def", MISTAKE, "{place}: body() of {name} must be 'async def'"),
        ("super().__init__(name)", "self.x = {}['nope']", FAILED, "{above}: KeyError: 'nope'"),
    ],
    ids=["never loaded", "not awaited", "no coroutine", "a constructor"],
)
def test_a_sequence_that_is_wrong(old: str, new: str, status: int, told: str, scratch, capsys) -> None:
    """An operand that was never loaded, one call of many that is not awaited, a body that is no coroutine, a
    constructor that raises."""
    name = scratch(f"{HEAD}        pass\n".replace(old, new))
    place = f"tb/sequences/{name}.py"
    lines = {"line": f"{place}:{BODY_LINE}", "above": f"sequences failed: {place}:{BODY_LINE - 4}"}
    told = told.format(**lines, place=place, name=registry.class_name(name))
    _, err = _run(name, status, capsys)
    assert not [part for part in told.split("; ") if part not in err], err


@pytest.mark.needs("iverilog")
def test_a_sequence_of_one_edge_is_refused_at_the_other(capsys: pytest.CaptureFixture) -> None:
    _, err = _run("memory", MISTAKE, capsys)
    assert "SEQ=memory is for IF=memory only" in err


@pytest.mark.needs("iverilog")
def test_a_body_that_forgets_to_await(scratch, capsys: pytest.CaptureFixture) -> None:
    out, err = _run(scratch(f"{HEAD}        self.contract(a, b)\n"), FAILED, capsys)
    assert "FAILED: nothing was compared" in out and "await self.contract" in out
    assert err.count("the scoreboard compared nothing") == 1


@pytest.mark.runs(full=True)  # ten seconds of waiting
def test_a_body_that_never_ends(scratch, capsys: pytest.CaptureFixture) -> None:
    """The watchdog notices the hang although `make sim` reads a counter now and then."""
    _, err = _run(scratch(f"{HEAD}        await Timer(10**9, 'ns')\n"), FAILED, capsys)
    assert "no progress for 20000 cycles" in err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"stalls": {"result": "burst"}}, "result can't be 'burst', choose one of none, single, bursty, random"),
        ({"run_length": -1}, "run_length = -1 is not from 0 to"),
        ({"portion": 2**32}, "portion = 4294967296 is not from 0 to"),
        ({"long_lines": -5}, "long_lines = -5 is not from 0 to"),
    ],
)
def test_options_that_do_not_exist(options: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ContractionItem(**options)


def lines_of_code(path: Path) -> int:
    """Return the lines without docstrings, comments and blank lines; the formatter decides about the rest."""
    text = path.read_text()
    docs = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    return sum(
        bool(line.strip()) and not line.strip().startswith("#")
        for number, line in enumerate(text.splitlines(), 1)
        if number not in docs
    )


def test_every_sequence_is_short_and_found() -> None:
    for name in [name for name in registry.names() if not name.startswith(SCRATCH)]:
        assert lines_of_code(registry.FOLDER / f"{name}.py") <= 50, name
        assert registry.load_sequence(name)().get_name() == name
