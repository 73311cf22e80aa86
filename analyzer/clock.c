/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathering the writes to logs, and making moments of what they say. */
#include "analyzer/clock.h"

#include "analyzer/access_walk.h"
#include "analyzer/workers.h"
#include "base/threads.h"
#include "layout/fs.h"
#include "layout/history.h"

#include <stdlib.h>
#include <string.h>

#define NO_PLACE UINT32_MAX

/* A log write of the file system in a space. */
struct found_write {
	uint32_t space;
	struct log_write write;
};

struct gatherer {
	const struct clock_bits *watched; /* parts of the disk with logs and free sectors; NULL: all */
	const struct map *map;
	struct clock_log *logs; /* by space; all threads mark what is written there */
	const struct space *base;
	uint64_t offset; /* of the accesses that are read, in the whole trace */
	VEC(struct found_write) found;
	uint64_t accesses; /* read by this thread */
	bool failed;
};

/* Nobody has these blocks in the image, but somebody may have had them when they were written. */
static void mark_written(const struct clock_log *log, const struct place *place, uint32_t block_sectors)
{
	uint64_t end = (place->inner + place->count + block_sectors - 1) / block_sectors;

	for (uint64_t block = place->inner / block_sectors; block < end && block < log->blocks; block++)
		__atomic_fetch_or(&log->written[block / 8], (uint8_t)(1u << (block % 8)), __ATOMIC_RELAXED);
}

static void take_place(struct gatherer *gatherer, const struct place *place, uint64_t access)
{
	const struct history *history = clock_has_history(place->space) ? place->space->fs->history : NULL;
	uint32_t block_sectors = fs_block_sectors(place->space->fs);
	struct found_write found = {.space = place->space->id, .write = {.access = access}};
	uint64_t first, end;

	if (history != NULL && place->kind == KIND_FREE)
		mark_written(&gatherer->logs[place->space->id], place, block_sectors);
	if (history == NULL || place->kind != KIND_JOURNAL || place->extent->arg == NO_PLACE)
		return;
	first = place->extent->arg + (place->inner - place->extent->start) / block_sectors;
	end = place->extent->arg +
	      (place->inner + place->count - place->extent->start + block_sectors - 1) / block_sectors;
	/* The log's superblock and fast commits are no part of its transactions. */
	if (first < history->log_first || end > history->log_end)
		return;
	found.write.at = (uint32_t)first;
	found.write.count = (uint32_t)(end - first);
	if (VEC_PUSH(&gatherer->found, found) != 0)
		gatherer->failed = true;
}

static void take_access(struct gatherer *gatherer, const struct access *access, uint64_t number)
{
	struct access_walk walk;
	struct place place;

	access_walk_init(&walk, gatherer->map, gatherer->base, access, 8);
	while (access_walk_extent(&walk))
		while (access_walk_place(&walk, &place))
			take_place(gatherer, &place, number);
}

static void gather(void *worker, const struct batch *batch)
{
	struct gatherer *gatherer = worker;
	uint64_t number = gatherer->offset;

	for (unsigned window = 0; window < 4; window++)
		number += batch->before[window];
	for (size_t i = 0; i < batch->n; i++)
		if (batch->at[i].op == ACCESS_WRITE &&
		    (gatherer->watched == NULL || clock_bits_hit(gatherer->watched, &batch->at[i])))
			take_access(gatherer, &batch->at[i], number + i);
	gatherer->accesses += batch->n;
}

static int compare_found(const void *left, const void *right)
{
	const struct found_write *a = left, *b = right;

	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	if (a->write.access != b->write.access)
		return a->write.access < b->write.access ? -1 : 1;
	return 0;
}

/* Reads what the trace's options let be read; the accesses are added to *accesses. */
static int read_trace(struct gatherer *gatherers, struct trace *trace, unsigned threads, uint64_t *accesses,
		      struct err *err)
{
	static const struct workers_job jobs = {.work = gather};
	void *workers[THREADS_MAX];
	struct stream stream;
	int status;

	for (unsigned i = 0; i < threads; i++) {
		workers[i] = &gatherers[i];
		gatherers[i].offset = *accesses;
		gatherers[i].accesses = 0;
	}
	stream_init(&stream, trace);
	status = workers_run(&stream, &jobs, workers, threads, err);
	stream_done(&stream);
	for (unsigned i = 0; i < threads; i++) {
		*accesses += gatherers[i].accesses;
		if (gatherers[i].failed)
			status = err_nomem(err);
	}
	return status;
}

