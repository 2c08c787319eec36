# SPDX-License-Identifier: Apache-2.0
"""IP-XACT components of both tops: PeakRDL's register map, and the bus interfaces and ports of a top around it."""

from __future__ import annotations

import functools
from xml.etree import ElementTree

from pyslang import Bag, SourceManager
from pyslang.ast import ArgumentDirection, Compilation, CompilationOptions
from pyslang.syntax import SyntaxTree

from sim.sources import INCLUDE_DIR, rtl_sources
from tb.common import rtl_constants as rtl

SPACE = "http://www.accellera.org/XMLSchema/IPXACT/1685-2014"
CLOCK, RESET, INTERRUPT = "clk_i", "rst_ni", "irq_o"
ADDRESS_SPACE = "memory"
# Definitions of buses: vendor, library, name, version. tests/buses.yml has their signals.
_AXI = ("amba.com", "AMBA4", "AXI4", "r0p0_0")
_AXI_LITE = ("amba.com", "AMBA4", "AXI4-Lite", "r0p0_0")
_AXI_STREAM = ("amba.com", "AMBA4", "AXI4Stream", "r0p0_1")
# Bus interfaces by the prefix of their ports: definition of the bus, and whether the top is its master.
_BUSES = {
    "s_axil": (_AXI_LITE, False),
    "m_axi": (_AXI, True),
    "s_axis": (_AXI_STREAM, False),
    "m_axis": (_AXI_STREAM, True),
}
# Ports that are a bus each: its name, the signal, and whether the top drives it.
_SIGNALS = {CLOCK: ("clock", "CLK", False), RESET: ("reset", "RESETn", False), INTERRUPT: ("interrupt", "IRQ", True)}

ElementTree.register_namespace("ipxact", SPACE)


def _named(name: str) -> str:
    return f"{{{SPACE}}}{name}"


def _add(parent: ElementTree.Element, tag: str, text: str | None = None, /, **attributes: str) -> ElementTree.Element:
    """Append an element and return it."""
    child = ElementTree.SubElement(parent, _named(tag), attributes)
    child.text = text
    return child


@functools.cache
def ports(top: str) -> dict[str, tuple[str, int]]:
    """Return {port: (direction, its bits)} of a top, parameters at their defaults.

    Raises:
        ValueError: slang does not elaborate it.
    """
    manager = SourceManager()
    manager.addUserDirectories(str(INCLUDE_DIR))
    options = CompilationOptions()
    options.topModules = {top}
    compilation = Compilation(Bag([options]))
    for path in rtl_sources(top):
        compilation.addSyntaxTree(SyntaxTree.fromFile(str(path), manager))
    instances = compilation.getRoot().topInstances
    if not instances:
        raise ValueError(f"slang does not elaborate {top}")
    return {
        port.name: ("in" if port.direction == ArgumentDirection.In else "out", port.type.bitWidth)
        for port in instances[0].body.portList
    }


def interfaces(top: str) -> dict[str, list[str]]:
    """Return {prefix of a bus: its ports}."""
    names = list(ports(top))
    found = {prefix: [name for name in names if name.startswith(f"{prefix}_")] for prefix in _BUSES}
    return {prefix: members for prefix, members in found.items() if members}


def _port_maps(interface: ElementTree.Element, pairs: list[tuple[str, str]]) -> None:
    abstraction = interface.find(f".//{_named('abstractionType')}")
    maps = _add(abstraction, "portMaps")
    for logical, physical in pairs:
        one = _add(maps, "portMap")
        _add(_add(one, "logicalPort"), "name", logical)
        _add(_add(one, "physicalPort"), "name", physical)


def _interface(parent: ElementTree.Element, name: str, definition: tuple[str, str, str, str]) -> ElementTree.Element:
    """Begin a bus interface: its name, and the definitions of bus and signals."""
    vendor, library, bus, version = definition
    interface = _add(parent, "busInterface")
    _add(interface, "name", name)
    _add(interface, "busType", vendor=vendor, library=library, name=bus, version=version)
    types = _add(_add(interface, "abstractionTypes"), "abstractionType")
    _add(types, "abstractionRef", vendor=vendor, library=library, name=f"{bus}_rtl", version=version)
    return interface


def _bus_interfaces(top: str, memory_map: str) -> ElementTree.Element:
    found = ElementTree.Element(_named("busInterfaces"))
    for prefix, members in interfaces(top).items():
        definition, is_master = _BUSES[prefix]
        interface = _interface(found, prefix, definition)
        pairs = [(name.removeprefix(f"{prefix}_").upper(), name) for name in members]
        clock = [("ACLK", CLOCK), ("ARESETn", RESET)]
        _port_maps(interface, pairs + clock)
        side = _add(interface, "master" if is_master else "slave")
        if prefix == "s_axil":
            _add(side, "memoryMapRef", memoryMapRef=memory_map)
        elif definition == _AXI:
            _add(side, "addressSpaceRef", addressSpaceRef=ADDRESS_SPACE)
    for port, (bus, logical, is_master) in _SIGNALS.items():
        interface = _interface(found, bus, ("spiritconsortium.org", f"busdef.{bus}", bus, "1.0"))
        _port_maps(interface, [(logical, port)])
        _add(interface, "master" if is_master else "slave")
    return found


def _address_spaces() -> ElementTree.Element:
    found = ElementTree.Element(_named("addressSpaces"))
    space = _add(found, "addressSpace")
    _add(space, "name", ADDRESS_SPACE)
    _add(space, "range", "'h1_0000_0000_0000_0000")
    _add(space, "width", "128")
    return found


def _model(top: str) -> ElementTree.Element:
    """Return the ports; widths follow from the default parameters."""
    found = ElementTree.Element(_named("model"))
    listed = _add(found, "ports")
    for name, (direction, bits) in ports(top).items():
        port = _add(listed, "port")
        _add(port, "name", name)
        wire = _add(port, "wire")
        _add(wire, "direction", direction)
        vector = _add(_add(wire, "vectors"), "vector")
        _add(vector, "left", str(bits - 1))
        _add(vector, "right", "0")
    return found


def _without_interface(root: ElementTree.Element) -> None:
    """Remove the registers that only the top with the memory interface has."""
    block = root.find(f".//{_named('addressBlock')}")
    first = min(register.address for register in rtl.DMA.registers.values())
    for register in block.findall(_named("register")):
        if int(register.find(_named("addressOffset")).text.replace("'h", "0x"), 16) >= first:
            block.remove(register)
    block.find(_named("range")).text = f"'h{first:x}"


def component(text: str, top: str) -> str:
    """Return the IP-XACT component of a top.

    Args:
        text: of PeakRDL, a component with a memory map and nothing else.
        top: the top.
    """
    root = ElementTree.fromstring(text)
    root.find(_named("name")).text = top
    if "m_axi" not in interfaces(top):
        _without_interface(root)
    maps = root.find(_named("memoryMaps"))
    memory_map = maps.find(f"{_named('memoryMap')}/{_named('name')}").text
    at = list(root).index(maps)
    root.insert(at, _bus_interfaces(top, memory_map))
    if "m_axi" in interfaces(top):
        root.insert(at + 1, _address_spaces())
    root.insert(list(root).index(maps) + 1, _model(top))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
