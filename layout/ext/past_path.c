/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as they were: from an inode to the root, each by the name that it had then.  An inode whose names are
   not among those that came or went has the image's. */
#include "layout/ext/ext_private.h"
#include "layout/history.h"

#include <string.h>

#define DEPTH_MAX 4096
#define ROOT_INODE 2

/* One step of a path: a directory, and a name in it. */
struct step {
	uint32_t parent;
	const uint8_t *name; /* a length byte and the name */
	bool guessed;
};

static bool is_better(const struct history_name *a, const struct history_name *b)
{
	if (b == NULL || a->guessed != b->guessed)
		return b == NULL || b->guessed;
	return a->to > b->to;
}

static void take_name(const struct history *history, const struct history_name *name, struct step *step)
{
	*step = (struct step){name->parent, (const uint8_t *)history->pool.at + name->at, name->guessed};
}

/* Among the history's names one of a state: first what is known rather than guessed, and lasts; then the others. */
static bool find_past(const struct history *history, uint32_t inode, uint32_t state, unsigned nth,
		      struct step *step)
{
	const struct history_name *best = NULL, *names;
	size_t n;

	names = history_names(history, inode, &n);
	for (size_t i = 0; i < n; i++)
		if (names[i].from <= state && state < names[i].to && is_better(&names[i], best))
			best = &names[i];
	if (best == NULL)
		return false;
	if (nth == 0)
		take_name(history, best, step);
	for (size_t i = 0; i < n && nth > 0; i++)
		if (&names[i] != best && names[i].from <= state && state < names[i].to && --nth == 0) {
			take_name(history, &names[i], step);
			return true;
		}
	return nth == 0;
}

static bool is_same_name(const uint8_t *a, const uint8_t *b)
{
	return a[0] == b[0] && memcmp(a + 1, b + 1, a[0]) == 0;
}

/* The image's name, unless the history says when it was there, which is another time then. */
static bool find_present(const struct ext *ext, const struct history *history, uint32_t inode,
			 struct step *step)
{
	const struct history_name *names;
	uint32_t at;
	size_t n;

	if (!file_names_get(&ext->names, inode, &step->parent, &at))
		return false;
	step->name = (const uint8_t *)ext->names.pool + at;
	step->guessed = false;
	names = history_names(history, inode, &n);
	for (size_t i = 0; i < n; i++)
		if (names[i].parent == step->parent &&
		    is_same_name(step->name, (const uint8_t *)history->pool.at + names[i].at))
			return false;
	return true;
}

/* Puts "/NAME" before what is there, and leaves room for the mark of a cut; false when it does not fit. */
static bool prepend(const uint8_t *name, char *path, size_t *at)
{
	if (name[0] + 5u > *at)
		return false;
	*at -= name[0];
	memcpy(path + *at, name + 1, name[0]);
	path[--*at] = '/';
	return true;
}

bool ext_past_path(const struct fs *fs, uint32_t owner, uint32_t state, unsigned nth, char *path, size_t len,
		   bool *guessed)
{
	const struct history *history = fs->history;
	const struct history_life *life = history_life(history, owner);
	uint32_t inode = life != NULL ? life->inode : owner;
	size_t at = len - 1;
	bool cut = false;

	path[at] = '\0';
	*guessed = false;
	if (life != NULL && (state < life->from || state >= life->to))
		return false;
	if (inode == ROOT_INODE) {
		memcpy(path, "/", 2);
		return nth == 0;
	}
	for (int depth = 0; inode != ROOT_INODE; depth++) {
		struct step step;

		unsigned which = depth == 0 ? nth : 0;

		if (depth == DEPTH_MAX || (!find_past(history, inode, state, which, &step) &&
					   (which > 0 || !find_present(ext_of(fs), history, inode, &step))))
			return false;
		*guessed |= step.guessed;
		if (!cut && !prepend(step.name, path, &at)) {
			at -= 4;
			memcpy(path + at, "/...", 4);
			cut = true;
		}
		inode = step.parent;
	}
	memmove(path, path + at, len - at);
	return true;
}
