/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* md superblocks.  Version 1 lies at the start (1.1), 4 KiB behind it (1.2) or at the end (1.0), in
   little-endian order. Version 0.90 lies in the last whole 64 KiB but one, in the order of the machine that
   made it.  Both are believed only with the right checksum.  Facts: linux/raid/md_p.h, super_90_load and
   super_1_load in drivers/md/md.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/volumes/md.h"

#include <stdio.h>
#include <string.h>

#define MAGIC 0xa92b4efc
#define SUPER_SIZE 256
#define SUPER_90_WORDS 1024
#define SUPER_90_DEVICES 27
#define SUPER_90_RESERVED 128 /* sectors */

#define FEATURE_BITMAP 1
#define FEATURE_RECOVERY_OFFSET 2
#define FEATURE_RESHAPE 4
#define FEATURE_PPL 1024
#define FEATURE_RAID0_LAYOUT 4096

#define BITMAP_MAGIC 0x6d746962

/* How many sectors a bitmap takes: a header of 256 bytes and a bit for each chunk. */
static uint64_t bitmap_sectors(const struct space *space, uint64_t sector, uint64_t room)
{
	uint8_t head[72];
	uint64_t chunk, bits, sectors;
	struct err why;

	if (sector >= space->sectors ||
	    space_read(space, sector << SECTOR_SHIFT, head, sizeof(head), &why) != 0 ||
	    le32(head) != BITMAP_MAGIC)
		return 0;
	chunk = le32(head + 52) >> SECTOR_SHIFT;
	if (chunk == 0)
		return 0;
	bits = le64(head + 40) / chunk + (le64(head + 40) % chunk != 0);
	sectors = bits / 8 / SECTOR_SIZE + 1;
	if (bits % (8 * SECTOR_SIZE) > 8 * (SECTOR_SIZE - 256))
		sectors++;
	return sectors < room ? sectors : room;
}

/* --- version 1 --- */

/* The sum of a superblock's 32-bit words, with its own place as zero. */
static uint32_t checksum_1(const uint8_t *super, size_t len)
{
	uint64_t sum = 0;
	size_t at = 0;

	for (; len - at >= 4; at += 4)
		sum += at == 216 ? 0 : le32(super + at);
	if (len - at == 2)
		sum += le16(super + at);
	return (uint32_t)(sum & UINT32_MAX) + (uint32_t)(sum >> 32);
}

/* Offsets of what lies beside a superblock are signed. */
static struct md_run beside(uint64_t sector, int64_t offset, uint64_t count)
{
	if (offset == 0 || count == 0 || (offset < 0 && (uint64_t)-offset > sector))
		return (struct md_run){0};
	return (struct md_run){sector + (uint64_t)offset, count};
}

/* Up to what comes next: data, or the superblock itself. */
static uint64_t bitmap_room(const struct md_member *member, uint64_t bitmap, uint64_t sector)
{
	uint64_t end = member->at_end && bitmap < sector ? sector : member->data_offset;

	return end > bitmap ? end - bitmap : member->space->sectors - bitmap;
}

static void find_areas_1(const uint8_t *super, uint64_t sector, size_t bytes, struct md_member *member)
{
	uint32_t features = le32(super + 8);
	int32_t bitmap = (int32_t)le32(super + 96);

	member->super = (struct md_run){sector, (bytes + SECTOR_SIZE - 1) / SECTOR_SIZE};
	if (features & FEATURE_BITMAP)
		member->bitmap = beside(sector, bitmap, 1);
	if (member->bitmap.count > 0 && member->bitmap.start < member->space->sectors)
		member->bitmap.count = bitmap_sectors(member->space, member->bitmap.start,
						      bitmap_room(member, member->bitmap.start, sector));
	if (features & FEATURE_PPL)
		member->ppl = beside(sector, (int16_t)le16(super + 96), le16(super + 98));
	member->bad_blocks = beside(sector, (int32_t)le32(super + 188), le16(super + 186));
}

static void parse_1(const uint8_t *super, struct md_member *member)
{
	uint32_t features = le32(super + 8);

	memcpy(member->set, super + 16, 16);
	memcpy(member->name, super + 32, 32);
	member->level = (int32_t)le32(super + 72);
	member->layout = le32(super + 76);
	member->size = le64(super + 80);
	member->chunk = le32(super + 88);
	member->devices = le32(super + 92);
	member->data_offset = le64(super + 128);
	member->data_size = le64(super + 136);
	member->recovering = (features & FEATURE_RECOVERY_OFFSET) != 0;
	member->reshaping = (features & FEATURE_RESHAPE) != 0;
	member->has_layout = (features & FEATURE_RAID0_LAYOUT) != 0;
	member->events = le64(super + 200);
	member->role = le16(super + SUPER_SIZE + 2 * (size_t)le32(super + 160));
}

