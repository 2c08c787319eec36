/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLAASH_HOST_H
#define FLAASH_HOST_H

#include "flaash_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Contract the matrix and the vector of docs/descriptors.md, several times, with an error in between.
   Returns 0, or the number of the line that found something wrong. */
int flaash_host(const flaash_platform_t *platform, uint64_t memory, uint32_t polls);

#ifdef __cplusplus
}
#endif

#endif
