/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a trace has marks is known only when the first one comes: what was counted until then is forgotten,
   so that memory does not depend on the length of the trace. */
#include "analyzer/tally.h"

#include "analyzer/clock.h"
#include "analyzer/usual.h"
#include "analyzer/access_filter.h"
#include "analyzer/access_walk.h"

#include <stdlib.h>

static int add_statistic(struct tally *tally, const struct statistic *statistic, void *at,
			 const struct statistic_setup *setup)
{
	struct statistic_setup begun = *setup;

	if (at == NULL)
		return -1;
	tally->counted[tally->ncounted++] = (struct counted){statistic, at};
	tally->tells_extents |= statistic->extents != NULL;
	tally->takes_usual &=
	    (statistic->access == NULL && statistic->place == NULL) || statistic->usual != NULL;
	begun.asked = statistic;
	return statistic->init(at, &begun);
}

/* A usual access has forgotten its moment, so that a region of a dated label cannot be described. */
static bool may_wait_at_all(const struct statistic_setup *setup)
{
	bool dated = false;

	for (size_t i = 0; i < setup->map->spaces.n; i++) {
		const struct fs *fs = setup->map->spaces.at[i]->fs;

		dated |= fs != NULL && history_is_dated(fs->history);
	}
	return !dated || filter_source(setup->filter) <= FIELD_OF_PLACE;
}

int tally_init(struct tally *tally, const struct statistic_setup *setup, const struct statistic *const *more,
	       unsigned n, bool all)
{
	int status;

	*tally = (struct tally){
	    .map = setup->map, .base = setup->base, .clock = setup->clock, .all = all, .takes_usual = true};
	if (setup->filter != NULL &&
	    filter_run_init(&tally->run, setup->filter, setup->trace, setup->map, setup->unit_sectors) != 0) {
		filter_run_done(&tally->run);
		return -1;
	}
	if (setup->filter != NULL && setup->base == map_disk(setup->map) && may_wait_at_all(setup) &&
	    filter_one_verdict(setup->filter, &tally->waiting))
		tally->known = calloc(setup->map->spaces.n, KIND_COUNT);
	lanes_init(&tally->lanes, map_disk(setup->map)->sectors);
	status = add_statistic(tally, &statistic_usage, &tally->usage, setup);
	if (status == 0)
		status = add_statistic(tally, &statistic_alignment, &tally->alignment, setup);
	for (unsigned i = 0; i < n && status == 0; i++)
		status = add_statistic(tally, more[i], calloc(1, more[i]->state_size), setup);
	if (status == 0)
		status = bins_init(&tally->bins, setup->map, BINS_EXTENTS_MIN);
	if (status != 0)
		tally_done(tally);
	return status;
}

void tally_done(struct tally *tally)
{
	bins_free(&tally->bins);
	filter_run_done(&tally->run);
	free(tally->known);
	tally->known = NULL;
	for (unsigned i = 0; i < tally->ncounted; i++) {
		tally->counted[i].of->done(tally->counted[i].at);
		if (i >= COUNTED_OWN)
			free(tally->counted[i].at);
	}
	tally->ncounted = 0;
}

/* --- telling the statistics --- */

static void tell_access(struct tally *tally, const struct access *access, uint64_t number)
{
	usage_access(&tally->usage, access);
	alignment_access(&tally->alignment, access, number);
	for (unsigned i = COUNTED_OWN; i < tally->ncounted; i++)
		if (tally->counted[i].of->access != NULL)
			tally->counted[i].of->access(tally->counted[i].at, access, number);
}

static void tell_place(struct tally *tally, const struct access *access, const struct place *place)
{
	usage_place(&tally->usage, access, place);
	alignment_place(&tally->alignment, access, place);
	for (unsigned i = COUNTED_OWN; i < tally->ncounted; i++)
		if (tally->counted[i].of->place != NULL)
			tally->counted[i].of->place(tally->counted[i].at, access, place);
}

