# SPDX-License-Identifier: Apache-2.0
# Constraints of flaash_top and flaash_memory_top as blocks of a larger design. Before you read this file, set these
# variables or take the defaults; read_sdc of your tool, or source, reads it.
#
#   flaash_period        ns of the clock
#   flaash_io            share of the period that logic outside of the block has, 0 to 1
#   flaash_ideal_resets  1 before a layout, as the flow of make silicon: resets are ideal, like the clock

if {![info exists flaash_period]} { set flaash_period 10.0 }
if {![info exists flaash_io]} { set flaash_io 0.3 }
if {![info exists flaash_ideal_resets]} { set flaash_ideal_resets 0 }

# One clock.
create_clock -name clk_i -period $flaash_period [get_ports clk_i]

# All ports but the clock are synchronous to it: the interrupt, and the release of the reset, too.
set flaash_inputs {}
foreach flaash_port [all_inputs] {
  if {[get_property $flaash_port full_name] ne "clk_i"} { lappend flaash_inputs $flaash_port }
}
set_input_delay [expr {$flaash_io * $flaash_period}] -clock clk_i $flaash_inputs
set_output_delay [expr {$flaash_io * $flaash_period}] -clock clk_i [all_outputs]

# rst_ni may fall at any time. It rises behind a synchroniser of clk_i, and recovery checks hold its release.
set_false_path -fall_from [get_ports rst_ni]

# Registers that reset parts of the chip are named *rst_nq. Their outputs become trees in a layout. Both interfaces follow
# the clock, so after a layout they are timed.
if {$flaash_ideal_resets} {
  set_false_path -from [get_ports rst_ni]
  set flaash_resets [get_cells -quiet -hierarchical *rst_nq*]
  if {[llength $flaash_resets]} { set_false_path -from $flaash_resets }
}
