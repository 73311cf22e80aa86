/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting a piece: once for what comes before its first mark and, when there is one, once more. */
#include "parts/part.h"

#include "layout/identity.h"

#include <stdlib.h>
#include <string.h>

void part_done(struct part *part)
{
	results_done(&part->about);
	for (unsigned i = 0; part->owns_statistics && i < part->nstatistics; i++)
		statistic_unask(part->statistics[i]);
	VEC_FREE(&part->lead.list);
	VEC_FREE(&part->mark.list);
	VEC_FREE(&part->tail.list);
	for (size_t i = 0; i < part->bytes.n; i++)
		free(part->bytes.at[i]);
	VEC_FREE(&part->bytes);
	VEC_FREE(&part->sources);
}

struct maker {
	struct part *part;
	struct trace *trace;
	const char *disk_path;
	const struct map *map;
	struct analysis_options options;
	struct stream_edges edges;
	uint64_t top; /* as in struct part_options */
};

static void forget_edges(struct stream_edges *edges)
{
	VEC_FREE(&edges->lead);
	VEC_FREE(&edges->mark);
	VEC_FREE(&edges->tail);
	memset(edges, 0, sizeof(*edges));
}

/* What an analysis has counted, as bytes that are the part's. */
static int pack_counted(struct part *part, struct part_bytes *bytes, const struct counted *counted)
{
	struct text packed = {0};

	counted->of->pack(&packed, counted->at);
	if (packed.short_of_memory || VEC_PUSH(&part->bytes, packed.at) != 0) {
		text_free(&packed);
		return -1;
	}
	*bytes = (struct part_bytes){(const uint8_t *)packed.at, packed.n};
	return 0;
}

static int take_counts(struct part *part, struct part_counts *counts, const struct analysis *analysis,
		       uint64_t top)
{
	struct results results;
	int status = results_init(&results, analysis->options.more, analysis->options.nmore);

	*counts = (struct part_counts){.accesses = analysis->accesses,
				       .past = analysis->past,
				       .beyond = analysis->beyond,
				       .elsewhere = analysis->elsewhere};
	if (status == 0)
		status = results_take_counted(&results, analysis);
	results.usage.cut = top < SIZE_MAX ? (size_t)top : 0;
	part->nstatistics = results.ncounted;
	for (unsigned i = 0; i < results.ncounted && status == 0; i++) {
		part->statistics[i] = results.counted[i].of;
		status = pack_counted(part, &counts->of[i], &results.counted[i]);
	}
	results_done(&results);
	return status;
}

/* Reads the piece and counts what belongs to one part of it; the analysis is the caller's to end. */
static int count(struct maker *maker, enum tally_part tally_part, struct part_counts *counts,
		 struct analysis *analysis, struct err *err)
{
	forget_edges(&maker->edges);
	maker->options.part = tally_part;
	analysis_init(analysis, maker->map, &maker->options);
	if (analysis_run(analysis, maker->trace, err) != 0)
		return -1;
	return take_counts(maker->part, counts, analysis, maker->top) == 0 ? 0 : err_nomem(err);
}

static int count_atom(struct maker *maker, struct part_atoms *atoms, const struct access *access,
		      struct err *err)
{
	struct part_atom atom = {.access = *access};
	struct analysis analysis;
	int status;

	analysis_init(&analysis, maker->map, &maker->options);
	analysis.trace = maker->trace;
	status = analysis_count(&analysis, access, err);
	if (status == 0 && (take_counts(maker->part, &atom.counts, &analysis, maker->top) != 0 ||
			    VEC_PUSH(&atoms->list, atom) != 0))
		status = err_nomem(err);
	analysis_done(&analysis);
	return status;
}

static int count_atoms(struct maker *maker, struct part_atoms *atoms, const struct access *accesses, size_t n,
		       struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (count_atom(maker, atoms, &accesses[i], err) != 0)
			return -1;
	return 0;
}

/* The first mark is an atom, so what it does to the windows is told when the parts are merged. */
static void leave_out_first_mark(struct results_trace *trace, const struct analysis *analysis)
{
	if (!analysis->marked)
		return;
	if (analysis->first_on)
		trace->windows--;
	else
		trace->stray_offs--;
}

