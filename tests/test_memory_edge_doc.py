# SPDX-License-Identifier: Apache-2.0
"""The pages of the memory edge agree with the packages: registers, bits, codes and parts, no other."""

import re

import pytest

from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl

# Registers are in the first page, codes and parts in the second one.
PAGE = "".join((ROOT / "docs" / f"{name}.md").read_text() for name in ("memory_edge", "memory_bus"))


def _rows(page: str) -> list[list[str]]:
    """Return the cells of the tables of registers and codes, without quotes and headings."""
    tables = page.partition("## Registers")[2].partition("## Latency")[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in tables.splitlines()
        if line.startswith("|")
    ]
    return [cells for cells in rows if re.match(r"0x|Reg|\d", cells[0])]


def _package() -> list[list[str]]:
    """Return the expected rows of the page, in the order of the package; for a part its number and name."""
    edge = rtl.EDGE
    registers = [[f"{r.address:#05x}", r.name, r.access, r.meaning] for r in edge.registers.values()]
    bits = [
        [register, str(bit.value), bit.name, bit.meaning]
        for register, prefix in (("RegEdgeStatus", "EdgeStatus"), ("RegEdgeIrqEnable", "EdgeIrq"))
        for bit in edge.prefixed(prefix).values()
    ]
    errors = [[f"{e.value:#04x}", e.name, e.meaning] for e in edge.errors.values()]
    parts = [[str(part.value), part.name] for part in edge.prefixed("Part").values()]
    return registers + bits + errors + parts


def _said(page: str) -> list[list[str]]:
    return [row[:2] if row[1].startswith("Part") else row for row in _rows(page)]


def test_page_agrees_with_the_package() -> None:
    assert _said(PAGE) == _package()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`0x808`", "`0x80a`"),
        ("| RO |", "| RW |"),
        ("`ErrRing` |", "`ErrRung` |"),
        ("| `PartVal`", "| `PartVol`"),
        ("`EdgeIrqDone` |", "`EdgeIrqOver` |"),
    ],
)
def test_comparison_bites(old: str, new: str) -> None:
    assert _said(PAGE.replace(old, new, 1)) != _package()


def test_codes_and_addresses_are_used_once() -> None:
    """The map is consistent also together with the stream edge's registers."""
    registers = [*rtl.REGISTERS.values(), *rtl.EDGE.registers.values()]
    codes = [error.value for error in [*rtl.ERRORS.values(), *rtl.EDGE.errors.values()]]
    assert len({register.address for register in registers}) == len(registers)
    assert all(r.address % 4 == 0 and r.address >> 11 == 1 for r in rtl.EDGE.registers.values())
    assert len(set(codes)) == len(codes)
    assert len(rtl.EDGE.prefixed("EdgeIrq")) == rtl.EDGE.constants["NumEdgeIrqs"].value


def test_bursts_follow_from_the_rule() -> None:
    """Rows name bursts, beats and cycles, or bursts that fill the bus; the defaults are enough for 400."""
    section = (ROOT / "docs" / "bus_latency.md").read_text()
    rule = {
        "reads of long arrays, 512 bits": (1, 16, 16),
        "writes, every width": (1, 16, 16),
        "reads of long arrays, 128 and 256 bits": (1, 32, 32),
    }
    short = re.search(r"\| (reads of short arrays: (\d+) bursts of (\d+) beats in (\d+) .*?) \|", section)
    rule[short[1]] = tuple(map(int, short.groups()[1:]))
    reads, writes = (rtl.EDGE.constants[f"Default{kind}Bursts"].value for kind in ("Read", "Write"))
    for name, (bursts, beats, cycles) in rule.items():
        wanted = [-(-bursts * (latency + beats) // cycles) for latency in (100, 200, 400, 800)]
        assert f"| {name} | {' | '.join(map(str, wanted))} |\n" in section
        assert wanted[2] <= (writes if name.startswith("writes") else reads)
    assert f"`DefaultReadBursts` = {reads} and `DefaultWriteBursts` = {writes}" in " ".join(section.split())
