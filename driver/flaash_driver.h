/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C driver of flaash_memory_top: ring, descriptors, doorbell, completion records, errors.
 *
 * C99, no allocation, no global state. The numbers come from the headers that make package writes beside it;
 * docs/memory_interface.md explains them. One thread at a time may use a device.
 *
 *   flaash_open, then for each contraction flaash_submit; flaash_doorbell; flaash_wait or flaash_collect.
 *   After an error the queue is halted: flaash_collect returns the completed contractions, the failed one as the
 *   last, then FLAASH_HALTED. flaash_reset begins anew; contractions that were not collected are dropped.
 */
#ifndef FLAASH_DRIVER_H
#define FLAASH_DRIVER_H

#include <stdint.h>

#include "flaash_errors.h"
#include "flaash_layout.h"

#ifdef __cplusplus
extern "C" {
#endif

enum flaash_result {
  FLAASH_OK = 0,
  FLAASH_PENDING = 1,      /* no (further) contraction is complete */
  FLAASH_FULL = 2,         /* the ring has no free slot: collect first */
  FLAASH_HALTED = 3,       /* an error has ended the queue, and every completed contraction is collected */
  FLAASH_TIMEOUT = 4,      /* more polls than set by flaash_open */
  FLAASH_WRONG_CHIP = 5,   /* RegId or the major number of RegVersion differs */
  FLAASH_BAD_ARGUMENT = 6  /* a ring with a wrong address or size; a wrong descriptor, see flaash_submit */
};

/* The driver's interface to the platform. Memory addresses are addresses of the chip's bus; read_memory and
   write_memory also see to caches and order: a write is in memory before the next write_register. */
typedef struct {
  void *context; /* passed to each function */
  uint32_t (*read_register)(void *context, uint32_t offset);
  void (*write_register)(void *context, uint32_t offset, uint32_t value);
  void (*read_memory)(void *context, uint64_t address, void *data, uint32_t bytes);
  void (*write_memory)(void *context, uint64_t address, const void *data, uint32_t bytes);
} flaash_platform_t;

typedef struct {
  const flaash_platform_t *platform;
  uint64_t ring;   /* address of slot 0 */
  uint32_t slots;
  uint32_t polls;  /* most reads of a register during a wait */
  uint32_t first;  /* oldest slot that is not collected */
  uint32_t tail;   /* next free slot */
  uint32_t format; /* of the chip */
} flaash_device_t;

/* A level of an operand: pos and crd of an upper level, crd and val of the leaf. */
typedef struct {
  uint64_t first;
  uint64_t second;
  uint32_t extent;
  uint32_t count;
  uint32_t kind; /* FLAASH_LEVEL_* */
} flaash_level_t;

#define FLAASH_MAX_ORDER 8u

typedef struct {
  uint32_t order_a, order_b;
  const flaash_level_t *a, *b; /* from the first mode to the last, the contracted one */
  uint32_t format;             /* FLAASH_FORMAT_*, as the chip's */
  uint32_t flags;              /* FLAASH_DENSE_RESULTS and so on, of flaash_layout.h */
  uint64_t results;
  uint64_t capacity;
  uint32_t run_length, portion, long_lines;
  uint32_t tag;
  uint32_t shift; /* with FLAASH_NARROW_RESULTS and integers: bits that results are shifted right, 0 to 63 */
  uint32_t pitch; /* elements per row with FLAASH_LAYOUT_ROWS or FLAASH_LAYOUT_DENSE */
  uint64_t crd, pos; /* with FLAASH_LAYOUT_ROWS */
} flaash_descriptor_t;

#define FLAASH_MOST_SHIFT 63u

/* A tensor in memory, as an operand. */
typedef struct {
  uint32_t order;
  flaash_level_t levels[FLAASH_MAX_ORDER];
} flaash_tensor_t;

typedef struct {
  uint32_t code;  /* 0, or FLAASH_ERR_* */
  uint32_t place; /* of the error */
  uint32_t tag;
  uint64_t results;
  uint64_t written; /* bytes of results */
  uint64_t cycles, computing;
  uint64_t read; /* bytes */
  uint32_t rows; /* that are complete in memory, with FLAASH_LAYOUT_ROWS or FLAASH_LAYOUT_DENSE */
} flaash_completion_t;

/* Check the chip, reset it and set up its ring of `slots` (2 to 65,536) at `ring` (a multiple of 1,024).
   The platform must live as long as the device. */
enum flaash_result flaash_open(flaash_device_t *device, const flaash_platform_t *platform, uint64_t ring,
                               uint32_t slots, uint32_t polls);

/* Abort all work and begin with an empty ring. */
enum flaash_result flaash_reset(flaash_device_t *device);

/* Write a descriptor into the next free slot. The chip sees it after the next flaash_doorbell.
   FLAASH_BAD_ARGUMENT: an order is not 1 to 8, the format is not the chip's, a flag is unknown, or both layouts are set.
   Likewise the kind of a level: an upper level may be FLAASH_LEVEL_DENSE, the leaf FLAASH_LEVEL_NARROW, the level above
   the leaf FLAASH_LEVEL_LOOSE.
   Likewise FLAASH_NARROW_RESULTS with fp32, and a `shift` above 63, or of anything else than narrow integers.
   Likewise a `portion` below the entries of A, divided by its fibers and by the engines: the contraction would be many
   times as slow. Set 0, for whole fibers, or a larger one. Nothing is written then. */
enum flaash_result flaash_submit(flaash_device_t *device, const flaash_descriptor_t *descriptor);

/* Place the result of a descriptor as a tensor that stays in memory, and return this tensor. The descriptor gets
   FLAASH_LAYOUT_ROWS, addresses and pitch; set operands, format and the other flags before. The tensor has the upper
   levels of A, whose arrays must stay, too. So A must have order 2 or more.
   As an operand of a later descriptor, with FLAASH_FENCE, it needs no look at the results: a chain has one doorbell. The
   results then need the format of operands: FLAASH_NARROW_RESULTS, unless the format is fp32.
   `pitch` is the room for results of a row, a multiple of 64; 0 for all columns. `*bytes` is the size of the memory at
   `address`; flaash_place_rows returns in it what the result takes.
   FLAASH_BAD_ARGUMENT: an order, the pitch, an address that is no multiple of 64, too many columns or too few bytes;
   `*bytes` then is the size that the result needs, 0 if no size is enough. */
enum flaash_result flaash_place_rows(flaash_descriptor_t *descriptor, uint64_t address, uint64_t *bytes, uint32_t pitch,
                                     flaash_tensor_t *result);

/* Announce all submitted descriptors to the chip. */
void flaash_doorbell(const flaash_device_t *device);

/* Read the oldest completion record, in the order of submission. FLAASH_OK: check its code. */
enum flaash_result flaash_collect(flaash_device_t *device, flaash_completion_t *completion);

/* Poll flaash_collect until it returns another value than FLAASH_PENDING. */
enum flaash_result flaash_wait(flaash_device_t *device, flaash_completion_t *completion);

/* Return and clear the interrupts of the interface that are pending: FLAASH__DMA_IRQ_STATUS__*_bm. */
uint32_t flaash_interrupts(const flaash_device_t *device);

/* Report the error that has halted the queue; returns the code, 0 if it is not halted. */
uint32_t flaash_error(const flaash_device_t *device, uint32_t *place);

#ifdef __cplusplus
}
#endif

#endif
