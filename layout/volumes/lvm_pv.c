/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An LVM2 physical volume: the label in one of the first four sectors, the PV header behind it, and the
   metadata areas, each a header and a ring of text in which older versions stay until they are
   overwritten. */
#include "base/bytes.h"
#include "base/crc.h"
#include "base/size.h"
#include "layout/drivers.h"
#include "layout/tables/ptable.h"
#include "layout/volumes/lvm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_SCAN_SECTORS 4
#define LVM_CRC_INITIAL 0xf597a6cf
#define MDA_HEADER_SIZE 512
#define MDA_SIZE_MAX (UINT64_C(64) << 20)
#define AREAS_MAX 16

struct disk_area {
	uint64_t offset, size; /* bytes */
};

struct pv_label {
	uint64_t sector; /* where the label lies */
	char id[LVM_ID_LEN + 1];
	uint64_t device_bytes;
	struct disk_area data[AREAS_MAX], mdas[AREAS_MAX];
	unsigned ndata, nmdas; /* at most AREAS_MAX */
	bool lost;             /* a text that an area has, or may have, cannot be read */
};

struct raw_location {
	uint64_t offset, size;
	uint32_t crc, flags;
};

/* A list of {offset, size} up to a zero offset; where it ends, or NULL when it runs out of the sector. */
static const uint8_t *read_areas(const uint8_t *at, const uint8_t *end, struct disk_area *areas, unsigned *n)
{
	for (; end - at >= 16; at += 16) {
		struct disk_area area = {le64(at), le64(at + 8)};

		if (area.offset == 0)
			return at + 16;
		if (*n < AREAS_MAX)
			areas[(*n)++] = area;
	}
	return NULL;
}

static bool parse_label(const uint8_t *sector, uint64_t position, struct pv_label *label)
{
	const uint8_t *end = sector + SECTOR_SIZE, *at;
	uint32_t offset = le32(sector + 20);

	if (memcmp(sector, "LABELONE", 8) != 0 || memcmp(sector + 24, "LVM2 001", 8) != 0 ||
	    le64(sector + 8) != position || offset < 32 || offset > SECTOR_SIZE - 72 ||
	    crc32_update(LVM_CRC_INITIAL, sector + 20, SECTOR_SIZE - 20) != le32(sector + 16))
		return false;
	at = sector + offset;
	memcpy(label->id, at, LVM_ID_LEN);
	label->device_bytes = le64(at + 32);
	at = read_areas(at + 40, end, label->data, &label->ndata);
	if (at == NULL || read_areas(at, end, label->mdas, &label->nmdas) == NULL)
		return false;
	label->sector = position;
	return true;
}

static bool find_label(const struct space *space, struct pv_label *label)
{
	uint8_t sector[SECTOR_SIZE];
	struct err why;

	for (uint64_t i = 0; i < LABEL_SCAN_SECTORS; i++) {
		memset(label, 0, sizeof(*label));
		if (space_read(space, i << SECTOR_SHIFT, sector, sizeof(sector), &why) != 0) {
			if (why.errnum != 0)
				continue;
			return false;
		}
		if (parse_label(sector, i, label))
			return true;
	}
	return false;
}

/* --- a metadata area --- */

struct mda {
	struct map *map;
	struct space *space;
	struct disk_area area;
	char *bytes; /* the whole area */
	bool unread; /* some of it, where it has zeroes then */
};

static bool read_location(const struct mda *mda, struct raw_location *location)
{
	static const uint8_t magic[16] = "\x20\x4c\x56\x4d\x32\x20\x78\x5b\x35\x41\x25\x72\x30\x4e\x2a\x3e";
	const uint8_t *header = (const uint8_t *)mda->bytes;

	if (memcmp(header + 4, magic, sizeof(magic)) != 0 ||
	    crc32_update(LVM_CRC_INITIAL, header + 4, MDA_HEADER_SIZE - 4) != le32(header)) {
		if (!mda->unread)
			map_note(mda->map, mda->space,
				 "metadata area at byte %" PRIu64 " has a damaged header", mda->area.offset);
		return false;
	}
	*location =
	    (struct raw_location){le64(header + 40), le64(header + 48), le32(header + 56), le32(header + 60)};
	return location->offset != 0 && location->size != 0;
}

