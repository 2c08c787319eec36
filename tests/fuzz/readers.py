# SPDX-License-Identifier: Apache-2.0
"""Coverage-guided fuzzing of one reader by atheris: `python -m tests.fuzz.readers .tns CORPUS [options]`.

CORPUS is a folder that begins with small valid files and grows with every input that reaches new code. The
options are libFuzzer's, as -max_total_time=300 -seed=1. Ends with a status other than 0 at the first input
that isn't handled, and keeps it as crash-* in the current folder; put it into tests/fuzz/corpus.
"""

import gzip
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["models"]):
    from models import io
    from tests.fuzz.inputs import archive, sound_files
    from tests.fuzz.target import read_or_refuse


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's limits end the process."""
    program, ending, corpus, *options = arguments
    if ending not in io.READERS:
        raise SystemExit(f"{ending} is none of {', '.join(io.READERS)}")
    for number, sound in enumerate(sound_files(ending)):
        (Path(corpus) / f"sound{number}").write_bytes(sound)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fuzzed{ending}"

        def one_input(data: bytes) -> None:
            # Random bytes hardly ever pass the checksums of gzip and zip: the contents are fuzzed.
            if ending.endswith(".gz"):
                data = gzip.compress(data, 1)
            elif ending == ".npz" and data[:2] != b"PK":
                data = archive(data)
            path.write_bytes(data)
            read_or_refuse(path)

        atheris.Setup([program, corpus, *options], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
