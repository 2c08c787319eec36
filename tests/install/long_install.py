# SPDX-License-Identifier: Apache-2.0
"""The project installed in a clean virtual environment: from the checkout, editable, as a wheel, from an sdist.

Each installation needs the package index, and takes a minute or two.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flaash
from sim.sources import rtl_sources
from sim.toolchain import ROOT
from tests.completed import completed

EXAMPLE = ROOT / "examples" / "einsum" / "scores.py"
OURS = {"models", "sim", "tb", "tests", "tools", "bench", "formal"}  # no user shall import these
KINDS = ("checkout", "editable", "wheel", "sdist")
# What makes a file to install, without its folder and the checkout; and its name.
BUILDS = {
    "wheel": (("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"), "flaash-*.whl"),
    "sdist": (("uv", "build", "--quiet", "--sdist", "--out-dir"), "flaash-*.tar.gz"),  # pip makes a wheel of it
}
UNTYPED = """
import flaash
result, report = flaash.einsum("ij,kj->ik", [[1.0]], [[2.0]], on="model", return_report=True)
report.cycels
flaash.einsum("ij,kj->ik", [[1.0]], [[2.0]], on=3)
"""


class Place:
    """A virtual environment with the project in it, and a folder of a user.

    Args:
        folder: where both are made.
        what: for pip, such as "." or a wheel.
    """

    def __init__(self, folder: Path, *what: str):
        self.user = folder / "user"
        self.user.mkdir(parents=True)
        (self.user / "models.py").write_text("MINE = True\n")  # in the way of a package that takes the name
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "FLAASH", "VIRTUAL_ENV"))
        }
        self.environment["XDG_CACHE_HOME"] = str(folder / "cache")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        self.bin = folder / "venv" / "bin"
        done = self.run("pip", "install", "--quiet", *what, cwd=ROOT)
        assert done.returncode == 0, done.stderr

    def run(self, program: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess:
        """Run a program of the virtual environment, in the user's folder."""
        return completed(self.bin / program, *arguments, cwd=cwd or self.user, env=self.environment)

    def python(self, program: str) -> str:
        """Run a program in Python and return its output."""
        done = self.run("python", "-c", program)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return an installation of each kind."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param in BUILDS:
        program, pattern = BUILDS[request.param]
        subprocess.run([sys.executable, "-m", *program, folder, ROOT], check=True)
        what = [str(path) for path in folder.glob(pattern)]
        assert len(what) == 1
    else:
        what = ["-e", "."] if request.param == "editable" else ["."]
    place = Place(folder, *what)
    yield place
    shutil.rmtree(folder)


def test_it_is_imported_from_any_folder(place: Place) -> None:
    assert place.python("import flaash; print(flaash.__version__)") == flaash.__version__
    assert place.python("import flaash, models; print(models.MINE)") == "True"


def test_no_folder_of_the_checkout_is_a_name(place: Place) -> None:
    """A user's environment lacks these names; the test skips its own folder, which has a models.py."""
    found = place.python(
        "import sys; sys.path.remove(''); from importlib.util import find_spec;"
        f"import flaash; print([name for name in {sorted(OURS)} if find_spec(name)])"
    )
    assert found == "[]"


def test_importing_reads_no_hardware(place: Place) -> None:
    """Constants come from a table; with -e from the checkout's, which is made if a source has changed."""
    opened = place.python(
        "import sys; names = []; sys.addaudithook(lambda event, given: names.append(str(given[0]))"
        " if event == 'open' else None); import flaash; print([n for n in names if n.endswith('.sv')],"
        " [n for n in names if n.endswith('.json') and 'constants' in n])"
    )
    sources, tables = re.fullmatch(r"(\[.*?\]) (\[.*?\])", opened).groups()
    assert tables != "[]"
    if "site-packages" in tables:
        assert sources == "[]"


@pytest.mark.parametrize("where", ["model", "icarus", "verilator"])
def test_the_example_runs(place: Place, where: str) -> None:
    done = place.run("python", EXAMPLE, where)
    assert done.returncode == 0, done.stderr
    assert f"{where}: <SparseTensor 2 x 5 x 7, " in done.stdout


def test_the_command_contracts_files(place: Place) -> None:
    place.python(
        "import flaash, numpy; from flaash.models import io;"
        "io.write('a.npz', flaash.SparseTensor.from_dense(numpy.arange(6.0).reshape(2, 3)))"
    )
    for arguments in (("einsum", "ij,kj->ik", "a.npz", "a.npz"), ("sim", "a.npz", "a.npz", "--axes", "1:1")):
        done = place.run("flaash", *arguments, "--on", "icarus", "--config", "tiny", "--out", "c.tns")
        assert done.returncode == 0, done.stderr
        assert "every result agrees with the model, bit by bit" in done.stdout
        assert (
            place.python("from flaash.models import io; print(io.read('c.tns').to_dense().tolist())")
            == "[[5.0, 14.0], [14.0, 50.0]]"
        )


def test_the_hardware_is_in_the_package(place: Place) -> None:
    needed = place.python(
        "from flaash.sim.sources import rtl_sources; print(*(path.name for path in rtl_sources('flaash_memory_top')))"
    )
    assert needed.split() == [path.name for path in rtl_sources("flaash_memory_top")]


@pytest.mark.parametrize("place", [kind for kind in KINDS if kind != "editable"], indirect=True)
def test_a_user_s_file_is_checked_by_its_types(place: Place) -> None:
    """mypy sees no module of an editable installation, as with all packages that a finder imports."""
    assert place.run("pip", "install", "--quiet", "mypy").returncode == 0
    done = place.run("mypy", "--strict", EXAMPLE)
    assert done.returncode == 0, done.stdout
    (place.user / "wrong.py").write_text(UNTYPED)
    told = place.run("mypy", "wrong.py").stdout
    assert '"Report" has no attribute "cycels"' in told and 'No overload variant of "einsum"' in told


TILED = """
import sys
import numpy as np
import flaash
values = np.arange(1.0, 241.0).reshape(12, 20)
with flaash.Chip("tiny:MemLines=128", sys.argv[1]) as chip:
    result, report = flaash.einsum("ij,kj->ik", values, values, on=chip, return_report=True)
assert report.pairs == 4 and (result == values @ values.T).all()
"""


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_the_lowest_and_the_newest_packages_work(resolution: str, tmp_path: Path) -> None:
    """All packages at the low ends of their ranges, and at the high ends, on both simulators and at both interfaces."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FLAASH", "VIRTUAL_ENV"))
    }
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")

    def run(*command: str | Path) -> str:
        done = completed(*command, cwd=tmp_path, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--system-certs", "--python", python)
    run(*uv, "--resolution", resolution, ROOT)
    installed = run(
        python, "-c", "from importlib.metadata import version; print(version('cocotb'), version('verilator'))"
    )
    assert (installed.split() == ["2.0.0", "5.38.0"]) == (resolution == "lowest-direct")
    assert run(python, EXAMPLE, "model", "icarus", "verilator").count("<SparseTensor 2 x 5 x 7, ") == 3
    for simulator in ("icarus", "verilator"):
        run(python, "-c", TILED, simulator)
