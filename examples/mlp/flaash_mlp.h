/* SPDX-License-Identifier: Apache-2.0 */
/* Layers of a network, one after the other, as one chain of the C driver. */
#ifndef FLAASH_MLP_H
#define FLAASH_MLP_H

#include "flaash_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Contract a batch with the weights of each layer: result[b, o] = sum of batch[b, i] * weights[o, i].

   All results are tensors in the `*bytes` bytes of memory from `address` on (a multiple of 64). All layers but the last one
   apply ReLU and have results in the format of operands; `shift` is that of an integer format. There is one doorbell.
   `last` is the tensor of the last layer, and `done` has a completion per layer; check the codes.
   FLAASH_BAD_ARGUMENT: see flaash_place_rows and flaash_submit. FLAASH_FULL: the ring has too few slots. */
enum flaash_result flaash_mlp(flaash_device_t *chip, const flaash_tensor_t *batch, const flaash_tensor_t *weights,
                              uint32_t layers, uint32_t shift, uint64_t address, uint64_t bytes, flaash_tensor_t *last,
                              flaash_completion_t *done);

#ifdef __cplusplus
}
#endif

#endif
