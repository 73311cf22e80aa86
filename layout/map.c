/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map itself: opened, closed, and its spaces added. */
#include "layout/map_private.h"

#include "base/size.h"
#include "layout/disk/image.h"
#include "layout/fs.h"
#include "layout/saved/saved.h"
#include "layout/overlay.h"
#include "layout/segment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void space_free(struct space *space)
{
	for (size_t i = 0; i < space->segments.n; i++)
		free(space->segments.at[i].areas);
	VEC_FREE(&space->segments);
	claims_free(&space->claims);
	extents_free(&space->extents);
	fs_free(space->fs);
	overlay_free(space->overlay);
	image_close(space->image);
	free(space->name);
	free(space);
}

bool map_has_room(struct map *map, struct space *space)
{
	if (map->spaces.n < MAP_SPACES_MAX)
		return true;
	map_note(map, space, "holds more than %d partitions and volumes; the others are not looked at",
		 MAP_SPACES_MAX);
	space->claims.left_out = true; /* what they would have had is not free */
	return false;
}

struct space *map_add_space(struct map *map, struct space *parent, const char *name, uint64_t sectors,
			    struct err *err)
{
	struct space *space;

	assert(map->spaces.n < MAP_SPACES_MAX);
	space = calloc(1, sizeof(*space));
	if (space == NULL || (space->name = strdup(name)) == NULL || VEC_PUSH(&map->spaces, space) != 0) {
		if (space != NULL)
			free(space->name);
		free(space);
		err_nomem(err);
		return NULL;
	}
	space->id = (uint32_t)(map->spaces.n - 1);
	space->parent = parent;
	space->depth = parent ? parent->depth + 1 : 0;
	space->serves = space;
	space->account = space->claims.account = &map->account;
	space->sectors = sectors;
	space->sector_size = parent ? parent->sector_size : SECTOR_SIZE;
	return space;
}

/* Says in the outer space that an area of the inner one lies there. */
static int claim_area(struct map *map, const struct link *link, const struct area *area, uint64_t count,
		      struct err *err)
{
	struct claim claim = {
	    .start = area->start,
	    .count = count,
	    .rank = RANK_CONTENT,
	    .kind = KIND_CHILD,
	    .owner = (uint32_t)map->links.n,
	};

	/* Also where the address would not fit into a claim. */
	if (area->start >= area->space->sectors)
		return 0;
	if (!account_memory(&map->account, 2 * sizeof(*link))) {
		area->space->claims.left_out = true;
		return 0;
	}
	if (VEC_PUSH(&map->links, *link) != 0)
		return err_nomem(err);
	space_claim_as(area->space, claim);
	return 0;
}

int map_add_segment(struct map *map, struct space *inner, const struct segment *segment, struct err *err)
{
	struct link link = {.inner = inner, .segment = (uint32_t)inner->segments.n};

	if (space_add_segment(inner, segment, err) != 0)
		return -1;
	if (inner->segments.n == link.segment) /* it did not fit into the account */
		return 0;
	for (link.area = 0; link.area < segment->nareas; link.area++) {
		const struct area *area = &segment->areas[link.area];

		link.outer_start = area->start;
		if (area->space != NULL &&
		    claim_area(map, &link, area, segment_area_sectors(segment), err) != 0)
			return -1;
	}
	return 0;
}

int map_add_linear(struct map *map, struct space *inner, struct space *outer, uint64_t start, uint64_t count,
		   struct err *err)
{
	struct area area = {.space = outer, .start = start};
	struct segment segment = {
	    .count = count,
	    .type = SEGMENT_LINEAR,
	    .nareas = 1,
	    .areas = &area,
	};

	return map_add_segment(map, inner, &segment, err);
}

/* What says how to read a disk comes too late. */
static int open_saved(struct map **result, const char *path, const struct map_options *options,
		      struct err *err)
{
	if (options != NULL &&
	    (options->nwith > 0 || options->lvm_metadata != NULL || options->sector_size != 0))
		return err_set(err, "is a saved map; --with, --lvm-metadata and --sector-size are for disks");
	if (saved_open(result, path, err) != 0)
		return -1;
	if (options == NULL || !options->history)
		notes_drop_history(&(*result)->notes);
	return 0;
}

/* How many threads share the work does not show, unless the account is spent: who got the last of it is
   chance. */
static int build(struct map **result, const char *path, const struct map_options *options, struct err *err)
{
	struct map *map = calloc(1, sizeof(*map));
	struct map_options alone = *options;

	if (map == NULL)
		return err_nomem(err);
	map->path = strdup(path);
	if (map->path == NULL) {
		free(map);
		return err_nomem(err);
	}
	map->account.max_memory = options->max_memory;
	if (map_build(map, path, options, err) != 0) {
		map_close(map);
		return -1;
	}
	if (account_is_spent(&map->account) && options->threads > 1) {
		alone.threads = 1;
		map_close(map);
		return build(result, path, &alone, err);
	}
	*result = map;
	return 0;
}

int map_open(struct map **result, const char *path, const struct map_options *options, struct err *err)
{
	static const struct map_options none;

	return saved_is(path) ? open_saved(result, path, options, err)
			      : build(result, path, options != NULL ? options : &none, err);
}

int map_unknown(struct map **result, uint64_t sectors, struct err *err)
{
	struct map *map = calloc(1, sizeof(*map));

	if (map == NULL)
		return err_nomem(err);
	if (map_add_space(map, NULL, "disk", sectors < EXTENT_SECTORS_MAX ? sectors : EXTENT_SECTORS_MAX,
			  err) == NULL ||
	    map_seal(map, 1, err) != 0) {
		map_close(map);
		return -1;
	}
	*result = map;
	return 0;
}

void map_close(struct map *map)
{
	if (map == NULL)
		return;
	for (size_t i = 0; i < map->spaces.n; i++)
		space_free(map->spaces.at[i]);
	VEC_FREE(&map->spaces);
	VEC_FREE(&map->links);
	notes_free(&map->notes);
	saved_free(map);
	free(map->path);
	free(map);
}
