# SPDX-License-Identifier: Apache-2.0
"""The traces of docs/architecture.md: few names for an operand entry, few files and types for an error."""

import re

import pytest

from sim.sources import RTL
from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl
from tools.ports import source

PAGE = (ROOT / "docs" / "architecture.md").read_text()
Row = list[list[str]]  # the words in backticks of each cell
MEMORY = "names at the memory interface"

# Uses of a code: a literal outside of a comparison, a type or a member that is a code.
LOOKS = re.compile(r"(?<![!=]= )\bErr[A-Z]\w+|\berror_e\b|\.code\b")
PASSES_TRAILER = {"flaash_chip"}  # from the registers to the unloader, as a port's type


def table(page: str, mark: str) -> tuple[int, list[Row]]:
    """Return the number of a comment like `<!-- names: at most 12 -->`, and the rows after it."""
    limit, text = re.search(rf"<!-- {mark}: at most (\d+) -->\n((?:\|.*\n)+)", page).groups()
    cells = [line.strip("|").split("|") for line in text.splitlines()[2:]]
    return int(limit), [[re.findall(r"`(\w+)`", cell) for cell in row] for row in cells]


def code_of(module: str) -> str:
    """Return a module's text without comments."""
    return re.sub(r"//.*", "", source(module))


def entry_problems(page: str, mark: str = "names") -> list[str]:
    """Return a sentence for each error in the trace of an entry from an interface."""
    limit, rows = table(page, mark)
    names = [row[0][0] for row in rows]
    found = [f"{len(names)} names"] if len(set(names)) > limit or len(set(names)) < len(names) else []
    for name, (_, _, modules, *_rest) in zip(names, rows, strict=True):
        found += [
            f"{module} has no {name}"
            for module in modules
            if not re.search(rf"\b{name}(?:_i|_o|_q)?\b", code_of(module))
        ]
    return found


def way_problems(page: str) -> list[str]:
    """Return a sentence for each error in the modules and the buffers of the way from the memory to the MAC."""
    most_modules, most_buffers = map(
        int, re.search(r"<!-- way: at most (\d+) modules, (\d+) buffers -->", page).groups()
    )
    _, rows = table(page, MEMORY)
    modules = {module for _, _, where, _ in rows for module in where}
    modules |= {module for *_, waits in rows for module in waits[::2]}
    buffers = [pair for *_, waits in rows for pair in zip(waits[::2], waits[1::2], strict=True)]
    found = [f"{len(modules)} modules"] if len(modules) > most_modules else []
    found += [f"{len(buffers)} buffers"] if len(buffers) > most_buffers or len(set(buffers)) < len(buffers) else []
    # A module is on the way if another one there instantiates it, up to the top.
    for module in sorted(modules - {"flaash_memory_top"}):
        if not any(re.search(rf"\b{module} #?\(", code_of(other)) for other in modules - {module}):
            found.append(f"nothing on the way has a {module}")
    return found + [
        f"{module} has no {buffer}" for module, buffer in buffers if not re.search(rf"\b{buffer}\b", code_of(module))
    ]


def code_problems(page: str) -> list[str]:
    """Return a sentence for each error in the traces of the codes."""
    limit, rows = table(page, "files")
    arise, found = {}, []
    for codes, *where in rows:
        modules = {module for cell in where for module in cell}
        if len(modules) > limit:
            found.append(f"{', '.join(codes)}: {len(modules)} files")
        found += [f"{module} looks at no code" for module in sorted(modules) if not LOOKS.search(code_of(module))]
        for code in codes:
            arise.setdefault(code, set()).update(where[0])
    for path in sorted(RTL.rglob("*.sv")):
        if "dma" in path.relative_to(RTL).parts or path.stem.endswith("_pkg"):
            continue
        looks = LOOKS.findall(code_of(path.stem))
        told = {module for _, *where in rows for cell in where for module in cell}
        if looks and path.stem not in told | PASSES_TRAILER:
            found.append(f"{path.stem} looks at a code, too")
        found += [
            f"{word} arises in {path.stem}, too"
            for word in sorted(set(looks))
            if word in rtl.ERRORS
            and word != "ErrNone"
            and path.stem not in arise.get(word, ())
            and path.stem != "flaash_result_unloader"
        ]
    return found + [f"{code} is missing" for code in sorted(set(rtl.ERRORS) - set(arise) - {"ErrNone"})]


