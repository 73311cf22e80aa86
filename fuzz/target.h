/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fuzz targets share.  A target is one function, as libFuzzer has it; fuzz/run.c calls it without
   libFuzzer. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The one file that inputs are put into, with these bytes (zeroes for NULL) and no others; its path. */
const char *target_file(const void *data, size_t size);
const char *target_path(void);
void target_write(uint64_t offset, const void *data, size_t size);

/* The first bytes of the file in memory, to be changed there. */
uint8_t *target_map(size_t size);
void target_unmap(uint8_t *bytes, size_t size);

#endif
