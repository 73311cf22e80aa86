/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap merge: one report, or one part, from the parts that `analyze --partial` has made of a trace's pieces. */
#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/merge_files.h"
#include "cli/output.h"
#include "cli/report_dir.h"
#include "parts/merge.h"
#include "parts/run.h"
#include "reports/across.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  -o PART             one part of them all, to be merged with others, instead of the "
    "report\n" COMMON_WRITING_HELP "  --json              the report as one JSON document\n"
    "  -z NAME[,by=...]    only this statistic, with which the parts were made; may be repeated\n"
    "  --top N             with -z: the first N rows of each table\n"
    "  --sort COLUMN       with -z: sorted by this column, as JSON calls it\n"
    "  --across            parts of many machines and disks: a row for each, and sums by kind, role and "
    "path\n"
    "  --by TABLE          with --across: only machine, kind, role or path\n"
    "  --csv               with --across: this table, or the machines, as CSV\n"
    "  --trace NAME        what the report calls the trace (default: as the first part does)\n";

enum { OPTION_TRACE = COMMON_LAST, OPTION_TOP, OPTION_SORT, OPTION_ACROSS, OPTION_BY, OPTION_CSV };

struct command_line {
	struct common common;
	const char *output;                                 /* -o, or NULL */
	const char *trace;                                  /* --trace, or NULL */
	const struct statistic *statistics[STATISTICS_MAX]; /* -z, each once */
	unsigned nstatistics;
	bool across, csv;
	const char *by;   /* --by, or NULL */
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
	const struct order_card *last; /* that was added */
	bool across;
};

/* Across machines, a piece that is a file of its own is a whole trace. */
static bool goes_on(const struct joined *joined, const struct order_card *card)
{
	if (joined->last == NULL)
		return true;
	if (joined->across && (card->of == 0 || strcmp(card->group, joined->last->group) != 0))
		return false;
	return card->of == 0 || card->number == joined->last->last + 1;
}

static int add_to_part(void *context, const struct order_card *card, const struct part *part, struct err *err)
{
	struct joined *joined = context;
	struct run *run = &joined->run;

	if (!goes_on(joined, card)) {
		if (run_write(&joined->out, run, err) != 0)
			return -1;
		run_done(run);
		run_init(run);
	}
	joined->last = card;
	return run_add(run, part, err);
}

static int join_files(struct merge_files *files, const struct command_line *line)
{
	struct joined joined = {.across = line->across};
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

/* --- across machines --- */

struct fleet {
	struct across across;
	struct merge merge; /* of the parts of the present trace */
	const struct order_card *last;
	char *machine, *words;
};

/* The present trace has all its parts. */
static int end_trace(struct fleet *fleet, struct err *err)
{
	int status = 0;

	if (fleet->last == NULL)
		return 0;
	if (merge_finish(&fleet->merge, err) != 0)
		status = -1;
	else if (across_add(&fleet->across, fleet->machine, fleet->words, &fleet->merge.results) != 0)
		status = err_nomem(err);
	merge_done(&fleet->merge);
	merge_init(&fleet->merge);
	free(fleet->machine);
	free(fleet->words);
	fleet->machine = fleet->words = NULL;
	fleet->last = NULL;
	return status;
}

static int add_to_fleet(void *context, const struct order_card *card, const struct part *part,
			struct err *err)
{
	struct fleet *fleet = context;

	if (fleet->last != NULL && (card->of == 0 || strcmp(card->group, fleet->last->group) != 0) &&
	    end_trace(fleet, err) != 0)
		return -1;
	if (fleet->last == NULL) {
		fleet->machine = strdup(part->machine);
		fleet->words = strdup(part->about.disk.identity ? part->about.disk.identity : "");
		if (fleet->machine == NULL || fleet->words == NULL)
			return err_nomem(err);
	}
	fleet->last = card;
	return merge_add(&fleet->merge, part, err);
}

static int print_across(struct fleet *fleet, const struct command_line *line)
{
	struct across_options options = {
	    .form = line->common.json ? ACROSS_JSON
		    : line->csv       ? ACROSS_CSV
				      : ACROSS_TEXT,
	    .by = line->by,
	    .sort = line->sort,
	    .top = line->top,
	    .width = terminal_width(),
	};
	struct text out = {0};
	struct err err;
	int status = end_trace(fleet, &err) == 0 && across_print(&out, &fleet->across, &options, &err) == 0
			 ? print_text(&out)
			 : fail(NULL, &err);

	text_free(&out);
	return status;
}

static int report_across(struct merge_files *files, const struct command_line *line)
{
	struct fleet fleet = {.last = NULL};
	struct err err;
	int status = order_is_whole(&files->order, &err) == 0 ? 0 : fail(NULL, &err);

	across_init(&fleet.across);
	merge_init(&fleet.merge);
	if (status == 0)
		status = merge_files_each(files, add_to_fleet, &fleet);
	if (status == 0)
		status = print_across(&fleet, line);
	merge_done(&fleet.merge);
	across_done(&fleet.across);
	free(fleet.machine);
	free(fleet.words);
	return status;
}

/* Memory of one part is kept for the next one: giving it back and getting it again takes as long as merging. */
static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

static int merge_paths(char **paths, size_t n, struct command_line *line)
{
	struct merge_files files;
	int status = line->output != NULL ? plan_output(&line->common, line->output) : 0;

	keep_memory();
	merge_files_init(&files, line->common.trace.tmpdir);
	files.order.across = line->across;
	line->common.output.sync = true;
	if (status == 0)
		status = confine(&line->common, (const char *const *)paths, n, NULL);
	for (size_t i = 0; i < n && status == 0; i++)
		if (outputs_spare(&line->common.outputs, paths[i]) != 0)
			status = STATUS_FAILED;
	if (status == 0)
		status = merge_files_look(&files, (const char *const *)paths, n);
	if (status == 0)
		status = line->output != NULL ? join_files(&files, line)
			 : line->across       ? report_across(&files, line)
					      : report_files(&files, line);
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
	if (option == OPTION_ACROSS || option == OPTION_CSV) {
		*(option == OPTION_CSV ? &line->csv : &line->across) = true;
		return 0;
	}
	if (option == OPTION_BY) {
		line->by = value;
		return 0;
	}
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
				     line->top > 0 || line->sort != NULL || line->by != NULL || line->csv))
		return fail_usage(&command_merge,
				  "-o PART has all that the parts have: no other option goes with it");
	if (line->across ? line->nstatistics > 0 || line->trace != NULL || (line->csv && line->common.json)
			 : line->by != NULL || line->csv)
		return fail_usage(&command_merge,
				  "--by and --csv go with --across, -z and --trace do not, nor "
				  "--csv with --json");
	return merge_paths(operands, (size_t)n, line);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT,
						COMMON_WRITING,
						{"trace", required_argument, NULL, OPTION_TRACE},
						{"top", required_argument, NULL, OPTION_TOP},
						{"sort", required_argument, NULL, OPTION_SORT},
						{"across", no_argument, NULL, OPTION_ACROSS},
						{"by", required_argument, NULL, OPTION_BY},
						{"csv", no_argument, NULL, OPTION_CSV},
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
