/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The records of a log: found by their magic number, which no other unit can begin with, for there stands a
   cycle; and where the newest whole ones end. */
#include "layout/xfs/log.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/size.h"
#include "layout/space.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0xfeedbabe
#define VERSION_2 2u
#define CYCLES_BYTES 32768u /* of payload that a header unit has cycle words for */
#define CYCLES (CYCLES_BYTES / XLOG_UNIT)
#define RECORD_MAX (1u << 20)
#define READ_UNITS 2048u
#define IN_FLIGHT 16 /* records that may have been on their way when the machine stopped, and more */
#define HEADER_CRC_LEN 328
#define HEADER_CRC_LEN_32 324 /* as 32-bit machines lay the header out */
#define EXTRA_CRC_LEN 260
#define OP_UNMOUNT 0x20

static uint32_t header_units(const uint8_t *header)
{
	uint32_t size = be32(header + 320);

	if ((be32(header + 8) & VERSION_2) == 0 || size <= CYCLES_BYTES || size > RECORD_MAX)
		return 1;
	return (size + CYCLES_BYTES - 1) / CYCLES_BYTES;
}

static bool parse(const struct xlog *log, const uint8_t *header, uint32_t at, const uint8_t uuid[16],
		  struct xlog_record *record)
{
	*record = (struct xlog_record){
	    .lsn = be64(header + 16),
	    .tail = be64(header + 24),
	    .at = at,
	    .headers = header_units(header),
	    .len = be32(header + 12),
	    .crc = le32(header + 32),
	    .operations = be32(header + 40),
	    .big_endian = be32(header + 300) != 1,
	};
	return be32(header) == MAGIC && memcmp(header + 304, uuid, 16) == 0 && (uint32_t)record->lsn == at &&
	       record->lsn >> 32 == be32(header + 4) && record->len > 0 && record->len <= RECORD_MAX &&
	       record->len % XLOG_UNIT == 0 && record->len / XLOG_UNIT / CYCLES <= record->headers &&
	       xlog_record_units(record) <= log->units;
}

static int compare_records(const void *left, const void *right)
{
	const struct xlog_record *a = left, *b = right;

	return a->lsn < b->lsn ? -1 : a->lsn > b->lsn;
}

static int find_records(struct xlog *log, const uint8_t uuid[16], struct err *err)
{
	uint8_t *buf = malloc((size_t)READ_UNITS * XLOG_UNIT);
	struct xlog_record record;
	struct err why;
	int result = 0;

	if (buf == NULL)
		return err_nomem(err);
	for (uint32_t at = 0, n; at < log->units && result == 0; at += n) {
		n = log->units - at < READ_UNITS ? log->units - at : READ_UNITS;
		if (space_read_below(log->space, (log->start + at) << SECTOR_SHIFT, buf,
				     (size_t)n * XLOG_UNIT, &why) != 0)
			continue;
		for (uint32_t i = 0; i < n && result == 0; i++)
			if (be32(buf + (size_t)i * XLOG_UNIT) == MAGIC &&
			    parse(log, buf + (size_t)i * XLOG_UNIT, at + i, uuid, &record) &&
			    account_memory(log->account, sizeof(record)) &&
			    VEC_PUSH(&log->records, record) != 0)
				result = err_nomem(err);
	}
	free(buf);
	if (log->records.n > 1)
		qsort(log->records.at, log->records.n, sizeof(record), compare_records);
	return result;
}

/* Reads units of the ring. */
static bool read_units(const struct xlog *log, uint32_t at, uint32_t n, uint8_t *buf)
{
	uint32_t before = log->units - at < n ? log->units - at : n;
	struct err why;

	return space_read_below(log->space, (log->start + at) << SECTOR_SHIFT, buf,
				(size_t)before * XLOG_UNIT, &why) == 0 &&
	       (before == n ||
		space_read_below(log->space, log->start << SECTOR_SHIFT, buf + (size_t)before * XLOG_UNIT,
				 (size_t)(n - before) * XLOG_UNIT, &why) == 0);
}

