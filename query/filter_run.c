/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A test is asked of many accesses at once: of those that have come to it.  Numbers that stand in the access are
   compared without a branch. */
#include "base/size.h"
#include "query/filter_private.h"

#include <stdlib.h>
#include <string.h>

int filter_run_init(struct filter_run *run, const struct filter *filter, const struct trace *trace,
		    const struct map *map, uint64_t unit_sectors)
{
	*run = (struct filter_run){.filter = filter, .unit_sectors = unit_sectors};
	run->piece = malloc(sizeof(*run->piece));
	run->room = pattern_room_open();
	if (run->piece == NULL || run->room == NULL)
		return -1;
	piece_init(run->piece, trace, map);
	return 0;
}

void filter_run_done(struct filter_run *run)
{
	free(run->piece);
	pattern_room_close(run->room);
	*run = (struct filter_run){0};
}

/* --- one piece --- */

static bool is_word_of(const char *words, const struct test *test)
{
	size_t len;

	for (const char *at = words;; at += len + 1) {
		len = strcspn(at, "|");
		if (len == test->len && memcmp(at, test->text, len) == 0)
			return true;
		if (at[len] == '\0')
			return false;
	}
}

static bool matches(struct filter_run *run, const struct test *test, const char *text)
{
	int found = pattern_matches(test->pattern, run->room, text, strlen(text));

	run->gave_up |= found < 0;
	return found > 0;
}

static bool holds_for_text(struct filter_run *run, const struct test *test, const char *text)
{
	switch (test->type) {
	case TEST_IS:
		if (fields[test->field].type == FIELD_WORDS)
			return is_word_of(text, test);
		return strcmp(text, test->text) == 0;
	case TEST_CONTAINS:
		return strstr(text, test->text) != NULL;
	case TEST_MATCHES:
		return matches(run, test, text);
	default:
		return true;
	}
}

static bool search(struct filter_run *run, const struct test *test)
{
	static const enum field_id searched[] = {FIELD_REGION_DEVICE, FIELD_REGION_KIND, FIELD_REGION_FS,
						 FIELD_FILE_PATH};
	struct field_value value;

	for (size_t i = 0; i < sizeof(searched) / sizeof(searched[0]); i++)
		if (field_get(searched[i], run->piece, &value) && strstr(value.text, test->text) != NULL)
			return true;
	return false;
}

/* A piece without words has a list without words, unless it has no region. */
static bool has_list(const struct filter_run *run, const struct test *test)
{
	return fields[test->field].type == FIELD_WORDS && test->type != TEST_HAS &&
	       (test->source == FIELD_OF_ACCESS || run->piece->place != NULL);
}

static bool holds(struct filter_run *run, const struct test *test)
{
	struct field_value value = {0, ""};

	if (test->type == TEST_SEARCH)
		return search(run, test);
	if (!field_get(test->field, run->piece, &value)) {
		if (!has_list(run, test))
			return false;
		value.text = "";
	}
	if (!field_is_number(test->field))
		return holds_for_text(run, test, value.text) != test->is_not;
	if (test->type == TEST_HAS)
		return fields[test->field].type != FIELD_FLAG || value.number != 0;
	return (value.number >= test->low && value.number <= test->high) != test->is_not;
}

static bool is_by_kind(const struct test *test)
{
	return test->field == FIELD_REGION_KIND || test->field == FIELD_REGION_DEVICE;
}

filter_verdict filter_by_kind(struct filter_run *run, filter_verdict verdict)
{
	while (!filter_is_decided(verdict) && is_by_kind(&run->filter->program.at[verdict])) {
		const struct test *test = &run->filter->program.at[verdict];

		verdict = holds(run, test) ? test->yes : test->no;
	}
	return verdict;
}

bool filter_piece(struct filter_run *run, filter_verdict verdict)
{
	while (!filter_is_decided(verdict)) {
		const struct test *test = &run->filter->program.at[verdict];

		verdict = holds(run, test) ? test->yes : test->no;
	}
	return verdict == FILTER_PASSES;
}

/* --- many accesses --- */

#define EACH(expression)                                                                                     \
	for (unsigned i = 0; i < n; i++)                                                                     \
		held[i] = (uint8_t)(expression);

