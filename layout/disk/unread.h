/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sectors of a disk that could not be read, as threads meet them. */
#ifndef LAYOUT_DISK_UNREAD_H
#define LAYOUT_DISK_UNREAD_H

#include "layout/disk/image.h"

#include <pthread.h>

struct unread {
	pthread_mutex_t lock;
	struct image_bad *at;
	size_t n, cap;
	int errnum; /* the first reason; 0 while all could be read */
};

void unread_init(struct unread *unread);
void unread_done(struct unread *unread);
void unread_reason(struct unread *unread, int errnum);

/* Remembers a sector; of more than UNREAD_MAX runs the others are forgotten. */
#define UNREAD_MAX 4096
void unread_add(struct unread *unread, uint64_t sector);

/* All of them, sorted and joined; how many runs. */
size_t unread_sort(struct unread *unread, const struct image_bad **bad, int *errnum);

#endif
