# SPDX-License-Identifier: Apache-2.0
"""The register map as SystemRDL, made from rtl/pkg/flaash_reg_pkg.sv; PeakRDL makes the other forms of it.

SystemRDL is the field's language for registers. From it PeakRDL writes the C header, IP-XACT and HTML, so
this file is the only one of ours that knows a format.
"""

import re
import subprocess
import sys
from pathlib import Path

from tb.common import rtl_constants as rtl

_ACCESS = {"RO": "sw = r; hw = w;", "RW": "sw = rw; hw = r;", "WO": "sw = w; hw = r;",
           "W1C": "sw = rw; onwrite = woclr; hw = w;"}
# Registers that are made of bits, and the constants that name these.
_BITS = {"RegControl": rtl.CONTROL_BITS, "RegStatus": rtl.STATUS_BITS, "RegMode": rtl.MODE_BITS,
         "RegIrqEnable": rtl.IRQ_BITS, "RegIrqStatus": rtl.IRQ_BITS}


def snake(name: str) -> str:
    """Return a name of the package in lower case with underscores: RegRunLength is run_length."""
    name = re.sub(r"^(Reg|Cnt|Control|Status|Mode|Irq|Err)(?=[A-Z])", "", name)
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
    elif register.name == "RegError":
        fields = [f"    field {{ {access} encode = error_code; }} code[7:0];"]
    else:
        fields = [f"    field {{ {access} }} value[31:0];"]
    return "\n".join(["  reg {", f'    desc = "{_text(register.meaning)}";', *fields,
                      f"  }} {snake(register.name)} @ {register.address:#05x};"])


def system_rdl() -> str:
    """Return the register map as a SystemRDL description with the address map `flaash`."""
    codes = "\n".join(f'  {snake(error.name)} = 8\'h{error.value:02x} '
                      f'{{ desc = "{_text(error.meaning)}"; }};' for error in rtl.ERRORS.values())
    body = "\n".join(_register(register) for register in rtl.REGISTERS.values())
    return ("// SPDX-License-Identifier: Apache-2.0\n"
            "// Registers of FLAASH, made from rtl/pkg/flaash_reg_pkg.sv. Their rules: docs/registers.md.\n\n"
            f"enum error_code {{\n{codes}\n}};\n\n"
            "addrmap flaash {\n"
            '  name = "FLAASH";\n'
            '  desc = "Contracts two sparse tensors along their last modes.";\n'
            "  default regwidth = 32;\n  default accesswidth = 32;\n"
            f"{body}\n}};\n")


def error_header() -> str:
    """Return a C header with the error codes as an enum: PeakRDL's header leaves encodings out."""
    codes = "\n".join(f"  FLAASH_ERR_{snake(error.name).upper()} = {error.value:#04x},  /* {error.meaning} */"
                      for error in rtl.ERRORS.values())
    return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Error codes of FLAASH, made from rtl/pkg/flaash_reg_pkg.sv; see docs/errors.md. */\n"
            "#ifndef FLAASH_ERRORS_H\n#define FLAASH_ERRORS_H\n\n"
            f"enum flaash_error {{\n{codes}\n}};\n\n#endif\n")


def write_all(folder: Path) -> list[Path]:
    """Write flaash.rdl, flaash_errors.h, and by PeakRDL flaash_regs.h and flaash_regs.xml (IP-XACT).

    Raises:
        ValueError: PeakRDL refused the description; the text is what it said.
    """
    source = folder / "flaash.rdl"
    source.write_text(system_rdl())
    header, ip_xact = folder / "flaash_regs.h", folder / "flaash_regs.xml"
    peakrdl = str(Path(sys.executable).with_name("peakrdl"))
    for arguments in (["c-header", "--std", "gnu99", "-b", "ltoh", str(source), "-o", str(header)],
                      ["ip-xact", str(source), "-o", str(ip_xact)]):
        done = subprocess.run([peakrdl, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"peakrdl {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    errors = folder / "flaash_errors.h"
    errors.write_text(error_header())
    return [source, header, ip_xact, errors]
