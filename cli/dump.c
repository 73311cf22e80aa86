/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap dump: every access with its labels, in order. */
#include "analyzer/access_filter.h"
#include "analyzer/clock.h"
#include "analyzer/workers.h"
#include "base/threads.h"
#include "cli/cli.h"
#include "cli/convert.h"
#include "cli/rows.h"
#include "reports/access_json.h"
#include "reports/access_text.h"
#include "reports/columns.h"
#include "reports/fields_list.h"

#include <string.h>

static const char options_help[] =
    "  --json              one JSON object a line\n"
    "  --csv               a table with all fields, a row for each region that an access touches\n"
    "  -T FORM             text, json, csv, or fields: the columns of -e, a row an access\n"
    "  -e FIELD[,...]      a column; may be repeated\n"
    "  -E OPTION[,...]     of columns: header=y, separator=C, aggregator=C, quote=d|s|n, occurrence=f|l|a\n"
    "  -G fields           lists all fields, and ends\n" COMMON_FILTER_HELP
    "  -c N                only the first N, as --first\n"
    "  --first N           only the first N\n"
    "  --last N            only the last N\n"
    "  --sort [-]FIELD     sorted by a field, with - the largest first\n"
    "  -V                  the whole stack of every region, as a tree\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               the accesses outside the qtrace marks too\n" COMMON_DATED_HELP COMMON_TRACE_HELP
	COMMON_FORCE_HELP COMMON_DISK_HELP;

enum form { FORM_TEXT, FORM_JSON, FORM_CSV, FORM_FIELDS };

enum { OPTION_CSV = COMMON_LAST, OPTION_FIRST, OPTION_LAST, OPTION_SORT };

/* What is printed, as the options say. */
struct wanted {
	enum form form;
	bool tree, lists_fields;
	struct columns columns;
	struct rows_options rows;
};

struct dump {
	const struct common *common;
	const struct wanted *wanted;
	const struct map *map;
	const struct space *base;
	const struct trace *trace;
	bool marked;
	bool failed; /* to print */
	struct rows_kept kept;
};

/* One thread's. */
struct worker {
	struct dump *dump;
	struct filter_run run;
	struct rows rows; /* of its latest batch */
};

static bool is_wanted(const struct dump *dump, const struct access *access)
{
	if (access->window == WINDOW_MARK)
		return false;
	return !dump->marked || dump->common->all || access->window == WINDOW_INSIDE;
}

/* The labels of the next accesses will be looked up. */
static void look_ahead(const struct dump *dump, const struct access *const *accesses, unsigned n)
{
	uint64_t sectors[MAP_FIND_MANY];

	for (unsigned i = 0; i < n; i++)
		sectors[i] = accesses[i]->start;
	map_expect(dump->map, sectors, n);
}

/* --- rows --- */

/* For a row that several pieces are in, the first that has the field says where it is sorted. */
static void end_row(struct worker *worker, const struct access_view *view)
{
	const struct rows_options *options = &worker->dump->wanted->rows;
	struct field_value value;
	struct access_walk walk;
	struct place place;

	if (rows_pass_through(options))
		return;
	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	access_filter_begin(&worker->run, &walk, view->access, view->index);
	if (options->sorts && fields[options->by].source != FIELD_OF_ACCESS)
		while (access_walk_extent(&walk))
			while (access_walk_place(&walk, &place)) {
				piece_set_place(worker->run.piece, &place);
				if (field_get(options->by, worker->run.piece, &value)) {
					rows_end(&worker->rows, options, worker->run.piece);
					return;
				}
			}
	rows_end(&worker->rows, options, worker->run.piece);
}

static void add_csv_row(struct worker *worker, filter_verdict verdict)
{
	const struct rows_options *options = &worker->dump->wanted->rows;

	if (!filter_piece(&worker->run, verdict))
		return;
	csv_piece(&worker->rows.out, worker->run.piece);
	if (!rows_pass_through(options))
		rows_end(&worker->rows, options, worker->run.piece);
}

/* A row for each piece that passes, from the verdict on its access on. */
static void add_csv(struct worker *worker, const struct access_view *view, filter_verdict verdict)
{
	struct access_walk walk;
	struct place place;
	bool alone = true;

	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	access_filter_begin(&worker->run, &walk, view->access, view->index);
	while (access_walk_extent(&walk))
		while (access_walk_place(&walk, &place)) {
			alone = false;
			piece_set_place(worker->run.piece, &place);
			add_csv_row(worker, verdict);
		}
	if (alone)
		add_csv_row(worker, verdict);
}

static void add_access(struct worker *worker, const struct access_view *view, filter_verdict verdict)
{
	const struct wanted *wanted = worker->dump->wanted;
	struct text *out = &worker->rows.out;

	if (wanted->form == FORM_CSV) {
		add_csv(worker, view, verdict);
		return;
	}
	if (wanted->form == FORM_JSON)
		access_json(out, view);
	else if (wanted->form == FORM_FIELDS)
		columns_access(out, &wanted->columns, view, &worker->run);
	else
		access_text(out, view, wanted->tree);
	end_row(worker, view);
}

