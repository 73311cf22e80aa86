/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of parts: looked through once, and read again in the order in which they are merged, so that one
   is in memory at a time. */
#ifndef CLI_MERGE_FILES_H
#define CLI_MERGE_FILES_H

#include "base/text.h"
#include "parts/merge.h"
#include "parts/order.h"

struct merge_file {
	const char *path;
	struct text kept; /* of what cannot be read twice; else empty */
};

struct merge_files {
	VEC(struct merge_file) files;
	const char *tmpdir;
	struct order order;
	struct part first; /* that the others are held against */
	struct text bytes; /* of the file that was read last, */
	size_t at;         /* the at-th; files.n for none */
};

void merge_files_init(struct merge_files *files, const char *tmpdir);
void merge_files_done(struct merge_files *files);

/* Looks at all of them: they belong together, and nothing is there twice. 0, or STATUS_FAILED after a
   message. */
int merge_files_look(struct merge_files *files, const char *const *paths, size_t n);

typedef int merge_files_tell(void *context, const struct order_card *card, const struct part *part,
			     struct err *err);

/* Tells of each part in order, until that is not 0, which it gives back after a message. */
int merge_files_each(struct merge_files *files, merge_files_tell *tell, void *context);

/* Adds all parts in order, when they are the whole; 0, or STATUS_FAILED after a message. */
int merge_files_report(struct merge_files *files, struct merge *merge);

#endif
