/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/trace_test.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

static const char text[] = "S 1000000\nR 0 8\nW 8 8\nR 123 45\nW 99999 1\n";
static const char dump[] = "read 0 8\nwrite 8 8\nread 123 45\nwrite 99999 1\n";

/* Compresses the text with a filter of libarchive's; how long the result is. */
static size_t compress(int filter, uint8_t *out, size_t size)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	assert_int_equal(archive_write_add_filter(archive, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(archive, 1), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(archive, out, size, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, text, strlen(text)), (int)strlen(text));
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(archive);
	return used;
}

static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
			      ARCHIVE_FILTER_BZIP2};

static void compressed_traces_are_read(void **state)
{
	uint8_t out[4096];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		expect_bytes(out, compress(filters[i], out, sizeof(out)), NULL, dump);
}

/* Reads bytes from a file that is not what they were. */
static char *read_bytes(const uint8_t *bytes, size_t len)
{
	char path[] = "/tmp/blkmap-test-XXXXXX", *result;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	trace_test_write(path, bytes, len);
	result = trace_test_path(path, NULL);
	unlink(path);
	return result;
}

static void cut_compression_is_an_error(void **state)
{
	uint8_t out[4096];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t len = compress(filters[i], out, sizeof(out));
		char *result = read_bytes(out, len - 3);

		assert_non_null(strstr(result, "error: byte "));
		assert_non_null(strstr(result, " data: damaged or cut off ("));
		free(result);
	}
}

static void every_flipped_bit_is_harmless_or_told(void **state)
{
	uint8_t out[4096];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t len = compress(filters[i], out, sizeof(out));

		/* libarchive writes zstd without a checksum. */
		if (filters[i] == ARCHIVE_FILTER_ZSTD)
			continue;
		for (size_t bit = 0; bit < 8 * len; bit++) {
			char *result;

			out[bit / 8] ^= (uint8_t)(1 << bit % 8);
			result = read_bytes(out, len);
			assert_true(strcmp(result, dump) == 0 || strstr(result, "error: ") != NULL);
			free(result);
			out[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* Runs with standard input from a pipe or a file that holds these bytes. */
static char *read_stdin(const void *bytes, size_t len, bool pipe_it)
{
	char path[] = "/tmp/blkmap-test-XXXXXX", *result;
	int old = dup(STDIN_FILENO), ends[2] = {-1, -1}, fd = mkstemp(path);

	assert_true(old >= 0 && fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, bytes, len), (int)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if (pipe_it) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], bytes, len), (int)len);
		close(ends[1]);
	}
	dup2(pipe_it ? ends[0] : fd, STDIN_FILENO);
	result = trace_test_path("-", NULL);
	dup2(old, STDIN_FILENO);
	close(old);
	close(fd);
	if (pipe_it)
		close(ends[0]);
	return result;
}

static void gzip_members_may_follow_each_other(void **state)
{
	uint8_t out[4096];
	size_t len = compress(ARCHIVE_FILTER_GZIP, out, sizeof(out));
	char *result;

	(void)state;
	memcpy(out + len, out, len);
	result = read_bytes(out, 2 * len);
	assert_string_equal(result, "read 0 8\nwrite 8 8\nread 123 45\nwrite 99999 1\nread 0 8\nwrite 8 "
				    "8\nread 123 45\nwrite 99999 1\nnote: 1 line left out, first: 6\n");
	free(result);
}

static void gzip_in_gzip_is_read(void **state)
{
	uint8_t inner[4096], out[4096];
	size_t len = compress(ARCHIVE_FILTER_GZIP, inner, sizeof(inner)), used;
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char *result;

	(void)state;
	archive_write_add_filter_gzip(archive);
	archive_write_set_format_raw(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_memory(archive, out, sizeof(out), &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, inner, len), len);
	archive_write_free(archive);
	archive_entry_free(entry);
	result = read_bytes(out, used);
	assert_string_equal(result, dump);
	free(result);
}

static void standard_input_is_read_twice(void **state)
{
	static const char nbdkit[] = "Time unknown connection=1 Flush id=1 ...\n"
				     "Time unknown connection=1 ...Flush id=1 return=0\n";
	uint8_t out[4096];
	char *result;

	(void)state;
	for (int i = 0; i < 2; i++) {
		result = read_stdin(nbdkit, strlen(nbdkit), i == 1);
		assert_string_equal(result, "flush 0 0 dev=default\n");
		free(result);
		result = read_stdin(out, compress(ARCHIVE_FILTER_XZ, out, sizeof(out)), i == 1);
		assert_string_equal(result, dump);
		free(result);
	}
}

static void what_is_no_trace_is_said(void **state)
{
	static const struct trace_options wrong = {.format = "qtr2"};
	char *result;

	(void)state;
	expect("", "error: is empty, expected a trace\n");
	expect("hello\n", "error: line 1: not a trace in a format that blkmap recognises; blkmap-traces(5) "
			  "tells what is read, and --format csv:COLUMN,... reads other tables\n");
	expect("PERFILE2xxxx",
	       "error: is a perf data file; perf script -i FILE | blkmap analyze - reads it\n");
	expect("\x17\x08"
	       "Dtracing\n",
	       "error: is a trace-cmd data file; trace-cmd report FILE | blkmap analyze - reads it\n");
	result = trace_test_path("/nonexistent/file", NULL);
	assert_string_equal(result, "error: cannot open: No such file or directory\n");
	free(result);
	result = read_bytes((const uint8_t *)"S 1\n", 4);
	free(result);
	expect_options(
	    "S 1\n", &wrong,
	    "error: 'qtr2' is not a trace format that blkmap knows (blktrace, logwrites, fio, qtr, nbdkit, "
	    "biosnoop, bpftrace, blkparse, ftrace, systemtap, qemu, strace, etw, block_dump, fs_usage, "
	    "dtrace, ndjson, csv, regex)\n");
}

static void long_lines_are_refused(void **state)
{
	size_t len = (2u << 20) + 2;
	char *bytes = malloc(len);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, '1', len);
	memcpy(bytes, "S 100\n", 6);
	expect_bytes(bytes, len, NULL, "error: line 2: longer than a MiB, which no trace line is\n");
	free(bytes);
}

static void reader_and_reason_are_named(void **state)
{
	char path[] = "/tmp/blkmap-test-XXXXXX";
	int fd = mkstemp(path);
	uint8_t out[4096];
	struct trace *trace;
	struct err err;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	trace_test_write(path, out, compress(ARCHIVE_FILTER_GZIP, out, sizeof(out)));
	assert_int_equal(trace_open(&trace, path, NULL, &err), 0);
	assert_string_equal(trace->why, "qtr in gzip, because its first line is 'S SECTORS'");
	trace_close(trace);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compressed_traces_are_read),
	    cmocka_unit_test(cut_compression_is_an_error),
	    cmocka_unit_test(every_flipped_bit_is_harmless_or_told),
	    cmocka_unit_test(gzip_members_may_follow_each_other),
	    cmocka_unit_test(gzip_in_gzip_is_read),
	    cmocka_unit_test(standard_input_is_read_twice),
	    cmocka_unit_test(what_is_no_trace_is_said),
	    cmocka_unit_test(long_lines_are_refused),
	    cmocka_unit_test(reader_and_reason_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
