# SPDX-License-Identifier: Apache-2.0
"""The paper's machine has a folder of its own: nothing else instantiates its modules, except the core's choice."""

import re
from pathlib import Path

import pytest

from sim.sources import RTL

ENTRY = "flaash_compute_stream"  # that flaash_chip instantiates with Engine = EngineMerge


def problems(rtl: Path) -> list[str]:
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
    assert not problems(RTL)


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
    assert not problems(tmp_path)
    (tmp_path / "core" / "flaash_chip.sv").write_text(body)
    assert problems(tmp_path) == ["core/flaash_chip.sv has flaash_loader"]
