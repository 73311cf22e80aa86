/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/formats.h"

#include "tests/unit/test.h"

/* Reads a whole trace: how many accesses (the first `n` of them in `accesses`), or -1 with err set. */
static long read_bytes(const void *bytes, size_t len, struct access *accesses, size_t n, struct err *err)
{
	struct access batch[7]; /* an odd number, so that batches end anywhere */
	struct memfile file;
	struct trace *trace;
	long got = -1, total = 0;

	memfile_write(&file, bytes, len);
	err->text[0] = '\0';
	if (trace_open(&trace, file.path, NULL, err) == 0) {
		while ((got = trace_read(trace, batch, 7, err)) > 0)
			for (long i = 0; i < got; i++)
				if ((size_t)total++ < n)
					accesses[total - 1] = batch[i];
		trace_close(trace);
	}
	memfile_close(&file);
	return got < 0 ? -1 : total;
}

static void assert_refused_bytes(const void *bytes, size_t len, const char *part)
{
	struct err err;

	assert_int_equal(read_bytes(bytes, len, NULL, 0, &err), -1);
	if (strstr(err.text, part) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, part);
}

static void assert_refused(const char *text, const char *part)
{
	assert_refused_bytes(text, strlen(text), part);
}

static long count(const char *text)
{
	struct err err;

	return read_bytes(text, strlen(text), NULL, 0, &err);
}

static void qtr_reads_and_writes_in_order(void **state)
{
	static const char text[] = "S 81920\nR 0 1\nW 10712 8\nR 81919 1\n";
	struct access a[3];
	struct err err;

	(void)state;
	assert_int_equal(read_bytes(text, strlen(text), a, 3, &err), 3);
	assert_int_equal(a[0].op, ACCESS_READ);
	assert_int_equal(a[1].op, ACCESS_WRITE);
	assert_int_equal(a[1].start, 10712);
	assert_int_equal(a[1].count, 8);
	assert_int_equal(a[2].start, 81919);
	assert_true(a[1].time_ns == ACCESS_NO_TIME && a[1].latency_ns == ACCESS_NO_LATENCY);
	assert_int_equal(a[1].pid, ACCESS_NO_PID);
	assert_int_equal(a[1].flags, 0);
}

static void qtr_of_no_accesses_is_a_trace(void **state)
{
	(void)state;
	assert_int_equal(count("S 64\n"), 0);
}

static void qtr_lines_may_end_in_cr_lf(void **state)
{
	(void)state;
	assert_int_equal(count("S 64\r\nR 0 1\r\n"), 1);
}

static void qtr_size_is_the_disks(void **state)
{
	struct memfile file;
	struct trace *trace;
	struct err err;

	(void)state;
	memfile_write(&file, "S 20480\n", 8);
	assert_int_equal(trace_open(&trace, file.path, NULL, &err), 0);
	assert_int_equal(trace->disk_sectors, 20480);
	assert_ptr_equal(trace->format, &format_qtr);
	trace_close(trace);
	memfile_close(&file);
}

static void qtr_empty_file_is_refused(void **state)
{
	(void)state;
	assert_refused("", "is empty");
}

static void qtr_first_line_must_be_the_size(void **state)
{
	(void)state;
	assert_refused("R 0 1\nS 64\n", "line 1");
	assert_refused("S\n", "line 1");
	assert_refused("S \n", "line 1");
	assert_refused("S -1\n", "line 1");
	assert_refused("S 64 \n", "line 1");
	assert_refused("S 64x\n", "line 1");
	assert_refused("s 64\n", "line 1");
	assert_refused(" S 64\n", "line 1");
	assert_refused("S 0\n", "line 1: a disk of 0 sectors cannot be");
	assert_refused("S 18446744073709551615\n", "line 1");
	assert_refused("S 18446744073709551616\n", "line 1");
}

static void qtr_cut_line_is_refused(void **state)
{
	(void)state;
	assert_refused("S 64", "line 1: cut off");
	assert_refused("S 64\nR 1", "line 2: cut off");
	assert_refused("S 64\nR ", "line 2: cut off");
	assert_refused("S 64\nR", "line 2: cut off");
}

