/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap compare: what changed between two traces. What is given is told apart by its content, inside the
   sandbox: everything is opened before as if it were a disk. */
#include "reports/compare.h"

#include "analyzer/clock.h"
#include "analyzer/latency.h"
#include "base/size.h"
#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/merge_files.h"
#include "cli/part_file.h"
#include "cli/report_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  --json              the comparison as one JSON document\n"
    "  --tolerance PERCENT figures that differ by less are the same (default 0)\n"
    "  --top N             the N regions and files that changed most\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               count the accesses outside the qtrace marks too\n" COMMON_FORCE_HELP
	COMMON_FILTER_HELP COMMON_DATED_HELP COMMON_TRACE_HELP COMMON_DISK_HELP
    "The exit status is 1 when they differ.\n";

enum { OPTION_TOLERANCE = COMMON_LAST, OPTION_TOP };

struct command_line {
	struct common common;
	double tolerance;
	uint64_t top;
};

enum operand { OPERAND_TRACE, OPERAND_DISK, OPERAND_REPORT, OPERAND_PART };

/* What is compared: a trace with its disk, a report or a part. */
struct side {
	enum operand is;
	const char *path, *disk; /* disk: of a trace, or NULL */
};

#define OPERANDS_MAX 4

/* --- sides --- */

static int add_results(struct comparison *comparison, unsigned side, const struct results *results)
{
	struct err err;

	return compare_take(comparison, side, results, &err) == 0 ? 0 : fail(results->trace.file, &err);
}

static int take_analysis(struct comparison *comparison, unsigned number, const struct side *side,
			 const struct trace *trace, const struct map *map, const struct analysis *analysis)
{
	struct results results;
	struct err err;
	int status = results_take(&results, trace, side->disk, map, analysis, &err) == 0
			 ? add_results(comparison, number, &results)
			 : fail(side->path, &err);

	results_done(&results);
	return status;
}

static int add_trace(struct comparison *comparison, unsigned number, const struct side *side,
		     const struct common *common)
{
	struct analysis_options options = {.unit_sectors = common->unit_sectors,
					   .all = common->all,
					   .threads = common->map.threads,
					   .more = {&statistic_latency},
					   .nmore = 1};
	struct analysis analysis;
	struct clock clock;
	struct trace *trace;
	struct map *map;
	struct fit fit;
	struct err err;
	int status;

	if (open_both(&trace, &map, &fit, side->path, side->disk, common) != 0)
		return STATUS_FAILED;
	options.filter = common->filter;
	options.base = fit.base;
	options.fit = &fit;
	options.clock = &clock;
	print_fit(&fit, side->path);
	analysis_init(&analysis, map, &options);
	if (find_clock(&clock, trace, map, fit.base, common, false) != 0)
		status = STATUS_FAILED;
	else if (analysis_run(&analysis, trace, &err) != 0)
		status = fail(side->path, &err);
	else
		status = take_analysis(comparison, number, side, trace, map, &analysis);
	analysis_done(&analysis);
	clock_done(&clock);
	close_both(trace, map, &fit);
	return status;
}

static int add_part(struct comparison *comparison, unsigned number, const struct side *side,
		    const struct common *common)
{
	struct merge_files files;
	struct merge merge;
	struct err err;
	int status;

	merge_init(&merge);
	merge_files_init(&files, common->trace.tmpdir);
	status = merge_files_look(&files, &side->path, 1);
	if (status == 0)
		status = merge_files_report(&files, &merge);
	if (status == 0)
		status = merge_finish(&merge, &err) == 0 ? add_results(comparison, number, &merge.results)
							 : fail(side->path, &err);
	merge_files_done(&files);
	merge_done(&merge);
	return status;
}

static int add_report(struct comparison *comparison, unsigned number, const struct side *side,
		      const struct common *common)
{
	struct text bytes = {0};
	struct err err;
	int status = 0;

	if (file_read_document(&bytes, side->path, common->trace.tmpdir, &err) != 0 ||
	    compare_read(comparison, number, bytes.at != NULL ? bytes.at : "", bytes.n, &err) != 0)
		status = fail(side->path, &err);
	text_free(&bytes);
	return status;
}

static int add_side(struct comparison *comparison, unsigned number, const struct side *side,
		    const struct common *common)
{
	if (side->is == OPERAND_TRACE)
		return add_trace(comparison, number, side, common);
	return side->is == OPERAND_PART ? add_part(comparison, number, side, common)
					: add_report(comparison, number, side, common);
}

/* --- what is what --- */

/* Of a trace that --format names, which may look like anything: by its place. */
static bool is_named_trace(int i, int n, const struct common *common)
{
	return common->trace.format != NULL && (i == 0 || i == 2 || n == 2);
}

