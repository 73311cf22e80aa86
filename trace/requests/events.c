/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of a request's events counts, and its completion.  A completion may cover several queued
   requests that were merged, and a request may be completed in parts. */
#include "trace/requests/events.h"

#include "trace/requests/order.h"
#include "trace/requests/pairs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const stage_names[STAGES] = {"queue", "issue", "complete"};

struct events {
	struct trace *trace;
	event_reader *next;
	struct order *order; /* NULL where the survey saw no disorder */
	int64_t late_ns, newest;
	struct pairs *pairs;
	bool started, told;
	enum trace_stage counted; /* becomes an access */
	enum trace_stage begins;  /* lends its time to completions where those are counted */
	bool completes;           /* the trace holds completions of the device */
	uint64_t lost, disordered, orphans, requeued;
	uint64_t finishes, zones, appends,
	    resets; /* states of zones changed; appends of unknown place; resets */
};

struct events *events_new(struct trace *trace, event_reader *next, int64_t late_ns, struct err *err)
{
	struct events *events = calloc(1, sizeof(*events));

	if (events != NULL)
		events->pairs = pairs_new();
	if (events == NULL || events->pairs == NULL) {
		events_free(events);
		err_nomem(err);
		return NULL;
	}
	if (trace->seen.n == 0 && VEC_PUSH(&trace->seen, (struct trace_seen){.stage = {0}}) != 0) {
		events_free(events);
		err_nomem(err);
		return NULL;
	}
	events->trace = trace;
	events->next = next;
	events->late_ns = late_ns;
	events->newest = INT64_MIN;
	return events;
}

void events_free(struct events *events)
{
	if (events == NULL)
		return;
	order_free(events->order);
	pairs_free(events->pairs);
	free(events);
}

void events_lost(struct events *events, uint64_t n)
{
	events->lost += n;
}

/* The first reading: which devices, which events, and whether they are in order. */
static int count_all(struct events *events, struct err *err)
{
	struct trace *trace = events->trace;
	struct event event;
	int got;

	for (;;) {
		event.access = access_blank();
		event.zone = 0;
		got = events->next(trace, &event, err);
		if (got <= 0)
			return got;
		if (event.stage < STAGES && event.access.device < trace->seen.n)
			trace->seen.at[event.access.device].stage[event.stage]++;
		if (event.stage < STAGE_COMPLETE && event.access.op != ACCESS_FLUSH)
			trace_see(trace,
				  event.access.device < trace->devices.n
				      ? trace->devices.at[event.access.device]
				      : "",
				  event.access.start);
		if (event.access.time_ns < events->newest)
			trace->disordered = true;
		events->newest = event.access.time_ns;
	}
}

static int stage_option(const char *word, struct err *err)
{
	for (int i = 0; i < STAGES; i++)
		if (strcmp(word, stage_names[i]) == 0)
			return i;
	return err_set(err, "--event '%s': expected queue, issue or complete", word);
}

/* The event that counts: what reached the device, where the trace has that. */
static int choose_stage(struct events *events, const uint64_t seen[STAGES], struct err *err)
{
	const struct trace *trace = events->trace;
	int wanted = trace->options.event ? stage_option(trace->options.event, err) : STAGES;

	if (wanted < 0)
		return -1;
	if (wanted == STAGES) {
		wanted = seen[STAGE_ISSUE] ? STAGE_ISSUE : seen[STAGE_QUEUE] ? STAGE_QUEUE : STAGE_COMPLETE;
	} else if (seen[wanted] == 0 && seen[0] + seen[1] + seen[2] > 0) {
		return err_set(err,
			       "has no %s events of the device (queue: %" PRIu64 ", issue: %" PRIu64
			       ", complete: %" PRIu64 ")",
			       stage_names[wanted], seen[STAGE_QUEUE], seen[STAGE_ISSUE],
			       seen[STAGE_COMPLETE]);
	}
	events->counted = (enum trace_stage)wanted;
	return 0;
}