/* Copies the text out of the ring; NULL when it cannot be right. */
static char *copy_text(const struct mda *mda, const struct raw_location *location)
{
	uint64_t size = location->size, ring = mda->area.size - MDA_HEADER_SIZE, first;
	char *text;

	if (location->offset < MDA_HEADER_SIZE || location->offset >= mda->area.size || size > ring)
		return NULL;
	text = malloc(size + 1);
	if (text == NULL)
		return NULL;
	first = mda->area.size - location->offset < size ? mda->area.size - location->offset : size;
	memcpy(text, mda->bytes + location->offset, first);
	memcpy(text + first, mda->bytes + MDA_HEADER_SIZE, size - first);
	text[size] = '\0';
	if (crc32_update(LVM_CRC_INITIAL, text, size) == location->crc)
		return text;
	free(text);
	return NULL;
}

/* Whether a byte of the area belongs to the text that counts. */
static bool is_current(const struct mda *mda, const struct raw_location *location, uint64_t at)
{
	uint64_t ring = mda->area.size - MDA_HEADER_SIZE;

	if (location->size == 0 || location->offset < MDA_HEADER_SIZE || location->offset >= mda->area.size)
		return false;
	return (at - MDA_HEADER_SIZE + ring - (location->offset - MDA_HEADER_SIZE)) % ring <
	       (location->size + SECTOR_SIZE - 1) / SECTOR_SIZE * SECTOR_SIZE;
}

static void claim_ring(struct mda *mda, const struct raw_location *location)
{
	uint64_t first = mda->area.offset >> SECTOR_SHIFT;

	space_claim(mda->space, RANK_STRUCTURE, KIND_LVM_METADATA_HEADER, first, 1);
	for (uint64_t at = MDA_HEADER_SIZE; at + SECTOR_SIZE <= mda->area.size; at += SECTOR_SIZE) {
		bool stale = !is_current(mda, location, at) && !bytes_all_zero(mda->bytes + at, SECTOR_SIZE);

		space_claim_as(mda->space, (struct claim){
					       .start = first + (at >> SECTOR_SHIFT),
					       .count = 1,
					       .rank = RANK_STRUCTURE,
					       .kind = KIND_LVM_METADATA,
					       .flags = stale ? EXTENT_STALE : 0,
					   });
	}
}

/* Reads one metadata area: claims it, and gives its text when it has one. 0 or -1. */
static int read_mda(struct mda *mda, char **text, struct err *err)
{
	struct raw_location location = {0};
	struct err why;
	int result;

	*text = NULL;
	if (mda->area.size < 2 * MDA_HEADER_SIZE || mda->area.size > MDA_SIZE_MAX ||
	    mda->area.offset % SECTOR_SIZE != 0) {
		map_note(mda->map, mda->space,
			 "metadata area at byte %" PRIu64 " with a size of %" PRIu64 " bytes cannot be",
			 mda->area.offset, mda->area.size);
		return 0;
	}
	mda->bytes = malloc(mda->area.size);
	if (mda->bytes == NULL)
		return err_nomem(err);
	/* What of it is not in use need not be readable. */
	result = space_read(mda->space, mda->area.offset, mda->bytes, mda->area.size, &why);
	mda->unread = result != 0;
	if (result != 0)
		map_note(mda->map, mda->space, "metadata area at byte %" PRIu64 ": %s", mda->area.offset,
			 why.text);
	if (result == 0 || why.errnum != 0) {
		if (read_location(mda, &location)) {
			*text = copy_text(mda, &location);
			if (*text == NULL && result == 0)
				map_note(mda->map, mda->space,
					 "metadata text in the area at byte %" PRIu64 " is damaged",
					 mda->area.offset);
		}
		claim_ring(mda, &location);
	}
	free(mda->bytes);
	return 0;
}

