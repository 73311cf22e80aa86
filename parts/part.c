/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting a piece: once for what comes before its first mark and, when there is one, once more. */
#include "parts/part.h"

#include "layout/identity.h"

#include <stdlib.h>
#include <string.h>

static void atoms_done(struct part_atoms *atoms)
{
	for (size_t i = 0; i < atoms->list.n; i++)
		report_done(&atoms->list.at[i].counts);
	VEC_FREE(&atoms->list);
}

void part_done(struct part *part)
{
	report_done(&part->body);
	report_done(&part->head);
	atoms_done(&part->lead);
	atoms_done(&part->mark);
	atoms_done(&part->tail);
	for (size_t i = 0; i < part->analyses.n; i++) {
		analysis_done(part->analyses.at[i]);
		free(part->analyses.at[i]);
	}
	VEC_FREE(&part->analyses);
}

struct maker {
	struct part *part;
	struct trace *trace;
	const char *disk_path;
	const struct map *map;
	struct analysis_options options;
	struct stream_edges edges;
};

/* An analysis that lives as long as the part. */
static struct analysis *new_analysis(struct maker *maker, struct err *err)
{
	struct analysis *analysis = malloc(sizeof(*analysis));

	if (analysis == NULL || VEC_PUSH(&maker->part->analyses, analysis) != 0) {
		free(analysis);
		err_nomem(err);
		return NULL;
	}
	analysis_init(analysis, maker->map, &maker->options);
	return analysis;
}

static int report_of(struct maker *maker, struct report *report, const struct analysis *analysis,
		     struct err *err)
{
	return report_init(report, maker->trace, maker->disk_path, maker->map, analysis, err);
}

static void forget_edges(struct stream_edges *edges)
{
	VEC_FREE(&edges->lead);
	VEC_FREE(&edges->mark);
	VEC_FREE(&edges->tail);
	memset(edges, 0, sizeof(*edges));
}

/* Reads the piece and counts what belongs to one part of it. */
static struct analysis *count(struct maker *maker, enum tally_part part, struct report *report,
			      struct err *err)
{
	struct analysis *analysis;

	forget_edges(&maker->edges);
	maker->options.part = part;
	analysis = new_analysis(maker, err);
	if (analysis == NULL || analysis_run(analysis, maker->trace, err) != 0 ||
	    report_of(maker, report, analysis, err) != 0)
		return NULL;
	return analysis;
}

static int count_atoms(struct maker *maker, struct part_atoms *atoms, const struct access *accesses, size_t n,
		       struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct part_atom atom = {.access = accesses[i]};
		struct analysis *analysis = new_analysis(maker, err);

		if (analysis == NULL || analysis_count(analysis, &accesses[i], err) != 0)
			return -1;
		if (report_of(maker, &atom.counts, analysis, err) != 0 || VEC_PUSH(&atoms->list, atom) != 0) {
			report_done(&atom.counts);
			return err_nomem(err);
		}
	}
	return 0;
}

/* The first mark is an atom, so what it does to the windows is told when the parts are merged. */
static void leave_out_first_mark(struct report_trace *trace, const struct analysis *analysis)
{
	if (!analysis->marked)
		return;
	if (analysis->first_on)
		trace->windows--;
	else
		trace->stray_offs--;
}

static int make_alone(struct maker *maker, struct err *err)
{
	struct part *part = maker->part;
	const struct stream_edges *edges = &maker->edges;
	struct analysis *analysis;

	maker->options.edges = &maker->edges;
	part->alone = true;
	analysis = count(maker, TALLY_HEAD, &part->head, err);
	if (analysis == NULL || trace_rewind(maker->trace, err) != 0)
		return -1;
	analysis = count(maker, TALLY_BODY, &part->body, err);
	if (analysis == NULL)
		return -1;
	leave_out_first_mark(&part->body.trace, analysis);
	part->on = analysis->on;
	if (count_atoms(maker, &part->lead, edges->lead.at, edges->lead.n, err) != 0 ||
	    count_atoms(maker, &part->mark, edges->mark.at, edges->mark.n, err) != 0)
		return -1;
	return count_atoms(maker, &part->tail, edges->tail.at, edges->tail.n, err);
}

/* Every process reads the whole trace, so all know its marks; the first one tells of them. */
static int make_share(struct maker *maker, struct err *err)
{
	struct report_trace *told = &maker->part->body.trace;
	struct analysis *analysis;

	maker->options.number = maker->trace->options.number;
	maker->options.of = maker->trace->options.of;
	analysis = count(maker, TALLY_WHOLE, &maker->part->body, err);
	if (analysis == NULL)
		return -1;
	if (maker->options.number != 1)
		told->windows = told->stray_ons = told->stray_offs = 0;
	return 0;
}

/* By what merge knows whether parts belong together: the disk's words; the piece's bytes, or the trace's. */
static int take_identity(struct part *part, struct trace *trace, const struct map *map, struct err *err)
{
	struct report_disk *disk = &part->body.disk;
	struct identity identity;
	struct text words = {0};

	if (disk->file != NULL) {
		map_identity(map, map_disk(map), &identity);
		identity_text(&words, &identity);
		disk->identity = words.short_of_memory
				     ? NULL
				     : pool_add(&part->body.strings, words.at ? words.at : "", words.n);
		text_free(&words);
		if (disk->identity == NULL)
			return err_nomem(err);
	}
	if (trace->files.n != 1)
		return 0;
	return input_digest(trace->input, part->of == 0, &part->digest, &part->bytes, err);
}

int part_make(struct part *part, struct trace *trace, const char *disk_path, const struct map *map,
	      const struct analysis_options *options, struct err *err)
{
	struct maker maker = {part, trace, disk_path, map, .options = *options};
	int status;

	memset(part, 0, sizeof(*part));
	part->number = trace->options.number;
	part->of = trace->options.of;
	if (trace->options.of > 0 && !trace_is_cut(trace))
		status = make_share(&maker, err);
	else
		status = make_alone(&maker, err);
	forget_edges(&maker.edges);
	if (status == 0)
		status = take_identity(part, trace, map, err);
	if (status != 0)
		part_done(part);
	return status;
}
