/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MBR partition tables: four entries at byte 446, 55 AA at 510; an extended partition holds a chain of
   EBRs, each with one logical partition (start counted from that EBR) and a link to the next (start
   counted from the extended partition).  Units are logical sectors.  Numbering as in Linux
   block/partitions/msdos.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/tables/foreign.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MBR_IDENTIFIER 440 /* of the disk; boot code lies before it */
#define MBR_ENTRIES 446
#define MBR_ENTRY_SIZE 16
#define MBR_SIGNATURE 510
#define EBR_CHAIN_MAX 256

struct mbr_entry {
	uint8_t boot, type;
	uint32_t start, count; /* logical sectors */
};

static struct mbr_entry entry_at(const uint8_t *sector, unsigned i)
{
	const uint8_t *p = sector + MBR_ENTRIES + i * MBR_ENTRY_SIZE;

	return (struct mbr_entry){.boot = p[0], .type = p[4], .start = le32(p + 8), .count = le32(p + 12)};
}

static bool has_signature(const uint8_t *sector)
{
	return sector[MBR_SIGNATURE] == 0x55 && sector[MBR_SIGNATURE + 1] == 0xaa;
}

static bool is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

bool mbr_is_protective(const uint8_t *sector)
{
	for (unsigned i = 0; has_signature(sector) && i < 4; i++)
		if (entry_at(sector, i).type == 0xee)
			return true;
	return false;
}

/* Boot sectors of FAT, NTFS and exFAT end in 55 AA too. */
static bool is_boot_sector(const uint8_t *sector)
{
	return memcmp(sector + 3, "NTFS    ", 8) == 0 || memcmp(sector + 3, "EXFAT   ", 8) == 0 ||
	       memcmp(sector + 54, "FAT", 3) == 0 || memcmp(sector + 82, "FAT32", 5) == 0;
}

bool mbr_has_partitions(const struct space *space, const uint8_t *sector)
{
	uint32_t unit = ptable_unit(space);
	bool any = false;

	if (!has_signature(sector))
		return false;
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (entry.boot != 0 && entry.boot != 0x80)
			return false;
		if (entry.type == 0 || entry.count == 0)
			continue;
		if (entry.start == 0 || (uint64_t)entry.start * unit >= space->sectors)
			return false;
		any = true;
	}
	return any;
}

/* A fresh table without partitions.  In partitions and volumes other things end with this signature, too:
   there it has to be a disk's, with an identifier and no boot code. */
static bool is_blank(const struct space *space, const uint8_t *sector)
{
	if (!has_signature(sector) || is_boot_sector(sector) ||
	    !bytes_all_zero(sector + MBR_ENTRIES, 4 * MBR_ENTRY_SIZE))
		return false;
	return space->depth == 0 ||
	       (bytes_all_zero(sector, MBR_IDENTIFIER) && le32(sector + MBR_IDENTIFIER) != 0);
}

static int add_partition(struct map *map, struct space *space, unsigned number, const struct mbr_entry *entry,
			 uint64_t base, struct err *err)
{
	uint32_t unit = ptable_unit(space);
	struct partition partition = {
	    .number = number,
	    .start = (base + entry->start) * unit,
	    .count = (uint64_t)entry->count * unit,
	};

	snprintf(partition.about, sizeof(partition.about), "type 0x%02x", entry->type);
	return ptable_add(map, space, &partition, err);
}

struct chain {
	uint64_t first, count; /* the extended partition, logical sectors */
	uint64_t at, room;     /* the present EBR, and of how many sectors its link spoke */
	unsigned next;         /* the next logical partition's number */
};

/* Follows the link of an EBR; false at the end of the chain. */
static bool follow(struct map *map, const struct space *space, struct chain *chain,
		   const struct mbr_entry *link)
{
	if (link->count == 0 || !is_extended(link->type))
		return false;
	if (link->start >= chain->count) {
		map_note(map, space,
			 "EBR at sector %" PRIu64 " links to a place outside the extended partition",
			 chain->at * ptable_unit(space));
		return false;
	}
	chain->at = chain->first + link->start;
	chain->room = link->count;
	return true;
}

/* The third and fourth entry of an EBR may be rubbish: Linux takes them when they stay inside of it. */
static bool is_logical(const struct chain *chain, const struct mbr_entry *entry, unsigned i)
{
	uint64_t end = (uint64_t)entry->start + entry->count;

	if (entry->type == 0 || entry->count == 0)
		return false;
	return i < 2 || (end <= chain->room && chain->at + end <= chain->first + chain->count);
}