/* --- the volume --- */

static uint64_t text_seqno(const char *text)
{
	struct err why;
	struct lvm_text *parsed = lvm_text_parse(text, &why);
	uint64_t seqno = parsed ? parsed->seqno : 0;

	lvm_text_free(parsed);
	return seqno;
}

/* Of two texts keeps the newer one. */
static void keep_newer(struct lvm_pv *pv, char *text)
{
	if (text == NULL)
		return;
	if (pv->text != NULL && text_seqno(pv->text) >= text_seqno(text)) {
		free(text);
		return;
	}
	free(pv->text);
	pv->text = text;
}

static int read_mdas(struct map *map, struct lvm_pv *pv, struct pv_label *label, struct err *err)
{
	for (unsigned i = 0; i < label->nmdas; i++) {
		struct mda mda = {.map = map, .space = pv->space, .area = label->mdas[i]};
		char *text;

		if (read_mda(&mda, &text, err) != 0)
			return -1;
		label->lost = label->lost || (mda.unread && text == NULL);
		keep_newer(pv, text);
	}
	return 0;
}

/* What a PV of no group that is known leaves over; lvm_vg.c knows of the others. */
static void claim_pv(struct space *space, const struct pv_label *label, const struct lvm_pv *pv)
{
	uint64_t padded = pv->text == NULL ? space_bytes(space) : 0;

	/* Without the text nobody knows what lies in the data area. */
	if (pv->text == NULL && label->lost)
		padded = label->ndata > 0 && label->data[0].offset < padded ? label->data[0].offset : 0;
	space_claim(space, RANK_STRUCTURE, KIND_LVM_LABEL, label->sector, 1);
	space_claim_as(space, (struct claim){
				  .count = padded >> SECTOR_SHIFT,
				  .rank = RANK_REST,
				  .kind = KIND_LVM_PADDING,
				  .owner = 1,
			      });
}

static void note_size(struct map *map, const struct lvm_pv *pv)
{
	if (pv->text == NULL && pv->sectors > pv->space->sectors)
		map_note(map, pv->space, "PV of %" PRIu64 " sectors in a space of %" PRIu64, pv->sectors,
			 pv->space->sectors);
}

static int lvm_map(struct map *map, struct space *space, struct err *err)
{
	struct lvm_pv pv = {.space = space};
	struct pv_label label;

	if (!find_label(space, &label) || mbr_wins(space))
		return 0;
	if (map->build->lvm == NULL && (map->build->lvm = calloc(1, sizeof(*map->build->lvm))) == NULL)
		return err_nomem(err);
	memcpy(pv.id, label.id, sizeof(pv.id));
	pv.sectors = label.device_bytes >> SECTOR_SHIFT;
	snprintf(space->content.type, sizeof(space->content.type), "LVM2_member");
	snprintf(space->content.uuid, sizeof(space->content.uuid), "%.6s-%.4s-%.4s-%.4s-%.4s-%.4s-%.6s",
		 label.id, label.id + 6, label.id + 10, label.id + 14, label.id + 18, label.id + 22,
		 label.id + 26);
	if (read_mdas(map, &pv, &label, err) != 0 ||
	    (note_size(map, &pv), claim_pv(space, &label, &pv), VEC_PUSH(&map->build->lvm->pvs, pv)) != 0) {
		free(pv.text);
		return err_nomem(err);
	}
	return 1;
}

static void lvm_close(struct map *map)
{
	if (map->build->lvm == NULL)
		return;
	for (size_t i = 0; i < map->build->lvm->pvs.n; i++)
		free(map->build->lvm->pvs.at[i].text);
	VEC_FREE(&map->build->lvm->pvs);
	free(map->build->lvm);
}

const struct layout_driver driver_lvm = {
    .name = "lvm",
    .map = lvm_map,
    .finish = lvm_assemble,
    .close = lvm_close,
};
