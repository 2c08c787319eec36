# SPDX-License-Identifier: Apache-2.0
"""Memories that Yosys can't map for the ECP5 are counted as block RAMs, without the programs."""

import json
from pathlib import Path

import pytest

from tools.silicon import ecp5, programs
from tools.silicon.hierarchy import Piece

MEMORY = """  cell $mem_v2 \\mem
    parameter \\RD_PORTS {ports}
    parameter \\SIZE {size}
    parameter \\WIDTH {width}
  end
"""
PIECE = Piece("memory", "memory", 1, {}, "")
USAGE = programs.Usage(1.0, 1.0)


@pytest.mark.parametrize(
    ("size", "width", "ports", "rams"),
    [(512, 36, 1, 1), (513, 36, 1, 2), (1024, 18, 1, 1), (1024, 19, 1, 2), (16384, 1, 3, 3), (8192, 390, 2, 352)],
)  # an operand's memory in paper1, as Yosys writes it
def test_a_copy_for_each_port_in_the_best_shape(size: int, width: int, ports: int, rams: int) -> None:
    text = MEMORY.format(ports=ports, size=size, width=width)
    assert ecp5.block_rams(text) == rams and ecp5.block_rams(text + text) == 2 * rams


def _yosys(monkeypatch: pytest.MonkeyPatch, last_pass: str) -> list[str]:
    """Make Yosys fail in a pass unless memories are set aside; return the commands of its runs."""
    ran: list[str] = []

    def run(program: str, arguments: list[str], log: Path, folder: Path) -> tuple[str, programs.Usage]:
        ran.append(arguments[1])
        if "submod" not in arguments[1]:
            log.write_text(f"2.1. Executing OPT pass\n2.2. Executing {last_pass} pass (..)\nTraceback")
            raise programs.Failed("Yosys failed", USAGE)
        (folder / "memories.il").write_text(MEMORY.format(ports=8, size=8192, width=390))
        (folder / "netlist.json").write_text(
            json.dumps({"modules": {"memory": {"cells": {"a": {"type": "LUT4"}, "b": {"type": "DP16KD"}}}}})
        )
        return "", USAGE

    monkeypatch.setattr(programs, "run", run)
    return ran


def test_a_memory_that_cannot_be_mapped_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    monkeypatch.setattr(ecp5, "place", lambda *_: pytest.fail("larger than the part, and placed"))
    ran = _yosys(monkeypatch, "MEMORY_LIBMAP")
    made = ecp5.measure(PIECE)
    assert (made.lut4, made.block_rams, made.placed, made.clock) == (1, 1 + 8 * 176, False, None)
    assert len(ran) == 2


def test_another_failure_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    ran = _yosys(monkeypatch, "ABC9")
    with pytest.raises(programs.Failed):
        ecp5.measure(PIECE)
    assert len(ran) == 1
