/* SPDX-License-Identifier: Apache-2.0 */
#include "flaash_driver.h"

#include <stddef.h>
#include <string.h>

#include "flaash_regs.h"

#define REGISTER(name) ((uint32_t)offsetof(flaash_t, name))

#define CHIP_ID 0x464c5348u
#define CHIP_VERSION 1u /* major */
#define MIN_SLOTS 2u
#define MAX_SLOTS 65536u
#define MAGIC_AT (FLAASH_COMPLETION_BYTES - 4u)

static uint32_t read_register(const flaash_device_t *device, uint32_t offset)
{
  return device->platform->read_register(device->platform->context, offset);
}

static void write_register(const flaash_device_t *device, uint32_t offset, uint32_t value)
{
  device->platform->write_register(device->platform->context, offset, value);
}

/* Words in memory are little-endian on every host. */
static void put32(uint8_t *bytes, uint32_t value)
{
  for (unsigned i = 0; i < 4; i++) {
    bytes[i] = (uint8_t)(value >> (8 * i));
  }
}

static void put64(uint8_t *bytes, uint64_t value)
{
  put32(bytes, (uint32_t)value);
  put32(bytes + 4, (uint32_t)(value >> 32));
}

static uint32_t get32(const uint8_t *bytes)
{
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t get64(const uint8_t *bytes)
{
  return (uint64_t)get32(bytes) | (uint64_t)get32(bytes + 4) << 32;
}

static uint64_t slot_address(const flaash_device_t *device, uint32_t slot)
{
  return device->ring + (uint64_t)slot * FLAASH_SLOT_BYTES;
}

static uint32_t following(const flaash_device_t *device, uint32_t slot)
{
  return slot + 1 == device->slots ? 0 : slot + 1;
}

enum flaash_result flaash_open(flaash_device_t *device, const flaash_platform_t *platform, uint64_t ring,
                               uint32_t slots, uint32_t polls)
{
  if (slots < MIN_SLOTS || slots > MAX_SLOTS || ring % FLAASH_SLOT_BYTES != 0 ||
      UINT64_MAX - ring < (uint64_t)slots * FLAASH_SLOT_BYTES - 1) {
    return FLAASH_BAD_ARGUMENT;
  }
  device->platform = platform;
  device->ring = ring;
  device->slots = slots;
  device->polls = polls;
  if (read_register(device, REGISTER(id)) != CHIP_ID ||
      read_register(device, REGISTER(version)) >> 16 != CHIP_VERSION) {
    return FLAASH_WRONG_CHIP;
  }
  device->format = read_register(device, REGISTER(format));
  return flaash_reset(device);
}

enum flaash_result flaash_reset(flaash_device_t *device)
{
  device->first = 0;
  device->tail = 0;
  write_register(device, REGISTER(control), FLAASH__CONTROL__SOFT_RESET_bm);
  /* The reset waits for outstanding bursts, so with a memory that never responds it never ends. */
  for (uint32_t poll = 0; read_register(device, REGISTER(status)) & FLAASH__STATUS__BUSY_bm; poll++) {
    if (poll == device->polls) {
      return FLAASH_TIMEOUT;
    }
  }
  write_register(device, REGISTER(irq_status), UINT32_MAX);
  write_register(device, REGISTER(ring_base), (uint32_t)device->ring);
  write_register(device, REGISTER(ring_base_high), (uint32_t)(device->ring >> 32));
  write_register(device, REGISTER(ring_size), device->slots);
  write_register(device, REGISTER(dma_irq_enable),
                 FLAASH__DMA_IRQ_ENABLE__DONE_bm | FLAASH__DMA_IRQ_ENABLE__ERROR_bm);
  return FLAASH_OK;
}

static uint8_t *put_levels(uint8_t *bytes, const flaash_level_t *levels, uint32_t order)
{
  for (uint32_t i = 0; i < order; i++, bytes += FLAASH_LEVEL_BYTES) {
    put64(bytes, levels[i].first);
    put64(bytes + 8, levels[i].second);
    put32(bytes + 16, levels[i].extent);
    put32(bytes + 20, levels[i].count);
    put32(bytes + 24, levels[i].kind);
    put32(bytes + 28, 0);
  }
  return bytes;
}

/* Report whether even the average fiber of A has more portions than the chip has engines. Then each fiber of B is read
   again and again: the cycles grow with the product of both lengths. */
static int portion_is_slow(const flaash_device_t *device, const flaash_descriptor_t *descriptor)
{
  const flaash_level_t *leaf = &descriptor->a[descriptor->order_a - 1];
  const uint64_t fibers = descriptor->order_a > 1 ? leaf[-1].count : 1;
  const uint64_t portion = descriptor->portion;

  if (portion == 0 || portion >= leaf->count || fibers >= leaf->count) {
    return 0;
  }
  return portion * fibers < leaf->count / read_register(device, REGISTER(num_sdpe));
}

static int kinds_are_right(const flaash_level_t *levels, uint32_t order)
{
  for (uint32_t i = 0; i < order; i++) {
    const uint32_t loose = i + 2 == order ? FLAASH_LEVEL_LOOSE : 0;
    if (levels[i].kind & ~(i + 1 == order ? FLAASH_LEVEL_NARROW : FLAASH_LEVEL_DENSE | loose)) {
      return 0;
    }
  }
  return 1;
}

#define BOTH_LAYOUTS (FLAASH_LAYOUT_ROWS | FLAASH_LAYOUT_DENSE)
#define PITCH_UNIT 64u
#define MOST_COLUMNS 0x100000000ull /* as many as a coordinate has values */
#define MOST_SHORT 0x10000u

static uint64_t aligned(uint64_t bytes)
{
  return (bytes + FLAASH_ARRAY_ALIGN - 1) / FLAASH_ARRAY_ALIGN * FLAASH_ARRAY_ALIGN;
}

/* Bytes of a result, by the format and its flags. */
static uint32_t value_bytes(uint32_t format, uint32_t flags)
{
  const int narrow = (flags & FLAASH_NARROW_RESULTS) != 0;

  switch (format) {
  case FLAASH_FORMAT_BF16:
    return narrow ? 2 : 4;
  case FLAASH_FORMAT_INT8:
    return narrow ? 1 : 4;
  case FLAASH_FORMAT_INT16:
    return narrow ? 2 : 8;
  default:
    return 4;
  }
}

enum flaash_result flaash_place_rows(flaash_descriptor_t *descriptor, uint64_t address, uint64_t *bytes, uint32_t pitch,
                                     flaash_tensor_t *result)
{
  const uint32_t a = descriptor->order_a, b = descriptor->order_b;
  const uint64_t given = *bytes;
  uint64_t columns = 1, elements, rows, val, crd;
  int is_short;

  *bytes = 0;
  if (a < 2 || a > FLAASH_MAX_ORDER || b < 1 || b > FLAASH_MAX_ORDER || pitch % PITCH_UNIT != 0 ||
      address % FLAASH_ARRAY_ALIGN != 0) {
    return FLAASH_BAD_ARGUMENT;
  }
  for (uint32_t i = 0; i + 1 < b; i++) {
    columns *= descriptor->b[i].extent;
    if (columns == 0 || columns > MOST_COLUMNS) {
      return FLAASH_BAD_ARGUMENT;
    }
  }
  if (pitch == 0) {
    const uint64_t whole = (columns + PITCH_UNIT - 1) / PITCH_UNIT * PITCH_UNIT;
    if (whole > UINT32_MAX) {
      return FLAASH_BAD_ARGUMENT;
    }
    pitch = (uint32_t)whole;
  }
  rows = descriptor->a[a - 2].count;
  elements = rows * pitch;
  if (elements > UINT32_MAX) {
    return FLAASH_BAD_ARGUMENT;
  }
  is_short = columns <= MOST_SHORT;
  val = aligned(elements * value_bytes(descriptor->format, descriptor->flags));
  crd = aligned(elements * (is_short ? 2u : 4u));
  *bytes = val + crd + aligned(8 * rows);
  if (*bytes > given) {
    return FLAASH_BAD_ARGUMENT;
  }
  descriptor->flags &= ~(BOTH_LAYOUTS | FLAASH_SHORT_CRD);
  descriptor->flags |= FLAASH_LAYOUT_ROWS | (is_short ? FLAASH_SHORT_CRD : 0);
  descriptor->results = address;
  descriptor->capacity = val;
  descriptor->crd = address + val;
  descriptor->pos = address + val + crd;
  descriptor->pitch = pitch;

  result->order = a;
  memcpy(result->levels, descriptor->a, a * sizeof *result->levels);
  result->levels[a - 2].first = descriptor->pos;
  result->levels[a - 2].kind |= FLAASH_LEVEL_LOOSE;
  result->levels[a - 1].first = descriptor->crd;
  result->levels[a - 1].second = address;
  result->levels[a - 1].extent = (uint32_t)columns;
  result->levels[a - 1].count = (uint32_t)elements;
  result->levels[a - 1].kind = is_short ? FLAASH_LEVEL_NARROW : 0;
  return FLAASH_OK;
}

/* Results of fp32 can't be narrowed, and only narrow integers are shifted. */
static int finish_is_right(const flaash_descriptor_t *descriptor)
{
  const int narrow = (descriptor->flags & FLAASH_NARROW_RESULTS) != 0;
  const int integer = descriptor->format == FLAASH_FORMAT_INT8 || descriptor->format == FLAASH_FORMAT_INT16;

  if (narrow && descriptor->format == FLAASH_FORMAT_FP32) {
    return 0;
  }
  return descriptor->shift == 0 || (narrow && integer && descriptor->shift <= FLAASH_MOST_SHIFT);
}

enum flaash_result flaash_submit(flaash_device_t *device, const flaash_descriptor_t *descriptor)
{
  uint8_t bytes[FLAASH_HEAD_BYTES + 2 * FLAASH_MAX_ORDER * FLAASH_LEVEL_BYTES];
  const uint8_t no_magic[4] = {0, 0, 0, 0};
  const flaash_platform_t *platform = device->platform;
  const uint64_t slot = slot_address(device, device->tail);
  const uint32_t a = descriptor->order_a, b = descriptor->order_b;
  uint8_t *end;

  if (a < 1 || a > FLAASH_MAX_ORDER || b < 1 || b > FLAASH_MAX_ORDER || descriptor->format != device->format ||
      (descriptor->flags & ~FLAASH_ALL_FLAGS) != 0 || (descriptor->flags & BOTH_LAYOUTS) == BOTH_LAYOUTS || !kinds_are_right(descriptor->a, a) ||
      !kinds_are_right(descriptor->b, b) || !finish_is_right(descriptor)) {
    return FLAASH_BAD_ARGUMENT;
  }
  if (portion_is_slow(device, descriptor)) {
    return FLAASH_BAD_ARGUMENT;
  }
  if (following(device, device->tail) == device->first) {
    return FLAASH_FULL;
  }
  put32(bytes, FLAASH_DESCRIPTOR_MAGIC);
  put32(bytes + 4, a | b << 4 | descriptor->format << 8 | descriptor->flags);
  put64(bytes + 8, descriptor->results);
  put64(bytes + 16, descriptor->capacity);
  put32(bytes + 24, descriptor->run_length);
  put32(bytes + 28, descriptor->portion);
  put32(bytes + 32, descriptor->long_lines);
  put32(bytes + 36, descriptor->tag);
  put32(bytes + 40, descriptor->shift);
  put32(bytes + 44, descriptor->pitch);
  put64(bytes + 48, descriptor->crd);
  put64(bytes + 56, descriptor->pos);
  end = put_levels(put_levels(bytes + FLAASH_HEAD_BYTES, descriptor->a, a), descriptor->b, b);

  platform->write_memory(platform->context, slot, bytes, (uint32_t)(end - bytes));
  /* A record of the previous round would look like this descriptor's. */
  platform->write_memory(platform->context, slot + FLAASH_COMPLETION_AT + MAGIC_AT, no_magic, sizeof no_magic);
  device->tail = following(device, device->tail);
  return FLAASH_OK;
}

void flaash_doorbell(const flaash_device_t *device)
{
  write_register(device, REGISTER(ring_tail), device->tail);
}

enum flaash_result flaash_collect(flaash_device_t *device, flaash_completion_t *completion)
{
  uint8_t bytes[FLAASH_COMPLETION_BYTES];
  const flaash_platform_t *platform = device->platform;
  uint32_t head, halted, code, place;

  /* An error moves the head and halts the queue in one cycle. So with this order all up to the head is complete
     without an error, or the queue is seen to be halted; then the head does not move any more. */
  head = read_register(device, REGISTER(ring_head));
  halted = read_register(device, REGISTER(dma_status)) & FLAASH__DMA_STATUS__HALTED_bm;
  if (halted) {
    head = read_register(device, REGISTER(ring_head));
  }
  if (head == device->first) {
    return halted ? FLAASH_HALTED : FLAASH_PENDING;
  }
  platform->read_memory(platform->context, slot_address(device, device->first) + FLAASH_COMPLETION_AT, bytes,
                        sizeof bytes);
  completion->code = get32(bytes);
  completion->place = get32(bytes + 4);
  completion->tag = get32(bytes + 8);
  completion->results = get64(bytes + 16);
  completion->written = get64(bytes + 24);
  completion->cycles = get64(bytes + 32);
  completion->computing = get64(bytes + 40);
  completion->read = get64(bytes + 48);
  completion->rows = get32(bytes + 56);
  device->first = following(device, device->first);
  if (halted && head == device->first) {
    /* The failed descriptor, unless the ring failed. Memory may have refused the record, so the registers count. */
    code = flaash_error(device, &place);
    if (code != FLAASH_ERR_RING) {
      completion->code = code;
      completion->place = place;
    }
  }
  return FLAASH_OK;
}

enum flaash_result flaash_wait(flaash_device_t *device, flaash_completion_t *completion)
{
  for (uint32_t poll = 0; poll <= device->polls; poll++) {
    enum flaash_result result = flaash_collect(device, completion);
    if (result != FLAASH_PENDING) {
      return result;
    }
  }
  return FLAASH_TIMEOUT;
}

uint32_t flaash_interrupts(const flaash_device_t *device)
{
  uint32_t pending = read_register(device, REGISTER(dma_irq_status));
  write_register(device, REGISTER(dma_irq_status), pending);
  return pending;
}

uint32_t flaash_error(const flaash_device_t *device, uint32_t *place)
{
  *place = read_register(device, REGISTER(dma_place));
  return read_register(device, REGISTER(dma_error));
}
