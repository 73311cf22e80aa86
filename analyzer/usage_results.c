/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As bytes:

     totals
     labels with a moment; of these the uncertain ones, for each reason; the first and the last transaction
     the rest that was left out (struct usage_rest): files, counters, sectors of the last file that was not
     regions (4), then for each: device's number, kind's name, whether it has a file system and which, device,
       counters
     devices of files (4), then for each: its number, its name
     files (4), then for each: index of the device, inode, owner, whether it has a generation (1) and is deleted
       (2), generation, sectors of the last files of parts that have it and were cut, path, counters

   Numbers, texts and counters are as base/pack.h and analyzer/counter_pack.h have them. */
#include "analyzer/usage_results.h"

#include "analyzer/clock.h"
#include "analyzer/counter_pack.h"
#include "analyzer/file_order.h"

#include <stdlib.h>
#include <string.h>

/* --- from an analysis --- */

static int take(void *at, const void *state, const struct statistic_setup *setup)
{
	struct usage_results *results = at;
	const struct usage *usage = state;

	(void)setup;
	results->totals = usage->totals;
	results->dated = usage->dated;
	results->usage = usage;
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		struct region_result plain = {
		    .device = region->device->name,
		    .fs = region->fs,
		    .kind = region->kind,
		    .order = usage_region_order(region),
		    .counters = region->counters,
		};

		if (VEC_PUSH(&results->regions, plain) != 0)
			return -1;
	}
	return 0;
}

static void results_done(void *at)
{
	struct usage_results *results = at;

	keys_free(&results->region_index);
	keys_free(&results->file_index);
	VEC_FREE(&results->regions);
	VEC_FREE(&results->files);
	VEC_FREE(&results->file_counters);
	pool_free(&results->strings);
	memset(results, 0, sizeof(*results));
}

size_t usage_results_files(const struct usage_results *results)
{
	return results->usage != NULL ? results->usage->files.n : results->files.n;
}

uint32_t usage_results_file_order(const struct usage_results *results, size_t i)
{
	return results->usage != NULL ? results->usage->files.at[i].space->id : results->files.at[i].order;
}

uint64_t usage_dated_uncertain(const struct usage_dated *dated)
{
	uint64_t n = 0;

	for (unsigned why = 0; why < HISTORY_WHYS; why++)
		n += dated->uncertain[why];
	return n;
}

/* Which life of its inode a file is. */
static void date_file(const struct history *history, struct file_result *file)
{
	const struct history_life *life =
	    history_is_dated(history) ? history_life(history, file->owner) : NULL;

	if (life == NULL)
		return;
	file->has_generation = true;
	file->generation = life->generation;
	file->deleted = file->owner >= history->first_id;
}

void usage_results_file(const struct usage_results *results, size_t i, struct file_result *file,
			struct file_room *room)
{
	const struct usage_file *counted;

	if (results->usage == NULL) {
		*file = results->files.at[i];
		file->counters = &results->file_counters.at[i];
		return;
	}
	counted = &results->usage->files.at[i];
	usage_counters(results->usage, counted, &room->counters);
	if (!fs_path(counted->space->fs, counted->inode, room->path, sizeof(room->path)))
		room->path[0] = '\0';
	*file = (struct file_result){
	    .device = space_name(counted->space),
	    .path = room->path,
	    .inode = fs_number(counted->space->fs, counted->inode),
	    .owner = counted->inode,
	    .order = counted->space->id,
	    .counters = &room->counters,
	};
	date_file(counted->space->fs->history, file);
}

void usage_results_expect_file(const struct usage_results *results, size_t i, unsigned step)
{
	const struct usage_file *counted;

	if (results->usage == NULL || i >= results->usage->files.n)
		return;
	counted = &results->usage->files.at[i];
	fs_expect_path(counted->space->fs, counted->inode, step);
	if (step == 0)
		usage_expect_counters(results->usage, counted);
}

/* --- to bytes --- */

static void pack_regions(struct text *out, const struct usage_results *results)
{
	pack_u32(out, (uint32_t)results->regions.n);
	for (size_t i = 0; i < results->regions.n; i++) {
		const struct region_result *region = &results->regions.at[i];

		pack_number(out, usage_region_device(region->order));
		pack_str(out, kind_name(region->kind));
		pack_optional(out, region->fs);
		pack_str(out, region->device);
		counters_pack(out, &region->counters);
	}
}