/* Not for low > high, whose range is empty. */
static inline bool is_within(const struct test *test, int64_t number)
{
	return ((uint64_t)number - (uint64_t)test->low <= (uint64_t)test->high - (uint64_t)test->low) !=
	       test->is_not;
}

/* Whether a test of a number that stands in the access as it is holds; false for other tests. */
static bool hold_numbers(const struct filter_run *run, const struct test *test,
			 const struct access *const *at, unsigned n, uint8_t *held)
{
	if (test->type != TEST_RANGE || test->low > test->high)
		return false;
	switch (test->field) {
	case FIELD_IO_SECTORS:
		EACH(is_within(test, (int64_t)at[i]->count))
		return true;
	case FIELD_IO_BYTES:
		EACH(is_within(test, (int64_t)(at[i]->count << SECTOR_SHIFT)))
		return true;
	case FIELD_IO_LATENCY:
		EACH(is_within(test, at[i]->latency_ns) & (at[i]->latency_ns != ACCESS_NO_LATENCY))
		return true;
	case FIELD_IO_TIME:
		EACH(is_within(test, at[i]->time_ns) & (at[i]->time_ns != ACCESS_NO_TIME))
		return true;
	case FIELD_IO_PID:
		EACH(is_within(test, at[i]->pid) & (at[i]->pid != ACCESS_NO_PID))
		return true;
	case FIELD_IO_START:
		EACH(is_within(test, (int64_t)at[i]->start) & (at[i]->op != ACCESS_FLUSH) &
		     !run->piece->nowhere)
		return true;
	default:
		return false;
	}
}

static void set_access(struct filter_run *run, const struct access *access, uint64_t index)
{
	bool off = access->op != ACCESS_FLUSH && access_is_unaligned(access, run->unit_sectors);

	piece_set_access(run->piece, access, index, off);
}

/* The words of operations are few: each is held against the test once. */
static void hold_ops(struct filter_run *run, const struct test *test, const struct access *const *at,
		     unsigned n, uint8_t *held)
{
	enum { PLAIN = ACCESS_OPS, KNOWN = PLAIN + 2 };
	uint8_t known[KNOWN];

	for (unsigned op = 0; op < KNOWN; op++) {
		struct access access = access_blank();

		access.op = (uint8_t)(op < PLAIN ? op : ACCESS_WRITE);
		access.flags = op == PLAIN ? ACCESS_APPEND : op > PLAIN ? ACCESS_RESET : 0;
		set_access(run, &access, 0);
		known[op] = holds(run, test);
	}
	EACH(at[i]->flags & ACCESS_APPEND  ? known[PLAIN]
	     : at[i]->flags & ACCESS_RESET ? known[PLAIN + 1]
					   : known[at[i]->op])
}

/* Those that have come to the test alone: it may take long. */
static void hold_others(struct filter_run *run, const struct test *test, const struct access *const *at,
			unsigned n, uint64_t index, const filter_verdict *verdicts, uint8_t *held)
{
	filter_verdict here = (filter_verdict)(test - run->filter->program.at);

	for (unsigned i = 0; i < n; i++) {
		if (verdicts[i] != here)
			continue;
		set_access(run, at[i], index + i);
		held[i] = holds(run, test);
	}
}

void filter_accesses(struct filter_run *run, const struct access *const *accesses, unsigned n, uint64_t index,
		     filter_verdict *verdicts)
{
	const struct filter *filter = run->filter;
	uint8_t held[FILTER_TOGETHER] = {0};

	for (unsigned i = 0; i < n; i++)
		verdicts[i] = filter != NULL ? filter->entry : FILTER_PASSES;
	for (filter_verdict at = 0; filter != NULL && at < filter->program.n; at++) {
		const struct test *test = &filter->program.at[at];

		if (test->source != FIELD_OF_ACCESS)
			continue;
		if (test->field == FIELD_IO_OP)
			hold_ops(run, test, accesses, n, held);
		else if (!hold_numbers(run, test, accesses, n, held))
			hold_others(run, test, accesses, n, index, verdicts, held);
		for (unsigned i = 0; i < n; i++)
			verdicts[i] = verdicts[i] != at ? verdicts[i] : held[i] ? test->yes : test->no;
	}
}
