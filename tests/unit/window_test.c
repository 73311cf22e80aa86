/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accesses are written as words, "r2" for a read of sector 2, "r2+3" for one of 3 sectors, "w5", "d5", "f"
   for a flush; what the window says of them as one letter each: u unmarked, i inside, o outside, m mark. */
#include "trace/window.h"

#include "tests/unit/test.h"

#define ON "r2 r21 r15 r2"
#define OFF "r2 r15 r21 r2"

struct source {
	struct access accesses[400];
	size_t n, at, most; /* `most` are given at once */
};

static long source_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct source *source = trace->state;
	size_t got = 0;

	(void)err;
	while (got < n && got < source->most && source->at < source->n)
		batch[got++] = source->accesses[source->at++];
	return (long)got;
}

static const struct trace_format source_format = {.name = "test", .read = source_read};

static void parse(struct source *source, const char *words)
{
	char *copy = strdup(words), *save, *word;

	assert_non_null(copy);
	for (word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save)) {
		struct access *access = &source->accesses[source->n++];
		char *plus = strchr(word, '+');

		access->op = word[0] == 'r'   ? ACCESS_READ
			     : word[0] == 'w' ? ACCESS_WRITE
			     : word[0] == 'd' ? ACCESS_DISCARD
					      : ACCESS_FLUSH;
		access->start = strtoull(word + 1, NULL, 10);
		access->count = access->op == ACCESS_FLUSH ? 0 : plus ? strtoull(plus + 1, NULL, 10) : 1;
	}
	free(copy);
}

struct outcome {
	uint64_t windows, stray_ons, stray_offs;
};

/* Every division of the stream into batches must say the same. */
static struct outcome assert_windows(const char *words, const char *expected)
{
	struct outcome outcome = {0};

	for (size_t most = 1; most < 12; most++) {
		struct source source = {.most = most};
		struct trace trace = {.format = &source_format, .state = &source};
		struct access batch[3];
		struct window window;
		char letters[400];
		size_t n = 0;
		struct err err;
		long got;

		parse(&source, words);
		window_init(&window, &trace);
		while ((got = window_read(&window, batch, 1 + most % 3, &err)) > 0)
			for (long i = 0; i < got; i++) {
				assert_int_equal(batch[i].start, source.accesses[n].start);
				letters[n++] = "uiom"[batch[i].window];
			}
		letters[n] = '\0';
		assert_int_equal(got, 0);
		assert_string_equal(letters, expected);
		outcome = (struct outcome){window.windows, window.stray_ons, window.stray_offs};
		window_done(&window);
	}
	return outcome;
}

static void window_without_marks_all_is_unmarked(void **state)
{
	(void)state;
	assert_windows("", "");
	assert_windows("r0+8 w5 f r2", "uuuu");
}

static void window_between_on_and_off_is_inside(void **state)
{
	struct outcome outcome = assert_windows("w1 " ON " w3 r4 " OFF " w5", "ummmmiimmmmo");

	(void)state;
	assert_int_equal(outcome.windows, 1);
	assert_int_equal(outcome.stray_ons + outcome.stray_offs, 0);
}

static void window_may_be_opened_again(void **state)
{
	struct outcome outcome =
	    assert_windows(ON " w3 " OFF " w4 " ON " w5 " OFF " w6", "mmmmimmmmommmmimmmmo");

	(void)state;
	assert_int_equal(outcome.windows, 2);
}

static void window_without_off_goes_to_the_end(void **state)
{
	(void)state;
	assert_int_equal(assert_windows("w1 " ON " w3 w4", "ummmmii").windows, 1);
}

static void window_mark_at_the_end(void **state)
{
	(void)state;
	assert_int_equal(assert_windows("w1 " ON, "ummmm").windows, 1);
	assert_windows(ON " w1 " OFF, "mmmmimmmm");
	assert_windows(ON " " OFF, "mmmmmmmm");
}

static void window_flushes_inside_a_mark_do_not_break_it(void **state)
{
	(void)state;
	assert_windows("r2 f r21 f f r15 r2 w3 r2 r15 f r21 f r2 w4", "momoommimmimimo");
}

static void window_flush_before_and_after_a_mark_is_not_of_it(void **state)
{
	(void)state;
	assert_windows("f " ON " f w1 f " OFF " f", "ummmmiiimmmmo");
}

