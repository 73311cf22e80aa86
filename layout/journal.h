/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a block of a file system's journal holds, in the contract's words. */
#ifndef LAYOUT_JOURNAL_H
#define LAYOUT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

/* The words of the contract's journal.type. */
enum log_type {
	LOG_SUPERBLOCK,
	LOG_DESCRIPTOR,
	LOG_DATA, /* a copy of the block `target` */
	LOG_REVOKE,
	LOG_COMMIT,
	LOG_FAST_COMMIT,
	LOG_UNUSED,
	LOG_MAP,    /* not of the log: a block of the journal inode's own block map */
	LOG_RECORD, /* XFS: a record's header */
	LOG_ITEMS,  /* XFS: of a record, items that have no home, or whose home is not known */
	LOG_TYPES,
};

const char *log_type_name(enum log_type type);

struct log_block {
	uint64_t target;
	uint32_t tid;
	uint64_t lsn;   /* XFS: of the record, cycle << 32 | unit */
	uint16_t items; /* XFS: that begin there; in a header, the record's operations */
	uint8_t type;   /* enum log_type */
	bool has_tid, has_lsn;
	bool stale; /* of a transaction that a replay would not look at */
	bool wrong; /* its checksum is: descriptors, revoke and commit blocks, superblock */
};

#endif
