/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each format holds of a trace, and what it says it lost. */
#include "tests/unit/trace_test.h"
#include "trace/writers/convert.h"

/* All there is in an access, a named mark, and a request too long for 32 bits of bytes. */
static const char everything[] =
    "S 20971520 version=2 device=8,0\n"
    "R 0 8 time=1.000000000 latency=0.000500000 pid=7 comm=my%20cmd flags=sync,meta\n"
    "W 8 16 time=1.000100000 latency=0.001000000 pid=7 comm=my%20cmd flags=fua,preflush\n"
    "R 64 0 op=discard sectors=128 time=1.200000000 latency=0.000001000 pid=8 comm=fstrim\n"
    "R 64 0 op=zero sectors=8 time=1.300000000 latency=0.000001000 pid=8 comm=fstrim\n"
    "R 0 0 op=flush time=1.400000000 latency=0.000002000 pid=7 comm=my%20cmd\n"
    "R 0 0 mark=the%20end\n"
    "R 0 8388608 time=1.500000001 latency=1.000000000 pid=9 comm=dd flags=failed\n";

static const char plain[] = "S 20480\nR 0 1\nW 8 16\nR 20479 1\n";

struct conversion {
	char directory[32], from[48], to[48];
	char *out; /* the file that was written */
	size_t len;
	char *again; /* what reading it gives */
	struct convert_result result;
	struct err err;
	int rc;
};

static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *bytes = calloc(1, 65536);

	assert_non_null(file);
	assert_non_null(bytes);
	*len = fread(bytes, 1, 65535, file);
	fclose(file);
	return bytes;
}

static void conversion_start(struct conversion *c, const char *text)
{
	*c = (struct conversion){.rc = -1};
	strcpy(c->directory, "/tmp/blkmap-test-XXXXXX");
	assert_non_null(mkdtemp(c->directory));
	snprintf(c->from, sizeof(c->from), "%s/from", c->directory);
	snprintf(c->to, sizeof(c->to), "%s/to", c->directory);
	trace_test_write(c->from, text, strlen(text));
}

static void conversion_run(struct conversion *c, const char *to, bool windows)
{
	struct convert_options options = {.to = writer_format_named(to), .windows = windows};
	struct trace *trace;
	bool writing;

	assert_non_null(options.to);
	assert_int_equal(trace_open(&trace, c->from, NULL, &c->err), 0);
	c->rc = convert(trace, c->to, &options, &c->result, &writing, &c->err);
	trace_close(trace);
	if (c->rc != 0)
		return;
	c->out = read_file(c->to, &c->len);
	if (strcmp(to, "ndjson") != 0)
		c->again = trace_test_path(c->to, NULL);
}

static void conversion_done(struct conversion *c)
{
	unlink(c->from);
	unlink(c->to);
	assert_int_equal(rmdir(c->directory), 0); /* nothing else was left */
	free(c->out);
	free(c->again);
}

static void converts(struct conversion *c, const char *text, const char *to)
{
	conversion_start(c, text);
	conversion_run(c, to, false);
	assert_int_equal(c->rc, 0);
}

/* Checks the whole table of losses: pairs of a loss and its count, ended by LOSSES. */
static void assert_losses(const struct conversion *c, const uint64_t *pairs)
{
	uint64_t expected[LOSSES] = {0};

	for (; *pairs != LOSSES; pairs += 2)
		expected[pairs[0]] = pairs[1];
	for (int i = 0; i < LOSSES; i++)
		if (c->result.lost[i] != expected[i])
			fail_msg("loss %d: %" PRIu64 " instead of %" PRIu64, i, c->result.lost[i],
				 expected[i]);
}
#define LOSE(...) ((const uint64_t[]){__VA_ARGS__, LOSSES})
#define LOSE_NOTHING ((const uint64_t[]){LOSSES})

static void qtr_extended_holds_everything(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "qtr");
	assert_string_equal(c.out, everything);
	assert_losses(&c, LOSE_NOTHING);
	conversion_done(&c);
}

static void qtr_of_reads_and_writes_is_the_old_form(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, plain, "qtr");
	assert_string_equal(c.out, plain);
	conversion_done(&c);
}

static void qtr_strict_drops_and_tells(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "qtr-strict");
	assert_string_equal(c.out, "S 20971520\nR 0 8\nW 8 16\nW 64 8\nR 0 8388608\n");
	assert_losses(&c, LOSE(LOSS_DISCARD, 1, LOSS_FLUSH, 1, LOSS_ZERO, 1, LOSS_MARK, 1, LOSS_TIME, 4,
			       LOSS_LATENCY, 4, LOSS_PID, 4, LOSS_COMM, 4, LOSS_FLAGS, 3, LOSS_DEVICE, 4));
	conversion_done(&c);
}

