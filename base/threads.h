/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Doing one thing on several processors: how many there are, and a crew that works until all is done. */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#define THREADS_MAX 256

/* The processors that this process may run on, at most THREADS_MAX. */
unsigned threads_available(void);

/* A member's work; `member` counts from 0. */
typedef void thread_work(void *context, unsigned member);

/* Calls work(context, 0) ... work(context, n - 1), each in a thread of its own but the first, which is the
   caller's, and comes back when all have.  Where no thread can be had, the caller does its part too: so
   a member must not wait for another. */
void threads_run(unsigned n, thread_work *work, void *context);

#endif