static void tell_extents(struct tally *tally, const struct access *const *accesses, unsigned n,
			 uint64_t number)
{
	for (unsigned i = COUNTED_OWN; i < tally->ncounted; i++)
		if (tally->counted[i].of->extents != NULL)
			tally->counted[i].of->extents(tally->counted[i].at, accesses, n, number);
}

/* --- accesses that are not usual --- */

/* Counts an access whose first place has been found; a flush has none. */
static void count_access(struct tally *tally, const struct access *access, uint64_t serial,
			 struct place *place)
{
	uint64_t at = access->start, end = access->start + access->count;

	tell_access(tally, access, serial);
	if (access->op != ACCESS_FLUSH && end > map_disk(tally->map)->sectors)
		tally->beyond++;
	while (at < end) {
		if (place->count > end - at)
			place->count = end - at;
		access_date_place(access, place);
		tell_place(tally, access, place);
		at += place->count;
		if (at < end)
			map_find(tally->map, at, place);
	}
}

static void count_extent(struct tally *tally, struct access_walk *walk, uint64_t serial)
{
	const struct access *extent = &walk->extent;
	struct place place;

	if (access_walk_is_on_disk(walk))
		tell_extents(tally, &extent, 1, serial);
	while (access_walk_place(walk, &place))
		tell_place(tally, extent, &place);
}

/* Counts an access whose sectors count from the start of a volume or partition. */
static void count_walk(struct tally *tally, const struct access *access, uint64_t serial)
{
	bool elsewhere = false;
	struct access_walk walk;

	access_walk_init(&walk, tally->map, tally->base, access, tally->usage.unit_sectors);
	tell_access(tally, &walk.whole, serial);
	while (access_walk_extent(&walk)) {
		count_extent(tally, &walk, serial);
		elsewhere |= !access_walk_is_on_disk(&walk);
	}
	if (access->op == ACCESS_FLUSH)
		return;
	if (access->start + access->count > tally->base->sectors)
		tally->beyond++;
	else
		tally->elsewhere += elsewhere;
}

/* --- accesses of which some pieces pass --- */

/* Goes through the pieces of an access: of one that passes, the place and the extent that it lies in.  A flush has
   none. */
struct sieve {
	struct filter_run *run;
	struct access_walk walk;
	filter_verdict verdict;
	struct place place;
};

static void sieve_begin(struct sieve *sieve, struct tally *tally, const struct access *access,
			uint64_t serial, filter_verdict verdict)
{
	sieve->run = &tally->run;
	sieve->verdict = verdict;
	access_walk_init(&sieve->walk, tally->map, tally->base, access, tally->usage.unit_sectors);
	access_filter_begin(&tally->run, &sieve->walk, access, serial);
	access_walk_extent(&sieve->walk);
}

static bool sieve_next(struct sieve *sieve)
{
	do
		while (access_walk_place(&sieve->walk, &sieve->place)) {
			piece_set_place(sieve->run->piece, &sieve->place);
			if (filter_piece(sieve->run, sieve->verdict))
				return true;
		}
	while (access_walk_extent(&sieve->walk));
	return false;
}

/* A part of an access is as aligned as the whole, wherever it is cut. */
static struct access part_of(const struct sieve *sieve)
{
	struct access part = sieve->walk.extent;

	part.flags |= sieve->run->piece->unaligned ? ACCESS_OFF : ACCESS_ON;
	part.start = sieve->place.start;
	part.count = sieve->place.count;
	return part;
}

static void count_pieces(struct tally *tally, struct sieve *sieve, uint64_t serial)
{
	while (sieve_next(sieve)) {
		struct access part = part_of(sieve);
		const struct access *only = &part;

		if (access_walk_is_on_disk(&sieve->walk))
			tell_extents(tally, &only, 1, serial);
		tell_place(tally, &sieve->walk.extent, &sieve->place);
	}
}

/* The pieces are gone through twice: a statistic is told of an access before its places, and only of one that
   passes. */
