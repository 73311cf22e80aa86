/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap align: is the layout aligned, and are the accesses. */
#include "analyzer/analysis.h"
#include "cli/cli.h"
#include "reports/align.h"

#include <stdio.h>

static const char options_help[] =
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               count the accesses outside the qtrace marks too\n" COMMON_TRACE_HELP
	COMMON_FORCE_HELP COMMON_DISK_HELP "The exit status is 1 when a layer or, with TRACE, a write is "
					   "off, or blocks are smaller than the unit.\n";

#define BLOCK_SECTORS 8

static int print_verdict(const struct map *map, const struct analysis *analysis, const struct torn *torn,
			 const struct common *common)
{
	struct text out = {0};
	struct err err;
	int off =
	    align_text(&out, map, analysis, common->unit_sectors, common->verbose, terminal_width(), &err);
	int status;

	if (torn != NULL && off >= 0)
		align_torn(&out, torn, common->unit_sectors);
	off |= torn != NULL && off >= 0 && torn->files.n > 0;
	status = off < 0 ? fail(NULL, &err) : print_text(&out);
	text_free(&out);
	print_notes(map);
	return status != 0 ? status : off > 0 ? STATUS_FOUND : STATUS_DONE;
}

/* Pages that are larger than blocks can be torn. */
static int count_and_print(struct analysis *analysis, struct trace *trace, const struct common *common)
{
	struct torn torn = {0};
	struct err err;
	int status;

	if (analysis_run(analysis, trace, &err) != 0 ||
	    (common->unit_sectors > BLOCK_SECTORS &&
	     torn_count(&torn, analysis->map, analysis->options.base, trace, common->unit_sectors,
			common->all, &err) != 0))
		status = fail(trace->path, &err);
	else {
		print_beyond(analysis, trace->path);
		status = print_verdict(analysis->map, analysis, &torn, common);
	}
	VEC_FREE(&torn.files);
	return status;
}

static int align_with_trace(const char *trace_path, const char *disk, const struct common *common)
{
	struct analysis_options options = {
	    .unit_sectors = common->unit_sectors,
	    .all = common->all,
	    .threads = common->map.threads,
	};
	struct analysis analysis;
	struct trace *trace;
	struct map *map;
	struct fit fit;
	int status;

	if (open_both(&trace, &map, &fit, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	options.base = fit.base;
	options.fit = &fit;
	print_fit(&fit, trace_path);
	analysis_init(&analysis, map, &options);
	status = count_and_print(&analysis, trace, common);
	analysis_done(&analysis);
	close_both(trace, map, &fit);
	return status;
}

static int align_disk(const char *disk, const struct common *common)
{
	struct map *map;
	int status;

	if (open_map(&map, disk, common) != 0)
		return STATUS_FAILED;
	status = print_verdict(map, NULL, NULL, common);
	map_close(map);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_DISK, COMMON_TRACE, COMMON_HELP, {0}};
	struct common common = COMMON_INIT;
	int status = common_parse(&common, &command_align, options, options_help, argc, argv, NULL, NULL);

	if (status == 1)
		status = STATUS_DONE;
	else if (status == 0 && argc - optind == 1)
		status = align_disk(argv[optind], &common);
	else if (status == 0 && argc - optind == 2)
		status = align_with_trace(argv[optind], argv[optind + 1], &common);
	else if (status == 0)
		status = fail_usage(&command_align, "expected a disk, and perhaps a trace before it");
	common_done(&common);
	return status;
}

const struct command command_align = {
    .name = "align",
    .usage = "[OPTIONS] [TRACE] DISK",
    .help = "which layer, if any, is misaligned",
    .run = run,
};
