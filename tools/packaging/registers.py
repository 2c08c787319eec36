# SPDX-License-Identifier: Apache-2.0
"""The register map of both tops for others: rtl/registers.rdl itself, and what PeakRDL makes of it.

SystemRDL is the field's language for registers. From it PeakRDL writes the C header and IP-XACT.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tb.common import rtl_constants as rtl
from tb.common.toolchain import ROOT
from tools.packaging.revision import revision, version
from tools.registers import SOURCE

REGISTERS = {**rtl.REGISTERS, **rtl.EDGE.registers}
ERRORS = {**rtl.ERRORS, **rtl.EDGE.errors}
# The layout of ring, descriptors and completion records.
LAYOUT = (
    "SlotBytes",
    "HeadBytes",
    "LevelBytes",
    "CompletionAt",
    "CompletionBytes",
    "ArrayAlign",
    "DescriptorMagic",
    "CompletionMagic",
    *rtl.EDGE.prefixed("Part"),
)


def snake(name: str) -> str:
    """Return a name of the packages as registers.rdl and C have it: RegRunLength is run_length."""
    name = re.sub(r"^(Reg|Cnt|Control|(Edge)?(Status|Irq)|Mode|Err)(?=[A-Z])", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def system_rdl() -> str:
    """Return rtl/registers.rdl with the state of the sources on top, also in the description of its map."""
    described = "along their last modes."
    return f"// {revision()}\n" + SOURCE.read_text().replace(described, f"{described} {revision()}.", 1)


def _header(guard: str, title: str, body: str) -> str:
    """Return a C header of ours."""
    return (
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        f"/* {title} */\n/* {revision()} */\n"
        f"#ifndef {guard}\n#define {guard}\n\n{body}\n#endif\n"
    )


def error_header() -> str:
    """Return a C header with the error codes as an enum: PeakRDL's header leaves encodings out."""
    codes = ",\n".join(
        f"  /* {error.meaning} */\n  FLAASH_ERR_{snake(error.name).upper()} = {error.value:#04x}"
        for error in ERRORS.values()
    )
    return _header(
        "FLAASH_ERRORS_H",
        "Error codes of FLAASH, made by make package; see docs/errors.md.",
        f"enum flaash_error {{\n{codes}\n}};\n",
    )


def layout_header() -> str:
    """Return a C header with the numbers of what flaash_memory_top finds in memory."""
    lines = "".join(f"#define FLAASH_{snake(name).upper()} {rtl.EDGE.constants[name].value:#x}u\n" for name in LAYOUT)
    return _header("FLAASH_LAYOUT_H", "What lies in memory, by make package; see docs/descriptors.md.", lines)


def write_all(folder: Path) -> list[Path]:
    """Write flaash.rdl, the C headers of errors and layout, and by PeakRDL flaash_regs.h and .xml (IP-XACT).

    Raises:
        ValueError: PeakRDL refused the description; the text is its message.
    """
    source = folder / "flaash.rdl"
    header, ip_xact = folder / "flaash_regs.h", folder / "flaash_regs.xml"
    texts = {
        source: system_rdl(),
        folder / "flaash_errors.h": error_header(),
        folder / "flaash_layout.h": layout_header(),
    }
    for path, text in texts.items():
        path.write_text(text)
    # FuseSoC and IP-XACT name a core in the same way.
    vendor, library, name, _ = yaml.safe_load((ROOT / "flaash.core").read_text())["name"].split(":")
    peakrdl = str(Path(sys.executable).with_name("peakrdl"))
    core = ["--vendor", vendor, "--library", library, "--name", name, "--version", version()]
    for arguments in (
        ["c-header", "--std", "gnu99", "-b", "ltoh", str(source), "-o", str(header)],
        ["ip-xact", *core, str(source), "-o", str(ip_xact)],
    ):
        done = subprocess.run([peakrdl, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"peakrdl {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    header.write_text(f"// {revision()}\n{header.read_text()}")
    return [*texts, header, ip_xact]