static void count_sieved(struct tally *tally, const struct access *access, uint64_t serial,
			 filter_verdict verdict)
{
	uint64_t passing = 0;
	struct sieve sieve;
	struct place place;

	if (tally->known != NULL && access->count > 0) {
		map_find(tally->map, access->start, &place);
		lanes_learn(&tally->lanes, &place);
	}
	sieve_begin(&sieve, tally, access, serial, verdict);
	while (sieve_next(&sieve))
		passing += sieve.place.count;
	if (passing == 0 && (access->count > 0 || !filter_piece(&tally->run, verdict))) {
		tally->filtered++;
		return;
	}
	tally->accesses++;
	sieve_begin(&sieve, tally, access, serial, verdict);
	tell_access(tally, &sieve.walk.whole, serial);
	usage_leave_out(&tally->usage, access, access->count - passing);
	count_pieces(tally, &sieve, serial);
	if (access->op != ACCESS_FLUSH && access->start + access->count > tally->base->sectors)
		tally->beyond++;
}

static void count_walks(struct tally *tally, const struct access *const *accesses, unsigned n,
			const uint64_t *serials)
{
	for (unsigned i = 0; i < n; i++)
		count_walk(tally, accesses[i], serials[i]);
}

/* Accesses that are not usual, and their serial numbers. */
struct others {
	unsigned n;
	const struct access *at[TALLY_TOGETHER];
	uint64_t serials[TALLY_TOGETHER];
};

static void count_others(struct tally *tally, const struct others *others)
{
	struct place places[TALLY_TOGETHER];

	for (unsigned i = 0; i < others->n; i++)
		tally->sectors[i] = others->at[i]->start;
	map_find_many(tally->map, tally->sectors, others->n, places);
	usage_expect(&tally->usage, places, others->n);
	for (unsigned i = 0; i < others->n; i++) {
		lanes_learn(&tally->lanes, &places[i]);
		count_access(tally, others->at[i], others->serials[i], &places[i]);
	}
}

/* Those that turn out to be unusual are no unaligned writes, so nobody will ask for their numbers. */
static void count_unusual(struct tally *tally, const struct usual *usual, const uint8_t *unusual, unsigned n)
{
	struct access accesses[TALLY_TOGETHER];
	struct others others = {.n = n};

	for (unsigned i = 0; i < n; i++) {
		accesses[i] = usual_access(&usual[unusual[i]]);
		others.at[i] = &accesses[i];
		others.serials[i] = 0;
	}
	count_others(tally, &others);
}

static unsigned at_most(unsigned n, unsigned limit)
{
	return n < limit ? n : limit;
}

/* Those that wait for a test of the filter that asks for more than device and kind. */
static void count_waiting(struct tally *tally, const struct usual *usual, const uint8_t *unusual, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct access access = usual_access(&usual[unusual[i]]);

		count_sieved(tally, &access, 0, tally->waiting);
	}
}

static void count_usual(struct tally *tally, const struct usual *usual, unsigned n)
{
	uint8_t unusual[USUAL_TOGETHER];
	unsigned nunusual = usual_count(tally, usual, n, unusual);

	if (tally->known != NULL) {
		count_waiting(tally, usual, unusual, nunusual);
		return;
	}
	for (unsigned i = 0; i < nunusual; i += TALLY_TOGETHER)
		count_unusual(tally, usual, unusual + i, at_most(nunusual - i, TALLY_TOGETHER));
}

static void empty_bin(struct tally *tally, unsigned bin)
{
	struct usual usual[USUAL_TOGETHER];
	unsigned n = tally->bins.n[bin];

	for (unsigned i = 0; i < n; i += USUAL_TOGETHER) {
		unsigned some = at_most(n - i, USUAL_TOGETHER);

		bins_take(&tally->bins, bin, i, usual, some);
		count_usual(tally, usual, some);
	}
	tally->bins.n[bin] = 0;
}

