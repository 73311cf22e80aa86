/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash table of sectors. */
#include "layout/xfs/patches.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/size.h"
#include "layout/overlay.h"
#include "layout/space.h"

#include <stdlib.h>
#include <string.h>

/* Where structures of version 5 keep their LSN, UUID and checksum, by their magic number. */
static const struct shape {
	uint32_t magic;
	uint16_t lsn, uuid, crc;
} shapes[] = {
    {0x58465342, 240, 32, 224},  /* superblock */
    {0x58414746, 208, 64, 216},  /* AGF */
    {0x58414749, 320, 296, 312}, /* AGI */
    {0x5841464c, 24, 8, 32},     /* AGFL */
    {0x41423342, 24, 32, 52},    /* bnobt */
    {0x41423343, 24, 32, 52},    /* cntbt */
    {0x49414233, 24, 32, 52},    /* inobt */
    {0x46494233, 24, 32, 52},    /* finobt */
    {0x524d4233, 24, 32, 52},    /* rmapbt */
    {0x52334643, 24, 32, 52},    /* refcountbt */
    {0x424d4133, 32, 40, 64},    /* bmbt */
    {0x58534c4d, 48, 16, 12},    /* symbolic link */
    {0x58444233, 16, 24, 4},     /* directory block */
    {0x58444433, 16, 24, 4},     /* directory data */
    {0x58444633, 16, 24, 4},     /* directory free index */
};

/* Leaves and nodes of directories and attributes, which have 16 bits at 8. */
static const struct shape leaf = {0, 24, 32, 12};

static const struct shape *shape_of(const uint8_t *bytes)
{
	uint16_t kind = be16(bytes + 8);

	if (kind == 0x3df1 || kind == 0x3dff || kind == 0x3ebe || kind == 0x3bee)
		return &leaf;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].magic == be32(bytes))
			return &shapes[i];
	return NULL;
}