/* Reads the whole trace, piece by piece where only one is to be read later, whose first access is noted. */
static int read_all(struct gatherer *gatherers, struct trace *trace, unsigned threads, struct err *err)
{
	unsigned number = trace->options.number, of = trace_is_cut(trace) ? trace->options.of : 1;
	uint64_t accesses = 0, first = 0;
	int status = 0;

	for (unsigned piece = 1; status == 0 && piece <= of; piece++) {
		if (of > 1) {
			trace->options.number = piece;
			status = trace_rewind(trace, err);
			if (piece == number)
				first = accesses;
		}
		if (status == 0)
			status = read_trace(gatherers, trace, threads, &accesses, err);
	}
	trace->options.number = number;
	trace->first = first;
	return status == 0 ? trace_rewind(trace, err) : -1;
}

static int put_together(struct gatherer *gatherers, unsigned threads, struct err *err)
{
	struct gatherer *all = &gatherers[0];

	for (unsigned i = 1; i < threads; i++)
		for (size_t j = 0; j < gatherers[i].found.n; j++)
			if (VEC_PUSH(&all->found, gatherers[i].found.at[j]) != 0)
				return err_nomem(err);
	if (all->found.n > 1)
		qsort(all->found.at, all->found.n, sizeof(*all->found.at), compare_found);
	return 0;
}

/* The steps of one file system, from its writes among all. */
static int find_steps(const struct space *space, const struct gatherer *all, struct clock_steps *steps)
{
	VEC(struct log_write) writes = {0};
	int status = 0;

	for (size_t i = 0; status == 0 && i < all->found.n; i++)
		if (all->found.at[i].space == space->id)
			status = VEC_PUSH(&writes, all->found.at[i].write);
	if (status == 0)
		status = clock_match(space->fs->history, writes.at, writes.n, steps);
	VEC_FREE(&writes);
	return status;
}

