/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a driver needs: to look at a space, claim what it knows of it and add the spaces that lie in it. */
#ifndef LAYOUT_DRIVER_H
#define LAYOUT_DRIVER_H

#include "layout/map.h"

struct fs_ops;
struct lvm;
struct md;

/* What is known of a map only while it is built. */
struct map_build {
	const char *lvm_metadata; /* these are of the options, see there; threads is at least 1 */
	unsigned threads;
	bool keep_links, no_replay, history, shallow;
	struct lvm *lvm; /* the volume groups while they are put together */
	struct md *md;   /* the arrays while they are put together */
};

/* Whether the account is spent while several threads work: who got the last of it is chance, so the map is thrown
   away and built again by one.  A driver that has much to do may leave it. */
static inline bool map_is_to_be_built_again(const struct map *map)
{
	return account_is_spent(&map->account) && map->build->threads > 1;
}

/* Whether one more space may be added; a driver that finds no room goes on without; it has been
   noted, and what the space leaves over is unknown then. */
bool map_has_room(struct map *map, struct space *space);

/* A new space with that name (copied) in `parent`; NULL, with err set, when there are too many or no
   memory. */
struct space *map_add_space(struct map *map, struct space *parent, const char *name, uint64_t sectors,
			    struct err *err);

/* Adds a segment to an inner space and claims its areas in the outer spaces. */
int map_add_segment(struct map *map, struct space *inner, const struct segment *segment, struct err *err);

/* The usual case: `count` sectors from `start` on of the outer space are the whole inner space. */
int map_add_linear(struct map *map, struct space *inner, struct space *outer, uint64_t start, uint64_t count,
		   struct err *err);

/* Remembers something odd; the text gets the space's name in front.  After many, only their number. */
void map_note(struct map *map, const struct space *space, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a list that a thread keeps for itself, and adding such a list to the map's; it is empty
   then. */
void notes_add(struct notes *notes, const struct space *space, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void map_take_notes(struct map *map, struct notes *notes);
void notes_free(struct notes *notes);

/* Those from the `first` on are of a history; and they go where nobody asks for one. */
void notes_are_of_history(struct notes *notes, size_t first);
void notes_drop_history(struct notes *notes);

/* A driver looks at a space that nobody has claimed yet.  It says 1 when it is its own (and has claimed
   its parts and added what lies inside), 0 when it is not, -1 when the whole run cannot go on. */
struct layout_driver {
	const char *name;
	const struct fs_ops *fs; /* of the file systems that it makes; NULL for others */
	int (*map)(struct map *map, struct space *space, struct err *err);
	/* When no unprobed space is left: puts together what several spaces hold.  0 or -1. */
	int (*finish)(struct map *map, struct err *err);
	/* When all is sealed: looks at a space that has one of its file systems, and notes what is odd. */
	void (*sealed)(struct map *map, struct space *space);
	/* Frees what it kept in the map. */
	void (*close)(struct map *map);
};

/* In probing order, NULL at the end. */
extern const struct layout_driver *const layout_drivers[];

#endif