/* With --relative-to, only the walk knows where an access lies. */
static void decide(struct worker *worker, const struct access *const *accesses, unsigned n, uint64_t index,
		   filter_verdict *verdicts)
{
	const struct dump *dump = worker->dump;
	struct access_walk walk;

	if (dump->base == map_disk(dump->map)) {
		filter_accesses(&worker->run, accesses, n, index, verdicts);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		access_walk_init(&walk, dump->map, dump->base, accesses[i], dump->common->unit_sectors);
		verdicts[i] = access_filter_decide(&worker->run, &walk, accesses[i], index + i);
	}
}

static bool passes(struct worker *worker, const struct access_view *view, filter_verdict verdict)
{
	struct access_walk walk;

	if (filter_is_decided(verdict))
		return verdict == FILTER_PASSES;
	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	return access_filter_any(&worker->run, &walk, view->access, view->index, verdict);
}

static void add_some(struct worker *worker, const struct access *const *accesses, unsigned n, uint64_t index)
{
	const struct dump *dump = worker->dump;
	filter_verdict verdicts[FILTER_TOGETHER];
	struct access_view view = {
	    .trace = dump->trace,
	    .map = dump->map,
	    .base = dump->base,
	    .unit_sectors = dump->common->unit_sectors,
	};

	decide(worker, accesses, n, index, verdicts);
	if (view.base == map_disk(dump->map))
		look_ahead(dump, accesses, n);
	for (unsigned i = 0; i < n; i++) {
		view.access = accesses[i];
		view.index = index + i;
		if (passes(worker, &view, verdicts[i]))
			add_access(worker, &view, verdicts[i]);
	}
}

_Static_assert(FILTER_TOGETHER <= MAP_FIND_MANY, "what is filtered together is looked up together");

static void add_batch(void *context, const struct batch *batch)
{
	struct worker *worker = context;
	const struct dump *dump = worker->dump;
	uint64_t index = batch_counted_before(batch, dump->common->all, dump->marked);
	const struct access *accesses[FILTER_TOGETHER];
	unsigned n = 0;

	for (size_t i = 0; i < batch->n; i++) {
		if (is_wanted(dump, &batch->at[i]))
			accesses[n++] = &batch->at[i];
		if (n < FILTER_TOGETHER && i + 1 < batch->n)
			continue;
		add_some(worker, accesses, n, index);
		index += n;
		n = 0;
	}
}

/* A failed write has been told, so the rest goes without a word. */
static int print_batch(void *context, struct err *err)
{
	struct worker *worker = context;
	bool failed;
	int done = rows_take(&worker->dump->kept, &worker->rows, &failed);

	(void)err;
	worker->dump->failed |= failed;
	return done;
}

/* A filter's pattern may have given up: what it would have found is missing. */
static int check_patterns(const struct worker *workers, unsigned n)
{
	struct err err;

	for (unsigned i = 0; i < n; i++)
		if (workers[i].run.gave_up) {
			err_set(&err,
				"-Y: a pattern takes too long on some text, so accesses may be missing");
			return fail(NULL, &err);
		}
	return 0;
}

static int run_stream(struct dump *dump, struct trace *trace, struct worker *workers, unsigned n)
{
	static const struct workers_job jobs = {.work = add_batch, .deliver = print_batch};
	void *pointers[THREADS_MAX];
	struct stream stream;
	struct err err;
	int status;

	for (unsigned i = 0; i < n; i++)
		pointers[i] = &workers[i];
	stream_init(&stream, trace);
	status = workers_run(&stream, &jobs, pointers, n, &err);
	stream_done(&stream);
	if (dump->failed)
		return STATUS_FAILED;
	if (rows_finish(&dump->kept) != 0)
		return STATUS_FAILED;
	return status < 0 ? fail(trace->path, &err) : check_patterns(workers, n);
}

static int run_workers(struct dump *dump, struct trace *trace, struct worker *workers, unsigned n)
{
	struct err err;
	int status = 0;

	for (unsigned i = 0; i < n; i++) {
		workers[i] = (struct worker){.dump = dump};
		if (filter_run_init(&workers[i].run, dump->common->filter, trace, dump->map,
				    dump->common->unit_sectors) != 0)
			status = err_nomem(&err);
	}
	status = status == 0 ? run_stream(dump, trace, workers, n) : fail(NULL, &err);
	for (unsigned i = 0; i < n; i++) {
		filter_run_done(&workers[i].run);
		rows_free(&workers[i].rows);
	}
	return status;
}

static int print_header(const struct wanted *wanted)
{
	struct text out = {0};
	int status;

	if (wanted->form == FORM_CSV)
		csv_header(&out);
	else if (wanted->form == FORM_FIELDS && wanted->columns.header)
		columns_header(&out, &wanted->columns);
	status = print_text(&out);
	text_free(&out);
	return status;
}

