/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As bytes: devices (4), then for each its number, name, writes, unaligned, partial blocks, and for each
   cause the requests and, where there are any, the number of the first and what it shows. */
#include "analyzer/alignment_results.h"

#include "analyzer/counter_pack.h"
#include "base/size.h"
#include "layout/fs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors)
{
	uint64_t unit = unit_sectors << SECTOR_SHIFT;
	uint64_t off = ((blame->start - blame->inner) % unit_sectors) << SECTOR_SHIFT;

	switch (blame->cause) {
	case CAUSE_PARTITION:
		text_printf(out,
			    "%s starts at sector %" PRIu64 ", %" PRIu64 " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->start - blame->inner, off, unit);
		break;
	case CAUSE_LVM:
		text_printf(out,
			    "%s has its sector %" PRIu64 " at sector %" PRIu64 " of the disk, %" PRIu64
			    " bytes past a multiple of %" PRIu64,
			    blame->space->name, blame->inner, blame->start, off, unit);
		break;
	case CAUSE_FS_BLOCK:
		text_printf(out, "%s on %s has blocks of %" PRIu32 " bytes, fewer than %" PRIu64,
			    blame->space->fs->type, space_name(blame->space),
			    fs_block_sectors(blame->space->fs) << SECTOR_SHIFT, unit);
		break;
	default:
		text_printf(out,
			    "all layers start on multiples of %" PRIu64 "; the requests themselves are off",
			    unit);
	}
}

/* --- from an analysis --- */

static int take_cause(struct alignment_results *results, struct cause_result *cause,
		      const struct alignment_device *device, enum cause which, uint64_t unit_sectors)
{
	struct text detail = {0};

	cause->requests = device->by_cause[which];
	cause->first = device->first[which];
	if (cause->requests == 0)
		return 0;
	blame_text(&detail, &device->blames[which], unit_sectors);
	cause->detail = detail.short_of_memory ? NULL : pool_add(&results->strings, detail.at, detail.n);
	text_free(&detail);
	return cause->detail ? 0 : -1;
}

static int take(void *at, const void *state, const struct statistic_setup *setup)
{
	struct alignment_results *results = at;
	const struct alignment *alignment = state;

	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];
		struct device_result plain = {
		    .name = device->device->name,
		    .order = device->device->id,
		    .writes = device->writes,
		    .unaligned = device->unaligned,
		    .partial_blocks = device->partial_blocks,
		};

		for (int cause = 0; cause < CAUSES; cause++)
			if (take_cause(results, &plain.causes[cause], device, (enum cause)cause,
				       setup->unit_sectors) != 0)
				return -1;
		if (VEC_PUSH(&results->devices, plain) != 0)
			return -1;
	}
	return 0;
}

static void results_done(void *at)
{
	struct alignment_results *results = at;

	VEC_FREE(&results->devices);
	keys_free(&results->index);
	pool_free(&results->strings);
}

/* --- to bytes and back --- */

static void pack(struct text *out, const void *at)
{
	const struct alignment_results *results = at;

	pack_u32(out, (uint32_t)results->devices.n);
	for (size_t i = 0; i < results->devices.n; i++) {
		const struct device_result *device = &results->devices.at[i];

		pack_number(out, device->order);
		pack_str(out, device->name);
		pack_number(out, device->writes);
		pack_number(out, device->unaligned);
		pack_number(out, device->partial_blocks);
		for (int cause = 0; cause < CAUSES; cause++) {
			pack_number(out, device->causes[cause].requests);
			if (device->causes[cause].requests == 0)
				continue;
			pack_number(out, device->causes[cause].first);
			pack_str(out, device->causes[cause].detail);
		}
	}
}

static int unpack_device(struct alignment_results *results, struct unpack *bytes,
			 struct device_result *device)
{
	uint64_t order = unpack_number(bytes);

