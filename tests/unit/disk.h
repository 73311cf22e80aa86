/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small disks made in memory, for the tests of what reads them. */
#ifndef TESTS_UNIT_DISK_H
#define TESTS_UNIT_DISK_H

#include "base/crc.h"
#include "base/text.h"
#include "layout/driver.h"
#include "tests/unit/test.h"

#include <stdbool.h>

struct disk {
	struct memfile file;
	uint8_t *at;
	uint64_t sectors;
	struct map *map; /* once disk_map has read it */
};

static inline void disk_new(struct disk *disk, uint64_t sectors)
{
	memset(disk, 0, sizeof(*disk));
	memfile_open(&disk->file);
	disk->sectors = sectors;
	assert_int_equal(ftruncate(disk->file.fd, (off_t)(sectors * 512)), 0);
	disk->at = mmap(NULL, sectors * 512, PROT_READ | PROT_WRITE, MAP_SHARED, disk->file.fd, 0);
	assert_true(disk->at != MAP_FAILED);
}

static inline void disk_free(struct disk *disk)
{
	map_close(disk->map);
	munmap(disk->at, disk->sectors * 512);
	memfile_close(&disk->file);
}

static inline struct map *disk_map(struct disk *disk)
{
	struct err err = {.text = ""};

	map_close(disk->map);
	disk->map = NULL;
	if (map_open(&disk->map, disk->file.path, NULL, &err) != 0)
		fail_msg("map_open: %s", err.text);
	return disk->map;
}

static inline void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, (uint16_t)value);
	put16(at + 2, (uint16_t)(value >> 16));
}

static inline void put64(uint8_t *at, uint64_t value)
{
	put32(at, (uint32_t)value);
	put32(at + 4, (uint32_t)(value >> 32));
}

/* --- MBR --- */

/* An entry of the table in a sector, which thereby gets its signature. */
static inline void put_mbr_entry(uint8_t *sector, unsigned i, uint8_t type, uint32_t start, uint32_t count)
{
	uint8_t *entry = sector + 446 + 16 * i;

	entry[4] = type;
	put32(entry + 8, start);
	put32(entry + 12, count);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/* --- LVM2 --- */

#define LVM_CRC 0xf597a6cf
#define MDA_OFFSET 4096
#define PV_ID(digit) "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" digit

/* A label in sector 1 of a PV, with one metadata area of `mda_bytes` at byte 4096 (none for 0). */
static inline void put_pv_label(uint8_t *pv, const char *id, uint64_t pv_sectors, uint64_t mda_bytes)
{
	uint8_t *label = pv + 512;

	memset(label, 0, 512);
	memcpy(label, "LABELONE", 8);
	put64(label + 8, 1);
	put32(label + 20, 32);
	memcpy(label + 24, "LVM2 001", 8);
	memcpy(label + 32, id, 32);
	put64(label + 64, pv_sectors * 512);
	put64(label + 72, MDA_OFFSET + mda_bytes); /* the data area, to the end */
	put64(label + 104, mda_bytes ? MDA_OFFSET : 0);
	put64(label + 112, mda_bytes);
	put32(label + 16, crc32_update(LVM_CRC, label + 20, 492));
}

/* The header of that area, saying that `text` begins at byte `offset` of it; and the text, round the ring. */
static inline void put_mda(uint8_t *pv, uint64_t mda_bytes, uint64_t offset, const char *text)
{
	static const char magic[] = "\x20\x4c\x56\x4d\x32\x20\x78\x5b\x35\x41\x25\x72\x30\x4e\x2a\x3e";
	uint8_t *mda = pv + MDA_OFFSET;
	size_t size = strlen(text) + 1;

	memset(mda, 0, 512);
	memcpy(mda + 4, magic, 16);
	put32(mda + 20, 1);
	put64(mda + 24, MDA_OFFSET);
	put64(mda + 32, mda_bytes);
	put64(mda + 40, offset);
	put64(mda + 48, size);
	put32(mda + 56, crc32_update(LVM_CRC, text, size));
	put32(mda, crc32_update(LVM_CRC, mda + 4, 508));
	for (size_t i = 0, at = offset; i < size; i++, at = at + 1 < mda_bytes ? at + 1 : 512)
		mda[at] = (uint8_t)text[i];
}

/* --- what the map says --- */

static inline const char *kind_at(const struct map *map, uint64_t sector)
{
	struct place place;

	map_find(map, sector, &place);
	return kind_name(place.kind);
}

static inline const char *device_at(const struct map *map, uint64_t sector)
{
	struct place place;

	map_find(map, sector, &place);
	return space_name(place.space);
}

/* Asserts that sectors from..to-1 have one kind and device. */
static inline void assert_run(const struct map *map, uint64_t from, uint64_t to, const char *device,
			      const char *kind)
{
	for (uint64_t sector = from; sector < to; sector++) {
		if (strcmp(device_at(map, sector), device) == 0 && strcmp(kind_at(map, sector), kind) == 0)
			continue;
		fail_msg("sector %llu is %s on %s, expected %s on %s", (unsigned long long)sector,
			 kind_at(map, sector), device_at(map, sector), kind, device);
	}
}

static inline const struct space *find_space(const struct map *map, const char *name)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (strcmp(map->spaces.at[i]->name, name) == 0)
			return map->spaces.at[i];
	return NULL;
}

static inline bool has_note(const struct map *map, const char *part)
{
	for (size_t i = 0; i < map->notes.n; i++)
		if (strstr(map->notes.at[i].text, part) != NULL)
			return true;
	return false;
}

/* Walks the disk and checks that every sector has a name, in runs that follow one another and that
   map_find_run gives back from any of their sectors. */
static inline void assert_covered(const struct map *map)
{
	uint64_t sectors = map_disk(map)->sectors;
	struct place place, run;

	for (uint64_t at = 0; at < sectors; at += place.count) {
		map_find(map, at, &place);
		assert_true(place.count > 0);
		assert_true(place.start == at && place.count <= sectors - at);
		assert_true(place.kind < KIND_COUNT);
		for (uint64_t i = 0; i < place.count; i += place.count < 40 ? 1 : place.count / 20) {
			map_find_run(map, at + i, &run);
			if (run.start == place.start && run.count == place.count && run.kind == place.kind)
				continue;
			fail_msg("%llu is in %llu+%llu of %s by map_find_run, in %llu+%llu of %s by map_find",
				 (unsigned long long)(at + i), (unsigned long long)run.start,
				 (unsigned long long)run.count, kind_name(run.kind),
				 (unsigned long long)place.start, (unsigned long long)place.count,
				 kind_name(place.kind));
		}
	}
}

#endif
