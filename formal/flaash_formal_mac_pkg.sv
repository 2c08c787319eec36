// SPDX-License-Identifier: Apache-2.0
// Shared by the proofs of the accumulator and of the modules after it.

package flaash_formal_mac_pkg;

  import flaash_pkg::*;
  import flaash_mac_pkg::*;

  // Data of a sum besides its words.
  typedef struct packed {
    mac_status_t         status;
    logic                alone;
    logic [PosWidth-1:0] pos;
    dot_name_t           name;
  } about_t;

  // The lowest and the highest word that is used are these.
  function automatic logic is_range(logic [NumWords-1:0] used, logic [IndexWidth-1:0] low,
                                    logic [IndexWidth-1:0] high);
    logic [NumWords-1:0] ends, outside;
    ends    = NumWords'(1) << low | NumWords'(1) << high;
    outside = ~({NumWords{1'b1}} << low) | ({NumWords{1'b1}} << high << 1);
    is_range = low < IndexWidth'(NumWords) && high < IndexWidth'(NumWords)
               && (used & ends) == ends && (used & outside) == '0;
  endfunction

endpackage : flaash_formal_mac_pkg
