/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building the map: a work list of spaces, probed in the order in which they appear. */
#include "layout/map_private.h"

#include "base/size.h"
#include "layout/disk/image.h"
#include "layout/fs.h"
#include "layout/unreadable.h"

#include <inttypes.h>
#include <stdio.h>

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

	if (image_open(&image, path, options ? &options->image : NULL, err) != 0)
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
	image_charge(image, &map->account);
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
	return 0;
}

static int probe_space(struct map *map, struct space *space, struct err *err)
{
	space->probed = true;
	if (space->sectors == 0)
		return 0;
	if (account_is_spent(&map->account)) {
		space->claims.left_out = true;
		return 0;
	}
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

/* Before all other notes, of which there may be too many. */
static void note_spent(struct map *map)
{
	struct notes first = {0};

	for (size_t i = 0; i < map->spaces.n; i++)
		if (map->spaces.at[i]->left_out)
			notes_add(&first, map->spaces.at[i],
				  "more is claimed on it than %" PRIu64
				  " bytes that could be read can tell, or than --max-memory has room for; "
				  "what exceeds"
				  " that is unknown",
				  (uint64_t)atomic_load(&map->account.seen));
	if (first.n == 0)
		return;
	for (size_t i = 0; i < map->notes.n; i++)
		if (VEC_PUSH(&first, map->notes.at[i]) != 0)
			first.short_of_memory = true;
	first.left_out += map->notes.left_out;
	first.short_of_memory |= map->notes.short_of_memory;
	VEC_FREE(&map->notes);
	map->notes = first;
}

static void check_sealed(struct map *map, struct space *space)
{
	for (size_t i = 0; space->fs != NULL && layout_drivers[i] != NULL; i++)
		if (layout_drivers[i]->sealed != NULL && layout_drivers[i]->fs == space->fs->ops)
			layout_drivers[i]->sealed(map, space);
}

int map_seal(struct map *map, unsigned threads, struct err *err)
{
	map_claim_unreadable(map);
	for (size_t i = 0; i < map->spaces.n; i++) {
		struct space *space = map->spaces.at[i];

		if (space_seal(space, threads) != 0)
			return err_nomem(err);
		map_note_overlaps(map, space);
		if (space->extents.untold)
			map_note(map, space, "more owners share sectors than can be told");
		check_sealed(map, space);
	}
	note_spent(map);
	return map->notes.short_of_memory ? err_nomem(err) : 0;
}

static int build(struct map *map, const char *path, const struct map_options *options, struct err *err)
{
	if (add_disks(map, path, options, err) != 0 || probe_all(map, err) != 0 ||
	    map_check_disks(map, err) != 0)
		return -1;
	return map_is_to_be_built_again(map) ? 0 : map_seal(map, map->build->threads, err);
}

int map_build(struct map *map, const char *path, const struct map_options *options, struct err *err)
{
	static const struct map_options none;
	const struct map_options *given = options != NULL ? options : &none;
	struct map_build state = {
	    .lvm_metadata = given->lvm_metadata,
	    .threads = given->threads > 0 ? given->threads : 1,
	    .keep_links = given->keep_links,
	    .history = given->history || given->keep_links,
	    .no_replay = given->no_replay,
	    .shallow = given->shallow,
	};
	int result;

	map->build = &state;
	result = build(map, path, options, err);
	for (size_t i = 0; layout_drivers[i] != NULL; i++)
		if (layout_drivers[i]->close)
			layout_drivers[i]->close(map);
	map->build = NULL;
	return result;
}