/* The files come with the heaviest first. */
static size_t packed_files(const struct usage_results *results)
{
	size_t n = usage_results_files(results);

	return results->cut > 0 && results->cut < n ? results->cut : n;
}

/* A table of the devices that files are on; an index (plus 1) into it by device's number. */
static int pack_devices(struct text *out, const struct usage_results *results, struct keys *devices)
{
	struct text rows = {0};
	struct file_result file;
	struct file_room room;
	uint32_t n = 0;

	for (size_t i = 0; i < packed_files(results); i++) {
		uint32_t order = usage_results_file_order(results, i);
		size_t *index = keys_get(devices, order);

		if (index == NULL) {
			text_free(&rows);
			return -1;
		}
		if (*index != 0)
			continue;
		*index = ++n;
		usage_results_file(results, i, &file, &room);
		pack_number(&rows, order);
		pack_str(&rows, file.device);
	}
	pack_u32(out, n);
	text_add(out, rows.at ? rows.at : "", rows.n);
	out->short_of_memory |= rows.short_of_memory;
	text_free(&rows);
	return 0;
}

#define FILES_AHEAD 16

static void pack_files(struct text *out, const struct usage_results *results, const struct usage_rest *rest,
		       struct keys *devices)
{
	size_t n = packed_files(results);
	uint64_t known = n < usage_results_files(results) ? rest->least : 0;
	struct file_result file;
	struct file_room room;

	pack_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		const size_t *index = keys_get(devices, usage_results_file_order(results, i));

		usage_results_expect_file(results, i + 2 * FILES_AHEAD, 0);
		usage_results_expect_file(results, i + FILES_AHEAD, 1);
		usage_results_file(results, i, &file, &room);
		pack_number(out, index ? *index - 1 : 0);
		pack_number(out, file.inode);
		pack_number(out, file.owner);
		pack_number(out, file.has_generation ? 1 + (uint64_t)file.deleted : 0);
		pack_number(out, file.generation);
		pack_number(out, known + file.known);
		pack_str(out, file.path);
		counters_pack(out, file.counters);
	}
}

static void pack_dated(struct text *out, const struct usage_dated *dated)
{
	pack_number(out, dated->labels);
	for (unsigned why = 0; why < HISTORY_WHYS; why++)
		pack_number(out, dated->uncertain[why]);
	pack_number(out, dated->first);
	pack_number(out, dated->last);
}

/* What is left out now, and what parts have left out before. */
static struct usage_rest take_rest(const struct usage_results *results)
{
	struct usage_rest rest = results->rest;
	struct file_order last;
	struct file_result file;
	struct file_room room;
	size_t n = packed_files(results);

	if (n == usage_results_files(results))
		return rest;
	usage_results_file(results, n - 1, &file, &room);
	last = file_order(file.counters, 0, 0);
	rest.least += last.read + last.written;
	rest.files += usage_results_files(results) - n;
	for (size_t i = n; i < usage_results_files(results); i++) {
		usage_counters(results->usage, &results->usage->files.at[i], &room.counters);
		counters_merge(&rest.counters, &room.counters);
	}
	return rest;
}

static void pack(struct text *out, const void *at)
{
	const struct usage_results *results = at;
	struct usage_rest rest = take_rest(results);
	struct keys devices = {0};

	counters_pack(out, &results->totals);
	pack_dated(out, &results->dated);
	pack_number(out, rest.files);
	counters_pack(out, &rest.counters);
	pack_number(out, rest.least);
	pack_regions(out, results);
	if (pack_devices(out, results, &devices) == 0)
		pack_files(out, results, &rest, &devices);
	else
		out->short_of_memory = true;
	keys_free(&devices);
}

/* --- from bytes --- */

/* 1 when what is there is of another disk. */
static int add_region(struct usage_results *results, const struct region_result *from)
{
	size_t *index = keys_get(&results->region_index, from->order);
	struct region_result *into;

	if (index == NULL)
		return -1;
	if (*index == 0) {
		if (VEC_PUSH(&results->regions, *from) != 0)
			return -1;
		*index = results->regions.n;
		return 0;
	}
	into = &results->regions.at[*index - 1];
	if (strcmp(into->device, from->device) != 0 || into->kind != from->kind)
		return 1;
	counters_merge(&into->counters, &from->counters);
	return 0;
}

