/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs of sectors: one that goes on with the last one makes it longer, the rest is put in order at the
   end. */
#include "layout/disk/unread.h"

#include "base/vec.h"

#include <stdlib.h>

void unread_init(struct unread *unread)
{
	pthread_mutex_init(&unread->lock, NULL);
}

void unread_done(struct unread *unread)
{
	VEC_FREE(unread);
	pthread_mutex_destroy(&unread->lock);
}

void unread_reason(struct unread *unread, int errnum)
{
	pthread_mutex_lock(&unread->lock);
	if (unread->errnum == 0)
		unread->errnum = errnum;
	pthread_mutex_unlock(&unread->lock);
}

static bool is_known(const struct unread *unread, uint64_t sector)
{
	for (size_t i = 0; i < unread->n; i++)
		if (sector >= unread->at[i].start && sector - unread->at[i].start < unread->at[i].count)
			return true;
	return false;
}

void unread_add(struct unread *unread, uint64_t sector)
{
	pthread_mutex_lock(&unread->lock);
	if (unread->n > 0 && sector == unread->at[unread->n - 1].start + unread->at[unread->n - 1].count)
		unread->at[unread->n - 1].count++;
	else if (unread->n < UNREAD_MAX && !is_known(unread, sector))
		(void)!VEC_PUSH(unread, ((struct image_bad){sector, 1}));
	pthread_mutex_unlock(&unread->lock);
}

static int compare_bad(const void *a, const void *b)
{
	const struct image_bad *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

size_t unread_sort(struct unread *unread, const struct image_bad **bad, int *errnum)
{
	size_t n = 0;

	if (unread->n > 1)
		qsort(unread->at, unread->n, sizeof(*unread->at), compare_bad);
	for (size_t i = 0; i < unread->n; i++) {
		struct image_bad *last = n > 0 ? &unread->at[n - 1] : NULL;
		const struct image_bad *next = &unread->at[i];

		if (last == NULL || next->start > last->start + last->count)
			unread->at[n++] = *next;
		else if (next->start + next->count > last->start + last->count)
			last->count = next->start + next->count - last->start;
	}
	unread->n = n;
	*bad = unread->at;
	*errnum = unread->errnum;
	return n;
}
