/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state before the first piece is not known: whatever depends on it stays apart, as in the part of one
   piece. What lies between two pieces is decided as soon as both are there, so nothing depends on the grouping. */
#include "parts/run.h"

#include "parts/about.h"
#include "parts/counts.h"
#include "trace/window.h"

#include <string.h>

void run_init(struct run *run)
{
	memset(run, 0, sizeof(*run));
}

static void free_atoms(struct part_atoms *atoms)
{
	for (size_t i = 0; i < atoms->list.n; i++)
		counts_free(&atoms->list.at[i].counts);
	VEC_FREE(&atoms->list);
	memset(atoms, 0, sizeof(*atoms));
}

void run_done(struct run *run)
{
	free_atoms(&run->part.lead);
	free_atoms(&run->part.mark);
	free_atoms(&run->part.tail);
	results_done(&run->head);
	results_done(&run->body);
	part_done(&run->part);
	for (unsigned i = 0; i < run->nasked; i++)
		statistic_unask(run->asked[i]);
}

/* --- what it is of --- */

static int begin_counts(struct run *run, const struct part *part, struct err *err)
{
	for (unsigned i = COUNTED_OWN; i < part->nstatistics; i++) {
		const struct statistic *asked = statistic_ask(statistic_question(part->statistics[i]), err);

		if (asked == NULL)
			return -1;
		run->asked[run->nasked++] = asked;
	}
	if (results_init(&run->head, run->asked, run->nasked) != 0 ||
	    results_init(&run->body, run->asked, run->nasked) != 0)
		return err_nomem(err);
	run->part.nstatistics = run->body.ncounted;
	for (unsigned i = 0; i < run->body.ncounted; i++)
		run->part.statistics[i] = run->body.counted[i].of;
	return 0;
}

static int begin(struct run *run, const struct part *part, struct err *err)
{
	struct part *own = &run->part;

	run->begun = true;
	own->alone = part->alone;
	own->number = part->number;
	own->of = part->of;
	own->name = part->name;
	own->machine_told = part->machine_told;
	own->machine = pool_string(&own->about.strings, part->machine);
	if (own->machine == NULL || about_take(&own->about, &part->about) != 0)
		return err_nomem(err);
	own->about.trace.windows = own->about.trace.stray_ons = own->about.trace.stray_offs = 0;
	own->about.trace.past = 0;
	return begin_counts(run, part, err);
}

/* Of a trace that all processes can read, one source is all. */
static int add_sources(struct part *own, const struct part *part)
{
	for (size_t i = 0; i < part->sources.n; i++) {
		struct part_source source = part->sources.at[i];

		if (own->of > 0 && own->sources.n > 0)
			return 0;
		source.file = pool_string(&own->about.strings, source.file);
		if (source.file == NULL || VEC_PUSH(&own->sources, source) != 0)
			return -1;
	}
	return 0;
}

/* --- counts --- */

static int add_to(struct run *run, struct results *results, const struct part_counts *counts, struct err *err)
{
	return counts_add(results, counts, run->part.alone, run->part.name, err);
}

/* Accesses of which it is known in what window they are; before the first mark that hangs on the neighbour. */
static int add_in_window(struct run *run, enum access_window window, const struct part_counts *counts,
			 struct err *err)
{
	struct results_trace *trace = &run->part.about.trace;

	if (window == WINDOW_UNMARKED)
		return add_to(run, &run->head, counts, err);
	if (window == WINDOW_INSIDE || (window == WINDOW_OUTSIDE && trace->all))
		return add_to(run, &run->body, counts, err);
	trace->outside += counts->accesses + counts->past;
	return 0;
}

static enum access_window state(const struct run *run)
{
	if (!run->part.about.trace.marked)
		return WINDOW_UNMARKED;
	return run->part.on ? WINDOW_INSIDE : WINDOW_OUTSIDE;
}

/* --- marks --- */

static int copy_atoms(struct run *run, struct part_atoms *into, const struct part_atoms *from,
		      struct err *err)
{
	for (size_t i = 0; i < from->list.n; i++) {
		struct part_atom copy = {.access = from->list.at[i].access};

		if (counts_copy(&copy.counts, &from->list.at[i].counts, run->part.nstatistics) != 0)
			return err_nomem(err);
		if (VEC_PUSH(&into->list, copy) != 0) {
			counts_free(&copy.counts);
			return err_nomem(err);
		}
	}
	return 0;
}

