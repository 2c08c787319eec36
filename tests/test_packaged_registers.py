# SPDX-License-Identifier: Apache-2.0
"""The packaged descriptions of the registers: SystemRDL, C and IP-XACT say the same as the hardware."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from systemrdl import RDLCompiler
from systemrdl.node import FieldNode, RegNode

from tb.common import rtl_constants as rtl
from tb.common.toolchain import ROOT
from tools.packaging import __main__ as package
from tools.packaging import registers
from tools.registers import read


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of make package."""
    folder = tmp_path_factory.mktemp("package")
    package.write(folder)
    return folder


def described(source: Path) -> dict[str, tuple[int, str]]:
    """Return {register: (address, access)} of a SystemRDL file, read by its reference compiler."""
    compiler = RDLCompiler()
    compiler.compile_file(str(source))
    found = {}
    for node in compiler.elaborate().top.children():
        assert isinstance(node, RegNode)
        field = next(child for child in node.children() if isinstance(child, FieldNode))
        access = field.get_property("sw").name + ("c" if field.get_property("onwrite") else "")
        found[node.inst_name] = (node.absolute_address, access)
    return found


ACCESS = {"RO": "r", "RW": "rw", "WO": "w", "W1C": "rwc"}


def test_the_register_description_is_the_package(packaged: Path) -> None:
    """docs/registers.md is held against the same package, by tests/test_registers_doc.py."""
    assert described(packaged / "flaash.rdl") == {
        registers.snake(register.name): (register.address, ACCESS[register.access])
        for register in registers.REGISTERS.values()
    }


def test_names_are_used_once() -> None:
    """Those of registers, of errors and of the bits of a register, in lower case without their prefixes."""
    bits = ({bit.name for bit in bits} for bits in read().bits.values())
    for names in (registers.REGISTERS, registers.ERRORS, *bits):
        assert len({registers.snake(name) for name in names}) == len(names)


def test_a_wrong_address_is_noticed(packaged: Path, tmp_path: Path) -> None:
    text = (packaged / "flaash.rdl").read_text()
    changed = tmp_path / "changed.rdl"
    changed.write_text(text.replace("} status @ 0x044;", "} status @ 0x0fc;"))
    assert described(changed) != described(packaged / "flaash.rdl")


def test_the_c_headers_have_every_address_bit_and_code(packaged: Path, tmp_path: Path) -> None:
    conditions = [
        f"offsetof(flaash_t, {registers.snake(register.name)}) == {register.address}"
        for register in registers.REGISTERS.values()
    ]
    conditions += [
        f"FLAASH__STATUS__{registers.snake(bit.name).upper()}_bp == {bit.value}" for bit in rtl.STATUS_BITS.values()
    ]
    conditions += [
        f"FLAASH__EDGE_STATUS__{registers.snake(bit.name).upper()}_bp == {bit.value}"
        for bit in rtl.EDGE.prefixed("EdgeStatus").values()
    ]
    conditions += [
        f"FLAASH_{registers.snake(name).upper()} == {rtl.EDGE.constants[name].value}" for name in registers.LAYOUT
    ]
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
    subprocess.run(
        ["gcc", "-std=gnu11", "-Wall", "-Werror", f"-I{packaged}", str(source), "-o", str(binary)], check=True
    )
    assert subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout == codes


def test_ip_xact_has_every_register(packaged: Path) -> None:
    tree = ElementTree.parse(packaged / "flaash_regs.xml")
    space = re.match(r"\{.*\}", tree.getroot().tag)[0]
    found = {
        register.find(f"{space}name").text: int(register.find(f"{space}addressOffset").text.replace("'h", "0x"), 16)
        for register in tree.iter(f"{space}register")
    }
    assert found == {registers.snake(register.name): register.address for register in registers.REGISTERS.values()}


def test_ip_xact_names_the_core_as_fusesoc_does(packaged: Path) -> None:
    root = ElementTree.parse(packaged / "flaash_regs.xml").getroot()
    space = re.match(r"\{.*\}", root.tag)[0]
    names = [root.find(f"{space}{part}").text for part in ("vendor", "library", "name", "version")]
    assert ":".join(names) == yaml.safe_load((ROOT / "flaash.core").read_text())["name"]
    text = (packaged / "flaash_regs.xml").read_text()
    assert "example.org" not in text and "mylibrary" not in text
