/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap convert: one trace format into another. */
#include "cli/convert.h"

#include "analyzer/access_filter.h"
#include "analyzer/clock.h"
#include "base/escape.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char options_help[] =
    "  -o FILE             where to (- for standard output); its extension says the format:\n"
    "                      .qtr .iolog .ndjson .csv .blktrace\n"
    "  --to NAME           the format to write: qtr, qtr-strict, fio, ndjson, csv or blktrace\n"
    "  --strict            for .qtr: the form of 2010 and nothing else\n" COMMON_WRITING_HELP
	COMMON_PASSING_HELP COMMON_READING_HELP
    "  --relative-to DEVICE  the partition or volume of DISK that the trace's sectors count "
    "from\n" COMMON_DATED_HELP COMMON_DISK_HELP;

enum { OPTION_TO = COMMON_LAST, OPTION_STRICT };

struct arguments {
	const char *output, *to;
	bool strict;
};

void print_note(const char *path, const char *kind, const char *text)
{
	struct text line = {0};

	text_str(&line, "blkmap: ");
	if (path != NULL) {
		escape_terminal(&line, path, strlen(path));
		text_str(&line, ": ");
	}
	text_str(&line, kind);
	escape_terminal(&line, text, strlen(text));
	text_char(&line, '\n');
	if (line.at != NULL)
		fputs(line.at, stderr);
	text_free(&line);
}

void print_trace_notes(const struct trace *trace)
{
	for (size_t i = 0; i < trace->notes.n; i++)
		print_note(trace->path, "note: ", trace->notes.at[i]);
}

void print_losses(const char *path, const struct convert_result *result)
{
	struct text text = {0};

	for (int loss = 0; loss < LOSSES; loss++) {
		if (result->lost[loss] == 0)
			continue;
		text_clear(&text);
		loss_describe(&text, (enum loss)loss, result->lost[loss]);
		print_note(path, "", text.at ? text.at : "out of memory");
	}
	text_free(&text);
}

static void list_formats(struct text *list)
{
	for (size_t i = 0; writer_formats[i] != NULL; i++)
		text_printf(list, "%s%s", i ? ", " : "", writer_formats[i]->name);
}

const struct writer_format *format_to_write(const char *to, const char *path)
{
	const struct writer_format *format = to ? writer_format_named(to) : writer_format_for(path);
	struct text list = {0};
	struct err err;

	if (format != NULL)
		return format;
	list_formats(&list);
	if (to != NULL)
		err_set(&err, "--to: '%s' is not a format that blkmap writes (%s)", to, list.at);
	else
		err_set(&err, "its extension says no format; --to names one: %s", list.at);
	fail(to ? NULL : path, &err);
	text_free(&list);
	return NULL;
}

/* What a filter is asked with. */
struct chooser {
	struct filter_run run;
	const struct map *map;
	const struct space *base;
};

static bool is_chosen(void *context, const struct access *access, uint64_t number)
{
	struct chooser *chooser = context;
	struct access_walk walk;
	filter_verdict verdict;

	access_walk_init(&walk, chooser->map, chooser->base, access, chooser->run.unit_sectors);
	verdict = access_filter_decide(&chooser->run, &walk, access, number);
	return access_filter_any(&chooser->run, &walk, access, number, verdict);
}

static int write_trace(struct trace *trace, const struct arguments *arguments,
		       const struct writer_format *format, const struct common *common,
		       struct chooser *chooser)
{
	struct convert_options options = {.to = format, .output = common->output};
	struct convert_result result;
	struct err err;
	bool writing;

	if (chooser != NULL) {
		options.wanted = is_chosen;
		options.context = chooser;
	}
	if (convert(trace, arguments->output, &options, &result, &writing, &err) != 0)
		return fail(writing ? arguments->output : trace->path, &err);
	print_trace_notes(trace);
	print_losses(arguments->output, &result);
	return STATUS_DONE;
}

