/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from the copies of directories' blocks: each from the state in which its entry was there first until
   the one in which it was not there any more. */
#include "layout/ext/past.h"

#include <stdlib.h>
#include <string.h>

static void add_name(struct past *past, const struct past_entry *entry, uint32_t dir, uint32_t to)
{
	struct history_name name = {
	    .inode = entry->inode,
	    .parent = dir,
	    .at = entry->at,
	    .from = entry->from,
	    .to = to,
	    .guessed = entry->guessed,
	};

	if (name.from < to && past_may_spend(past, 2 * sizeof(name), sizeof(name)) &&
	    VEC_PUSH(&past->history->names, name) != 0)
		past->failed = true;
}

static const uint8_t *name_of(const struct past *past, const struct past_entry *entry)
{
	return (const uint8_t *)past->history->pool.at + entry->at;
}

static int compare_names(const uint8_t *a, const uint8_t *b)
{
	return a[0] != b[0] ? (a[0] < b[0] ? -1 : 1) : memcmp(a + 1, b + 1, a[0]);
}

/* An entry as it is packed by ext_found_name, from its inode on: 4 bytes, length, name. */
static uint32_t packed_inode(const uint8_t *packed)
{
	uint32_t inode;

	memcpy(&inode, packed, sizeof(inode));
	return inode;
}

static int compare_packed(const void *left, const void *right)
{
	const uint8_t *const *a = left, *const *b = right;
	uint32_t inode_a = packed_inode(*a), inode_b = packed_inode(*b);

	if (inode_a != inode_b)
		return inode_a < inode_b ? -1 : 1;
	return compare_names(*a + 4, *b + 4);
}

static int compare_to_packed(const struct past *past, const struct past_entry *entry, const uint8_t *packed)
{
	uint32_t inode = packed_inode(packed);

	if (entry->inode != inode)
		return entry->inode < inode ? -1 : 1;
	return compare_names(name_of(past, entry), packed + 4);
}

static uint32_t put_name(struct past *past, const uint8_t *name)
{
	uint32_t at = (uint32_t)past->history->pool.n;
	size_t len = (size_t)name[0] + 1;

	if (past->history->pool.n + len > UINT32_MAX || !past_may_spend(past, len, len) ||
	    vec_reserve((void **)&past->history->pool.at, &past->history->pool.cap,
			past->history->pool.n + len, 1) != 0) {
		past->failed = true;
		return 0;
	}
	memcpy(past->history->pool.at + at, name, len);
	past->history->pool.n += len;
	return at;
}

/* The entries of past->found.names, sorted; links' targets, whose directory is 0, are no names. */
static const uint8_t **sort_packed(struct past *past, size_t *n)
{
	const uint8_t *at = past->found.names.at, *end = at + past->found.names.n;
	VEC(const uint8_t *) all = {0};

	for (; at < end; at += 9 + at[8]) {
		uint32_t dir;

		memcpy(&dir, at, sizeof(dir));
		if (dir != 0 && VEC_PUSH(&all, at + 4) != 0)
			past->failed = true;
	}
	if (all.n > 1)
		qsort(all.at, all.n, sizeof(*all.at), compare_packed);
	*n = all.n;
	return all.at;
}

void past_entries_update(struct past *past, struct past_entries *entries, uint32_t dir, uint32_t state,
			 bool guessed)
{
	struct past_entries old = *entries;
	const uint8_t **now;
	size_t n, i = 0, j = 0;

	if (entries->at.n == 0 && past->found.names.n == 0)
		return;
	now = sort_packed(past, &n);
	memset(entries, 0, sizeof(*entries));
	while (!past->failed && (i < old.at.n || j < n)) {
		int order = i == old.at.n ? 1 : j == n ? -1 : compare_to_packed(past, &old.at.at[i], now[j]);
		struct past_entry entry;

		if (order < 0) {
			add_name(past, &old.at.at[i++], dir, state);
			continue;
		}
		if (order == 0 && old.at.at[i].guessed == guessed)
			entry = old.at.at[i];
		else
			entry = (struct past_entry){packed_inode(now[j]), put_name(past, now[j] + 4), state,
						    guessed};
		if (order == 0 && old.at.at[i].guessed != guessed)
			add_name(past, &old.at.at[i], dir, state);
		i += order == 0;
		j++;
		if (VEC_PUSH(&entries->at, entry) != 0)
			past->failed = true;
	}
	VEC_FREE(&old.at);
	free(now);
}

