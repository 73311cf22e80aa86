/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command that is recorded, and signals: while it runs, an interrupt stops it and not us. */
#ifndef RECORD_CHILD_H
#define RECORD_CHILD_H

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Environment that the command gets besides ours. */
struct child_env {
	const char *name;
	char *value; /* owned by the child */
};

#define CHILD_ENV_MAX 4

struct child {
	pid_t pid;     /* 0 when it does not run */
	int status;    /* its exit status as a shell would tell it; -1 before the end */
	bool stopped;  /* a signal came for us while it ran */
	bool blocked;  /* signals are ours */
	int signals;   /* where they come in; -1 when not */
	sigset_t mask; /* as it was before */
	struct child_env env[CHILD_ENV_MAX];
	size_t nenv;
};
#define CHILD_INIT                                                                                           \
	{                                                                                                    \
		.status = -1, .signals = -1                                                                  \
	}

/* From now on signals that would end us come in order, until child_done. */
int child_take_signals(struct child *child, struct err *err);

/* Adds to the environment; takes the value over, which may be NULL for lack of memory. */
int child_setenv(struct child *child, const char *name, char *value, struct err *err);

/* Starts it; -1 with an error that names the program when it cannot be run. */
int child_start(struct child *child, char *const *argv, struct err *err);

/* Waits until it has ended, passing signals on that it does not get itself; calls tick ten times a
   second.  When tick fails the child is stopped. */
typedef int child_tick(void *context, struct err *err);
int child_wait(struct child *child, child_tick *tick, void *context, struct err *err);
void child_done(struct child *child);

/* A program that serves us in the background, with its standard error in a file and no terminal. */
int server_start(pid_t *pid, const struct child *child, char *const *argv, const char *errors,
		 struct err *err);

/* Whether it still runs. */
bool server_runs(pid_t *pid);

/* Ends it. */
void server_stop(pid_t *pid);

/* Sleeps for a tenth of a second or less. */
void nap(void);

#endif
