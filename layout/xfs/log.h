/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log of an XFS file system.  It is a ring of units of 512 bytes.  A record is a header and what follows
   it; the first four bytes of each unit are the cycle, and the header keeps what belongs there.  Its payload
   is a row of operations, which are parts of the regions of transactions; regions make items.  Headers are
   big-endian, items have the byte order of the machine that wrote them.  Facts: "XFS Algorithms & Data
   Structures" (XFS documentation, 3rd edition), the chapter on the journaling log. */
#ifndef LAYOUT_XFS_LOG_H
#define LAYOUT_XFS_LOG_H

#include "base/account.h"
#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;

#define XLOG_UNIT 512u

struct xlog_record {
	uint64_t lsn, tail; /* cycle << 32 | unit */
	uint32_t at;        /* unit of its header */
	uint32_t headers;   /* units of headers */
	uint32_t len;       /* bytes of payload, whole units */
	uint32_t crc;       /* as stored */
	uint32_t operations;
	bool big_endian, unmount;
};

struct xlog {
	const struct space *space; /* that it lies in */
	uint64_t start;            /* its first sector there */
	uint32_t units;
	bool checked; /* records carry checksums */
	struct account *account;
	VEC(struct xlog_record) records; /* by LSN, each LSN once */
	size_t tail, head; /* what is to be replayed: records[tail .. head]; head is n where there is none */
	bool clean;        /* the head says that nothing is to be replayed */
	bool torn;         /* something between them is missing or wrong */
};

/* Finds the records of a file system's log, and what of them a mount would replay.  0, or -1. */
int xlog_read(struct xlog *log, const uint8_t uuid[16], struct err *err);
void xlog_free(struct xlog *log);

/* Units of a record, headers and payload. */
static inline uint32_t xlog_record_units(const struct xlog_record *record)
{
	return record->headers + record->len / XLOG_UNIT;
}

/* Reads a record's payload as it was before the cycles were put in, record->len bytes in *payload (to be
   freed); false where it cannot be read or its checksum is wrong. */
bool xlog_payload(const struct xlog *log, const struct xlog_record *record, uint8_t **payload);

/* --- items (log_items.c) --- */

enum xlog_item_type {
	XLOG_INODE = 0x123b,
	XLOG_BUFFER = 0x123c,
	XLOG_DQUOT = 0x123d,
	XLOG_ICREATE = 0x123f,
};

struct xlog_region {
	const uint8_t *bytes;
	uint32_t len;
};

/* An item of a committed transaction; its first region says what the others are. */
struct xlog_item {
	uint16_t type;
	uint64_t lsn; /* of the record that its transaction begins in */
	const struct xlog_region *regions;
	size_t n;
};

/* What goes through a log is told of these; either may be NULL.  -1 ends the walk. */
struct xlog_visitor {
	void *context;
	bool lenient; /* goes on behind what makes no sense */
	/* The items of a transaction that has been committed. */
	int (*commit)(void *context, const struct xlog_item *items, size_t n);
	/* A piece of an item: of a record, bytes [at, at + len) of its payload.  `head` is what is known of the
	   item's first region. */
	int (*piece)(void *context, const struct xlog_record *record, size_t at, size_t len, uint16_t type,
		     const struct xlog_region *head, bool begins);
};

/* Goes through records [from, to].  0; 1 where something makes no sense, which ends it; -1 without memory. */
int xlog_walk(const struct xlog *log, size_t from, size_t to, const struct xlog_visitor *visitor);

/* --- what items say --- */

struct xlog_buffer {
	uint16_t flags;
	uint64_t sector; /* in the file system */
	uint32_t sectors;
	const uint8_t *map; /* a bit for each 128 bytes that is logged */
	uint32_t words;
};

#define XLOG_BUFFER_INODES 0x1u
#define XLOG_BUFFER_CANCEL 0x2u
#define XLOG_BUFFER_QUOTA 0x1cu

bool xlog_parse_buffer(const struct xlog_region *region, struct xlog_buffer *buffer);

struct xlog_inode {
	uint32_t fields;
	uint64_t number, sector;
	uint32_t sectors, offset; /* of the buffer that it lies in, and bytes into that */
};

#define XLOG_INODE_DATA 0x0eu /* any form of the data fork */
#define XLOG_INODE_DATA_ROOT 0x8u
#define XLOG_INODE_ATTR 0x1c0u
#define XLOG_INODE_ATTR_ROOT 0x100u

bool xlog_parse_inode(const struct xlog_region *region, struct xlog_inode *inode);

/* Puts what an item says of an inode over the `size` bytes of it; false, and they are as good as lost, where it
   makes no sense (log_inode.c). */
bool xlog_put_inode(const struct xlog_item *item, const struct xlog_inode *format, bool v5, uint8_t *inode,
		    size_t size);

#endif
