/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The size that a trace states, and the words by which its recorder knew the disk, against the map.

   A disk may have grown since: then what is on it ends where the trace's disk did.  A copy may have been cut:
   then the partition table or the file system says that there was more. */
#include "analyzer/fit_private.h"

#include "layout/device.h"
#include "layout/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDED 64 /* .qtr of 2010 states multiples of this */

static bool has_size(const struct fitting *fitting, const struct space *space, bool rounded)
{
	uint64_t stated = fitting->trace->disk_sectors, sectors = space->sectors;

	if (!rounded)
		return sectors == stated;
	return fitting->trace->rounded && sectors <= stated && stated - sectors < ROUNDED;
}

/* Whether the recorder's words say that it is another one. */
static bool is_another(const struct fitting *fitting, const struct space *space)
{
	struct identity identity;

	/* A saved map does not say what a partition table is known by. */
	if (fitting->map->saved != NULL && !identity_has_contents(&fitting->trace->identity))
		return false;
	map_identity(fitting->map, space, &identity);
	return identity_differs(&fitting->trace->identity, &identity);
}

static bool is_known(const struct fitting *fitting, const struct space *space)
{
	struct identity identity;

	map_identity(fitting->map, space, &identity);
	return identity_common(&fitting->trace->identity, &identity) != NULL;
}

static void prove(struct fitting *fitting, const struct space *space)
{
	fitting->fit->base = space;
	fitting->fit->proof = is_known(fitting, space) ? FIT_RECORDED : FIT_SIZE;
}

static int say_another(struct fitting *fitting, const struct space *space, struct err *err)
{
	struct text trace = {0}, disk = {0};
	struct identity identity;
	int status;

	map_identity(fitting->map, space, &identity);
	identity_text(&trace, &fitting->trace->identity);
	identity_text(&disk, &identity);
	status = fitting_contradicts(
	    fitting, err, "the trace was recorded on another disk: it has %.170s, and %s has %.170s",
	    trace.at ? trace.at : "", space->name, disk.at ? disk.at : "");
	text_free(&trace);
	text_free(&disk);
	return status;
}

/* Where the last thing on a space ends.  A backup GPT is moved to the end of a disk that has grown. */
static uint64_t contents_end(const struct space *space)
{
	uint64_t end = space->sectors;

	for (size_t i = space->extents.n; i-- > 0;) {
		const struct extent *extent = &space->extents.at[i];

		if (extent->kind != KIND_GAP && extent->kind != KIND_UNKNOWN &&
		    extent->kind != KIND_GPT_BACKUP_HEADER && extent->kind != KIND_GPT_BACKUP_ENTRIES)
			return end;
		end = extent->start;
	}
	return 0;
}

/* How long the disk once was, as what is on it says. */
static uint64_t told_sectors(const struct fitting *fitting, const struct space *space)
{
	uint64_t told = space->told_sectors;

	for (size_t i = 0; i < fitting->map->spaces.n; i++) {
		const struct space *inner = fitting->map->spaces.at[i];

		if (inner->parent == space && inner->type == SPACE_PARTITION && inner->segments.n > 0 &&
		    inner->segments.at[0].nareas > 0 &&
		    told < inner->segments.at[0].areas[0].start + inner->sectors)
			told = inner->segments.at[0].areas[0].start + inner->sectors;
	}
	return told;
}

static bool has_grown(const struct fitting *fitting, const struct space *space)
{
	uint64_t stated = fitting->trace->disk_sectors;

	return stated < space->sectors && contents_end(space) <= stated;
}

static bool was_cut(const struct fitting *fitting, const struct space *space)
{
	uint64_t stated = fitting->trace->disk_sectors, told = told_sectors(fitting, space);

	return stated > space->sectors && told > space->sectors && told <= stated;
}

/* ", and nothing on it has that size (part1 79872, VG/LV 65536)" */
static void list_sizes(struct text *out, const struct fitting *fitting)
{
	text_str(out, ", and nothing on it has that size");
	for (size_t i = 1, n = 0; i < fitting->map->spaces.n && n < 8; i++) {
		const struct space *space = fitting->map->spaces.at[i];

		if (device_is_visible(space))
			text_printf(out, "%s%s %" PRIu64, n++ ? ", " : " (", space->name, space->sectors);
	}
	if (fitting->map->spaces.n > 1)
		text_char(out, ')');
}

