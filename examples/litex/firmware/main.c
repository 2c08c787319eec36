/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware of the LiteX example: contracts the operands of an image in memory, and compares all bits.
 *
 * Three rounds of the same contractions, all in the ring at once: the first waits by interrupt, the second by polling,
 * the third follows a descriptor that the chip refuses. Prints a table, then PASSED, or FAILED with the reason.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <irq.h>
#include <libbase/uart.h>
#include <system.h>

#include <generated/csr.h>
#include <generated/mem.h>
#include <generated/soc.h>

#include "flaash_driver.h"
#include "image.h"

#define CONTRACTIONS 3u
#define SLOTS 4u /* one more than descriptors at a time */
#define POLLS 2000000u
#define RESULT_BYTES 0x8000u

#define FAIL_UNLESS(condition)                                 \
  do {                                                         \
    if (!(condition)) {                                        \
      printf("FAILED: main.c:%d: %s\n", __LINE__, #condition); \
      return false;                                            \
    }                                                          \
  } while (0)

/* Places behind the image, which main checks. */
#define RING (FLAASH_IMAGE + 0x40000u)
#define RESULTS (FLAASH_IMAGE + 0x48000u)

/* ------------------------------------------------------------------ platform of the driver */
static uint32_t read_register(void *context, uint32_t offset)
{
  (void)context;
  return *(volatile uint32_t *)(FLAASH0_BASE + offset);
}

static void write_register(void *context, uint32_t offset, uint32_t value)
{
  (void)context;
  /* VexRiscv writes through: stores reach the memory in order. */
  *(volatile uint32_t *)(FLAASH0_BASE + offset) = value;
}

static void read_memory(void *context, uint64_t address, void *data, uint32_t bytes)
{
  (void)context;
  flush_cpu_dcache(); /* the chip has written around it */
  memcpy(data, (const void *)(uintptr_t)address, bytes);
}

static void write_memory(void *context, uint64_t address, const void *data, uint32_t bytes)
{
  (void)context;
  memcpy((void *)(uintptr_t)address, data, bytes);
}

static const flaash_platform_t platform = {NULL, read_register, write_register, read_memory, write_memory};

/* ----------------------------------------------------------------------------- interrupt */
static flaash_device_t chip;
static volatile uint32_t interrupts;

static void on_interrupt(void)
{
  flaash_interrupts(&chip); /* clears the line */
  interrupts++;
}

typedef enum flaash_result wait_function(flaash_completion_t *done);

/* Reads a completion only after an interrupt; an interrupt may announce several completions. */
static enum flaash_result wait_by_interrupt(flaash_completion_t *done)
{
  for (;;) {
    const uint32_t before = interrupts;
    const enum flaash_result result = flaash_collect(&chip, done);
    if (result != FLAASH_PENDING) {
      return result;
    }
    for (uint32_t turn = 0; interrupts == before; turn++) {
      if (turn == POLLS) {
        return FLAASH_TIMEOUT;
      }
    }
  }
}

static enum flaash_result wait_by_polling(flaash_completion_t *done)
{
  return flaash_wait(&chip, done);
}

/* --------------------------------------------------------------------------- contractions */
static const image_t *const image = (const image_t *)FLAASH_IMAGE;

static uint32_t result_address(uint32_t number)
{
  return RESULTS + number * RESULT_BYTES;
}

static enum flaash_result submit(uint32_t number, uint64_t results)
{
  const image_contraction_t *work = &image->contraction[number];
  const uint32_t which[2] = {work->a, work->b};
  flaash_level_t levels[2][IMAGE_MAX_ORDER];
  flaash_descriptor_t descriptor;

  for (uint32_t i = 0; i < 2; i++) {
    const image_operand_t *operand = &image->operands[which[i]];
    for (uint32_t j = 0; j < operand->order; j++) {
      const image_level_t *from = &operand->levels[j];
      flaash_level_t *to = &levels[i][j];
      to->first = FLAASH_IMAGE + from->first;
      to->second = from->second ? FLAASH_IMAGE + from->second : 0;
      to->extent = from->extent;
      to->count = from->count;
      to->kind = from->kind;
    }
  }
  memset(&descriptor, 0, sizeof descriptor);
  descriptor.order_a = image->operands[which[0]].order;
  descriptor.order_b = image->operands[which[1]].order;
  descriptor.a = levels[0];
  descriptor.b = levels[1];
  descriptor.format = image->format;
  descriptor.flags = FLAASH_INTERRUPT;
  descriptor.results = results;
  descriptor.capacity = RESULT_BYTES;
  descriptor.tag = number;
  return flaash_submit(&chip, &descriptor);
}

/* Records begin with the numbers of their fibers; these are unique. */
static int compare_records(const void *left, const void *right)
{
  const uint32_t *a = left, *b = right;
  if (a[0] != b[0]) {
    return a[0] < b[0] ? -1 : 1;
  }
  return a[1] < b[1] ? -1 : a[1] > b[1];
}

static bool right_results(uint32_t number, const flaash_completion_t *done)
{
  const image_contraction_t *work = &image->contraction[number];
  void *records = (void *)result_address(number);

  FAIL_UNLESS(done->code == FLAASH_ERR_NONE);
  FAIL_UNLESS(done->tag == number);
  FAIL_UNLESS(done->results == work->results);
  FAIL_UNLESS(done->written == work->results * image->record_bytes);
  flush_cpu_dcache();
  qsort(records, work->results, image->record_bytes, compare_records);
  FAIL_UNLESS(memcmp(records, (const char *)image + work->expected, (uint32_t)done->written) == 0);
  return true;
}

static bool round_of_all(const char *name, wait_function *wait)
{
  flaash_completion_t done;

  for (uint32_t i = 0; i < CONTRACTIONS; i++) {
    FAIL_UNLESS(submit(i, result_address(i)) == FLAASH_OK);
  }
  FAIL_UNLESS(submit(0, result_address(0)) == FLAASH_FULL);
  flaash_doorbell(&chip);
  for (uint32_t i = 0; i < CONTRACTIONS; i++) {
    FAIL_UNLESS(wait(&done) == FLAASH_OK);
    if (!right_results(i, &done)) {
      return false;
    }
    printf("| %-9s | %c x %c | %7lu | %8lu | %8lu | %9lu | %10lu |\n", name, (char)('A' + image->contraction[i].a),
           (char)('A' + image->contraction[i].b), (unsigned long)done.results, (unsigned long)done.cycles,
           (unsigned long)done.computing, (unsigned long)done.read, (unsigned long)done.written);
  }
  return true;
}

/* The second of three descriptors has a buffer at an address that is no multiple of 64. */
static bool recovers(void)
{
  flaash_completion_t done;
  uint32_t place;

  for (uint32_t i = 0; i < CONTRACTIONS; i++) {
    FAIL_UNLESS(submit(i, result_address(i) + (i == 1 ? 4 : 0)) == FLAASH_OK);
  }
  flaash_doorbell(&chip);
  FAIL_UNLESS(flaash_wait(&chip, &done) == FLAASH_OK);
  if (!right_results(0, &done)) {
    return false;
  }
  FAIL_UNLESS(flaash_wait(&chip, &done) == FLAASH_OK);
  FAIL_UNLESS(done.code == FLAASH_ERR_ALIGN && done.tag == 1 && done.place == 8);
  FAIL_UNLESS(flaash_wait(&chip, &done) == FLAASH_HALTED);
  FAIL_UNLESS(flaash_error(&chip, &place) == FLAASH_ERR_ALIGN && place == 8);
  FAIL_UNLESS(flaash_reset(&chip) == FLAASH_OK);
  printf("| refused: ErrAlign at byte 8 of the descriptor, then a reset                 |\n");
  return true;
}

static bool all(void)
{
  FAIL_UNLESS(image->magic == IMAGE_MAGIC && image->contractions == CONTRACTIONS);
  FAIL_UNLESS(FLAASH_IMAGE + image->bytes <= RING && RING + SLOTS * FLAASH_SLOT_BYTES <= RESULTS);
  for (uint32_t i = 0; i < CONTRACTIONS; i++) {
    FAIL_UNLESS(image->contraction[i].results * image->record_bytes <= RESULT_BYTES);
  }
  FAIL_UNLESS(flaash_open(&chip, &platform, RING, SLOTS, POLLS) == FLAASH_OK);
  irq_attach(FLAASH0_INTERRUPT, on_interrupt);
  irq_setmask(irq_getmask() | (1u << FLAASH0_INTERRUPT));
  flaash0_ev_enable_write(1);

  printf("| wait      | pair  | results |   cycles | computed | bytes read | written    |\n");
  if (!round_of_all("interrupt", wait_by_interrupt)) {
    return false;
  }
  FAIL_UNLESS(interrupts >= 1);
  flaash0_ev_enable_write(0);
  return round_of_all("polling", wait_by_polling) && recovers() && round_of_all("recovered", wait_by_polling);
}

int main(void)
{
  irq_setmask(0);
  irq_setie(1);
  uart_init();
  if (all()) {
    printf("PASSED\n");
  }
  uart_sync();
#ifdef CSR_SIMULATION_BASE
  simulation_finish_write(1);
#endif
  for (;;) {
  }
}
