/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a log's records to the items of its transactions.  Several transactions are written at once, each
   known by its number; a region that does not fit into a record goes on in the next one. */
#include "layout/xfs/log.h"

#include "base/bytes.h"
#include "base/size.h"

#include <stdlib.h>
#include <string.h>

#define OP_LEN 12
#define OP_START 0x01
#define OP_COMMIT 0x02
#define OP_CONTINUED 0x08 /* it goes on with what another record began */
#define OP_UNMOUNT 0x20
#define CLIENT_LOG 0xaa
#define MAGIC 0x5452414e /* of a transaction's header, its first region */
#define REGION_MAX (16u << 20)

struct part {
	size_t at; /* in the transaction's bytes */
	uint32_t len;
};

struct transaction {
	uint32_t id;
	uint64_t lsn;
	VEC(struct part) parts;
	uint8_t *bytes;
	size_t used, cap;
	uint32_t left;  /* regions of the item that is being read */
	size_t item;    /* its first part */
	uint64_t spent; /* taken of the account */
};

struct walk {
	const struct xlog *log;
	const struct xlog_visitor *visitor;
	VEC(struct transaction) open;
};

static void transaction_free(const struct xlog *log, struct transaction *transaction)
{
	account_give_back(log->account, transaction->spent);
	VEC_FREE(&transaction->parts);
	free(transaction->bytes);
}

static struct transaction *find(struct walk *walk, uint32_t id)
{
	for (size_t i = 0; i < walk->open.n; i++)
		if (walk->open.at[i].id == id)
			return &walk->open.at[i];
	return NULL;
}

static void forget(struct walk *walk, struct transaction *transaction)
{
	transaction_free(walk->log, transaction);
	*transaction = walk->open.at[--walk->open.n];
}

static int start(struct walk *walk, uint32_t id, uint64_t lsn)
{
	struct transaction *old = find(walk, id), new = {.id = id, .lsn = lsn};

	if (old != NULL)
		forget(walk, old);
	return VEC_PUSH(&walk->open, new);
}

static int add_bytes(struct walk *walk, struct transaction *transaction, const uint8_t *bytes, uint32_t len)
{
	size_t cap = transaction->used + len + 4096;

	if (transaction->used + len > transaction->cap) {
		uint8_t *grown;

		cap += cap / 2;
		if (!account_memory(walk->log->account, cap - transaction->cap))
			return 1;
		transaction->spent += cap - transaction->cap;
		grown = realloc(transaction->bytes, cap);
		if (grown == NULL)
			return -1;
		transaction->bytes = grown;
		transaction->cap = cap;
	}
	if (len > 0)
		memcpy(transaction->bytes + transaction->used, bytes, len);
	transaction->used += len;
	return 0;
}

/* Adds a region, or goes on with the last one.  Regions begin at multiples of 8. */
static int add_part(struct walk *walk, struct transaction *transaction, const uint8_t *bytes, uint32_t len,
		    bool continued)
{
	static const uint8_t zero[8];
	int result;

	if (continued && transaction->parts.n > 0) {
		struct part *last = &transaction->parts.at[transaction->parts.n - 1];

		if (last->len > REGION_MAX)
			return 1;
		last->len += len;
		return add_bytes(walk, transaction, bytes, len);
	}
	if (continued)
		return 1;
	result = add_bytes(walk, transaction, zero, (uint32_t)(-transaction->used & 7));
	if (result == 0)
		result = VEC_PUSH(&transaction->parts, (struct part){transaction->used, len});
	return result != 0 ? result : add_bytes(walk, transaction, bytes, len);
}

static struct xlog_region region_of(const struct transaction *transaction, size_t part)
{
	return (struct xlog_region){transaction->bytes + transaction->parts.at[part].at,
				    transaction->parts.at[part].len};
}

/* Splits the regions into items; how many, or 0 where they make no sense. */
static size_t split(const struct transaction *transaction, const struct xlog_region *regions,
		    struct xlog_item *items)
{
	size_t n = 0, all = transaction->parts.n;

	for (size_t i = 1; i < all;) {
		uint16_t size = regions[i].len >= 4 ? le16(regions[i].bytes + 2) : 0;

		if (size == 0 || size > all - i)
			return 0;
		items[n++] = (struct xlog_item){
		    .type = le16(regions[i].bytes),
		    .lsn = transaction->lsn,
		    .regions = &regions[i],
		    .n = size,
		};
		i += size;
	}
	return n;
}

static int commit(struct walk *walk, struct transaction *transaction)
{
	size_t n = transaction->parts.n, found;
	struct xlog_region *regions;
	struct xlog_item *items;
	int result = -1;

	if (walk->visitor->commit == NULL || n <= 1)
		return 0;
	regions = calloc(n, sizeof(*regions));
	items = calloc(n, sizeof(*items));
	if (regions != NULL && items != NULL) {
		for (size_t i = 0; i < n; i++)
			regions[i] = region_of(transaction, i);
		found = split(transaction, regions, items);
		result = found == 0 ? 1 : walk->visitor->commit(walk->visitor->context, items, found);
	}
	free(regions);
	free(items);
	return result;
}

