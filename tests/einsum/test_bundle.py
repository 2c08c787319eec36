# SPDX-License-Identifier: Apache-2.0
"""What `pip install .` makes works elsewhere, and takes one name only among a user's modules."""

import os
import subprocess
import sys
from pathlib import Path

from tools.bundle import bundle, moved

PROGRAM = """
import sys
import numpy as np
import flaash
import models  # the user's own
values = np.arange(6.0).reshape(2, 3)
for on in ("model", "icarus"):
    assert (flaash.einsum("ij,kj", values, values, config="tiny", on=on) == values @ values.T).all()
assert not {"tb", "models.tensor", "cocotb"} & set(sys.modules)
assert models.MINE and flaash.__file__.startswith(sys.argv[1])
print("right")
"""


def test_the_bundle_works_elsewhere(tmp_path: Path) -> None:
    """With the packages of this Python, but not from the checkout; simulations are built in the cache."""
    bundle(tmp_path / "site" / "flaash")
    folder, cache = tmp_path / "user", tmp_path / "cache"
    folder.mkdir()
    (folder / "models.py").write_text("MINE = True\n")
    (folder / "program.py").write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(cache)}
    result = subprocess.run([sys.executable, "program.py", str(tmp_path)], cwd=folder, env=environment,
                            capture_output=True, text=True)
    assert result.stdout == "right\n", result.stderr
    assert list((cache / "flaash" / "sims").glob("flaash_top-icarus-*/build.done"))


def test_imports_are_moved() -> None:
    for before, after in (("from models.csf import Csf", "from flaash.models.csf import Csf"),
                          ("    import tb.env", "    import flaash.tb.env"),
                          ("import modelsx", "import modelsx"),
                          ('TEST = "tb.env.serve_tests"', 'TEST = "flaash.tb.env.serve_tests"')):
        assert moved(before) == after
