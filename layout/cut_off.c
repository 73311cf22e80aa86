/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks through the tables of a qcow2 or vdi file for the places that they name. */
#include "layout/cut_off.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OFFSET_MASK UINT64_C(0x00fffffffffffe00)
#define COMPRESSED (UINT64_C(1) << 62)
#define L1_ENTRIES_MAX (1u << 22)     /* QEMU's own bound: 32 MiB */
#define TABLES_BYTES_MAX (256u << 20) /* of a file with more tables, only the first are looked through */
enum { QCOW2_DATA_FILE = 4, QCOW2_EXTENDED_L2 = 16 };

struct qcow2 {
	int fd;
	uint64_t bytes;
	uint32_t cluster_bits, entry_bytes;
};

static int cut(uint64_t bytes, uint64_t needed, struct err *err)
{
	return err_set(err, "is cut off: it has %" PRIu64 " bytes, and something lies at byte %" PRIu64,
		       bytes, needed);
}

/* Reads all of a range; false when it is not all there. */
static bool read_all(int fd, void *buf, size_t len, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, buf, len, (off_t)offset) == (ssize_t)len;
}

/* Where an entry of a second table has its data; 0 for nowhere. */
static uint64_t entry_offset(const struct qcow2 *q, uint64_t entry)
{
	if (entry & COMPRESSED)
		return entry & ((UINT64_C(1) << (62 - (q->cluster_bits - 8))) - 1);
	return entry & OFFSET_MASK;
}

/* The last cluster of the file need not be whole: what was never written of it is not there. */
static int check_second(const struct qcow2 *q, uint64_t offset, uint8_t *table, struct err *err)
{
	size_t len = (size_t)1 << q->cluster_bits;

	if (offset >= q->bytes)
		return cut(q->bytes, offset, err);
	memset(table, 0, len);
	if (pread(q->fd, table, len, (off_t)offset) < 0)
		return 0;
	for (size_t at = 0; at < len; at += q->entry_bytes)
		if (entry_offset(q, be64(table + at)) >= q->bytes)
			return cut(q->bytes, entry_offset(q, be64(table + at)), err);
	return 0;
}

static int check_first(const struct qcow2 *q, const uint8_t *table, uint32_t n, struct err *err)
{
	uint8_t *second = malloc((size_t)1 << q->cluster_bits);
	uint64_t left = TABLES_BYTES_MAX >> q->cluster_bits;
	int result = 0;

	if (second == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < n && left > 0 && result == 0; i++) {
		uint64_t offset = be64(table + 8 * (size_t)i) & OFFSET_MASK;

		if (offset == 0)
			continue;
		result = check_second(q, offset, second, err);
		left--;
	}
	free(second);
	return result;
}

static int check_qcow2(int fd, uint64_t bytes, struct err *err)
{
	uint8_t head[104] = {0}, *table;
	struct qcow2 q = {.fd = fd, .bytes = bytes, .entry_bytes = 8};
	uint64_t features, offset;
	uint32_t n;
	int result;

	if (pread(fd, head, sizeof(head), 0) < 72)
		return 0;
	features = be32(head + 4) >= 3 ? be64(head + 72) : 0;
	q.cluster_bits = be32(head + 20);
	n = be32(head + 36);
	offset = be64(head + 40);
	/* What else is wrong with it, QEMU will say. */
	if (q.cluster_bits < 9 || q.cluster_bits > 21 || n > L1_ENTRIES_MAX || (features & QCOW2_DATA_FILE))
		return 0;
	if (features & QCOW2_EXTENDED_L2)
		q.entry_bytes = 16;
	if (n > 0 && (offset > bytes || 8 * (uint64_t)n > bytes - offset))
		return cut(bytes, offset, err);
	table = calloc((size_t)n + 1, 8);
	if (table == NULL)
		return err_nomem(err);
	result = read_all(fd, table, 8 * (size_t)n, offset) ? check_first(&q, table, n, err) : 0;
	free(table);
	return result;
}

static int check_vdi(int fd, uint64_t bytes, struct err *err)
{
	uint8_t head[512] = {0};
	uint64_t needed;

	if (pread(fd, head, sizeof(head), 0) < 0x188)
		return 0;
	needed = le32(head + 0x158) + (uint64_t)le32(head + 0x178) * le32(head + 0x184);
	return needed > bytes ? cut(bytes, needed - 1, err) : 0;
}

int cut_off_check(int fd, const char *format, uint64_t bytes, struct err *err)
{
	if (strcmp(format, "qcow2") == 0)
		return check_qcow2(fd, bytes, err);
	return strcmp(format, "vdi") == 0 ? check_vdi(fd, bytes, err) : 0;
}
