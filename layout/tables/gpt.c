/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPT (UEFI specification 2.10, chapter 5): header in logical sector 1, entries wherever it says, and
   a copy of both at the end of the disk.  Either copy serves when the other is damaged.  The logical
   sector size is not recorded: it is the one at which a header is found. */
#include "base/bytes.h"
#include "base/crc.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/tables/gpt_types.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPT_HEADER_MIN 92
#define GPT_ENTRY_MIN 128
#define GPT_ENTRIES_BYTES_MAX (4u << 20)

struct gpt_header {
	uint64_t my_lba, alternate_lba, first_usable, last_usable, entries_lba;
	uint32_t entries, entry_size, entries_crc;
};

struct gpt {
	struct map *map;
	struct space *space;
	uint32_t unit; /* sectors of 512 bytes in a logical sector */
	bool primary_good, backup_good;
	struct gpt_header primary, backup;
	uint64_t backup_lba; /* where the backup was looked for */
};

static const char signature[] = "EFI PART";

static uint32_t crc(const void *data, size_t len)
{
	return ~crc32_update(~UINT32_C(0), data, len);
}

/* Reads and checks a header; false when it is not one. */
static bool read_header(const struct space *space, uint32_t unit, uint64_t lba, struct gpt_header *header)
{
	uint8_t sector[SECTOR_SIZE];
	uint32_t size, sum;
	struct err why;

	if (lba > EXTENT_SECTORS_MAX / unit ||
	    space_read(space, (lba * unit) << SECTOR_SHIFT, sector, sizeof(sector), &why) != 0 ||
	    memcmp(sector, signature, 8) != 0)
		return false;
	size = le32(sector + 12);
	if (size < GPT_HEADER_MIN || size > sizeof(sector))
		return false;
	sum = le32(sector + 16);
	memset(sector + 16, 0, 4);
	if (crc(sector, size) != sum || le64(sector + 24) != lba)
		return false;
	*header = (struct gpt_header){
	    .my_lba = lba,
	    .alternate_lba = le64(sector + 32),
	    .first_usable = le64(sector + 40),
	    .last_usable = le64(sector + 48),
	    .entries_lba = le64(sector + 72),
	    .entries = le32(sector + 80),
	    .entry_size = le32(sector + 84),
	    .entries_crc = le32(sector + 88),
	};
	return header->entry_size >= GPT_ENTRY_MIN && header->entries > 0 &&
	       header->entries <= GPT_ENTRIES_BYTES_MAX / header->entry_size;
}

static uint64_t entries_sectors(const struct gpt *gpt, const struct gpt_header *header)
{
	uint64_t bytes = (uint64_t)header->entries * header->entry_size;
	uint64_t unit_bytes = (uint64_t)gpt->unit << SECTOR_SHIFT;

	return (bytes + unit_bytes - 1) / unit_bytes * gpt->unit;
}

/* The entries of a header in memory of their own; NULL where they are unreadable or their CRC is wrong
   (or, with *err set, without memory). */
static uint8_t *read_entries(const struct gpt *gpt, const struct gpt_header *header)
{
	size_t bytes = (size_t)header->entries * header->entry_size;
	uint8_t *entries;
	struct err why;

	if (header->entries_lba > EXTENT_SECTORS_MAX / gpt->unit)
		return NULL;
	entries = malloc(bytes);
	if (entries == NULL)
		return NULL;
	if (space_read(gpt->space, (header->entries_lba * gpt->unit) << SECTOR_SHIFT, entries, bytes, &why) ==
		0 &&
	    crc(entries, bytes) == header->entries_crc)
		return entries;
	free(entries);
	return NULL;
}

/* A UTF-16LE name as UTF-8; what is no character becomes '?'. */
static void name_to_utf8(const uint8_t *name, size_t units, char *out, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < units && used + 4 < len; i++) {
		uint32_t c = le16(name + 2 * i);

		if (c == 0)
			break;
		if (c >= 0xd800 && c < 0xe000)
			c = '?';
		if (c < 0x80) {
			out[used++] = (char)c;
		} else if (c < 0x800) {
			out[used++] = (char)(0xc0 | c >> 6);
			out[used++] = (char)(0x80 | (c & 0x3f));
		} else {
			out[used++] = (char)(0xe0 | c >> 12);
			out[used++] = (char)(0x80 | (c >> 6 & 0x3f));
			out[used++] = (char)(0x80 | (c & 0x3f));
		}
	}
	out[used] = '\0';
}

static void describe_entry(const uint8_t *entry, char *out, size_t len)
{
	char name[80], type[48];

	gpt_type_name(entry, type, sizeof(type));
	name_to_utf8(entry + 56, 36, name, sizeof(name));
	snprintf(out, len, "%s%s%s", type, name[0] != '\0' ? ", name " : "", name);
}

