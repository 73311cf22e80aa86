/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A batch is read under one lock, parsed under none where the format can do that, and then waits for its
   turn, in which its marks are told and its accesses are counted. */
#include "trace/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_BATCH 4096

void stream_init(struct stream *stream, struct trace *trace)
{
	memset(stream, 0, sizeof(*stream));
	stream->trace = trace;
	stream->input = trace->input;
	stream->read = trace->first;
	stream->lines = input_line_count(trace->input);
	window_init(&stream->window, trace);
	pthread_mutex_init(&stream->reading, NULL);
	pthread_mutex_init(&stream->turns, NULL);
	pthread_cond_init(&stream->turned, NULL);
}

void stream_done(struct stream *stream)
{
	window_done(&stream->window);
	pthread_mutex_destroy(&stream->reading);
	pthread_mutex_destroy(&stream->turns);
	pthread_cond_destroy(&stream->turned);
}

void batch_free(struct batch *batch)
{
	free(batch->at);
	free(batch->lines.at);
	memset(batch, 0, sizeof(*batch));
}

static bool is_parsed_apart(const struct stream *stream)
{
	return stream->trace->format->parse != NULL && stream->trace->single;
}

static int reserve(struct batch *batch, size_t n, struct err *err)
{
	if (vec_reserve((void **)&batch->at, &batch->cap, n, sizeof(struct access)) != 0)
		return err_nomem(err);
	return 0;
}

/* Reads lines, or accesses where the format takes no lines apart; as input_take_lines. */
static int read_some(struct stream *stream, struct batch *batch, struct err *err)
{
	long got;

	batch->n = 0;
	if (is_parsed_apart(stream))
		return input_take_lines(stream->input, &batch->lines, err);
	if (reserve(batch, READ_BATCH, err) != 0)
		return -1;
	got = trace_read(stream->trace, batch->at, READ_BATCH, err);
	batch->n = got > 0 ? (size_t)got : 0;
	return got > 0 ? 1 : (int)got;
}

/* Gives the batch its number; as read_some, and *mine tells whether there was anything left to be read. */
static int read_next(struct stream *stream, struct batch *batch, bool *mine, struct err *err)
{
	int got = 0;

	pthread_mutex_lock(&stream->reading);
	*mine = !stream->read_all;
	if (*mine) {
		batch->number = stream->next++;
		got = read_some(stream, batch, err);
		stream->read_all = got <= 0;
	}
	pthread_mutex_unlock(&stream->reading);
	return got;
}

/* Lines that are not all plain: through the format's reader. */
static int read_lines(struct stream *stream, struct batch *batch, struct err *err)
{
	struct trace *trace = stream->trace;
	long got = -1;

	trace->input = input_of_lines(&batch->lines, stream->lines);
	if (trace->input == NULL)
		err_nomem(err);
	for (batch->n = 0; trace->input != NULL && got != 0; batch->n += (size_t)got) {
		got = -1;
		if (reserve(batch, batch->n + READ_BATCH, err) == 0)
			got = trace->format->read(trace, batch->at + batch->n, READ_BATCH, err);
		if (got < 0)
			break;
	}
	if (got == 0)
		stream->lines = input_line_count(trace->input);
	input_close(trace->input);
	trace->input = stream->input;
	return got < 0 ? -1 : 0;
}

static bool may_mark(const struct batch *batch)
{
	bool may = false;

	for (size_t i = 0; i < batch->n; i++)
		may |= window_may_begin(&batch->at[i]);
	return may;
}

/* Parses the lines of a batch; false when they must go through the format's reader. */
static bool parse(const struct stream *stream, struct batch *batch)
{
	struct err no_room;
	long got = -1;

	if (reserve(batch, batch->lines.len / TRACE_LINE_MIN + 1, &no_room) == 0)
		got =
		    stream->trace->format->parse(stream->trace, batch->lines.at, batch->lines.len, batch->at);
	batch->n = got > 0 ? (size_t)got : 0;
	return got >= 0;
}

static int take_lead(struct stream *stream, struct batch *batch)
{
	struct stream_edges *edges = stream->edges;
	size_t n = 0;

	while (n < batch->n && window_may_hold(&batch->at[n]))
		if (VEC_PUSH(&edges->lead, batch->at[n++]) != 0)
			return -1;
	edges->synced = n < batch->n;
	batch->n -= n;
	if (n > 0)
		memmove(batch->at, batch->at + n, batch->n * sizeof(struct access));
	return 0;
}

/* Takes the first mark, with the flushes in it, out of the batch. */
static int take_first_mark(struct stream *stream, struct batch *batch)
{
	struct stream_edges *edges = stream->edges;
	size_t first = 0, n = 0, reads = 0;

	if (edges->marked || !stream->window.marked)
		return 0;
	edges->marked = true;
	while (first < batch->n && batch->at[first].window == WINDOW_UNMARKED)
		first++;
	for (; reads < WINDOW_MARK_READS; n++) {
		reads += batch->at[first + n].window == WINDOW_MARK;
		if (VEC_PUSH(&edges->mark, batch->at[first + n]) != 0)
			return -1;
	}
	batch->n -= n;
	memmove(batch->at + first, batch->at + first + n, (batch->n - first) * sizeof(struct access));
	return 0;
}

