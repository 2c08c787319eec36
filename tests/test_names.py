# SPDX-License-Identifier: Apache-2.0
"""The traces of docs/architecture.md: few names for an operand entry, few files and types for an error; rtl/paper."""

import re
from collections.abc import Callable
from pathlib import Path

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


# Each trace of the page: an entry from either interface, its way from the memory to the MAC, and the codes.
CHECKS: dict[str, Callable[[str], list[str]]] = {
    "stream": entry_problems,
    "memory": lambda page: entry_problems(page, MEMORY),
    "way": way_problems,
    "codes": code_problems,
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_page_is_true(check: str) -> None:
    assert CHECKS[check](PAGE) == []


def test_both_interfaces_share_the_core() -> None:
    """From the channels on an entry has the same names up to the tensor memory, whichever interface it comes from."""
    stream, memory = ([row[0][0] for row in table(PAGE, mark)[1]] for mark in ("names", MEMORY))
    shared = ["operand", "lines", "rsp_data"]
    assert [name for name in stream if name in shared] == [name for name in memory if name in shared] == shared


@pytest.mark.parametrize(
    ("check", "old", "new", "sentence"),
    [
        ("stream", "| `lines` |", "| `lined` |", "flaash_loader_packer has no lined"),
        ("stream", "| `found` |", "| `match` |", "11 names"),
        ("stream", "names: at most 11", "names: at most 10", "11 names"),
        ("memory", "| `axi` |", "| `bus` |", "flaash_dma has no bus"),
        (
            "memory",
            "| `m_axi_rdata` | The pins. | `flaash_memory_top` |",
            "| `m_axi_rdata` | The pins. | `flaash_dma_feed` |",
            "flaash_dma_feed has no m_axi_rdata",
        ),
        ("memory", f"{MEMORY}: at most 9", f"{MEMORY}: at most 8", "9 names"),
        ("way", "at most 15 modules", "at most 14 modules", "15 modules"),
        ("way", "15 modules, 9 buffers", "15 modules, 8 buffers", "9 buffers"),
        ("way", "`flaash_resident_group` `u_lines`", "`flaash_resident_group` `u_beats`", "_group has no u_beats"),
        ("way", "flaash_dma_loader", "flaash_dma_level", "nothing on the way has a flaash_axi_reader"),
        ("codes", "| `flaash_loader_levels` |", "| `flaash_loader_spans` |", "flaash_loader_spans looks at no code"),
        ("codes", "| `flaash_loader_levels` |", "| `flaash_loader_packer` |", "_levels looks at a code, too"),
        ("codes", "| `ErrPointer` |", "| `ErrShort` |", "ErrPointer is missing"),
        ("codes", "`ErrOrder`, `ErrExtent`", "`ErrExtent`", "ErrOrder arises in flaash_frame_parser, too"),
        ("codes", "files: at most 4", "files: at most 3", "ErrPointer: 4 files"),
    ],
)
def test_a_wrong_page_is_noticed(check: str, old: str, new: str, sentence: str) -> None:
    begin = PAGE.index(MEMORY) if check == "way" else 0
    assert old in PAGE[begin:]
    page = PAGE[:begin] + PAGE[begin:].replace(old, new, 1 if check == "codes" else -1)
    assert any(problem.endswith(sentence) for problem in CHECKS[check](page)), CHECKS[check](page)


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


# The paper's machine has a folder of its own: the core's choice alone instantiates its modules.
ENTRY = "flaash_compute_stream"  # that flaash_chip instantiates with Engine = EngineMerge


def room_problems(rtl: Path) -> list[str]:
    """Return a sentence for each module of the paper's machine in a file of another folder."""
    paper = {path.stem for path in (rtl / "paper").glob("*.sv")}
    found = [] if ENTRY in paper else [f"paper/ has no {ENTRY}"]
    for path in sorted(rtl.rglob("*.sv")):
        named = set(re.findall(r"\b(flaash_\w+)\s*(?:#\s*\(|u_)", re.sub(r"//.*", "", path.read_text())))
        if path.parent.name != "paper":
            allowed = {ENTRY} if path.stem == "flaash_chip" else set()
            found += [f"{path.parent.name}/{path.name} has {name}" for name in sorted(named & paper - allowed)]
    return found


def test_nothing_else_has_a_module_of_the_papers_machine() -> None:
    assert not room_problems(RTL)


@pytest.mark.parametrize(
    "body", ["flaash_loader #(\n .A(1)\n) u_x ();", "flaash_loader u_x ();"], ids=["with", "without"]
)
def test_another_user_is_noticed(tmp_path: Path, body: str) -> None:
    for folder, name, text in (
        ("paper", ENTRY, ""),
        ("paper", "flaash_loader", ""),
        ("core", "flaash_chip", f"{ENTRY} #(.A(1)) u_compute (); // flaash_loader u_x"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.sv").write_text(text)
    assert not room_problems(tmp_path)
    (tmp_path / "core" / "flaash_chip.sv").write_text(body)
    assert room_problems(tmp_path) == ["core/flaash_chip.sv has flaash_loader"]