static uint32_t checksum(const struct xlog_record *record, const uint8_t *units, size_t header_len)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c_update(~UINT32_C(0), units, 32);
	/* The headers that the payload needs, of those that there is room for. */
	uint32_t headers = (record->len + CYCLES_BYTES - 1) / CYCLES_BYTES;

	crc = crc32c_update(crc, zero, 4);
	crc = crc32c_update(crc, units + 36, header_len - 36);
	for (uint32_t i = 1; i < headers && i < record->headers; i++)
		crc = crc32c_update(crc, units + (size_t)i * XLOG_UNIT, EXTRA_CRC_LEN);
	return ~crc32c_update(crc, units + (size_t)record->headers * XLOG_UNIT, record->len);
}

/* All its units carry its cycle, or the next one behind the ring's end; the sum, where there is one, fits. */
static bool is_whole(const struct xlog *log, const struct xlog_record *record, const uint8_t *units)
{
	uint32_t cycle = (uint32_t)(record->lsn >> 32);

	for (uint32_t i = record->headers; i < xlog_record_units(record); i++)
		if (be32(units + (size_t)i * XLOG_UNIT) != cycle + (record->at + i >= log->units))
			return false;
	return !log->checked || record->crc == 0 || checksum(record, units, HEADER_CRC_LEN) == record->crc ||
	       checksum(record, units, HEADER_CRC_LEN_32) == record->crc;
}

bool xlog_payload(const struct xlog *log, const struct xlog_record *record, uint8_t **payload)
{
	uint32_t n = xlog_record_units(record);
	uint8_t *units = malloc((size_t)n * XLOG_UNIT);

	*payload = NULL;
	if (units == NULL || !read_units(log, record->at, n, units) || !is_whole(log, record, units)) {
		free(units);
		return false;
	}
	for (uint32_t i = 0; i < record->len / XLOG_UNIT; i++) {
		const uint8_t *header = units + (size_t)(i / CYCLES) * XLOG_UNIT;
		const uint8_t *word = header + (i < CYCLES ? 44 : 4) + 4 * (size_t)(i % CYCLES);

		memcpy(units + (size_t)(record->headers + i) * XLOG_UNIT, word, 4);
	}
	memmove(units, units + (size_t)record->headers * XLOG_UNIT, record->len);
	*payload = units;
	return true;
}

static bool check(const struct xlog *log, struct xlog_record *record)
{
	uint8_t *payload;

	if (!xlog_payload(log, record, &payload))
		return false;
	record->unmount = record->operations == 1 && record->len >= 12 && (payload[9] & OP_UNMOUNT) != 0;
	free(payload);
	return true;
}

static bool follows(const struct xlog *log, const struct xlog_record *before,
		    const struct xlog_record *record)
{
	return (before->at + xlog_record_units(before)) % log->units == record->at;
}

/* The newest record before which nothing is missing among those that may have been on their way; n for none. */
static size_t find_head(struct xlog *log)
{
	const struct xlog_record *newest = &log->records.at[log->records.n - 1];
	size_t n = log->records.n, head = n - 1, first = n > IN_FLIGHT ? n - IN_FLIGHT : 0;

	for (size_t i = n; i-- > first && (i == n - 1 || log->records.at[i].lsn >= newest->tail);)
		if (!check(log, &log->records.at[i]))
			head = i > 0 ? i - 1 : n;
		else if (i > first && log->records.at[i].lsn > newest->tail &&
			 !follows(log, &log->records.at[i - 1], &log->records.at[i]))
			head = i - 1;
	return head < n && check(log, &log->records.at[head]) ? head : n;
}

static void find_active(struct xlog *log)
{
	const struct xlog_record *records = log->records.at;
	size_t i;

	log->head = log->records.n == 0 ? 0 : find_head(log);
	log->tail = log->head;
	log->torn = log->head == log->records.n && log->head > 0;
	if (log->head == log->records.n)
		return;
	log->clean = records[log->head].unmount;
	if (log->clean)
		return;
	for (i = log->head; i > 0 && records[i].lsn > records[log->head].tail; i--)
		if (!follows(log, &records[i - 1], &records[i]))
			break;
	log->tail = i;
	log->torn = records[i].lsn != records[log->head].tail;
}

int xlog_read(struct xlog *log, const uint8_t uuid[16], struct err *err)
{
	if (find_records(log, uuid, err) != 0)
		return -1;
	find_active(log);
	return 0;
}

void xlog_free(struct xlog *log)
{
	VEC_FREE(&log->records);
}
