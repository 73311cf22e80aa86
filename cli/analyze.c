/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap analyze: the main job. */
#include "analyzer/clock.h"
#include "analyzer/analysis.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/report_dir.h"
#include "reports/assertion.h"
#include "parts/part.h"
#include "reports/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static const char options_help[] =
    "  -o DIR              report.txt, report.json, picture.png, sheet.png and index.html in this "
    "directory\n" COMMON_FORCES_HELP "  --json              the report as one JSON document\n"
    "  --partial           what was counted of a piece of a trace, for blkmap merge, in the file that -o "
    "names\n"
    "  --piece I/N         with --partial: only the I-th of N pieces of this trace, instead of a file that "
    "is one\n"
    "  --machine NAME      with --partial: what the trace is of (default: the host's name)\n"
    "  -z NAME[,by=...]    only this statistic: io, tx, home, amp, size, seq, rewrite, first, working-set, "
    "torn, latency;\n"
    "                      io,by=FIELD[:N],... by any fields, torn,SIZE of pages; may be repeated\n"
    "  --assert FIGURE     'requests(FILTER) == 0', 'bytes(FILTER) < 30%', p50, p90, p99, max: status 1 when "
    "one "
    "fails\n"
    "  --top N             with -z: the first N rows of each table; with --partial: only the N heaviest "
    "files\n"
    "  --sort COLUMN       with -z: sorted by this column, as JSON calls it\n" COMMON_FILTER_HELP
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               count the accesses outside the qtrace marks too\n" COMMON_DATED_HELP
	COMMON_TRACE_HELP COMMON_DISK_HELP;

struct command_line {
	struct common common;
	const char *output; /* -o, or NULL: a directory, or a file with --partial */
	bool partial;
	const char *machine;                                /* --machine, or NULL */
	const struct statistic *statistics[STATISTICS_MAX]; /* -z, each once */
	unsigned nstatistics;
	uint64_t top;     /* --top, or 0 */
	const char *sort; /* --sort, or NULL */
	struct assertion assertions[ASSERTIONS_MAX];
	unsigned nassertions;
};

enum { OPTION_PARTIAL = COMMON_LAST, OPTION_PIECE, OPTION_MACHINE, OPTION_TOP, OPTION_SORT, OPTION_ASSERT };

static int print_report(const struct trace *trace, const struct map *map, const char *disk,
			const struct analysis *analysis, const struct command_line *line)
{
	struct results results;
	struct err err;
	int status;

	if (results_take(&results, trace, disk, map, analysis, &err) != 0)
		status = fail(NULL, &err);
	else if (results_order(&results, line->top, line->sort, &err) != 0)
		status = fail(NULL, &err);
	else if (line->output != NULL)
		status = report_directory(line->output, &results, analysis, &line->common.output);
	else
		status = report_print(&results, line->common.json);
	results_done(&results);
	return status;
}

/* Instead of the report. */
static int print_assertions(const struct analysis *analysis, const struct assertions *asked,
			    const struct command_line *line)
{
	const struct assertion_state *state = analysis_state(analysis, &asked->statistic);
	struct text out = {0};
	struct err err;
	bool hold;
	int status;

	for (unsigned i = 0; i < state->n; i++)
		if (state->at[i].run.gave_up) {
			err_set(&err, "--assert: a pattern takes too long on some text");
			return fail(NULL, &err);
		}
	hold = line->common.json ? assertions_json(&out, state) : assertions_text(&out, state);
	status = print_text(&out);
	text_free(&out);
	return status != 0 ? status : hold ? STATUS_DONE : STATUS_FOUND;
}

static int make_part(struct trace *trace, const struct map *map, const char *disk,
		     const struct analysis_options *options, const struct command_line *line)
{
	struct utsname host = {.nodename = ""};
	struct part_options made = {
	    .machine = line->machine, .machine_told = line->machine != NULL, .top = line->top};
	struct text out = {0};
	struct part part;
	struct err err;
	int status;

	if (!made.machine_told)
		made.machine = uname(&host) == 0 ? host.nodename : "";
	if (trace->options.of > 1 && !trace_is_cut(trace) && analysis_needs_order(options)) {
		err_set(&err,
			"--piece: a trace of this format is not cut in bytes, and some -z need the order of "
			"all its accesses; leave --piece and them to one process");
		return fail(trace->path, &err);
	}
	if (part_make(&part, trace, disk, map, options, &made, &err) != 0) {
		if (trace_is_cut(trace))
			err_prefix(&err, "piece %u/%u: ", trace->options.number, trace->options.of);
		return fail(trace->path, &err);
	}
	status = part_write(&out, &part, &err) == 0 ? output_file(line->output, &out, &line->common.output)
						    : fail(NULL, &err);
	part_done(&part);
	text_free(&out);
	return status;
}

