/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placing labels: as many in words as there are lines, the important ones first; between them, neighbours
   that have only a number share a line. */
#include "viz/labels.h"

#include "viz/font.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 10.5

/* One line of the column: labels first .. last of the list. */
struct label_line {
	size_t first, last;
	double want, y;
};

int labels_add(struct labels *labels, const struct label *label)
{
	return VEC_PUSH(&labels->list, *label);
}

void labels_free(struct labels *labels)
{
	VEC_FREE(&labels->list);
}

static int more_important(const struct label *a, const struct label *b)
{
	if ((a->touched > 0) != (b->touched > 0))
		return a->touched > 0 ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int compare_important(const void *left, const void *right)
{
	return more_important(*(struct label *const *)left, *(struct label *const *)right);
}

static size_t count_lines(const struct labels *labels)
{
	size_t lines = 0;

	for (size_t i = 0; i < labels->list.n; i++)
		lines += labels->list.at[i].in_words || i == 0 || labels->list.at[i - 1].in_words;
	return lines;
}

/* Puts labels in words, in order of importance and each name once, while all lines fit. */
static int choose(struct labels *labels)
{
	size_t n = labels->list.n, room = (size_t)((labels->bottom - labels->top) / LABEL_LINE);
	struct label **order = calloc(n + 1, sizeof(struct label *));
	bool *told = calloc(labels->names->list.n + 1, sizeof(*told));

	if (order == NULL || told == NULL) {
		free(order);
		free(told);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		order[i] = &labels->list.at[i];
	qsort(order, n, sizeof(struct label *), compare_important);
	for (size_t i = 0, words = 0; i < n && words < room; i++) {
		if (told[order[i]->name])
			continue;
		order[i]->in_words = told[order[i]->name] = true;
		if (n > room && count_lines(labels) > room)
			order[i]->in_words = false;
		words += order[i]->in_words;
	}
	free(order);
	free(told);
	return 0;
}

/* Moves the lines apart, downwards and then back up from the bottom. */
static void spread(const struct labels *labels, struct label_line *lines, size_t n)
{
	double y = labels->top + LABEL_LINE / 2, end = labels->bottom - LABEL_LINE / 2;

	for (size_t i = 0; i < n; i++, y += LABEL_LINE) {
		y = lines[i].want > y ? lines[i].want : y;
		lines[i].y = y;
	}
	for (size_t i = n; i-- > 0; end -= LABEL_LINE) {
		end = lines[i].y < end ? lines[i].y : end;
		lines[i].y = end;
	}
}

static int compare_numbers(const void *left, const void *right)
{
	unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;

	return a < b ? -1 : a > b;
}

/* "4, 7-9" */
static int add_numbers(struct text *out, const struct labels *labels, const struct label_line *line)
{
	size_t n = line->last - line->first + 1;
	unsigned *numbers = calloc(n, sizeof(*numbers));

	if (numbers == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		numbers[i] = labels->names->list.at[labels->list.at[line->first + i].name].number;
	qsort(numbers, n, sizeof(*numbers), compare_numbers);
	for (size_t i = 0, j; i < n; i = j) {
		if (numbers[i] == 0) { /* too little for the legend */
			j = i + 1;
			continue;
		}
		for (j = i + 1; j < n && numbers[j] <= numbers[j - 1] + 1; j++)
			;
		text_printf(out, out->n ? ", %u" : "%u", numbers[i]);
		if (numbers[j - 1] > numbers[i])
			text_printf(out, "-%u", numbers[j - 1]);
	}
	free(numbers);
	return 0;
}

/* How much is said: of each operation how many were unaligned, of all together, or no operations at all. */
enum counts { COUNTS_FULL, COUNTS_BY_OP, COUNTS_SUM };

static void add_counts(struct text *out, const struct counters *counters, enum counts how)
{
	static const char *const words[] = {"read", "write", "discard", "zero"};
	uint64_t requests = 0, unaligned = 0;

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		const struct counter *counter = &counters->op[op];

		if (counter->requests == 0)
			continue;
		if (how != COUNTS_SUM)
			text_printf(out, "%s%" PRIu64 " %s%s", requests == 0 ? "" : ", ", counter->requests,
				    words[op],
				    counter->requests == 1 ? ""
				    : op == ACCESS_ZERO    ? "es"
							   : "s");
		if (counter->unaligned > 0 && how == COUNTS_FULL)
			text_printf(out, " (%" PRIu64 " unaligned)", counter->unaligned);
		requests += counter->requests;
		unaligned += counter->unaligned;
	}
	if (requests > 0 && how == COUNTS_SUM)
		text_printf(out, "%" PRIu64 " access%s", requests, requests == 1 ? "" : "es");
	if (unaligned > 0 && how != COUNTS_FULL)
		text_printf(out, ", %" PRIu64 " unaligned", unaligned);
}

void counts_text(struct text *out, const struct counters *counters)
{
	add_counts(out, counters, COUNTS_FULL);
}

void counts_draw(struct scene *scene, double x, double y, double room, const char *before,
		 const struct counters *counters)
{
	static const struct {
		enum counts how;
		double size;
	} tries[] = {{COUNTS_FULL, 9}, {COUNTS_BY_OP, 9}, {COUNTS_BY_OP, 8}, {COUNTS_SUM, 9}};
	struct text counts = {0};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct type type = {.size = tries[i].size, .colour = INK_SOFT};
		size_t none = strlen(before);

		text_clear(&counts);
		text_str(&counts, before);
		add_counts(&counts, counters, tries[i].how);
		if (counts.n <= none || font_width(counts.at, type.size, false) > room)
			continue;
		scene_text(scene, x, y, &type, counts.at);
		break;
	}
	scene->short_of_memory |= counts.short_of_memory;
	text_free(&counts);
}

static void draw_words(const struct labels *labels, struct scene *scene, const struct label *label, double y)
{
	const struct name *name = &labels->names->list.at[label->name];
	bool loud = kind_family(name->kind) == FAMILY_JOURNAL;
	struct type type = {
	    .size = loud ? 13 : SIZE, .colour = name_requests(name) ? INK : INK_SOFT, .bold = loud};
	double x = labels->x;

	type.room = labels->right - x;
	x += scene_text(scene, x, y, &type, name_text(labels->names, label->name)) + 7;
	counts_draw(scene, x, y, labels->right - x, "", &name->counters);
}

static void draw_leader(struct scene *scene, const struct label *label, double bend, double y)
{
	scene_line(scene, label->x + 1, label->y, label->x + 5, label->y, 0.7, INK_FAINT);
	scene_line(scene, label->x + 5, label->y, bend, y, 0.7, INK_FAINT);
}

/* Of several labels on a line, the first and the last are led to. */
static int draw_line(const struct labels *labels, struct scene *scene, const struct label_line *line)
{
	const struct label *label = &labels->list.at[line->first];
	struct type type = {.size = 9, .colour = INK_FAINT, .room = labels->right - labels->x};
	struct text numbers = {0};
	double bend = labels->x - 6;
	int status = 0;

	draw_leader(scene, label, bend, line->y);
	if (line->last > line->first)
		draw_leader(scene, &labels->list.at[line->last], bend, line->y);
	scene_line(scene, bend, line->y, labels->x - 3, line->y, 0.7, INK_FAINT);
	if (label->in_words) {
		draw_words(labels, scene, label, line->y + SIZE * 0.36);
		return 0;
	}
	status = add_numbers(&numbers, labels, line);
	if (status == 0 && numbers.n > 0)
		scene_text(scene, labels->x, line->y + 3, &type, numbers.at);
	text_free(&numbers);
	return status;
}

static size_t make_lines(const struct labels *labels, struct label_line *lines)
{
	size_t n = 0;

	for (size_t i = 0; i < labels->list.n; i++) {
		const struct label *label = &labels->list.at[i];

		if (n > 0 && !label->in_words && !labels->list.at[lines[n - 1].first].in_words) {
			lines[n - 1].last = i;
			lines[n - 1].want = (labels->list.at[lines[n - 1].first].y + label->y) / 2;
			continue;
		}
		lines[n++] = (struct label_line){.first = i, .last = i, .want = label->y};
	}
	return n;
}

int labels_draw(struct labels *labels, struct scene *scene)
{
	struct label_line *lines = calloc(labels->list.n + 1, sizeof(*lines));
	int status = 0;
	size_t n;

	if (lines == NULL || choose(labels) != 0) {
		free(lines);
		return -1;
	}
	n = make_lines(labels, lines);
	spread(labels, lines, n);
	for (size_t i = 0; i < n && status == 0; i++)
		status = draw_line(labels, scene, &lines[i]);
	free(lines);
	return status;
}
