# SPDX-License-Identifier: Apache-2.0
"""`make formal` without its tools: the table of proofs, the verdicts, the exit status."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim import frontend
from sim.toolchain import ROOT
from tools import formal, proofs, verified
from tools.proofs import SOLVER, Proof, Task, altered, judge, read_proofs, reading, sby_file, sources, tasks_of
from tools.solver import commands

PROOFS = read_proofs()
PASSED = "SBY 1:00:00 [x] DONE (PASS, rc=0)\n"
REFUTED = (
    "SBY 1:00:00 [x] engine_0: ##   0:00:01  Assert failed in flaash_formal_x: u_dut.OneHot_A\n"
    "SBY 1:00:00 [x] DONE (FAIL, rc=2)\n"
)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_every_proof_is_complete(proof: Proof) -> None:
    """Its sources are found, and each constant and each text of its mutants occurs exactly once."""
    assert proof.mutants and proof.depth > 0 and proof.reach > 0 and proof.shows
    for task in tasks_of(proof):
        files = sources(proof)
        changed = [path for path, old in zip(altered(task, files), files, strict=True) if path != old]
        packages = [path for path in changed if path.name.endswith("_pkg.sv")]
        assert bool(packages) == bool(proof.constants)
        assert [path.name for path in changed if path not in packages] == (
            [Path(task.mutant.file).name] if task.mutant else []
        )


def elaborates(proof: Proof, files: list[Path]) -> bool:
    """Return whether slang, the prover's SystemVerilog front end, accepts a proof."""
    options = ("-DFORMAL", *frontend.top(proof.wrapper, proof.parameters))
    driver, _ = frontend.elaborate(tuple(files), options)
    return driver.runFullCompilation(True)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_every_proof_fits_the_hardware(proof: Proof) -> None:
    """The ports and registers that its wrapper names exist, also with its constants."""
    assert elaborates(proof, altered(Task(proof, proof.mode, proof.depth), sources(proof)))


def test_what_the_rounder_takes_for_granted_is_proved() -> None:
    """The resolver's proof shows it for windows. Reset is a fact, flaash_mac_align shows Alone. Steady is
    of settings."""
    rounder, resolver = (
        (ROOT / "formal" / f"flaash_formal_mac_{name}.sv").read_text() for name in ("round", "resolve")
    )
    taken = set(re.findall(r"(\w+)_M : assume", rounder)) - {"Reset", "Alone", "Steady"}
    assert "Sign" in taken and taken <= set(re.findall(r"(\w+)_A : assert", resolver))


def test_a_port_that_is_gone_is_noticed(tmp_path: Path) -> None:
    proof = next(proof for proof in PROOFS if proof.name == "stream_fifo")
    name = "flaash_stream_fifo.sv"
    files = sources(proof)
    (original,) = (path for path in files if path.name == name)
    (tmp_path / name).write_text(original.read_text().replace("usage_o", "filling_o"))
    assert not elaborates(proof, [tmp_path / name if path == original else path for path in files])


def test_the_page_lists_the_proofs() -> None:
    """As the site has it; a page without the place of the table lists none."""
    page = verified.PAGE.read_text()
    section = verified.filled(page).partition("\n## Proofs\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| (.+?) \| (.+) \|$", section, re.MULTILINE)
    assert rows[1:] == [(proof.name, proof.method, proof.shows) for proof in PROOFS]
    assert "| stream_fifo |" not in verified.filled(page.replace("<!-- end of proofs -->", ""))


def test_the_files_for_the_prover() -> None:
    proof = Proof("p", "flaash_formal_x", "prove", 3, 9, "", parameters={"Width": 4})
    task, design = Task(proof, "prove", 3), ROOT / "build" / "p.il"
    text = sby_file(task, design, 60)
    assert "mode prove\ndepth 3\ntimeout 60\n" in text and "read_rtlil p.il\n" in text
    assert text.endswith("[files]\nbuild/p.il\n")
    text = reading(task, [ROOT / "rtl" / "a.sv", ROOT / "rtl" / "b.svh"], design)
    assert " -I rtl/pkg -G Width=4 --top flaash_formal_x rtl/a.sv\n" in text
    assert text.endswith("write_rtlil build/p.il\n")


def test_what_the_solver_hears() -> None:
    """Commands over several lines, with comments and names with parentheses, each once it is complete."""
    lines = [
        "; (a comment\n",
        "(check-sat)\n",
        "(declare-fun |a(b| () Bool) ; (c\n",
        "(assert\n",
        "  |a(b|)\n",
        "(get-value (|;|))\n",
        "(exit",
    ]
    told = [command.split() for command in commands(lines)]
    assert [words[0] for words in told] == ["(check-sat)", "(declare-fun", "(assert", "(get-value"]
    assert told[1] == ["(declare-fun", "|a(b|", "()", "Bool)"] and told[2] == ["(assert", "|a(b|)"]


