/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a region was at a moment: its names then and now, and what a log block was a copy of. */
#include "layout/history.h"
#include "layout/region.h"

#include <string.h>

/* The path in one of the states that come into question. */
static bool path_in(const struct region *region, uint32_t state, unsigned nth, char *path, size_t len,
		    bool *guessed)
{
	return region->fs->ops->past_path != NULL &&
	       region->fs->ops->past_path(region->fs, region->owner, state, nth, path, len, guessed);
}

static unsigned states_of(const struct region *region, uint32_t states[3])
{
	const struct place_history *past = &region->place->past;

	return history_states_at(past->history, past->running, states);
}

static bool has_path(const struct region *region)
{
	return region->fs != NULL && region->has_owner && !(region->flags & EXTENT_DELETED);
}

/* As of the moment: in state n, else n-1, else n+1. */
static bool path_as_of(const struct region *region, char *path, size_t len, bool *guessed)
{
	uint32_t states[3];
	unsigned n = states_of(region, states);

	for (unsigned i = 0; i < n; i++)
		if (path_in(region, states[i], 0, path, len, guessed))
			return true;
	return false;
}

bool region_path(const struct region *region, char *path, size_t len)
{
	bool guessed;

	if (!has_path(region))
		return false;
	return region->dated ? path_as_of(region, path, len, &guessed)
			     : fs_path(region->fs, region->owner, path, len);
}

static bool is_told(char paths[][FS_PATH_MAX], unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(paths[i], paths[n]) == 0)
			return true;
	return false;
}

unsigned region_other_paths(const struct region *region, char paths[REGION_PATHS][FS_PATH_MAX])
{
	uint32_t states[3];
	bool guessed;
	unsigned n, found = 1;

	if (!region->dated || !region_path(region, paths[0], FS_PATH_MAX))
		return 0;
	n = states_of(region, states);
	for (unsigned i = 0; i < n; i++)
		for (unsigned nth = 0; found < REGION_PATHS &&
				       path_in(region, states[i], nth, paths[found], FS_PATH_MAX, &guessed);
		     nth++)
			found += !is_told(paths, found);
	return found - 1;
}

bool region_path_now(const struct region *region, char *path, size_t len)
{
	char then[FS_PATH_MAX];

	return region->dated && !region->ended && region_path(region, then, sizeof(then)) &&
	       fs_path(region->fs, region->owner, path, len) && strcmp(then, path) != 0;
}

bool region_was_path(const struct region *region, char *path, size_t len)
{
	const struct history_label *was = region->place->past.was;
	bool guessed;

	if (!region->has_was || was == NULL)
		return false;
	for (uint32_t state = was->to; state > was->from; state--)
		if (region->fs->ops->past_path(region->fs, was->extent.owner, state - 1, 0, path, len,
					       &guessed))
			return true;
	return false;
}

/* A log block that was written over later is no block of the transaction that lies there now. */
static void date_log(struct region *region)
{
	const struct place_history *past = &region->place->past;
	bool is_known, is_then;
	uint32_t tid = 0;

	if (!region->log.has_tid || region->log.type == LOG_FAST_COMMIT)
		return;
	is_known = history_tid(past->history, past->running, &tid);
	if (past->use == HISTORY_READS)
		is_then = is_known && (int32_t)(region->log.tid - tid) < 0;
	else
		is_then = is_known && region->log.tid == tid;
	if (is_then && past->use == HISTORY_READS)
		return;
	region->flags &= (uint8_t)~EXTENT_STALE;
	region->has_log = is_then;
}

void region_date(struct region *region)
{
	const struct place_history *past = &region->place->past;
	const struct history_life *life = NULL;
	char path[FS_PATH_MAX];
	bool guessed = false;

	region->dated = true;
	if (region->has_log)
		date_log(region);
	region->why = (enum history_why)past->why;
	region->has_as_of =
	    history_changes(region->kind) && history_tid(past->history, past->running, &region->as_of);
	if (region->has_owner && history_changes(region->kind))
		life = history_life(past->history, region->owner);
	region->has_generation = life != NULL;
	if (life != NULL) {
		region->generation = life->generation;
		region->ended = life->id >= past->history->first_id;
	}
	region->has_was = past->was != NULL;
	if (region->has_was) {
		life = history_life(past->history, past->was->extent.owner);
		region->was_inode = fs_number(region->fs, past->was->extent.owner);
		region->was_generation = life != NULL ? life->generation : 0;
	}
	/* Owner and name are judged apart: who it is may be known, and not how it was called. */
	if (region->why == HISTORY_CERTAIN && history_changes(region->kind) && has_path(region) &&
	    path_as_of(region, path, sizeof(path), &guessed) && guessed)
		region->why = HISTORY_BEFORE;
}
