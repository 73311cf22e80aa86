/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts events in the order of their times, as far as that takes ORDER_MAX of them in memory. */
#ifndef TRACE_REQUESTS_ORDER_H
#define TRACE_REQUESTS_ORDER_H

#include "trace/requests/events.h"

#define ORDER_MAX 65536

struct order;

struct order *order_new(int64_t late_ns);
void order_free(struct order *order);

/* The next event in order, from a reader that has them nearly so; as event_reader. */
int order_next(struct order *order, struct trace *trace, event_reader *next, struct event *event,
	       struct err *err);

/* How many events came after later ones. */
uint64_t order_sorted(const struct order *order);

/* How often the clock was set back. */
uint64_t order_restarts(const struct order *order);

#endif