void past_entries_guess(struct past *past, const struct past_entries *entries, uint32_t dir, uint32_t until)
{
	for (size_t i = 0; i < entries->at.n; i++) {
		struct past_entry before = entries->at.at[i];

		before.from = 0;
		before.guessed = true;
		add_name(past, &before, dir, until);
	}
}

/* A time in which a block was a directory's. */
struct tenure {
	uint32_t dir, from, to;
};

static void read_version(struct past *past, const struct version *version, uint32_t dir)
{
	ext_found_free(&past->found);
	memset(&past->found, 0, sizeof(past->found));
	if (past_may_spend(past, 0, past->ext->block_size) &&
	    version_read(&past->versions, version, past->block) == 0)
		ext_read_entries(&past->parse, dir, past->block, past->ext->block_size);
}

static void forget(struct past *past)
{
	ext_found_free(&past->found);
	memset(&past->found, 0, sizeof(past->found));
}

/* The names that a block holds while it is a directory's. */
static void map_tenure(struct past *past, const struct tenure *tenure, const struct version *versions,
		       size_t n)
{
	struct past_entries entries = {0};
	bool begun = false;

	for (size_t i = 0; i < n && versions[i].state < tenure->to; i++) {
		bool last_before = i + 1 == n || versions[i + 1].state > tenure->from;
		uint32_t state = versions[i].state > tenure->from ? versions[i].state : tenure->from;

		/* What was there before it was this directory's block says nothing. */
		if (versions[i].state < tenure->from && !last_before)
			continue;
		read_version(past, &versions[i], tenure->dir);
		past_entries_update(past, &entries, tenure->dir, state, false);
		if (!begun && versions[i].state > tenure->from) {
			struct past_entries before = entries;

			for (size_t j = 0; j < before.at.n; j++) {
				struct past_entry entry = before.at.at[j];

				entry.from = tenure->from;
				entry.guessed = true;
				add_name(past, &entry, tenure->dir, versions[i].state);
			}
		}
		begun = true;
	}
	forget(past);
	past_entries_update(past, &entries, tenure->dir, tenure->to, false);
	VEC_FREE(&entries.at);
}

static void map_block(struct past *past, uint64_t sector, const struct extent *now,
		      const struct version *versions, size_t n)
{
	const struct history_run *run = history_run_at(past->history, sector);

	if (run == NULL) {
		struct tenure always = {now->owner, 0, past_end(past)};

		if (now->kind == KIND_DIRECTORY)
			map_tenure(past, &always, versions, n);
		return;
	}
	for (uint32_t i = 0; i < run->n; i++) {
		const struct history_label *label = &past->history->labels.at[run->first + i];
		struct tenure tenure = {.from = label->from, .to = label->to};

		if (label->extent.kind != KIND_DIRECTORY)
			continue;
		tenure.dir = past->history->lives.at[label->extent.owner].inode;
		/* A guess that goes over into the known is one time. */
		while (i + 1 < run->n && label[1].extent.kind == KIND_DIRECTORY &&
		       label[1].extent.owner == label->extent.owner && label[1].from == tenure.to) {
			label++;
			i++;
			tenure.to = label->to;
		}
		map_tenure(past, &tenure, versions, n);
	}
}

void past_map_names(struct past *past)
{
	const struct space *space = past->ext->fs.space;
	size_t n;

	for (size_t i = 0; !past->failed && i < past->versions.sorted.n; i += n) {
		const struct version *first = &past->versions.sorted.at[i];
		uint64_t sector = first->home * past->ext->fs.block_sectors, end;

		versions_of(&past->versions, first->home, &n);
		if (sector < space->sectors)
			map_block(past, sector, extents_find(&space->extents, space->sectors, sector, &end),
				  first, n);
	}
	forget(past);
}
