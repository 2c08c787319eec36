# SPDX-License-Identifier: Apache-2.0
"""The pages that show ports show the real ones of the modules."""

import re
from pathlib import Path

import pytest

from sim.rtl_types import module_types
from sim.sources import RTL
from tools import ports

PAGE = "\n".join(page.read_text() for page in ports.PAGES)
NAMED = sorted({name for names in re.findall(r"<!-- ports: ([\w ]+) -->", PAGE) for name in names.split()})
BLOCK = "<!-- ports: {} -->\n```systemverilog\nold\n```\n"


def test_the_page_is_up_to_date() -> None:
    assert ports.renewed(PAGE) == PAGE, "call make generate"


def test_no_ports_are_copied_by_hand() -> None:
    """A port's name occurs in a block of code only where make generate has written it."""
    written = re.sub(r"<!-- ports: [\w ]+ -->\n```systemverilog\n(?:.*\n)*?```\n", "", PAGE)
    written = re.sub(r"```diff\n.*?```", "", written, flags=re.DOTALL)  # a module that the reader writes
    for block in re.findall(r"```.*?```", written, re.DOTALL):
        assert not re.search(r"\w_(i|o|ni)\b", block), block


@pytest.mark.parametrize("module", NAMED)
def test_the_reader_finds_every_port(module: str) -> None:
    """The number equals the module's declarations; slang knows each as a port or signal of it."""
    found = [line.split()[-1] for line in ports.ports(module)]
    code = re.sub(r"//.*", "", ports.source(module))
    declared = re.findall(r"^ *(?:input|output) .*?(\w+),? *$", code.split("\n);")[0], re.MULTILINE)
    assert found == [name for name in declared if name not in ports.COMMON] != []
    types = module_types(module)
    assert all(types[name].width > 0 for name in found)


def test_other_ports_are_noticed() -> None:
    """Of a module on the page, of two modules that are to have the same ones, and of a module that does not exist."""
    assert "old" not in ports.renewed(BLOCK.format("flaash_stream_register"))
    with pytest.raises(ValueError, match="flaash_stream_fifo has other ports than flaash_stream_register"):
        ports.renewed(BLOCK.format("flaash_stream_register flaash_stream_fifo"))
    with pytest.raises(FileNotFoundError, match="flaash_nothing"):
        ports.renewed(BLOCK.format("flaash_nothing"))


def unchecked(code: str) -> list[str]:
    """Return the output streams of a module that neither have a check nor come from an instance."""
    code = re.sub(r"//.*", "", code)
    missing = []
    for stream in re.findall(r"output +logic[^;]*? (\w*?)valid_o\b", code.split("\n);")[0]):
        if not re.search(rf"\b{stream}ready_i\b", code):
            continue  # it is never stalled
        checked = re.search(rf"`FLAASH_STREAM_CHECK\([^;]*?\b{stream}valid_o\b", code)
        assigned = re.search(rf"\b{stream}valid_o(?:\[[^\]]*\])? *<?=(?!=| *(?:'0|1'b0);)", code)
        passed_on = re.search(rf"\.(?:\w+_o *\()?{stream}valid_o\b", code)
        if not checked and (assigned or not passed_on):
            missing.append(f"{stream}valid_o")
    return missing


@pytest.mark.parametrize("path", sorted(RTL.rglob("*.sv")), ids=lambda path: path.stem)
def test_every_stream_has_a_check(path: Path) -> None:
    assert not unchecked(path.read_text())


def test_a_stream_without_a_check_is_noticed() -> None:
    for module, stream in (("flaash_stream_fifo", "out_valid_o"), ("flaash_fiber_loader", "req_valid_o")):
        code = re.sub(r"`FLAASH_STREAM_CHECK.*", "", ports.source(module))
        assert stream in unchecked(code)