static void qtr_strict_rounds_the_size_up(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, "S 65\nR 64 1\n", "qtr-strict");
	assert_string_equal(c.out, "S 128\nR 64 1\n");
	assert_losses(&c, LOSE(LOSS_SIZE, 63));
	conversion_done(&c);
}

static void fio_counts_bytes_and_microseconds_from_the_start(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "fio");
	assert_string_equal(c.out, "fio version 3 iolog\n"
				   "0 8,0 add\n"
				   "0 8,0 open\n"
				   "0 8,0 read 0 4096\n"
				   "100 8,0 write 4096 8192\n"
				   "200000 8,0 trim 32768 65536\n"
				   "300000 8,0 write 32768 4096\n"
				   "400000 8,0 sync 0 0\n"
				   "500000 8,0 read 0 1073741824\n"
				   "500000 8,0 read 1073741824 1073741824\n"
				   "500000 8,0 read 2147483648 1073741824\n"
				   "500000 8,0 read 3221225472 1073741824\n"
				   "500000 8,0 close\n");
	assert_losses(&c, LOSE(LOSS_ZERO, 1, LOSS_MARK, 1, LOSS_LATENCY, 6, LOSS_PID, 6, LOSS_COMM, 6,
			       LOSS_FLAGS, 3, LOSS_SPLIT, 1, LOSS_TIME_UNITS, 1));
	conversion_done(&c);
}

static void fio_times_do_not_go_back(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, "S 64 version=2\nR 0 1 time=2.5\nR 1 1 time=2\nR 2 1 time=3\n", "fio");
	assert_string_equal(c.out,
			    "fio version 3 iolog\n0 disk add\n0 disk open\n500000 disk read 0 512\n"
			    "500000 disk read 512 512\n1000000 disk read 1024 512\n1000000 disk close\n");
	assert_losses(&c, LOSE(LOSS_TIME_BACK, 1));
	conversion_done(&c);
}

static void fio_is_read_back(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, plain, "fio");
	assert_string_equal(c.again,
			    "read 0 1 @0 dev=disk\nwrite 8 16 @0 dev=disk\nread 20479 1 @0 dev=disk\n");
	assert_losses(&c, LOSE(LOSS_NO_TIME, 3));
	conversion_done(&c);
}

static void csv_holds_everything_but_marks(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "csv");
	assert_string_equal(c.again,
			    "read 0 8 @1000000000 +500000 pid=7 comm=my cmd flags=6 dev=8,0\n"
			    "write 8 16 @1000100000 +1000000 pid=7 comm=my cmd flags=11 dev=8,0\n"
			    "discard 64 128 @1200000000 +1000 pid=8 comm=fstrim dev=8,0\n"
			    "zero 64 8 @1300000000 +1000 pid=8 comm=fstrim dev=8,0\n"
			    "flush 0 0 @1400000000 +2000 pid=7 comm=my cmd dev=8,0\n"
			    "read 0 8388608 @1500000001 +1000000000 pid=9 comm=dd flags=20 dev=8,0\n");
	assert_non_null(strstr(c.out, ",my cmd,fua+preflush\n"));
	assert_losses(&c, LOSE(LOSS_MARK, 1));
	conversion_done(&c);
}

static void csv_leaves_cells_empty(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, plain, "csv");
	assert_string_equal(c.out, "time,op,sector,sectors,latency,device,pid,comm,flags\n"
				   ",read,0,1,,,,,\n,write,8,16,,,,,\n,read,20479,1,,,,,\n");
	assert_string_equal(c.again, "read 0 1\nwrite 8 16\nread 20479 1\n");
	conversion_done(&c);
}

static void ndjson_has_the_keys_of_the_contract(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "ndjson");
	assert_non_null(strstr(c.out,
			       "{\"index\":0,\"op\":\"read\",\"start\":0,\"sectors\":8,"
			       "\"time\":1.000000000,\"latency_us\":500,\"device_name\":\"8,0\",\"pid\":7,"
			       "\"comm\":\"my cmd\",\"flags\":[\"sync\",\"meta\"]}\n"));
	assert_non_null(strstr(c.out, "\"fua\":true,\"flags\":[\"preflush\"]}\n"));
	assert_non_null(strstr(c.out, "{\"mark\":\"the end\"}\n"));
	assert_losses(&c, LOSE_NOTHING);
	conversion_done(&c);
}