static void put_into_bins(struct tally *tally, const struct usual *usual, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned bin = bins_find(&tally->bins, usual[i].start);

		if (bins_put(&tally->bins, bin, &usual[i]))
			empty_bin(tally, bin);
	}
}

static void count_or_keep(struct tally *tally, const struct usual *usual, unsigned n)
{
	if (tally->bins.at != NULL)
		put_into_bins(tally, usual, n);
	else
		count_usual(tally, usual, n);
}

/* Accesses that lie on the disk as they stand; those with serials in a row at once. */
static void tell_all_extents(struct tally *tally, const struct access *const *accesses, unsigned n,
			     const uint64_t *serials)
{
	unsigned from = 0;

	for (unsigned i = 1; i <= n; i++)
		if (i == n || serials[i] != serials[i - 1] + 1) {
			tell_extents(tally, accesses + from, i - from, serials[from]);
			from = i;
		}
}

/* Some accesses that all count. */
static void count_whole(struct tally *tally, const struct access *const *accesses, unsigned n,
			const uint64_t *serials)
{
	struct usual usual[TALLY_TOGETHER];
	struct others others;
	unsigned nusual = 0;

	tally->accesses += n;
	if (tally->base != map_disk(tally->map)) {
		count_walks(tally, accesses, n, serials);
		return;
	}
	if (tally->ncounted > COUNTED_OWN)
		tell_all_extents(tally, accesses, n, serials);
	others.n = 0;
	for (unsigned i = 0; i < n; i++) {
		if (tally->takes_usual && !clock_looks(tally->clock, accesses[i]) &&
		    usual_take(tally, accesses[i], &usual[nusual])) {
			nusual++;
		} else {
			others.at[others.n] = accesses[i];
			others.serials[others.n++] = serials[i];
		}
	}
	count_or_keep(tally, usual, nusual);
	if (others.n > 0)
		count_others(tally, &others);
}

_Static_assert(TALLY_TOGETHER <= FILTER_TOGETHER, "what is counted together is filtered together");

/* With --relative-to, only the walk knows where an access lies. */
static void decide(struct tally *tally, const struct access *const *accesses, unsigned n, uint64_t serial,
		   filter_verdict *verdicts)
{
	struct access_walk walk;

	if (tally->base == map_disk(tally->map)) {
		filter_accesses(&tally->run, accesses, n, serial, verdicts);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		access_walk_init(&walk, tally->map, tally->base, accesses[i], tally->usage.unit_sectors);
		verdicts[i] = access_filter_decide(&tally->run, &walk, accesses[i], serial + i);
	}
}

/* Whether an access that the filter has not decided on may be counted with the usual ones. */
static bool may_wait(const struct tally *tally, const struct access *access)
{
	return tally->known != NULL && tally->takes_usual && !tally->tells_extents &&
	       !clock_looks(tally->clock, access);
}

/* What the filter decides on the access alone is left out, or counted as without a filter.  The order of the
   accesses is kept for statistics that need it. */
static void count_filtered(struct tally *tally, const struct access *const *accesses, unsigned n,
			   uint64_t serial)
{
	const struct access *whole[TALLY_TOGETHER];
	filter_verdict verdicts[TALLY_TOGETHER];
	uint64_t serials[TALLY_TOGETHER];
	struct usual usual[TALLY_TOGETHER];
	unsigned nwhole = 0, nusual = 0;

	decide(tally, accesses, n, serial, verdicts);
	for (unsigned i = 0; i < n; i++) {
		if (verdicts[i] == FILTER_PASSES) {
			whole[nwhole] = accesses[i];
			serials[nwhole++] = serial + i;
		} else if (verdicts[i] == FILTER_FAILS) {
			tally->filtered++;
		} else if (may_wait(tally, accesses[i]) && usual_take(tally, accesses[i], &usual[nusual])) {
			nusual++;
		} else {
			count_whole(tally, whole, nwhole, serials);
			nwhole = 0;
			count_sieved(tally, accesses[i], serial + i, verdicts[i]);
		}
	}
	count_whole(tally, whole, nwhole, serials);
	count_or_keep(tally, usual, nusual);
}