static int analyze(const char *trace_path, const char *disk, const struct command_line *line)
{
	const struct common *common = &line->common;
	struct analysis_options options = {
	    .unit_sectors = common->unit_sectors,
	    .all = common->all,
	    .threads = common->map.threads,
	};
	struct assertions assertions;
	struct analysis analysis;
	struct clock clock;
	struct trace *trace;
	struct map *map;
	struct fit fit;
	struct err err;
	int status;

	if (open_both(&trace, &map, &fit, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	memcpy(options.more, line->statistics, sizeof(options.more));
	options.nmore = line->nstatistics;
	options.asked_alone = !line->partial;
	if (line->output != NULL && !line->partial)
		options.more[options.nmore++] = &statistic_heat;
	assertions_init(&assertions, line->assertions, line->nassertions);
	if (line->nassertions > 0)
		options.more[options.nmore++] = &assertions.statistic;
	options.base = fit.base;
	options.filter = common->filter;
	options.fit = &fit;
	options.clock = &clock;
	analysis_init(&analysis, map, &options);
	/* A piece that is a file of its own does not say what was committed before it. */
	if (find_clock(&clock, trace, map, fit.base, common, line->partial && trace->options.of == 0) != 0)
		status = STATUS_FAILED;
	else if (line->partial)
		status = make_part(trace, map, disk, &options, line);
	else if (analysis_run(&analysis, trace, &err) != 0)
		status = fail(trace_path, &err);
	else if (line->nassertions > 0)
		status = print_assertions(&analysis, &assertions, line);
	else
		status = print_report(trace, map, disk, &analysis, line);
	analysis_done(&analysis);
	clock_done(&clock);
	close_both(trace, map, &fit);
	return status;
}

static int parse_piece(struct trace_options *options, const char *value, struct err *err)
{
	int end = 0;

	if (sscanf(value, "%5u/%5u%n", &options->number, &options->of, &end) != 2 || value[end] != '\0' ||
	    options->number < 1 || options->number > options->of)
		return err_set(err, "--piece: '%s' is not I/N, the I-th of N pieces", value);
	return 0;
}

static int add_assertion(struct command_line *line, const char *value, struct err *err)
{
	struct assertion *assertion = &line->assertions[line->nassertions];
	size_t at;

	if (line->nassertions == ASSERTIONS_MAX)
		return err_set(err, "--assert: more than %d", ASSERTIONS_MAX);
	line->nassertions++;
	if (assertion_parse(assertion, value, &at, err) == 0)
		return 0;
	line->common.caret = (struct caret){value, at};
	return err_prefix(err, "--assert: column %zu: ", at + 1);
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct command_line *line = context;

	if (option == 'o')
		line->output = value;
	else if (option == 'z')
		return common_statistic(line->statistics, &line->nstatistics, value, err);
	else if (option == OPTION_ASSERT)
		return add_assertion(line, value, err);
	else if (option == OPTION_TOP)
		return common_top(&line->top, value, err);
	else if (option == OPTION_SORT)
		line->sort = value;
	else if (option == OPTION_PARTIAL)
		line->partial = line->common.trace.piece = true;
	else if (option == OPTION_MACHINE)
		line->machine = value;
	else if (option == OPTION_PIECE)
		return parse_piece(&line->common.trace, value, err);
	else
		return err_set(err, "unknown option: -%c", option);
	return 0;
}

/* Checks what belongs together. */
static int check_and_analyze(struct command_line *line, char **operands, int n)
{
	if (n < 1 || n > 2)
		return fail_usage(&command_analyze, "expected a trace and perhaps a disk");
	if (line->partial && (line->output == NULL || line->common.json))
		return fail_usage(&command_analyze, "--partial needs -o FILE, and no --json");
	if (line->nassertions > 0 && (line->output != NULL || line->nstatistics > 0))
		return fail_usage(&command_analyze,
				  "--assert prints its figures only, so -o and -z do not go with it");
	if (line->partial && line->common.filter != NULL)
		return fail_usage(&command_analyze, "-Y, --from and --to are not for pieces of a trace: "
						    "their borders are counted without it");
	if (line->output != NULL && line->common.json)
		return fail_usage(&command_analyze,
				  "-o DIR writes report.json, so --json does not go with it");
	if (line->output != NULL && !line->partial && line->nstatistics > 0)
		return fail_usage(&command_analyze,
				  "-o DIR writes the whole report, so -z does not go with it");
	if (((line->top > 0 && !line->partial) || line->sort != NULL) &&
	    (line->nstatistics == 0 || line->partial))
		return fail_usage(&command_analyze, "--top and --sort are of the tables of -z");
	if (!line->partial && line->machine != NULL)
		return fail_usage(&command_analyze, "--machine needs --partial");
	if (!line->partial && line->common.trace.of > 0)
		return fail_usage(&command_analyze, "--piece needs --partial");
	if (line->output != NULL && (line->partial ? plan_output(&line->common, line->output)
						   : plan_report_directory(&line->common, line->output)) != 0)
		return STATUS_FAILED;
	line->common.output.sync = line->partial;
	return analyze(operands[0], n > 1 ? operands[1] : NULL, line);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_WRITING,
	    COMMON_DISK,
	    COMMON_TRACE,
	    COMMON_DATED,
	    COMMON_FILTER,
	    COMMON_HELP,
	    {"statistic", required_argument, NULL, 'z'},
	    {"assert", required_argument, NULL, OPTION_ASSERT},
	    {"top", required_argument, NULL, OPTION_TOP},
	    {"sort", required_argument, NULL, OPTION_SORT},
	    {"partial", no_argument, NULL, OPTION_PARTIAL},
	    {"piece", required_argument, NULL, OPTION_PIECE},
	    {"machine", required_argument, NULL, OPTION_MACHINE},
	    {0},
	};
	struct command_line line = {.common = COMMON_DATED_INIT};
	int status = common_parse(&line.common, &command_analyze, options, options_help, argc, argv,
				  own_option, &line);

	if (status == 0)
		status = check_and_analyze(&line, argv + optind, argc - optind);
	else if (status == 1)
		status = STATUS_DONE;
	common_statistics_done(line.statistics, line.nstatistics);
	for (unsigned i = 0; i < line.nassertions; i++)
		assertion_done(&line.assertions[i]);
	common_done(&line.common);
	return status;
}

const struct command command_analyze = {
    .name = "analyze",
    .usage = "[OPTIONS] TRACE [DISK]",
    .help = "reads and writes by region and by file, alignment",
    .run = run,
};
