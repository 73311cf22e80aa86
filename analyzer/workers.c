/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcomes are delivered in the order of the batches: who comes early waits. */
#include "analyzer/workers.h"

#include "base/threads.h"

#include <stdbool.h>

struct workers {
	struct stream *stream;
	const struct workers_job *work;
	void *const *at; /* each thread has one */
	pthread_mutex_t mutex;
	pthread_cond_t delivered;
	uint64_t turn; /* the batch that is to be delivered next */
	struct err err;
	bool failed, stopped;
};

static void fail(struct workers *workers, const struct err *err)
{
	pthread_mutex_lock(&workers->mutex);
	if (!workers->failed)
		workers->err = *err;
	workers->failed = true;
	pthread_mutex_unlock(&workers->mutex);
}

/* False when nothing more is wanted. */
static bool deliver(struct workers *workers, void *worker, const struct batch *batch)
{
	struct err err;
	int status = 0;
	bool stopped;

	if (workers->work->deliver == NULL)
		return true;
	pthread_mutex_lock(&workers->mutex);
	while (workers->turn != batch->number)
		pthread_cond_wait(&workers->delivered, &workers->mutex);
	stopped = workers->stopped;
	pthread_mutex_unlock(&workers->mutex);
	/* It is this thread's turn until it says otherwise, so nobody else delivers now. */
	if (!stopped)
		status = workers->work->deliver(worker, &err);
	if (status < 0)
		fail(workers, &err);
	pthread_mutex_lock(&workers->mutex);
	workers->stopped |= status != 0;
	workers->turn++;
	pthread_cond_broadcast(&workers->delivered);
	pthread_mutex_unlock(&workers->mutex);
	return !stopped && status == 0;
}

static void work(void *context, unsigned member)
{
	struct workers *workers = context;
	struct batch batch = {0};
	struct err err;
	int got;

	while ((got = stream_next(workers->stream, &batch, &err)) > 0) {
		workers->work->work(workers->at[member], &batch);
		if (!deliver(workers, workers->at[member], &batch))
			break;
	}
	if (got < 0)
		fail(workers, &err);
	batch_free(&batch);
	if (workers->work->finish != NULL)
		workers->work->finish(workers->at[member]);
}

int workers_run(struct stream *stream, const struct workers_job *jobs, void *const *each, unsigned n,
		struct err *err)
{
	struct workers workers = {.stream = stream, .work = jobs, .at = each};

	pthread_mutex_init(&workers.mutex, NULL);
	pthread_cond_init(&workers.delivered, NULL);
	threads_run(n, work, &workers);
	pthread_mutex_destroy(&workers.mutex);
	pthread_cond_destroy(&workers.delivered);
	if (workers.failed)
		*err = workers.err;
	return workers.failed ? -1 : workers.stopped;
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

int workers_find_mark(struct trace *trace, unsigned n, struct err *err)
{
	static const struct workers_job jobs = {.work = look_for_mark, .deliver = stop_at_mark};
	bool found[THREADS_MAX] = {false};
	void *workers[THREADS_MAX];
	struct stream stream;
	bool marked;
	int status;

	for (unsigned i = 0; i < n; i++)
		workers[i] = &found[i];
	stream_init(&stream, trace);
	status = workers_run(&stream, &jobs, workers, n, err);
	marked = stream.window.marked;
	stream_done(&stream);
	if (status < 0 || trace_rewind(trace, err) != 0)
		return -1;
	return marked;
}