static void blktrace_is_read_back(void **state)
{
	struct conversion c;

	(void)state;
	converts(&c, everything, "blktrace");
	assert_string_equal(c.again,
			    "read 0 8 @1000000000 +500000 pid=7 comm=my cmd flags=6 dev=8,0\n"
			    "write 8 16 @1000100000 +1000000 pid=7 comm=my cmd flags=11 dev=8,0\n"
			    "discard 64 128 @1200000000 +1000 pid=8 comm=fstrim dev=8,0\n"
			    "write 64 8 @1300000000 +1000 pid=8 comm=fstrim dev=8,0\n"
			    "flush 0 0 @1400000000 +2000 pid=7 comm=my cmd dev=8,0\n"
			    "read 0 2097152 @1500000001 +1000000000 pid=9 comm=dd flags=20 dev=8,0\n"
			    "read 2097152 2097152 @1500000001 +1000000000 pid=9 comm=dd flags=20 dev=8,0\n"
			    "read 4194304 2097152 @1500000001 +1000000000 pid=9 comm=dd flags=20 dev=8,0\n"
			    "read 6291456 2097152 @1500000001 +1000000000 pid=9 comm=dd flags=20 dev=8,0\n");
	assert_losses(&c, LOSE(LOSS_ZERO, 1, LOSS_MARK, 1, LOSS_SPLIT, 1));
	conversion_done(&c);
}

static void blktrace_records_are_in_order_of_time(void **state)
{
	/* The first request completes last, two complete at once. */
	static const char text[] = "S 64 version=2 device=8,16\n"
				   "R 0 1 time=0.000001 latency=0.000100\n"
				   "R 1 1 time=0.000002 latency=0.000010\n"
				   "R 2 1 time=0.000005 latency=0.000007\n"
				   "R 3 1 time=0.000050 latency=0.000001\n";
	struct conversion c;
	uint64_t last = 0;

	(void)state;
	converts(&c, text, "blktrace");
	assert_int_equal(c.len, 12 * 48);
	for (size_t at = 0; at < c.len; at += 48) {
		uint64_t time;

		memcpy(&time, c.out + at + 8, 8);
		assert_true(time >= last);
		last = time;
	}
	assert_int_equal(last, 101000);
	conversion_done(&c);
}

static void windows_keep_the_marks_and_what_is_between(void **state)
{
	static const char text[] =
	    "S 64\nW 1 1\nR 2 1\nR 21 1\nR 15 1\nR 2 1\nW 5 1\nR 2 1\nR 15 1\nR 21 1\nR 2 1\nW 9 1\n";
	struct conversion c;

	(void)state;
	conversion_start(&c, text);
	conversion_run(&c, "qtr", true);
	assert_int_equal(c.rc, 0);
	assert_string_equal(c.out,
			    "S 64\nR 2 1\nR 21 1\nR 15 1\nR 2 1\nW 5 1\nR 2 1\nR 15 1\nR 21 1\nR 2 1\n");
	conversion_done(&c);
}

static void an_error_in_the_trace_leaves_no_file(void **state)
{
	struct conversion c;

	(void)state;
	conversion_start(&c, "S 64\nR 0 1\nR 64 1\n");
	conversion_run(&c, "qtr", false);
	assert_int_equal(c.rc, -1);
	assert_non_null(strstr(c.err.text, "line 3"));
	assert_int_equal(access(c.to, F_OK), -1);
	conversion_done(&c);
}

static void an_error_leaves_the_older_file(void **state)
{
	struct conversion c;
	char *kept;
	size_t len;

	(void)state;
	conversion_start(&c, "S 64\nR 0 1\nR 64 1\n");
	trace_test_write(c.to, "old", 3);
	conversion_run(&c, "qtr", false);
	kept = read_file(c.to, &len);
	assert_string_equal(kept, "old");
	free(kept);
	conversion_done(&c);
}

static void formats_are_known_by_extension(void **state)
{
	(void)state;
	assert_string_equal(writer_format_for("a/b.qtr")->name, "qtr");
	assert_string_equal(writer_format_for("x.blktrace")->name, "blktrace");
	assert_string_equal(writer_format_for("x.blktrace.0")->name, "blktrace");
	assert_string_equal(writer_format_for("t.iolog")->name, "fio");
	assert_null(writer_format_for("t"));
	assert_null(writer_format_for(".qtr.txt"));
	assert_null(writer_format_for("t.0"));
	assert_null(writer_format_named("nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(qtr_extended_holds_everything),
	    cmocka_unit_test(qtr_of_reads_and_writes_is_the_old_form),
	    cmocka_unit_test(qtr_strict_drops_and_tells),
	    cmocka_unit_test(qtr_strict_rounds_the_size_up),
	    cmocka_unit_test(fio_counts_bytes_and_microseconds_from_the_start),
	    cmocka_unit_test(fio_times_do_not_go_back),
	    cmocka_unit_test(fio_is_read_back),
	    cmocka_unit_test(csv_holds_everything_but_marks),
	    cmocka_unit_test(csv_leaves_cells_empty),
	    cmocka_unit_test(ndjson_has_the_keys_of_the_contract),
	    cmocka_unit_test(blktrace_is_read_back),
	    cmocka_unit_test(blktrace_records_are_in_order_of_time),
	    cmocka_unit_test(windows_keep_the_marks_and_what_is_between),
	    cmocka_unit_test(an_error_in_the_trace_leaves_no_file),
	    cmocka_unit_test(an_error_leaves_the_older_file),
	    cmocka_unit_test(formats_are_known_by_extension),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
