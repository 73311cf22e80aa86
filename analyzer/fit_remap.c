/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remap events against the map: a device whose sector F was sector S of the one below is the partition or
   volume that has them so.

   Of a bio that is remapped twice (a volume, then its partition) the first S counts from the partition; where
   a trace shows that another remap went on from there, only such places fit, and where accesses of the lowest
   device stand at S, only places on the disk itself do. */
#include "analyzer/fit_private.h"

#include "layout/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum level { LEVEL_ANY, LEVEL_DISK, LEVEL_BETWEEN };

static enum level level_of(const struct remap_source *source)
{
	if (source->onto > source->landed)
		return LEVEL_BETWEEN;
	return source->landed > 0 || source->lower > source->own ? LEVEL_DISK : LEVEL_ANY;
}

/* A partition of the traced disk has the disk's major number. */
static bool has_major_of(const struct remap_source *source, const char *device)
{
	size_t len = strcspn(device, ",");

	return strncmp(source->name, device, len) == 0 && source->name[len] == ',';
}

/* Whether sector `from` of a space lies at sector `to` of what it lies in: a remap goes one layer down. */
static bool lies_at(const struct map *map, const struct space *space, uint64_t from, uint64_t to,
		    enum level level)
{
	struct place place;
	unsigned i = 0;

	if (from >= space->sectors)
		return false;
	map_find_in(map, space, from, &place);
	while (i < place.depth && place.stack[i].space != space)
		i++;
	if (i == 0 || i == place.depth || (level == LEVEL_DISK && i > 1) ||
	    (level == LEVEL_BETWEEN && i == 1))
		return false;
	return place.stack[i - 1].start == to;
}

static bool fits(const struct fitting *fitting, const struct space *space, const struct remap_source *source)
{
	if (has_major_of(source, source->below) && space->type != SPACE_PARTITION)
		return false;
	for (unsigned i = 0; i < source->n; i++)
		if (!lies_at(fitting->map, space, source->at[i].from, source->at[i].to, level_of(source)))
			return false;
	return source->n > 0;
}

static size_t find_places(const struct fitting *fitting, const struct remap_source *source,
			  const struct space **places)
{
	size_t n = 0;

	for (size_t i = 1; i < fitting->map->spaces.n; i++) {
		const struct space *space = fitting->map->spaces.at[i];

		if (!space->is_disk && device_is_visible(space) && fits(fitting, space, source))
			places[n++] = space;
	}
	return n;
}

/* "its sector 12392 is sector 14440 of 8,1" */
static void say_remap(char *text, size_t size, const struct remap_source *source)
{
	snprintf(text, size, "remap events: its sector %" PRIu64 " is sector %" PRIu64 " of %s",
		 source->at[0].from, source->at[0].to, source->below[0] ? source->below : "the device below");
}

/* A partition's accesses have the sectors of its disk. */
static int is_partition(struct fitting *fitting, const struct remap_source *source, size_t n, struct err *err)
{
	const struct space *told = fitting->options->told, *disk = map_disk(fitting->map);
	char why[160];

	say_remap(why, sizeof(why), source);
	fitting->fit->proof = FIT_REMAP;
	if (told != NULL && told != disk)
		return fitting_contradicts(
			   fitting, err,
			   "%s is a partition, whose sectors a trace counts from the start of the disk, "
			   "not of %s (%s)",
			   source->name, told->name, why) != 0
			   ? -1
			   : 1;
	if (n == 0 && told == NULL)
		return fitting_contradicts(fitting, err,
					   "%s is on another disk: no partition of %s lies so (%s)",
					   source->name, fitting->options->disk, why) != 0
			   ? -1
			   : 1;
	return 1;
}

static bool is_among(const struct space *space, const struct space *const *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (places[i] == space)
			return true;
	return false;
}

/* A mapped device has sectors of its own, which are never the disk's. */
static int is_mapped(struct fitting *fitting, const struct remap_source *source, const struct space **places,
		     size_t n, struct err *err)
{
	const struct space *told = fitting->options->told;
	char why[160];

	say_remap(why, sizeof(why), source);
	if (told != NULL) {
		fitting->fit->proof = is_among(told, places, n) ? FIT_REMAP : FIT_NONE;
		if (n == 0 || told == map_disk(fitting->map) || fitting->fit->proof == FIT_REMAP)
			return fitting->fit->proof == FIT_REMAP;
		return fitting_contradicts(fitting, err, "%s is %s, not %s (%s)", source->name,
					   places[0]->name, told->name, why) != 0
			   ? -1
			   : 1;
	}
	if (n == 0)
		return fitting_contradicts(
			   fitting, err,
			   "%s is a mapped device with sectors of its own (%s), and nothing of %s lies so; "
			   "--relative-to names what it is",
			   source->name, why, fitting->options->disk) != 0
			   ? -1
			   : 1;
	fitting->fit->proof = FIT_REMAP;
	return fitting_choose(fitting, places, n, why, err) != 0 ? -1 : 1;
}

static int of_source(struct fitting *fitting, const struct remap_source *source, const struct space **places,
		     struct err *err)
{
	size_t n = find_places(fitting, source, places);
	bool lower =
	    source->lower > source->own || (source->own == 0 && n == 1 && places[0]->type == SPACE_PARTITION);

	return lower ? is_partition(fitting, source, n, err) : is_mapped(fitting, source, places, n, err);
}

/* The traced device is the one below: what lies on it tells whether this disk is it. */
static int of_below(struct fitting *fitting, const struct space **places, struct err *err)
{
	const char *device = fitting_device(fitting);
	const struct remap_source *odd = NULL;

	for (size_t i = 0; i < remaps_count(fitting->trace->remaps); i++) {
		const struct remap_source *source = remaps_source(fitting->trace->remaps, i);

		if (strcmp(source->below, device) != 0 || level_of(source) == LEVEL_BETWEEN)
			continue;
		if (find_places(fitting, source, places) > 0) {
			fitting->fit->proof = FIT_REMAP;
			return fitting->fit->base == map_disk(fitting->map);
		}
		if (has_major_of(source, device) || strncmp(source->name, "259,", 4) == 0)
			odd = source;
	}
	if (odd == NULL || fitting->fit->base != map_disk(fitting->map) || fitting->options->told != NULL)
		return 0;
	return is_partition(fitting, odd, 0, err);
}

int fit_remaps(struct fitting *fitting, struct err *err)
{
	const struct remap_source *source = remaps_find(fitting->trace->remaps, fitting_device(fitting));
	const struct space **places;
	int got;

	if (remaps_count(fitting->trace->remaps) == 0)
		return 0;
	places = calloc(fitting->map->spaces.n, sizeof(*places));
	if (places == NULL)
		return err_nomem(err);
	got = source != NULL ? of_source(fitting, source, places, err) : of_below(fitting, places, err);
	free(places);
	return got;
}
