# SPDX-License-Identifier: Apache-2.0
"""The register map of both tops for others: rtl/registers.rdl itself, and what PeakRDL makes of it.

SystemRDL is the field's language for registers. From it PeakRDL writes the C header and IP-XACT.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from models.device import layout
from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl
from tools.packaging import ip_xact, lists
from tools.packaging.revision import revision, version
from tools.registers import SOURCE

REGISTERS = {**rtl.REGISTERS, **rtl.DMA.registers}
ERRORS = {**rtl.ERRORS, **rtl.DMA.errors}
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
    *rtl.DMA.prefixed("Part"),
)
# Flags of a descriptor.
FLAGS = {
    "DENSE_RESULTS": layout.DENSE_RESULTS,
    "COORDINATES": layout.COORDINATES,
    "INTERRUPT": layout.INTERRUPT,
    "KEEP_A": layout.KEPT,
    "KEEP_B": layout.KEPT + 1,
    "PROMPT": layout.PROMPT,
    "LAYOUT_ROWS": layout.LAYOUT,
    "LAYOUT_DENSE": layout.LAYOUT + 1,
    "FENCE": layout.FENCE,
    "RELU": layout.RELU,
    "NARROW_RESULTS": layout.NARROW_RESULTS,
    "SHORT_CRD": layout.SHORT_CRD,
}
# Bits of the kind of a level.
KINDS = {"DENSE": layout.DENSE_LEVEL, "NARROW": layout.NARROW, "LOOSE": layout.LOOSE}
# Members of each record with their bits; a result of FormatInt16 has a second word of value.
RECORDS: dict[str, tuple[tuple[str, int], ...]] = {
    "slot_head": (
        ("magic", 32),
        ("what", 32),
        ("results", 64),
        ("capacity", 64),
        *((name, 32) for name in ("run_length", "portion", "long_lines", "tag", "shift", "pitch")),
        ("crd", 64),
        ("pos", 64),
    ),
    "slot_level": (("first", 64), ("second", 64), *((name, 32) for name in ("extent", "count", "kind", "reserved"))),
    "slot_completion": (
        *((name, 32) for name in ("code", "place", "tag", "reserved")),
        *((name, 64) for name in ("results", "written", "cycles", "computing", "read")),
        ("rows", 32),
        ("magic", 32),
    ),
    "result": (("fiber_a", 32), ("fiber_b", 32), ("value", 32)),
    "result48": (("fiber_a", 32), ("fiber_b", 32), ("value", 32), ("value_high", 32)),
}


def snake(name: str) -> str:
    """Return a name of the packages as registers.rdl and C have it: RegRunLength is run_length."""
    name = re.sub(r"^(Reg|Cnt|Control|(Dma)?(Status|Irq)|Mode|Err)(?=[A-Z])", "", name)
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


def struct(name: str) -> str:
    """Return a record in memory as a struct of C; its members have no gaps on any host."""
    members = "".join(f"  uint{bits}_t {member};\n" for member, bits in RECORDS[name])
    return f"typedef struct {{\n{members}}} flaash_{name}_t;\n"


def layout_header() -> str:
    """Return a C header with the numbers and records of what flaash_memory_top finds in memory."""
    lines = "".join(f"#define FLAASH_{snake(name).upper()} {rtl.DMA.constants[name].value:#x}u\n" for name in LAYOUT)
    formats = "".join(f"#define FLAASH_FORMAT_{name.upper()} {code}u\n" for name, code in rtl.FORMATS.items())
    flags = "".join(f"#define FLAASH_{name} (1u << {bit})\n" for name, bit in FLAGS.items())
    kinds = "".join(f"#define FLAASH_LEVEL_{name} (1u << {bit})\n" for name, bit in KINDS.items())
    records = "\n".join(map(struct, RECORDS))
    body = (
        f"#include <stdint.h>\n\n{lines}\n/* Value formats, as RegFormat. */\n{formats}\n"
        f"/* Flags of a descriptor, in its second word. */\n{flags}"
        f"#define FLAASH_ALL_FLAGS ({' | '.join(f'FLAASH_{name}' for name in FLAGS)})\n\n"
        f"/* Bits of the kind of a level: an upper level without crd; a leaf with 2 bytes per coordinate; an upper\n"
        f"   level above the leaf whose pos has the begin and the end of each node. */\n{kinds}\n"
        f"/* Records in memory; their words are little-endian on every host. */\n{records}"
    )
    return _header("FLAASH_LAYOUT_H", "What lies in memory, by make package; see docs/descriptors.md.", body)


def write_all(folder: Path) -> list[Path]:
    """Write flaash.rdl, the C headers of errors and layout, by PeakRDL flaash_regs.h, and an IP-XACT of each top.

    Raises:
        ValueError: PeakRDL refused the description; the text is its message.
    """
    source = folder / "flaash.rdl"
    header, register_map = folder / "flaash_regs.h", folder / "flaash_map.xml"
    texts = {
        source: system_rdl(),
        folder / "flaash_errors.h": error_header(),
        folder / "flaash_layout.h": layout_header(),
    }
    for path, text in texts.items():
        path.write_text(text)
    # FuseSoC and IP-XACT name a core in the same way, but a component is one top of the core.
    vendor, library, name, _ = yaml.safe_load((ROOT / "flaash.core").read_text())["name"].split(":")
    peakrdl = str(Path(sys.executable).with_name("peakrdl"))
    core = ["--vendor", vendor, "--library", library, "--name", name, "--version", version()]
    for arguments in (
        ["c-header", "--std", "gnu99", "-b", "ltoh", str(source), "-o", str(header)],
        ["ip-xact", *core, str(source), "-o", str(register_map)],
    ):
        done = subprocess.run([peakrdl, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"peakrdl {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    header.write_text(f"// {revision()}\n{header.read_text()}")
    components = {folder / f"{top.removesuffix('_top')}.xml": top for top in lists.TOPS}
    for path, top in components.items():
        path.write_text(ip_xact.component(register_map.read_text(), top))
    register_map.unlink()
    return [*texts, header, *components]
