/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic of linear, striped, mirrored and parity segments.  For one row of chunks a layout is
   a permutation: which device holds parity, which the second syndrome, and in which order the others
   hold data.  Facts: Linux drivers/md/raid5.c (raid5_compute_sector), dm-stripe.c, raid10.c. */
#include "layout/segment_private.h"

#include <assert.h>

#define NOWHERE UINT32_MAX

/* How many devices of a row hold data. */
static uint32_t data_devices(const struct segment *segment)
{
	switch (segment->type) {
	case SEGMENT_STRIPED:
		return segment->nareas;
	case SEGMENT_RAID4:
	case SEGMENT_RAID5_LA:
	case SEGMENT_RAID5_RA:
	case SEGMENT_RAID5_LS:
	case SEGMENT_RAID5_RS:
	case SEGMENT_RAID5_N:
		return segment->nareas > 1 ? segment->nareas - 1 : 0;
	case SEGMENT_RAID6_LA:
	case SEGMENT_RAID6_LS:
	case SEGMENT_RAID6_RS:
	case SEGMENT_RAID6_0:
	case SEGMENT_RAID6_ZR:
	case SEGMENT_RAID6_NR:
	case SEGMENT_RAID6_NC:
	case SEGMENT_RAID6_LA_6:
	case SEGMENT_RAID6_RA_6:
	case SEGMENT_RAID6_LS_6:
	case SEGMENT_RAID6_RS_6:
	case SEGMENT_RAID6_0_6:
	case SEGMENT_RAID6_N_6:
		return segment->nareas > 2 ? segment->nareas - 2 : 0;
	default:
		return 1;
	}
}

/* One row: the parity devices, and where data chunk 0 is and in which order the others follow. */
struct stripe_row {
	uint32_t n;    /* devices that take part in the rotation */
	uint32_t p, q; /* NOWHERE when there is none */
	uint32_t first;
	bool round; /* data goes on from `first` round the devices; otherwise upwards, skipping p and q */
};

static struct stripe_row parity_row(enum segment_type type, uint32_t n, uint64_t row)
{
	uint32_t turn = (uint32_t)(row % n);

	switch (type) {
	case SEGMENT_RAID4:
		return (struct stripe_row){.n = n, .p = 0, .q = NOWHERE};
	case SEGMENT_RAID5_N:
		return (struct stripe_row){.n = n, .p = n - 1, .q = NOWHERE};
	case SEGMENT_RAID5_LA:
		return (struct stripe_row){.n = n, .p = n - 1 - turn, .q = NOWHERE};
	case SEGMENT_RAID5_RA:
		return (struct stripe_row){.n = n, .p = turn, .q = NOWHERE};
	case SEGMENT_RAID5_LS:
		return (struct stripe_row){n, n - 1 - turn, NOWHERE, (n - turn) % n, true};
	default:
		return (struct stripe_row){n, turn, NOWHERE, (turn + 1) % n, true};
	}
}

static struct stripe_row syndrome_row(enum segment_type type, uint32_t n, uint64_t row)
{
	uint32_t turn = (uint32_t)(row % n);
	uint32_t p;

	switch (type) {
	case SEGMENT_RAID6_LA:
		p = n - 1 - turn;
		return (struct stripe_row){.n = n, .p = p, .q = (p + 1) % n};
	case SEGMENT_RAID6_LS:
		p = n - 1 - turn;
		return (struct stripe_row){n, p, (p + 1) % n, (p + 2) % n, true};
	case SEGMENT_RAID6_RS:
		return (struct stripe_row){n, turn, (turn + 1) % n, (turn + 2) % n, true};
	case SEGMENT_RAID6_0:
		return (struct stripe_row){.n = n, .p = 0, .q = 1};
	case SEGMENT_RAID6_ZR:
		return (struct stripe_row){.n = n, .p = turn, .q = (turn + 1) % n};
	case SEGMENT_RAID6_NR:
		/* The first row is D D D P Q, so the rotation is one row ahead of the others'. */
		p = n - 1 - (uint32_t)((row + 1) % n);
		return (struct stripe_row){.n = n, .p = p, .q = (p + 1) % n};
	case SEGMENT_RAID6_NC:
		p = n - 1 - turn;
		return (struct stripe_row){n, p, (p + n - 1) % n, (p + 1) % n, true};
	default:
		return (struct stripe_row){.n = n, .p = n - 2, .q = n - 1};
	}
}

