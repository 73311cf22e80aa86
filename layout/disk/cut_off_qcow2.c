/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks through the tables of a qcow2 file for the places that they name, and goes on in its backing file.
   Facts: QEMU docs/interop/qcow2.txt. */
#include "base/bytes.h"
#include "layout/disk/cut_off.h"

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
	bool has_data_file;
	uint64_t last; /* where the last cluster begins that was met */
};

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
static int check_second(struct qcow2 *q, uint64_t offset, uint8_t *table, struct err *err)
{
	size_t len = (size_t)1 << q->cluster_bits;

	if (offset >= q->bytes)
		return cut_off_at(q->bytes, offset, err);
	memset(table, 0, len);
	if (pread(q->fd, table, len, (off_t)offset) < 0)
		return 0;
	for (size_t at = 0; at < len; at += q->entry_bytes) {
		uint64_t data = entry_offset(q, be64(table + at));

		if (data >= q->bytes && !q->has_data_file)
			return cut_off_at(q->bytes, data, err);
		q->last = data > q->last ? data : q->last;
	}
	return 0;
}

static int check_first(struct qcow2 *q, const uint8_t *table, uint32_t n, struct err *err)
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

#define EXTENSION_BACKING_FORMAT 0xe2792aca
#define EXTENSION_DATA_FILE 0x44415441
#define NAME_BYTES 1024

/* Copies the text of a header extension; false when there is none of that type. */
static bool read_extension(int fd, uint32_t header_bytes, uint32_t type, char *text, size_t len)
{
	uint64_t at = header_bytes;
	uint8_t head[8];

	/* Extensions lie in the first cluster, which has at most 2 MiB. */
	while (at < 2u << 20 && read_all(fd, head, sizeof(head), at) && be32(head) != 0) {
		uint32_t bytes = be32(head + 4);

		if (be32(head) == type && bytes < len && read_all(fd, text, bytes, at + 8)) {
			text[bytes] = '\0';
			return true;
		}
		at += 8 + (((uint64_t)bytes + 7) & ~UINT64_C(7));
	}
	return false;
}

static int check_backing(const struct cut_off *file, const uint8_t *head, uint32_t header_bytes,
			 struct err *err)
{
	uint64_t offset = be64(head + 8);
	uint32_t bytes = be32(head + 16);
	char name[NAME_BYTES], format[32] = "";
	struct cut_off_next next = {
	    .what = "backing file", .name = name, .least = be64(head + 24), .may_be_short = true};

	if (offset == 0 || bytes >= sizeof(name) || !read_all(file->fd, name, bytes, offset))
		return 0;
	name[bytes] = '\0';
	read_extension(file->fd, header_bytes, EXTENSION_BACKING_FORMAT, format, sizeof(format));
	next.is_raw = strcmp(format, "raw") == 0;
	return cut_off_follow(file, &next, err);
}

/* With a data file, only the tables are in the file itself. */
static int check_data(const struct cut_off *file, uint32_t header_bytes, uint64_t least, struct err *err)
{
	char name[NAME_BYTES];
	struct cut_off_next next = {.what = "data file", .name = name, .is_raw = true, .least = least};

	if (!read_extension(file->fd, header_bytes, EXTENSION_DATA_FILE, name, sizeof(name)))
		return 0;
	return cut_off_follow(file, &next, err);
}

static int check_tables(struct qcow2 *q, uint64_t offset, uint32_t n, struct err *err)
{
	uint8_t *table;
	int result;

	if (n > 0 && (offset > q->bytes || 8 * (uint64_t)n > q->bytes - offset))
		return cut_off_at(q->bytes, offset, err);
	table = calloc((size_t)n + 1, 8);
	if (table == NULL)
		return err_nomem(err);
	result = read_all(q->fd, table, 8 * (size_t)n, offset) ? check_first(q, table, n, err) : 0;
	free(table);
	return result;
}

int cut_off_qcow2(const struct cut_off *file, struct err *err)
{
	struct qcow2 q = {.fd = file->fd, .bytes = file->bytes, .entry_bytes = 8};
	uint32_t n, version, header_bytes;
	uint8_t head[104] = {0};
	uint64_t features;

	if (pread(file->fd, head, sizeof(head), 0) < 72)
		return 0;
	version = be32(head + 4);
	features = version >= 3 ? be64(head + 72) : 0;
	header_bytes = version >= 3 ? be32(head + 100) : 72;
	q.cluster_bits = be32(head + 20);
	n = be32(head + 36);
	/* What else is wrong with it, QEMU will say. */
	if (q.cluster_bits < 9 || q.cluster_bits > 21 || n > L1_ENTRIES_MAX)
		return 0;
	if (features & QCOW2_EXTENDED_L2)
		q.entry_bytes = 16;
	q.has_data_file = (features & QCOW2_DATA_FILE) != 0;
	if (check_tables(&q, be64(head + 40), n, err) != 0)
		return -1;
	if (q.has_data_file && check_data(file, header_bytes, q.last + 1, err) != 0)
		return -1;
	return check_backing(file, head, header_bytes, err);
}
