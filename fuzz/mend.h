/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checksums put right, so that what a mutation has changed is looked at and not refused before. */
#ifndef FUZZ_MEND_H
#define FUZZ_MEND_H

#include <stddef.h>
#include <stdint.h>

/* Of what begins in the sector at this byte of a disk: GPT, LVM's labels, metadata headers and texts, thin pools, md's
   superblocks, ext's superblocks with group descriptors and inodes, the journal's superblock. */
void mend_at(uint8_t *disk, size_t size, size_t at);

#endif
