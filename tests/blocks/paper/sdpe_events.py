# SPDX-License-Identifier: Apache-2.0
"""The events of an SDPE (sdpe_events_t of flaash_pkg) and the counters that count them."""

import re

from sim.sources import INCLUDE_DIR

_STRUCT = re.search(
    r"typedef struct packed \{([^}]*)\} sdpe_events_t;",
    re.sub(r"//.*", "", (INCLUDE_DIR / "flaash_pkg.sv").read_text()),
)

# Fields in the order of the struct.
EVENTS = re.findall(r"logic (\w+);", _STRUCT[1])

COUNTER_OF = {
    "busy": "CntBusy",
    "step": "CntSteps",
    "match": "CntMatches",
    "stall_a": "CntStallA",
    "stall_b": "CntStallB",
    "stall_mac": "CntStallMac",
    "stall_result": "CntStallResult",
    "dot_done": "CntDotsDone",
    "result": "CntResults",
    "zero_empty": "CntZeroEmpty",
    "zero_cancel": "CntZeroCancel",
    "zero_underflow": "CntZeroUnderflow",
}