static void window_half_marks_are_ordinary_reads(void **state)
{
	(void)state;
	assert_windows("r2 r21 r15", "uuu");
	assert_windows("r2 r21 r15 w2", "uuuu");
	assert_windows("r2 r21 r15 r3", "uuuu");
	assert_windows(ON " r2 r15 r21 w9 " OFF, "mmmmiiiimmmm");
	assert_windows("r2 r15 r21 f", "uuuu");
}

static void window_broken_quadruple_is_no_mark(void **state)
{
	(void)state;
	assert_windows("r2 w7 r21 r15 r2", "uuuuu");
	assert_windows("r2 r21 r7 r15 r2", "uuuuu");
	assert_windows("r2 r21 d0 r15 r2", "uuuuu");
}

static void window_overlapping_quadruple_is_found(void **state)
{
	(void)state;
	assert_windows("r2 " ON " w3", "ummmmi");
	assert_windows("r2 r21 " ON " w3", "uummmmi");
	assert_windows("r2 r21 r15 " ON " w3", "mmmmiiii");
	assert_windows("r2 r2 r2 r21 r15 r2 r21", "uummmmi");
}

/* The last read of one mark is not the first of the next. */
static void window_marks_do_not_share_a_read(void **state)
{
	struct outcome outcome = assert_windows("r2 r21 r15 r2 r15 r21 r2 w1", "mmmmiiii");

	(void)state;
	assert_int_equal(outcome.windows, 1);
}

static void window_reads_of_more_sectors_are_no_mark(void **state)
{
	(void)state;
	assert_windows("r2 r21 r15 r2+2", "uuuu");
	assert_windows("r2+8 r21 r15 r2", "uuuu");
}

static void window_writes_are_no_mark(void **state)
{
	(void)state;
	assert_windows("w2 w21 w15 w2", "uuuu");
}

static void window_on_inside_is_dropped(void **state)
{
	struct outcome outcome = assert_windows(ON " w1 " ON " w2 " OFF, "mmmmimmmmimmmm");

	(void)state;
	assert_int_equal(outcome.windows, 1);
	assert_int_equal(outcome.stray_ons, 1);
}

static void window_off_outside_is_dropped(void **state)
{
	struct outcome outcome =
	    assert_windows("w0 " OFF " w1 " ON " w2 " OFF " w3 " OFF " w4", "ummmmommmmimmmmommmmo");

	(void)state;
	assert_int_equal(outcome.windows, 1);
	assert_int_equal(outcome.stray_offs, 2);
}

static void window_any_looks_ahead_and_starts_again(void **state)
{
	static const struct {
		const char *text;
		int any;
	} traces[] = {
	    {"S 64\nW 1 1\nR 2 1\nR 21 1\nR 15 1\nR 2 1\n", 1},
	    {"S 64\nW 1 1\nR 2 1\nR 15 1\nR 21 1\nR 2 1\n", 1},
	    {"S 64\nW 1 1\nR 2 1\nR 21 1\nR 15 1\n", 0},
	    {"S 64\n", 0},
	    {"S 64\nR 2 1\nR 64 1\n", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		struct access access;
		struct memfile file;
		struct trace *trace;
		struct err err;

		memfile_write(&file, traces[i].text, strlen(traces[i].text));
		assert_int_equal(trace_open(&trace, file.path, NULL, &err), 0);
		assert_int_equal(window_any(trace, &err), traces[i].any);
		if (i < 3) {
			assert_int_equal(trace_read(trace, &access, 1, &err), 1);
			assert_int_equal(access.start, 1);
		}
		trace_close(trace);
		memfile_close(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(window_without_marks_all_is_unmarked),
	    cmocka_unit_test(window_between_on_and_off_is_inside),
	    cmocka_unit_test(window_may_be_opened_again),
	    cmocka_unit_test(window_without_off_goes_to_the_end),
	    cmocka_unit_test(window_mark_at_the_end),
	    cmocka_unit_test(window_flushes_inside_a_mark_do_not_break_it),
	    cmocka_unit_test(window_flush_before_and_after_a_mark_is_not_of_it),
	    cmocka_unit_test(window_half_marks_are_ordinary_reads),
	    cmocka_unit_test(window_broken_quadruple_is_no_mark),
	    cmocka_unit_test(window_overlapping_quadruple_is_found),
	    cmocka_unit_test(window_marks_do_not_share_a_read),
	    cmocka_unit_test(window_reads_of_more_sectors_are_no_mark),
	    cmocka_unit_test(window_writes_are_no_mark),
	    cmocka_unit_test(window_on_inside_is_dropped),
	    cmocka_unit_test(window_off_outside_is_dropped),
	    cmocka_unit_test(window_any_looks_ahead_and_starts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
