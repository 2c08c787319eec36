# SPDX-License-Identifier: Apache-2.0
"""The events of an SDPE (sdpe_events_t of flaash_pkg) and the counters that count them."""

from sim.rtl_types import package_types

# The members of one bit, in the order of the struct.
EVENTS = [name for name, (_, kind) in package_types("flaash_pkg")["sdpe_events_t"].members.items() if kind.width == 1]

COUNTER_OF = {
    event: f"Cnt{counter}"
    for event, counter in (
        pair.split(":")
        for pair in "busy:Busy step:Steps match:Matches stall_a:StallA stall_b:StallB stall_mac:StallMac "
        "stall_result:StallResult dot_done:DotsDone result:Results zero_empty:ZeroEmpty zero_cancel:ZeroCancel "
        "zero_underflow:ZeroUnderflow".split()
    )
}