static bool read_1(struct space *space, uint64_t sector, struct md_member *member)
{
	uint8_t super[SUPER_SIZE + 2 * MD_DEVICES_MAX];
	uint32_t devices, number;
	size_t bytes;
	struct err why;

	if (space_read(space, sector << SECTOR_SHIFT, super, SUPER_SIZE, &why) != 0 || le32(super) != MAGIC ||
	    le32(super + 4) != 1 || le64(super + 144) != sector)
		return false;
	devices = le32(super + 220);
	number = le32(super + 160);
	bytes = SUPER_SIZE + 2 * (size_t)devices;
	if (devices > MD_DEVICES_MAX || number >= devices ||
	    space_read(space, sector << SECTOR_SHIFT, super, bytes, &why) != 0 ||
	    checksum_1(super, bytes) != le32(super + 216))
		return false;
	*member = (struct md_member){.space = space};
	parse_1(super, member);
	member->at_end = member->data_offset < sector;
	find_areas_1(super, sector, bytes, member);
	return true;
}

/* --- version 0.90 --- */

struct super_90 {
	uint8_t bytes[4 * SUPER_90_WORDS];
	bool big;
};

static uint32_t word(const struct super_90 *super, size_t i)
{
	return super->big ? be32(super->bytes + 4 * i) : le32(super->bytes + 4 * i);
}

/* Some machines kept 16 bits of the sum. */
static bool checksum_90_is_right(const struct super_90 *super)
{
	uint32_t stored = word(super, 38), sum, folded;
	uint64_t all = 0;

	for (size_t i = 0; i < SUPER_90_WORDS; i++)
		all += i == 38 ? 0 : word(super, i);
	sum = (uint32_t)(all & UINT32_MAX) + (uint32_t)(all >> 32);
	folded = (sum & 0xffff) + (sum >> 16);
	folded = (folded & 0xffff) + (folded >> 16);
	return sum == stored || folded == stored;
}

/* What this member is to the array: of what its descriptor says, only that it is in use and up to date
   counts. */
static uint32_t role_90(const struct super_90 *super)
{
	uint32_t number = word(super, 992), at = 128 + 32 * number;

	if (number >= SUPER_90_DEVICES || (word(super, at + 4) & 1) != 0 || (word(super, at + 4) & 4) == 0 ||
	    word(super, at + 3) >= word(super, 10))
		return UINT16_MAX;
	return word(super, at + 3);
}

static void parse_90(const struct super_90 *super, uint64_t sector, struct md_member *member)
{
	static const size_t set[] = {5, 13, 14, 15};

	/* Its words are written with the highest byte first. */
	for (size_t i = 0; i < 16; i++)
		member->set[i] = (uint8_t)(word(super, set[i / 4]) >> (24 - i % 4 * 8));
	snprintf(member->name, sizeof(member->name), "%u", word(super, 11));
	member->at_end = true;
	member->level = (int32_t)word(super, 7);
	member->layout = word(super, 64);
	member->chunk = word(super, 65) >> SECTOR_SHIFT;
	member->devices = word(super, 10);
	member->size = (uint64_t)word(super, 8) * 2;
	member->data_size = sector;
	member->events =
	    (uint64_t)word(super, super->big ? 39 : 40) << 32 | word(super, super->big ? 40 : 39);
	member->reshaping = word(super, 2) > 90;
	member->role = role_90(super);
	member->super = (struct md_run){sector, sizeof(super->bytes) >> SECTOR_SHIFT};
	if (word(super, 33) & 1 << 8)
		member->bitmap = (struct md_run){
		    sector + member->super.count,
		    bitmap_sectors(member->space, sector + member->super.count,
				   SUPER_90_RESERVED - member->super.count),
		};
}

static bool read_90(struct space *space, struct md_member *member)
{
	uint64_t sector = (space->sectors & ~UINT64_C(127)) - SUPER_90_RESERVED;
	struct super_90 super = {.big = false};
	struct err why;

	if (space->sectors < 2 * SUPER_90_RESERVED ||
	    space_read(space, sector << SECTOR_SHIFT, super.bytes, SECTOR_SIZE, &why) != 0 ||
	    (le32(super.bytes) != MAGIC && be32(super.bytes) != MAGIC) ||
	    space_read(space, sector << SECTOR_SHIFT, super.bytes, sizeof(super.bytes), &why) != 0)
		return false;
	super.big = be32(super.bytes) == MAGIC;
	if (word(&super, 0) != MAGIC || word(&super, 1) != 0 || word(&super, 10) > SUPER_90_DEVICES ||
	    !checksum_90_is_right(&super))
		return false;
	*member = (struct md_member){.space = space};
	parse_90(&super, sector, member);
	return true;
}

bool md_read_super(struct space *space, struct md_member *member)
{
	uint64_t last = space->sectors >= 16 ? (space->sectors - 16) & ~UINT64_C(7) : 0;

	return read_1(space, 0, member) || read_1(space, 8, member) ||
	       (last > 8 && read_1(space, last, member)) || read_90(space, member);
}
