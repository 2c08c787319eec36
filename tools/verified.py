# SPDX-License-Identifier: Apache-2.0
"""Prints what covers each module of rtl/; docs/verified.md has it on the site, with all proofs.

Benches come from tests/blocks, proofs from formal/proofs.toml, faults from tests/faults.yml. A
module is covered "alone" where a bench drives the module or a wrapper around it. "In a group" means that a
bench drives something that contains the module. The sequences of tb/sequences run on the tops.
"""

from __future__ import annotations

import functools
import re
import sys
from collections import Counter
from pathlib import Path

from sim.sources import RTL, rtl_sources
from sim.toolchain import ROOT
from tools.mutants import read_faults
from tools.proofs import FORMAL, read_proofs

PAGE = ROOT / "docs" / "verified.md"
BLOCKS = ROOT / "tests" / "blocks"
TOPS = {"flaash_top": "stream", "flaash_memory_top": "memory"}
HEAD = "| module | bench | proofs | chip | faults | mutants |\n|---|---|---|---|---|---|\n"
_TABLE = re.compile(r"(<!-- modules: tools.verified -->\n).*?(<!-- end of modules -->)", re.DOTALL)
PROOFS_HEAD = "| proof | method | shows |\n|---|---|---|\n"
_PROOFS = re.compile(r"(<!-- proofs: formal/proofs.toml -->\n).*?(<!-- end of proofs -->)", re.DOTALL)


@functools.cache
def modules() -> dict[str, Path]:
    """Return the modules of rtl/ and their files, folder by folder."""
    files = sorted(RTL.rglob("*.sv"), key=lambda path: (path.parent.name, path.stem))
    return {path.stem: path for path in files if not path.stem.endswith("_pkg")}


def _code(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text())


def _within(text: str) -> set[str]:
    """Return the modules that a text names."""
    return set(re.findall(r"\bflaash_\w+", text)) & set(modules())


def _named(text: str, known: set[str]) -> set[str]:
    """Return the tops that a test names: in full, or with the kinds of an exchangeable block."""
    kinds = {
        f"flaash_{block}_{kind}"
        for block in re.findall(r'f"flaash_(\w+)_\{', text)
        for kind in re.findall(r'"(\w+)"', text)
    }
    return (set(re.findall(r'"(flaash_\w+)"', text)) | kinds) & known


def benches() -> tuple[set[str], set[str]]:
    """Return the modules that a bench drives alone, and those that are inside of what a bench drives."""
    wrappers = {path.stem: path for path in BLOCKS.rglob("*.sv")}
    alone: set[str] = set()
    inside: set[str] = set()
    for path in BLOCKS.rglob("test_*.py"):
        for top in _named(path.read_text(), {*modules(), *wrappers}):
            alone |= {top} if top in modules() else _within(_code(wrappers[top]))
            inside |= {each.stem for each in rtl_sources(top, tuple(wrappers.values()))}
    return alone, inside


def table() -> str:
    """Return the table with a row for each module."""
    alone, inside = benches()
    all_proofs = read_proofs()
    proofs = Counter(name for proof in all_proofs for name in _within(_code(FORMAL / f"{proof.wrapper}.sv")))
    mutants = Counter(mutant.file for proof in all_proofs for mutant in proof.mutants)
    faults = Counter(fault.file for fault in read_faults())
    chips = {kind: {path.stem for path in rtl_sources(top)} for top, kind in TOPS.items()}
    rows = []
    for name, path in modules().items():
        file = path.relative_to(ROOT).as_posix()
        bench = "alone" if name in alone else "in a group" if name in inside else "-"
        chip = ", ".join(kind for kind, names in chips.items() if name in names)
        numbers = (str(count[key] or "-") for count, key in ((faults, file), (mutants, file)))
        cells = (f"`{name}`", bench, str(proofs[name] or "-"), chip or "-", *numbers)
        rows.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(rows)


def proofs_table() -> str:
    """Return the table with a row for each proof."""
    return PROOFS_HEAD + "".join(f"| {proof.name} | {proof.method} | {proof.shows} |\n" for proof in read_proofs())


def filled(text: str) -> str:
    """Return the page with both tables."""
    text = _TABLE.sub(lambda match: f"{match[1]}{table()}{match[2]}", text)
    return _PROOFS.sub(lambda match: f"{match[1]}{proofs_table()}{match[2]}", text)


def main() -> int:
    print(table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