static int take_tail(struct stream *stream)
{
	const struct window *window = &stream->window;

	for (size_t i = window->ready; i < window->queue.n; i++)
		if (VEC_PUSH(&stream->edges->tail, window->queue.at[i]) != 0)
			return -1;
	return 0;
}

/* Where a mark may begin or has begun: the batch becomes what is decided by now. */
static int tell_marks(struct stream *stream, struct batch *batch, bool at_end, struct err *err)
{
	struct window *window = &stream->window;

	if (window_put(window, batch->at, batch->n, err) != 0)
		return -1;
	if (at_end && stream->edges == NULL)
		window_end(window);
	if (reserve(batch, window->ready - window->from, err) != 0)
		return -1;
	batch->n = window_take(window, batch->at, window->ready - window->from);
	if (stream->edges != NULL &&
	    (take_first_mark(stream, batch) != 0 || (at_end && take_tail(stream) != 0)))
		return err_nomem(err);
	for (size_t i = 0; i < batch->n; i++)
		stream->before[batch->at[i].window]++;
	return 0;
}

/* Says in which moment each access lies.  An access that ends a moment is still of it. */
static void set_moments(const struct trace *trace, struct batch *batch)
{
	size_t low = 0, high = trace->nmoments;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trace->moments[middle] < batch->first)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = 0; i < batch->n; i++) {
		while (low < trace->nmoments && trace->moments[low] < batch->first + i)
			low++;
		batch->at[i].moment = (uint32_t)low;
	}
}

/* A batch on its way: what is known of it before its turn. */
struct progress {
	int got;       /* of read_some */
	bool parsed;   /* it came as lines, and has been parsed */
	bool may_mark; /* some access may begin a mark */
	bool uniform;  /* found in the turn: all accesses are `window` */
	enum access_window window;
};

static int take_turn(struct stream *stream, struct batch *batch, struct progress *progress, struct err *err)
{
	memcpy(batch->before, stream->before, sizeof(batch->before));
	if (progress->got == -2)
		err_prefix(err, "line %" PRIu64 ": ", stream->lines + 1);
	if (progress->got < 0)
		return -1;
	if (progress->parsed) {
		stream->lines += batch->n;
		strays_good(&stream->trace->strays, batch->n);
		stream->trace->parsed += batch->n;
	} else if (progress->got == 1 && is_parsed_apart(stream)) {
		if (read_lines(stream, batch, err) != 0)
			return -1;
		progress->may_mark = may_mark(batch);
	}
	if (progress->got == 0 && is_parsed_apart(stream) && trace_end(stream->trace, err) != 0)
		return -1;
	batch->first = stream->read;
	stream->read += batch->n;
	progress->uniform = window_is_idle(&stream->window) && !progress->may_mark && stream->edges == NULL;
	if (!progress->uniform)
		set_moments(stream->trace, batch);
	if (stream->edges != NULL && !stream->edges->synced && take_lead(stream, batch) != 0)
		return err_nomem(err);
	progress->uniform = window_is_idle(&stream->window) && !progress->may_mark;
	if (!progress->uniform || progress->got == 0)
		return tell_marks(stream, batch, progress->got == 0, err);
	progress->window = window_state(&stream->window);
	stream->before[progress->window] += batch->n;
	return 0;
}

/* Waits for the batch's turn and takes it: 1, or -1 on an error; 0 when an earlier batch has failed, whose
   thread tells the error. */
static int in_turn(struct stream *stream, struct batch *batch, struct progress *progress, struct err *err)
{
	bool late;
	int status = 0;

	pthread_mutex_lock(&stream->turns);
	while (stream->turn != batch->number)
		pthread_cond_wait(&stream->turned, &stream->turns);
	late = stream->failed;
	if (!late)
		status = take_turn(stream, batch, progress, err);
	stream->failed |= status != 0;
	stream->turn++;
	pthread_cond_broadcast(&stream->turned);
	pthread_mutex_unlock(&stream->turns);
	if (status == 0)
		return late ? 0 : 1;
	pthread_mutex_lock(&stream->reading);
	stream->read_all = true;
	pthread_mutex_unlock(&stream->reading);
	return -1;
}

int stream_next(struct stream *stream, struct batch *batch, struct err *err)
{
	struct progress progress = {0};
	bool mine;
	int status;

	progress.got = read_next(stream, batch, &mine, err);
	if (!mine)
		return 0;
	if (progress.got == 1 && is_parsed_apart(stream))
		progress.parsed = parse(stream, batch);
	progress.may_mark = may_mark(batch);
	status = in_turn(stream, batch, &progress, err);
	if (status > 0 && progress.uniform && stream->edges == NULL)
		set_moments(stream->trace, batch);
	if (status > 0 && progress.uniform)
		for (size_t i = 0; i < batch->n; i++)
			batch->at[i].window = (uint8_t)progress.window;
	return status > 0 && progress.got == 0 ? batch->n > 0 : status;
}