static int unpack_regions(struct usage_results *results, struct unpack *bytes)
{
	uint32_t n = unpack_count(bytes, 8);

	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		uint64_t device = unpack_number(bytes);
		struct region_result region = {.kind = unpack_kind(bytes)};
		int status;

		if (unpack_optional(bytes, &results->strings, &region.fs) != 0 ||
		    unpack_pooled(bytes, &results->strings, &region.device) != 0)
			return -1;
		counters_unpack(bytes, &region.counters);
		if (device > UINT32_MAX)
			bytes->bad = true;
		region.order = usage_region_number(device, region.kind, region.fs != NULL);
		status = bytes->bad ? 0 : add_region(results, &region);
		if (status != 0)
			return status;
	}
	return 0;
}

static int new_file(struct usage_results *results, struct file_result *file, const char *path, size_t len)
{
	struct counters none = {0};

	file->path = pool_add(&results->strings, path, len);
	if (file->path == NULL || VEC_PUSH(&results->file_counters, none) != 0)
		return -1;
	return VEC_PUSH(&results->files, *file);
}

/* The file's path is still among the bytes. `known`: see struct file_result. */
static int add_file(struct usage_results *results, struct file_result *file, const char *path, size_t len,
		    uint64_t known, const struct counters *counters)
{
	size_t *index = keys_get(&results->file_index, file_key(file->order, file->owner));

	if (index == NULL)
		return -1;
	if (*index == 0) {
		if (new_file(results, file, path, len) != 0)
			return -1;
		*index = results->files.n;
	} else {
		const char *path_there = results->files.at[*index - 1].path;

		if (strlen(path_there) != len || memcmp(path_there, path, len) != 0)
			return 1;
	}
	results->files.at[*index - 1].known += known;
	counters_merge(&results->file_counters.at[*index - 1], counters);
	return 0;
}

struct file_device {
	uint32_t order;
	const char *name;
};

struct file_devices {
	struct file_device *at;
	uint32_t n;
};

static int unpack_devices(struct usage_results *results, struct unpack *bytes, struct file_devices *devices)
{
	devices->n = unpack_count(bytes, 5);
	devices->at = calloc((size_t)devices->n + 1, sizeof(*devices->at));
	if (devices->at == NULL)
		return -1;
	for (uint32_t i = 0; i < devices->n; i++) {
		uint64_t order = unpack_number(bytes);

		if (order >> (64 - FILE_NUMBER_BITS) != 0)
			bytes->bad = true;
		devices->at[i].order = (uint32_t)order;
		if (unpack_pooled(bytes, &results->strings, &devices->at[i].name) != 0)
			return -1;
	}
	return 0;
}

/* `least`: of the rest of the same bytes. */
static int unpack_files(struct usage_results *results, struct unpack *bytes,
			const struct file_devices *devices, uint64_t least)
{
	uint32_t n = unpack_count(bytes, 8);

	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		uint64_t device = unpack_number(bytes), inode = unpack_number(bytes);
		uint64_t owner = unpack_number(bytes), life = unpack_number(bytes);
		uint64_t generation = unpack_number(bytes), known = unpack_number(bytes);
		size_t len;
		const char *path = unpack_text(bytes, &len);
		struct counters counters;
		struct file_result file;
		int status;

		counters_unpack(bytes, &counters);
		if (device >= devices->n || inode >> FILE_NUMBER_BITS != 0 || owner > UINT32_MAX ||
		    generation > UINT32_MAX || life > 2 || known > least)
			bytes->bad = true;
		if (bytes->bad)
			return 0;
		file = (struct file_result){.device = devices->at[device].name,
					    .order = devices->at[device].order,
					    .inode = inode,
					    .owner = (uint32_t)owner,
					    .generation = (uint32_t)generation,
					    .has_generation = life > 0,
					    .deleted = life == 2};
		status = add_file(results, &file, path, len, known, &counters);
		if (status != 0)
			return status;
	}
	return 0;
}

static void unpack_dated(struct unpack *bytes, struct usage_dated *dated)
{
	uint64_t first, last;

	dated->labels += unpack_number(bytes);
	for (unsigned why = 0; why < HISTORY_WHYS; why++)
		dated->uncertain[why] += unpack_number(bytes);
	first = unpack_number(bytes);
	last = unpack_number(bytes);
	if (first > UINT32_MAX || last > UINT32_MAX)
		bytes->bad = true;
	dated->first = (uint32_t)first;
	dated->last = (uint32_t)last;
}