/* One EBR: its own sector, its logical partitions, its link. 1 to go on, 0 at the end, -1. */
static int read_ebr(struct map *map, struct space *space, struct chain *chain, struct err *err)
{
	uint64_t start = chain->at * ptable_unit(space);
	struct mbr_entry link = {.count = 0};
	uint8_t sector[SECTOR_SIZE];
	struct err why;
	int got = space_read(space, start << SECTOR_SHIFT, sector, sizeof(sector), &why);

	if (got != 0 && why.errnum != 0) {
		map_note(map, space, "the chain of logical partitions leads to sector %" PRIu64 ": %s", start,
			 why.text);
		return 0;
	}
	if (got != 0 || !has_signature(sector)) {
		map_note(map, space,
			 "no EBR at sector %" PRIu64 ", where the chain of logical partitions leads", start);
		return 0;
	}
	space_claim(space, RANK_STRUCTURE, KIND_EBR, start, ptable_unit(space));
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (is_extended(entry.type)) {
			if (link.count == 0)
				link = entry;
		} else if (is_logical(chain, &entry, i)) {
			if (add_partition(map, space, chain->next++, &entry, chain->at, err) != 0)
				return -1;
		}
	}
	return follow(map, space, chain, &link);
}

/* The logical partitions of one extended partition, from number *next on. */
static int read_chain(struct map *map, struct space *space, const struct mbr_entry *extended, unsigned *next,
		      struct err *err)
{
	struct chain chain = {
	    .first = extended->start,
	    .count = extended->count,
	    .at = extended->start,
	    .room = extended->count,
	    .next = *next,
	};
	uint64_t seen[EBR_CHAIN_MAX];
	int more = 1;

	/* Ends because a chain of more than EBR_CHAIN_MAX links, or one that comes back, is given up. */
	for (unsigned n = 0; more == 1; n++) {
		for (unsigned i = 0; i < n; i++)
			if (seen[i] == chain.at || n == EBR_CHAIN_MAX) {
				map_note(map, space,
					 "the chain of EBRs comes back to sector %" PRIu64 " or is endless",
					 chain.at * ptable_unit(space));
				return 0;
			}
		seen[n] = chain.at;
		more = read_ebr(map, space, &chain, err);
		*next = chain.next;
	}
	return more;
}

static int read_table(struct map *map, struct space *space, const uint8_t *sector, struct err *err)
{
	struct mbr_entry entries[4];
	unsigned next = 5;

	for (unsigned i = 0; i < 4; i++) {
		entries[i] = entry_at(sector, i);
		if (entries[i].type == 0 || entries[i].count == 0)
			continue;
		if (is_extended(entries[i].type)) {
			/* One is usual; Linux follows all of them, and sfdisk the first. */
			if (read_chain(map, space, &entries[i], &next, err) != 0)
				return -1;
			continue;
		}
		if (entries[i].type == 0xee) {
			map_note(map, space, "protective MBR, but neither GPT header is intact");
			continue;
		}
		if (add_partition(map, space, i + 1, &entries[i], 0, err) != 0)
			return -1;
	}
	return 0;
}

/* Whether a partition of a table that counts in units of so many sectors holds something known. */
static bool holds_something(const struct space *space, const uint8_t *sector, uint32_t unit)
{
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (entry.type != 0 && entry.count != 0 && known_starts(space, (uint64_t)entry.start * unit))
			return true;
	}
	return false;
}

static bool fits(const struct space *space, const uint8_t *sector, uint32_t unit)
{
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (entry.type != 0 && ((uint64_t)entry.start + entry.count) * unit > space->sectors)
			return false;
	}
	return true;
}

/* A file does not tell its sectors' size.  It is 4096 bytes when only so the partitions hold something, and
   none leaves the disk. */
static void guess_sector_size(struct map *map, struct space *space, const uint8_t *sector)
{
	if (space->sector_size != 0 || !fits(space, sector, 8) || holds_something(space, sector, 1) ||
	    !holds_something(space, sector, 8))
		return;
	space->sector_size = 4096;
	map_note(map, space, "the partition table counts in sectors of 4096 bytes");
}

/* Whether two entries have sectors in common. */
static bool overlap(const struct mbr_entry *a, const struct mbr_entry *b)
{
	return a->count > 0 && b->count > 0 && a->type != 0 && b->type != 0 &&
	       a->start < (uint64_t)b->start + b->count && b->start < (uint64_t)a->start + a->count;
}

