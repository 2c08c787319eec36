# SPDX-License-Identifier: Apache-2.0
"""`make docs`: builds the documentation as a site into build/docs; a broken link is an error."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.toolchain import BUILD, ROOT


def build(folder: Path, config: Path = ROOT / "mkdocs.yml") -> str:
    """Build the site of a configuration into `folder`.

    Returns:
        MkDocs' messages; empty if there is no problem.

    Raises:
        ValueError: a page, link or anchor is missing, or a waveform can't be drawn; the text names the place.
    """
    # Not --quiet: with it --strict does not count warnings.
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config), "--site-dir", str(folder)],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    said = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("INFO"))
    if done.returncode:
        raise ValueError(said)
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make docs", description=__doc__)
    parser.add_argument("--out", type=Path, default=BUILD / "docs", help="folder (default build/docs)")
    options = parser.parse_args(arguments)
    try:
        print(build(options.out.resolve()), end="")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"site: {options.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