/* Some accesses, of which the first has that serial number. */
static void count_some(struct tally *tally, const struct access *const *accesses, unsigned n, uint64_t serial)
{
	uint64_t serials[TALLY_TOGETHER];

	if (tally->run.filter != NULL) {
		count_filtered(tally, accesses, n, serial);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		serials[i] = serial + i;
	count_whole(tally, accesses, n, serials);
}

void tally_finish(struct tally *tally)
{
	for (unsigned bin = 0; tally->bins.at != NULL && bin < BINS; bin++)
		empty_bin(tally, bin);
}

/* The first mark: nothing before it counts. */
static void forget(struct tally *tally)
{
	tally->marked = true;
	if (tally->all || tally->part != TALLY_WHOLE)
		return;
	tally->outside += tally->accesses + tally->past + tally->filtered;
	/* Of a filter, what waits has been counted as neither. */
	for (unsigned bin = 0; tally->known != NULL && tally->bins.at != NULL && bin < BINS; bin++)
		tally->outside += tally->bins.n[bin];
	tally->accesses = tally->past = tally->filtered = 0;
	tally->beyond = tally->elsewhere = 0;
	bins_clear(&tally->bins);
	for (unsigned i = 0; i < tally->ncounted; i++)
		tally->counted[i].of->reset(tally->counted[i].at);
}

static bool is_counted(const struct tally *tally, const struct access *access)
{
	if (tally->part != TALLY_WHOLE && (access->window == WINDOW_UNMARKED) != (tally->part == TALLY_HEAD))
		return false;
	return access->window <= WINDOW_INSIDE || (access->window == WINDOW_OUTSIDE && tally->all);
}

/* No disk has it: it is of another one, or of what the disk was when it was larger. */
static bool is_past(const struct tally *tally, const struct access *access)
{
	return access->op != ACCESS_FLUSH && access->start >= tally->base->sectors;
}

void tally_batch(struct tally *tally, const struct batch *batch)
{
	const struct access *wanted[TALLY_TOGETHER];
	bool marked = batch->n > 0 && batch->at[0].window != WINDOW_UNMARKED;
	unsigned n = 0;
	uint64_t serial;

	if (marked && !tally->marked)
		forget(tally);
	/* Of the first access; when the first mark lies in the batch, counting begins anew there. */
	serial = batch_counted_before(batch, tally->all, tally->marked);
	for (size_t i = 0; i < batch->n; i++) {
		const struct access *access = &batch->at[i];

		if (access->window != WINDOW_UNMARKED && !tally->marked) {
			count_some(tally, wanted, n, serial);
			serial = tally->all ? serial + n : 0;
			n = 0;
			forget(tally);
		}
		if (!is_counted(tally, access)) {
			tally->outside += tally->part == TALLY_WHOLE || access->window > WINDOW_INSIDE;
			continue;
		}
		if (is_past(tally, access)) {
			tally->past++;
			continue;
		}
		wanted[n++] = access;
		if (n == TALLY_TOGETHER) {
			count_some(tally, wanted, n, serial);
			serial += n;
			n = 0;
		}
	}
	count_some(tally, wanted, n, serial);
}

void tally_see_mark(struct tally *tally)
{
	if (!tally->marked)
		forget(tally);
}

void tally_merge(struct tally *tally, struct tally *other)
{
	for (unsigned i = 0; i < tally->ncounted; i++)
		tally->counted[i].of->merge(tally->counted[i].at, other->counted[i].at);
	tally->run.gave_up |= other->run.gave_up;
	tally->filtered += other->filtered;
	tally->accesses += other->accesses;
	tally->beyond += other->beyond;
	tally->elsewhere += other->elsewhere;
	tally->outside += other->outside;
	tally->past += other->past;
}
