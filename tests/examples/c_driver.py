# SPDX-License-Identifier: Apache-2.0
"""The C driver of driver/ and the firmware of the example, compiled into a library that Python calls."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, c_char, c_int, c_uint32, c_uint64, c_void_p
from pathlib import Path

from models.device.layout import Descriptor, LevelEntry
from sim.toolchain import ROOT
from tests.completed import completed
from tools.packaging import registers

DRIVER, FIRMWARE = ROOT / "driver", ROOT / "examples" / "memory_system"
SOURCES = (DRIVER / "flaash_driver.c", FIRMWARE / "flaash_host.c")
COMPILERS = (("gcc", "-std=c99"), ("gcc", "-std=c17"), ("g++", "-x", "c++", "-std=c++11"))
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")
OK, PENDING, FULL, HALTED, TIMEOUT, WRONG_CHIP, BAD_ARGUMENT = range(7)  # enum flaash_result

READ_REGISTER = ctypes.CFUNCTYPE(c_uint32, c_void_p, c_uint32)
WRITE_REGISTER = ctypes.CFUNCTYPE(None, c_void_p, c_uint32, c_uint32)
MOVE_MEMORY = ctypes.CFUNCTYPE(None, c_void_p, c_uint64, c_void_p, c_uint32)


TYPES = {
    "void": c_void_p,
    "uint32_t": c_uint32,
    "uint64_t": c_uint64,
    "read_register": READ_REGISTER,
    "write_register": WRITE_REGISTER,
    "read_memory": MOVE_MEMORY,
    "write_memory": MOVE_MEMORY,
}


def structs() -> dict[str, type[Structure]]:
    """Return the structs of flaash_driver.h, by their names there."""
    text = re.sub(r"/\*.*?\*/", "", (DRIVER / "flaash_driver.h").read_text(), flags=re.DOTALL)
    numbers = {name: int(value) for name, value in re.findall(r"#define (\w+) (\d+)u\n", text)}
    found: dict[str, type[Structure]] = {}
    for body, name in re.findall(r"typedef struct \{(.*?)\} (\w+);", text, re.DOTALL):
        fields = []
        for kind, names in re.findall(r"(?:const )?(\w+) (.+?);", body):
            for member, function, of in re.findall(r"(\*?\(?\*?\w+)(\)\([^)]*\))?(?:\[(\w+)\])?", names):
                plain = member.strip("(*")
                one = TYPES[plain] if function else {**TYPES, **found}[kind]
                pointed = member.startswith("*") and kind != "void"
                fields.append((plain, POINTER(one) if pointed else one * numbers[of] if of else one))
        found[name] = type(name, (Structure,), {"_fields_": fields})
    return found


STRUCTS = structs()
CPlatform, CDevice, CLevel, CDescriptor, CTensor, CCompletion = (
    STRUCTS[f"flaash_{name}_t"] for name in ("platform", "device", "level", "descriptor", "tensor", "completion")
)


def compile_library(folder: Path, compiler: Sequence[str] = COMPILERS[0], more: Sequence[Path] = ()) -> Path:
    """Compile driver, firmware and more sources, without a warning, beside the headers of make package.

    Raises:
        AssertionError: the compiler printed a warning or an error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    registers.write_all(folder)
    library = folder / "host.so"
    sources = (*SOURCES, *more)
    done = completed(*compiler, *WARNINGS, "-shared", "-fPIC", f"-I{folder}", f"-I{DRIVER}", *sources, "-o", library)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return library


def load(path: Path) -> ctypes.CDLL:
    """Return the library with the types of its functions."""
    library = ctypes.CDLL(str(path))
    device, platform = POINTER(CDevice), POINTER(CPlatform)
    types = {
        "open": (c_int, device, platform, c_uint64, c_uint32, c_uint32),
        "reset": (c_int, device),
        "submit": (c_int, device, POINTER(CDescriptor)),
        "place_rows": (c_int, POINTER(CDescriptor), c_uint64, POINTER(c_uint64), c_uint32, POINTER(CTensor)),
        "doorbell": (None, device),
        "collect": (c_int, device, POINTER(CCompletion)),
        "wait": (c_int, device, POINTER(CCompletion)),
        "interrupts": (c_uint32, device),
        "error": (c_uint32, device, POINTER(c_uint32)),
        "host": (c_int, platform, c_uint64, c_uint32),
    }
    for name, (result, *arguments) in types.items():
        function = getattr(library, f"flaash_{name}")
        function.restype, function.argtypes = result, arguments
    return library


def platform(
    read_register: Callable[[int], int],
    write_register: Callable[[int, int], None],
    read_memory: Callable[[int, int], bytes],
    write_memory: Callable[[int, bytes], None],
) -> CPlatform:
    """Return a platform whose functions are Python's; they must not raise: C can't pass exceptions."""

    def read(_: int, address: int, data: int, length: int) -> None:
        ctypes.memmove(data, read_memory(address, length), length)

    def write(_: int, address: int, data: int, length: int) -> None:
        write_memory(address, bytes((c_char * length).from_address(data)))

    return CPlatform(
        None,
        READ_REGISTER(lambda _, offset: read_register(offset)),
        WRITE_REGISTER(lambda _, offset, value: write_register(offset, value)),
        MOVE_MEMORY(read),
        MOVE_MEMORY(write),
    )


def levels(entries: Sequence[LevelEntry]) -> ctypes.Array:
    return (CLevel * len(entries))(
        *(
            CLevel(
                entry.first,
                entry.second,
                entry.extent,
                entry.count,
                entry.dense | entry.narrow << 1 | entry.loose << 2,
            )
            for entry in entries
        )
    )


def descriptor(said: Descriptor) -> CDescriptor:
    """Return a descriptor in the C driver's form."""
    flags = (
        said.dense << 16
        | said.coordinates << 17
        | said.interrupt << 18
        | said.kept[0] << 19
        | said.kept[1] << 20
        | said.prompt << 21
        | said.layout << 22
        | said.fence << 24
        | said.finish.relu << 25
        | said.finish.narrow << 26
        | said.short_crd << 27
    )
    return CDescriptor(
        len(said.a),
        len(said.b),
        levels(said.a),
        levels(said.b),
        said.format,
        flags,
        said.results,
        said.capacity,
        said.run_length,
        said.portion,
        said.long_lines,
        said.tag,
        said.finish.shift,
        said.pitch,
        said.crd,
        said.pos,
    )