static int add_entry(struct gpt *gpt, const uint8_t *entry, unsigned number, struct err *err)
{
	uint64_t first = le64(entry + 32), last = le64(entry + 40);
	struct partition partition = {.number = number};

	if (bytes_all_zero(entry, 16))
		return 0;
	if (last < first || last >= EXTENT_SECTORS_MAX / gpt->unit) {
		map_note(gpt->map, gpt->space,
			 "part%u goes from logical sector %" PRIu64 " to %" PRIu64 ", which cannot be",
			 number, first, last);
		return 0;
	}
	partition.start = first * gpt->unit;
	partition.count = (last - first + 1) * gpt->unit;
	describe_entry(entry, partition.about, sizeof(partition.about));
	return ptable_add(gpt->map, gpt->space, &partition, err);
}

static int add_entries(struct gpt *gpt, const struct gpt_header *header, const uint8_t *entries,
		       struct err *err)
{
	for (uint32_t i = 0; i < header->entries; i++)
		if (add_entry(gpt, entries + (size_t)i * header->entry_size, i + 1, err) != 0)
			return -1;
	return 0;
}

static void claim_header(struct gpt *gpt, enum kind kind, uint64_t lba, bool good)
{
	space_claim_as(gpt->space, (struct claim){
				       .start = lba * gpt->unit,
				       .count = gpt->unit,
				       .rank = RANK_STRUCTURE,
				       .kind = kind,
				       .flags = good ? 0 : EXTENT_DAMAGED,
				   });
}

static void claim_entries(struct gpt *gpt, enum kind kind, const struct gpt_header *header, bool good)
{
	if (header->entries_lba > EXTENT_SECTORS_MAX / gpt->unit)
		return;
	space_claim_as(gpt->space, (struct claim){
				       .start = header->entries_lba * gpt->unit,
				       .count = entries_sectors(gpt, header),
				       .rank = RANK_STRUCTURE,
				       .kind = kind,
				       .flags = good ? 0 : EXTENT_DAMAGED,
				   });
}

/* Where the backup header should be: where the primary says, or in the last logical sector. */
static void find_backup(struct gpt *gpt)
{
	uint64_t last = gpt->space->sectors / gpt->unit - 1;

	gpt->backup_lba = gpt->primary_good ? gpt->primary.alternate_lba : last;
	gpt->backup_good =
	    gpt->backup_lba > 1 && read_header(gpt->space, gpt->unit, gpt->backup_lba, &gpt->backup);
	if (gpt->backup_good || gpt->backup_lba == last)
		return;
	gpt->backup_good = read_header(gpt->space, gpt->unit, last, &gpt->backup);
	if (gpt->backup_good)
		gpt->backup_lba = last;
}

/* Tries one logical sector size. */
static bool find_headers(struct gpt *gpt, uint32_t unit)
{

	gpt->unit = unit;
	if (gpt->space->sectors / unit < 3)
		return false;
	gpt->primary_good = read_header(gpt->space, unit, 1, &gpt->primary);
	find_backup(gpt);
	return gpt->primary_good || gpt->backup_good;
}

static bool find_gpt(struct gpt *gpt)
{
	static const uint32_t units[] = {1, 8, 2, 4};

	if (gpt->space->sector_size != 0 && gpt->space->depth == 0 &&
	    find_headers(gpt, gpt->space->sector_size >> SECTOR_SHIFT))
		return true;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (find_headers(gpt, units[i]) && gpt->primary_good)
			return true;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (find_headers(gpt, units[i]))
			return true;
	return false;
}

/* How to say what is wrong with a header or with entries: a device that cannot read them is no damage of
   theirs. */
static const char *wrong_with(const struct gpt *gpt, uint64_t lba, uint64_t sectors, const char *otherwise)
{
	uint8_t sector[SECTOR_SIZE];
	struct err why;

	for (uint64_t i = 0; i < sectors && lba < EXTENT_SECTORS_MAX / gpt->unit; i++)
		if (space_read(gpt->space, (lba * gpt->unit + i) << SECTOR_SHIFT, sector, sizeof(sector),
			       &why) != 0 &&
		    why.errnum != 0)
			return "cannot be read";
	return otherwise;
}

static const char *wrong_with_entries(const struct gpt *gpt, const struct gpt_header *header)
{
	return wrong_with(gpt, header->entries_lba, entries_sectors(gpt, header), "have a wrong checksum");
}

static void note_backup(struct gpt *gpt)
{
	if (gpt->backup_good && (gpt->backup_lba + 1) * gpt->unit < gpt->space->sectors &&
	    gpt->space->sectors - (gpt->backup_lba + 1) * gpt->unit >= gpt->unit)
		map_note(gpt->map, gpt->space,
			 "backup GPT header is in logical sector %" PRIu64
			 ", not in the last one: the disk has been enlarged",
			 gpt->backup_lba);
	if (!gpt->backup_good && gpt->backup_lba >= gpt->space->sectors / gpt->unit)
		map_note(gpt->map, gpt->space,
			 "backup GPT header should be in logical sector %" PRIu64
			 ", beyond the end: the disk has been cut",
			 gpt->backup_lba);
	else if (!gpt->backup_good)
		map_note(gpt->map, gpt->space, "backup GPT header in logical sector %" PRIu64 " %s",
			 gpt->backup_lba, wrong_with(gpt, gpt->backup_lba, 1, "is damaged"));
}