static int choose_and_write(struct trace *trace, const struct arguments *arguments,
			    const struct writer_format *format, const struct common *common,
			    const struct map *map, const struct space *base)
{
	struct chooser chooser = {.map = map, .base = base};
	struct err err;
	int status;

	if (filter_run_init(&chooser.run, common->filter, trace, map, common->unit_sectors) == 0)
		status = write_trace(trace, arguments, format, common, &chooser);
	else
		status = fail(NULL, (err_nomem(&err), &err));
	if (status == STATUS_DONE && chooser.run.gave_up) {
		err_set(&err, "-Y: a pattern takes too long on some text, so accesses may be missing");
		status = fail(arguments->output, &err);
	}
	filter_run_done(&chooser.run);
	return status;
}

/* A filter needs to know where accesses lie. */
static int open_both_and_write(const char *path, const char *disk, const struct arguments *arguments,
			       const struct writer_format *format, const struct common *common)
{
	struct clock clock;
	struct trace *trace;
	struct map *map;
	struct fit fit;
	int status;

	if (open_both(&trace, &map, &fit, path, disk, common) != 0)
		return STATUS_FAILED;
	print_fit(&fit, path);
	status = find_clock(&clock, trace, map, fit.base, common, false);
	if (status == 0)
		status = choose_and_write(trace, arguments, format, common, map, fit.base);
	clock_done(&clock);
	close_both(trace, map, &fit);
	return status;
}

static int open_and_write(const char *path, const char *disk, const struct arguments *arguments,
			  struct common *common)
{
	const struct writer_format *format =
	    format_to_write(arguments->strict ? "qtr-strict" : arguments->to, arguments->output);
	struct trace *trace;
	int status;

	if (format == NULL || plan_output(common, arguments->output) != 0)
		return STATUS_FAILED;
	if (common->filter != NULL)
		return open_both_and_write(path, disk, arguments, format, common);
	if (open_trace(&trace, path, common) != 0)
		return STATUS_FAILED;
	status = write_trace(trace, arguments, format, common, NULL);
	trace_close(trace);
	return status;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct arguments *arguments = context;

	(void)err;
	if (option == 'o')
		arguments->output = value;
	else if (option == OPTION_TO)
		arguments->to = value;
	else if (option == OPTION_STRICT)
		arguments->strict = true;
	else
		return err_set(err, "unknown option");
	return 0;
}

/* --strict is about .qtr alone. */
static bool is_odd_strict(const struct arguments *arguments)
{
	const struct writer_format *format;

	if (!arguments->strict)
		return false;
	if (arguments->to != NULL)
		return strncmp(arguments->to, "qtr", 3) != 0;
	format = writer_format_for(arguments->output);
	return format != NULL && strcmp(format->name, "qtr") != 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_WRITING,
	    {"to", required_argument, NULL, OPTION_TO},
	    {"strict", no_argument, NULL, OPTION_STRICT},
	    COMMON_READING,
	    COMMON_PASSING,
	    COMMON_DISK,
	    COMMON_DATED,
	    {"relative-to", required_argument, NULL, COMMON_RELATIVE_TO},
	    COMMON_HELP,
	    {0},
	};
	struct common common = COMMON_INIT;
	struct arguments arguments = {.output = NULL};
	int status = common_parse(&common, &command_convert, options, options_help, argc, argv, own_option,
				  &arguments);

	if (status == 1)
		status = STATUS_DONE;
	else if (status == 0 && (argc - optind < 1 || argc - optind > 2 || arguments.output == NULL))
		status = fail_usage(&command_convert, "expected a trace, perhaps a disk, and -o FILE");
	else if (status == 0 && argc - optind == 2 && common.filter == NULL)
		status = fail_usage(&command_convert, "a disk is for the fields of -Y");
	else if (status == 0 && is_odd_strict(&arguments))
		status = fail_usage(&command_convert, "--strict is a form of .qtr");
	else if (status == 0)
		status = open_and_write(argv[optind], argc - optind > 1 ? argv[optind + 1] : NULL, &arguments,
					&common);
	common_done(&common);
	return status;
}

const struct command command_convert = {
    .name = "convert",
    .usage = "[OPTIONS] TRACE [DISK] -o FILE",
    .help = "one trace format into another",
    .run = run,
};