/* A report has no sectors, so it is no trace, though a trace may be JSON. */
static enum operand operand_of(const char *path, bool named, const struct common *common)
{
	bool is_trace = named || strcmp(path, "-") == 0 || trace_recognised(path) != NULL;
	struct text head = {0};
	enum operand is = is_trace ? OPERAND_TRACE : OPERAND_DISK;
	struct err err;

	if (!is_trace && file_read_head(&head, path, common->trace.tmpdir, &err) == 0 && head.at != NULL) {
		if (part_begins(head.at, head.n))
			is = OPERAND_PART;
		else if (compare_is_report(head.at, head.n))
			is = OPERAND_REPORT;
	}
	text_free(&head);
	return is;
}

/* A disk belongs to the trace before it; of two behind both traces, each to its own. 0, or -1. */
static int sort_operands(struct side *sides, char **paths, int n, const struct common *common)
{
	unsigned nsides = 0, ndisks = 0;
	const char *disks[OPERANDS_MAX];
	bool behind = true; /* no disk stands between the traces */

	for (int i = 0; i < n; i++) {
		enum operand is = operand_of(paths[i], is_named_trace(i, n, common), common);

		if (is != OPERAND_DISK) {
			if (nsides == 2)
				return -1;
			behind &= ndisks == 0;
			sides[nsides++] = (struct side){is, paths[i], NULL};
		} else if (nsides == 0) {
			return -1;
		} else {
			disks[ndisks++] = paths[i];
			sides[nsides - 1].disk = paths[i];
		}
	}
	if (nsides != 2 || ndisks > 2)
		return -1;
	if (behind && ndisks == 2)
		sides[0].disk = disks[0];
	for (unsigned i = 0; i < 2; i++)
		if (ndisks == 1)
			sides[i].disk = disks[0];
	return ndisks < 2 || (sides[0].disk != NULL && sides[1].disk != NULL) ? 0 : -1;
}

static int print_comparison(struct comparison *comparison, const struct command_line *line)
{
	bool differs = compare_finish(comparison);
	struct text out = {0};
	struct err err;
	int status = 0;

	if (line->common.json)
		compare_json(&out, comparison, line->top);
	else if (compare_text(&out, comparison, line->top, terminal_width(), &err) != 0)
		status = fail(NULL, &err);
	if (status == 0)
		status = print_text(&out);
	text_free(&out);
	return status != 0 ? status : differs ? STATUS_FOUND : STATUS_DONE;
}

static int compare(char **paths, int n, const struct command_line *line)
{
	struct side sides[2];
	struct comparison comparison;
	int status = 0;

	if (confine_any(&line->common, (const char *const *)paths, (size_t)n) != 0)
		return STATUS_FAILED;
	if (sort_operands(sides, paths, n, &line->common) != 0)
		return fail_usage(&command_compare,
				  "expected two traces, reports or parts, and a disk behind "
				  "each trace or one for both");
	if (line->common.filter != NULL && (sides[0].is != OPERAND_TRACE || sides[1].is != OPERAND_TRACE))
		return fail_usage(&command_compare,
				  "-Y, --from and --to are of traces: of reports and parts all "
				  "has been counted");
	compare_begin(&comparison, line->tolerance);
	for (unsigned i = 0; i < 2 && status == 0; i++)
		status = add_side(&comparison, i, &sides[i], &line->common);
	if (status == 0)
		status = print_comparison(&comparison, line);
	compare_done(&comparison);
	return status;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct command_line *line = context;
	char *end;

	if (option == OPTION_TOP)
		return common_top(&line->top, value, err);
	if (option != OPTION_TOLERANCE)
		return err_set(err, "unknown option");
	line->tolerance = strtod(value, &end);
	if (end != value && *end == '%')
		end++;
	if (end == value || *end != '\0' || !(line->tolerance >= 0 && line->tolerance <= 100))
		return err_set(err, "--tolerance: expected a percentage from 0 to 100, and found '%.40s'",
			       value);
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT,
						COMMON_DISK,
						COMMON_TRACE,
						COMMON_DATED,
						COMMON_FILTER,
						COMMON_HELP,
						{"tolerance", required_argument, NULL, OPTION_TOLERANCE},
						{"top", required_argument, NULL, OPTION_TOP},
						{0}};
	struct command_line line = {.common = COMMON_INIT};
	int status = common_parse(&line.common, &command_compare, options, options_help, argc, argv,
				  own_option, &line);

	if (status == 0)
		status = argc - optind < 2 || argc - optind > OPERANDS_MAX
			     ? fail_usage(&command_compare, "expected two traces, and perhaps their disks")
			     : compare(argv + optind, argc - optind, &line);
	else if (status == 1)
		status = STATUS_DONE;
	common_done(&line.common);
	return status;
}

const struct command command_compare = {
    .name = "compare",
    .usage = "[OPTIONS] TRACE-A [DISK-A] TRACE-B [DISK-B]",
    .help = "what changed between two traces, by region and file",
    .run = run,
};
