/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building the map: a work list of spaces, probed in the order in which they appear. */
#include "layout/map.h"

#include "base/size.h"
#include "layout/disk/image.h"
#include "layout/fs.h"
#include "layout/saved/saved.h"
#include "layout/overlay.h"
#include "layout/segment.h"
#include "layout/unreadable.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

bool map_has_room(struct map *map, const struct space *space)
{
	if (map->spaces.n < MAP_SPACES_MAX)
		return true;
	map_note(map, space, "holds more than %d partitions and volumes; the others are not looked at",
		 MAP_SPACES_MAX);
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

/* --- building --- */

/* "disk"; further ones are "disk2", "disk3" ... */
static struct space *add_disk_space(struct map *map, uint64_t sectors, struct err *err)
{
	char name[32] = "disk";

	if (map->spaces.n > 0)
		snprintf(name, sizeof(name), "disk%zu", map->spaces.n + 1);
	return map_add_space(map, NULL, name, sectors, err);
}

static int add_disk(struct map *map, const char *path, const struct map_options *options, struct err *err)
{
	uint8_t sector[SECTOR_SIZE];
	struct image *image;
	struct space *disk;

	if (image_open(&image, path, err) != 0)
		return -1;
	if (image_sectors(image) > EXTENT_SECTORS_MAX) {
		image_close(image);
		return err_set(err, "is larger than 128 PiB");
	}
	disk = add_disk_space(map, image_sectors(image), err);
	if (disk == NULL) {
		image_close(image);
		return -1;
	}
	disk->image = image;
	disk->is_disk = true;
	disk->sector_size = image_sector_size(image);
	if (options != NULL && options->sector_size != 0)
		disk->sector_size = options->sector_size;
	if (image_note(image)[0] != '\0')
		map_note(map, disk, "%s", image_note(image));
	/* An unreadable disk ends the run; anything else that cannot be read is only a note. */
	return space_read(disk, 0, sector, sizeof(sector), err);
}

static int add_disks(struct map *map, const char *path, const struct map_options *options, struct err *err)
{
	if (add_disk(map, path, options, err) != 0)
		return -1;
	for (size_t i = 0; options != NULL && i < options->nwith; i++)
		if (add_disk(map, options->with[i], options, err) != 0)
			return err_prefix(err, "--with %s: ", options->with[i]);
	map->lvm_metadata = options ? options->lvm_metadata : NULL;
	map->keep_links = options != NULL && options->keep_links;
	map->no_replay = options != NULL && options->no_replay;
	map->shallow = options != NULL && options->shallow;
	map->threads = options != NULL && options->threads > 0 ? options->threads : 1;
	return 0;
}

static int probe_space(struct map *map, struct space *space, struct err *err)
{
	space->probed = true;
	if (space->sectors == 0)
		return 0;
	if (space->depth + 2 >= MAP_DEPTH_MAX) {
		map_note(map, space, "lies %u layers deep; what is in it is not looked at", space->depth);
		return 0;
	}
	for (size_t i = 0; layout_drivers[i] != NULL; i++) {
		int mine = layout_drivers[i]->map ? layout_drivers[i]->map(map, space, err) : 0;

		if (mine != 0)
			return mine < 0 ? -1 : 0;
	}
	return 0;
}

/* Ends because every round probes at least one of at most MAP_SPACES_MAX spaces. */
static int probe_all(struct map *map, struct err *err)
{
	size_t done = 0;

	while (done < map->spaces.n) {
		for (; done < map->spaces.n; done++)
			if (!map->spaces.at[done]->probed && probe_space(map, map->spaces.at[done], err) != 0)
				return -1;
		for (size_t i = 0; layout_drivers[i] != NULL; i++)
			if (layout_drivers[i]->finish && layout_drivers[i]->finish(map, err) != 0)
				return -1;
	}
	return 0;
}

static const char *claim_text(const struct map *map, const struct space *space, const struct claim *claim,
			      char *buf, size_t len)
{
	if (claim->kind == KIND_CHILD)
		snprintf(buf, len, "%s", map->links.at[claim->owner].inner->name);
	else if (kind_has_owner((enum kind)claim->kind))
		snprintf(buf, len, "%s of inode %" PRIu64, kind_name((enum kind)claim->kind),
			 fs_number(space->fs, claim->owner));
	else
		snprintf(buf, len, "%s", kind_name((enum kind)claim->kind));
	return buf;
}

static bool may_share(const struct space *space, const struct overlap *overlap)
{
	return space->rest == KIND_LVM_THIN_FREE ||
	       fs_may_share(space->fs, &overlap->winner, &overlap->loser);
}

static bool same_claims(const struct overlap *a, const struct overlap *b)
{
	return claim_compare(&a->winner, &b->winner) == 0 && claim_compare(&a->loser, &b->loser) == 0;
}

/* An overlap of two claims is in parts where a third one begins or ends: the next part after `i`, or n. */
static size_t next_part(const struct extents *extents, size_t i)
{
	const struct overlap *all = extents->overlaps.at;
	uint64_t end = all[i].start + all[i].count;

	for (size_t j = i + 1; j < extents->overlaps.n && all[j].start <= end; j++)
		if (all[j].start == end && same_claims(&all[i], &all[j]))
			return j;
	return extents->overlaps.n;
}

static bool has_part_before(const struct extents *extents, size_t i)
{
	const struct overlap *all = extents->overlaps.at;

	for (size_t j = i; j-- > 0 && all[j].start + all[j].count >= all[i].start;)
		if (all[j].start + all[j].count == all[i].start && same_claims(&all[i], &all[j]))
			return true;
	return false;
}

static void note_overlap(struct map *map, const struct space *space, size_t i)
{
	const struct extents *extents = &space->extents;
	const struct overlap *first = &extents->overlaps.at[i];
	char winner[96], loser[96];
	uint64_t end = first->start + first->count;

	while ((i = next_part(extents, i)) < extents->overlaps.n)
		end = extents->overlaps.at[i].start + extents->overlaps.at[i].count;
	claim_text(map, space, &first->winner, winner, sizeof(winner));
	claim_text(map, space, &first->loser, loser, sizeof(loser));
	map_note(map, space,
		 "sectors %" PRIu64 "+%" PRIu64 " are claimed by %s and by %s; shown as the first",
		 first->start, end - first->start, winner, loser);
}

static void note_overlaps(struct map *map, const struct space *space)
{
	const struct extents *extents = &space->extents;

	for (size_t i = 0; i < extents->overlaps.n; i++) {
		if (may_share(space, &extents->overlaps.at[i]))
			continue;
		if (map->notes.n >= NOTES_MAX)
			map->notes.left_out++;
		else if (!has_part_before(extents, i))
			note_overlap(map, space, i);
	}
}

static int seal(struct map *map, struct err *err)
{
	map_claim_unreadable(map);
	for (size_t i = 0; i < map->spaces.n; i++) {
		struct space *space = map->spaces.at[i];

		if (space_seal(space, map->threads) != 0)
			return err_nomem(err);
		note_overlaps(map, space);
	}
	map->sealed = true;
	return map->notes.short_of_memory ? err_nomem(err) : 0;
}

/* What says how to read a disk comes too late. */
static int open_saved(struct map **result, const char *path, const struct map_options *options,
		      struct err *err)
{
	if (options != NULL &&
	    (options->nwith > 0 || options->lvm_metadata != NULL || options->sector_size != 0))
		return err_set(err, "is a saved map; --with, --lvm-metadata and --sector-size are for disks");
	return saved_open(result, path, err);
}

int map_open(struct map **result, const char *path, const struct map_options *options, struct err *err)
{
	struct map *map;

	if (saved_is(path))
		return open_saved(result, path, options, err);
	map = calloc(1, sizeof(*map));
	if (map == NULL)
		return err_nomem(err);
	map->path = strdup(path);
	if (map->path == NULL) {
		free(map);
		return err_nomem(err);
	}
	if (add_disks(map, path, options, err) != 0 || probe_all(map, err) != 0 ||
	    map_check_disks(map, err) != 0 || seal(map, err) != 0) {
		map_close(map);
		return -1;
	}
	map->lvm_metadata = NULL;
	*result = map;
	return 0;
}

int map_unknown(struct map **result, uint64_t sectors, struct err *err)
{
	struct map *map = calloc(1, sizeof(*map));

	if (map == NULL)
		return err_nomem(err);
	if (map_add_space(map, NULL, "disk", sectors < EXTENT_SECTORS_MAX ? sectors : EXTENT_SECTORS_MAX,
			  err) == NULL ||
	    seal(map, err) != 0) {
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
	for (size_t i = 0; layout_drivers[i] != NULL; i++)
		if (layout_drivers[i]->close)
			layout_drivers[i]->close(map);
	for (size_t i = 0; i < map->spaces.n; i++)
		space_free(map->spaces.at[i]);
	VEC_FREE(&map->spaces);
	VEC_FREE(&map->links);
	notes_free(&map->notes);
	VEC_FREE(&map->marks);
	if (map->saved != NULL)
		munmap((void *)map->saved, map->saved_len);
	free(map->of);
	free(map->path);
	free(map);
}