/* The *_6 layouts are a RAID5 of all but the last device, which is the syndrome. */
static struct stripe_row raid5_and_q(enum segment_type type, uint32_t n, uint64_t row)
{
	struct stripe_row result = parity_row(type, n - 1, row);

	result.q = n - 1;
	return result;
}

static struct stripe_row row_of(const struct segment *segment, uint64_t row)
{
	uint32_t n = segment->nareas;

	switch (segment->type) {
	case SEGMENT_STRIPED:
		return (struct stripe_row){.n = n, .p = NOWHERE, .q = NOWHERE};
	case SEGMENT_RAID6_LA_6:
		return raid5_and_q(SEGMENT_RAID5_LA, n, row);
	case SEGMENT_RAID6_RA_6:
		return raid5_and_q(SEGMENT_RAID5_RA, n, row);
	case SEGMENT_RAID6_LS_6:
		return raid5_and_q(SEGMENT_RAID5_LS, n, row);
	case SEGMENT_RAID6_RS_6:
		return raid5_and_q(SEGMENT_RAID5_RS, n, row);
	case SEGMENT_RAID6_0_6:
		return raid5_and_q(SEGMENT_RAID4, n, row);
	case SEGMENT_RAID6_LA:
	case SEGMENT_RAID6_LS:
	case SEGMENT_RAID6_RS:
	case SEGMENT_RAID6_0:
	case SEGMENT_RAID6_ZR:
	case SEGMENT_RAID6_NR:
	case SEGMENT_RAID6_NC:
	case SEGMENT_RAID6_N_6:
		return syndrome_row(segment->type, n, row);
	default:
		return parity_row(segment->type, n, row);
	}
}

/* The device of a row's data chunk. */
static uint32_t chunk_device(const struct stripe_row *row, uint32_t chunk)
{
	uint32_t low, high, device = chunk;

	if (row->round)
		return (row->first + chunk) % row->n;
	low = row->p < row->q ? row->p : row->q;
	high = row->p < row->q ? row->q : row->p;
	if (low != NOWHERE && device >= low)
		device++;
	if (high != NOWHERE && device >= high)
		device++;
	return device;
}

/* The data chunk of a row's device, which is neither p nor q. */
static uint32_t device_chunk(const struct stripe_row *row, uint32_t device)
{
	uint32_t before = 0;

	if (row->round)
		return (device + row->n - row->first) % row->n;
	before += row->p != NOWHERE && row->p < device;
	before += row->q != NOWHERE && row->q < device;
	return device - before;
}