/* What a good primary header says of the backup's entries, which lie just before the backup header. */
static struct gpt_header expected_backup(const struct gpt *gpt)
{
	struct gpt_header header = gpt->primary;

	header.entries_lba = gpt->backup_lba - entries_sectors(gpt, &header) / gpt->unit;
	return header;
}

static void claim_tables(struct gpt *gpt, bool primary_entries_good, bool backup_entries_good)
{
	struct gpt_header primary = gpt->primary, backup = gpt->backup;

	if (!gpt->primary_good) {
		primary = gpt->backup;
		primary.entries_lba = 2;
	}
	if (!gpt->backup_good)
		backup = expected_backup(gpt);
	claim_header(gpt, KIND_GPT_HEADER, 1, gpt->primary_good);
	claim_entries(gpt, KIND_GPT_ENTRIES, &primary, primary_entries_good);
	if (gpt->backup_lba < gpt->space->sectors / gpt->unit)
		claim_header(gpt, KIND_GPT_BACKUP_HEADER, gpt->backup_lba, gpt->backup_good);
	if (gpt->backup_good || backup_entries_good)
		claim_entries(gpt, KIND_GPT_BACKUP_ENTRIES, &backup, backup_entries_good);
}

static int map_entries(struct gpt *gpt, struct err *err)
{
	struct gpt_header other = gpt->primary_good && !gpt->backup_good ? expected_backup(gpt) : gpt->backup;
	struct gpt_header main_header = gpt->primary;
	uint8_t *primary, *backup, *use;
	int result = 0;

	if (!gpt->primary_good) {
		main_header = gpt->backup;
		main_header.entries_lba = 2;
		map_note(gpt->map, gpt->space, "primary GPT header %s; its backup is used",
			 wrong_with(gpt, 1, 1, "is damaged"));
	}
	note_backup(gpt);
	primary = read_entries(gpt, &main_header);
	backup = read_entries(gpt, &other);
	claim_tables(gpt, primary != NULL, backup != NULL);
	if (gpt->primary_good && primary == NULL)
		map_note(gpt->map, gpt->space, "primary GPT entries %s%s",
			 wrong_with_entries(gpt, &main_header),
			 backup ? "; their backup is used" : ", and so has their backup");
	if (gpt->backup_good && backup == NULL && primary != NULL)
		map_note(gpt->map, gpt->space, "backup GPT entries %s", wrong_with_entries(gpt, &other));
	use = primary ? primary : backup;
	if (use != NULL)
		result = add_entries(gpt, primary ? &main_header : &other, use, err);
	free(primary);
	free(backup);
	return result;
}

bool gpt_reaches(const struct space *space, uint64_t sector)
{
	static const uint32_t units[] = {1, 8};
	struct gpt_header header;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (read_header(space, units[i], 1, &header) &&
		    header.alternate_lba < space->sectors / units[i] &&
		    (header.alternate_lba + 1) * units[i] > sector)
			return true;
	return false;
}

/* The disk's GUID, which is written as other UUIDs of GPT are: the first three fields little-endian. */
static void take_guid(const struct gpt *gpt)
{
	uint64_t lba = gpt->primary_good ? 1 : gpt->backup_lba;
	struct content *content = &gpt->space->content;
	uint8_t guid[16];
	struct err why;

	if (space_read(gpt->space, (lba * gpt->unit << SECTOR_SHIFT) + 56, guid, sizeof(guid), &why) != 0)
		return;
	snprintf(content->table, sizeof(content->table), "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 le32(guid), le16(guid + 4), le16(guid + 6), guid[8], guid[9], guid[10], guid[11], guid[12],
		 guid[13], guid[14], guid[15]);
}

static int gpt_map(struct map *map, struct space *space, struct err *err)
{
	struct gpt gpt = {.map = map, .space = space};
	uint8_t sector[SECTOR_SIZE];
	struct err why;
	bool protective;

	if (space->sectors < 6 || space_read(space, 0, sector, sizeof(sector), &why) != 0)
		return 0;
	protective = mbr_is_protective(sector);
	if (!protective && !bytes_all_zero(sector + 446, 66))
		return 0;
	if (!find_gpt(&gpt) || (!protective && !gpt.primary_good))
		return 0;
	space->sector_size = gpt.unit << SECTOR_SHIFT;
	space->rest = KIND_GAP;
	snprintf(space->content.type, sizeof(space->content.type), "gpt");
	take_guid(&gpt);
	space->told_sectors = (gpt.backup_lba + 1) * gpt.unit;
	space_claim(space, RANK_STRUCTURE, KIND_MBR, 0, gpt.unit);
	if (!protective)
		map_note(map, space, "GPT without a protective MBR");
	known_note_remains(map, space, "gpt");
	return map_entries(&gpt, err) != 0 ? -1 : 1;
}

const struct layout_driver driver_gpt = {
    .name = "gpt",
    .map = gpt_map,
};
