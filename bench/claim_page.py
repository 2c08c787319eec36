# SPDX-License-Identifier: Apache-2.0
"""The tables of the claim, from bench/claim.json and the recorded clocks; the site has them on docs/comparison.md.

The module `bench.claim_page`, run as a program, prints the tables. With --record it first keeps the layers of the last
`make bench` in bench/claim.json.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.claims import claim_lines, claim_tables
from bench.measure import FOLDER
from bench.outside import TARGET
from bench.report import markdown, read_results
from bench.software import TORCH_SPARSE
from sim.toolchain import ROOT

RECORD, PAGE = Path(__file__).with_name("claim.json"), ROOT / "docs" / "comparison.md"
BEGIN, END = "<!-- tables: python -m bench.claim_page -->", "<!-- end of tables -->"


def kept(results: dict) -> dict:
    """Return what the tables need of results.json: cycles, PyTorch's times, and the circumstances."""
    names = [line["workload"] for line in claim_lines(results["rows"], results["software"], {})]
    cycles = {
        row["workload"]: row["sustained_cycles"]
        for row in results["rows"]
        if "sustained_cycles" in row and (row["config"], row["width"]) == TARGET
    }
    times = {
        name: {
            way: round(results["software"][name][way], 2) for way in TORCH_SPARSE if way in results["software"][name]
        }
        for name in names
    }
    about = {name: text for name, text in results["about"].items() if name in ("measured", "computer", "torch")}
    return {"about": about, "cycles": {name: cycles[name] for name in names}, "software": times}


def results(record: dict) -> dict:
    """Return a record in the form of results.json."""
    config, width = TARGET
    rows = [
        {"workload": name, "config": config, "width": width, "sustained_cycles": cycles}
        for name, cycles in record["cycles"].items()
    ]
    return {"about": record["about"], "rows": rows, "software": record["software"]}


def tables(record: dict) -> str:
    """Return the tables of a record."""
    return "\n".join(
        "\n".join([f"{caption}:", "", *markdown(head, rows), ""])
        for caption, head, rows in claim_tables(results(record))
    )


def filled(text: str) -> str:
    """Return a page's text with the tables, if it has the place for them."""
    body = f"{BEGIN}\n\n{tables(json.loads(RECORD.read_text()))}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: body, text, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    if "--record" in (sys.argv[1:] if arguments is None else arguments):
        RECORD.write_text(json.dumps(kept(read_results(FOLDER)), indent=1) + "\n")
    print(tables(json.loads(RECORD.read_text())))


if __name__ == "__main__":
    main()
