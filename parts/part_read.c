/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part from the bytes of its file. Parts come from other machines: whatever makes no sense is an error. */
#include "analyzer/counter_pack.h"
#include "base/crc.h"
#include "parts/part.h"
#include "parts/part_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOT_A_PART "is not a part as blkmap analyze --partial writes it"

struct reader {
	struct unpack bytes;
	struct part *part;
	bool short_of_memory;
};

static const char *text(struct reader *reader)
{
	const char *string;

	reader->short_of_memory |= unpack_pooled(&reader->bytes, &reader->part->about.strings, &string) != 0;
	return string ? string : "";
}

static const char *optional(struct reader *reader)
{
	const char *string;

	reader->short_of_memory |=
	    unpack_optional(&reader->bytes, &reader->part->about.strings, &string) != 0;
	return string;
}

static void read_about(struct reader *reader)
{
	struct results *about = &reader->part->about;
	struct results_trace *trace = &about->trace;
	struct unpack *bytes = &reader->bytes;
	uint32_t n;

	trace->file = text(reader);
	trace->format = text(reader);
	trace->event = optional(reader);
	trace->relative_to = optional(reader);
	trace->identity = optional(reader);
	about->derived = optional(reader);
	trace->sectors = unpack_number(bytes);
	trace->all = unpack_u8(bytes) != 0;
	trace->marked = unpack_u8(bytes) != 0;
	trace->windows = unpack_number(bytes);
	trace->stray_ons = unpack_number(bytes);
	trace->stray_offs = unpack_number(bytes);
	trace->outside = unpack_number(bytes);
	about->disk.file = optional(reader);
	about->disk.sectors = unpack_number(bytes);
	about->disk.base_sectors = unpack_number(bytes);
	about->disk.identity = optional(reader);
	about->unit_sectors = unpack_number(bytes);
	n = unpack_count(bytes, 4);
	for (uint32_t i = 0; i < n; i++)
		reader->short_of_memory |= VEC_PUSH(&about->fit_warnings, text(reader)) != 0;
	n = unpack_count(bytes, 4);
	for (uint32_t i = 0; i < n; i++)
		reader->short_of_memory |= VEC_PUSH(&about->trace_notes, text(reader)) != 0;
	n = unpack_count(bytes, 4);
	for (uint32_t i = 0; i < n; i++)
		reader->short_of_memory |= VEC_PUSH(&about->disk_notes, text(reader)) != 0;
}

static int read_statistics(struct reader *reader, struct err *err)
{
	struct part *part = reader->part;
	uint32_t n = unpack_count(&reader->bytes, 5);

	for (uint32_t i = 0; i < n && !reader->bytes.bad; i++) {
		const char *name = text(reader);
		const struct statistic *statistic = statistic_ask(name, err);

		if (statistic == NULL || statistic->unpack == NULL || part->nstatistics == STATISTICS_MAX) {
			statistic_unask(statistic);
			return err_set(err, "holds the statistic '%.40s', which is not known", name);
		}
		part->statistics[part->nstatistics++] = statistic;
	}
	if (part->nstatistics < COUNTED_OWN || part->statistics[0] != &statistic_usage ||
	    part->statistics[1] != &statistic_alignment)
		reader->bytes.bad = true;
	return 0;
}

static void read_counts(struct reader *reader, struct part_counts *counts)
{
	struct unpack *bytes = &reader->bytes;

	counts->accesses = unpack_number(bytes);
	counts->past = unpack_number(bytes);
	counts->beyond = unpack_number(bytes);
	counts->elsewhere = unpack_number(bytes);
	for (unsigned i = 0; i < reader->part->nstatistics; i++) {
		uint64_t n = unpack_u64(bytes);

		counts->of[i] = (struct part_bytes){unpack_bytes(bytes, n), n};
	}
}

static void read_atoms(struct reader *reader, struct part_atoms *atoms)
{
	struct unpack *bytes = &reader->bytes;
	uint32_t n = unpack_count(bytes, 6);

	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		struct part_atom atom = {.access = access_blank()};

		atom.access.op = unpack_u8(bytes);
		atom.access.start = unpack_number(bytes);
		atom.access.count = unpack_number(bytes);
		if (atom.access.op >= ACCESS_OPS)
			bytes->bad = true;
		read_counts(reader, &atom.counts);
		reader->short_of_memory |= VEC_PUSH(&atoms->list, atom) != 0;
	}
}

/* There is one at least. */
static void read_sources(struct reader *reader)
{
	struct unpack *bytes = &reader->bytes;
	uint32_t n = unpack_count(bytes, 13);

	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		struct part_source source = {.file = text(reader)};

		source.digest = unpack_u64(bytes);
		source.size = unpack_number(bytes);
		reader->short_of_memory |= VEC_PUSH(&reader->part->sources, source) != 0;
	}
	bytes->bad |= n == 0;
}

