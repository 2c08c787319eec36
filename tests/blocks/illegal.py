# SPDX-License-Identifier: Apache-2.0
"""Parameters that modules refuse, each with FLAASH_ILLEGAL: one row at least for each of its sentences."""

LANES = [{"Lanes": 3}]
SDPES = [{"NumSdpe": 0}, {"NumSdpe": 65}]
SOURCES = [{"NumSources": 0}, {"NumSources": 66}]
MEMORY = [{"NumPorts": 0}, {"LineWidth": 0}, {"Lines": 0}, {"Latency": 0}, {"Parity": 2}]

# By module. What a module hands down is in its list, too, where its own module refuses it.
ILLEGAL: dict[str, list[dict[str, int]]] = {
    "flaash_axi_read": [{"DataWidth": 64}, {"Bursts": 256}, {"BurstBeats": 3}],
    "flaash_axi_write": [{"DataWidth": 64}, {"Bursts": 3}, {"BurstBeats": 1}],
    "flaash_combiner": [{"Slots": 0}, {"Slots": 65}],
    "flaash_compute_lookup": [*SDPES, {"GroupSize": 9}, *LANES, {"CoordWidth": 13}, {"CoordWidth": 3}],
    "flaash_compute_stream": [*SDPES, {"Portions": 65}, {"Scheduler": 2}],
    "flaash_core": [{"Memory": 7}],
    "flaash_delay_line": [{"Channels": 0}, {"Width": 0}],
    "flaash_edge_gearbox": [{"Group": 1}],
    "flaash_fiber_loader": [{"Depth": 1}, {"Depth": 6}],
    "flaash_frame_gate": [{"Width": 0}],
    "flaash_intersect": [{"Engine": 2}],
    "flaash_intersect_compare": [*LANES, {"CoordWidth": 0}, {"CoordWidth": 33}],
    "flaash_intersect_merge": [*LANES, {"CoordWidth": 0}, {"CoordWidth": 33}],
    "flaash_loader_packer": [*LANES, {"MemLines": 0}, {"FiberDepth": 0}],
    "flaash_loader_spans": [{"NodeDepth": 0}],
    "flaash_lookup_divider": [{"Width": 1}],
    "flaash_lookup_matches": [{"Depth": 2}],
    "flaash_lookup_plan": [{"Groups": 65}, {"MaxSize": 9}],
    "flaash_mac": [{"Format": 4}, {"CountWidth": 0}, {"CountWidth": 41}],
    "flaash_mac_align": [{"ProductWidth": 49}],
    "flaash_mac_check": [{"SumWidth": 49}],
    "flaash_mac_multiply": [{"SigWidth": 7}, {"SigWidth": 38}],
    "flaash_memory_bank": [{"Width": 0}, {"Words": 1}],
    "flaash_operand_loader": [*LANES, {"MemLines": 0}, {"FiberDepth": 0}, {"NodeDepth": 0}],
    "flaash_operand_store": [{"Operand": 2}, {"NodeDepth": 0}, {"FiberDepth": 0}, {"Parity": 2}],
    "flaash_parity_bank": [{"Words": 1}, {"Ports": 0}, {"AddrWidth": 3, "Words": 9}, {"Parity": 2}],
    "flaash_parity_watch": [{"Channels": 0}, {"Width": 1}, {"PlaceWidth": 0}],
    "flaash_perf_sum": SDPES,
    "flaash_portioner": LANES,
    "flaash_ram_fifo": [{"Width": 0}, {"Depth": 1}, {"Depth": 6}],
    "flaash_record_sender": [{"MaxWords": 6}],
    "flaash_result_gate": SOURCES,
    "flaash_result_network": SOURCES,
    "flaash_result_store": [{"Parity": 2}],
    "flaash_round_robin": [{"NumPorts": 0}],
    "flaash_scheduler_demand": SDPES,
    "flaash_scheduler_round_robin": SDPES,
    "flaash_soft_reset": [{"ResetCycles": 0}, {"ResetCycles": 256}],
    "flaash_step_counters": SDPES,
    "flaash_stream_fifo": [{"Width": 0}, {"Depth": 1}, {"Depth": 6}],
    "flaash_stream_register": [{"Width": 0}],
    "flaash_stream_tree": [{"Inputs": 0}],
    "flaash_tensor_memory_banked": [*MEMORY, {"Banks": 3}],
    "flaash_tensor_memory_ideal": [*MEMORY, {"Banks": 0}],
    "flaash_top": [{"Portions": 65}],
}
