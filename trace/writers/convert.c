/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two readings: the first finds what a header needs (the disk's size, the earliest time, whether there
   is more than reads and writes), the second writes.  Accesses are read one at a time, so that a mark
   that has been read by then stands before the access. */
#include "trace/writers/convert.h"

#include "trace/window.h"

#include <string.h>

struct conversion {
	struct trace *trace;
	const struct convert_options *options;
	struct window window; /* in use with options->windows */
	struct trace_facts facts;
	size_t marks;    /* that have been written */
	uint64_t number; /* of the next access of the trace */
};

static void start(struct conversion *c)
{
	c->marks = 0;
	c->number = 0;
	if (c->options->windows)
		window_init(&c->window, c->trace);
}

static int next_in_windows(struct conversion *c, struct access *access, struct err *err)
{
	long got;

	if (!c->options->windows)
		return (int)trace_read(c->trace, access, 1, err);
	do
		got = window_read(&c->window, access, 1, err);
	while (got == 1 && access->window != WINDOW_INSIDE && access->window != WINDOW_MARK);
	return (int)got;
}

/* The next access that is wanted: 1, 0 at the end, -1 on an error. */
static int next(struct conversion *c, struct access *access, struct err *err)
{
	int got = next_in_windows(c, access, err);

	while (got == 1 && c->options->wanted != NULL &&
	       !c->options->wanted(c->options->context, access, c->number++))
		got = next_in_windows(c, access, err);
	return got;
}

static void learn(struct trace_facts *facts, const struct access *access)
{
	uint64_t end = access->start + access->count;

	facts->accesses++;
	if (access->op != ACCESS_FLUSH && end > facts->sectors)
		facts->sectors = end;
	if (access->time_ns != ACCESS_NO_TIME &&
	    (facts->first_ns == ACCESS_NO_TIME || access->time_ns < facts->first_ns))
		facts->first_ns = access->time_ns;
	if ((access->op != ACCESS_READ && access->op != ACCESS_WRITE) || access->time_ns != ACCESS_NO_TIME ||
	    access->latency_ns != ACCESS_NO_LATENCY || access->pid != ACCESS_NO_PID || access->comm != 0 ||
	    access->flags != 0)
		facts->plain = false;
}

static const char *device_name(const struct conversion *c)
{
	const struct trace *trace = c->trace;

	if (c->options->device != NULL)
		return c->options->device;
	return trace->devices.n > 0 ? trace->devices.at[trace->chosen] : NULL;
}

static int find_facts(struct conversion *c, struct err *err)
{
	struct access access;
	int got;

	c->facts = (struct trace_facts){.first_ns = ACCESS_NO_TIME, .plain = true};
	start(c);
	while ((got = next(c, &access, err)) == 1)
		learn(&c->facts, &access);
	window_done(&c->window);
	if (got < 0)
		return -1;
	c->facts.identity = c->trace->identity;
	if (c->options->identity != NULL)
		identity_join(&c->facts.identity, c->options->identity);
	c->facts.blind = c->trace->blind;
	c->facts.least = c->trace->disk_sectors == 0 && c->options->sectors == 0;
	if (c->trace->disk_sectors > c->facts.sectors)
		c->facts.sectors = c->trace->disk_sectors;
	if (c->options->sectors > c->facts.sectors)
		c->facts.sectors = c->options->sectors;
	if (c->facts.sectors == 0)
		c->facts.sectors = 1; /* no format knows a disk of no size */
	c->facts.device = device_name(c);
	if (c->trace->marks.n > 0 || c->facts.device != NULL || c->facts.least || c->facts.blind != 0 ||
	    c->facts.identity.n > 0)
		c->facts.plain = false;
	return trace_rewind(c->trace, err);
}

static int write_marks(struct conversion *c, struct writer *writer, struct err *err)
{
	for (; c->marks < c->trace->marks.n; c->marks++)
		if (writer_mark(writer, c->trace->marks.at[c->marks].name, err) != 0)
			return -1;
	return 0;
}

static int write_all(struct conversion *c, struct writer *writer, bool *writing, struct err *err)
{
	struct access access;
	int got;

	start(c);
	while ((got = next(c, &access, err)) == 1) {
		if (write_marks(c, writer, err) == 0 && writer_access(writer, &access, err) == 0)
			continue;
		*writing = true;
		break;
	}
	window_done(&c->window);
	if (got != 0)
		return -1;
	*writing = true;
	return write_marks(c, writer, err) == 0 ? writer_commit(writer, err) : -1;
}

int convert(struct trace *trace, const char *path, const struct convert_options *options,
	    struct convert_result *result, bool *writing, struct err *err)
{
	struct conversion c = {.trace = trace, .options = options};
	struct writer writer;
	int rc;

	*writing = false;
	if (find_facts(&c, err) != 0)
		return -1;
	*writing = true;
	rc = writer_open(&writer, options->to, path, &options->output, trace, &c.facts, err);
	if (rc == 0) {
		*writing = false;
		rc = write_all(&c, &writer, writing, err);
	}
	result->accesses = writer.index;
	memcpy(result->lost, writer.lost, sizeof(result->lost));
	writer_close(&writer);
	return rc;
}
