/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only user of libarchive: its filters, with the "raw" format that is one file without a name.
   Magic numbers: RFC 1952, the .xz file format 1.0.4, RFC 8878, bzip2's manual. */
#include "trace/input/decompress.h"

#include "base/bytes.h"
#include "base/crc.h"

#include <archive.h>
#include <stdbool.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RAW_BYTES 65536

struct decompress {
	struct archive *archive;
	struct source *source;
	const char *kind;
	struct err source_err;
	bool source_failed, empty, at_end;
	uint64_t taken;  /* bytes of the compressed data that were read */
	uint32_t crc;    /* of the contents so far, for gzip */
	uint32_t size;   /* of them, modulo 2^32 as gzip counts */
	unsigned heads;  /* places that look like the start of a gzip member */
	uint8_t tail[8]; /* the last bytes of the compressed data */
	uint8_t raw[RAW_BYTES];
};

const char *decompress_kind(const uint8_t *bytes, size_t len)
{
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

	if (len >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8)
		return "gzip";
	if (len >= sizeof(xz) && memcmp(bytes, xz, sizeof(xz)) == 0)
		return "xz";
	if (len >= sizeof(zstd) && memcmp(bytes, zstd, sizeof(zstd)) == 0)
		return "zstd";
	if (len >= 4 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9')
		return "bzip2";
	return NULL;
}

static bool is_head(const uint8_t *p)
{
	return p[0] == 0x1f && p[1] == 0x8b && p[2] == 8;
}

/* Counts what may be gzip members: in the bytes that came, and where they meet those before. */
static void count_heads(struct decompress *d, size_t got)
{
	uint8_t seam[4];
	const uint8_t *at = d->raw, *end = d->raw + got;

	memcpy(seam, d->tail + sizeof(d->tail) - 2, 2);
	memcpy(seam + 2, d->raw, got < 2 ? got : 2);
	for (size_t i = 0; i + 3 <= 2 + (got < 2 ? got : 2); i++)
		d->heads += is_head(seam + i);
	while (end - at >= 3 && (at = memchr(at, 0x1f, (size_t)(end - at - 2))) != NULL)
		d->heads += is_head(at++);
}

/* Keeps the last bytes that came: a gzip file ends with the checksum of its contents. */
static void keep_tail(struct decompress *d, size_t got)
{
	size_t stay = got < sizeof(d->tail) ? sizeof(d->tail) - got : 0;

	memmove(d->tail, d->tail + sizeof(d->tail) - stay, stay);
	memcpy(d->tail + stay, d->raw + got - (sizeof(d->tail) - stay), sizeof(d->tail) - stay);
}

static la_ssize_t read_raw(struct archive *archive, void *opaque, const void **bytes)
{
	struct decompress *d = opaque;
	long got = source_read(d->source, d->raw, RAW_BYTES, &d->source_err);

	*bytes = d->raw;
	if (got > 0)
		d->taken += (uint64_t)got;
	if (got > 0)
		count_heads(d, (size_t)got);
	if (got > 0)
		keep_tail(d, (size_t)got);
	if (got >= 0)
		return got;
	d->source_failed = true;
	archive_set_error(archive, 5, "cannot read");
	return ARCHIVE_FATAL;
}

/* How far libarchive got; it does not say of a filter that failed. */
static uint64_t place_of(const struct decompress *d)
{
	int64_t at = archive_filter_bytes(d->archive, -1);

	return at >= 0 && (uint64_t)at < d->taken ? (uint64_t)at : d->taken;
}

static int failed(const struct decompress *d, struct err *err)
{
	const char *why = archive_error_string(d->archive);

	if (d->source_failed) {
		*err = d->source_err;
		return -1;
	}
	return err_set(err, "byte %" PRIu64 " of the %s data: damaged or cut off (%s)", place_of(d), d->kind,
		       why ? why : "no reason given");
}

static int start(struct decompress *d, struct err *err)
{
	struct archive_entry *entry;
	int rc;

	if (archive_read_support_filter_gzip(d->archive) < ARCHIVE_WARN ||
	    archive_read_support_filter_xz(d->archive) < ARCHIVE_WARN ||
	    archive_read_support_filter_zstd(d->archive) < ARCHIVE_WARN ||
	    archive_read_support_filter_bzip2(d->archive) < ARCHIVE_WARN ||
	    archive_read_support_format_raw(d->archive) < ARCHIVE_WARN)
		return err_set(err, "this libarchive cannot read %s data", d->kind);
	if (archive_read_open(d->archive, d, NULL, read_raw, NULL) != ARCHIVE_OK)
		return failed(d, err);
	rc = archive_read_next_header(d->archive, &entry);
	d->empty = rc == ARCHIVE_EOF;
	return rc == ARCHIVE_OK || rc == ARCHIVE_EOF ? 0 : failed(d, err);
}

int decompress_open(struct decompress **result, struct source *source, const char *kind, struct err *err)
{
	struct decompress *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_nomem(err);
	d->source = source;
	d->kind = kind;
	d->crc = UINT32_MAX;
	d->archive = archive_read_new();
	if (d->archive == NULL)
		err_nomem(err);
	if (d->archive == NULL || start(d, err) != 0) {
		decompress_close(d);
		return -1;
	}
	*result = d;
	return 0;
}

uint64_t decompress_taken(const struct decompress *d)
{
	return d->taken;
}

void decompress_close(struct decompress *d)
{
	if (d == NULL)
		return;
	if (d->archive != NULL)
		archive_read_free(d->archive);
	free(d);
}

/* libarchive does not look at gzip's checksum.  In a file of several members the last one's is not that
   of the whole, and nothing can be said; nor where it has gone on to what is compressed in the compressed data,
   whose checksum is not that of what came out. */
static int check_gzip(const struct decompress *d, struct err *err)
{
	if (strcmp(d->kind, "gzip") != 0 || archive_filter_count(d->archive) > 2 ||
	    (le32(d->tail + 4) != d->size && d->heads > 1) ||
	    (le32(d->tail) == (d->crc ^ UINT32_MAX) && le32(d->tail + 4) == d->size))
		return 0;
	return err_set(err,
		       "byte %" PRIu64
		       " of the gzip data: damaged or cut off (the checksum of its contents is wrong)",
		       place_of(d) < 8 ? 0 : place_of(d) - 8);
}

long decompress_read(struct decompress *d, void *buf, size_t len, struct err *err)
{
	la_ssize_t got;

	if (d->empty || d->at_end)
		return 0;
	got = archive_read_data(d->archive, buf, len);
	if (got < 0)
		return failed(d, err);
	d->at_end = got == 0;
	d->size += (uint32_t)got;
	if (strcmp(d->kind, "gzip") == 0)
		d->crc = crc32_update(d->crc, buf, (size_t)got);
	return d->at_end && check_gzip(d, err) != 0 ? -1 : (long)got;
}
