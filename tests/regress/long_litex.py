# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/soc.md in a fresh copy of the project; a fault of the firmware, and one of the hardware."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tests.completed import completed
from tools.faults import changed, copy_tree

PASSED, FAILED = 0, 1
# File, text, and what replaces it.
FIRMWARE = ("examples/litex/firmware/main.c", "descriptor.tag = number;", "descriptor.tag = number + 1;")
DRIVER = (
    "driver/flaash_driver.c",
    "put64(bytes + 8, descriptor->results);",
    "put64(bytes + 8, descriptor->results + 64);",
)
HARDWARE = ("rtl/mac/flaash_mac_align.sv", "assign invert    = {WordWidth{fine_tag.sign}};", "assign invert    = '0;")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy without anything that was built."""
    folder = tmp_path_factory.mktemp("litex") / "clone"
    copy_tree(folder)
    return folder


def make(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run make there, as a user; return the status of its command, and its output."""
    ours = ("FLAASH", "MAKE", "MFLAGS", "PYTEST")
    bare = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    done = completed("make", *arguments, cwd=folder, env=bare)
    status = int((folder / "build" / "status").read_text())
    assert bool(status) == bool(done.returncode), done.stderr
    return status, done.stdout + done.stderr


@pytest.fixture(scope="module")
def passed(clone: Path) -> Iterator[Path]:
    """Return the copy once the firmware has passed there."""
    status, text = make(clone, "litex")
    assert status == PASSED and re.search(r"^PASSED$", text, re.MULTILINE), text
    assert len(re.findall(r"^\| (?:interrupt|polling|recovered) ", text, re.MULTILINE)) == 9
    assert re.search(r"^\| refused: ErrAlign", text, re.MULTILINE)
    yield clone


def test_the_page_has_these_commands() -> None:
    page = (ROOT / "docs" / "soc.md").read_text()
    assert re.findall(r"^(make .*)$", page, re.MULTILINE) == ["make litex", "make litex BOARD=1"]


@pytest.mark.parametrize("fault", [FIRMWARE, DRIVER, HARDWARE], ids=["firmware", "driver", "hardware"])
def test_a_fault_ends_the_command_with_1(fault: tuple[str, str, str], passed: Path) -> None:
    name, old, new = fault
    text = (passed / name).read_text()
    assert text.count(old) == 1
    with changed(passed / name, text.replace(old, new)):
        status, printed = make(passed, "litex")
    assert status == FAILED, printed
    assert re.search(r"^FAILED: main.c:\d+: ", printed, re.MULTILINE), printed


def test_a_bitstream_for_the_board(passed: Path) -> None:
    status, text = make(passed, "litex", "BOARD=1")
    assert status == PASSED, text
    assert float(re.search(r"^mhz +([\d.]+)$", text, re.MULTILINE)[1]) >= 50
    assert (passed / "build/litex/board/gateware/flaash_soc.bit").stat().st_size > 100_000