static int read_part(struct reader *reader, struct err *err)
{
	struct part *part = reader->part;
	struct unpack *bytes = &reader->bytes;

	text(reader); /* the program */
	part->alone = unpack_u8(bytes) != 0;
	part->on = unpack_u8(bytes) != 0;
	part->number = unpack_u32(bytes);
	part->last = unpack_u32(bytes);
	part->of = unpack_u32(bytes);
	if (part->number > part->last || part->last > part->of || (part->number == 0) != (part->of == 0))
		bytes->bad = true;
	read_sources(reader);
	part->machine = text(reader);
	part->machine_told = unpack_u8(bytes) != 0;
	read_about(reader);
	if (read_statistics(reader, err) != 0)
		return -1;
	read_counts(reader, &part->body);
	if (part->alone) {
		read_counts(reader, &part->head);
		read_atoms(reader, &part->lead);
		read_atoms(reader, &part->mark);
		read_atoms(reader, &part->tail);
	}
	if (reader->short_of_memory)
		return err_nomem(err);
	return bytes->bad || bytes->at != bytes->end ? err_set(err, NOT_A_PART) : 0;
}

static int wrong_version(uint64_t version, struct err *err)
{
	return err_set(err, "is a part of version %" PRIu64 "; %d is known: make it anew with this blkmap",
		       version, PART_VERSION);
}

/* Versions 1 and 2 were JSON; 0 where it is neither. */
static unsigned json_version(const char *bytes, size_t len)
{
	static const char begin[] = "{\"blkmap_part\":";
	size_t at = sizeof(begin) - 1;

	return len > at && memcmp(bytes, begin, at) == 0 && (bytes[at] == '1' || bytes[at] == '2')
		   ? (unsigned)(bytes[at] - '0')
		   : 0;
}

bool part_begins(const char *bytes, size_t len)
{
	return len >= sizeof(PART_MAGIC) - 1 && memcmp(bytes, PART_MAGIC, sizeof(PART_MAGIC) - 1) == 0;
}

size_t part_first(const char *bytes, size_t len)
{
	struct unpack head = {.at = (const uint8_t *)bytes + PART_LENGTH_AT,
			      .end = (const uint8_t *)bytes + len};
	uint64_t length;

	if (len < PART_HEAD_BYTES || memcmp(bytes, PART_MAGIC, sizeof(PART_MAGIC) - 1) != 0)
		return len;
	length = unpack_u64(&head);
	return length >= PART_HEAD_BYTES && length < len && len - length >= sizeof(PART_MAGIC) - 1 &&
		       memcmp(bytes + length, PART_MAGIC, sizeof(PART_MAGIC) - 1) == 0
		   ? (size_t)length
		   : len;
}

bool part_goes_on(const char *bytes, size_t len)
{
	size_t at = 0, magic = sizeof(PART_MAGIC) - 1;

	while (len - at >= PART_HEAD_BYTES) {
		struct unpack head = {.at = (const uint8_t *)bytes + at + PART_LENGTH_AT,
				      .end = (const uint8_t *)bytes + len};
		uint64_t length = unpack_u64(&head);

		if (memcmp(bytes + at, PART_MAGIC, magic) != 0 || length < PART_HEAD_BYTES)
			return false;
		if (len - at <= length)
			return true;
		at += length;
	}
	return memcmp(bytes + at, PART_MAGIC, len - at < magic ? len - at : magic) == 0;
}

static int check_frame(const char *bytes, size_t len, struct err *err)
{
	struct unpack head = {.at = (const uint8_t *)bytes + sizeof(PART_MAGIC) - 1,
			      .end = (const uint8_t *)bytes + len};
	uint32_t version;
	uint64_t length;

	if (json_version(bytes, len) != 0)
		return wrong_version(json_version(bytes, len), err);
	if (len < PART_HEAD_BYTES || memcmp(bytes, PART_MAGIC, sizeof(PART_MAGIC) - 1) != 0)
		return err_set(err, NOT_A_PART);
	version = unpack_u32(&head);
	length = unpack_u64(&head);
	if (version != PART_VERSION)
		return wrong_version(version, err);
	if (length != len)
		return err_set(err,
			       "is cut off or goes on behind its end: it says that it has %" PRIu64
			       " bytes, and has %zu",
			       length, len);
	if (len < PART_HEAD_BYTES + PART_CRC_BYTES)
		return err_set(err, NOT_A_PART);
	head = (struct unpack){(const uint8_t *)bytes + len - PART_CRC_BYTES, (const uint8_t *)bytes + len,
			       false};
	if (unpack_u32(&head) != (uint32_t)~crc32c_update(UINT32_MAX, bytes, len - PART_CRC_BYTES))
		return err_set(err, "is damaged: its checksum is wrong");
	return 0;
}

int part_read(struct part *part, const char *bytes, size_t len, struct err *err)
{
	struct reader reader = {.part = part};
	int status;

	memset(part, 0, sizeof(*part));
	part->owns_statistics = true;
	if (check_frame(bytes, len, err) != 0)
		return -1;
	reader.bytes = (struct unpack){.at = (const uint8_t *)bytes + PART_HEAD_BYTES,
				       .end = (const uint8_t *)bytes + len - PART_CRC_BYTES};
	status = read_part(&reader, err);
	if (status != 0)
		part_done(part);
	return status;
}
