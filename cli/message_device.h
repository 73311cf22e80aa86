/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which device of a map a message means.  The name decides where it can: a volume's or an array's own name, the
   number of a partition; a disk's, where all messages are of one disk or DISK is that very node; what --name
   says.  "dm-0" says nothing by itself. */
#ifndef CLI_MESSAGE_DEVICE_H
#define CLI_MESSAGE_DEVICE_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/map.h"

#define MESSAGE_DISKS 8

struct device_given {
	char name[80];      /* in messages */
	const char *device; /* on the disk */
};

struct device_names {
	const struct map *map;
	const char *disk; /* its path */
	VEC(struct device_given) given;
	char disks[MESSAGE_DISKS][80]; /* that messages name, and nothing says which they are */
	size_t ndisks;
	char asked[MESSAGE_DISKS][80]; /* names that users were asked about */
	size_t nasked;
};

/* Takes "NAME=DEVICE"; 0, or -1 with err set. `text` must last. */
int device_names_give(struct device_names *names, const char *text, struct err *err);
void device_names_done(struct device_names *names);

/* Hears of a name, before any is asked for. */
void device_names_hear(struct device_names *names, const char *name);

/* Whether it was asked about before; remembers it. */
bool device_names_asked(struct device_names *names, const char *name);

enum device_answer {
	DEVICE_FOUND,
	DEVICE_ELSEWHERE, /* it is of another disk */
	DEVICE_ASKED,     /* err asks which it is */
};

/* The space that is meant. */
enum device_answer device_names_find(const struct device_names *names, const char *name,
				     const struct space **space, struct err *err);

#endif
