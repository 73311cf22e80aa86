/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel calls rwbs: the letters for a request's operation and flags ("WFS", "RA", "FF"). */
#ifndef TRACE_FORMATS_RWBS_H
#define TRACE_FORMATS_RWBS_H

#include "trace/access.h"

#include <stddef.h>
#include <stdint.h>

/* Sets op and flags.  1, 0 for an operation that is no access (opening, closing or finishing a zone, a
   driver's own), -1 for letters that are no rwbs.  Where the operation depends on it, `sectors` is looked
   at. */
int rwbs_parse(const char *text, size_t len, uint64_t sectors, struct access *access);

/* Operations as people, QEMU, NBD and databases write them: read, R, r, rd, write, W, discard, trim,
   unmap, zero, write_zeroes, flush, sync ..., else as rwbs.  As rwbs_parse. */
int op_word_parse(const char *text, size_t len, uint64_t sectors, struct access *access);

/* The sectors of a request whose trace states so many: resets of zones are told without their length. */
static inline uint64_t rwbs_sectors(const struct access *access, uint64_t sectors)
{
	return sectors == 0 && (access->flags & ACCESS_RESET) != 0 ? 1 : sectors;
}

/* A SCSI operation code (SBC-4): as rwbs_parse; those that move no data to or from the medium are no
   access. */
int scsi_opcode_parse(uint8_t opcode, struct access *access);

#endif
