# SPDX-License-Identifier: Apache-2.0
"""A configuration as a netlist of its hierarchy, in Yosys' RTLIL.

A configuration is a name of rtl/configs.toml, for the chip with streams. The same name with `-memory` and a
bus width, such as fast8-memory512, is the chip with the memory interface.
"""

import hashlib
import re
from pathlib import Path

from sim import configs
from sim.files import is_whole
from sim.sources import INCLUDE_DIR, headers, rtl_sources
from tools.silicon import programs

TOP = "flaash_top"
MEMORY_TOP = "flaash_memory_top"
FOLDER = programs.FOLDER / "elaborated"
_WITH_MEMORY = re.compile(r"(\w+)-memory(128|256|512)")


def reading(top: str, parameters: dict[str, int], extra: tuple[Path, ...] = ()) -> str:
    """Return the command of Yosys that reads a module of rtl/ with its hierarchy kept."""
    files = " ".join(programs.relative(path) for path in rtl_sources(top, extra))
    values = " ".join(f"-G {name}={value}" for name, value in parameters.items())
    return f"read_slang --threads 1 --keep-hierarchy -I {programs.relative(INCLUDE_DIR)} {values} --top {top} {files}"


def rtlil(top: str, parameters: dict[str, int], extra: tuple[Path, ...] = ()) -> str:
    """Return the RTLIL of a module of rtl/ and of all modules below it, a module per instance.

    Args:
        top: the module.
        parameters: values that differ from the module's defaults.
        extra: files outside of rtl/.

    Raises:
        ValueError: Yosys refuses it.
    """
    command = reading(top, parameters, extra)
    digest = hashlib.sha256(command.encode())
    for path in [*rtl_sources(top, extra), *headers()]:
        digest.update(path.read_bytes())
    path = FOLDER / f"{top}-{digest.hexdigest()[:16]}.il"
    if not (path.exists() and is_whole(path)):
        # Written under another name first: another process may do the same.
        part = path.with_suffix(f".{id(path)}.part")
        programs.run(
            programs.YOSYS, ["-p", f"{command}; write_rtlil {programs.relative(part)}"], path.with_suffix(".log")
        )
        part.rename(path)
    return path.read_text()


def machine(name: str) -> tuple[str, dict[str, int]]:
    """Return the top of a configuration and its parameters.

    Raises:
        ConfigError: there is no such configuration.
    """
    match = _WITH_MEMORY.fullmatch(name)
    if not match:
        return TOP, configs.load(name).parameters()
    return MEMORY_TOP, {**configs.load(match[1]).parameters(), "DataWidth": int(match[2])}


def configuration(name: str) -> str:
    """Return the RTLIL of the chip in a configuration."""
    return rtlil(*machine(name))
