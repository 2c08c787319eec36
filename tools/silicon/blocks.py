# SPDX-License-Identifier: Apache-2.0
"""The modules that are synthesised separately, and the block of the chip to which each belongs."""

REGISTERS, LOADER, STORES, MEMORY, DISPATCHER = "registers", "loader", "stores", "memory", "dispatcher"
INTERSECTION, MAC, STORE, NETWORK, UNLOADER = "intersection", "MAC", "store", "network", "unloader"
DMA = "memory interface"
PORTS = "ports"  # of the chip, where paths between blocks begin and end

# In the order of the tables, which is the order of the data flow.
BLOCKS = (DMA, LOADER, STORES, MEMORY, DISPATCHER, INTERSECTION, MAC, STORE, NETWORK, UNLOADER, REGISTERS)

# A piece is one of these modules without the others that are inside of it. The top and the chip bring the
# soft reset, the frame parser and the counters; an engine everything but its MAC and its store of results.
PIECES = {
    "flaash_memory_top": DMA,
    "flaash_dma": DMA,
    "flaash_dma_descriptor": DMA,
    "flaash_dma_loader": DMA,
    "flaash_dma_writer": DMA,
    "flaash_dma_retire": DMA,
    "flaash_top": REGISTERS,
    "flaash_chip": REGISTERS,
    "flaash_registers": REGISTERS,
    "flaash_operand_loader": LOADER,
    "flaash_operand_store": STORES,
    "flaash_tensor_memory_ideal": MEMORY,
    "flaash_tensor_memory_banked": MEMORY,
    "flaash_compute_stream": DISPATCHER,
    "flaash_compute_resident": DISPATCHER,
    "flaash_plan": DISPATCHER,
    "flaash_combiner": DISPATCHER,
    "flaash_sdpe": INTERSECTION,
    "flaash_resident_group": INTERSECTION,
    "flaash_resident_engine": INTERSECTION,
    "flaash_mac": MAC,
    "flaash_result_store": STORE,
    "flaash_result_gate": NETWORK,
    "flaash_result_network": NETWORK,
    "flaash_result_unloader": UNLOADER,
}