static int say_sizes(struct fitting *fitting, const struct space *space, const char *name, struct err *err)
{
	bool is_disk = space == map_disk(fitting->map);
	struct text list = {0};
	int status;

	if (is_disk && fitting->options->told == NULL)
		list_sizes(&list, fitting);
	status = fitting_contradicts(
	    fitting, err, "the trace is of a %s of %" PRIu64 " sectors, but %s has %" PRIu64 "%.220s",
	    is_disk ? "disk" : "device", fitting->trace->disk_sectors, name, space->sectors,
	    list.n > 0 && list.at ? list.at : "");
	text_free(&list);
	return status;
}

/* Another size than the trace's: a warning where that can be, else a contradiction. */
static int other_size(struct fitting *fitting, const struct space *space, struct err *err)
{
	uint64_t stated = fitting->trace->disk_sectors;
	bool is_disk = space == map_disk(fitting->map);
	const char *name = is_disk ? fitting->options->disk : space->name;

	if (has_grown(fitting, space)) {
		prove(fitting, space);
		return fit_warn(fitting->fit, err,
				"%s has %" PRIu64 " sectors, and had %" PRIu64
				" when the trace was made: it has grown, or it is another one",
				name, space->sectors, stated);
	}
	if (was_cut(fitting, space)) {
		prove(fitting, space);
		return fit_warn(fitting->fit, err,
				"%s has only %" PRIu64 " sectors of the %" PRIu64
				" that the trace states and its own table speaks of: a copy that was cut",
				name, space->sectors, stated);
	}
	return say_sizes(fitting, space, name, err);
}

/* Visible partitions and volumes of that size which are no others; those that the words know, if any. */
static size_t find_candidates(const struct fitting *fitting, bool rounded, const struct space **candidates)
{
	size_t n = 0, known = 0;

	for (size_t i = 1; i < fitting->map->spaces.n; i++) {
		const struct space *space = fitting->map->spaces.at[i];

		if (device_is_visible(space) && has_size(fitting, space, rounded) &&
		    !is_another(fitting, space))
			candidates[n++] = space;
	}
	for (size_t i = 0; i < n; i++)
		if (is_known(fitting, candidates[i]))
			candidates[known++] = candidates[i];
	return known > 0 ? known : n;
}

static int choose(struct fitting *fitting, bool rounded, const struct space **candidates, struct err *err)
{
	size_t n = find_candidates(fitting, rounded, candidates);
	char why[40];

	if (n == 0)
		return 0;
	snprintf(why, sizeof(why), "%" PRIu64 " sectors", fitting->trace->disk_sectors);
	if (fitting_choose(fitting, candidates, n, why, err) != 0)
		return -1;
	prove(fitting, candidates[0]);
	return 1;
}

/* A volume or partition of the stated size: 1, 0 when there is none, -1. */
static int by_size(struct fitting *fitting, bool rounded, struct err *err)
{
	const struct space **candidates = calloc(fitting->map->spaces.n, sizeof(struct space *));
	int got = candidates ? choose(fitting, rounded, candidates, err) : err_nomem(err);

	free(candidates);
	return got;
}

static bool fits(const struct fitting *fitting, const struct space *space)
{
	return has_size(fitting, space, false) || has_size(fitting, space, true);
}

/* The user has said what the sectors count from. */
static int hold_told(struct fitting *fitting, const struct space *told, struct err *err)
{
	uint64_t stated = fitting->trace->disk_sectors;

	if (is_another(fitting, told))
		return say_another(fitting, told, err);
	if (stated == 0 || fits(fitting, told)) {
		if (stated != 0 || is_known(fitting, told))
			prove(fitting, told);
		return 0;
	}
	if (told != map_disk(fitting->map))
		return other_size(fitting, told, err);
	return fit_warn(fitting->fit, err,
			"the trace is of a device of %" PRIu64 " sectors, but %s has %" PRIu64, stated,
			fitting->options->disk, told->sectors);
}

/* The trace's size is exactly some device's, or it is what the disk once had, or it was rounded. */
int fit_sizes(struct fitting *fitting, struct err *err)
{
	const struct space *disk = map_disk(fitting->map);
	bool another = is_another(fitting, disk);
	int got = 0;

	if (fitting->options->told != NULL)
		return hold_told(fitting, fitting->options->told, err);
	if (fitting->trace->disk_sectors == 0 || (has_size(fitting, disk, false) && !another))
		return hold_told(fitting, disk, err);
	got = by_size(fitting, false, err);
	if (got == 0 && !another && (has_grown(fitting, disk) || was_cut(fitting, disk)))
		return other_size(fitting, disk, err);
	if (got == 0 && !another && has_size(fitting, disk, true)) {
		prove(fitting, disk);
		return 0;
	}
	if (got == 0)
		got = by_size(fitting, true, err);
	if (got != 0)
		return got < 0 ? -1 : 0;
	return another ? say_another(fitting, disk, err) : other_size(fitting, disk, err);
}