static int start(struct events *events, struct err *err)
{
	static const uint64_t none[STAGES];
	struct trace *trace = events->trace;
	const uint64_t *seen = trace->chosen < trace->seen.n ? trace->seen.at[trace->chosen].stage : none;

	events->started = true;
	if (choose_stage(events, seen, err) != 0)
		return -1;
	events->completes = seen[STAGE_COMPLETE] > 0;
	events->begins = seen[STAGE_ISSUE] > 0 ? STAGE_ISSUE : STAGE_QUEUE;
	trace->event = stage_names[events->counted];
	if (trace->disordered)
		events->order = order_new(events->late_ns);
	if (trace->disordered && events->order == NULL)
		return err_nomem(err);
	return 0;
}

static int next_event(struct events *events, struct event *event, struct err *err)
{
	int got;

	event->access = access_blank();
	event->zone = 0;
	if (events->order != NULL)
		got = order_next(events->order, events->trace, events->next, event, err);
	else
		got = events->next(events->trace, event, err);
	if (got != 1)
		return got;
	events->disordered += event->access.time_ns < events->newest;
	events->newest = event->access.time_ns;
	return 1;
}

static struct pair_key key_of(const struct access *access)
{
	/* All flushes of a device are alike. */
	struct pair_key key = {.a = (uint64_t)access->device << 8 | access->op, .b = access->start};

	if (access->op == ACCESS_FLUSH)
		key.b = UINT64_MAX;
	/* An append is completed somewhere else than where its zone starts. */
	if (access->flags & ACCESS_APPEND)
		key.b = UINT64_MAX - 1 - access->count;
	return key;
}

/* A requeued request is issued a second time; that is the same access. */
static bool is_again(struct events *events, const struct access *access)
{
	struct pair *pair;

	if (events->requeued == 0)
		return false;
	pair = pairs_find(events->pairs, key_of(access));
	return pair != NULL && pair->requeued;
}

static int begin_request(struct events *events, const struct access *access, bool silent, struct err *err)
{
	struct pair_key key = key_of(access);
	struct pair *pair;

	if (is_again(events, access)) {
		pairs_find(events->pairs, key)->requeued = false;
		return 0;
	}
	pair = pairs_put(events->pairs, access, events->completes ? &key : NULL, err);
	if (pair == NULL)
		return -1;
	pair->silent = silent;
	return 0;
}

static void requeue(struct events *events, const struct access *access)
{
	struct pair *pair = pairs_find(events->pairs, key_of(access));

	if (pair != NULL && !pair->requeued) {
		pair->requeued = true;
		events->requeued++;
	}
}

/* Finishes what a completion covers, from its first sector on.  The first of the requests goes to *first;
   false when there is none.  Ends because every round passes over sectors. */
static bool finish_requests(struct events *events, const struct access *done, struct access *first)
{
	struct access rest = *done;
	bool found = false;

	do {
		struct pair *pair = pairs_find(events->pairs, key_of(&rest));

		if (pair == NULL)
			break;
		if (!found)
			*first = pair->access;
		found = true;
		if (rest.count < pair->left) {
			pair->left -= rest.count;
			rest.start += rest.count;
			pairs_rekey(events->pairs, pair, key_of(&rest));
			break;
		}
		rest.start += pair->left;
		rest.count -= pair->left;
		pair->access.flags |= done->flags & ACCESS_FAILED;
		if (done->flags & ACCESS_APPEND) {
			pair->access.start = done->start;
			pair->access.flags &= (uint16_t)~ACCESS_UNCERTAIN;
			events->appends -= events->appends > 0;
		}
		pair_set_latency(&pair->access, pair->access.time_ns, done->time_ns);
		pairs_finish(events->pairs, pair);
	} while (rest.count > 0);
	return found;
}

static int complete(struct events *events, struct access *done, struct err *err)
{
	struct access first = access_blank();
	bool found = finish_requests(events, done, &first);

	if (events->counted != STAGE_COMPLETE) {
		events->orphans += !found && done->op != ACCESS_FLUSH;
		return 0;
	}
	if (found) {
		pair_set_latency(done, first.time_ns, done->time_ns);
		done->pid = first.pid;
		done->comm = first.comm;
	}
	return pairs_put(events->pairs, done, NULL, err) ? 0 : -1;
}