static int dump_all(struct dump *dump, struct trace *trace)
{
	unsigned threads = dump->common->map.threads;
	struct worker workers[THREADS_MAX];
	struct err err;
	int any = workers_find_mark(trace, threads, &err);

	if (any < 0)
		return fail(trace->path, &err);
	dump->marked = any == 1;
	dump->kept.options = &dump->wanted->rows;
	if (print_header(dump->wanted) != 0)
		return STATUS_FAILED;
	return run_workers(dump, trace, workers, threads);
}

static int open_and_dump(const char *trace_path, const char *disk, const struct common *common,
			 const struct wanted *wanted)
{
	struct dump dump = {.common = common, .wanted = wanted};
	struct clock clock;
	struct trace *trace;
	struct map *map;
	struct fit fit;
	int status;

	if (open_both(&trace, &map, &fit, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	dump.map = map;
	dump.base = fit.base;
	dump.trace = trace;
	print_fit(&fit, trace_path);
	status = find_clock(&clock, trace, map, fit.base, common, false);
	if (status == 0)
		status = dump_all(&dump, trace);
	clock_done(&clock);
	print_trace_notes(trace);
	print_notes(map);
	close_both(trace, map, &fit);
	return status;
}

static int parse_form(struct wanted *wanted, const char *value, struct err *err)
{
	static const char *const names[] = {"text", "json", "csv", "fields"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], value) == 0) {
			wanted->form = (enum form)i;
			return 0;
		}
	return err_set(err, "-T: '%s' is none of text, json, csv, fields", value);
}

static int list_what(struct wanted *wanted, const char *value, struct err *err)
{
	wanted->lists_fields = true;
	return strcmp(value, "fields") == 0 ? 0 : err_set(err, "-G: '%s' is not fields", value);
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct wanted *wanted = context;

	switch (option) {
	case 'V':
		wanted->tree = true;
		return 0;
	case 'T':
		return parse_form(wanted, value, err);
	case 'e':
		return columns_add(&wanted->columns, value, err) != 0 ? err_prefix(err, "-e: ") : 0;
	case 'E':
		return columns_option(&wanted->columns, value, err) != 0 ? err_prefix(err, "-E: ") : 0;
	case 'G':
		return list_what(wanted, value, err);
	case OPTION_CSV:
		wanted->form = FORM_CSV;
		return 0;
	case 'c':
	case OPTION_FIRST:
		return rows_parse_count(&wanted->rows.first, option == 'c' ? "-c" : "--first", value, err);
	case OPTION_LAST:
		return rows_parse_count(&wanted->rows.last, "--last", value, err);
	case OPTION_SORT:
		return rows_parse_sort(&wanted->rows, value, err);
	default:
		return err_set(err, "unknown option: -%c", option);
	}
}

static int print_fields(void)
{
	struct text out = {0};
	int status;

	fields_list(&out);
	status = print_text(&out);
	text_free(&out);
	return status;
}

static int check_and_dump(struct wanted *wanted, const struct common *common, char **operands, int n)
{
	if (wanted->lists_fields)
		return print_fields();
	if (n < 1 || n > 2)
		return fail_usage(&command_dump, "expected a trace and perhaps a disk");
	if (common->json && wanted->form == FORM_TEXT)
		wanted->form = FORM_JSON;
	if (wanted->columns.n > 0 && wanted->form == FORM_TEXT)
		wanted->form = FORM_FIELDS;
	if ((wanted->form == FORM_FIELDS) != (wanted->columns.n > 0))
		return fail_usage(&command_dump, "-T fields and -e belong together");
	if (common->json && wanted->form != FORM_JSON)
		return fail_usage(&command_dump, "--json is another form than the one that is asked for");
	return open_and_dump(operands[0], n > 1 ? operands[1] : NULL, common, wanted);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_DISK,
	    COMMON_TRACE,
	    COMMON_DATED,
	    COMMON_FILTER,
	    COMMON_HELP,
	    {"csv", no_argument, NULL, OPTION_CSV},
	    {"first", required_argument, NULL, OPTION_FIRST},
	    {"last", required_argument, NULL, OPTION_LAST},
	    {"sort", required_argument, NULL, OPTION_SORT},
	    {"form", required_argument, NULL, 'T'},
	    {"field", required_argument, NULL, 'e'},
	    {"field-option", required_argument, NULL, 'E'},
	    {"glossary", required_argument, NULL, 'G'},
	    {"count", required_argument, NULL, 'c'},
	    {0},
	};
	struct common common = COMMON_DATED_INIT;
	struct wanted wanted = {.columns = COLUMNS_INIT};
	int status =
	    common_parse(&common, &command_dump, options, options_help, argc, argv, own_option, &wanted);

	if (status == 0)
		status = check_and_dump(&wanted, &common, argv + optind, argc - optind);
	else if (status == 1)
		status = STATUS_DONE;
	common_done(&common);
	return status;
}

const struct command command_dump = {
    .name = "dump",
    .usage = "[OPTIONS] TRACE [DISK]",
    .help = "every access with its labels, in order",
    .run = run,
};
