/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a file system's log to its history. */
#include "layout/ext/past.h"

#include "layout/overlay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool past_may_spend(struct past *past, uint64_t memory, uint64_t work)
{
	if (past->failed || account_try(&past->ext->map->account, memory, work))
		return !past->failed;
	past->failed = past->too_large = true;
	return false;
}

static bool is_checked(enum kind kind)
{
	return kind == KIND_INODE_TABLE || kind == KIND_BLOCK_BITMAP || kind == KIND_INODE_BITMAP;
}

/* Whether the last copy of each block that always is what it is lies at its home, too: otherwise something
   wrote without the log. */
static bool is_closed(struct past *past)
{
	const struct space *space = past->ext->fs.space;
	uint8_t *home = malloc(past->ext->block_size);
	bool closed = true;
	struct err why;
	size_t n;

	past->failed |= home == NULL;
	for (size_t i = 0; home != NULL && closed && i < past->versions.sorted.n; i += n) {
		const struct version *first = &past->versions.sorted.at[i];
		uint64_t sector = first->home * past->ext->fs.block_sectors, end;

		versions_of(&past->versions, first->home, &n);
		if (sector >= space->sectors ||
		    !is_checked(
			(enum kind)extents_find(&space->extents, space->sectors, sector, &end)->kind) ||
		    version_read(&past->versions, first + n - 1, past->block) != 0 ||
		    ext_read_blocks(past->ext, first->home, home, 1, &why) != 0)
			continue;
		closed = memcmp(past->block, home, past->ext->block_size) == 0;
		if (!closed)
			ext_note(past->ext,
				 "block %" PRIu64
				 " is not as the journal's last transaction left it: something wrote without"
				 " the journal, so labels of before are uncertain",
				 first->home);
	}
	free(home);
	return closed;
}

static bool is_altered(const struct past *past)
{
	return past->ext->fs.space->overlay != NULL && past->ext->fs.space->overlay->altered;
}

static int make(struct past *past)
{
	int result = past_read_log(past);

	if (result <= 0)
		return result;
	/* Fast commits are behind the last transaction that is known. */
	past->history->open = is_altered(past) || !is_closed(past);
	past_map_inodes(past);
	past_map_free(past);
	if (past->failed || history_make_runs(past->history) != 0)
		return -1;
	past_map_names(past);
	past->history->first_id = past->ext->inodes + 1;
	if (past->failed || history_finish(past->history) != 0)
		return -1;
	return 1;
}

int ext_map_past(struct ext *ext, struct err *err)
{
	struct past past = {
	    .ext = ext,
	    .history = calloc(1, sizeof(*past.history)),
	    .versions = {.ext = ext},
	    .parse = *ext,
	    .block = malloc(ext->block_size),
	};
	size_t notes = ext->found->notes.n;
	int result = -1;

	past.parse.found = &past.found;
	past.parse.nodes = &past.nodes;
	past.parse.versions = &past.versions;
	if (past.history != NULL && past.block != NULL)
		result = make(&past);
	VEC_FREE(&past.versions.sorted);
	ext_found_free(&past.found);
	free(past.block);
	if (result == 1)
		ext->fs.history = past.history;
	else
		history_free(past.history);
	if (past.too_large)
		ext_note(ext, "what the journal tells of the time before is too much to be kept; labels are "
			      "those of the"
			      " disk");
	notes_are_of_history(&ext->found->notes, notes);
	return result < 0 && !past.too_large ? err_nomem(err) : 0;
}
