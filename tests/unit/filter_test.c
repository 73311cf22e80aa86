/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters: what is wrong with a text, and where; and what holds of an access. */
#include "query/filter.h"

#include "tests/unit/usage_check.h"

#include <string.h>

/* A caret stands under the place that is wrong. */
static const struct {
	const char *text, *caret, *why;
} wrong[] = {
    {"", "^", "expected a field, a word or '(' and not the end"},
    {"io.latency >", "            ^", "expected a number and not the end"},
    {"io.latency > 5 parsecs", "               ^", "expected && or ||"},
    {"io.latency > 5parsecs", "             ^", "is not what io.latency is compared with"},
    {"io.latenc > 5", "^", "'io.latenc' is no field; is it io.latency?"},
    {"foo > 5", "^", "'foo' is no field"},
    {"io.op = write", "      ^", "'==' compares"},
    {"io.op & write", "      ^", "and is '&&'"},
    {"(io.op == write", "^", "has no end"},
    {"io.op == write)", "              ^", "expected && or ||"},
    {"io.op < write", "      ^", "it has no order"},
    {"io.sectors contains 5", "           ^", "only texts contain and match"},
    {"file.path matches \"a(b\"", "                      ^", "the pattern is wrong"},
    {"file.path == \"abc", "             ^", "this quote has no end"},
    {"file.path == \"a\\q\"", "               ^", "'\\' stands before"},
    {"io.start == 1.5", "            ^", "is not what io.start is compared with"},
    {"io.start == 1000B", "            ^", "no whole number of sectors"},
    {"io.bytes == 99999999999999999999", "            ^", "is too large"},
    {"io.bytes == 9999999999T", "            ^", "is too large"},
    {"io.time in 2..1", "              ^", "the range ends before it begins"},
    {"io.time in ..", "             ^", "expected a number"},
    {"io.op in {read, write", "                     ^", "expected ',' or '}'"},
    {"io.op in {read..write}", "              ^", "it has no ranges"},
    {"io.comm == io.op", "           ^", "put a text into quotes"},
    {"io.aligned == maybe", "              ^", "is not what io.aligned"},
    {"!", " ^", "expected a field"},
    {"io.op == write &&", "                 ^", "expected a field"},
    {"io.pid == -1", "          ^", "is not what io.pid"},
};

static void a_wrong_filter_is_told_with_its_place(void **state)
{
	struct filter *filter;
	struct err err;
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (filter_open(&filter, wrong[i].text, &at, &err) == 0)
			fail_msg("%s: is taken", wrong[i].text);
		if (at != strlen(wrong[i].caret) - 1 || strstr(err.text, wrong[i].why) == NULL)
			fail_msg("%s: %s at %zu", wrong[i].text, err.text, at);
	}
}

static void too_deep_and_too_long_filters_are_refused(void **state)
{
	static char text[70000];
	struct filter *filter;
	struct err err;
	size_t at;

	(void)state;
	memset(text, '(', 300);
	assert_int_equal(filter_open(&filter, text, &at, &err), -1);
	memset(text, '!', 60000);
	strcpy(text + 60000, "io.aligned");
	assert_int_equal(filter_open(&filter, text, &at, &err), 0);
	filter_close(filter);
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(filter_open(&filter, text, &at, &err), -1);
	for (size_t i = 0; i < 4000; i++)
		memcpy(text + 4 * i, "a&& ", 4);
	text[4 * 4000 - 3] = '\0';
	assert_int_equal(filter_open(&filter, text, &at, &err), 0);
	filter_close(filter);
	for (size_t i = 0; i < 5000; i++)
		memcpy(text + 4 * i, "a&& ", 4);
	text[4 * 5000 - 3] = '\0';
	assert_int_equal(filter_open(&filter, text, &at, &err), -1);
	assert_non_null(strstr(err.text, "more than 4096 tests"));
}

/* Of a write of 3 sectors at 8, fua, in a trace without times, that took 5 ms and is the 7th. */
static const struct {
	const char *text;
	bool right;
} asked[] = {
    {"io.op == write", true},
    {"io.op == \"write\" && io.sectors == 3", true},
    {"io.op != write", false},
    {"io.op in {read, write}", true},
    {"not io.op in {read, discard}", true},
    {"io.bytes in 1K..2K", true},
    {"io.bytes < 1536", false},
    {"io.bytes <= 1.5K", true},
    {"io.bytes == 3s", true},
    {"io.start == 4K", true},
    {"io.start == 0x8", true},
    {"io.start < 8 or io.start > 8", false},
    {"io.latency > 5ms", false},
    {"io.latency >= 5000us", true},
    {"io.latency == 0.005", true},
    {"io.latency in 4.9ms..", true},
    {"io.latency in ..4ms", false},
    {"io.latency in {1ms, 4ms..6ms}", true},
    {"io.time > 0", false},
    {"io.time != 0", false},
    {"!(io.time == 0)", true},
    {"!io.time", true},
    {"io.aligned", false},
    {"!io.aligned", true},
    {"io.aligned == false", true},
    {"io.flags == fua", true},
    {"io.flags != meta", true},
    {"io.flags contains \"fu\"", true},
    {"io.flags == fu", false},
    {"io.op matches \"^w.*e$\"", true},
    {"io.op ~ 'WR'", false},
    {"io.op ~ '(?i)WR'", true},
    {"io.index == 7", true},
    {"io.index in 0..6", false},
    {"region.kind == journal", false},
    {"region.kind != journal", false},
    {"!(region.kind == journal)", true},
    {"region.kind == journal || io.sectors < 4", true},
    {"region.kind == journal && io.sectors > 4", false},
    {"io.sectors eq 3 and not (io.op eq read or io.pid gt 4)", true},
    {"journal", false},
};

static bool passes(struct filter_run *run, const struct access *access)
{
	filter_verdict verdict;

	filter_accesses(run, &access, 1, 7, &verdict);
	piece_set_access(run->piece, access, 7, true);
	return filter_piece(run, verdict);
}

static void tests_of_an_access_hold_as_they_say(void **state)
{
	struct access access = access_blank();
	struct filter_run run;
	struct filter *filter;
	struct disk disk;
	struct err err;
	size_t at;

	(void)state;
	disk_of_two(&disk, 9501, 300000);
	access.op = ACCESS_WRITE;
	access.start = 8;
	access.count = 3;
	access.latency_ns = 5000000;
	access.flags = ACCESS_FUA;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (filter_open(&filter, asked[i].text, &at, &err) != 0)
			fail_msg("%s: %s at %zu", asked[i].text, err.text, at);
		assert_int_equal(filter_run_init(&run, filter, NULL, disk.map, 8), 0);
		if (passes(&run, &access) != asked[i].right)
			fail_msg("%s: %d", asked[i].text, !asked[i].right);
		filter_run_done(&run);
		filter_close(filter);
	}
	disk_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wrong_filter_is_told_with_its_place),
	    cmocka_unit_test(too_deep_and_too_long_filters_are_refused),
	    cmocka_unit_test(tests_of_an_access_hold_as_they_say),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
