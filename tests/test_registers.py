# SPDX-License-Identifier: Apache-2.0
"""rtl/registers.rdl is the one source of the registers: packages, Python and pages have its numbers, and no more."""

import re
import shutil
from pathlib import Path

import pytest
from systemrdl import RDLCompileError

from models import constants
from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl
from tb.coverage.testplan import read_testplan
from tests.test_documents import functions_of
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


# The pages of registers, codes, parts and errors agree with the packages of both interfaces, row by row.
DMA, BASE = rtl.DMA, rtl.CONSTANTS["RegCounters"]


def text_of(*names: str) -> str:
    return "\n".join((ROOT / "docs" / f"{name}.md").read_text() for name in names)


CHIP, _, MEMORY = text_of("error_codes").partition("\n## Codes of the memory interface\n")
PAGES = {"chip": text_of("registers") + CHIP, "dma": text_of("memory_interface") + MEMORY}


def rows(page: str) -> list[list[str]]:
    """Return the cells of the tables, without back quotes and headings; of a part its number and name."""
    tables = page.partition("## Registers")[2].partition("## Latency")[0]
    lines = [line for line in tables.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    found = [row for row in cells if re.match(r"0x|Reg|\d", row[0])]
    return [row[:2] if row[1].startswith("Part") else row for row in found]


def package(interface: str) -> list[list[str]]:
    """Return the rows that a page must have, in the order of the package."""
    if interface == "chip":
        registers = [each for each in rtl.REGISTERS.values() if not each.name.startswith("Cnt")]
        bits = {"RegControl": rtl.CONTROL_BITS, "RegStatus": rtl.STATUS_BITS, "RegMode": rtl.MODE_BITS}
        bits |= {"RegIrqEnable": rtl.IRQ_BITS}
        counters, errors, parts = rtl.COUNTERS, rtl.ERRORS, {}
    else:
        registers = [*DMA.registers.values()]
        bits = {"RegDmaStatus": DMA.prefixed("DmaStatus"), "RegDmaIrqEnable": DMA.prefixed("DmaIrq")}
        counters, errors, parts = {}, DMA.errors, DMA.prefixed("Part")
    return (
        [[f"{r.address:#05x}", r.name, r.access, r.meaning] for r in registers]
        + [[f"{BASE + 8 * c.value:#05x}", c.name, c.meaning] for c in counters.values()]
        + [[name, str(bit.value), bit.name, bit.meaning] for name, each in bits.items() for bit in each.values()]
        + [[f"{e.value:#04x}", e.name, e.meaning] for e in errors.values()]
        + [[str(part.value), part.name] for part in parts.values()]
    )


@pytest.mark.parametrize("interface", PAGES)
def test_page_agrees_with_the_package(interface: str) -> None:
    assert rows(PAGES[interface]) == package(interface)


CHANGES = {
    "chip": "0x048,0x04c;| RO |,| RW |;CntJobs,CntJob;`StatusDone`,`StatusDrained`;| `0x0b` |,| `0x0c` |",
    "dma": "`0x808`,`0x80a`;| RO |,| RW |;`ErrRing` |,`ErrRung` |;| `PartVal`,| `PartVol`;`DmaIrqDone` |,`DmaIrq` |",
}


@pytest.mark.parametrize(("interface", "change"), [(i, each) for i in PAGES for each in CHANGES[i].split(";")])
def test_comparison_bites(interface: str, change: str) -> None:
    assert rows(PAGES[interface].replace(*change.split(","), 1)) != package(interface)


def test_the_map_is_consistent() -> None:
    """Addresses are aligned, inside their interface's space and used once, as codes are; nothing lacks a meaning."""
    registers = [*rtl.REGISTERS.values(), *DMA.registers.values()]
    addresses = [register.address for register in registers]
    assert len(set(addresses)) == len(addresses)
    assert all(a % 4 == 0 and a < 2 ** rtl.CONSTANTS["RegAddrWidth"] for a in addresses)
    assert all(register.address >> 11 == 1 for register in DMA.registers.values())
    assert all(register.access in ("RO", "RW", "WO", "W1C") and register.meaning for register in registers)
    assert [c.value for c in rtl.COUNTERS.values()] == list(range(rtl.CONSTANTS["NumCounters"]))
    assert len(rtl.IRQ_BITS) == rtl.CONSTANTS["NumIrqs"]
    assert len(DMA.prefixed("DmaIrq")) == DMA.constants["NumDmaIrqs"].value
    assert [e.value for e in rtl.ERRORS.values()] == list(range(len(rtl.ERRORS)))
    assert len({e.value for e in [*rtl.ERRORS.values(), *DMA.errors.values()]}) == len(rtl.ERRORS) + len(DMA.errors)


def test_bursts_follow_from_the_rule() -> None:
    """Rows name bursts, beats and cycles, or bursts that fill the bus; the defaults are enough for 400."""
    section = text_of("memory_interface")
    rule = {
        "reads of long arrays, 512 bits": (1, 16, 16),
        "writes, every width": (1, 16, 16),
        "reads of long arrays, 128 and 256 bits": (1, 32, 32),
    }
    short = re.search(r"\| (reads of short arrays: (\d+) bursts of (\d+) beats in (\d+) .*?) \|", section)
    rule[short[1]] = tuple(map(int, short.groups()[1:]))
    reads, writes = (DMA.constants[f"Default{kind}Bursts"].value for kind in ("Read", "Write"))
    for name, (bursts, beats, cycles) in rule.items():
        wanted = [-(-bursts * (latency + beats) // cycles) for latency in (100, 200, 400, 800)]
        assert f"| {name} | {' | '.join(map(str, wanted))} |\n" in section
        assert wanted[2] <= (writes if name.startswith("writes") else reads)
    assert f"`DefaultReadBursts` = {reads} and `DefaultWriteBursts` = {writes}" in " ".join(section.split())


# docs/errors.md has every error code of the RTL; the tests that it names exist and are planned.
ERRORS_PAGE = (ROOT / "docs" / "errors.md").read_text()


def _rows(page: str) -> list[list[str]]:
    """Return the cells of the table of bad inputs: input, code, effect for the host, test."""
    table = page.split("## Table", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    return rows[2:]


def problems(page: str) -> list[str]:
    """Return a sentence for each error of the page."""
    rows, found = _rows(page), []
    codes = {code for row in rows for code in re.findall(r"`(Err\w+)`", row[1])}
    wanted = set(rtl.ERRORS) - {"ErrNone"}
    found += [f"{code} is missing" for code in sorted(wanted - codes)]
    found += [f"{code} is unknown" for code in sorted(codes - wanted)]
    planned = {test for point in read_testplan() for test in point.tests}
    for what, _, seen, test in rows:
        file, _, function = test.strip("`").partition("::")
        if not seen:
            found.append(f"'{what}' does not say what the host sees")
        if not (ROOT / file).is_file() or function not in functions_of(ROOT / file):
            found.append(f"'{what}' names {test}, which does not exist")
        elif test.strip("`") not in planned:
            found.append(f"'{what}' names {test}, which the testplan lacks")
    return found


def test_page_agrees_with_the_rtl() -> None:
    assert len(_rows(ERRORS_PAGE)) >= len(rtl.ERRORS) and not problems(ERRORS_PAGE)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("`ErrPointer`", "`ErrPoint`", "ErrPointer is missing"),
        ("`ErrPointer`", "`ErrPoint`", "ErrPoint is unknown"),
        ("::test_flipped_bits", "::test_flipped_bit", "which does not exist"),
        ("tests/top/test_hostile.py::test_any", "tests/top/test_hostil.py::test_any", "which does not exist"),
        ("::test_flipped_bits", "::on", "which the testplan lacks"),
        ("SLVERR; sticky; nothing else changes", "", "does not say what the host sees"),
    ],
)
def test_comparison_of_errors_bites(old: str, new: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(ERRORS_PAGE.replace(old, new, 1)))
