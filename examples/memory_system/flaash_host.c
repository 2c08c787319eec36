/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware of the example system: what a host does with flaash_memory_top, by the C driver.
 *
 *   A = | 0 2 0 |   B = | 4 5 0 |   C[i] = sum_k A[i, k] * B[k] = | 10 0 4 |
 *       | 0 0 0 |
 *       | 1 0 3 |
 */
#include "flaash_host.h"

#include <string.h>

#define RING 0x2000u /* offsets in the memory */
#define RESULTS 0x3000u
#define RESULT_BYTES 0x40u
#define SLOTS 4u
#define ROUNDS 6u /* the ring wraps */

#define CHECK(condition)  \
  do {                    \
    if (!(condition)) {   \
      return __LINE__;    \
    }                     \
  } while (0)

typedef struct {
  uint32_t a, b; /* numbers of the fibers */
  float value;
} record_t;

static int right(const record_t records[2])
{
  /* In no specified order; the empty row of A has no number. */
  const record_t *first = records[0].a == 0 ? &records[0] : &records[1];
  const record_t *second = records[0].a == 0 ? &records[1] : &records[0];
  return first->a == 0 && first->b == 0 && first->value == 10.0f && second->a == 1 && second->b == 0 &&
         second->value == 4.0f;
}

int flaash_host(const flaash_platform_t *platform, uint64_t memory, uint32_t polls)
{
  static const uint32_t pos[] = {0, 1, 1, 3}, crd_a[] = {1, 0, 2}, crd_b[] = {0, 1};
  static const float val_a[] = {2.0f, 1.0f, 3.0f}, val_b[] = {4.0f, 5.0f};
  const flaash_level_t a[] = {{memory + 0x1000, 0, 3, 3, FLAASH_LEVEL_DENSE},
                              {memory + 0x1040, memory + 0x1080, 3, 3, 0}};
  const flaash_level_t b[] = {{memory + 0x10c0, memory + 0x1100, 3, 2, 0}};
  flaash_descriptor_t work;
  flaash_device_t chip;
  flaash_completion_t done;
  record_t records[2];
  uint32_t place;

  platform->write_memory(platform->context, a[0].first, pos, sizeof pos);
  platform->write_memory(platform->context, a[1].first, crd_a, sizeof crd_a);
  platform->write_memory(platform->context, a[1].second, val_a, sizeof val_a);
  platform->write_memory(platform->context, b[0].first, crd_b, sizeof crd_b);
  platform->write_memory(platform->context, b[0].second, val_b, sizeof val_b);
  CHECK(flaash_open(&chip, platform, memory + RING, SLOTS, polls) == FLAASH_OK);

  memset(&work, 0, sizeof work);
  work.order_a = 2;
  work.a = a;
  work.order_b = 1;
  work.b = b;
  work.flags = FLAASH_INTERRUPT;
  work.capacity = RESULT_BYTES;

  /* Two at a time: each has its buffer. */
  for (uint32_t round = 0; round < ROUNDS; round++) {
    for (uint32_t i = 0; i < 2; i++) {
      work.results = memory + RESULTS + i * RESULT_BYTES;
      work.tag = 2 * round + i;
      CHECK(flaash_submit(&chip, &work) == FLAASH_OK);
    }
    flaash_doorbell(&chip);
    for (uint32_t i = 0; i < 2; i++) {
      CHECK(flaash_wait(&chip, &done) == FLAASH_OK);
      CHECK(done.code == FLAASH_ERR_NONE && done.tag == 2 * round + i);
      CHECK(done.results == 2 && done.written == sizeof records);
      platform->read_memory(platform->context, memory + RESULTS + i * RESULT_BYTES, records, sizeof records);
      CHECK(right(records));
    }
    CHECK(flaash_collect(&chip, &done) == FLAASH_PENDING);
    CHECK(flaash_interrupts(&chip) != 0 && flaash_interrupts(&chip) == 0);
  }

  /* A ring of four slots takes three. The second is wrong, so the third is not completed. */
  for (uint32_t i = 0; i < 3; i++) {
    work.results = memory + RESULTS + i * RESULT_BYTES + (i == 1 ? 4 : 0);
    work.tag = 100 + i;
    CHECK(flaash_submit(&chip, &work) == FLAASH_OK);
  }
  CHECK(flaash_submit(&chip, &work) == FLAASH_FULL);
  flaash_doorbell(&chip);
  CHECK(flaash_wait(&chip, &done) == FLAASH_OK && done.code == FLAASH_ERR_NONE && done.tag == 100);
  CHECK(flaash_wait(&chip, &done) == FLAASH_OK && done.code == FLAASH_ERR_ALIGN && done.tag == 101);
  CHECK(done.place == 8); /* offset of the address in the descriptor */
  CHECK(flaash_wait(&chip, &done) == FLAASH_HALTED);
  CHECK(flaash_error(&chip, &place) == FLAASH_ERR_ALIGN && place == 8);

  CHECK(flaash_reset(&chip) == FLAASH_OK);
  work.results = memory + RESULTS;
  CHECK(flaash_submit(&chip, &work) == FLAASH_OK);
  flaash_doorbell(&chip);
  CHECK(flaash_wait(&chip, &done) == FLAASH_OK && done.code == FLAASH_ERR_NONE && done.results == 2);
  return 0;
}
