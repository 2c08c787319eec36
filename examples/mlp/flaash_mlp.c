/* SPDX-License-Identifier: Apache-2.0 */
#include "flaash_mlp.h"

#include <string.h>

enum flaash_result flaash_mlp(flaash_device_t *chip, const flaash_tensor_t *batch, const flaash_tensor_t *weights,
                              uint32_t layers, uint32_t shift, uint64_t address, uint64_t bytes, flaash_tensor_t *last,
                              flaash_completion_t *done)
{
  const int narrows = chip->format != FLAASH_FORMAT_FP32;
  const int whole = chip->format == FLAASH_FORMAT_INT8 || chip->format == FLAASH_FORMAT_INT16;
  flaash_tensor_t input = *batch;
  enum flaash_result result;

  for (uint32_t i = 0; i < layers; i++) {
    flaash_descriptor_t work;
    flaash_tensor_t output;
    uint64_t taken = bytes;

    memset(&work, 0, sizeof work);
    work.order_a = input.order;
    work.a = input.levels;
    work.order_b = weights[i].order;
    work.b = weights[i].levels;
    work.format = chip->format;
    work.tag = i;
    if (i > 0) {
      work.flags |= FLAASH_FENCE; /* A is the result before */
    }
    if (i + 1 < layers) {
      work.flags |= FLAASH_RELU;
      if (narrows) {
        work.flags |= FLAASH_NARROW_RESULTS;
        work.shift = whole ? shift : 0;
      }
    } else {
      work.flags |= FLAASH_INTERRUPT;
    }
    result = flaash_place_rows(&work, address, &taken, 0, &output);
    if (result == FLAASH_OK) {
      result = flaash_submit(chip, &work);
    }
    if (result != FLAASH_OK) {
      (void)flaash_reset(chip); /* the layers before were submitted, not announced */
      return result;
    }
    address += taken;
    bytes -= taken;
    input = output;
  }
  flaash_doorbell(chip);
  for (uint32_t i = 0; i < layers; i++) {
    result = flaash_wait(chip, &done[i]);
    if (result != FLAASH_OK) {
      return result;
    }
  }
  *last = input;
  return FLAASH_OK;
}
