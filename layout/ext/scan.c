/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at all groups of a file system with several threads.  Parts of some groups (as many as Linux lays
   side by side) are handed out in order to whoever is free; what is found in them is put together in order
   when all are done. */
#include "base/bytes.h"
#include "base/threads.h"
#include "layout/ext/ext_private.h"

#include <stdlib.h>
#include <string.h>

/* The parts do not show in what comes out.  ThreadSanitizer's program has smaller ones, so that there is
   something for its threads to do on small disks, too. */
#ifndef PART_GROUPS
#define PART_GROUPS 16
#endif

struct crew {
	struct ext *ext;
	ext_look *look;
	struct ext_found *found; /* by part */
	uint32_t parts;
	atomic_uint_fast32_t next;
	atomic_uint_fast64_t nodes;
	atomic_bool failed;
	struct ext_scan scans[THREADS_MAX];
};

void ext_found_free(struct ext_found *found)
{
	claims_free(&found->claims);
	VEC_FREE(&found->dirs);
	VEC_FREE(&found->log_runs);
	VEC_FREE(&found->names);
	notes_free(&found->notes);
}

/* Packed as directory (0 for a link's target), inode (4 bytes each), length, name. */
void ext_found_name(struct ext_found *found, uint32_t dir, uint32_t inode, const char *name, size_t len)
{
	uint8_t *to;

	if (len > 255 || !account_memory(found->claims.account, 2 * (9 + len)))
		return;
	if (vec_reserve((void **)&found->names.at, &found->names.cap, found->names.n + 9 + len, 1) != 0) {
		found->short_of_memory = true;
		return;
	}
	to = found->names.at + found->names.n;
	memcpy(to, &dir, 4);
	memcpy(to + 4, &inode, 4);
	to[8] = (uint8_t)len;
	memcpy(to + 9, name, len);
	found->names.n += 9 + len;
}

static void take_names(struct ext *ext, const struct ext_found *part)
{
	const uint8_t *at = part->names.at, *end = at + part->names.n;
	uint32_t dir, inode;
	int failed;

	for (; at < end; at += 9 + at[8]) {
		memcpy(&dir, at, 4);
		memcpy(&inode, at + 4, 4);
		failed = dir == 0 ? file_names_add_target(&ext->names, inode, (const char *)at + 9, at[8])
				  : file_names_add(&ext->names, dir, inode, (const char *)at + 9, at[8]);
		if (failed)
			ext->all.short_of_memory = true;
	}
}

/* Adds what a part has found to what all have. */
static void take_part(struct ext *ext, struct ext_found *part)
{
	struct ext_found *all = &ext->all;

	claims_move(&all->claims, &part->claims);
	for (size_t i = 0; i < part->dirs.n; i++)
		all->short_of_memory |= VEC_PUSH(&all->dirs, part->dirs.at[i]) != 0;
	for (size_t i = 0; i < part->log_runs.n; i++)
		all->short_of_memory |= VEC_PUSH(&all->log_runs, part->log_runs.at[i]) != 0;
	if (part->log_inode != 0)
		all->log_inode = part->log_inode;
	if (part->names.n > 0)
		take_names(ext, part);
	map_take_notes(ext->map, &part->notes);
	all->short_of_memory |= part->short_of_memory;
	ext_found_free(part);
}

static void look_at_part(struct crew *crew, struct ext_scan *scan, uint32_t part)
{
	uint32_t from = part * PART_GROUPS, left = crew->ext->groups - from;

	scan->ext.found = &crew->found[part];
	scan->ext.found->claims.account = &crew->ext->map->account;
	for (uint32_t i = 0; i < (left < PART_GROUPS ? left : PART_GROUPS); i++)
		if (crew->look(scan, from + i) != 0) {
			scan->failed = true;
			atomic_store(&crew->failed, true);
			return;
		}
}

static void work(void *context, unsigned member)
{
	struct crew *crew = context;
	struct ext_scan *scan = &crew->scans[member];
	uint32_t part;

	scan->ext = *crew->ext;
	scan->ext.nodes = &crew->nodes;
	while (!atomic_load(&crew->failed) &&
	       (part = (uint32_t)atomic_fetch_add(&crew->next, 1)) < crew->parts)
		look_at_part(crew, scan, part);
}

static int allocate(struct crew *crew, unsigned threads)
{
	crew->found = calloc((size_t)crew->parts + 1, sizeof(*crew->found));
	for (unsigned i = 0; i < threads; i++) {
		crew->scans[i].buf = malloc(EXT_SCAN_BUF);
		crew->scans[i].bitmap = malloc(crew->ext->block_size);
		if (crew->scans[i].buf == NULL || crew->scans[i].bitmap == NULL)
			return -1;
	}
	return crew->found == NULL ? -1 : 0;
}

static void forget(struct crew *crew)
{
	for (uint32_t i = 0; crew->found != NULL && i < crew->parts; i++)
		ext_found_free(&crew->found[i]);
	free(crew->found);
	for (unsigned i = 0; i < THREADS_MAX; i++) {
		free(crew->scans[i].buf);
		free(crew->scans[i].bitmap);
	}
}

static int first_failure(const struct crew *crew, struct err *err)
{
	for (unsigned i = 0; i < THREADS_MAX; i++)
		if (crew->scans[i].failed) {
			*err = crew->scans[i].err;
			return -1;
		}
	return 0;
}

/* 1 when the map blocks of a damaged file system were too many: who met the last one is chance then. */
static int run(struct ext *ext, ext_look *look, unsigned threads, struct err *err)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	int result;

	if (crew == NULL)
		return err_nomem(err);
	crew->ext = ext;
	crew->look = look;
	crew->parts = (ext->groups + PART_GROUPS - 1) / PART_GROUPS;
	if (threads > crew->parts)
		threads = crew->parts > 0 ? crew->parts : 1;
	if (allocate(crew, threads) != 0) {
		result = err_nomem(err);
	} else {
		threads_run(threads, work, crew);
		result = first_failure(crew, err);
		if (result == 0 && threads > 1 && atomic_load(&crew->nodes) > ext->nodes_max)
			result = 1;
	}
	for (uint32_t i = 0; result == 0 && i < crew->parts; i++)
		take_part(ext, &crew->found[i]);
	forget(crew);
	free(crew);
	return result;
}

int ext_scan_groups(struct ext *ext, ext_look *look, struct err *err)
{
	int result;

	/* What was found before stands before. */
	map_take_notes(ext->map, &ext->all.notes);
	result = run(ext, look, ext->map->build->threads, err);
	if (result == 1)
		result = run(ext, look, 1, err);
	return result == 0 && ext->all.short_of_memory ? err_nomem(err) : result;
}
