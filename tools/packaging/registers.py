# SPDX-License-Identifier: Apache-2.0
"""The register map of both tops as SystemRDL; PeakRDL makes the other forms of it.

It is made from rtl/pkg/flaash_reg_pkg.sv and rtl/edge/flaash_edge_pkg.sv, whose registers only
flaash_memory_top has. SystemRDL is the field's language for registers. From it PeakRDL writes the C header,
IP-XACT and HTML, so this file is the only one of ours that knows a format.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tb.common import rtl_constants as rtl
from tb.common.toolchain import ROOT
from tools.packaging.revision import revision, version

_ACCESS = {"RO": "sw = r; hw = w;", "RW": "sw = rw; hw = r;", "WO": "sw = w; hw = r;",
           "W1C": "sw = rw; onwrite = woclr; hw = w;"}
# Registers that are made of bits, and the constants that name these.
_BITS = {"RegControl": rtl.CONTROL_BITS, "RegStatus": rtl.STATUS_BITS, "RegMode": rtl.MODE_BITS,
         "RegIrqEnable": rtl.IRQ_BITS, "RegIrqStatus": rtl.IRQ_BITS,
         "RegEdgeStatus": rtl.EDGE.prefixed("EdgeStatus"), "RegEdgeIrqEnable": rtl.EDGE.prefixed("EdgeIrq"),
         "RegEdgeIrqStatus": rtl.EDGE.prefixed("EdgeIrq")}
REGISTERS = {**rtl.REGISTERS, **rtl.EDGE.registers}
ERRORS = {**rtl.ERRORS, **rtl.EDGE.errors}
# What lies in memory is made of these.
LAYOUT = ("SlotBytes", "HeadBytes", "LevelBytes", "CompletionAt", "CompletionBytes", "ArrayAlign",
          "DescriptorMagic", "CompletionMagic", *rtl.EDGE.prefixed("Part"))


def snake(name: str) -> str:
    """Return a name of the package in lower case with underscores: RegRunLength is run_length."""
    name = re.sub(r"^(Reg|Cnt|Control|(Edge)?(Status|Irq)|Mode|Err)(?=[A-Z])", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')


def _register(register: rtl.Register) -> str:
    """Return one register; those of bits with a field per bit, the others with one of 32 bits."""
    access = _ACCESS[register.access]
    bits = _BITS.get(register.name, {})
    if bits:
        fields = [f'    field {{ {access} desc = "{_text(bit.meaning)}"; }} {snake(bit.name)}'
                  f"[{bit.value}:{bit.value}];" for bit in bits.values()]
    elif register.name in ("RegError", "RegEdgeError"):
        fields = [f"    field {{ {access} encode = error_code; }} code[7:0];"]
    else:
        fields = [f"    field {{ {access} }} value[31:0];"]
    return "\n".join(["  reg {", f'    desc = "{_text(register.meaning)}";', *fields,
                      f"  }} {snake(register.name)} @ {register.address:#05x};"])


def system_rdl() -> str:
    """Return the register map as a SystemRDL description with the address map `flaash`."""
    codes = "\n".join(f'  {snake(error.name)} = 8\'h{error.value:02x} '
                      f'{{ desc = "{_text(error.meaning)}"; }};' for error in ERRORS.values())
    body = "\n".join(_register(register) for register in REGISTERS.values())
    return ("// SPDX-License-Identifier: Apache-2.0\n"
            "// Registers of FLAASH, made from flaash_reg_pkg.sv and flaash_edge_pkg.sv by make package.\n"
            "// Their rules: docs/registers.md. flaash_top has those below 0x800, flaash_memory_top all.\n"
            f"// {revision()}\n\n"
            f"enum error_code {{\n{codes}\n}};\n\n"
            "addrmap flaash {\n"
            '  name = "FLAASH";\n'
            f'  desc = "Contracts two sparse tensors along their last modes. {revision()}.";\n'
            "  default regwidth = 32;\n  default accesswidth = 32;\n"
            f"{body}\n}};\n")


def _header(guard: str, title: str, body: str) -> str:
    """Return a C header of ours."""
    return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
            f"/* {title} */\n/* {revision()} */\n"
            f"#ifndef {guard}\n#define {guard}\n\n{body}\n#endif\n")


def error_header() -> str:
    """Return a C header with the error codes as an enum: PeakRDL's header leaves encodings out."""
    codes = ",\n".join(
        f"  /* {error.meaning} */\n  FLAASH_ERR_{snake(error.name).upper()} = {error.value:#04x}"
        for error in ERRORS.values())
    return _header("FLAASH_ERRORS_H", "Error codes of FLAASH, made by make package; see docs/errors.md.",
                   f"enum flaash_error {{\n{codes}\n}};\n")


def layout_header() -> str:
    """Return a C header with the numbers of what flaash_memory_top finds in memory."""
    lines = "".join(f"#define FLAASH_{snake(name).upper()} {rtl.EDGE.constants[name].value:#x}u\n"
                    for name in LAYOUT)
    return _header("FLAASH_LAYOUT_H", "What lies in memory, by make package; see docs/memory_edge.md.", lines)


def write_all(folder: Path) -> list[Path]:
    """Write flaash.rdl, the C headers of errors and layout, and by PeakRDL flaash_regs.h and .xml (IP-XACT).

    Raises:
        ValueError: PeakRDL refused the description; the text is what it said.
    """
    source = folder / "flaash.rdl"
    header, ip_xact = folder / "flaash_regs.h", folder / "flaash_regs.xml"
    texts = {source: system_rdl(), folder / "flaash_errors.h": error_header(),
             folder / "flaash_layout.h": layout_header()}
    for path, text in texts.items():
        path.write_text(text)
    # FuseSoC and IP-XACT name a core in the same way.
    vendor, library, name, _ = yaml.safe_load((ROOT / "flaash.core").read_text())["name"].split(":")
    peakrdl = str(Path(sys.executable).with_name("peakrdl"))
    core = ["--vendor", vendor, "--library", library, "--name", name, "--version", version()]
    for arguments in (["c-header", "--std", "gnu99", "-b", "ltoh", str(source), "-o", str(header)],
                      ["ip-xact", *core, str(source), "-o", str(ip_xact)]):
        done = subprocess.run([peakrdl, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"peakrdl {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    header.write_text(f"// {revision()}\n{header.read_text()}")
    return [*texts, header, ip_xact]