static void qtr_line_with_a_letter_too_many_is_refused(void **state)
{
	static const char *const bad[] = {"R 0 1x", "RR 0 1", "R 0x 1",  "R 0 1 ",  "R  0 1", "R 0  1",
					  " R 0 1", "R 0",    "R 0 1 1", "R -1 1",  "R 0 -1", "R 0 +1",
					  "D 0 1",  "r 0 1",  "R 0.5 1", "R 0 0x1", "S 64",   "R\t0\t1"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "S 64\nR 0 1\n%s\n%s\nR 0 1\n", bad[i], bad[i]);
		assert_refused(text, "line 3: expected 'R SECTOR COUNT' or 'W SECTOR COUNT'");
	}
}

static void qtr_binary_data_is_refused(void **state)
{
	static const char bytes[] = "S 64\nR 0 1\nR \0 1\nR \0 1\nW 0 1\n";
	uint8_t noise[4096];
	unsigned seed = 1;

	(void)state;
	assert_refused_bytes(bytes, sizeof(bytes) - 1, "line 3: binary data");
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)rand_r(&seed);
	assert_refused_bytes(noise, sizeof(noise), "not a trace");
	memcpy(noise, "S 64\n", 5);
	assert_refused_bytes(noise, sizeof(noise), "line 2");
}

static void qtr_sectors_beyond_the_disk_are_refused(void **state)
{
	(void)state;
	assert_refused("S 64\nR 0 1\nR 64 1\n",
		       "line 3: sectors 64+1 end beyond the disk, which has 64 sectors");
	assert_refused("S 64\nR 63 2\n", "line 2: sectors 63+2 end beyond");
	assert_refused("S 64\nR 0 65\n", "line 2: sectors 0+65 end beyond");
	assert_refused("S 64\nR 18446744073709551615 1\n", "line 2");
	assert_refused("S 64\nR 1 18446744073709551615\n", "line 2");
	assert_refused("S 64\nR 18446744073709551616 1\n", "line 2");
	assert_refused("S 64\nR 99999999999999999999999999 1\n", "line 2");
	assert_int_equal(count("S 64\nR 0 64\nR 63 1\n"), 2);
}

static void qtr_access_of_no_sectors_is_refused(void **state)
{
	(void)state;
	assert_refused("S 64\nR 5 0\n", "line 2: an access of 0 sectors");
}

static void qtr_endless_line_is_refused(void **state)
{
	size_t len = 4 << 20;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, '1', len);
	memcpy(text, "S 64\nR 0 ", 9);
	assert_refused_bytes(text, len, "line 2");
	free(text);
}

static void qtr_rewinds_to_the_first_access(void **state)
{
	struct memfile file;
	struct trace *trace;
	struct access a[2];
	struct err err;

	(void)state;
	memfile_write(&file, "S 64\nR 7 1\nW 8 2\n", 17);
	assert_int_equal(trace_open(&trace, file.path, NULL, &err), 0);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(trace_read(trace, a, 1, &err), 1);
		assert_int_equal(a[0].start, 7);
		if (round == 1) {
			assert_int_equal(trace_read(trace, a, 2, &err), 1);
			assert_int_equal(trace_read(trace, a, 2, &err), 0);
		}
		assert_int_equal(trace_rewind(trace, &err), 0);
	}
	trace_close(trace);
	memfile_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(qtr_reads_and_writes_in_order),
	    cmocka_unit_test(qtr_of_no_accesses_is_a_trace),
	    cmocka_unit_test(qtr_lines_may_end_in_cr_lf),
	    cmocka_unit_test(qtr_size_is_the_disks),
	    cmocka_unit_test(qtr_empty_file_is_refused),
	    cmocka_unit_test(qtr_first_line_must_be_the_size),
	    cmocka_unit_test(qtr_cut_line_is_refused),
	    cmocka_unit_test(qtr_line_with_a_letter_too_many_is_refused),
	    cmocka_unit_test(qtr_binary_data_is_refused),
	    cmocka_unit_test(qtr_sectors_beyond_the_disk_are_refused),
	    cmocka_unit_test(qtr_access_of_no_sectors_is_refused),
	    cmocka_unit_test(qtr_endless_line_is_refused),
	    cmocka_unit_test(qtr_rewinds_to_the_first_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
