# SPDX-License-Identifier: Apache-2.0
"""The places of faults and mutants are found again where a file is laid out anew, moves, or has other names."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tools.mutants import Mutant, check, read_faults
from tools.places import Span, change, source, tokens
from tools.proofs import read_proofs

ROWS = {
    "faults": [fault for fault in read_faults() if fault.module],
    "mutants": [mutant for proof in read_proofs() for mutant in proof.mutants],
}
NAME = re.compile(r"[a-zA-Z]\w*")
BLANK = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)+", re.DOTALL)
KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        module endmodule package endpackage function endfunction task endtask automatic static const var wire begin end
        if else for while do repeat case casez endcase default unique input output inout logic bit byte int longint
        integer unsigned signed real time genvar generate endgenerate assign initial final always always_ff always_comb
        posedge negedge or and not typedef struct packed union enum type parameter localparam import export return void
        string assert property cover assume disable iff inside""",
    )
)


def code(text: str) -> list[str]:
    """Return the words and signs without comments."""
    return tokens(re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL))


def texts(rows: list[Mutant]) -> dict[str, str]:
    """Return the files of faults and mutants."""
    return {file: (ROOT / file).read_text() for file in sorted({each.file for each in rows})}


def laid_out(text: str, chance: random.Random) -> str:
    """Return a text with other white space and without comments, except around macros."""
    pieces, last = [], 0
    for token in source(text).tokens:
        between = text[last : token.begin]
        pieces += [chance.choice((" ", "\n", "\n      ")) if BLANK.fullmatch(between) else between, token.text]
        last = token.end
    return "".join([*pieces, text[last:]])


def moved(text: str) -> str:
    """Return a text in which the assignments of whole signals stand at the end, the last one first."""
    nodes = [found[0] for found in source(text).definitions.values() if len(found) == 1]
    ranges = {
        (node.parent.begin, node.parent.end)
        for node in nodes
        if node.children[0].kind == "IdentifierName"
        and node.parent.kind == "ContinuousAssign"
        and node.parent.parent.kind == "ModuleDeclaration"
    }
    lines = []
    for begin, end in sorted(ranges, reverse=True):
        lines.append(f"  {text[begin:end]}\n")
        text = text[:begin] + text[end:]
    return text.replace("endmodule", "".join([*lines, "endmodule"]))


def renamed(text: str, kept: set[str]) -> str:
    """Return a text in which all names but some are others."""
    pieces, last = [], 0
    for token in source(text).tokens:
        if NAME.fullmatch(token.text) and token.text not in kept | KEYWORDS:
            pieces += [text[last : token.begin], "another_"]
            last = token.begin
    return "".join([*pieces, text[last:]])


@pytest.mark.parametrize("kind", ROWS)
def test_every_place_is_found_in_a_file_that_is_laid_out_anew(kind: str) -> None:
    chance, before = random.Random(1), texts(ROWS[kind])
    after = {file: laid_out(text, chance) for file, text in before.items()}
    for file, text in before.items():
        assert after[file] != text and code(after[file]) == code(text)
    for row in ROWS[kind]:
        assert code(row.applied(after[row.file])) == code(row.applied(before[row.file])), row


@pytest.mark.parametrize("kind", ROWS)
def test_every_place_is_found_where_statements_move(kind: str) -> None:
    before = texts(ROWS[kind])
    after = {file: moved(text) for file, text in before.items()}
    assert sum(code(after[file]) != code(text) for file, text in before.items()) > len(before) / 2
    for row in ROWS[kind]:
        found, wanted = (Counter(code(row.applied(each[row.file]))) for each in (after, before))
        assert found == wanted, row


@pytest.mark.parametrize("kind", ROWS)
def test_every_place_is_found_where_all_other_names_are_new(kind: str) -> None:
    """Only the defined signal stays, and constants and types in the place: no place names another signal."""
    for file, text in texts(ROWS[kind]).items():
        for row in (each for each in ROWS[kind] if each.file == file):
            own = {name for each in row.changes for name in NAME.findall(each.at)}
            own |= {name for each in row.changes for name in NAME.findall(each.place) if not name.islower()}
            other = renamed(text, own)
            for each in row.changes:
                spans = []
                for there in (text, other):
                    begin, end, _ = change(there, each.at, each.place, each.becomes)
                    spans.append([len(source(there).within(Span(0, at))) for at in (begin, end)])
                assert spans[0] == spans[1], row


def test_a_file_may_move_to_another_folder(tmp_path: Path) -> None:
    rows = ROWS["faults"][:50]
    for file, text in texts(rows).items():
        (tmp_path / "rtl" / "elsewhere").mkdir(parents=True, exist_ok=True)
        (tmp_path / "rtl" / "elsewhere" / Path(file).name).write_text(text)
    assert check(rows, tmp_path) == {}


