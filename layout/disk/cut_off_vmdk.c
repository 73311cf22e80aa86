/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks through the grain tables of a vmdk file for the places that they name, or, where it is a text, at the
   files that it names.  Facts: VMware's "Virtual Disk Format 1.1" and QEMU block/vmdk.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/disk/cut_off.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ZEROED_GRAINS = 4, COMPRESSED = 0x10000 };
#define GRAIN_MAX (1u << 20)          /* sectors */
#define TABLE_MAX 512                 /* entries, as in QEMU */
#define TABLES_BYTES_MAX (256u << 20) /* of a file with more tables, only the first are looked through */
#define TEXT_MAX 65536                /* bytes of a descriptor; QEMU's bound is 1 MiB */
#define AT_END UINT64_MAX

struct vmdk {
	const struct cut_off *file;
	uint64_t capacity, grain; /* sectors */
	uint32_t per_table, flags;
	uint64_t last, last_lba; /* the last grain that was met: where in the file, of the disk */
};

static int check_table(struct vmdk *vmdk, uint64_t number, uint32_t sector, struct err *err)
{
	uint8_t table[4 * TABLE_MAX];
	uint64_t at = (uint64_t)sector << SECTOR_SHIFT, len = 4 * (uint64_t)vmdk->per_table;

	if (at + len > vmdk->file->bytes)
		return cut_off_at(vmdk->file->bytes, at, err);
	if (pread(vmdk->file->fd, table, len, (off_t)at) != (ssize_t)len)
		return 0;
	for (uint32_t i = 0; i < vmdk->per_table; i++) {
		uint32_t grain = le32(table + 4 * (size_t)i);

		if (grain <= vmdk->last || (grain == 1 && (vmdk->flags & ZEROED_GRAINS)))
			continue;
		vmdk->last = grain;
		vmdk->last_lba = (number * vmdk->per_table + i) * vmdk->grain;
	}
	return 0;
}

/* The end of the last grain: whole, but at the disk's end; a compressed one says how long it is. */
static int check_last(const struct vmdk *vmdk, struct err *err)
{
	uint64_t at = vmdk->last << SECTOR_SHIFT, bytes = vmdk->file->bytes;
	uint64_t left = vmdk->last_lba < vmdk->capacity ? vmdk->capacity - vmdk->last_lba : 0;
	uint64_t len = (left < vmdk->grain ? left : vmdk->grain) << SECTOR_SHIFT;
	uint8_t marker[12];

	if (vmdk->last == 0)
		return 0;
	if (vmdk->flags & COMPRESSED)
		len = pread(vmdk->file->fd, marker, sizeof(marker), (off_t)at) == (ssize_t)sizeof(marker)
			  ? sizeof(marker) + (uint64_t)le32(marker + 8)
			  : sizeof(marker);
	return at + len > bytes ? cut_off_at(bytes, at < bytes ? bytes : at, err) : 0;
}

static int check_tables(struct vmdk *vmdk, uint64_t directory, struct err *err)
{
	uint64_t covered = vmdk->grain * vmdk->per_table, bytes = vmdk->file->bytes;
	uint64_t n = (vmdk->capacity + covered - 1) / covered, at = directory << SECTOR_SHIFT;
	uint8_t *entries;

	if (n > TABLES_BYTES_MAX / (4 * (uint64_t)vmdk->per_table))
		n = TABLES_BYTES_MAX / (4 * (uint64_t)vmdk->per_table);
	if (directory > bytes >> SECTOR_SHIFT || at + 4 * n > bytes)
		return cut_off_at(bytes, at, err);
	entries = malloc(4 * n + 1);
	if (entries == NULL)
		return err_nomem(err);
	if (pread(vmdk->file->fd, entries, 4 * n, (off_t)at) != (ssize_t)(4 * n))
		n = 0;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t sector = le32(entries + 4 * i);

		if (sector != 0 && check_table(vmdk, i, sector, err) != 0) {
			free(entries);
			return -1;
		}
	}
	free(entries);
	return check_last(vmdk, err);
}

