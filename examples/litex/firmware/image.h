/* SPDX-License-Identifier: Apache-2.0 */
/* The image of two operands and their contractions, as tools/litex/image.py writes it. Offsets count from its first
   byte, which is at a multiple of 64. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC 0x474d4946u
#define IMAGE_MAX_ORDER 8

typedef struct {
  uint32_t first, second; /* offsets of the arrays; a dense level has no second */
  uint32_t extent, count;
  uint32_t kind;
} image_level_t;

typedef struct {
  uint32_t order;
  image_level_t levels[IMAGE_MAX_ORDER];
} image_operand_t;

typedef struct {
  uint32_t a, b;     /* numbers of the operands */
  uint32_t results;
  uint32_t expected; /* offset of the records, in ascending order */
} image_contraction_t;

typedef struct {
  uint32_t magic;
  uint32_t bytes;
  uint32_t format;
  uint32_t record_bytes;
  uint32_t contractions;
  uint32_t reserved[3];
  image_operand_t operands[2];
  image_contraction_t contraction[];
} image_t;

#endif
