# SPDX-License-Identifier: Apache-2.0
"""rtl/registers.rdl is the one source of the registers: packages and Python have its numbers, and no more."""

import re
import shutil
from pathlib import Path

import pytest
from systemrdl import RDLCompileError

from models import constants
from tools import registers
from tools.constants import packages

# Constants of the packages that are of registers, bits, counters and their numbers.
KINDS = re.compile(r"(Reg|Cnt|(Dma)?(Status|Irq)|Control|Mode)[A-Z]|Num(Counters|(Dma)?Irqs)$")
BY_HAND = {"RegAddrWidth"}


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Return a copy of the source with another text."""
    text = registers.SOURCE.read_text()
    assert text.count(old) == 1
    path = tmp_path / "registers.rdl"
    path.write_text(text.replace(old, new))
    return path


def elaborated() -> dict[str, int]:
    """Return what slang says of the packages' registers, bits and counters."""
    both = packages()
    values = both["flaash_reg_pkg"] | both["flaash_dma_pkg"]
    return {name: value for name, value in values.items() if KINDS.match(name) and name not in BY_HAND}


def described(found: registers.Map) -> dict[str, int]:
    """Return the same of a register map."""
    chip = [each for each in found.registers if not each.name.startswith("Cnt")]
    numbers = [*chip, *found.counters, *(bit for bits in found.bits.values() for bit in bits)]
    base = next(each.value for each in found.registers if each.name.startswith("Cnt"))
    return {each.name: each.value for each in numbers} | {
        "RegCounters": base,
        "NumCounters": len(found.counters),
        "NumIrqs": len(found.bits["Irq"]),
        "NumDmaIrqs": len(found.bits["DmaIrq"]),
    }


def test_the_packages_are_what_the_source_says() -> None:
    assert registers.outdated() == []


def test_slang_finds_the_same_numbers_and_no_others() -> None:
    assert elaborated() == described(registers.read())


def test_python_has_the_same_numbers() -> None:
    found = registers.read()
    both = constants.REGISTERS | constants.DMA.registers
    assert {name: (each.address, each.access) for name, each in both.items()} == {
        each.name: (each.value, each.access) for each in found.registers
    }
    assert {name: each.value for name, each in (constants.ERRORS | constants.DMA.errors).items()} == {
        each.name: each.value for each in found.errors
    }


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("value[31:0];} lanes @ 0x010;", "value[31:0];} lanes @ 0x0f0;", "RegLanes      = 12'h0f0;  // RO: "),
        ("value[31:0];} jobs @ 0x108;", "value[31:0];} tasks @ 0x108;", "CntTasks         = 1;   // dot "),
        ("drained[4:4];", "drained[9:9];", "StatusDrained = 9;  // all results"),
        ("short          = 8'h09", "brief          = 8'h09", "ErrBrief         = 8'h09,  // the frame ended"),
    ],
)
def test_a_change_of_the_source_reaches_the_package(tmp_path: Path, old: str, new: str, line: str) -> None:
    path = registers.PACKAGES[0]
    assert line not in path.read_text()
    assert line in registers.renewed(path, registers.read(changed(tmp_path, old, new)))


def test_a_change_of_the_dma_reaches_its_package(tmp_path: Path) -> None:
    found = registers.read(changed(tmp_path, "ring_size @ 0x810", "ring_size @ 0x81c"))
    assert "RegRingSize     = 12'h81c;" in registers.renewed(registers.PACKAGES[1], found)


def test_an_old_package_is_noticed_and_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copy(registers.PACKAGES[0], tmp_path))
    copy.write_text(copy.read_text().replace("RegLanes      = 12'h010", "RegLanes      = 12'h011"))
    monkeypatch.setattr(registers, "PACKAGES", (copy,))
    monkeypatch.setattr(registers, "ROOT", tmp_path)
    assert registers.outdated() == [copy]
    assert registers.main([]) == 0
    assert copy.read_text() == registers.PACKAGES[0].read_text() and registers.outdated() == []


def test_registers_that_share_bits_have_the_same_ones(tmp_path: Path) -> None:
    text = registers.SOURCE.read_text()
    path = tmp_path / "registers.rdl"
    path.write_text(text.replace("drained[1:1];", "emptied[1:1];", 1))
    with pytest.raises(ValueError, match="irq_status has other bits Irq than another register"):
        registers.read(path)


def test_a_mistake_in_the_source_names_its_place(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(RDLCompileError):
        registers.read(changed(tmp_path, "lanes @ 0x010;", "lanes @ 0x00c;"))
    told = re.sub(r"\x1b\[\d+m", "", capfd.readouterr().err)
    assert re.search(r"registers.rdl:\d+:\d+: error: .*lanes", told)


def test_the_source_is_small_enough_to_read() -> None:
    lines = registers.SOURCE.read_text().splitlines()
    assert len(lines) <= 300 and max(map(len, lines)) <= 120
