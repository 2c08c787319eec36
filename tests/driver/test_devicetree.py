# SPDX-License-Identifier: Apache-2.0
"""The binding of the device tree, by the kernel's own tools: the schema, its example, and examples with mistakes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.toolchain import ROOT
from tests.completed import completed

BINDING = ROOT / "driver" / "devicetree" / "misc" / "flaash,memory.yaml"


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess:
    """Run a program of the package dtschema."""
    return completed(Path(sys.executable).with_name(name), *arguments)


def example() -> str:
    """Return the node of the binding's example."""
    return yaml.safe_load(BINDING.read_text())["examples"][0]


def test_the_binding_is_one() -> None:
    done = tool("dt-doc-validate", BINDING)
    assert done.returncode == 0 and not done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"), [("maxItems: 1", "maxItem: 1", "maxItem"), ("required:\n", "demanded:\n", "demanded")]
)
def test_a_wrong_binding_is_noticed(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "misc" / BINDING.name
    path.parent.mkdir()
    path.write_text(BINDING.read_text().replace(old, new, 1))
    done = tool("dt-doc-validate", path)
    assert told in done.stdout + done.stderr


def test_the_page_shows_the_example() -> None:
    page = (ROOT / "docs" / "soc.md").read_text()
    (shown,) = re.findall(r"^```\n(accelerator@.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert shown.strip() == example().strip()


def complaints(node: str, folder: Path) -> str:
    """Return what dt-validate says about a node under the binding."""
    source, tree, schema = folder / "node.dts", folder / "node.dtb", folder / "schema.json"
    source.write_text(
        '/dts-v1/;\n/ { compatible = "flaash,test"; model = "test"; #address-cells = <1>; #size-cells = <1>;\n'
        "  interrupt-parent = <&intc>;\n"
        "  intc: interrupt-controller { interrupt-controller; #interrupt-cells = <3>; };\n"
        f"{node}\n}};\n"
    )
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", source, "-o", tree], check=True)
    made = tool("dt-mk-schema", "-o", schema, BINDING)
    assert made.returncode == 0, made.stderr
    done = tool("dt-validate", "-s", schema, tree)
    text = done.stdout + done.stderr
    return text if "accelerator@" in text else ""


@pytest.mark.needs("dtc")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", ""),
        ('"registers", "memory"', '"memory", "registers"', "reg-names:0: 'registers' was expected"),
        ("interrupts = <0 89 4>;", "", "'interrupts' is a required property"),
        (", <0x70000000 0x10000000>", "", "is too short"),
        ("interrupts", "speed = <3>; interrupts", "'speed' does not match any of the regexes"),
    ],
)
def test_nodes_under_the_binding(old: str, new: str, told: str, tmp_path: Path) -> None:
    node = example()
    assert old in node
    found = complaints(node.replace(old, new, 1) if old else node, tmp_path)
    assert (told in found) if told else not found, found