/* Which item a region that was added belongs to. */
static void count_region(struct transaction *transaction, bool *begins)
{
	size_t last = transaction->parts.n - 1;
	struct xlog_region region = region_of(transaction, last);

	*begins = false;
	if (last == 0)
		return;
	if (transaction->left == 0) {
		*begins = true;
		transaction->item = last;
		transaction->left = region.len >= 4 ? le16(region.bytes + 2) : 1;
	}
	if (transaction->left > 0)
		transaction->left--;
}

static int tell_piece(struct walk *walk, struct transaction *transaction, const struct xlog_record *record,
		      size_t at, uint32_t len, bool begins)
{
	struct xlog_region head;

	if (walk->visitor->piece == NULL || transaction->item == 0)
		return 0;
	head = region_of(transaction, transaction->item);
	return walk->visitor->piece(walk->visitor->context, record, at, len,
				    head.len >= 4 ? le16(head.bytes) : 0, &head, begins);
}

/* One operation, whose `len` bytes are at `at` of the payload. */
static int take_operation(struct walk *walk, const struct xlog_record *record, const uint8_t *payload,
			  size_t at, uint32_t len)
{
	const uint8_t *op = payload + at - OP_LEN;
	uint8_t flags = op[9];
	struct transaction *transaction;
	bool begins = false, continued = (flags & OP_CONTINUED) != 0;
	int result;

	if (op[8] == CLIENT_LOG || (flags & OP_UNMOUNT) != 0)
		return 0;
	if ((flags & OP_START) != 0)
		return start(walk, be32(op), record->lsn);
	/* One that began before what is looked at. */
	transaction = find(walk, be32(op));
	if (transaction == NULL)
		return 0;
	if ((flags & OP_COMMIT) != 0) {
		result = commit(walk, transaction);
		forget(walk, transaction);
		return result;
	}
	result = add_part(walk, transaction, payload + at, len, continued);
	if (result != 0)
		return result;
	if (!continued)
		count_region(transaction, &begins);
	return tell_piece(walk, transaction, record, at - OP_LEN, len + OP_LEN, begins);
}

static int walk_record(struct walk *walk, const struct xlog_record *record)
{
	uint8_t *payload;
	size_t at = 0;
	int result = 0;

	if (!xlog_payload(walk->log, record, &payload))
		return 1;
	for (uint32_t i = 0; i < record->operations && result == 0; i++) {
		uint32_t len;

		if (record->len - at < OP_LEN || be32(payload + at + 4) > record->len - at - OP_LEN) {
			result = 1;
			break;
		}
		len = be32(payload + at + 4);
		at += OP_LEN;
		result = take_operation(walk, record, payload, at, len);
		at += len;
	}
	free(payload);
	return result;
}

int xlog_walk(const struct xlog *log, size_t from, size_t to, const struct xlog_visitor *visitor)
{
	struct walk walk = {.log = log, .visitor = visitor};
	int result = 0;

	for (size_t i = from; i <= to && i < log->records.n && result == 0; i++) {
		result = log->records.at[i].big_endian ? 1 : walk_record(&walk, &log->records.at[i]);
		if (result > 0 && visitor->lenient) {
			while (walk.open.n > 0)
				forget(&walk, &walk.open.at[walk.open.n - 1]);
			result = 0;
		}
	}
	while (walk.open.n > 0)
		forget(&walk, &walk.open.at[walk.open.n - 1]);
	VEC_FREE(&walk.open);
	return result;
}

bool xlog_parse_buffer(const struct xlog_region *region, struct xlog_buffer *buffer)
{
	if (region->len < 20)
		return false;
	*buffer = (struct xlog_buffer){
	    .flags = le16(region->bytes + 4),
	    .sectors = le16(region->bytes + 6),
	    .sector = le64(region->bytes + 8),
	    .words = le32(region->bytes + 16),
	    .map = region->bytes + 20,
	};
	return buffer->words <= (region->len - 20) / 4;
}

/* 32-bit machines have no padding before the number. */
bool xlog_parse_inode(const struct xlog_region *region, struct xlog_inode *inode)
{
	size_t less = region->len < 56 ? 4 : 0;
	const uint8_t *rest = region->bytes + 16 - less;

	if (region->len < 52)
		return false;
	*inode = (struct xlog_inode){
	    .fields = le32(region->bytes + 4),
	    .number = le64(rest),
	    .sector = le64(rest + 24),
	    .sectors = le32(rest + 32),
	    .offset = le32(rest + 36),
	};
	return true;
}