MODULE = """module m;
  localparam int unsigned Depth = 4;  // room_q = 1;
  assign room = push && !(full || late) && other;
  flaash_fifo #(.Depth(Depth)) u_fifo (.clk_i, .push_i(push && room), .data_i({a, b[i], c}));
  for (genvar g = 0; g < 4; g++) begin : gen_x
    assign line[g] = data[g];
  end
  function automatic logic few(int n);
    return n < 3;
  endfunction
  always_ff @(posedge clk_i) begin
    if (!rst_ni) room_q <= 1'b0;
    else if (clear) room_q <= 1'b1;
    else if (goes) room_q <= sel ? a + b : c;
    else {keep_q, room_q} <= '0;
    if (take) state_q.kind[2] <= 1'b1;
    if (one) begin
      if (two) seen_q <= 1'b1;
    end
    case (x)
      Idle: y_q <= 2'd1;
      default: $fatal(1, "no");
    endcase
  end
endmodule
"""


@pytest.mark.parametrize(
    ("at", "place", "becomes", "old", "new"),
    [
        ("Depth", "", "_ + 1", "Depth = 4;", "Depth = 4 + 1;"),
        ("room", "&& 1/2", "||", "push && !", "push || !"),
        ("room", "left of && 1/2", "", "= push && !", "= !"),
        ("room", "left of && 2/2", "", " && !(full || late)", ""),
        ("room", "right of && 2/2", "", " && other", ""),
        ("room", "right of !", "late", "!(full || late)", "!late"),
        ("room", "!", "", "!(full", "(full"),
        ("room", "inside (", "full", "(full || late)", "(full)"),
        ("room", "all of ||", "_right", "full || late", "late"),
        ("u_fifo.push_i", "", "!(_)", "(push && room)", "(!(push && room))"),
        ("u_fifo.Depth", "", "8", ".Depth(Depth)", ".Depth(8)"),
        ("u_fifo.data_i", "right of , 1/2", "", "a, b[i], c", "a, c"),
        ("u_fifo.data_i", "inside [", "j", "b[i]", "b[j]"),
        ("whole u_fifo.push_i", "", ".push_i", ".push_i(push && room)", ".push_i"),
        ("for line", "", "genvar g = 1; g < 4; g++", "g = 0", "g = 1"),
        ("target line", "inside [", "0", "line[g] =", "line[0] ="),
        ("few", "3", "4", "n < 3", "n < 4"),
        ("room_q 3/4", "right of ?", "c", "? a + b :", "? c :"),
        ("room_q 3/4", "all of :", "_left", "sel ? a + b : c", "a + b"),
        ("if room_q 3/4", "", "!(_)", "(goes)", "(!(goes))"),
        ("branch room_q 2/4", "", "", "else if (clear) room_q <= 1'b1;", ""),
        ("branch room_q 4/4", "", "", "else {keep_q, room_q} <= '0;", ""),
        ("keep_q", "'0", "'1", "room_q} <= '0", "room_q} <= '1"),
        ("if state_q.kind", "", "", "if (take) state", "state"),
        ("whole state_q.kind[2]", "", "", "state_q.kind[2] <= 1'b1;", ""),
        ("outer if seen_q", "", "two", "(one)", "(two)"),
        ("case y_q", "", "Busy", "Idle:", "Busy:"),
        ("y_q", "2'd1", "2'd2", "2'd1", "2'd2"),
    ],
)
def test_the_form_of_a_place(at: str, place: str, becomes: str, old: str, new: str) -> None:
    assert MODULE.count(old) == 1
    mutant = Mutant.read({"module": "m", "what": "is wrong", "at": at, "place": place, "becomes": becomes})
    assert code(mutant.applied(MODULE)) == code(MODULE.replace(old, new))


@pytest.mark.parametrize(
    ("at", "place", "becomes", "told"),
    [
        ("rooms", "", "1", "rooms is defined 0 times"),
        ("room_q", "", "1", "room_q is defined 4 times, and this is to be 1 of 1"),
        ("room_q 4/5", "", "1", "4 times, and this is to be 4 of 5"),
        ("room_q 5/4", "", "1", "5 of 4"),
        ("room", "&&", "||", "'&&' occurs 2 times"),
        ("room", "== 1/2", "!=", "occurs 0 times"),
        ("room", "left of !", "1", "is nothing"),
        ("if room", "", "1", "room has no if"),
        ("room", "", "", "'room' can't be taken away"),
        ("if room_q 1/4", "", "", "can't be taken away"),
        ("branch room_q 1/4", "", "", "can't be taken away"),
        ("u_fifo.clk_i", "", "x", "has no value"),
        ("room", "&& 1/2", "&&", "equals what is there"),
    ],
)
def test_a_place_that_is_not_there_is_told(at: str, place: str, becomes: str, told: str) -> None:
    mutant = Mutant.read({"module": "m", "what": "is wrong", "at": at, "place": place, "becomes": becomes})
    with pytest.raises(ValueError, match="m: is wrong: ") as error:
        mutant.applied(MODULE)
    assert told in str(error.value)


def test_text_that_is_no_module_is_told() -> None:
    with pytest.raises(ValueError, match="line 2: slang refuses this"):
        change("module m;\n  assign = 1;\nendmodule\n", "x", "", "1")
