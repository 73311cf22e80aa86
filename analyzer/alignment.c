/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Alignment of writes, by the innermost device that they touch. */
#include "analyzer/alignment.h"

#include "layout/fs.h"

#include <stdlib.h>
#include <string.h>

const char *cause_name(enum cause cause)
{
	static const char *const names[CAUSES] = {"partition", "lvm", "fs-block", "request"};

	return names[cause];
}

int alignment_init(struct alignment *alignment, const struct map *map, uint64_t unit_sectors)
{
	memset(alignment, 0, sizeof(*alignment));
	alignment->map = map;
	alignment->unit_sectors = unit_sectors;
	alignment->index = calloc(map->spaces.n, sizeof(uint32_t));
	return alignment->index == NULL ? -1 : 0;
}

void alignment_done(struct alignment *alignment)
{
	VEC_FREE(&alignment->devices);
	free(alignment->index);
	memset(alignment, 0, sizeof(*alignment));
}

struct blame alignment_blame(const struct place *place, uint64_t unit_sectors)
{
	struct blame blame = {.cause = CAUSE_REQUEST, .space = place->space};

	for (unsigned i = 1; i < place->depth; i++) {
		const struct space *space = place->stack[i].space;

		if ((place->start - place->stack[i].start) % unit_sectors == 0)
			continue;
		blame.cause = space->type == SPACE_PARTITION ? CAUSE_PARTITION : CAUSE_LVM;
		blame.space = space;
		blame.start = place->start;
		blame.inner = place->stack[i].start;
		return blame;
	}
	if (place->space->fs != NULL && place->space->fs->block_sectors < unit_sectors)
		blame.cause = CAUSE_FS_BLOCK;
	return blame;
}

static struct alignment_device *find_device(struct alignment *alignment, const struct space *space)
{
	const struct space *device = space->serves;
	uint32_t *index = &alignment->index[device->id];

	if (*index == 0) {
		if (VEC_PUSH(&alignment->devices, (struct alignment_device){.device = device}) != 0)
			return NULL;
		*index = (uint32_t)alignment->devices.n;
	}
	return &alignment->devices.at[*index - 1];
}

/* How many blocks of the unit a write covers only in part, in these of its sectors.  A block counts
   where its first written sector lies, so that a write over two devices counts each once. */
static uint64_t partial_blocks(const struct access *access, const struct place *place, uint64_t unit)
{
	uint64_t start = access->start, end = access->start + access->count;
	uint64_t first = start / unit, last = (end - 1) / unit,
		 tail = last * unit > start ? last * unit : start;
	uint64_t from = place->start, to = place->start + place->count, n = 0;

	if ((access->flags & ACCESS_RAGGED) != 0 && start % unit == 0 && end % unit == 0)
		return from == start; /* a part of its first or last sector: at least one block */
	if ((start % unit != 0 || end < (first + 1) * unit) && start >= from && start < to)
		n++;
	if (last != first && end % unit != 0 && tail >= from && tail < to)
		n++;
	return n;
}

static void blame_place(struct alignment *alignment, struct alignment_device *device,
			const struct place *place)
{
	struct blame blame = alignment_blame(place, alignment->unit_sectors);

	device->latest = blame.cause;
	if (device->by_cause[blame.cause]++ > 0)
		return;
	device->blames[blame.cause] = blame;
	device->first[blame.cause] = alignment->number;
}

void alignment_access(struct alignment *alignment, const struct access *access, uint64_t number)
{
	alignment->number = number + 1;
	alignment->request++;
	alignment->unaligned = access_is_unaligned(access, alignment->unit_sectors);
}

/* A write is blamed once a device: on the first of its extents that is off itself, else on the first. */
static void blame_write(struct alignment *alignment, struct alignment_device *device,
			const struct access *access, const struct place *place, bool first)
{
	struct access extent = *access;
	bool is_off;

	extent.flags &= (uint16_t)~ACCESS_OFF;
	is_off = access_is_unaligned(&extent, alignment->unit_sectors);
	if (!first && (!is_off || device->is_settled))
		return;
	if (!first)
		device->by_cause[device->latest]--;
	blame_place(alignment, device, place);
	device->is_settled = is_off;
}

void alignment_place(struct alignment *alignment, const struct access *access, const struct place *place)
{
	struct alignment_device *device;
	bool first;

	if (access->op != ACCESS_WRITE)
		return;
	device = find_device(alignment, place->space);
	if (device == NULL) {
		alignment->short_of_memory = true;
		return;
	}
	if (alignment->unaligned)
		device->partial_blocks += partial_blocks(access, place, alignment->unit_sectors);
	first = device->seen != alignment->request;
	device->seen = alignment->request;
	device->writes += first;
	if (!alignment->unaligned)
		return;
	device->unaligned += first;
	blame_write(alignment, device, access, place, first);
}

static void merge_device(struct alignment_device *into, const struct alignment_device *from)
{
	into->writes += from->writes;
	into->unaligned += from->unaligned;
	into->partial_blocks += from->partial_blocks;
	for (int cause = 0; cause < CAUSES; cause++) {
		if (from->by_cause[cause] > 0 &&
		    (into->by_cause[cause] == 0 || from->first[cause] < into->first[cause])) {
			into->blames[cause] = from->blames[cause];
			into->first[cause] = from->first[cause];
		}
		into->by_cause[cause] += from->by_cause[cause];
	}
}

void alignment_merge(struct alignment *alignment, const struct alignment *other)
{
	for (size_t i = 0; i < other->devices.n; i++) {
		struct alignment_device *into = find_device(alignment, other->devices.at[i].device);

		if (into != NULL)
			merge_device(into, &other->devices.at[i]);
		else
			alignment->short_of_memory = true;
	}
	alignment->short_of_memory |= other->short_of_memory;
}

void alignment_reset(struct alignment *alignment)
{
	alignment->devices.n = 0;
	memset(alignment->index, 0, alignment->map->spaces.n * sizeof(uint32_t));
}

static int compare_devices(const void *left, const void *right)
{
	const struct alignment_device *a = left, *b = right;

	return a->device->id < b->device->id ? -1 : a->device->id > b->device->id;
}

void alignment_finish(struct alignment *alignment)
{
	if (alignment->devices.n > 1)
		qsort(alignment->devices.at, alignment->devices.n, sizeof(struct alignment_device),
		      compare_devices);
}
