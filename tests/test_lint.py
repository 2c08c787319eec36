# SPDX-License-Identifier: Apache-2.0
"""The quick checks of make lint notice what they are for, and pre-commit runs them."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tests.completed import completed
from tools import lint, structs

BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the layers and of their contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("models", "sim", "flaash", "tb", "bench", "tools"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=lambda folder, names: [
                name for name in names if Path(folder, name).is_file() and not name.endswith(".py")
            ],
        )
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("models/errors.py", "import sim.interfaces", "models.errors -> sim.interfaces"),
        ("models/errors.py", "import cocotb", "models.errors -> cocotb"),
        ("sim/interfaces.py", "import flaash.driver.result", "sim.interfaces -> flaash.driver.result"),
        ("sim/interfaces.py", "import pyuvm", "sim.interfaces -> pyuvm"),
        ("flaash/backends.py", "import tb.common.stalls", "flaash.backends -> tb.common.stalls"),
        ("flaash/driver/ring.py", "import sim.interfaces", "flaash.driver.ring -> sim.interfaces"),
        ("tb/common/stalls.py", "import tb.env.env", "tb.common.stalls -> tb.env.env"),
        ("tb/env/env.py", "import tools.lint", "tb.env.env -> tools.lint"),
        ("bench/image.py", "import tools.lint", "bench.image -> tools.lint"),
    ],
)
def test_an_import_from_above_is_noticed(copy: Path, file: str, line: str, told: str) -> None:
    (copy / file).write_text(f"{(copy / file).read_text()}\n{line}\n")
    assert told in "\n".join(lint.imports(copy))


@pytest.mark.parametrize(
    ("first", "lines", "told"),
    [
        ("# SPDX-License-Identifier: Apache-2.0", 400, []),
        ("# SPDX-License-Identifier: Apache-2.0", 401, ["a.py: 401 lines, at most 400"]),
        ("import os", 1, ["a.py:1: no SPDX line"]),
    ],
)
def test_a_file_without_licence_or_too_long_is_noticed(first: str, lines: int, told: list[str]) -> None:
    assert lint.python_style("a.py", "\n".join([first, *["x = 1"] * (lines - 1)]) + "\n") == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("  assign count = 5'($countones(taken));", None),
        ("  assign count = 5'($countones(valid & ready));", "count the ones of a signal"),
        ("  q <= q - 7'($countones(~free));", "count the ones of a signal"),
        ("  assign o = i;  ", "blanks at its end"),
    ],
)
def test_a_line_that_a_simulator_reads_otherwise_is_noticed(line: str, told: str | None) -> None:
    found = lint.hardware_style("a.sv", f"// line 1\n{line}\n")
    assert found == [] if told is None else len(found) == 1 and found[0].startswith("a.sv:2: ") and told in found[0]


PAIRS = """
typedef struct packed { logic [1:0] x, y; } point_t;
typedef struct packed { point_t from; point_t to; } line_t;
module below (input line_t line_i);
endmodule
module m #(parameter type T = line_t) (input logic [1:0] a, b, input logic c, output logic [7:0] o);
  line_t         line, other;
  line_t [1:0]   lines;
  T              typed;
  function automatic line_t made(logic [1:0] x);
    @@
  endfunction
  function automatic logic taken(line_t from);
    return from.to.x[0];
  endfunction
endmodule
"""
IN_FUNCTION, IN_MODULE = "    @@\n  endfunction", "    made = '0;\n  endfunction\n  @@"


@pytest.mark.parametrize(
    ("place", "line", "noticed"),
    [
        (IN_FUNCTION, "return {x, 2'd0, a, b};", True),
        (IN_MODULE, "assign line = {a, b, a, b};", True),
        (IN_MODULE, "assign line.to = {a[1], a[0], b[1], b[0]};", True),
        (IN_MODULE, "assign line = c ? other : {a, b, a, b};", True),
        (IN_MODULE, "assign lines = {line, a, b, other.to};", True),
        (IN_MODULE, "assign lines = {line, {a, b, a, b}};", True),
        (IN_MODULE, "assign typed = T'({a, b, a, b});", True),
        (IN_MODULE, "always_ff @(posedge c) other <= {a, b, a, b};", True),
        (IN_MODULE, "line_t early = {2'd1, 2'd2, 2'd3, 2'd0};", True),
        (IN_MODULE, "assign o[0] = taken({a, b, a, b});", True),
        (IN_MODULE, "below u_below (.line_i({a, b, a, b}));", True),
        (IN_MODULE, "assign line = {other.from, a, b};", False),
        (IN_MODULE, "assign o = {a, b, a, b};", False),
        (IN_MODULE, "assign lines = {2{line}};", False),
        (IN_MODULE, "assign {line.from.x, line.from.y, line.to.x, line.to.y} = o;", False),
    ],
)
def test_a_struct_of_four_values_is_noticed(tmp_path: Path, place: str, line: str, noticed: bool) -> None:
    """A shorter concatenation, and one that makes no struct, is allowed."""
    (tmp_path / "m.sv").write_text(text := PAIRS.replace(IN_FUNCTION, place).replace("@@", line))
    number = text[: text.index(line)].count("\n") + 1
    told = structs.problems((tmp_path / "m.sv",), ("--top", "m"))
    assert len(told) == noticed
    for problem in told:
        assert problem.startswith(f"m.sv:{number}: {{") and problem.endswith(f"}} makes a struct: {structs.ADVICE}")


def test_a_wrong_workflow_is_noticed(tmp_path: Path) -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert lint.workflows() == []
    (tmp_path / "ci.yml").write_text(text.replace("runs-on:", "runs-at:", 1))
    assert any("runs-at" in line for line in lint.workflows(tmp_path))


def test_pre_commit_is_clean(tmp_path: Path) -> None:
    """All its hooks on all files; a copy without git runs what the hook runs."""
    if not (ROOT / ".git").exists():
        assert lint.quick() == []
        return
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = completed(BIN / "pre-commit", "run", "--all-files", env=environment | {"PRE_COMMIT_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_a_combinational_loop_of_a_small_build_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "loop_top.sv"
    source.write_text(
        "module loop_top #(parameter int unsigned Width = 2) (\n"
        "  input  logic [Width-1:0] in_i,\n"
        "  output logic [Width-1:0] out_o\n"
        ");\n"
        "  assign out_o = in_i & {out_o[0], in_i[1]} | {in_i[1], out_o[1]};\n"
        "endmodule : loop_top\n"
    )
    monkeypatch.setattr(lint, "rtl_sources", lambda top: [source])
    assert "UNOPTFLAT" in "\n".join(lint.verilator("loop_top", "tiny", {"Width": 2}))