static uint64_t unpack_rest(struct unpack *bytes, struct usage_rest *rest)
{
	struct counters counters;
	uint64_t least;

	rest->files += unpack_number(bytes);
	counters_unpack(bytes, &counters);
	counters_merge(&rest->counters, &counters);
	least = unpack_number(bytes);
	if (least > INT64_MAX - rest->least)
		bytes->bad = true;
	else
		rest->least += least;
	return least;
}

static int unpack(void *at, struct unpack *bytes, bool behind)
{
	struct usage_results *results = at;
	uint64_t least;
	struct file_devices devices = {0};
	struct counters totals;
	int status;

	(void)behind;
	counters_unpack(bytes, &totals);
	counters_merge(&results->totals, &totals);
	unpack_dated(bytes, &results->dated);
	least = unpack_rest(bytes, &results->rest);
	status = unpack_regions(results, bytes);
	if (status != 0)
		return status;
	status = unpack_devices(results, bytes, &devices) == 0 ? unpack_files(results, bytes, &devices, least)
							       : -1;
	free(devices.at);
	return status;
}

/* --- in order --- */

static void results_reset(void *at)
{
	struct usage_results *results = at;

	memset(&results->totals, 0, sizeof(results->totals));
	memset(&results->dated, 0, sizeof(results->dated));
	memset(&results->rest, 0, sizeof(results->rest));
	results->regions.n = results->files.n = results->file_counters.n = 0;
	keys_free(&results->region_index);
	keys_free(&results->file_index);
}

static int compare_regions(const void *left, const void *right)
{
	const struct region_result *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int place_files(struct usage_results *results, const struct file_order *order, size_t n)
{
	struct file_result *files = malloc((n + 1) * sizeof(*files));
	struct counters *counters = malloc((n + 1) * sizeof(*counters));

	if (files == NULL || counters == NULL) {
		free(files);
		free(counters);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		files[i] = results->files.at[order[i].index];
		counters[i] = results->file_counters.at[order[i].index];
	}
	free(results->files.at);
	free(results->file_counters.at);
	results->files.at = files;
	results->file_counters.at = counters;
	results->files.cap = results->file_counters.cap = n + 1;
	return 0;
}

static int sort(void *at)
{
	struct usage_results *results = at;
	size_t n = results->files.n;
	struct file_order *order = malloc((n + 1) * sizeof(*order));
	int status = -1;

	if (results->regions.n > 0)
		qsort(results->regions.at, results->regions.n, sizeof(*results->regions.at), compare_regions);
	for (size_t i = 0; order != NULL && i < n; i++)
		order[i] = file_order(&results->file_counters.at[i],
				      file_key(results->files.at[i].order, results->files.at[i].owner), i);
	if (order != NULL && file_order_sort(order, n) == 0)
		status = place_files(results, order, n);
	free(order);
	/* The indices are of the order before. */
	keys_free(&results->region_index);
	keys_free(&results->file_index);
	return status;
}

/* --- the row --- */

static int init(void *state, const struct statistic_setup *setup)
{
	struct usage *usage = state;

	if (usage_init(usage, setup->map, setup->unit_sectors) != 0)
		return -1;
	if (setup->clock != NULL) {
		usage->dated.first = setup->clock->first;
		usage->dated.last = setup->clock->last;
	}
	return 0;
}

static void done(void *state)
{
	usage_done(state);
}

static void merge(void *state, void *other)
{
	usage_merge(state, other);
}

static void reset(void *state)
{
	usage_reset(state);
}

static int finish(void *state)
{
	struct usage *usage = state;

	usage_finish(usage);
	return usage->short_of_memory ? -1 : 0;
}

/* What it is told while accesses are counted has no pointers here: see analyzer/tally.h. */
const struct statistic statistic_usage = {
    .name = "usage",
    .help = "what was read and written, by region and by file",
    .state_size = sizeof(struct usage),
    .init = init,
    .done = done,
    .merge = merge,
    .reset = reset,
    .finish = finish,
    .results_size = sizeof(struct usage_results),
    .take = take,
    .results_done = results_done,
    .pack = pack,
    .unpack = unpack,
    .results_reset = results_reset,
    .sort = sort,
};
