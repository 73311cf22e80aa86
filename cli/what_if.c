/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/what_if.h"

#include "cli/convert.h"
#include "reports/what_if.h"

#include <stdio.h>
#include <stdlib.h>

int what_if_plan(struct what_if_line *line, struct common *common)
{
	struct err err;

	if (line->base == NULL)
		return 0;
	if (asprintf(&line->as_is, "%s.as-is.iolog", line->base) < 0)
		line->as_is = NULL;
	if (asprintf(&line->moved, "%s.what-if.iolog", line->base) < 0)
		line->moved = NULL;
	if (line->as_is == NULL || line->moved == NULL) {
		err_nomem(&err);
		return fail(NULL, &err);
	}
	return plan_output(common, line->as_is) != 0 || plan_output(common, line->moved) != 0 ? STATUS_FAILED
											      : 0;
}

void what_if_line_done(struct what_if_line *line)
{
	free(line->as_is);
	free(line->moved);
}

static int put(void *context, const struct access *access, struct err *err)
{
	return writer_access(context, access, err);
}

static int write_log(struct what_if *what_if, struct trace *trace, unsigned candidate, const char *path,
		     const struct common *common)
{
	struct trace_facts facts = {.sectors = what_if->ends,
				    .least = true,
				    .accesses = what_if->accesses,
				    .first_ns = what_if->first_ns};
	const struct writer_format *format = writer_format_named("fio");
	struct writer writer;
	struct err err;
	int status;

	if (writer_open(&writer, format, path, &common->output, trace, &facts, &err) != 0 ||
	    what_if_tell(what_if, trace, candidate, put, &writer, &err) != 0 ||
	    writer_commit(&writer, &err) != 0)
		status = fail(path, &err);
	else
		status = 0;
	writer_close(&writer);
	return status;
}

static int write_logs(const struct what_if_line *line, struct what_if *what_if, struct trace *trace,
		      const struct common *common)
{
	if (line->base == NULL)
		return 0;
	if (write_log(what_if, trace, 0, line->as_is, common) != 0 ||
	    write_log(what_if, trace, 1, line->moved, common) != 0)
		return STATUS_FAILED;
	print_note(
	    line->base, "warning: ",
	    "fio --read_iolog with these files writes to the device that it is given, and overwrites it");
	return 0;
}

static int print(const struct what_if *what_if, const struct common *common)
{
	struct text out = {0};
	struct err err;
	int status = 0;

	if (common->json)
		what_if_json(&out, what_if);
	else if (what_if_text(&out, what_if, terminal_width(), &err) != 0)
		status = fail(NULL, &err);
	if (status == 0)
		status = print_text(&out);
	text_free(&out);
	return status;
}

static int ask(const struct what_if_line *line, struct what_if *what_if, struct trace *trace,
	       const struct common *common)
{
	struct err err;

	for (unsigned i = 0; i < line->n; i++)
		if (what_if_parse(what_if, line->questions[i], &err) != 0)
			return fail(NULL, &err);
	if (line->base != NULL && what_if->ncandidates != 2) {
		err_set(&err, "-o writes one candidate, and --what-if names %u", what_if->ncandidates - 1);
		return fail(NULL, &err);
	}
	if (what_if_count(what_if, trace, &err) != 0)
		return fail(trace->path, &err);
	if (print(what_if, common) != 0)
		return STATUS_FAILED;
	return write_logs(line, what_if, trace, common);
}

int what_if_run(const struct what_if_line *line, const char *trace_path, const char *disk,
		const struct common *common)
{
	struct what_if what_if = {.unit_sectors = common->unit_sectors, .all = common->all};
	struct trace *trace;
	struct map *map;
	struct fit fit;
	int status;

	if (open_both(&trace, &map, &fit, trace_path, disk, common) != 0)
		return STATUS_FAILED;
	print_fit(&fit, trace_path);
	what_if.map = map;
	what_if.base = fit.base;
	status = ask(line, &what_if, trace, common);
	if (status == 0 && what_if.totals[0].unaligned > 0)
		status = STATUS_FOUND;
	what_if_done(&what_if);
	close_both(trace, map, &fit);
	return status;
}
