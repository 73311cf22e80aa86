/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A crew of POSIX threads.  Signals stay with the caller's thread. */
#include "base/threads.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>

struct member {
	pthread_t thread;
	thread_work *work;
	void *context;
	unsigned number;
	bool started;
};

unsigned threads_available(void)
{
	cpu_set_t set;
	int n;

	/* More processors than the set has room for, or none told: two do no harm. */
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 2;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static void *run_member(void *arg)
{
	struct member *member = arg;

	member->work(member->context, member->number);
	return NULL;
}

static void start_all(struct member *members, unsigned n)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 1; i < n; i++)
		members[i].started = pthread_create(&members[i].thread, NULL, run_member, &members[i]) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void threads_run(unsigned n, thread_work *work, void *context)
{
	struct member members[THREADS_MAX];

	assert(n >= 1 && n <= THREADS_MAX);
	for (unsigned i = 0; i < n; i++)
		members[i] = (struct member){.work = work, .context = context, .number = i};
	start_all(members, n);
	for (unsigned i = 0; i < n; i++)
		if (!members[i].started)
			run_member(&members[i]);
	for (unsigned i = 1; i < n; i++)
		if (members[i].started)
			pthread_join(members[i].thread, NULL);
}
