/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap analyze: the main job. */
#include "analyzer/analysis.h"
#include "cli/cli.h"
#include "reports/report.h"

#include <stdio.h>

static const char options_help[] =
    "  --json              the report as one JSON document\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               count the accesses outside the qtrace marks too\n"
    "  --format NAME       how to read the trace, instead of finding out\n"
    "  --device NAME       the device to take from a trace of several\n"
    "  --event NAME        which event of a request counts, for formats that have several\n"
    COMMON_DISK_HELP;

static int print_report(const struct trace *trace, const struct map *map, const char *disk,
			const struct analysis *analysis, const struct common *common)
{
	struct text out = {0};
	struct report report;
	struct err err;
	int status = report_init(&report, trace, disk, map, analysis, &err);

	if (status == 0)
		status = common->json ? report_json(&out, &report, &err)
				      : report_text(&out, &report, terminal_width(), &err);
	status = status == 0 ? print_text(&out) : fail(NULL, &err);
	report_done(&report);
	text_free(&out);
	return status;
}

static int analyze(const char *trace_path, const char *disk, const struct common *common)
{
	struct analysis_options options = {.unit_sectors = common->unit_sectors, .all = common->all};
	struct analysis analysis;
	struct trace *trace;
	struct map *map;
	struct err err;
	int status;

	if (open_both(&trace, &map, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	if (analysis_init(&analysis, map, &options, &err) != 0) {
		status = fail(NULL, &err);
	} else {
		status = analysis_run(&analysis, trace, &err) == 0
			     ? print_report(trace, map, disk, &analysis, common)
			     : fail(trace_path, &err);
		analysis_done(&analysis);
	}
	map_close(map);
	trace_close(trace);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT, COMMON_DISK, COMMON_TRACE, COMMON_HELP, {0}};
	struct common common = COMMON_INIT;
	int status = common_parse(&common, &command_analyze, options, options_help, argc, argv, NULL, NULL);

	if (status == 0)
		status = argc - optind < 1 || argc - optind > 2
			     ? fail_usage(&command_analyze, "expected a trace and perhaps a disk")
			     : analyze(argv[optind], argc - optind > 1 ? argv[optind + 1] : NULL, &common);
	else if (status == 1)
		status = STATUS_DONE;
	common_done(&common);
	return status;
}

const struct command command_analyze = {
	.name = "analyze",
	.usage = "[OPTIONS] TRACE [DISK]",
	.help = "reads and writes by region and by file, alignment",
	.run = run,
};
