/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/analysis.h"

#include "tests/unit/disk.h"

#define ON "R 2 1\nR 21 1\nR 15 1\nR 2 1\n"
#define OFF "R 2 1\nR 15 1\nR 21 1\nR 2 1\n"

struct run {
	struct analysis analysis;
	struct map *map;
};

static void run_trace(struct run *run, const char *text, bool all, uint64_t sectors)
{
	struct analysis_options options = {.unit_sectors = 8, .all = all, .threads = 3};
	struct memfile file;
	struct trace *trace;
	struct err err;

	memfile_write(&file, text, strlen(text));
	assert_int_equal(map_unknown(&run->map, sectors, &err), 0);
	assert_int_equal(trace_open(&trace, file.path, NULL, &err), 0);
	analysis_init(&run->analysis, run->map, &options);
	assert_int_equal(analysis_run(&run->analysis, trace, &err), 0);
	trace_close(trace);
	memfile_close(&file);
}

static void run_done(struct run *run)
{
	analysis_done(&run->analysis);
	map_close(run->map);
}

static void assert_counts(const struct run *run, uint64_t accesses, uint64_t windows, uint64_t outside)
{
	assert_int_equal(run->analysis.accesses, accesses);
	assert_int_equal(run->analysis.windows, windows);
	assert_int_equal(run->analysis.outside, outside);
}

static void analysis_without_marks_counts_everything(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\nR 0 8\nW 8 16\nW 3 1\n", false, 1000);
	assert_counts(&run, 3, 0, 0);
	assert_false(run.analysis.marked);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_WRITE].sectors, 17);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_WRITE].unaligned, 1);
	run_done(&run);
}

static void analysis_with_marks_counts_between_them(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\nW 0 8\nW 1 1\n" ON "W 8 16\nR 64 8\n" OFF "W 5 1\n", false, 1000);
	assert_counts(&run, 2, 1, 11);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_READ].requests, 1);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_WRITE].requests, 1);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_WRITE].sectors, 16);
	assert_int_equal(run.analysis.alignment.devices.at[0].unaligned, 0);
	run_done(&run);
}

static void analysis_of_all_leaves_out_the_marks_only(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\nW 0 8\n" ON "W 8 16\n" OFF "W 5 1\n", true, 1000);
	assert_counts(&run, 3, 1, 8);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_READ].requests, 0);
	assert_int_equal(run.analysis.usage.totals.op[ACCESS_WRITE].sectors, 25);
	run_done(&run);
}

static void analysis_of_strays_counts_them(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\n" OFF ON "W 8 8\n" ON "W 8 8\n" OFF OFF, false, 1000);
	assert_counts(&run, 2, 1, 20);
	assert_int_equal(run.analysis.stray_ons, 1);
	assert_int_equal(run.analysis.stray_offs, 2);
	run_done(&run);
}

static void analysis_of_marks_without_window_counts_nothing(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\nW 8 8\n" OFF "W 8 8\n", false, 1000);
	assert_counts(&run, 0, 0, 6);
	assert_int_equal(run.analysis.usage.regions.n, 0);
	run_done(&run);
}

static void analysis_of_accesses_beyond_the_disk_leaves_them_out(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\nW 96 8\nW 200 8\n", false, 100);
	assert_counts(&run, 1, 0, 0);
	assert_int_equal(run.analysis.beyond, 1);
	assert_int_equal(run.analysis.past, 1);
	assert_int_equal(run.analysis.usage.regions.n, 1);
	assert_int_equal(run.analysis.usage.regions.at[0].counters.op[ACCESS_WRITE].sectors, 8);
	run_done(&run);
}

static void analysis_of_an_empty_trace(void **state)
{
	struct run run;

	(void)state;
	run_trace(&run, "S 1000\n", false, 1000);
	assert_counts(&run, 0, 0, 0);
	run_done(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(analysis_without_marks_counts_everything),
	    cmocka_unit_test(analysis_with_marks_counts_between_them),
	    cmocka_unit_test(analysis_of_all_leaves_out_the_marks_only),
	    cmocka_unit_test(analysis_of_strays_counts_them),
	    cmocka_unit_test(analysis_of_marks_without_window_counts_nothing),
	    cmocka_unit_test(analysis_of_accesses_beyond_the_disk_leaves_them_out),
	    cmocka_unit_test(analysis_of_an_empty_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
