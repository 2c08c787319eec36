# SPDX-License-Identifier: Apache-2.0
"""What another project takes from this one works there: FuseSoC, Bender's manifest, one file, registers."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from systemrdl import RDLCompiler
from systemrdl.node import FieldNode, RegNode

from tb.common import rtl_constants as rtl
from tb.common.sources import RTL, WAIVERS, rtl_sources
from tb.common.toolchain import ROOT, environment
from tools.packaging import __main__ as package
from tools.packaging import lists, registers, verilog

EXAMPLE = ROOT / "examples" / "axi_system"
CORE = "flaash:flaash:flaash"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all that make package writes."""
    folder = tmp_path_factory.mktemp("package")
    package.write(folder)
    return folder


# ----------------------------------------------------------------------------- lists of files
def test_every_list_names_what_the_chip_needs() -> None:
    assert lists.outdated() == []


@pytest.mark.parametrize("path", lists.LISTS, ids=lambda path: path.name)
def test_a_list_out_of_date_is_noticed_and_renewed(path: Path, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / path.name
    copy.write_text("".join(line for line in path.read_text().splitlines(keepends=True)
                            if "flaash_core.sv" not in line))
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
    """Run a target of flaash.core as a user would, and return what was printed."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("fusesoc")), "--cores-root", str(ROOT), "run",
         f"--target={target}", "--build-root", str(folder / "out"), *options, CORE],
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def test_fusesoc_lints_the_chip(tmp_path: Path) -> None:
    assert "%Warning" not in fusesoc(tmp_path, "lint")


def test_fusesoc_simulates_the_example(tmp_path: Path) -> None:
    assert re.search(r"^PASSED$", fusesoc(tmp_path, "sim"), re.MULTILINE)


@pytest.mark.full
def test_fusesoc_hands_yosys_plain_verilog(tmp_path: Path) -> None:
    """The target for synthesis is set up with a file that needs no SystemVerilog: Icarus reads it as 2005."""
    fusesoc(tmp_path, "synth", "--setup")
    plain = next((tmp_path / "out").rglob("flaash_plain.v"))
    done = subprocess.run(["iverilog", "-g2005", "-tnull", "-s", "flaash_top", str(plain)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


# ------------------------------------------------------------------------------------ Bender
FIELDS = {"package": {"name", "description", "authors"},
          "sources": {"files", "include_dirs", "target", "defines"}}


def manifest_problems(manifest: dict, root: Path) -> list[str]:
    """Return what is wrong with a Bender.yml by the documented format: known keys, files that exist."""
    problems = [f"unknown section {name}" for name in manifest if name not in FIELDS]
    problems += [f"package: unknown key {key}" for key in manifest["package"] if key not in FIELDS["package"]]
    if not re.fullmatch(r"[a-z]\w*", manifest["package"].get("name", "")):
        problems.append("package: no name")
    for group in manifest["sources"]:
        problems += [f"sources: unknown key {key}" for key in group if key not in FIELDS["sources"]]
        problems += [f"no file {name}" for name in group["files"] if not (root / name).is_file()]
        problems += [f"no folder {name}" for name in group.get("include_dirs", [])
                     if not (root / name).is_dir()]
    return problems


def test_the_manifest_of_bender_is_one() -> None:
    assert manifest_problems(yaml.safe_load((ROOT / "Bender.yml").read_text()), ROOT) == []


@pytest.mark.parametrize(("old", "new"), [
    ("name: flaash", "nom: flaash"), ("flaash_core.sv", "flaash_kore.sv"), ("sources:", "source:"),
    ("- rtl/pkg\n", "- rtl/package\n")])
def test_the_check_of_the_manifest_bites(old: str, new: str) -> None:
    text = (ROOT / "Bender.yml").read_text()
    assert old in text
    changed = yaml.safe_load(text.replace(old, new))
    changed.setdefault("sources", [])
    assert manifest_problems(changed, ROOT)


def simulate(sources: list[Path], include_dirs: list[Path], top: str, folder: Path) -> str:
    """Compile files for Icarus in the given order, run them and return what was printed."""
    binary = folder / "simulation"
    done = subprocess.run(["iverilog", "-g2012", *(f"-I{path}" for path in include_dirs), "-s", top,
                           "-o", str(binary), *map(str, sources)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return subprocess.run(["vvp", "-n", str(binary)], capture_output=True, text=True).stdout


def test_the_files_of_bender_simulate_in_their_order(tmp_path: Path) -> None:
    groups = yaml.safe_load((ROOT / "Bender.yml").read_text())["sources"]
    files = [ROOT / name for group in groups for name in group["files"]]
    folders = [ROOT / name for group in groups for name in group["include_dirs"]]
    assert "PASSED" in simulate(files, folders, "flaash_axi_system_tb", tmp_path)


# ------------------------------------------------------------------------- one file, instance
def test_the_bundle_is_the_whole_chip(packaged: Path, tmp_path: Path) -> None:
    example = [packaged / "flaash_bundle.sv", *sorted(EXAMPLE.glob("*.sv"))]
    assert "PASSED" in simulate(example, [], "flaash_axi_system_tb", tmp_path)


def test_the_list_of_files_compiles(packaged: Path, tmp_path: Path) -> None:
    listed = str(packaged / "flaash.f")
    done = subprocess.run(["iverilog", "-g2012", "-tnull", "-s", "flaash_top", "-f", listed],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_instance_compiles_and_names_every_parameter(packaged: Path, tmp_path: Path) -> None:
    text = (packaged / "flaash_instance.sv").read_text()
    wrapper = tmp_path / "wrapper.sv"
    wrapper.write_text(f"module wrapper; import flaash_pkg::*;\n{text}endmodule\n")
    done = subprocess.run(["iverilog", "-g2012", "-tnull", "-s", "wrapper", f"-I{RTL / 'pkg'}",
                           *map(str, [*rtl_sources("flaash_top"), wrapper])], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(re.findall(r"^  \.(\w+) *\((?=\w)", text, re.MULTILINE)) == set(verilog.parameters())


# ----------------------------------------------------------------------------- the example
def test_a_wrong_result_fails_the_example(tmp_path: Path) -> None:
    """The example's own test compares: with another number expected it must stop with an error."""
    text = (EXAMPLE / "flaash_axi_system_tb.sv").read_text()
    assert text.count("w2 == F6p5") == 1
    bench = tmp_path / "flaash_axi_system_tb.sv"
    bench.write_text(text.replace("w2 == F6p5", "w2 == F4"))
    others = [path for path in sorted(EXAMPLE.glob("*.sv")) if path.name != bench.name]
    assert "PASSED" not in simulate([*rtl_sources("flaash_top"), *others, bench], [RTL / "pkg"],
                                    "flaash_axi_system_tb", tmp_path)


@pytest.mark.suite_on("icarus")
def test_the_example_passes(simulator: str, tmp_path: Path) -> None:
    sources = [*rtl_sources("flaash_top"), *sorted(EXAMPLE.glob("*.sv"))]
    if simulator == "icarus":
        printed = simulate(sources, [RTL / "pkg"], "flaash_axi_system_tb", tmp_path)
    else:
        done = subprocess.run(
            ["verilator", "--binary", "--timing", "-Wno-fatal", "--Mdir", str(tmp_path), "-j", "2",
             "-CFLAGS", "-fcoroutines", f"-I{RTL / 'pkg'}", str(WAIVERS), *map(str, sources),
             "--top-module", "flaash_axi_system_tb", "-o", "example"],
            env=environment() | {"MAKEFLAGS": "CFG_CXXFLAGS_PCH_I=-include OPT_FAST=-O0"},
            capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        printed = subprocess.run([str(tmp_path / "example")], capture_output=True, text=True).stdout
    assert re.search(r"^PASSED$", printed, re.MULTILINE)


# --------------------------------------------------------------------------------- registers
def described(source: Path) -> dict[str, tuple[int, str]]:
    """Return {register: (address, access)} of a SystemRDL file, read by its reference compiler."""
    compiler = RDLCompiler()
    compiler.compile_file(str(source))
    found = {}
    for node in compiler.elaborate().top.children():
        assert isinstance(node, RegNode)
        field = next(child for child in node.children() if isinstance(child, FieldNode))
        access = field.get_property("sw").name + ("c" if field.get_property("onwrite") else "")
        found[node.inst_name] = (node.absolute_address, access)
    return found


ACCESS = {"RO": "r", "RW": "rw", "WO": "w", "W1C": "rwc"}


def test_the_register_description_is_the_package(packaged: Path) -> None:
    """docs/registers.md is held against the same package, by tests/test_registers_doc.py."""
    assert described(packaged / "flaash.rdl") == {
        registers.snake(register.name): (register.address, ACCESS[register.access])
        for register in rtl.REGISTERS.values()}


def test_a_wrong_address_is_noticed(packaged: Path, tmp_path: Path) -> None:
    text = (packaged / "flaash.rdl").read_text()
    changed = tmp_path / "changed.rdl"
    changed.write_text(text.replace("} status @ 0x044;", "} status @ 0x0fc;"))
    assert described(changed) != described(packaged / "flaash.rdl")


def test_the_c_headers_have_every_address_bit_and_code(packaged: Path, tmp_path: Path) -> None:
    conditions = [f"offsetof(flaash_t, {registers.snake(register.name)}) == {register.address}"
                  for register in rtl.REGISTERS.values()]
    conditions += [f"FLAASH__STATUS__{registers.snake(bit.name).upper()}_bp == {bit.value}"
                   for bit in rtl.STATUS_BITS.values()]
    checks = [f'_Static_assert({condition}, "");' for condition in conditions]
    codes = "".join(f"{error.value}," for error in rtl.ERRORS.values())
    names = ",".join(re.findall(r"FLAASH_ERR_\w+(?= =)", (packaged / "flaash_errors.h").read_text()))
    source = tmp_path / "check.c"
    source.write_text("#include <stddef.h>\n#include <stdio.h>\n#include \"flaash_regs.h\"\n"
                      "#include \"flaash_errors.h\"\n" + "\n".join(checks)
                      + f"\nint main(void) {{ int codes[] = {{{names}}};\n"
                      "for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) "
                      "printf(\"%d,\", codes[i]);\n"
                      "return 0; }\n")
    binary = tmp_path / "check"
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Werror", f"-I{packaged}", str(source), "-o", str(binary)],
                   check=True)
    assert subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout == codes


def test_ip_xact_has_every_register(packaged: Path) -> None:
    tree = ElementTree.parse(packaged / "flaash_regs.xml")
    space = re.match(r"\{.*\}", tree.getroot().tag)[0]
    found = {register.find(f"{space}name").text:
             int(register.find(f"{space}addressOffset").text.replace("'h", "0x"), 16)
             for register in tree.iter(f"{space}register")}
    assert found == {registers.snake(register.name): register.address for register in rtl.REGISTERS.values()}


# ----------------------------------------------------------------------------------- command
def test_make_package_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert package.main(["--out", str(tmp_path / "out")]) == 0
    assert sorted(Path(line).name for line in capsys.readouterr().out.split()) == sorted(
        path.name for path in (tmp_path / "out").iterdir())


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert package.main(["--out", str(tmp_path / "file")]) == 1
    assert "file" in capsys.readouterr().err