def test_the_solver_answers() -> None:
    """The dialogue is line by line: a response comes before the next command."""
    process = subprocess.Popen([sys.executable, SOLVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    answers = []
    for question in (
        "(set-logic QF_BV)(declare-fun x () (_ BitVec 8))(push 1)\n(assert (= (bvadd x #x01) #x00))(check-sat)\n",
        "(get-value (x))\n",
        "(assert (= x #x00))(check-sat)\n",
        "(pop 1)(check-sat)\n",
    ):
        process.stdin.write(question)
        process.stdin.flush()
        answers.append(process.stdout.readline().strip())
    process.communicate("(exit)\n", timeout=60)
    assert answers[0] == "sat" and "11111111" in answers[1].replace("#xff", "11111111")
    assert answers[2:] == ["unsat", "sat"] and process.returncode == 0


@pytest.mark.parametrize(
    ("code", "log", "verdict", "detail"),
    [
        (0, PASSED, "PASS", ""),
        (2, REFUTED, "FAIL", "u_dut.OneHot_A"),
        (4, "[x] DONE (UNKNOWN, rc=4)", "UNKNOWN", "see its logfile.txt"),
        (16, "a.sv:7: ERROR: syntax error\n[x] DONE (ERROR, rc=16)", "ERROR", "a.sv:7: ERROR: syntax error"),
        (0, "killed before a verdict", "ERROR", "see its logfile.txt"),
        (1, PASSED, "ERROR", "see its logfile.txt"),
        (0, "[x] DONE (FAIL, rc=0)", "ERROR", "see its logfile.txt"),
    ],
)
def test_verdicts(code: int, log: str, verdict: str, detail: str) -> None:
    assert judge(code, log) == (verdict, detail)


def run_with_fake_tools(
    monkeypatch: pytest.MonkeyPatch, folder: Path, refutes: str, reads: str = "", options: Sequence[str] = ()
) -> int:
    """Run `make formal` on one proof with a prover that refutes the .sby files whose names match.

    `reads` is the shell's command instead of reading the sources.
    """
    reader, tool = folder / "reader.py", folder / "yowasp-sby"
    reader.write_text(f"import os\nos.execvp('sh', ['sh', '-c', {reads!r}])\n")
    monkeypatch.setattr(proofs, "READER", reader)
    tool.write_text(f"""#!{sys.executable}
import os, re, sys
if re.search({refutes!r}, os.path.basename(sys.argv[-1])):
    print({REFUTED!r})
    sys.exit(2)
print({PASSED!r})
""")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(proofs, "FOLDER", folder)
    monkeypatch.setattr(formal, "require_tools", lambda: None)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setattr(formal, "environment", lambda: dict(os.environ, PATH=path))
    return formal.main(["--only", "stream_register", *options])


@pytest.mark.parametrize(
    ("refutes", "reads", "options", "status", "told"),
    [
        ("mutant", "", (), 0, "1 of 1 proofs hold, 2 mutants refuted, 0 of 4 runs not as wanted; induction"),
        ("mutant", "", ("--quick",), 0, "1 of 1 proofs hold, no mutant run, 0 of 2 runs not as wanted"),
        ("mutant|cover", "", (), formal.FAILED, "stream_register: covers: FAIL; 1 of 4 runs not as wanted"),
        ("mutant0", "", (), formal.FAILED, "not noticed; 1 of 4 runs not as wanted"),
        (
            "mutant",
            "echo 'a.sv:7: error: no'; exit 1",
            (),
            formal.FAILED,
            "stream_register: proof: ERROR, a.sv:7: error: no; 0 mutants refuted",
        ),
        (
            "mutant|prove",
            "",
            (),
            formal.FAILED,
            "stream_register: proof: FAIL, u_dut.OneHot_A; not judged: its proof does not hold;"
            " 0 of 1 proofs hold, 0 mutants refuted, 3 of 4 runs not as wanted",
        ),
    ],
    ids=["as wanted", "without mutants", "a cover", "a mutant", "sources", "a proof"],
)
def test_the_verdict_of_a_run(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    refutes: str,
    reads: str,
    options: Sequence[str],
    status: int,
    told: str,
) -> None:
    """Mutants of a proof that fails are not judged: what refutes them may be in the hardware without the fault."""
    assert run_with_fake_tools(monkeypatch, tmp_path, refutes, reads, options) == status
    text = " ".join(capsys.readouterr().out.split())
    assert not [part for part in told.split("; ") if part not in text], text


def test_missing_tools_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(proofs.sys, "executable", str(tmp_path / "python"))
    assert formal.main([]) == formal.MISTAKE
    assert "GROUP=formal" in capsys.readouterr().err


def test_a_wrong_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "proofs.toml"
    entry = '[[proof]]\nname = "p"\nwrapper = "w"\nmode = "prove"\ndepth = 1\nreach = 1\nshows = "s"\n'
    for text, told in (
        (entry.replace("prove", "guess"), "guess"),
        (entry * 2, "same name"),
        (entry + "deep = 1\n", "deep"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=told):
            read_proofs(path)
