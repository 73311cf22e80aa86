/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traces and disks, opened as the common options say, when the outputs spare them. */
#include "cli/cli.h"

#include "analyzer/clock.h"
#include "cli/confine.h"
#include "layout/disk/image.h"
#include "layout/saved/saved.h"

#include <unistd.h>

int plan_output(struct common *common, const char *path)
{
	return outputs_add(&common->outputs, path);
}

/* What options name is read as well as `path`. */
static int spare_inputs(const struct common *common, const char *path)
{
	const char *const named[] = {path, common->of, common->lvm_path};
	int status = 0;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && status == 0; i++)
		status = outputs_spare(&common->outputs, named[i]);
	for (size_t i = 0; i < common->map.nwith && status == 0; i++)
		status = outputs_spare(&common->outputs, common->with[i]);
	return status;
}

int open_trace(struct trace **trace, const char *path, const struct common *common)
{
	struct err err;

	if (spare_inputs(common, path) != 0 || confine(common, &path, 1, NULL) != 0)
		return STATUS_FAILED;
	if (trace_open(trace, path, &common->trace, &err) != 0)
		return fail(path, &err);
	for (size_t i = 0; i < (*trace)->files.n; i++)
		if (outputs_spare(&common->outputs, (*trace)->files.at[i]) != 0) {
			trace_close(*trace);
			return STATUS_FAILED;
		}
	if (common->verbose) {
		err_set(&err, "%s", (*trace)->why);
		fail(path, &err);
	}
	return 0;
}

/* Holds a saved map against the disk that it should be of; no other is looked at. */
static int check_saved(struct map *map, const char *path, const struct common *common)
{
	struct err err;

	if (common->of != NULL && !saved_is_map(map)) {
		err_set(&err, "is no saved map, so there is nothing that --of could ask for");
		return fail(path, &err);
	}
	if (common->of != NULL && saved_compare(map, common->of, &common->map.image, &err) != 0) {
		err_prefix(&err, "is not the map of %s: ", common->of);
		return fail(path, &err);
	}
	return 0;
}

/* A disk on which nothing is found may be none: a trace in the wrong place. */
static int refuse_trace(const struct map *map, const char *path)
{
	const struct space *disk = map_disk(map);
	const char *format = NULL;
	struct err err;

	if (!saved_is_map(map) && disk->fs == NULL && disk->content.type[0] == '\0')
		format = trace_recognised(path);
	if (format == NULL)
		return 0;
	err_set(&err, "is a trace (%s), not a disk", format);
	return fail(path, &err);
}

/* The files that images lie in are read, too. */
static int spare_images(const struct map *map, const struct common *common)
{
	const char *file;

	for (size_t i = 0; i < map->spaces.n; i++)
		for (size_t j = 0; map->spaces.at[i]->image != NULL &&
				   (file = image_file(map->spaces.at[i]->image, j)) != NULL;
		     j++)
			if (outputs_spare(&common->outputs, file) != 0)
				return STATUS_FAILED;
	return 0;
}

int open_map(struct map **map, const char *path, const struct common *common)
{
	struct err err;

	if (spare_inputs(common, path) != 0 || confine(common, NULL, 0, path) != 0)
		return STATUS_FAILED;
	if (map_open(map, path, &common->map, &err) != 0)
		return fail(path, &err);
	if (refuse_trace(*map, path) == 0 && check_saved(*map, path, common) == 0 &&
	    spare_images(*map, common) == 0)
		return 0;
	map_close(*map);
	return STATUS_FAILED;
}

int find_clock(struct clock *clock, struct trace *trace, const struct map *map, const struct space *base,
	       const struct common *common, bool is_piece)
{
	struct err err;

	*clock = (struct clock){0};
	if (common->as_of_end || is_piece ||
	    clock_find(clock, trace, map, base, common->map.threads, &err) == 0)
		return 0;
	clock_done(clock);
	return fail(trace->path, &err);
}
