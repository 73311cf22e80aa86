/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap dump: every access with its labels, in order. */
#include "cli/cli.h"
#include "reports/access_json.h"
#include "reports/access_text.h"
#include "trace/window.h"

#include <stdio.h>

#define BATCH 1024
#define OUTPUT_CHUNK 262144

static const char options_help[] =
    "  --json              one JSON object a line\n"
    "  -V                  the whole stack of every region, as a tree\n"
    "  --align SIZE        the unit of alignment (default 4096)\n"
    "  --all               the accesses outside the qtrace marks too\n" COMMON_TRACE_HELP COMMON_DISK_HELP;

struct dump {
	const struct common *common;
	const struct map *map;
	const struct trace *trace;
	bool tree;
	bool marked;
	uint64_t index;
	struct text out;
};

static bool is_wanted(const struct dump *dump, const struct access *access)
{
	if (access->window == WINDOW_MARK)
		return false;
	return !dump->marked || dump->common->all || access->window == WINDOW_INSIDE;
}

static void add_access(struct dump *dump, const struct access *access)
{
	struct access_view view = {
	    .index = dump->index++,
	    .access = access,
	    .trace = dump->trace,
	    .map = dump->map,
	    .base = trace_base(dump->map, dump->common),
	    .unit_sectors = dump->common->unit_sectors,
	};

	if (dump->common->json)
		access_json(&dump->out, &view);
	else
		access_text(&dump->out, &view, dump->tree);
}

static int dump_batch(struct dump *dump, const struct access *batch, long n)
{
	for (long i = 0; i < n; i++) {
		if (!is_wanted(dump, &batch[i]))
			continue;
		add_access(dump, &batch[i]);
		if (dump->out.n > OUTPUT_CHUNK && print_text(&dump->out) != 0)
			return STATUS_FAILED;
	}
	return 0;
}

static int dump_all(struct dump *dump, struct trace *trace)
{
	struct access batch[BATCH];
	struct window window;
	struct err err;
	int any = window_any(trace, &err), status = 0;
	long got = 0;

	if (any < 0)
		return fail(trace->path, &err);
	dump->marked = any == 1;
	window_init(&window, trace);
	while (status == 0 && (got = window_read(&window, batch, BATCH, &err)) > 0)
		status = dump_batch(dump, batch, got);
	window_done(&window);
	if (got < 0)
		status = fail(trace->path, &err);
	return status != 0 ? status : print_text(&dump->out);
}

static int open_and_dump(const char *trace_path, const char *disk, const struct common *common, bool tree)
{
	struct dump dump = {.common = common, .tree = tree};
	struct trace *trace;
	struct map *map;
	int status;

	if (open_both(&trace, &map, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	dump.map = map;
	dump.trace = trace;
	status = dump_all(&dump, trace);
	print_size_note(trace, map, disk, common);
	print_notes(map);
	text_free(&dump.out);
	map_close(map);
	trace_close(trace);
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
	static const struct option options[] = {COMMON_OUTPUT, COMMON_DISK, COMMON_TRACE, COMMON_HELP, {0}};
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
