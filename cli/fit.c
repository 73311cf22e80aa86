/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace and a disk together: are they given in that order, do they belong together, and what do the trace's
   sectors count from. */
#include "analyzer/analysis.h"
#include "analyzer/fit.h"

#include "base/escape.h"
#include "cli/cli.h"
#include "cli/confine.h"
#include "layout/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int find_fit(struct fit *fit, const struct map *map, const struct trace *trace, const char *disk,
		    const struct common *common)
{
	struct fit_options options = {.disk = disk, .force = common->force};
	struct err err;

	fit_none(fit, map);
	if (common->relative_to != NULL) {
		options.told = device_find(map, common->relative_to, &err);
		if (options.told == NULL) {
			err_prefix(&err, "--relative-to: ");
			return fail(disk, &err);
		}
	}
	if (fit_find(fit, map, trace, &options, &err) != 0)
		return fail(trace->path, &err);
	if (common->verbose && fit->proof == FIT_NONE) {
		err_set(&err,
			"nothing in it proves which device it is of; its sectors are taken for those of %s",
			fit->base == map_disk(map) ? disk : fit->base->name);
		fail(trace->path, &err);
	}
	return 0;
}

static int open_disk(struct map **map, struct fit *fit, const struct trace *trace, const char *disk,
		     const struct common *common)
{
	if (open_map(map, disk, common) != 0)
		return STATUS_FAILED;
	if (find_fit(fit, *map, trace, disk, common) == 0)
		return 0;
	fit_done(fit);
	map_close(*map);
	return STATUS_FAILED;
}

/* Every sector is unknown. */
static int open_nothing(struct map **map, struct fit *fit, const struct trace *trace,
			const struct common *common)
{
	struct err err;

	if (common->relative_to != NULL) {
		err_set(&err, "--relative-to: the disk that has '%.100s' must be named too",
			common->relative_to);
		return fail(NULL, &err);
	}
	if (map_unknown(map, trace->disk_sectors ? trace->disk_sectors : UINT64_MAX, &err) != 0)
		return fail(trace->path, &err);
	fit_none(fit, *map);
	return 0;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* DISK TRACE instead of TRACE DISK: says so. */
static bool is_swapped(const char *trace, const char *disk, const struct common *common)
{
	const char *format = common->trace.format == NULL && trace_recognised(trace) == NULL && is_file(trace)
				 ? trace_recognised(disk)
				 : NULL;
	struct err err;

	if (format == NULL)
		return false;
	err_set(&err, "is a trace (%s), and %.200s is none: the trace comes first, then the disk", format,
		trace);
	fail(disk, &err);
	return true;
}

int open_both(struct trace **trace, struct map **map, struct fit *fit, const char *trace_path,
	      const char *disk, const struct common *common)
{
	int status;

	if (confine(common, &trace_path, 1, disk) != 0)
		return STATUS_FAILED;
	if (disk != NULL && is_swapped(trace_path, disk, common))
		return STATUS_FAILED;
	if (open_trace(trace, trace_path, common) != 0)
		return STATUS_FAILED;
	status =
	    disk != NULL ? open_disk(map, fit, *trace, disk, common) : open_nothing(map, fit, *trace, common);
	if (status != 0)
		trace_close(*trace);
	return status;
}

void close_both(struct trace *trace, struct map *map, struct fit *fit)
{
	fit_done(fit);
	map_close(map);
	trace_close(trace);
}

static void print_line(const char *trace, const char *kind, const char *text)
{
	struct err err;

	err_set(&err, "%s: %.480s", kind, text);
	fail(trace, &err);
}

void print_fit(const struct fit *fit, const char *trace)
{
	for (size_t i = 0; i < fit->warnings.n; i++)
		print_line(trace, "warning", fit->warnings.at[i]);
	if (fit->derived != NULL)
		print_line(trace, "note", fit->derived);
}

void print_beyond(const struct analysis *analysis, const char *trace)
{
	char text[160];

	if (analysis->past > 0) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " accesses begin beyond the end of %.60s and are left out",
			 analysis->past, analysis->options.base->name);
		print_line(trace, "warning", text);
	}
	if (analysis->beyond > 0) {
		snprintf(text, sizeof(text), "%" PRIu64 " accesses reach beyond the end of %.60s",
			 analysis->beyond, analysis->options.base->name);
		print_line(trace, "warning", text);
	}
}
