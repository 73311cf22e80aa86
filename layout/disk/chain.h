/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other files that an image names: a backing file, a data file, a vmdk's extents.  The image chooses
   these names, and whoever wrote the image: nothing is opened that the user has not allowed, and QEMU is told
   each file that it may open, instead of taking the names from the image again. */
#ifndef LAYOUT_DISK_CHAIN_H
#define LAYOUT_DISK_CHAIN_H

#include "base/err.h"
#include "base/text.h"
#include "layout/disk/image.h"

/* The files that are in use, the image itself first. */
struct chain {
	struct chain_file {
		char *path; /* owned */
		int fd;
	} * at;
	size_t n, cap;
};

/* Looks at the image and all that it names, and writes for QEMU what it is to open: 0, or -1 with the name
   that is wanted and the option that allows it.  `fd` is borrowed. */
int chain_find(struct chain *chain, int fd, const char *path, const char *format,
	       const struct image_options *options, struct text *json, struct err *err);
void chain_done(struct chain *chain);

/* --- for chain_names.c --- */

/* What an image names. */
struct chain_names {
	char backing[1024], backing_format[32], data[1024]; /* "" for none */
	char (*extents)[512];
	size_t nextents;
};

/* Reads them; 0, or -1 where they cannot be told. */
int chain_read_names(struct chain_names *names, int fd, const char *format, struct err *err);
void chain_names_done(struct chain_names *names);

#endif