def error_types(sources: str) -> list[str]:
    """Return the types of errors: enums of codes, structs with a code or a place, or so called."""
    enums = re.findall(r"\benum\b[^{;]*\{[^}]*\bErr\w+[^}]*\}\s*(\w+)\s*;", sources)
    structs = re.findall(r"\bstruct\s+packed\s*\{([^}]*)\}\s*(\w+)\s*;", sources)
    return sorted(
        enums
        + [name for body, name in structs if re.search(r"\b(code|place)\s*;", body) or re.search("error|fault", name)]
    )


def all_sources() -> str:
    """Return the code of rtl/, without comments."""
    return "\n".join(re.sub(r"//.*", "", path.read_text()) for path in sorted(RTL.rglob("*.sv*")))


@pytest.mark.parametrize("mark", ["names", MEMORY])
def test_an_entry_has_few_names(mark: str) -> None:
    assert entry_problems(PAGE, mark) == []


def test_both_interfaces_share_the_core() -> None:
    """From the channels on an entry has the same names up to the tensor memory, whichever interface it comes from."""
    stream, memory = ([row[0][0] for row in table(PAGE, mark)[1]] for mark in ("names", MEMORY))
    shared = ["operand", "lines", "rsp_data"]
    assert [name for name in stream if name in shared] == [name for name in memory if name in shared] == shared


def test_the_way_to_the_mac_is_short() -> None:
    assert way_problems(PAGE) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("at most 15 modules", "at most 14 modules", "15 modules"),
        ("15 modules, 9 buffers", "15 modules, 8 buffers", "9 buffers"),
        (
            "`flaash_resident_group` `u_lines`",
            "`flaash_resident_group` `u_beats`",
            "flaash_resident_group has no u_beats",
        ),
        ("flaash_dma_loader", "flaash_dma_level", "nothing on the way has a flaash_axi_reader"),
    ],
)
def test_a_longer_way_is_noticed(old: str, new: str, sentence: str) -> None:
    assert old in PAGE
    memory = PAGE.index(MEMORY)
    page = PAGE[:memory] + PAGE[memory:].replace(old, new)
    assert sentence in way_problems(page)


def test_a_code_is_looked_at_in_few_files() -> None:
    assert code_problems(PAGE) == []


def test_errors_have_two_types() -> None:
    """An error, and the flipped bit of a memory, which becomes one; the enum has the codes of both interfaces."""
    assert error_types(all_sources()) == ["error_e", "error_t", "fault_t"]


@pytest.mark.parametrize(
    "text",
    [
        "typedef enum logic [7:0] {ErrOther = 8'h80} other_e;",
        "typedef struct packed {logic valid; logic [7:0] code;} trailer_t;",
        "typedef struct packed {error_t fault; turn_t turn;} write_fault_t;",
        "typedef struct packed {logic [6:0] count; error_e code; logic [31:0] place;} other_t;",
    ],
)
def test_another_type_of_errors_is_noticed(text: str) -> None:
    assert len(error_types(all_sources() + text)) == 4


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("| `axi` |", "| `bus` |", "flaash_dma has no bus"),
        (
            "| `m_axi_rdata` | The pins. | `flaash_memory_top` |",
            "| `m_axi_rdata` | The pins. | `flaash_dma_feed` |",
            "flaash_dma_feed has no m_axi_rdata",
        ),
        (f"{MEMORY}: at most 9", f"{MEMORY}: at most 8", "9 names"),
    ],
)
def test_another_name_at_the_memory_interface_is_noticed(old: str, new: str, sentence: str) -> None:
    assert sentence in entry_problems(PAGE.replace(old, new, 1), MEMORY)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("| `lines` |", "| `lined` |", "flaash_loader_packer has no lined"),
        ("| `found` |", "| `match` |", "11 names"),
        ("names: at most 11", "names: at most 10", "11 names"),
    ],
)
def test_another_name_is_noticed(old: str, new: str, sentence: str) -> None:
    assert sentence in entry_problems(PAGE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("| `flaash_loader_levels` |", "| `flaash_loader_spans` |", "flaash_loader_spans looks at no code"),
        ("| `flaash_loader_levels` |", "| `flaash_loader_packer` |", "flaash_loader_levels looks at a code, too"),
        ("| `ErrPointer` |", "| `ErrShort` |", "ErrPointer is missing"),
        ("`ErrOrder`, `ErrExtent`", "`ErrExtent`", "ErrOrder arises in flaash_frame_parser, too"),
        ("files: at most 4", "files: at most 3", "ErrPointer: 4 files"),
    ],
)
def test_another_file_is_noticed(old: str, new: str, sentence: str) -> None:
    assert sentence in code_problems(PAGE.replace(old, new, 1))
