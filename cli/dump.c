/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap dump: every access with its labels, in order. */
#include "analyzer/clock.h"
#include "analyzer/workers.h"
#include "base/threads.h"
#include "cli/cli.h"
#include "cli/convert.h"
#include "reports/access_json.h"
#include "reports/access_text.h"

static const char options_help[] =
    "  --json              one JSON object a line\n"
    "  -V                  the whole stack of every region, as a tree\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               the accesses outside the qtrace marks too\n" COMMON_DATED_HELP COMMON_TRACE_HELP
	COMMON_FORCE_HELP COMMON_DISK_HELP;

struct dump {
	const struct common *common;
	const struct map *map;
	const struct space *base;
	const struct trace *trace;
	bool tree;
	bool marked;
};

/* One thread's. */
struct worker {
	const struct dump *dump;
	struct text out; /* of its latest batch */
};

static bool is_wanted(const struct dump *dump, const struct access *access)
{
	if (access->window == WINDOW_MARK)
		return false;
	return !dump->marked || dump->common->all || access->window == WINDOW_INSIDE;
}

/* The labels of the next accesses will be looked up. */
static void look_ahead(const struct dump *dump, const struct batch *batch, size_t from)
{
	uint64_t sectors[MAP_FIND_MANY];
	unsigned n = 0;

	while (n < MAP_FIND_MANY && from + n < batch->n) {
		sectors[n] = batch->at[from + n].start;
		n++;
	}
	map_expect(dump->map, sectors, n);
}

static void add_batch(void *context, const struct batch *batch)
{
	struct worker *worker = context;
	const struct dump *dump = worker->dump;
	struct access_view view = {
	    .index = batch_counted_before(batch, dump->common->all, dump->marked),
	    .trace = dump->trace,
	    .map = dump->map,
	    .base = dump->base,
	    .unit_sectors = dump->common->unit_sectors,
	};

	for (size_t i = 0; i < batch->n; i++) {
		if (i % MAP_FIND_MANY == 0 && view.base == map_disk(dump->map))
			look_ahead(dump, batch, i);
		view.access = &batch->at[i];
		if (!is_wanted(dump, view.access))
			continue;
		if (dump->common->json)
			access_json(&worker->out, &view);
		else
			access_text(&worker->out, &view, dump->tree);
		view.index++;
	}
}

/* A failed write has been told, so the rest goes without a word. */
static int print_batch(void *context, struct err *err)
{
	struct worker *worker = context;

	(void)err;
	return print_text(&worker->out) != 0;
}

static int run_workers(struct dump *dump, struct trace *trace, struct worker *workers, unsigned n)
{
	static const struct workers_job jobs = {.work = add_batch, .deliver = print_batch};
	void *pointers[THREADS_MAX];
	struct stream stream;
	struct err err;
	int status;

	for (unsigned i = 0; i < n; i++) {
		workers[i] = (struct worker){.dump = dump};
		pointers[i] = &workers[i];
	}
	stream_init(&stream, trace);
	status = workers_run(&stream, &jobs, pointers, n, &err);
	stream_done(&stream);
	for (unsigned i = 0; i < n; i++)
		text_free(&workers[i].out);
	return status < 0 ? fail(trace->path, &err) : status > 0 ? STATUS_FAILED : 0;
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
	return run_workers(dump, trace, workers, threads);
}

static int open_and_dump(const char *trace_path, const char *disk, const struct common *common, bool tree)
{
	struct dump dump = {.common = common, .tree = tree};
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

/* -V is the only option of its own. */
static int own_option(void *context, int option, const char *value, struct err *err)
{
	bool *tree = context;

	(void)option;
	(void)value;
	(void)err;
	*tree = true;
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT, COMMON_DISK, COMMON_TRACE,
						COMMON_DATED,  COMMON_HELP, {0}};
	struct common common = COMMON_INIT;
	bool tree = false;
	int status =
	    common_parse(&common, &command_dump, options, options_help, argc, argv, own_option, &tree);

	if (status == 0)
		status = argc - optind < 1 || argc - optind > 2
			     ? fail_usage(&command_dump, "expected a trace and perhaps a disk")
			     : open_and_dump(argv[optind], argc - optind > 1 ? argv[optind + 1] : NULL,
					     &common, tree);
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