static size_t slot_of(const struct patches *patches, uint64_t sector)
{
	size_t slot = (size_t)(sector * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (patches->cap - 1);

	while (patches->slots[slot].bytes != NULL && patches->slots[slot].sector != sector)
		slot = (slot + 1) & (patches->cap - 1);
	return slot;
}

static int grow(struct patches *patches)
{
	struct patches bigger = *patches;

	if (patches->cap > 0 && patches->n < patches->cap / 2)
		return 0;
	bigger.cap = patches->cap > 0 ? patches->cap * 2 : 1024;
	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return -1;
	for (size_t i = 0; i < patches->cap; i++)
		if (patches->slots[i].bytes != NULL)
			bigger.slots[slot_of(&bigger, patches->slots[i].sector)] = patches->slots[i];
	free(patches->slots);
	*patches = bigger;
	return 0;
}

#define PATCH_COST (SECTOR_SIZE + 128)

/* The bytes of a sector, which may be changed then. */
static int get(struct patches *patches, uint64_t sector, uint8_t **bytes)
{
	struct patch new = {.sector = sector};
	struct err why;
	size_t slot;

	if (grow(patches) != 0)
		return -1;
	slot = slot_of(patches, sector);
	if (patches->slots[slot].bytes == NULL) {
		if (!account_memory(patches->account, PATCH_COST))
			return 1;
		patches->spent += PATCH_COST;
		new.bytes = malloc(SECTOR_SIZE);
		if (new.bytes == NULL)
			return -1;
		if (space_read_below(patches->space, sector << SECTOR_SHIFT, new.bytes, SECTOR_SIZE, &why) !=
		    0) {
			free(new.bytes);
			return 1;
		}
		patches->slots[slot] = new;
		patches->n++;
	}
	*bytes = patches->slots[slot].bytes;
	return 0;
}

static int copy(struct patches *patches, uint64_t at, uint8_t *to, const uint8_t *from, size_t len)
{
	int result = 0;

	for (size_t done = 0, step; done < len && result == 0; done += step) {
		size_t into = (size_t)((at + done) % SECTOR_SIZE);
		uint8_t *bytes;

		step = len - done < SECTOR_SIZE - into ? len - done : SECTOR_SIZE - into;
		result = get(patches, (at + done) >> SECTOR_SHIFT, &bytes);
		if (result != 0)
			return result;
		if (to != NULL)
			memcpy(to + done, bytes + into, step);
		else
			memcpy(bytes + into, from + done, step);
	}
	return result;
}

int patches_read(struct patches *patches, uint64_t at, uint8_t *buf, size_t len)
{
	return copy(patches, at, buf, NULL, len);
}

int patches_write(struct patches *patches, uint64_t at, const uint8_t *bytes, size_t len)
{
	return copy(patches, at, NULL, bytes, len);
}

bool patches_is_newer(struct patches *patches, uint64_t sector, uint64_t lsn)
{
	const struct shape *shape;
	uint64_t stored;
	uint8_t *bytes;

	if (!patches->v5 || get(patches, sector, &bytes) != 0)
		return false;
	shape = shape_of(bytes);
	if (shape == NULL ||
	    (shape->magic != 0x58465342 && memcmp(bytes + shape->uuid, patches->uuid, 16) != 0))
		return false;
	stored = be64(bytes + shape->lsn);
	return stored != 0 && stored != UINT64_MAX && stored >= lsn;
}

static int seal(struct patches *patches, uint64_t at, size_t len, size_t crc_at)
{
	uint8_t *bytes = malloc(len);
	int result = bytes == NULL ? -1 : patches_read(patches, at, bytes, len);
	uint32_t crc;

	if (result == 0) {
		memset(bytes + crc_at, 0, 4);
		crc = ~crc32c_update(~UINT32_C(0), bytes, len);
		for (unsigned i = 0; i < 4; i++)
			bytes[crc_at + i] = (uint8_t)(crc >> 8 * i);
		result = patches_write(patches, at + crc_at, bytes + crc_at, 4);
	}
	free(bytes);
	return result;
}

int patches_seal(struct patches *patches, uint64_t sector, uint32_t sectors)
{
	const struct shape *shape;
	uint8_t *bytes;
	int result;

	if (!patches->v5)
		return 0;
	result = get(patches, sector, &bytes);
	if (result != 0)
		return result;
	shape = shape_of(bytes);
	if (shape == NULL)
		return 0;
	return seal(patches, sector << SECTOR_SHIFT, (size_t)sectors << SECTOR_SHIFT, shape->crc);
}

int patches_seal_inode(struct patches *patches, uint64_t at, size_t size)
{
	return patches->v5 ? seal(patches, at, size, 100) : 0;
}

struct overlay *patches_overlay(struct patches *patches)
{
	struct overlay *overlay = overlay_new(SECTOR_SIZE);
	struct overlay_block *blocks = calloc(patches->n + 1, sizeof(*blocks));
	size_t n = 0;

	for (size_t i = 0; blocks != NULL && i < patches->cap; i++)
		if (patches->slots[i].bytes != NULL)
			blocks[n++] = (struct overlay_block){.block = patches->slots[i].sector,
							     .bytes = patches->slots[i].bytes};
	if (overlay == NULL || blocks == NULL || overlay_fill(overlay, blocks, n) != 0) {
		if (overlay != NULL) /* the bytes are still the patches' */
			VEC_FREE(&overlay->blocks);
		free(overlay);
		free(blocks);
		return NULL;
	}
	free(blocks);
	free(patches->slots);
	patches->slots = NULL;
	patches->n = patches->cap = 0;
	patches->spent = 0; /* the overlay lasts */
	return overlay;
}

void patches_free(struct patches *patches)
{
	for (size_t i = 0; i < patches->cap; i++)
		free(patches->slots[i].bytes);
	free(patches->slots);
	account_give_back(patches->account, patches->spent);
	patches->slots = NULL;
	patches->n = patches->cap = 0;
}
