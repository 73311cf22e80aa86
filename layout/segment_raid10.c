/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAID10: near copies side by side in a row of chunks, far copies in another part of the devices or, with an
   offset, in the next row, on other devices of their set.  Facts: Linux drivers/md/raid10.c,
   __raid10_find_phys and raid10_find_virt. */
#include "layout/segment_private.h"

/* Its numbers with what is usual in the place of zeroes. */
struct geometry {
	uint32_t devices, near, far, set;
	uint64_t chunk, stride; /* from one far copy to the next, sectors */
	bool offset;
};

static struct geometry geometry_of(const struct segment *segment)
{
	struct geometry geometry = {
	    .devices = segment->nareas,
	    .near = segment->copies,
	    .far = segment->far_copies > 1 ? segment->far_copies : 1,
	    .set = segment->far_set > 0 ? segment->far_set : segment->nareas,
	    .chunk = segment->chunk,
	    .stride = segment->far_stride,
	    .offset = segment->far_offset,
	};

	if (geometry.offset)
		geometry.stride = geometry.chunk;
	return geometry;
}

/* The devices among which far copies of a device's chunks are moved: where that set starts and how many it
   has.  The last set has what division leaves over. */
static void far_set(const struct geometry *geometry, uint32_t device, uint32_t *start, uint32_t *size)
{
	uint32_t rest = geometry->devices % geometry->set;
	uint32_t last = (geometry->devices / geometry->set - 1) * geometry->set;

	*start = device / geometry->set * geometry->set;
	*size = geometry->set;
	if (rest != 0 && device >= last) {
		*start = last;
		*size += rest;
	}
}

bool raid10_is_sound(const struct segment *segment)
{
	struct geometry geometry = geometry_of(segment);

	return geometry.devices > 0 && geometry.near > 0 && geometry.far <= geometry.devices &&
	       geometry.near <= geometry.devices / geometry.far && geometry.set <= geometry.devices &&
	       geometry.set >= geometry.near * geometry.far &&
	       (geometry.far == 1 || geometry.offset || geometry.stride > 0) && geometry.chunk > 0;
}

uint32_t raid10_copies(const struct segment *segment)
{
	struct geometry geometry = geometry_of(segment);

	return geometry.near * geometry.far;
}

void raid10_outward(const struct segment *segment, uint64_t at, uint32_t copy, uint32_t *area,
		    uint64_t *area_at)
{
	struct geometry geometry = geometry_of(segment);
	uint64_t slot = at / geometry.chunk * geometry.near + copy % geometry.near;
	uint64_t row = slot / geometry.devices;
	uint32_t device = (uint32_t)(slot % geometry.devices), start, size;
	uint32_t far = copy / geometry.near;

	far_set(&geometry, device, &start, &size);
	*area = start + (device - start + far * geometry.near) % size;
	*area_at = (geometry.offset ? row * geometry.far : row) * geometry.chunk + far * geometry.stride +
		   at % geometry.chunk;
}

/* Which far copy a sector of a device belongs to, and in which row of the first copy that lies. */
static uint64_t row_of_copy(const struct geometry *geometry, uint64_t area_at, uint64_t *far)
{
	uint64_t line = area_at / geometry->chunk;

	if (geometry->offset) {
		*far = line % geometry->far;
		return line / geometry->far;
	}
	*far = geometry->far > 1 ? area_at / geometry->stride : 0;
	return geometry->far > 1 ? area_at % geometry->stride / geometry->chunk : line;
}

bool raid10_inward(const struct segment *segment, uint32_t area, uint64_t area_at, uint64_t *at)
{
	struct geometry geometry = geometry_of(segment);
	uint64_t far, row = row_of_copy(&geometry, area_at, &far);
	uint32_t start, size, shift;

	if (far >= geometry.far)
		return false;
	far_set(&geometry, area, &start, &size);
	shift = (uint32_t)(far * geometry.near) % size;
	area = start + (area - start + size - shift) % size;
	*at = (row * geometry.devices + area) / geometry.near * geometry.chunk + area_at % geometry.chunk;
	return true;
}

uint64_t raid10_area_sectors(const struct segment *segment)
{
	struct geometry geometry = geometry_of(segment);
	uint64_t rows = (segment->count + geometry.chunk - 1) / geometry.chunk;

	rows = (rows * geometry.near + geometry.devices - 1) / geometry.devices;
	if (geometry.offset)
		return rows * geometry.far * geometry.chunk;
	return geometry.far > 1 ? geometry.far * geometry.stride : rows * geometry.chunk;
}
