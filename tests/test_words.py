# SPDX-License-Identifier: Apache-2.0
"""The words of documents and comments: the list finds its words where they stand, and none in code."""

import sys
from pathlib import Path

import pytest

from tools import lint, words

ENTRIES = [pytest.param(entry, id=entry["write"]) for entry in words.LIST["words"]]
LONG = " ".join(["word"] * words.LIST["longest"])
# A file of each kind with a sentence in its third line, and in the first two a word that is code.
KINDS = {
    "a.md": "# Title\n\n{}\n",
    "item.md": "- `told`\n\n- {}\n",
    "cell.md": "| a |\n|---|\n| {} |\n",
    "a.py": 'told = "told"\n\n# {}\n',
    "doc.py": 'def told():\n    """Work.\n    {}\n    """\n',
    "a.sv": "module told;\nlogic told;  // a signal\n// {}\nendmodule\n",
    "after.sv": "module told;\n\nlogic a;  // {}\nendmodule\n",
    "a.vlt": "`told\n\n// {}\n",
    "a.sv.in": "module told;\n\n// {}\nendmodule\n",
    "block.c": "int told;\n/*\n * {} */\n",
    "a.yml": "- name: told\n  section: told\n  check: {}\n",
    "comment.yml": "- name: told\n\n# {}\n",
}


def found(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text)
    return words.problems_of(folder / name, name)


def test_the_list_has_files() -> None:
    assert all(list(words.ROOT.glob(pattern)) for pattern in words.LIST["files"] + words.LIST["names"])
    assert words.ROOT / "README.md" in words.files()
    assert not {words.ROOT / name for name in words.LIST["except"]} & set(words.files())


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_word_is_found(entry: dict, tmp_path: Path) -> None:
    assert any(entry["write"] in line for line in found(tmp_path, "a.md", entry["finds"] + "\n"))


@pytest.mark.parametrize(("name", "text"), KINDS.items())
def test_a_word_is_found_where_it_stands(name: str, text: str, tmp_path: Path) -> None:
    [line] = found(tmp_path, name, text.format("The place was told."))
    assert line.startswith(f"{name}:3: 'told': write reported")


@pytest.mark.parametrize(("name", "text"), KINDS.items())
def test_code_is_not_read(name: str, text: str, tmp_path: Path) -> None:
    assert found(tmp_path, name, text.format("The name `told` is code.")) == []


@pytest.mark.parametrize(("name", "text"), KINDS.items())
def test_a_long_sentence_is_found(name: str, text: str, tmp_path: Path) -> None:
    assert found(tmp_path, name, text.format(f"{LONG}. {LONG}.")) == []
    [line] = found(tmp_path, name, text.format(f"{LONG} more."))
    assert f"{words.LIST['longest'] + 1} words" in line


@pytest.mark.parametrize(("name", "mark"), [("a.py", "#"), ("a.sv", "//")])
def test_comments_of_successive_lines_are_one_sentence(name: str, mark: str, tmp_path: Path) -> None:
    """A blank comment ends the sentence, and so does a comment beside code."""
    [line] = found(tmp_path, name, f"{mark} {LONG}\n{mark} more\n")
    assert line.startswith(f"{name}:1:")
    assert found(tmp_path, name, f"{mark} {LONG}\n{mark}\n{mark} more\n") == []
    assert found(tmp_path, name, f"a  {mark} {LONG}\nb  {mark} more\n") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sv", "module a;\n  logic b_q, told_q;  // fine\nendmodule\n"),
        ("a.sv", "`define A 1\n  `FLAASH_COVER(ToldTwice_C, told)\n"),
        ("a.py", "import told\ndef b(told: int) -> None: ...\n"),
        ("a.py", "a = b.tell()\nfor told_again in ():\n    a.c = told_again\n"),
    ],
)
def test_a_name_is_judged_where_it_is_defined(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    [*_, line] = words.wrong_names(tmp_path / name, name)
    assert line.startswith(f"{name}:2: the name ") and "write reported" in line
    (tmp_path / name).write_text(text.replace("told", "bold").replace("Told", "Bold"))
    assert words.wrong_names(tmp_path / name, name) == []


@pytest.mark.parametrize(
    "row",
    [
        "//   in_* --> queue --> out_*",
        "//   a -+-> b",
        "// ---- a heading",
        "//   _|1|__|",
        "//   - an item",
        "// Demands  one",
    ],
)
def test_rows_of_pictures_and_lists_belong_to_no_sentence(row: str, tmp_path: Path) -> None:
    assert found(tmp_path, "a.sv", f"// {LONG}\n{row}\n") == []
    [line] = found(tmp_path, "a.sv", f"// {LONG}\n// a - b\n")
    assert line.startswith("a.sv:1:")


def test_parts_of_a_docstring_are_read_one_by_one(tmp_path: Path) -> None:
    text = f'def a():\n    """{LONG}\n\n    Args:\n        {LONG}\n    Returns:\n        {LONG}\n    """\n'
    assert found(tmp_path, "a.py", text) == []


def test_make_lint_reports_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """With every other check left out."""
    monkeypatch.setattr(sys, "argv", ["lint"])
    for check in ("style", "ruff"):
        monkeypatch.setattr(lint, check, list)
    monkeypatch.setattr(lint.configs, "names", list)
    monkeypatch.setattr(lint, "memory_builds", lambda builds: {})
    monkeypatch.setattr(lint, "SYNTHESISED", {})
    monkeypatch.setattr(words, "problems", lambda: ["docs/a.md:1: a word"])
    assert lint.main() == 1 and capsys.readouterr().out == "docs/a.md:1: a word\n"
    monkeypatch.setattr(words, "problems", list)
    assert lint.main() == 0 and "words" in capsys.readouterr().out
