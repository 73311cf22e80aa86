/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes to a log against the transactions that it holds. */
#include "analyzer/clock.h"

#include <stdlib.h>

struct match {
	const struct history *history;
	const struct log_write *writes;
	size_t n;
	size_t first, last; /* transactions that the trace wrote, by index */
	size_t *commits;    /* by transaction: its commit's write */
	size_t *begins;     /* and its first one */
	size_t before;      /* how many writes come before those of `first` */
	bool found;
};

static const struct history_transaction *transaction(const struct match *match, size_t i)
{
	return &match->history->transactions.at[i];
}

static uint32_t ring_size(const struct history *history)
{
	return history->log_end - history->log_first;
}

/* How far behind the first block of a transaction a block of the ring lies. */
static uint32_t distance(const struct history *history, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + ring_size(history) - from;
}

static bool is_within(const struct match *match, size_t i, const struct log_write *write)
{
	const struct history *history = match->history;
	uint32_t blocks = distance(history, transaction(match, i)->first, transaction(match, i)->commit) + 1;
	uint32_t at = distance(history, transaction(match, i)->first, write->at);

	return at < blocks && write->count <= blocks - at;
}

static bool ends_at(const struct log_write *write, uint32_t block)
{
	return write->at + write->count - 1 == block;
}

/* Whether the writes before `*end` are those of one transaction, from its first block to its commit block;
   then *end is the first of them.  Some between may be missing: tracers lose events.  At the trace's start
   its beginning may be missing. */
static bool is_written(const struct match *match, size_t i, size_t *end)
{
	const struct history_transaction *this = transaction(match, i);
	bool begun = false;
	size_t at = *end;

	if (at == 0 || !ends_at(&match->writes[at - 1], this->commit))
		return false;
	while (at > 0 && is_within(match, i, &match->writes[at - 1]))
		begun |= match->writes[--at].at == this->first;
	if (!begun && at > 0)
		return false;
	*end = at;
	return true;
}

/* Whether the trace's last whole transaction is the i-th; what follows it may be the beginning of another. */
static bool is_last(const struct match *match, size_t i, size_t *end)
{
	for (*end = match->n; *end > 0; (*end)--) {
		const struct log_write *write = &match->writes[*end - 1];

		if (ends_at(write, transaction(match, i)->commit))
			return true;
		if (i + 1 < match->history->transactions.n ? !is_within(match, i + 1, write)
							   : is_within(match, i, write))
			return false;
	}
	return false;
}

static void find_match(struct match *match)
{
	size_t transactions = match->history->transactions.n, end;

	for (size_t i = transactions; i-- > 0 && !match->found;) {
		size_t from;

		if (!is_last(match, i, &end))
			continue;
		from = end;
		if (!is_written(match, i, &from))
			continue;
		match->found = true;
		match->first = match->last = i;
		match->commits[i] = end - 1;
		match->begins[i] = match->before = from;
	}
	while (match->found && match->first > 0) {
		end = match->before;
		if (!is_written(match, match->first - 1, &match->before))
			break;
		match->first--;
		match->commits[match->first] = end - 1;
		match->begins[match->first] = match->before;
	}
}

static int add_step(struct clock_steps *steps, bool first, uint64_t access, uint32_t running)
{
	return VEC_PUSH(&steps->at, (struct clock_step){access, running, first, false});
}

/* From a write to the log on a transaction is being committed. */
static int add_writing(struct clock_steps *steps, const struct log_write *write, uint32_t running)
{
	return VEC_PUSH(&steps->at, (struct clock_step){write->access, running, false, true});
}

static int add_transaction(const struct match *match, struct clock_steps *steps, size_t i)
{
	const struct log_write *commit = &match->writes[match->commits[i]];

	if (match->begins[i] < match->commits[i] &&
	    add_writing(steps, &match->writes[match->begins[i]], (uint32_t)i + 1) != 0)
		return -1;
	return add_step(steps, false, commit->access, (uint32_t)i + 2);
}

static int add_match(const struct match *match, struct clock_steps *steps)
{
	size_t behind = match->commits[match->last] + 1;
	int status;

	/* The log's older transactions ended before the trace began, or the trace's were written over. */
	if (match->before > 0) {
		status = add_step(steps, true, 0, HISTORY_NO_YET);
		if (status == 0)
			status = add_step(steps, false, match->writes[match->before - 1].access,
					  (uint32_t)match->first + 1);
	} else {
		status = add_step(steps, true, 0, (uint32_t)match->first + 1);
	}
	for (size_t i = match->first; status == 0 && i <= match->last; i++)
		status = add_transaction(match, steps, i);
	if (status == 0 && behind < match->n)
		status = add_writing(steps, &match->writes[behind], (uint32_t)match->last + 2);
	return status;
}

/* The image was taken before the trace, or nothing says when. */
static int add_unmatched(const struct match *match, struct clock_steps *steps)
{
	const struct history *history = match->history;
	size_t last = history->transactions.n - 1;
	uint32_t head = history->transactions.at[last].commit + 1;
	bool goes_on = match->writes[0].at == (head < history->log_end ? head : history->log_first) ||
		       match->writes[0].at == history->log_first;

	if (!goes_on)
		return add_step(steps, true, 0, HISTORY_NO_MORE);
	if (add_step(steps, true, 0, (uint32_t)last + 2) != 0)
		return -1;
	return add_step(steps, false, match->writes[0].access, HISTORY_NO_MORE);
}

int clock_match(const struct history *history, const struct log_write *writes, size_t n,
		struct clock_steps *steps)
{
	size_t transactions = history->transactions.n;
	struct match match = {
	    .history = history,
	    .writes = writes,
	    .n = n,
	    .commits = calloc(transactions + 1, sizeof(*match.commits)),
	    .begins = calloc(transactions + 1, sizeof(*match.begins)),
	};
	int status = -1;

	if (match.commits == NULL || match.begins == NULL) {
		status = -1;
	} else if (n == 0) {
		/* Nothing was committed; the image may be of any time. */
		status = add_step(steps, true, 0, (uint32_t)transactions + 1);
	} else {
		find_match(&match);
		status = match.found ? add_match(&match, steps) : add_unmatched(&match, steps);
	}
	free(match.commits);
	free(match.begins);
	return status;
}