/* Whether no two entries have sectors in common. */
static bool is_orderly(const uint8_t *sector)
{
	struct mbr_entry entries[4];

	for (unsigned i = 0; i < 4; i++) {
		entries[i] = entry_at(sector, i);
		for (unsigned j = 0; j < i; j++)
			if (overlap(&entries[i], &entries[j]))
				return false;
	}
	return true;
}

/* Reads a first sector that may be a table. */
static bool read_table_sector(const struct space *space, uint8_t *sector)
{
	struct err why;

	return space_read(space, 0, sector, SECTOR_SIZE, &why) == 0 && !is_boot_sector(sector) &&
	       mbr_has_partitions(space, sector);
}

bool mbr_wins(const struct space *space)
{
	uint8_t sector[SECTOR_SIZE];

	if (space->type == SPACE_PARTITION || !read_table_sector(space, sector))
		return false;
	return (fits(space, sector, ptable_unit(space)) && is_orderly(sector)) ||
	       holds_something(space, sector, ptable_unit(space));
}

bool mbr_holds_something(const struct space *space)
{
	uint8_t sector[SECTOR_SIZE];

	return read_table_sector(space, sector) && holds_something(space, sector, ptable_unit(space));
}

bool mbr_reaches(const struct space *space, uint64_t at)
{
	uint32_t unit = ptable_unit(space);
	uint8_t sector[SECTOR_SIZE];

	if (!read_table_sector(space, sector) || mbr_is_protective(sector) || !fits(space, sector, unit))
		return false;
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (entry.type != 0 && at / unit >= entry.start && at / unit - entry.start < entry.count)
			return true;
	}
	return false;
}

/* Whether a table of theirs may be there, before libblkid is asked, which reads more. */
static bool may_have_nested(const struct space *space, uint64_t start)
{
	static const struct {
		uint16_t sector, offset;
		uint32_t magic;
	} magics[] = {{1, 0, 0x82564557}, {1, 12, 0x600ddeee}, {29, 4, 0xca5e600d}};
	uint8_t sector[SECTOR_SIZE];
	struct err why;

	if (start >= space->sectors)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (space_read(space, (start + magics[i].sector) << SECTOR_SHIFT, sector, sizeof(sector),
			       &why) == 0 &&
		    le32(sector + magics[i].offset) == magics[i].magic)
			return true;
	return space_read(space, start << SECTOR_SHIFT, sector, sizeof(sector), &why) == 0 &&
	       has_signature(sector);
}

/* BSD's, Minix', Solaris' and UnixWare's partitions have tables of their own. */
static int read_nested(struct map *map, struct space *space, const uint8_t *sector, struct err *err)
{
	static const uint8_t types[] = {0xa5, 0xa6, 0xa9, 0x81, 0x82, 0xbf, 0x63};
	uint64_t starts[4];
	size_t n = 0;

	if (space->type != SPACE_DISK)
		return 0;
	for (unsigned i = 0; i < 4; i++) {
		struct mbr_entry entry = entry_at(sector, i);

		if (entry.type != 0 && memchr(types, entry.type, sizeof(types)) != NULL &&
		    may_have_nested(space, (uint64_t)entry.start * ptable_unit(space)))
			starts[n++] = (uint64_t)entry.start * ptable_unit(space);
	}
	return n > 0 ? foreign_add_nested(map, space, starts, n, err) : 0;
}

static int mbr_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t sector[SECTOR_SIZE];
	struct err why;

	if (space_read(space, 0, sector, sizeof(sector), &why) != 0)
		return 0;
	if (!is_blank(space, sector) && (!mbr_has_partitions(space, sector) || is_boot_sector(sector)))
		return 0;
	if (space->type == SPACE_PARTITION && known_is_whole(space))
		return 0;
	guess_sector_size(map, space, sector);
	space_claim(space, RANK_STRUCTURE, KIND_MBR, 0, ptable_unit(space));
	space->rest = KIND_GAP;
	snprintf(space->content.type, sizeof(space->content.type), "dos");
	if (mbr_has_partitions(space, sector))
		known_note_remains(map, space, "dos");
	if (le32(sector + 440) != 0)
		snprintf(space->content.table, sizeof(space->content.table), "%08x", le32(sector + 440));
	return read_table(map, space, sector, err) != 0 || read_nested(map, space, sector, err) != 0 ? -1 : 1;
}

const struct layout_driver driver_mbr = {
    .name = "mbr",
    .map = mbr_map,
};