static bool is_whole(const struct segment *segment)
{
	return segment->type == SEGMENT_LINEAR || segment->type == SEGMENT_MIRROR;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

bool segment_outward(const struct segment *segment, uint64_t at, uint32_t *area, uint64_t *area_at,
		     uint64_t *run)
{
	uint32_t ndata = data_devices(segment);
	uint64_t chunk, line;
	struct stripe_row row;

	assert(at < segment->count);
	*run = segment->count - at;
	if (segment->type >= SEGMENT_ZERO || segment->nareas == 0 || ndata == 0)
		return false;
	if (is_whole(segment)) {
		*area = 0;
		*area_at = at;
		return true;
	}
	if (segment->type == SEGMENT_RAID10) {
		raid10_outward(segment, at, 0, area, area_at);
		*run = at_most(segment->chunk - at % segment->chunk, segment->count - at);
		return true;
	}
	chunk = at / segment->chunk;
	line = chunk / ndata;
	row = row_of(segment, line);
	*area = chunk_device(&row, (uint32_t)(chunk % ndata));
	*area_at = line * segment->chunk + at % segment->chunk;
	*run = at_most(segment->chunk - at % segment->chunk, segment->count - at);
	return true;
}

static enum inward data_at(const struct segment *segment, uint64_t at, uint64_t *found, uint64_t *run)
{
	if (at >= segment->count)
		return INWARD_UNUSED;
	*found = at;
	*run = at_most(*run, segment->count - at);
	return INWARD_DATA;
}

/* Whether an area holds nothing but parity in every row. */
static bool parity_stays(const struct segment *segment, uint32_t area)
{
	switch (segment->type) {
	case SEGMENT_RAID4:
		return area == 0;
	case SEGMENT_RAID6_0:
		return area <= 1;
	case SEGMENT_RAID6_0_6:
		return area == 0 || area == segment->nareas - 1;
	case SEGMENT_RAID5_N:
	case SEGMENT_RAID6_LA_6:
	case SEGMENT_RAID6_RA_6:
	case SEGMENT_RAID6_LS_6:
	case SEGMENT_RAID6_RS_6:
		return area == segment->nareas - 1;
	case SEGMENT_RAID6_N_6:
		return area >= segment->nareas - 2;
	default:
		return false;
	}
}

enum inward segment_inward(const struct segment *segment, uint32_t area, uint64_t area_at, uint64_t *at,
			   uint64_t *run)
{
	uint64_t line, within, slot;
	struct stripe_row row;

	*run = UINT64_MAX;
	if (is_whole(segment))
		return data_at(segment, area_at, at, run);
	if (segment->type >= SEGMENT_ZERO || segment->chunk == 0)
		return INWARD_UNUSED;
	line = area_at / segment->chunk;
	within = area_at % segment->chunk;
	*run = segment->chunk - within;
	if (segment->type == SEGMENT_RAID10) {
		return raid10_inward(segment, area, area_at, &slot) ? data_at(segment, slot, at, run)
								    : INWARD_UNUSED;
	}
	row = row_of(segment, line);
	if (area == row.p || area == row.q) {
		if (line * data_devices(segment) * segment->chunk >= segment->count)
			return INWARD_UNUSED;
		if (parity_stays(segment, area))
			*run = segment_area_sectors(segment) - area_at;
		return INWARD_PARITY;
	}
	slot = line * data_devices(segment) + device_chunk(&row, area);
	return data_at(segment, slot * segment->chunk + within, at, run);
}

uint64_t segment_area_sectors(const struct segment *segment)
{
	uint32_t ndata = data_devices(segment);
	uint64_t per_row;

	if (is_whole(segment))
		return segment->count;
	if (segment->type >= SEGMENT_ZERO || segment->chunk == 0)
		return 0;
	if (segment->type == SEGMENT_RAID10)
		return raid10_area_sectors(segment);
	if (ndata == 0)
		return 0;
	per_row = (uint64_t)ndata * segment->chunk;
	return (segment->count + per_row - 1) / per_row * segment->chunk;
}

bool segment_is_sound(const struct segment *segment)
{
	uint32_t fewest = 1;

	if (segment->type >= SEGMENT_ZERO)
		return segment->type <= SEGMENT_NONE;
	if (segment->type >= SEGMENT_RAID4 && segment->type <= SEGMENT_RAID5_N)
		fewest = 2;
	if (segment->type >= SEGMENT_RAID6_LA && segment->type <= SEGMENT_RAID6_N_6)
		fewest = segment->type >= SEGMENT_RAID6_LA_6 && segment->type < SEGMENT_RAID6_N_6 ? 4 : 3;
	if (segment->nareas < fewest)
		return false;
	if (segment->type == SEGMENT_RAID10)
		return raid10_is_sound(segment);
	return is_whole(segment) || segment->chunk > 0;
}

uint32_t segment_copies(const struct segment *segment)
{
	if (segment->type == SEGMENT_MIRROR)
		return segment->nareas;
	return segment->type == SEGMENT_RAID10 ? raid10_copies(segment) : 1;
}

void segment_copy(const struct segment *segment, uint64_t at, uint32_t copy, uint32_t *area,
		  uint64_t *area_at)
{
	*area = copy;
	*area_at = at;
	if (segment->type == SEGMENT_RAID10)
		raid10_outward(segment, at, copy, area, area_at);
}

uint32_t segment_parity_areas(const struct segment *segment, uint64_t area_at, bool *areas)
{
	struct stripe_row row;
	uint32_t n = 0;

	if (segment->type < SEGMENT_RAID4 || segment->type > SEGMENT_RAID6_N_6)
		return 0;
	row = row_of(segment, area_at / segment->chunk);
	for (uint32_t i = 0; i < segment->nareas; i++) {
		areas[i] = i != row.q;
		n += areas[i];
	}
	return n;
}