static int take_event(struct events *events, struct event *event, struct err *err)
{
	const struct trace *trace = events->trace;

	if (event->access.device != trace->chosen && trace->devices.n > 1)
		return 0;
	if (event->zone != 0) {
		if (event->stage == events->counted)
			*(event->zone == 'F' ? &events->finishes : &events->zones) += 1;
		return 0;
	}
	if (event->stage == events->counted && event->stage != STAGE_COMPLETE &&
	    (event->access.flags & ACCESS_APPEND)) {
		event->access.flags |= ACCESS_UNCERTAIN;
		events->appends++;
	}
	if (event->stage == events->counted)
		events->resets += (event->access.flags & ACCESS_RESET) != 0;
	if (event->stage == STAGE_COMPLETE)
		return complete(events, &event->access, err);
	if (event->stage == STAGE_REQUEUE)
		requeue(events, &event->access);
	else if (event->stage == events->counted)
		return begin_request(events, &event->access, false, err);
	else if (event->stage == events->begins && events->counted == STAGE_COMPLETE)
		return begin_request(events, &event->access, true, err);
	return 0;
}

static int tell(struct events *events, struct err *err)
{
	struct trace *trace = events->trace;
	uint64_t unfinished = pairs_unfinished(events->pairs);
	uint64_t restarts = events->order ? order_restarts(events->order) : 0;
	uint64_t sorted = events->order ? order_sorted(events->order) : 0;
	int rc = 0;

	if (events->told)
		return 0;
	events->told = true;
	if (events->lost > 0)
		rc = trace_note(trace, err, "%" PRIu64 " events were lost while the trace was taken",
				events->lost);
	if (rc == 0 && events->finishes > 0)
		rc = trace_note(trace, err, "%" PRIu64 " zone finishes move no data and are no accesses",
				events->finishes);
	if (rc == 0 && events->zones > 0)
		rc = trace_note(trace, err,
				"%" PRIu64 " zone opens and closes move no data and are no accesses",
				events->zones);
	if (rc == 0 && events->resets > 0)
		rc = trace_note(trace, err,
				"%" PRIu64
				" zone resets count as discards; of a zone whose length is not stated only "
				"the first sector counts",
				events->resets);
	if (rc == 0 && events->appends > 0)
		rc = trace_note(trace, err,
				"%" PRIu64
				" zone appends count as writes at the start of their zone: where they went "
				"is not in the trace",
				events->appends);
	if (rc == 0 && sorted > 0)
		rc = trace_note(trace, err,
				"%" PRIu64 " events came out of order and have been sorted by time", sorted);
	if (rc == 0 && events->disordered > restarts)
		rc = trace_note(trace, err,
				"%" PRIu64 " events are still out of order, further than sorting reaches",
				events->disordered - restarts);
	if (rc == 0 && restarts > 0)
		rc =
		    trace_note(trace, err, "the clock of the trace was set back %" PRIu64 " times", restarts);
	if (rc == 0 && unfinished > 0)
		rc = trace_note(trace, err, "%" PRIu64 " requests have no completion in the trace",
				unfinished);
	if (rc == 0 && events->orphans > 0)
		rc = trace_note(trace, err, "%" PRIu64 " completions belong to no request in the trace",
				events->orphans);
	if (rc == 0 && events->requeued > 0)
		rc = trace_note(trace, err,
				"%" PRIu64 " requests were requeued and issued again; each counts once",
				events->requeued);
	return rc;
}

long events_read(struct events *events, struct access *batch, size_t n, struct err *err)
{
	struct event event;
	size_t done = 0;
	int got = 1;

	if (events->trace->surveying)
		return count_all(events, err);
	if (!events->started && start(events, err) != 0)
		return -1;
	while ((done += pairs_take(events->pairs, batch + done, n - done, got == 0)) < n && got == 1) {
		got = next_event(events, &event, err);
		if (got < 0 || (got == 1 && take_event(events, &event, err) != 0))
			return -1;
	}
	return done == 0 && tell(events, err) != 0 ? -1 : (long)done;
}
