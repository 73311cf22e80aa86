/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap merge: one report, or one part, from the parts that `analyze --partial` has made of a trace's pieces. */
#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/merge_files.h"
#include "cli/output.h"
#include "cli/report_dir.h"
#include "parts/merge.h"
#include "parts/run.h"

static const char options_help[] =
    "  -o PART             one part of them all, to be merged with others, instead of the "
    "report\n" COMMON_WRITING_HELP "  --json              the report as one JSON document\n"
    "  -z NAME[,by=...]    only this statistic, with which the parts were made; may be repeated\n"
    "  --top N             with -z: the first N rows of each table\n"
    "  --sort COLUMN       with -z: sorted by this column, as JSON calls it\n"
    "  --trace NAME        what the report calls the trace (default: as the first part does)\n";

enum { OPTION_TRACE = COMMON_LAST, OPTION_TOP, OPTION_SORT };

struct command_line {
	struct common common;
	const char *output;                                 /* -o, or NULL */
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

static int report_files(struct merge_files *files, const struct command_line *line)
{
	struct merge merge;
	int status;

	merge_init(&merge);
	status = merge_files_report(files, &merge);
	if (status == 0)
		status = print_report(&merge, line);
	merge_done(&merge);
	return status;
}

/* Parts of pieces that do not follow each other stay apart, one after the other in the same file. */
struct joined {
	struct text out;
	struct run run;
};

static int add_to_part(void *context, const struct part *part, struct err *err)
{
	struct joined *joined = context;
	struct run *run = &joined->run;

	if (run->begun && part->of > 0 && part->number != run->part.last + 1) {
		if (run_write(&joined->out, run, err) != 0)
			return -1;
		run_done(run);
		run_init(run);
	}
	return run_add(run, part, err);
}

static int join_files(struct merge_files *files, const struct command_line *line)
{
	struct joined joined = {.out = {0}};
	struct err err;
	int status;

	run_init(&joined.run);
	status = merge_files_each(files, add_to_part, &joined);
	if (status == 0)
		status = run_write(&joined.out, &joined.run, &err) == 0
			     ? output_file(line->output, &joined.out, &line->common.output)
			     : fail(NULL, &err);
	run_done(&joined.run);
	text_free(&joined.out);
	return status;
}

static int merge_paths(char **paths, size_t n, struct command_line *line)
{
	struct merge_files files;
	int status = line->output != NULL ? plan_output(&line->common, line->output) : 0;

	merge_files_init(&files, line->common.trace.tmpdir);
	line->common.output.sync = true;
	if (status == 0)
		status = confine(&line->common, (const char *const *)paths, n, NULL);
	for (size_t i = 0; i < n && status == 0; i++)
		if (outputs_spare(&line->common.outputs, paths[i]) != 0)
			status = STATUS_FAILED;
	if (status == 0)
		status = merge_files_look(&files, (const char *const *)paths, n);
	if (status == 0)
		status = line->output != NULL ? join_files(&files, line) : report_files(&files, line);
	merge_files_done(&files);
	return status;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct command_line *line = context;

	if (option == 'o') {
		line->output = value;
		return 0;
	}
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

static int check_and_merge(struct command_line *line, char **operands, int n)
{
	if (n < 1)
		return fail_usage(&command_merge, "expected the parts of a trace");
	if (line->output != NULL && (line->common.json || line->trace != NULL || line->nstatistics > 0 ||
				     line->top > 0 || line->sort != NULL))
		return fail_usage(&command_merge,
				  "-o PART has all that the parts have: no other option goes with it");
	return merge_paths(operands, (size_t)n, line);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT,
						COMMON_WRITING,
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
		status = check_and_merge(&line, argv + optind, argc - optind);
	else if (status == 1)
		status = STATUS_DONE;
	common_statistics_done(line.statistics, line.nstatistics);
	common_done(&line.common);
	return status;
}

const struct command command_merge = {
    .name = "merge",
    .usage = "[OPTIONS] PART...",
    .help = "one report, or one part, from the parts of analyze --partial",
    .run = run,
};
