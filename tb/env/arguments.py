# SPDX-License-Identifier: Apache-2.0
"""The arguments of a run of sequences, for both sides: tb.env.run writes them, tb.env.test reads them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from sim.configs import Config
from sim.interfaces import STREAM
from sim.thisrun import this_run


@dataclasses.dataclass(frozen=True)
class SequenceRun:
    """The arguments.

    Attributes:
        config: of the hardware.
        sequences: their names.
        knobs: arguments of the sequences' constructors by the sequence's name.
        interface: one of sim.interfaces.
        progress: path of the file for the progress, "" for none.
    """

    config: Config
    sequences: Sequence[str]
    knobs: Mapping[str, dict]
    interface: str = STREAM
    progress: str = ""

    @staticmethod
    def of_this_run() -> SequenceRun:
        """Return the arguments of this simulation."""
        given = dict(this_run().arguments)
        return SequenceRun(Config(**given.pop("config")), **given)
