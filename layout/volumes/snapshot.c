/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores of device-mapper snapshots: a header, then areas of a chunk with exceptions and the chunks that these speak of,
   each of which holds what a chunk of the origin was, or what was written to the snapshot.  Facts: Linux
   drivers/md/dm-snap-persistent.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/drivers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x70416e53 /* "SnAp" */
#define CHUNK_MAX 2048   /* sectors */
#define EXCEPTION 16

struct store {
	struct space *space;
	uint64_t chunk, chunks; /* sectors of a chunk; chunks of the space */
	uint8_t *table;         /* a chunk */
};

static void claim_chunk(const struct store *store, enum kind kind, uint64_t chunk, uint64_t owner)
{
	space_claim_as(store->space, (struct claim){
					 .start = chunk * store->chunk,
					 .count = store->chunk,
					 .rank = kind == KIND_SNAPSHOT_CHUNK ? RANK_CONTENT : RANK_STRUCTURE,
					 .kind = kind,
					 .owner = (uint32_t)owner,
				     });
}

/* The exceptions of an area; whether it is full, so that there may be another. */
static bool read_area(const struct store *store, struct map *map, uint64_t at)
{
	uint64_t per_area = (store->chunk << SECTOR_SHIFT) / EXCEPTION;
	struct err why;

	claim_chunk(store, KIND_SNAPSHOT_EXCEPTIONS, at, 0);
	if (space_read(store->space, (at * store->chunk) << SECTOR_SHIFT, store->table,
		       (size_t)store->chunk << SECTOR_SHIFT, &why) != 0) {
		map_note(map, store->space, "its exceptions cannot be read: %s", why.text);
		return false;
	}
	for (uint64_t i = 0; i < per_area; i++) {
		uint64_t old_chunk = le64(store->table + i * EXCEPTION);
		uint64_t new_chunk = le64(store->table + i * EXCEPTION + 8);

		if (new_chunk == 0)
			return false;
		if (new_chunk >= store->chunks || old_chunk > UINT32_MAX) {
			map_note(map, store->space,
				 "exception %" PRIu64 " of chunk %" PRIu64 " leaves its store", i, at);
			return false;
		}
		claim_chunk(store, KIND_SNAPSHOT_CHUNK, new_chunk, old_chunk);
	}
	return true;
}

static int read_store(struct store *store, struct map *map, struct err *err)
{
	uint64_t per_area = (store->chunk << SECTOR_SHIFT) / EXCEPTION;

	store->table = malloc((size_t)store->chunk << SECTOR_SHIFT);
	if (store->table == NULL)
		return err_nomem(err);
	claim_chunk(store, KIND_SNAPSHOT_HEADER, 0, 0);
	/* Ends with the space. */
	for (uint64_t at = 1; at < store->chunks && read_area(store, map, at);)
		at += per_area + 1;
	free(store->table);
	return 0;
}

static int snapshot_map(struct map *map, struct space *space, struct err *err)
{
	struct store store = {.space = space};
	uint8_t head[16];
	struct err why;

	if (space->type != SPACE_VOLUME || space_read(space, 0, head, sizeof(head), &why) != 0 ||
	    le32(head) != MAGIC || le32(head + 8) != 1)
		return 0;
	store.chunk = le32(head + 12);
	if (store.chunk == 0 || store.chunk > CHUNK_MAX || space->sectors < store.chunk)
		return 0;
	store.chunks = space->sectors / store.chunk;
	if (le32(head + 4) == 0)
		map_note(map, space, "the snapshot has overflown and is not valid any more");
	snprintf(space->content.type, sizeof(space->content.type), "DM_snapshot_cow");
	snprintf(space->content.detail, sizeof(space->content.detail), "chunk %" PRIu64, store.chunk);
	space->rest = KIND_SNAPSHOT_UNUSED;
	return read_store(&store, map, err) != 0 ? -1 : 1;
}

const struct layout_driver driver_snapshot = {
    .name = "snapshot",
    .map = snapshot_map,
};
