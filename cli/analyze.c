/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap analyze: the main job. */
#include "analyzer/analysis.h"
#include "cli/cli.h"
#include "cli/report_dir.h"
#include "reports/report.h"

#include <stdio.h>

static const char options_help[] =
    "  -o DIR              report.txt, report.json, picture.png and index.html in this directory\n"
    "  --json              the report as one JSON document\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               count the accesses outside the qtrace marks too\n" COMMON_TRACE_HELP
	COMMON_DISK_HELP;

struct command_line {
	struct common common;
	const char *directory; /* -o, or NULL */
};

static int print_report(const struct trace *trace, const struct map *map, const char *disk,
			const struct analysis *analysis, const struct command_line *line)
{
	const struct common *common = &line->common;
	struct text out = {0};
	struct report report;
	struct err err;
	int status = report_init(&report, trace, disk, map, analysis, &err);

	if (status == 0 && line->directory != NULL) {
		status = report_directory(line->directory, &report, analysis);
		report_done(&report);
		return status;
	}
	if (status == 0)
		status = common->json ? report_json(&out, &report, &err)
				      : report_text(&out, &report, terminal_width(), &err);
	status = status == 0 ? print_text(&out) : fail(NULL, &err);
	report_done(&report);
	text_free(&out);
	return status;
}

static int analyze(const char *trace_path, const char *disk, const struct command_line *line)
{
	const struct common *common = &line->common;
	struct heat heat;
	struct analysis_options options = {
	    .unit_sectors = common->unit_sectors,
	    .all = common->all,
	    .threads = common->map.threads,
	    .heat = line->directory != NULL ? &heat : NULL,
	};
	struct analysis analysis;
	struct trace *trace;
	struct map *map;
	struct err err;
	int status;

	if (open_both(&trace, &map, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	heat_init(&heat, common->unit_sectors);
	options.base = trace_base(map, common);
	analysis_init(&analysis, map, &options);
	status = analysis_run(&analysis, trace, &err) == 0 ? print_report(trace, map, disk, &analysis, line)
							   : fail(trace_path, &err);
	analysis_done(&analysis);
	heat_done(&heat);
	map_close(map);
	trace_close(trace);
	return status;
}

/* -o is the only option of its own. */
static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct command_line *line = context;

	if (option != 'o')
		return err_set(err, "unknown option: -%c", option);
	line->directory = value;
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT, COMMON_FILE, COMMON_DISK, COMMON_TRACE, COMMON_HELP, {0},
	};
	struct command_line line = {.common = COMMON_INIT};
	int status = common_parse(&line.common, &command_analyze, options, options_help, argc, argv,
				  own_option, &line);

	if (status == 0)
		status = argc - optind < 1 || argc - optind > 2
			     ? fail_usage(&command_analyze, "expected a trace and perhaps a disk")
			     : analyze(argv[optind], argc - optind > 1 ? argv[optind + 1] : NULL, &line);
	else if (status == 1)
		status = STATUS_DONE;
	common_done(&line.common);
	return status;
}

const struct command command_analyze = {
    .name = "analyze",
    .usage = "[OPTIONS] TRACE [DISK]",
    .help = "reads and writes by region and by file, alignment",
    .run = run,
};