	if (order > UINT32_MAX)
		bytes->bad = true;
	*device = (struct device_result){.order = (uint32_t)order};
	if (unpack_pooled(bytes, &results->strings, &device->name) != 0)
		return -1;
	device->writes = unpack_number(bytes);
	device->unaligned = unpack_number(bytes);
	device->partial_blocks = unpack_number(bytes);
	for (int cause = 0; cause < CAUSES; cause++) {
		device->causes[cause].requests = unpack_number(bytes);
		if (device->causes[cause].requests == 0)
			continue;
		device->causes[cause].first = unpack_number(bytes);
		if (unpack_pooled(bytes, &results->strings, &device->causes[cause].detail) != 0)
			return -1;
	}
	return 0;
}

/* Accesses are numbered within a piece that was read alone, so of one that lies behind, none is the first.
   Other pieces count by the numbers of the whole trace. */
static void add_cause(struct cause_result *into, const struct cause_result *from, bool behind)
{
	if (from->requests > 0 && (into->requests == 0 || (!behind && from->first < into->first))) {
		into->first = from->first;
		into->detail = from->detail;
	}
	into->requests += from->requests;
}

/* 1 when what is there is of another disk. */
static int add_device(struct alignment_results *results, const struct device_result *from, bool behind)
{
	size_t *index = keys_get(&results->index, from->order);
	struct device_result *into;

	if (index == NULL)
		return -1;
	if (*index == 0) {
		if (VEC_PUSH(&results->devices, *from) != 0)
			return -1;
		*index = results->devices.n;
		return 0;
	}
	into = &results->devices.at[*index - 1];
	if (strcmp(into->name, from->name) != 0)
		return 1;
	into->writes += from->writes;
	into->unaligned += from->unaligned;
	into->partial_blocks += from->partial_blocks;
	for (int cause = 0; cause < CAUSES; cause++)
		add_cause(&into->causes[cause], &from->causes[cause], behind);
	return 0;
}

static int unpack(void *at, struct unpack *bytes, bool behind)
{
	struct alignment_results *results = at;
	uint32_t n = unpack_count(bytes, 8 + CAUSES);

	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		struct device_result device;
		int status;

		if (unpack_device(results, bytes, &device) != 0)
			return -1;
		status = bytes->bad ? 0 : add_device(results, &device, behind);
		if (status != 0)
			return status;
	}
	return 0;
}

static void results_reset(void *at)
{
	struct alignment_results *results = at;

	results->devices.n = 0;
	keys_free(&results->index);
}

static int compare_devices(const void *left, const void *right)
{
	const struct device_result *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int sort(void *at)
{
	struct alignment_results *results = at;

	if (results->devices.n > 0)
		qsort(results->devices.at, results->devices.n, sizeof(*results->devices.at), compare_devices);
	keys_free(&results->index); /* of the order before */
	return 0;
}

/* --- the row --- */

static int init(void *state, const struct statistic_setup *setup)
{
	return alignment_init(state, setup->map, setup->unit_sectors);
}

static void done(void *state)
{
	alignment_done(state);
}

static void merge(void *state, void *other)
{
	alignment_merge(state, other);
}

static void reset(void *state)
{
	alignment_reset(state);
}

static int finish(void *state)
{
	struct alignment *alignment = state;

	alignment_finish(alignment);
	return alignment->short_of_memory ? -1 : 0;
}

/* What it is told while accesses are counted has no pointers here: see analyzer/tally.h. */
const struct statistic statistic_alignment = {
    .name = "alignment",
    .help = "which writes are off the unit, and why",
    .state_size = sizeof(struct alignment),
    .init = init,
    .done = done,
    .merge = merge,
    .reset = reset,
    .finish = finish,
    .results_size = sizeof(struct alignment_results),
    .take = take,
    .results_done = results_done,
    .pack = pack,
    .unpack = unpack,
    .results_reset = results_reset,
    .sort = sort,
};
