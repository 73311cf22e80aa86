/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a trace given as bytes and says in text what came out, so that a test is two texts:
   "read 0 8 @TIME +LATENCY pid=N comm=NAME flags=HEX dev=NAME" (what there is), then "mark AT NAME",
   "note: TEXT", or "error: TEXT" at the end. */
#ifndef TESTS_UNIT_TRACE_TEST_H
#define TESTS_UNIT_TRACE_TEST_H

#include "trace/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <inttypes.h>

static inline void trace_test_print(FILE *out, const struct trace *trace, const struct access *access)
{
	fprintf(out, "%s %" PRIu64 " %" PRIu64, access_op_name((enum access_op)access->op), access->start,
		access->count);
	if (access->time_ns != ACCESS_NO_TIME)
		fprintf(out, " @%" PRId64, access->time_ns);
	if (access->latency_ns != ACCESS_NO_LATENCY)
		fprintf(out, " +%" PRId64, access->latency_ns);
	if (access->pid != ACCESS_NO_PID)
		fprintf(out, " pid=%u", access->pid);
	if (access->comm != 0)
		fprintf(out, " comm=%s", trace->comms.at[access->comm]);
	if (access->flags != 0)
		fprintf(out, " flags=%x", access->flags);
	if (trace->devices.n > 0)
		fprintf(out, " dev=%s", trace->devices.at[access->device]);
	fprintf(out, "\n");
}

static inline void trace_test_read(FILE *out, const char *path, const struct trace_options *options)
{
	struct access batch[7];
	struct trace *trace = NULL;
	struct err err;
	long got = trace_open(&trace, path, options, &err);

	while (got >= 0 && (got = trace_read(trace, batch, 7, &err)) > 0)
		for (long i = 0; i < got; i++)
			trace_test_print(out, trace, &batch[i]);
	for (size_t i = 0; got >= 0 && i < trace->marks.n; i++)
		fprintf(out, "mark %" PRIu64 " %s\n", trace->marks.at[i].at, trace->marks.at[i].name);
	/* What a source is blind for, tests/traces/golden.test holds for each. */
	for (size_t i = 0; got >= 0 && i < trace->notes.n; i++)
		if (strncmp(trace->notes.at[i], "this recording cannot see", 25) != 0)
			fprintf(out, "note: %s\n", trace->notes.at[i]);
	if (got < 0)
		fprintf(out, "error: %s\n", err.text);
	trace_close(trace);
}

static inline char *trace_test_path(const char *path, const struct trace_options *options)
{
	size_t size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	trace_test_read(out, path, options);
	fclose(out);
	return text;
}

static inline void trace_test_write(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void expect_bytes(const void *bytes, size_t len, const struct trace_options *options,
				const char *expected)
{
	char path[] = "/tmp/blkmap-test-XXXXXX";
	int fd = mkstemp(path);
	char *text;

	assert_true(fd >= 0);
	close(fd);
	trace_test_write(path, bytes, len);
	text = trace_test_path(path, options);
	unlink(path);
	assert_string_equal(text, expected);
	free(text);
}

static inline void expect_options(const char *trace, const struct trace_options *options,
				  const char *expected)
{
	expect_bytes(trace, strlen(trace), options, expected);
}

static inline void expect(const char *trace, const char *expected)
{
	expect_bytes(trace, strlen(trace), NULL, expected);
}

#endif
