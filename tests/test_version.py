# SPDX-License-Identifier: Apache-2.0
"""The project has one version, which `make version` raises everywhere; the register map has its own."""

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import flaash
from sim.toolchain import ROOT
from tests.completed import completed
from tools.packaging import revision

NEW = "9.8.7"
PINNED = re.compile(r"requirements\.lock")  # versions of others
# A version of this project in running text: its name, or the word version, followed by three numbers.
NAMED = re.compile(r"(?:flaash|(?<!cff-)version)[\s:=\"'`v_]*(\d+\.\d+\.\d+)(?!\.?\d)", re.IGNORECASE)
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+), \w+ \d{4}$", re.MULTILINE)


def versions(root: Path) -> dict[str, str]:
    """Return the version of each place that states one."""
    core = yaml.safe_load((root / "flaash.core").read_text().partition("\n")[2])
    return {
        "pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"],
        "flaash.core": core["name"].rpartition(":")[2],
        "CITATION.cff": yaml.safe_load((root / "CITATION.cff").read_text())["version"],
        "CHANGELOG.md": RELEASE.findall((root / "CHANGELOG.md").read_text())[0],
    }


def others(root: Path, right: str) -> list[str]:
    """Return each line that states another version of this project; the changelog has the earlier versions."""
    found = []
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if not path.is_file() or place.name == "CHANGELOG.md" or PINNED.fullmatch(place.name):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            found += [f"{place}:{number}: {line.strip()}" for told in NAMED.findall(line) if told != right]
    return found


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a copy of what people read and write: without data, recorded numbers, and this test."""
    folders = ("docs", "rtl", "flaash", "models", "sim", "tb", "tools", "driver", "examples", "formal", ".github")
    kept = [*ROOT.glob("*.*"), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    for path in kept:
        if path.is_file() and path.suffix in ".md .toml .core .cff .yml .py .sv .svh .txt .c .h .rdl".split():
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return tmp_path


def test_every_place_states_the_version() -> None:
    assert set(versions(ROOT).values()) == {flaash.__version__} == {revision.version()}


def test_there_is_no_second_version(sources: Path) -> None:
    assert others(sources, flaash.__version__) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "This is FLAASH 0.1.0."),
        ("docs/using.md", "since version 1.2.3"),
        ("tb/__init__.py", '__version__ = "0.9.0"'),
    ],
)
def test_a_second_version_is_noticed(sources: Path, name: str, text: str) -> None:
    (sources / name).write_text((sources / name).read_text() + text + "\n")
    assert len(others(sources, flaash.__version__)) == 1


def test_the_command_raises_every_place(sources: Path) -> None:
    before = (sources / "CHANGELOG.md").read_text()
    done = completed(Path(sys.executable).with_name("bump-my-version"), "bump", "--new-version", NEW, cwd=sources)
    assert done.returncode == 0, done.stderr
    assert set(versions(sources).values()) == {NEW}
    assert others(sources, NEW) == []
    after = (sources / "CHANGELOG.md").read_text()
    assert re.sub(rf"## {NEW}, \w+ \d{{4}}\n\n", "", after) == before


def test_the_page_states_the_version_of_the_register_map() -> None:
    """It is not the project's version; chip and page name the same one."""
    source = (ROOT / "rtl" / "control" / "flaash_registers.sv").read_text()
    major, minor = re.search(r"Version\s*=\s*32'h(\w{4})_(\w{4});", source).groups()
    page = (ROOT / "docs" / "registers.md").read_text()
    assert f"`RegVersion` is the version of this map, {int(major, 16)}.{int(minor, 16)}." in page
