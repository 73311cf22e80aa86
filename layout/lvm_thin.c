/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thin volumes: every run of chunks that the pool's metadata maps becomes a segment in the pool's data
   volume; what is not provisioned lies nowhere and reads as zeroes. */
#include "layout/lvm.h"
#include "layout/thin.h"

#include <inttypes.h>
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

static int map_volume(struct lvm_assembly *as, struct space *thin, uint64_t device,
		      const struct thin_pool *pool, struct space *data, struct space *origin, struct err *err)
{
	uint64_t at = 0;

	for (size_t i = 0; i < pool->runs.n; i++)
		if (pool->runs.at[i].device == device &&
		    add_run(as, thin, pool, &pool->runs.at[i], data, origin, &at, err) != 0)
			return -1;
	return add_hole(thin, at, thin->sectors - at, origin, err);
}

/* The volumes of a pool in the order of their device numbers, so that an origin comes before its snapshots.
 */
static int map_volumes(struct lvm_assembly *as, const char *name, const struct thin_pool *pool,
		       struct space *data, struct err *err)
{
	uint64_t last = 0;
	bool first = true;

	for (;;) {
		const struct lvm_text_segment *next = NULL;
		size_t lv = 0;

		for (size_t i = 0; i < as->text->lvs.n; i++) {
			const struct lvm_text_lv *candidate = &as->text->lvs.at[i];
			const struct lvm_text_segment *segment =
			    candidate->segments.n ? candidate->segments.at : NULL;

			if (segment == NULL || segment->thin_pool == NULL || as->lvs[i] == NULL ||
			    strcmp(segment->thin_pool, name) != 0 || as->lvs[i]->segments.n > 0 ||
			    (!first && segment->device_id <= last) ||
			    (next != NULL && segment->device_id >= next->device_id))
				continue;
			next = segment;
			lv = i;
		}
		if (next == NULL)
			return 0;
		last = next->device_id;
		first = false;
		if (map_volume(as, as->lvs[lv], next->device_id, pool, data,
			       next->external_origin ? find_space(as, next->external_origin) : NULL,
			       err) != 0)
			return -1;
	}
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
		map_note(as->map, as->lvs[lv], "its thin volumes cannot be found: %s", why.text);
		return 0;
	}
	if (pool.damaged > 0)
		map_note(as->map, as->lvs[lv], "some of its chunks cannot be found: %s", pool.damage);
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
