/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LUKS, which nothing but a key looks into: its header, its key slots, and the payload, whose sectors are
   those of the device that cryptsetup opens.  Facts: LUKS1 On-Disk Format Specification 1.2.3; LUKS2 On-Disk
   Format Specification 1.1.1: a binary header and a JSON text, both twice. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/contents/luks_json.h"
#include "layout/drivers.h"
#include "layout/tables/ptable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LUKS1_SIZE 592
#define LUKS1_SLOTS 8
#define LUKS1_SLOT 208 /* the first one */
#define LUKS1_SLOT_SIZE 48
#define LUKS2_HEADER 4096
#define LUKS2_MIN (UINT64_C(16) << 10) /* of a header with its text */
#define LUKS2_MAX (UINT64_C(4) << 20)

static void claim(struct space *space, enum kind kind, uint64_t from, uint64_t to)
{
	if (to > from)
		space_claim(space, RANK_STRUCTURE, kind, from, to - from);
}

/* Where key material begins: the least of all slots, used or not. */
static uint64_t luks1_keys(const uint8_t *header)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < LUKS1_SLOTS; i++) {
		uint64_t at = be32(header + LUKS1_SLOT + i * LUKS1_SLOT_SIZE + 40);

		if (at > 0 && at < first)
			first = at;
	}
	return first;
}

static void luks1_map(struct space *space, const uint8_t *header)
{
	uint64_t keys = luks1_keys(header), payload = be32(header + 104);
	uint64_t end = payload > 0 && payload < space->sectors ? payload : space->sectors;

	if (keys > end)
		keys = end;
	claim(space, KIND_LUKS_HEADER, 0, keys);
	claim(space, KIND_LUKS_KEYSLOTS, keys, end);
	/* A header on its own has its payload elsewhere. */
	claim(space, KIND_LUKS_PAYLOAD, end, space->sectors);
	snprintf(space->content.uuid, sizeof(space->content.uuid), "%.40s", (const char *)header + 168);
	snprintf(space->content.detail, sizeof(space->content.detail), "1");
}

/* --- version 2 --- */

/* A header at a byte, with its text; NULL when there is none that makes sense. */
static char *luks2_read(const struct space *space, uint64_t at, const char *magic, uint8_t *header)
{
	uint64_t size;
	struct err why;
	char *text;

	if (space_read(space, at, header, LUKS2_HEADER, &why) != 0 || memcmp(header, magic, 6) != 0 ||
	    be16(header + 6) != 2)
		return NULL;
	size = be64(header + 8);
	if (size < LUKS2_MIN || size > LUKS2_MAX || be64(header + 256) != at)
		return NULL;
	text = malloc(size - LUKS2_HEADER + 1);
	if (text == NULL)
		return NULL;
	text[size - LUKS2_HEADER] = '\0';
	if (space_read(space, at + LUKS2_HEADER, text, size - LUKS2_HEADER, &why) == 0)
		return text;
	free(text);
	return NULL;
}

static bool luks2_areas(const struct space *space, uint64_t at, const char *magic, uint8_t *header,
			struct luks_areas *areas)
{
	char *text = luks2_read(space, at, magic, header);
	bool known = text != NULL && luks_json_areas(text, areas);

	free(text);
	return known;
}

/* The second header begins where the first one ends. */
static bool luks2_second(const struct space *space, uint8_t *header, struct luks_areas *areas)
{
	for (uint64_t at = LUKS2_MIN; at <= LUKS2_MAX; at *= 2)
		if (luks2_areas(space, at, "SKUL\xba\xbe", header, areas))
			return true;
	return false;
}

static void luks2_claim(struct space *space, const uint8_t *header, const struct luks_areas *areas,
			bool damaged)
{
	uint64_t headers = 2 * be64(header + 8) >> SECTOR_SHIFT, keys = areas->keyslots >> SECTOR_SHIFT;
	uint64_t payload = areas->payload >> SECTOR_SHIFT;
	uint64_t end = payload > 0 && payload < space->sectors ? payload : space->sectors;
	uint64_t keys_end = headers + keys < end ? headers + keys : end;

	space_claim_as(space, (struct claim){
				  .count = headers / 2,
				  .rank = RANK_STRUCTURE,
				  .kind = KIND_LUKS_HEADER,
				  .flags = damaged ? EXTENT_DAMAGED : 0,
			      });
	claim(space, KIND_LUKS_HEADER, headers / 2, headers);
	claim(space, KIND_LUKS_KEYSLOTS, headers, keys_end);
	if (payload > 0 && payload < space->sectors)
		claim(space, KIND_LUKS_PAYLOAD, payload,
		      areas->payload_size == 0 ? space->sectors
					       : payload + (areas->payload_size >> SECTOR_SHIFT));
	snprintf(space->content.label, sizeof(space->content.label), "%.48s", (const char *)header + 24);
	snprintf(space->content.uuid, sizeof(space->content.uuid), "%.40s", (const char *)header + 168);
	snprintf(space->content.detail, sizeof(space->content.detail), "2");
}

static bool luks2_map(struct space *space)
{
	uint8_t header[LUKS2_HEADER];
	struct luks_areas areas;

	if (!luks2_areas(space, 0, "LUKS\xba\xbe", header, &areas))
		return false;
	luks2_claim(space, header, &areas, false);
	return true;
}

static int luks_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t header[LUKS1_SIZE];

	(void)map;
	if (space_read(space, 0, header, sizeof(header), err) != 0 ||
	    memcmp(header, "LUKS\xba\xbe", 6) != 0 || mbr_wins(space))
		return 0;
	if (be16(header + 6) == 1)
		luks1_map(space, header);
	else if (!luks2_map(space))
		return 0;
	snprintf(space->content.type, sizeof(space->content.type), "crypto_LUKS");
	return 1;
}

/* When nothing else has known the space. */
static int luks_second_map(struct map *map, struct space *space, struct err *err)
{
	uint8_t header[LUKS2_HEADER];
	struct luks_areas areas;

	(void)err;
	if (!luks2_second(space, header, &areas))
		return 0;
	map_note(map, space, "the first LUKS2 header is damaged; the second one is used");
	luks2_claim(space, header, &areas, true);
	snprintf(space->content.type, sizeof(space->content.type), "crypto_LUKS");
	return 1;
}

const struct layout_driver driver_luks = {
    .name = "luks",
    .map = luks_map,
};

const struct layout_driver driver_luks_second = {
    .name = "luks-second",
    .map = luks_second_map,
};
