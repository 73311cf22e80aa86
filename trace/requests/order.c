/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A heap by time, then by arrival.  When the clock is set back (two traces one after the other), the
   heap empties first. */
#include "trace/requests/order.h"

#include <stdlib.h>

struct item {
	struct event event;
	uint64_t arrival;
};

struct order {
	struct item *heap;
	size_t n;
	uint64_t arrivals, restarts, sorted;
	int64_t newest, late_ns;
	struct event held; /* the first after the clock was set back */
	bool has_held, at_end;
};

struct order *order_new(int64_t late_ns)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order == NULL)
		return NULL;
	order->late_ns = late_ns;
	order->newest = INT64_MIN;
	order->heap = malloc(ORDER_MAX * sizeof(*order->heap));
	if (order->heap != NULL)
		return order;
	free(order);
	return NULL;
}

void order_free(struct order *order)
{
	if (order != NULL)
		free(order->heap);
	free(order);
}

static bool before(const struct item *a, const struct item *b)
{
	if (a->event.access.time_ns != b->event.access.time_ns)
		return a->event.access.time_ns < b->event.access.time_ns;
	return a->arrival < b->arrival;
}

static void push(struct order *order, const struct event *event)
{
	struct item item = {.event = *event, .arrival = order->arrivals++};
	size_t at = order->n++;

	while (at > 0 && before(&item, &order->heap[(at - 1) / 2])) {
		order->heap[at] = order->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	order->heap[at] = item;
	if (event->access.time_ns >= order->newest)
		order->newest = event->access.time_ns;
	else
		order->sorted++;
}

static void pop(struct order *order, struct event *event)
{
	const struct item *last = &order->heap[--order->n];
	size_t at = 0, child;

	*event = order->heap[0].event;
	while ((child = 2 * at + 1) < order->n) {
		if (child + 1 < order->n && before(&order->heap[child + 1], &order->heap[child]))
			child++;
		if (!before(&order->heap[child], last))
			break;
		order->heap[at] = order->heap[child];
		at = child;
	}
	order->heap[at] = *last;
}

static bool is_late(const struct order *order, const struct event *event)
{
	int64_t behind;

	return order->newest != INT64_MIN &&
	       (__builtin_sub_overflow(order->newest, event->access.time_ns, &behind) ||
		behind > order->late_ns);
}

/* Reads until the heap is full, the clock is set back or there is no more. */
static int refill(struct order *order, struct trace *trace, event_reader *next, struct err *err)
{
	struct event event = {.zone = 0};

	while (order->n < ORDER_MAX && !order->has_held && !order->at_end) {
		int got;

		event.access = access_blank();
		got = next(trace, &event, err);
		if (got < 0)
			return -1;
		order->at_end = got == 0;
		if (got == 0)
			break;
		order->has_held = is_late(order, &event);
		if (order->has_held)
			order->held = event;
		else
			push(order, &event);
	}
	return 0;
}

int order_next(struct order *order, struct trace *trace, event_reader *next, struct event *event,
	       struct err *err)
{
	if (order->n == 0 && order->has_held) {
		order->has_held = false;
		order->newest = INT64_MIN;
		order->restarts++;
		push(order, &order->held);
	}
	if (refill(order, trace, next, err) != 0)
		return -1;
	if (order->n == 0)
		return 0;
	pop(order, event);
	return 1;
}

uint64_t order_restarts(const struct order *order)
{
	return order->restarts;
}

uint64_t order_sorted(const struct order *order)
{
	return order->sorted;
}