/* The first mark: it is told when the state before it is known. */
static int take_first_mark(struct run *run, struct window *window, struct part_atoms *mark, struct err *err)
{
	run->part.about.trace.marked = true;
	window->windows = window->stray_ons = window->stray_offs = 0;
	return copy_atoms(run, &run->part.mark, mark, err);
}

/* Of some accesses that are decided, in order. */
static int add_decided(struct run *run, struct window *window, const struct part_atoms *atoms, size_t *at,
		       struct err *err)
{
	bool first = window->marked && !run->part.about.trace.marked;
	struct part_atoms mark = {0};
	struct access access;
	int status = 0;

	while (status == 0 && window_take(window, &access, 1) == 1) {
		const struct part_atom *atom = &atoms->list.at[(*at)++];

		if (first)
			status = VEC_PUSH(&mark.list, *atom) == 0 ? 0 : err_nomem(err);
		else
			status = add_in_window(run, (enum access_window)access.window, &atom->counts, err);
	}
	if (first && status == 0)
		status = take_first_mark(run, window, &mark, err);
	VEC_FREE(&mark.list);
	return status;
}

/* Tells of accesses of which those before and behind them are in no mark. The access with which a mark is
   whole decides this mark and no other access. */
static int tell(struct run *run, const struct part_atoms *atoms, struct err *err)
{
	struct results_trace *trace = &run->part.about.trace;
	struct window window;
	size_t at = 0;
	int status = 0;

	window_init(&window, NULL);
	window.marked = trace->marked;
	window.on = run->part.on;
	for (size_t i = 0; i < atoms->list.n && status == 0; i++)
		if ((status = window_put(&window, &atoms->list.at[i].access, 1, err)) == 0)
			status = add_decided(run, &window, atoms, &at, err);
	window_end(&window);
	if (status == 0)
		status = add_decided(run, &window, atoms, &at, err);
	trace->windows += window.windows;
	trace->stray_ons += window.stray_ons;
	trace->stray_offs += window.stray_offs;
	run->part.on = window.on;
	window_done(&window);
	return status;
}

/* --- parts --- */

static void add_marks(struct run *run, const struct part *part)
{
	struct results_trace *trace = &run->part.about.trace;

	trace->marked |= part->about.trace.marked;
	trace->windows += part->about.trace.windows;
	trace->stray_ons += part->about.trace.stray_ons;
	trace->stray_offs += part->about.trace.stray_offs;
	trace->outside += part->about.trace.outside;
}

/* All accesses so far that may be in marks lie before one that is not. */
static int end_tail(struct run *run, struct err *err)
{
	struct part_atoms tail = run->part.tail;
	int status = 0;

	memset(&run->part.tail, 0, sizeof(run->part.tail));
	if (!run->core) {
		run->core = true;
		run->part.lead = tail;
		return 0;
	}
	status = tell(run, &tail, err);
	free_atoms(&tail);
	return status;
}

static int add_core(struct run *run, const struct part *part, struct err *err)
{
	if (end_tail(run, err) != 0 || add_in_window(run, state(run), &part->head, err) != 0 ||
	    tell(run, &part->mark, err) != 0)
		return -1;
	if (!part->about.trace.marked)
		return 0;
	add_marks(run, part);
	run->part.on = part->on;
	return add_to(run, &run->body, &part->body, err);
}

static int add_alone(struct run *run, const struct part *part, struct err *err)
{
	if (copy_atoms(run, &run->part.tail, &part->lead, err) != 0)
		return -1;
	if (part->head.accesses + part->head.past + part->mark.list.n > 0 && add_core(run, part, err) != 0)
		return -1;
	return copy_atoms(run, &run->part.tail, &part->tail, err);
}

static int add_share(struct run *run, const struct part *part, struct err *err)
{
	add_marks(run, part);
	return add_to(run, &run->body, &part->body, err);
}

int run_add(struct run *run, const struct part *part, struct err *err)
{
	if (!run->begun && begin(run, part, err) != 0)
		return -1;
	run->part.last = part->last;
	if (add_sources(&run->part, part) != 0 || about_add(&run->part.about, &part->about) != 0)
		return err_nomem(err);
	return part->alone ? add_alone(run, part, err) : add_share(run, part, err);
}

int run_write(struct text *out, struct run *run, struct err *err)
{
	struct part *part = &run->part;
	int status;

	if (counts_pack(&part->body, &run->body) != 0)
		return err_nomem(err);
	if (counts_pack(&part->head, &run->head) != 0) {
		counts_free(&part->body);
		return err_nomem(err);
	}
	status = part_write(out, part, err);
	counts_free(&part->body);
	counts_free(&part->head);
	return status;
}
