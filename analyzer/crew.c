/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcomes are delivered in the order of the batches: who comes early waits. */
#include "analyzer/crew.h"

#include "base/threads.h"

#include <stdbool.h>

struct crew {
	struct stream *stream;
	const struct crew_work *work;
	void *const *workers;
	pthread_mutex_t mutex;
	pthread_cond_t delivered;
	uint64_t turn; /* the batch that is to be delivered next */
	struct err err;
	bool failed, stopped;
};

static void fail(struct crew *crew, const struct err *err)
{
	pthread_mutex_lock(&crew->mutex);
	if (!crew->failed)
		crew->err = *err;
	crew->failed = true;
	pthread_mutex_unlock(&crew->mutex);
}

/* False when nothing more is wanted. */
static bool deliver(struct crew *crew, void *worker, const struct batch *batch)
{
	struct err err;
	int status = 0;
	bool stopped;

	if (crew->work->deliver == NULL)
		return true;
	pthread_mutex_lock(&crew->mutex);
	while (crew->turn != batch->number)
		pthread_cond_wait(&crew->delivered, &crew->mutex);
	stopped = crew->stopped;
	pthread_mutex_unlock(&crew->mutex);
	/* It is this thread's turn until it says otherwise, so nobody else delivers now. */
	if (!stopped)
		status = crew->work->deliver(worker, &err);
	if (status < 0)
		fail(crew, &err);
	pthread_mutex_lock(&crew->mutex);
	crew->stopped |= status != 0;
	crew->turn++;
	pthread_cond_broadcast(&crew->delivered);
	pthread_mutex_unlock(&crew->mutex);
	return !stopped && status == 0;
}

static void work(void *context, unsigned member)
{
	struct crew *crew = context;
	struct batch batch = {0};
	struct err err;
	int got;

	while ((got = stream_next(crew->stream, &batch, &err)) > 0) {
		crew->work->work(crew->workers[member], &batch);
		if (!deliver(crew, crew->workers[member], &batch))
			break;
	}
	if (got < 0)
		fail(crew, &err);
	batch_free(&batch);
	if (crew->work->finish != NULL)
		crew->work->finish(crew->workers[member]);
}

int crew_run(struct stream *stream, const struct crew_work *jobs, void *const *workers, unsigned n,
	     struct err *err)
{
	struct crew crew = {.stream = stream, .work = jobs, .workers = workers};

	pthread_mutex_init(&crew.mutex, NULL);
	pthread_cond_init(&crew.delivered, NULL);
	threads_run(n, work, &crew);
	pthread_mutex_destroy(&crew.mutex);
	pthread_cond_destroy(&crew.delivered);
	if (crew.failed)
		*err = crew.err;
	return crew.failed ? -1 : crew.stopped;
}

static void look_for_mark(void *worker, const struct batch *batch)
{
	bool *marked = worker;

	*marked = batch->n > 0 && batch->at[batch->n - 1].window != WINDOW_UNMARKED;
}

static int stop_at_mark(void *worker, struct err *err)
{
	const bool *marked = worker;

	(void)err;
	return *marked;
}

int crew_find_mark(struct trace *trace, unsigned n, struct err *err)
{
	static const struct crew_work jobs = {.work = look_for_mark, .deliver = stop_at_mark};
	bool found[THREADS_MAX] = {false};
	void *workers[THREADS_MAX];
	struct stream stream;
	bool marked;
	int status;

	for (unsigned i = 0; i < n; i++)
		workers[i] = &found[i];
	stream_init(&stream, trace);
	status = crew_run(&stream, &jobs, workers, n, err);
	marked = stream.window.marked;
	stream_done(&stream);
	if (status < 0 || trace_rewind(trace, err) != 0)
		return -1;
	return marked;
}
