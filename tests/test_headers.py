# SPDX-License-Identifier: Apache-2.0
"""The comments of rtl/ name only names of the code, and the catalogue of rtl/README.md equals the headers."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.sources import RTL
from sim.toolchain import ROOT

CATALOGUE = RTL / "README.md"
SOURCES = sorted(path for path in RTL.rglob("*.sv*") if path.suffix in (".sv", ".svh"))
BENCHES = sorted(
    path for folder in ("bench", "examples", "formal", "tb", "tests") for path in (ROOT / folder).rglob("*.sv")
)
TOP = re.compile(r"// SPDX.*\n((?://.*\n)*)")
WORDS = re.compile(r"\w+")
PORT = re.compile(r"\b[a-z]\w*_(?:i|o|ni)\b")
SNAKE = re.compile(r"(?<![\w/.])[a-z]\w*_(?:\*\w*|\w+\b)(?!\.\w)")  # in_*: all names with this beginning
CAMEL = re.compile(r"\b[A-Z][a-z0-9]+[A-Z]\w*\b|(?<=[a-z,] )[A-Z][a-z]+\b")  # such as Depth, a parameter
NO_NAMES = {"End", "Icarus", "NaN", "Python", "Verilator"}


def code_of(text: str) -> str:
    return re.sub(r"//.*", "", text)


SHARED = (
    {
        word
        for path in SOURCES
        if path.stem.endswith("_pkg") or path.suffix == ".svh"
        for word in WORDS.findall(code_of(path.read_text()))
    }
    | {path.stem for path in SOURCES}
    | NO_NAMES
)


def header_of(text: str) -> str:
    """Return the comment on top of a file, without its licence."""
    return re.sub(r"^// ?", "", TOP.match(text)[1], flags=re.MULTILINE)


def unknown(names: list[str], known: set[str]) -> list[str]:
    """Return the unknown names; a group of ports, such as s_axil or in_*, is known by its members."""
    return sorted(
        {
            name
            for name in names
            if name not in known
            and not any(word.startswith(name.partition("*")[0].rstrip("_") + "_") for word in known)
        }
    )


def header_problems(text: str) -> list[str]:
    """Return a sentence for each name of a header that its module doesn't have."""
    code, header = code_of(text), header_of(text)
    declared, own = set(WORDS.findall(code.split("\n);")[0])), set(WORDS.findall(code))
    others = SNAKE.findall(header) + CAMEL.findall(header.partition(": ")[2])  # a title is no name
    return [f"no port {name}" for name in unknown(PORT.findall(header), declared)] + [
        f"no name {name}" for name in unknown(others, own | SHARED) if not PORT.fullmatch(name)
    ]


def comment_problems(text: str) -> list[str]:
    """Return a sentence for each name of a port in a comment that the file's code doesn't have."""
    comments = " ".join(re.findall(r"//(.*)", TOP.sub("", text)))
    return [f"no {name}" for name in unknown(PORT.findall(comments), set(WORDS.findall(code_of(text))))]


def one_liner(text: str) -> str:
    """Return the first sentence of a header, without the title before the colon."""
    sentence = re.match(r"(.*?)\.(?=\s|$)", header_of(text), re.DOTALL)[1]
    sentence = " ".join(sentence.split())
    what = sentence.partition(": ")[2] or sentence
    return what[0].upper() + what[1:]


def catalogue_problems(page: str) -> list[str]:
    """Return a sentence for each file whose row is missing, doubled, or different from its header."""
    rows = re.findall(r"^\| `(flaash_[\w.]+)` \| (.*) \|$", page, re.MULTILINE)
    files = {path.stem if path.suffix == ".sv" else path.name: path for path in SOURCES}
    wanted = [(name, one_liner(path.read_text())) for name, path in files.items()]
    return (
        [f"a row is missing: | `{name}` | {what} |" for name, what in wanted if (name, what) not in rows]
        + [f"a row is wrong: {name}" for name, what in rows if (name, what) not in wanted]
        + [f"{name} has two rows" for name in files if [row[0] for row in rows].count(name) > 1]
    )


def told(problems: Callable[[str], list[str]], paths: list[Path]) -> list[str]:
    """Return the problems of files, each with the file's name."""
    return [f"{path.name}: {problem}" for path in paths for problem in problems(path.read_text())]


def test_headers_name_what_the_module_has() -> None:
    assert not told(header_problems, [path for path in SOURCES if path.suffix == ".sv"])


def test_comments_name_what_the_code_has() -> None:
    assert not told(comment_problems, [*SOURCES, *BENCHES])


def test_the_catalogue_says_what_the_headers_say() -> None:
    assert not catalogue_problems(CATALOGUE.read_text())


FIFO = (RTL / "stream" / "flaash_stream_fifo.sv").read_text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("usage_i", "no port usage_i"),
        ("output_*", "no name output_*"),
        ("in_last", "no name in_last"),
        ("DepthMost", "no name DepthMost"),
        ("at most Deep", "no name Deep"),
        ("flaash_nothing", "no name flaash_nothing"),
    ],
)
def test_another_name_in_a_header_is_noticed(name: str, sentence: str) -> None:
    assert header_problems(FIFO.replace("// Guarantees  ", f"// Guarantees  with {name}: ", 1)) == [sentence]


def test_another_name_in_a_comment_is_noticed() -> None:
    assert comment_problems(FIFO + "// while full_o\n") == ["no full_o"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("| `flaash_stream_fifo` |", "| `flaash_fifo` |", "a row is wrong: flaash_fifo"),
        ("up to Depth beats", "Depth beats", "a row is wrong: flaash_stream_fifo"),
        ("| `flaash_stream_fifo` |", "| `flaash_ram_fifo` |", "a row is wrong: flaash_ram_fifo"),
    ],
)
def test_another_row_is_noticed(old: str, new: str, sentence: str) -> None:
    assert sentence in catalogue_problems(CATALOGUE.read_text().replace(old, new, 1))