/* The value of a line `key="value"`; false when there is none. */
static bool read_value(const char *text, const char *key, char *value, size_t len)
{
	const char *at = strstr(text, key);
	const char *end;

	if (at == NULL)
		return false;
	at += strlen(key);
	end = strchr(at, '"');
	if (end == NULL || end == at || (size_t)(end - at) >= len)
		return false;
	snprintf(value, len, "%.*s", (int)(end - at), at);
	return true;
}

/* RW 4192256 SPARSE "disk-s001.vmdk" */
static int check_extent(const struct cut_off *file, const char *line, struct err *err)
{
	char type[10], name[512];
	uint64_t sectors, offset = 0;
	struct cut_off_next next = {.what = "extent", .name = name};

	if (sscanf(line, "%*4s %" SCNu64 " %9s \"%511[^\"\r\n]\" %" SCNu64, &sectors, type, name, &offset) <
		3 ||
	    sectors > UINT64_MAX >> (SECTOR_SHIFT + 1) || offset > UINT64_MAX >> (SECTOR_SHIFT + 1))
		return 0;
	next.is_raw = strcmp(type, "FLAT") == 0 || strcmp(type, "VMFS") == 0;
	if (!next.is_raw && strcmp(type, "SPARSE") != 0)
		return 0;
	next.least = next.is_raw ? (offset + sectors) << SECTOR_SHIFT : 0;
	return cut_off_follow(file, &next, err);
}

static int check_extents(const struct cut_off *file, const char *text, struct err *err)
{
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if ((strncmp(line, "RW ", 3) == 0 || strncmp(line, "RDONLY ", 7) == 0) &&
		    check_extent(file, line, err) != 0)
			return -1;
	}
	return 0;
}

/* A descriptor; that of a sparse file names no other extents. */
static int check_text(const struct cut_off *file, uint64_t offset, uint64_t len, bool has_extents,
		      struct err *err)
{
	char *text = calloc(1, TEXT_MAX + 1);
	char name[1024];
	struct cut_off_next next = {.what = "parent", .name = name, .may_be_short = true};
	ssize_t got;
	int result = 0;

	if (text == NULL)
		return err_nomem(err);
	got = pread(file->fd, text, len < TEXT_MAX ? len : TEXT_MAX, (off_t)offset);
	if (got > 0 && has_extents)
		result = check_extents(file, text, err);
	if (got > 0 && result == 0 && read_value(text, "parentFileNameHint=\"", name, sizeof(name)))
		result = cut_off_follow(file, &next, err);
	free(text);
	return result;
}

int cut_off_vmdk(const struct cut_off *file, struct err *err)
{
	struct vmdk vmdk = {.file = file};
	uint8_t head[SECTOR_SIZE];
	uint64_t directory, text;

	if (pread(file->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return 0;
	if (memcmp(head, "KDMV", 4) != 0)
		return check_text(file, 0, TEXT_MAX, true, err);
	directory = le64(head + 56);
	/* A stream has its directory at its end, where a copy of the header says where. */
	if (directory == AT_END &&
	    (file->bytes < 1536 ||
	     pread(file->fd, head, sizeof(head), (off_t)(file->bytes - 1024)) != (ssize_t)sizeof(head) ||
	     memcmp(head, "KDMV", 4) != 0))
		return err_set(err, "is cut off: what should stand at its end is not there");
	directory = le64(head + 56);
	vmdk.flags = le32(head + 8);
	vmdk.capacity = le64(head + 12);
	vmdk.grain = le64(head + 20);
	vmdk.per_table = le32(head + 44);
	/* What else is wrong with it, QEMU will say. */
	if (vmdk.grain == 0 || vmdk.grain > GRAIN_MAX || vmdk.per_table == 0 || vmdk.per_table > TABLE_MAX ||
	    vmdk.capacity > UINT64_MAX >> (SECTOR_SHIFT + 1))
		return 0;
	if (check_tables(&vmdk, directory, err) != 0)
		return -1;
	text = le64(head + 28);
	return text == 0 || text > file->bytes >> SECTOR_SHIFT
		   ? 0
		   : check_text(file, text << SECTOR_SHIFT, le64(head + 36) << SECTOR_SHIFT, false, err);
}
