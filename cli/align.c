/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap align: is the layout aligned, and are the accesses. */
#include "analyzer/analysis.h"
#include "cli/cli.h"
#include "cli/what_if.h"
#include "reports/align.h"

#include <stdio.h>

static const char options_help[] =
    "  --align SIZE        the unit of alignment (default 4096)\n" COMMON_FILTER_HELP
    "  --what-if LAYER=SECTOR[,...]\n"
    "                      what TRACE's writes would be if LAYER began there in what it lies in; may be "
    "repeated\n"
    "  --json              with --what-if: the table as one JSON document\n"
    "  -o BASE             with --what-if: BASE.as-is.iolog and BASE.what-if.iolog for fio\n"
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
			common->all, common->filter, &err) != 0))
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
	options.filter = common->filter;
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

enum { OPTION_WHAT_IF = COMMON_LAST };

struct command_line {
	struct common common;
	struct what_if_line what_if;
};

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct what_if_line *line = &((struct command_line *)context)->what_if;

	if (option == 'o') {
		line->base = value;
		return 0;
	}
	if (option != OPTION_WHAT_IF)
		return err_set(err, "unknown option");
	if (line->n == WHAT_IF_MAX)
		return err_set(err, "--what-if: at most %d times", WHAT_IF_MAX);
	line->questions[line->n++] = value;
	return 0;
}

static int align(struct command_line *line, char **operands, int n)
{
	if (n < 1 || n > 2)
		return fail_usage(&command_align, "expected a disk, and perhaps a trace before it");
	if (line->what_if.n == 0 && (line->what_if.base != NULL || line->common.json))
		return fail_usage(&command_align, "-o and --json are of --what-if");
	if (line->what_if.n == 0)
		return n == 1 ? align_disk(operands[0], &line->common)
			      : align_with_trace(operands[0], operands[1], &line->common);
	if (n != 2)
		return fail_usage(&command_align, "--what-if needs a trace and a disk");
	if (line->common.filter != NULL)
		return fail_usage(&command_align,
				  "-Y does not go with --what-if, which moves whole accesses");
	if (what_if_plan(&line->what_if, &line->common) != 0)
		return STATUS_FAILED;
	return what_if_run(&line->what_if, operands[0], operands[1], &line->common);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT,
						COMMON_FILE,
						COMMON_DISK,
						COMMON_TRACE,
						COMMON_FILTER,
						COMMON_HELP,
						{"what-if", required_argument, NULL, OPTION_WHAT_IF},
						{0}};
	struct command_line line = {.common = COMMON_INIT};
	int status =
	    common_parse(&line.common, &command_align, options, options_help, argc, argv, own_option, &line);

	if (status == 0)
		status = align(&line, argv + optind, argc - optind);
	else if (status == 1)
		status = STATUS_DONE;
	what_if_line_done(&line.what_if);
	common_done(&line.common);
	return status;
}

const struct command command_align = {
    .name = "align",
    .usage = "[OPTIONS] [TRACE] DISK",
    .help = "which layer, if any, is misaligned",
    .run = run,
};
