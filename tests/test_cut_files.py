# SPDX-License-Identifier: Apache-2.0
"""Files that a full disk has cut: the next call makes them again, and says why the one before has failed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import files, simulation, times, toolchain
from sim.toolchain import ROOT
from tb.cli import report
from tb.cli.common import MISTAKE
from tb.coverage.code import CodeCoverage
from tb.coverage.functional import read_hits
from tb.regress import results
from tests.completed import completed
from tests.share import amount
from tests.test_coverage import write_run
from tests.test_make import make
from tools import set_up

SMOKE = ["sim", "SEQ=smoke", "SIM=icarus", "CONFIG=tiny"]
WRITTEN = tuple(
    """**/* pycache/**/*.pyc constants/*.json sims/*/sim.vvp sims/*/cmds.f sims/*/build.done
    regress/sim/runs/*/run.json regress/sim/runs/*/functional-*.yml regress/sim/runs/*/summary.json
    results/**/*.json""".split()
)
SEVERAL = [*SMOKE, "SEEDS=1-2", "JOBS=1"]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what one run and a regression leave."""
    build = tmp_path_factory.mktemp("used")
    for arguments in (SMOKE, SEVERAL):
        done = make(*arguments, f"BUILD={build}")
        assert done.returncode == 0, done.stdout + done.stderr
    return build


@pytest.fixture
def build(used: Path, tmp_path: Path) -> Path:
    return shutil.copytree(used, tmp_path / "build")


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize("pattern", amount(WRITTEN[:2], WRITTEN))
def test_a_cut_file_is_made_again(pattern: str, build: Path) -> None:
    """With `**/*` every file at once, whatever it is."""
    found = [path for path in build.glob(pattern) if path.is_file() and path.stat().st_size]
    assert found, f"nothing has been written that is {pattern}"
    for path in found:
        cut(path)
    for arguments in (SMOKE, SEVERAL):
        done = make(*arguments, f"BUILD={build}")
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stdout + done.stderr


@pytest.mark.needs("iverilog")
def test_python_alone_does_not_recover(used: Path) -> None:
    """Without what the set-up leaves in the environment, the next call would end with EOFError."""
    build = shutil.copytree(used / "pycache", used.with_name("alone") / "pycache").parent
    for path in build.glob("pycache/**/tb/**/*.pyc"):
        cut(path)
    done = completed(
        "python -S -c",
        "import tb.cli.alone",
        env={"PYTHONPYCACHEPREFIX": str(build / "pycache"), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "marshal data too short" in done.stderr


def test_each_environment_has_the_guard(tmp_path: Path) -> None:
    folder = tmp_path / "lib" / "python3.11" / "site-packages"
    folder.mkdir(parents=True)
    set_up.guard(tmp_path)
    text = (folder / set_up.GUARD).read_text()
    assert text.startswith("import ") and len(text.splitlines()) == 1 and str(ROOT / "tools" / "cut_files.py") in text
    assert list(Path(sys.prefix).glob(f"lib/python*/site-packages/{set_up.GUARD}"))


def test_a_build_is_whole_or_none(tmp_path: Path) -> None:
    built = simulation.Build("icarus", "top", tmp_path, {}, ())
    done = tmp_path / "build.done"
    for name in ("sim.vvp", "cmds.f"):
        (tmp_path / name).write_text("some text\n")
    assert not simulation._is_whole(built, done)
    files.write(done, json.dumps(files.sizes(tmp_path, ("sim.vvp", "cmds.f"))))
    assert simulation._is_whole(built, done)
    for path in (tmp_path / "sim.vvp", done):
        before = path.read_bytes()
        cut(path)
        assert not simulation._is_whole(built, done)
        path.write_bytes(before)
    (tmp_path / "cmds.f").unlink()
    assert not simulation._is_whole(built, done)


def test_coverage_that_is_cut_is_named(tmp_path: Path) -> None:
    """A part would count as the whole."""
    counts = write_run(tmp_path / "coverage.dat", taken=1, skipped=0)
    CodeCoverage().read(counts)
    hits = tmp_path / "functional-icarus.yml"
    hits.write_text("a.b:\n  at_least: 1\n  bins:_hits:\n    one: 3\n    two: 12\n")
    read_hits([hits])
    for path, read in ((counts, CodeCoverage().read), (hits, lambda path: read_hits([path]))):
        os.truncate(path, path.stat().st_size - 2)
        with pytest.raises(files.CutError, match=f"{path.name} was cut, as by a full disk: remove it"):
            read(path)


def test_notes_that_are_cut_count_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "1.jsonl"
    record.write_text('{"kind": "build"}\n{"kind": "ru')
    assert times.read(tmp_path) == [{"kind": "build"}]
    known = tmp_path / "filled.json"
    known.write_text('{"a": "make si')
    assert results.note_filled(tmp_path, [], known) == {} and files.read_json(known) == {}
    report.added(tmp_path, tmp_path / "1.jsonl")


def test_a_file_is_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.write(path, "before\n")

    def full(self: Path, text: str) -> None:
        with open(self, "w") as file:
            file.write(text[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError):
        files.write(path, "a new text\n")
    assert path.read_text() == "before\n" and [each.name for each in tmp_path.iterdir()] == ["file"]


DISK = """
mount -t tmpfs -o size=$1k none "$2" || exit 77
cd "$3"; shift 3
"$@" > "$DISK.first" 2>&1
echo $? >> "$DISK.first"
mount -o remount,size=200m "$DISK"
"$@" > "$DISK.second" 2>&1
echo $? >> "$DISK.second"
"""


@pytest.mark.needs("iverilog")
@pytest.mark.parametrize("kilobytes", amount([1500], [100, 1500, 4000]))
def test_a_full_disk_is_said_and_then_forgotten(kilobytes: int, tmp_path: Path) -> None:
    """On a disk of the test's own, which gets room after the first call. It fills at several places of the command."""
    disk = tmp_path / "disk"
    disk.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FLAASH", "PYTHON", "MAKE"))}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", DISK, "sh", str(kilobytes), disk, ROOT, "make", *SMOKE, f"BUILD={disk}"],
        env={**inherited, "DISK": str(disk)},
    )
    if done.returncode in (1, 77) and not Path(f"{disk}.first").exists():
        pytest.skip("this user may not mount a disk")
    *printed, status = Path(f"{disk}.first").read_text().splitlines()
    full = f"error: the disk of {disk} is full: make room there, or BUILD=folder names another folder"
    assert printed.count(full) == 1 and status == str(MISTAKE), printed
    assert not any("Traceback" in line for line in printed), printed
    *printed, status = Path(f"{disk}.second").read_text().splitlines()
    assert status == "0" and any("agrees" in line for line in printed), printed


def test_a_full_disk_is_found_by_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "BUILD", tmp_path)
    assert not toolchain.is_full()
    assert toolchain.explained(OSError(28, "No space left on device")) == toolchain.disk_full()
    assert str(tmp_path) in toolchain.disk_full()
