/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plain results of an analysis. */
#include "reports/report.h"

#include "base/size.h"
#include "layout/fs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_trace(struct report *report, const struct trace *trace, const struct analysis *analysis)
{
	const struct space *base = analysis->options.base;

	report->trace = (struct report_trace){
	    .file = trace->path,
	    .format = trace->format->name,
	    .event = trace->event,
	    .device = trace->options.device,
	    .relative_to = base == map_disk(analysis->map) ? NULL : base->name,
	    .sectors = trace->disk_sectors,
	    .accesses = analysis->accesses,
	    .windows = analysis->windows,
	    .outside = analysis->outside,
	    .past = analysis->past,
	    .stray_ons = analysis->stray_ons,
	    .stray_offs = analysis->stray_offs,
	    .beyond = analysis->beyond,
	    .elsewhere = analysis->elsewhere,
	    .marked = analysis->marked,
	    .all = analysis->options.all,
	};
}

static int take_regions(struct report *report, const struct usage *usage)
{
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		struct report_region plain = {
		    .device = region->device->name,
		    .fs = region->fs,
		    .kind = region->kind,
		    .order = usage_region_order(region),
		    .counters = region->counters,
		};

		if (VEC_PUSH(&report->regions, plain) != 0)
			return -1;
	}
	return 0;
}

static int take_cause(struct report *report, struct report_cause *cause,
		      const struct alignment_device *device, enum cause which)
{
	struct text detail = {0};

	cause->requests = device->by_cause[which];
	cause->first = device->first[which];
	if (cause->requests == 0)
		return 0;
	blame_text(&detail, &device->blames[which], report->unit_sectors);
	cause->detail = detail.short_of_memory ? NULL : pool_add(&report->strings, detail.at, detail.n);
	text_free(&detail);
	return cause->detail ? 0 : -1;
}

static int take_devices(struct report *report, const struct alignment *alignment)
{
	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];
		struct report_device plain = {
		    .name = device->device->name,
		    .order = device->device->id,
		    .writes = device->writes,
		    .unaligned = device->unaligned,
		    .partial_blocks = device->partial_blocks,
		};

		for (int cause = 0; cause < CAUSES; cause++)
			if (take_cause(report, &plain.causes[cause], device, (enum cause)cause) != 0)
				return -1;
		if (VEC_PUSH(&report->devices, plain) != 0)
			return -1;
	}
	return 0;
}

static int take_disk_notes(struct report *report, const struct map *map)
{
	const char *rest = NULL;
	char text[64];

	for (size_t i = 0; i < map->notes.n; i++)
		if (VEC_PUSH(&report->disk_notes, map->notes.at[i].text) != 0)
			return -1;
	if (map->notes.left_out == 0)
		return 0;
	snprintf(text, sizeof(text), "and %zu more notes on the disk", map->notes.left_out);
	rest = pool_string(&report->strings, text);
	return rest == NULL ? -1 : VEC_PUSH(&report->disk_notes, rest);
}

/* A proof that is no more than the disk's own size goes without saying. */
static int take_fit(struct report *report, const struct fit *fit)
{
	if (fit == NULL || report->disk.file == NULL)
		return 0;
	if (fit->proof != FIT_SIZE || fit->derived != NULL)
		report->trace.identity = fit_proof_name(fit->proof);
	report->derived = fit->derived;
	for (size_t i = 0; i < fit->warnings.n; i++)
		if (VEC_PUSH(&report->fit_warnings, fit->warnings.at[i]) != 0)
			return -1;
	return 0;
}

int report_init(struct report *report, const struct trace *trace, const char *disk_path,
		const struct map *map, const struct analysis *analysis, struct err *err)
{
	*report = (struct report){
	    .disk = {.file = disk_path,
		     .sectors = map_disk(map)->sectors,
		     .base_sectors = analysis->options.base->sectors},
	    .unit_sectors = analysis->options.unit_sectors,
	    .totals = analysis->usage.totals,
	    .usage = &analysis->usage,
	    .threads = analysis->options.threads,
	};
	take_trace(report, trace, analysis);
	for (size_t i = 0; i < trace->notes.n; i++)
		if (VEC_PUSH(&report->trace_notes, trace->notes.at[i]) != 0)
			return err_nomem(err);
	if (take_regions(report, &analysis->usage) != 0 || take_devices(report, &analysis->alignment) != 0 ||
	    take_fit(report, analysis->options.fit) != 0 || take_disk_notes(report, map) != 0)
		return err_nomem(err);
	return report_make_notes(report, err);
}

void report_done(struct report *report)
{
	VEC_FREE(&report->regions);
	VEC_FREE(&report->files);
	VEC_FREE(&report->devices);
	VEC_FREE(&report->trace_notes);
	VEC_FREE(&report->disk_notes);
	VEC_FREE(&report->fit_warnings);
	VEC_FREE(&report->warnings);
	VEC_FREE(&report->notes);
	pool_free(&report->strings);
	free(report->file_counters);
	memset(report, 0, sizeof(*report));
}

void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors)
{
	uint64_t unit = unit_sectors << SECTOR_SHIFT;
	uint64_t off = ((blame->start - blame->inner) % unit_sectors) << SECTOR_SHIFT;

	switch (blame->cause) {
	case CAUSE_PARTITION:
		text_printf(out,
			    "%s starts at sector %" PRIu64 ", %" PRIu64 " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->start - blame->inner, off, unit);
		break;
	case CAUSE_LVM:
		text_printf(out,
			    "%s has its sector %" PRIu64 " at sector %" PRIu64 " of the disk, %" PRIu64
			    " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->inner, blame->start, off, unit);
		break;
	case CAUSE_FS_BLOCK:
		text_printf(out, "%s on %s has blocks of %" PRIu32 " bytes, fewer than %" PRIu64,
			    blame->space->fs->type, space_name(blame->space),
			    fs_block_sectors(blame->space->fs) << SECTOR_SHIFT, unit);
		break;
	default:
		text_printf(out,
			    "all layers start on multiples of %" PRIu64 "; the requests themselves are off",
			    unit);
	}
}