static int compare_moments(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void drop_doubles(struct clock *clock)
{
	size_t n = 0;

	if (clock->moments.n > 1)
		qsort(clock->moments.at, clock->moments.n, sizeof(*clock->moments.at), compare_moments);
	for (size_t i = 0; i < clock->moments.n; i++)
		if (n == 0 || clock->moments.at[n - 1] != clock->moments.at[i])
			clock->moments.at[n++] = clock->moments.at[i];
	clock->moments.n = n;
}

/* What ran in each moment, by the steps. */
static int add_log(struct clock *clock, struct clock_log log, struct history *history,
		   const struct clock_steps *steps)
{
	size_t next = 1;

	log.history = history;
	log.running = malloc((clock->moments.n + 1) * sizeof(*log.running));
	log.writing = calloc(clock->moments.n + 1, sizeof(*log.writing));
	if (log.running == NULL || log.writing == NULL || VEC_PUSH(&clock->logs, log) != 0) {
		free(log.running);
		free(log.writing);
		return -1;
	}
	log.running[0] = steps->at.at[0].running;
	for (size_t moment = 1; moment <= clock->moments.n; moment++) {
		log.running[moment] = log.running[moment - 1];
		log.writing[moment] = log.writing[moment - 1];
		for (; next < steps->at.n && steps->at.at[next].access <= clock->moments.at[moment - 1];
		     next++) {
			log.running[moment] = steps->at.at[next].running;
			log.writing[moment] = steps->at.at[next].writing;
		}
	}
	history->running = log.running;
	history->writing = log.writing;
	history->written = log.written;
	history->nmoments = (uint32_t)clock->moments.n + 1;
	return 0;
}

static int make_moments(struct clock *clock, const struct map *map, const struct gatherer *all,
			struct clock_log *logs)
{
	struct clock_steps *steps = calloc(map->spaces.n, sizeof(*steps));
	int status = steps == NULL ? -1 : 0;

	for (size_t i = 0; status == 0 && i < map->spaces.n; i++) {
		if (!clock_has_history(map->spaces.at[i]))
			continue;
		status = find_steps(map->spaces.at[i], all, &steps[i]);
		for (size_t j = 1; status == 0 && j < steps[i].at.n; j++)
			status = VEC_PUSH(&clock->moments, steps[i].at.at[j].access);
	}
	drop_doubles(clock);
	for (size_t i = 0; status == 0 && i < map->spaces.n; i++)
		if (clock_has_history(map->spaces.at[i])) {
			status = add_log(clock, logs[i], map->spaces.at[i]->fs->history, &steps[i]);
			if (status == 0)
				logs[i].written = NULL;
		}
	for (size_t i = 0; steps != NULL && i < map->spaces.n; i++)
		VEC_FREE(&steps[i].at);
	free(steps);
	return status;
}

static bool any_history(const struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (clock_has_history(map->spaces.at[i]))
			return true;
	return false;
}

static bool is_odd(const struct clock_log *log, size_t moment)
{
	return log->history->open || log->running[moment] == HISTORY_NO_YET ||
	       log->running[moment] == HISTORY_NO_MORE;
}

/* What is to be known of all moments at once. */
static int survey_moments(struct clock *clock)
{
	size_t n = clock->moments.n + 1;
	uint32_t tid;

	clock->odd = calloc(n, sizeof(*clock->odd));
	if (clock->odd == NULL)
		return -1;
	for (size_t i = 0; i < clock->logs.n; i++)
		for (size_t moment = 0; moment < n; moment++)
			clock->odd[moment] |= is_odd(&clock->logs.at[i], moment);
	for (size_t moment = 0; clock->logs.n == 1 && moment < n; moment++) {
		const struct history *history = clock->logs.at[0].history;

		/* What ran behind the log's end was never committed. */
		if (!history_tid(history, clock->logs.at[0].running[moment], &tid) ||
		    clock->logs.at[0].running[moment] > history_states(history))
			continue;
		clock->first = clock->first == 0 ? tid : clock->first;
		clock->last = tid;
	}
	return 0;
}

static struct clock_log *make_logs(const struct map *map)
{
	struct clock_log *logs = calloc(map->spaces.n, sizeof(*logs));

	for (size_t i = 0; logs != NULL && i < map->spaces.n; i++) {
		const struct fs *fs = map->spaces.at[i]->fs;

		if (!clock_has_history(map->spaces.at[i]))
			continue;
		logs[i].blocks = fs->sectors / fs->block_sectors;
		logs[i].written = calloc(1, logs[i].blocks / 8 + 1);
		if (logs[i].written == NULL)
			logs[i].blocks = 0;
	}
	return logs;
}

static void free_logs(struct clock_log *logs, size_t n)
{
	for (size_t i = 0; logs != NULL && i < n; i++)
		free(logs[i].written);
	free(logs);
}

/* What only its threads know. */
static int find(struct clock *clock, struct trace *trace, const struct map *map, const struct space *base,
		unsigned threads, struct err *err)
{
	struct clock_log *logs = make_logs(map);
	struct gatherer gatherers[THREADS_MAX];
	struct clock_bits watched = {0};
	bool some = base == map_disk(map) && clock_is_plain(map);
	int status = logs == NULL || (some && clock_find_watched(&watched, map) != 0) ? err_nomem(err) : 0;

	for (unsigned i = 0; i < threads; i++)
		gatherers[i] = (struct gatherer){
		    .watched = some ? &watched : NULL, .map = map, .base = base, .logs = logs};
	if (status == 0)
		status = read_all(gatherers, trace, threads, err);
	if (status == 0)
		status = put_together(gatherers, threads, err);
	if (status == 0 && (make_moments(clock, map, &gatherers[0], logs) != 0 ||
			    survey_moments(clock) != 0 || clock_find_looks(clock, map) != 0))
		status = err_nomem(err);
	for (unsigned i = 0; i < threads; i++)
		VEC_FREE(&gatherers[i].found);
	free(watched.at);
	free_logs(logs, map->spaces.n);
	return status;
}

int clock_find(struct clock *clock, struct trace *trace, const struct map *map, const struct space *base,
	       unsigned threads, struct err *err)
{
	int status;

	*clock = (struct clock){.trace = trace};
	if (!any_history(map))
		return 0;
	status = find(clock, trace, map, base, threads > 0 ? threads : 1, err);
	trace->moments = clock->moments.at;
	trace->nmoments = clock->moments.n;
	return status;
}

void clock_done(struct clock *clock)
{
	for (size_t i = 0; i < clock->logs.n; i++) {
		clock->logs.at[i].history->running = NULL;
		clock->logs.at[i].history->writing = NULL;
		free(clock->logs.at[i].writing);
		clock->logs.at[i].history->written = NULL;
		free(clock->logs.at[i].written);
		free(clock->logs.at[i].running);
	}
	if (clock->trace != NULL) {
		clock->trace->moments = NULL;
		clock->trace->nmoments = 0;
	}
	free(clock->look.at);
	free(clock->odd);
	VEC_FREE(&clock->logs);
	VEC_FREE(&clock->moments);
}
