/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap merge: one report from the parts that `analyze --partial` has made of a trace's pieces. */
#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/part_file.h"
#include "cli/report_dir.h"
#include "parts/merge.h"

static const char options_help[] =
    "  --json              the report as one JSON document\n"
    "  -z NAME[,by=...]    only this statistic, with which the parts were made; may be repeated\n"
    "  --top N             with -z: the first N rows of each table\n"
    "  --sort COLUMN       with -z: sorted by this column, as JSON calls it\n"
    "  --trace NAME        what the report calls the trace (default: as the first part does)\n";

enum { OPTION_TRACE = COMMON_LAST, OPTION_TOP, OPTION_SORT };

struct command_line {
	struct common common;
	const char *trace;                                  /* --trace, or NULL */
	const struct statistic *statistics[STATISTICS_MAX]; /* -z, each once */
	unsigned nstatistics;
	uint64_t top;     /* --top, or 0 */
	const char *sort; /* --sort, or NULL */
};

static int print_report(struct merge *merge, const struct command_line *line)
{
	struct err err;

	if (line->trace != NULL)
		merge->results.trace.file = line->trace;
	if (merge_finish(merge, &err) != 0)
		return fail(NULL, &err);
	for (unsigned i = 0; i < line->nstatistics; i++) {
		const struct statistic *counted = results_asked(&merge->results, line->statistics[i]);

		if (counted == NULL) {
			err_set(&err, "the parts were made without -z %s",
				statistic_question(line->statistics[i]));
			return fail(NULL, &err);
		}
		merge->results.chosen[merge->results.nchosen++] = counted;
	}
	if (results_order(&merge->results, line->top, line->sort, &err) != 0)
		return fail(NULL, &err);
	return report_print(&merge->results, line->common.json);
}

static int merge_files(char **paths, size_t n, const struct command_line *line)
{
	struct merge merge;
	struct err err;
	int status = confine(&line->common, (const char *const *)paths, n, NULL);

	merge_init(&merge);
	for (size_t i = 0; i < n && status == 0; i++)
		if (outputs_spare(&line->common.outputs, paths[i]) != 0)
			status = STATUS_FAILED;
		else if (part_file_add(&merge, paths[i], line->common.trace.tmpdir, &err) != 0)
			status = fail(paths[i], &err);
	if (status == 0)
		status = print_report(&merge, line);
	merge_done(&merge);
	return status;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct command_line *line = context;

	if (option == 'z')
		return common_statistic(line->statistics, &line->nstatistics, value, err);
	if (option == OPTION_TOP)
		return common_top(&line->top, value, err);
	if (option == OPTION_SORT) {
		line->sort = value;
		return 0;
	}
	if (option != OPTION_TRACE)
		return err_set(err, "unknown option");
	line->trace = value;
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT,
						{"trace", required_argument, NULL, OPTION_TRACE},
						{"top", required_argument, NULL, OPTION_TOP},
						{"sort", required_argument, NULL, OPTION_SORT},
						{"statistic", required_argument, NULL, 'z'},
						COMMON_HELP,
						{0}};
	struct command_line line = {.common = COMMON_INIT};
	int status =
	    common_parse(&line.common, &command_merge, options, options_help, argc, argv, own_option, &line);

	if (status == 0)
		status = argc - optind < 1
			     ? fail_usage(&command_merge, "expected the parts of a trace, in order")
			     : merge_files(argv + optind, (size_t)(argc - optind), &line);
	else if (status == 1)
		status = STATUS_DONE;
	common_statistics_done(line.statistics, line.nstatistics);
	common_done(&line.common);
	return status;
}

const struct command command_merge = {
    .name = "merge",
    .usage = "[OPTIONS] PART...",
    .help = "one report from the parts of analyze --partial",
    .run = run,
};