static int take_about(struct maker *maker, const struct analysis *analysis, struct err *err)
{
	return results_take_about(&maker->part->about, maker->trace, maker->disk_path, maker->map,
				  analysis) == 0
		   ? 0
		   : err_nomem(err);
}

static int count_head(struct maker *maker, struct err *err)
{
	struct analysis analysis;
	int status = count(maker, TALLY_HEAD, &maker->part->head, &analysis, err);

	analysis_done(&analysis);
	return status == 0 ? trace_rewind(maker->trace, err) : status;
}

static int count_body(struct maker *maker, struct err *err)
{
	struct part *part = maker->part;
	struct analysis analysis;
	int status = count(maker, TALLY_BODY, &part->body, &analysis, err);

	if (status == 0)
		status = take_about(maker, &analysis, err);
	if (status == 0) {
		leave_out_first_mark(&part->about.trace, &analysis);
		part->on = analysis.on;
	}
	analysis_done(&analysis);
	return status;
}

static int make_alone(struct maker *maker, struct err *err)
{
	struct part *part = maker->part;
	const struct stream_edges *edges = &maker->edges;

	maker->options.edges = &maker->edges;
	part->alone = true;
	if (count_head(maker, err) != 0 || count_body(maker, err) != 0 ||
	    count_atoms(maker, &part->lead, edges->lead.at, edges->lead.n, err) != 0 ||
	    count_atoms(maker, &part->mark, edges->mark.at, edges->mark.n, err) != 0)
		return -1;
	return count_atoms(maker, &part->tail, edges->tail.at, edges->tail.n, err);
}

/* Every process reads the whole trace, so all know its marks; the first one tells of them. */
static int make_share(struct maker *maker, struct err *err)
{
	struct results_trace *told = &maker->part->about.trace;
	struct analysis analysis;
	int status;

	maker->options.number = maker->trace->options.number;
	maker->options.of = maker->trace->options.of;
	status = count(maker, TALLY_WHOLE, &maker->part->body, &analysis, err);
	if (status == 0)
		status = take_about(maker, &analysis, err);
	if (status == 0 && maker->options.number != 1)
		told->windows = told->stray_ons = told->stray_offs = 0;
	analysis_done(&analysis);
	return status;
}

/* The words by which merge knows the disk. */
static int take_identity(struct part *part, const struct map *map, struct err *err)
{
	struct results_disk *disk = &part->about.disk;
	struct identity identity;
	struct text words = {0};

	if (disk->file != NULL) {
		map_identity(map, map_disk(map), &identity);
		identity_text(&words, &identity);
		disk->identity = words.short_of_memory
				     ? NULL
				     : pool_add(&part->about.strings, words.at ? words.at : "", words.n);
		text_free(&words);
		if (disk->identity == NULL)
			return err_nomem(err);
	}
	return 0;
}

static bool is_empty(const struct part *part)
{
	const struct part_counts *head = &part->head, *body = &part->body;

	return head->accesses + head->past + body->accesses + body->past + part->about.trace.outside == 0 &&
	       part->lead.list.n + part->mark.list.n + part->tail.list.n == 0;
}

/* An empty piece may be there as often as somebody likes. */
static int take_source(struct part *part, struct trace *trace, struct err *err)
{
	struct part_source source = {.file = part->about.trace.file};

	if (trace->files.n == 1 && !(part->of == 0 && is_empty(part)) &&
	    input_digest(trace->input, part->of == 0, &source.digest, &source.size, err) != 0)
		return -1;
	return VEC_PUSH(&part->sources, source) == 0 ? 0 : err_nomem(err);
}

int part_make(struct part *part, struct trace *trace, const char *disk_path, const struct map *map,
	      const struct analysis_options *options, const struct part_options *made, struct err *err)
{
	struct maker maker = {part, trace, disk_path, map, .options = *options, .top = made->top};
	int status;

	memset(part, 0, sizeof(*part));
	part->machine = made->machine;
	part->machine_told = made->machine_told;
	part->number = part->last = trace->options.number;
	part->of = trace->options.of;
	if (trace->options.of > 0 && !trace_is_cut(trace))
		status = make_share(&maker, err);
	else
		status = make_alone(&maker, err);
	forget_edges(&maker.edges);
	if (status == 0)
		status = take_identity(part, map, err);
	if (status == 0)
		status = take_source(part, trace, err);
	if (status != 0)
		part_done(part);
	return status;
}
