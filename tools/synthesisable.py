# SPDX-License-Identifier: Apache-2.0
"""Checks whether hardware can be synthesised, by Yosys' own checks: part of `make lint`.

No latch, no tri-state, no signal with two drivers or with none, no loop within a module.
"""

import re
from pathlib import Path

from tools.silicon import elaborate, programs

MOST = 20  # lines that are reported
CHECKS = "proc; check -assert -nolatches; select -assert-none t:$sr t:$dlatchsr t:$tribuf t:$_TBUF_"
# Lines of the checks for a problem, and of the front end and assertions.
_TOLD = re.compile(r"^(?:Warning: |ERROR: |.*\berror: )")
# The front end drives undriven signals with unknown bits, by a buffer.
_UNDRIVEN = re.compile(r"^ *connect \\A .*'[01]*x.*\n *connect \\Y (.+)$", re.MULTILINE)


def problems(top: str, parameters: dict[str, int], name: str, extra: tuple[Path, ...] = ()) -> list[str]:
    """Return Yosys' problems with a module and all modules below it, a line each.

    Args:
        top: module of rtl/ or of one of the extra files, which lie below the repository or BUILD=.
        parameters: values that differ from the module's defaults.
        name: for the reported problems and the log.
        extra: files outside of rtl/.
    """
    log = programs.FOLDER / "lint" / f"{name}.log"
    buffers = log.with_suffix(".buffers")
    log.parent.mkdir(parents=True, exist_ok=True)
    script = f"{elaborate.reading(top, parameters, extra)}; dump -o {programs.relative(buffers)} t:$buf; {CHECKS}"
    try:
        programs.run(programs.YOSYS, ["-p", script], log)
    except programs.Failed:
        lines = [line for line in log.read_text().splitlines() if _TOLD.match(line)]
        return [f"yosys, {name}:", *lines[:MOST]]
    undriven = [f"nothing drives {signal}" for signal in _UNDRIVEN.findall(buffers.read_text())]
    return [f"yosys, {name}:", *undriven[:MOST]] if undriven else []
