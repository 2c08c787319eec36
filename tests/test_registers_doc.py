# SPDX-License-Identifier: Apache-2.0
"""The pages of registers, codes and parts agree with the packages of both interfaces: no row is missing or extra."""

import re

import pytest

from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl

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
