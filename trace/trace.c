/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a trace: which format it is, and reading it without knowing which. */
#include "trace/trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 65536

const char *access_op_name(enum access_op op)
{
	static const char *const names[ACCESS_OPS] = {"read", "write", "discard", "zero", "flush"};

	return names[op];
}

static const struct trace_format *format_named(struct trace *trace, const char *wanted, struct err *err)
{
	size_t len = strcspn(wanted, ":");

	for (size_t i = 0; trace_formats[i] != NULL; i++) {
		if (strlen(trace_formats[i]->name) != len || strncmp(wanted, trace_formats[i]->name, len) != 0)
			continue;
		trace->argument = wanted[len] == ':' ? wanted + len + 1 : NULL;
		return trace_formats[i];
	}
	err_set(err, "'%s' is not a trace format that blkmap knows", wanted);
	return NULL;
}

static const struct trace_format *format_probed(struct trace *trace, struct err *err)
{
	const uint8_t *bytes;
	long len = input_peek(trace->input, &bytes, INPUT_PEEK, err);

	if (len < 0)
		return NULL;
	if (len == 0) {
		err_set(err, "is empty, expected a trace");
		return NULL;
	}
	for (size_t i = 0; trace_formats[i] != NULL; i++)
		if (trace_formats[i]->probe != NULL && trace_formats[i]->probe(bytes, (size_t)len))
			return trace_formats[i];
	err_set(err, "line 1: not a trace in a format that blkmap knows (a .qtr trace starts with 'S SECTORS')");
	return NULL;
}

static int trace_start(struct trace *trace, struct err *err)
{
	if (trace->options.format != NULL)
		trace->format = format_named(trace, trace->options.format, err);
	else
		trace->format = format_probed(trace, err);
	if (trace->format == NULL)
		return -1;
	return trace->format->open(trace, err);
}

int trace_open(struct trace **result, const char *path, const struct trace_options *options, struct err *err)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (trace == NULL)
		return err_nomem(err);
	trace->path = path;
	if (options != NULL)
		trace->options = *options;
	if (trace_comm(trace, "", 0, err) != 0 || input_open(&trace->input, path, err) != 0 ||
	    trace_start(trace, err) != 0) {
		trace_close(trace);
		return -1;
	}
	*result = trace;
	return 0;
}

static void names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

void trace_close(struct trace *trace)
{
	if (trace == NULL)
		return;
	if (trace->format != NULL)
		trace->format->close(trace);
	input_close(trace->input);
	names_free(trace->devices.at, trace->devices.n);
	names_free(trace->comms.at, trace->comms.n);
	names_free(trace->notes.at, trace->notes.n);
	free(trace);
}

static int choose_device(struct trace *trace, struct err *err)
{
	char list[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < trace->devices.n; i++) {
		if (trace->options.device != NULL && strcmp(trace->devices.at[i], trace->options.device) == 0) {
			trace->chosen = (uint32_t)i;
			trace->has_chosen = true;
			return 0;
		}
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
						 trace->devices.at[i]);
	}
	if (trace->options.device == NULL)
		return err_set(err, "holds several devices; choose one with --device: %s", list);
	return 0;
}

/* Keeps the accesses of the chosen device. */
static long keep_chosen(struct trace *trace, struct access *batch, long n, struct err *err)
{
	long kept = 0;

	if (!trace->has_chosen && (trace->devices.n > 1 || trace->options.device != NULL) &&
	    choose_device(trace, err) != 0)
		return -1;
	if (trace->options.device == NULL)
		return n;
	for (long i = 0; i < n; i++)
		if (trace->has_chosen && batch[i].device == trace->chosen)
			batch[kept++] = batch[i];
	return kept;
}

static int device_was_there(struct trace *trace, struct err *err)
{
	if (trace->options.device == NULL || trace->has_chosen)
		return 0;
	if (trace->devices.n == 0)
		return err_set(err, "names no devices, so --device %s cannot be found", trace->options.device);
	return err_set(err, "has no device '%s'; the first that it has is '%s'", trace->options.device,
		       trace->devices.at[0]);
}

long trace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	for (;;) {
		long got = trace->format->read(trace, batch, n, err);

		if (got == 0)
			return device_was_there(trace, err);
		if (got > 0)
			got = keep_chosen(trace, batch, got, err);
		if (got != 0)
			return got;
	}
}

int trace_rewind(struct trace *trace, struct err *err)
{
	trace->format->close(trace);
	trace->state = NULL;
	names_free(trace->notes.at, trace->notes.n);
	memset(&trace->notes, 0, sizeof(trace->notes));
	if (input_rewind(trace->input, err) != 0)
		return -1;
	return trace->format->open(trace, err);
}

static long name_index(char ***names, size_t *n, size_t *cap, const char *name, size_t len, struct err *err)
{
	char *copy;

	for (size_t i = *n; i > 0; i--)
		if (strlen((*names)[i - 1]) == len && memcmp((*names)[i - 1], name, len) == 0)
			return (long)(i - 1);
	if (*n >= NAMES_MAX)
		return err_set(err, "more than %d different device or command names", NAMES_MAX);
	copy = strndup(name, len);
	if (copy == NULL || vec_reserve((void **)names, cap, *n + 1, sizeof(char *)) != 0) {
		free(copy);
		return err_nomem(err);
	}
	(*names)[(*n)++] = copy;
	return (long)(*n - 1);
}

long trace_device(struct trace *trace, const char *name, size_t len, struct err *err)
{
	return name_index(&trace->devices.at, &trace->devices.n, &trace->devices.cap, name, len, err);
}

long trace_comm(struct trace *trace, const char *name, size_t len, struct err *err)
{
	return name_index(&trace->comms.at, &trace->comms.n, &trace->comms.cap, name, len, err);
}

int trace_note(struct trace *trace, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_nomem(err);
	if (VEC_PUSH(&trace->notes, text) == 0)
		return 0;
	free(text);
	return err_nomem(err);
}
