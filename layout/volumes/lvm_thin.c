/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thin volumes: every run of chunks that the pool's metadata maps becomes a segment in the pool's data
   volume; what is not provisioned lies nowhere and reads as zeroes. */
#include "layout/volumes/lvm.h"
#include "layout/volumes/thin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct space *find_space(const struct lvm_assembly *as, const char *name)
{
	long lv = lvm_find_lv(as, name);

	return lv < 0 ? NULL : as->lvs[lv];
}

/* What a thin volume has not provisioned: zeroes, or what its external origin has there.  Nothing is
   claimed, since the origin's sectors are its own. */
static int add_hole(struct space *thin, uint64_t start, uint64_t count, struct space *origin, struct err *err)
{
	struct area area = {origin, start};
	struct segment hole = {.start = start, .count = count, .type = SEGMENT_ZERO};
	uint64_t within = origin == NULL || origin->sectors <= start ? 0 : origin->sectors - start;

	if (within > count)
		within = count;
	if (within > 0) {
		struct segment from_origin = {
		    .start = start,
		    .count = within,
		    .nareas = 1,
		    .areas = &area,
		};

		if (space_add_segment(thin, &from_origin, err) != 0)
			return -1;
		hole.start += within;
		hole.count -= within;
	}
	return hole.count > 0 ? space_add_segment(thin, &hole, err) : 0;
}

static int add_run(struct lvm_assembly *as, struct space *thin, const struct thin_pool *pool,
		   const struct thin_run *run, struct space *data, struct space *origin, uint64_t *at,
		   struct err *err)
{
	struct area area = {data, run->to * pool->chunk_sectors};
	struct segment segment = {
	    .start = run->from * pool->chunk_sectors,
	    .count = run->count * pool->chunk_sectors,
	    .nareas = 1,
	    .areas = &area,
	};

	if (run->from > EXTENT_SECTORS_MAX / pool->chunk_sectors || segment.start >= thin->sectors)
		return 0;
	if (segment.count > thin->sectors - segment.start)
		segment.count = thin->sectors - segment.start;
	if (add_hole(thin, *at, segment.start - *at, origin, err) != 0)
		return -1;
	*at = segment.start + segment.count;
	return map_add_segment(as->map, thin, &segment, err);
}

/* The first run of a device, or where it would be. */
static size_t find_run(const struct thin_pool *pool, uint64_t device)
{
	size_t low = 0, high = pool->runs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pool->runs.at[middle].device < device)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int map_volume(struct lvm_assembly *as, struct space *thin, uint64_t device,
		      const struct thin_pool *pool, struct space *data, struct space *origin, struct err *err)
{
	uint64_t at = 0;

	for (size_t i = find_run(pool, device); i < pool->runs.n && pool->runs.at[i].device == device; i++)
		if (add_run(as, thin, pool, &pool->runs.at[i], data, origin, &at, err) != 0)
			return -1;
	return add_hole(thin, at, thin->sectors - at, origin, err);
}

struct thin_volume {
	uint64_t device;
	size_t lv;
};

/* By device number, so that an origin comes before its snapshots. */
static int compare_devices(const void *left, const void *right)
{
	const struct thin_volume *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->lv < b->lv ? -1 : a->lv > b->lv;
}

/* The thin volumes of a pool.  0 or -1; `volumes` is the caller's to free either way. */
static int find_volumes(const struct lvm_assembly *as, const char *pool, struct thin_volume **volumes,
			size_t *n)
{
	*n = 0;
	*volumes = calloc(as->text->lvs.n + 1, sizeof(**volumes));
	if (*volumes == NULL)
		return -1;
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		const struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (as->lvs[i] != NULL && lv->segments.n > 0 && lv->segments.at[0].thin_pool != NULL &&
		    strcmp(lv->segments.at[0].thin_pool, pool) == 0)
			(*volumes)[(*n)++] = (struct thin_volume){lv->segments.at[0].device_id, i};
	}
	qsort(*volumes, *n, sizeof(**volumes), compare_devices);
	return 0;
}

static int map_volumes(struct lvm_assembly *as, const char *name, const struct thin_pool *pool,
		       struct space *data, struct err *err)
{
	struct thin_volume *volumes;
	size_t n;
	int result = find_volumes(as, name, &volumes, &n);

	if (result != 0)
		err_nomem(err);
	for (size_t i = 0; i < n && result == 0; i++) {
		const char *origin = as->text->lvs.at[volumes[i].lv].segments.at[0].external_origin;

		/* Two volumes with one number cannot both be right. */
		if (i == 0 || volumes[i].device != volumes[i - 1].device)
			result = map_volume(as, as->lvs[volumes[i].lv], volumes[i].device, pool, data,
					    origin ? find_space(as, origin) : NULL, err);
	}
	free(volumes);
	return result;
}

static int map_pool(struct lvm_assembly *as, size_t lv, struct err *err)
{
	const struct lvm_text_segment *segment = &as->text->lvs.at[lv].segments.at[0];
	struct space *metadata = find_space(as, segment->thin_metadata);
	struct space *data = find_space(as, segment->thin_data);
	struct thin_pool pool;
	struct err why;
	int result;

	if (metadata == NULL || data == NULL)
		return 0;
	if (thin_pool_read(&pool, metadata, &why) != 0) {
		data->rest = KIND_UNKNOWN;
		map_note(as->map, as->lvs[lv], "its thin volumes cannot be found: %s", why.text);
		return 0;
	}
	/* A chunk that no mapping names need not be free then. */
	if (pool.damaged > 0) {
		data->rest = KIND_UNKNOWN;
		map_note(as->map, as->lvs[lv], "some of its chunks cannot be found: %s", pool.damage);
	}
	result = map_volumes(as, as->text->lvs.at[lv].name, &pool, data, err);
	thin_pool_free(&pool);
	return result;
}

int lvm_map_thin(struct lvm_assembly *as, struct err *err)
{
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		const struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (as->lvs[i] == NULL || lv->segments.n == 0 || lv->segments.at[0].thin_metadata == NULL)
			continue;
		as->lvs[i]->probed = true;
		if (map_pool(as, i, err) != 0)
			return -1;
	}
	return 0;
}
