/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "parts/order.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void order_init(struct order *order)
{
	memset(order, 0, sizeof(*order));
}

void order_done(struct order *order)
{
	VEC_FREE(&order->cards);
	VEC_FREE(&order->sources);
	pool_free(&order->strings);
}

static int add_sources(struct order *order, const struct part *part)
{
	const char *machine = pool_string(&order->strings, part->machine);

	for (size_t i = 0; i < part->sources.n && machine != NULL; i++) {
		const struct part_source *from = &part->sources.at[i];
		struct order_source source = {from->digest, from->size, machine, part->name, order->cards.n};

		if (from->size > 0 && VEC_PUSH(&order->sources, source) != 0)
			return -1;
	}
	return machine != NULL ? 0 : -1;
}

/* The same text for parts of one trace, in an order that hangs on nothing else. A file of its own is a whole trace. */
static const char *group(struct order *order, const struct part *part)
{
	const struct results *about = &part->about;
	const struct part_source *source = &part->sources.at[0];
	struct text text = {0};
	const char *string;

	text_printf(&text, "%s\n%s\n%s\n%s\n", part->machine,
		    about->disk.identity ? about->disk.identity : "",
		    about->disk.file ? about->disk.file : "",
		    about->trace.relative_to ? about->trace.relative_to : "");
	text_printf(&text, "%016" PRIx64 " %020" PRIu64 " %u %d %s", source->digest, source->size, part->of,
		    part->alone, part->of == 0 || source->size == 0 ? source->file : "");
	string = text.short_of_memory ? NULL : pool_string(&order->strings, text.at);
	text_free(&text);
	return string;
}

int order_add(struct order *order, const struct part *part, size_t file, size_t at, size_t len)
{
	struct order_card card = {
	    .file = file,
	    .at = at,
	    .len = len,
	    .name = part->name,
	    .number = part->number,
	    .last = part->last,
	    .of = part->of,
	    .given = order->cards.n,
	    .group = order->across ? group(order, part) : "",
	};

	if (card.group == NULL)
		return -1;
	if (part->of == 0 && add_sources(order, part) != 0)
		return -1;
	return VEC_PUSH(&order->cards, card);
}

static int compare_cards(const void *left, const void *right)
{
	const struct order_card *a = left, *b = right;
	int order = strcmp(a->group, b->group);

	if (order != 0)
		return order;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->given < b->given ? -1 : a->given > b->given;
}

/* Whether two are of the same bytes of the same machine: traces of idle machines look alike. */
static int compare_bytes(const struct order_source *a, const struct order_source *b)
{
	if (a->digest != b->digest)
		return a->digest < b->digest ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return strcmp(a->machine, b->machine);
}

static int compare_sources(const void *left, const void *right)
{
	const struct order_source *a = left, *b = right;
	int bytes = compare_bytes(a, b);

	return bytes != 0 ? bytes : a->given < b->given ? -1 : a->given > b->given;
}

static int find_same_bytes(struct order *order, const char **name, struct err *err)
{
	if (order->sources.n > 0)
		qsort(order->sources.at, order->sources.n, sizeof(*order->sources.at), compare_sources);
	for (size_t i = 1; i < order->sources.n; i++) {
		const struct order_source *before = &order->sources.at[i - 1],
					  *source = &order->sources.at[i];

		if (compare_bytes(before, source) != 0)
			continue;
		*name = source->name;
		return err_set(err, "has the same bytes as %.300s", before->name);
	}
	return 0;
}

int order_sort(struct order *order, const char **name, struct err *err)
{
	const struct order_card *cards = order->cards.at;

	if (order->cards.n > 0)
		qsort(order->cards.at, order->cards.n, sizeof(*cards), compare_cards);
	for (size_t i = 1; i < order->cards.n; i++) {
		if (cards[i].of == 0 || cards[i].number > cards[i - 1].last ||
		    strcmp(cards[i].group, cards[i - 1].group) != 0)
			continue;
		*name = cards[i].name;
		return err_set(err, "is piece %u of %u, and so is %.300s", cards[i].number, cards[i].of,
			       cards[i - 1].name);
	}
	return find_same_bytes(order, name, err);
}

int order_is_whole(const struct order *order, struct err *err)
{
	unsigned next = 1;

	for (size_t i = 0; i < order->cards.n; i++) {
		const struct order_card *card = &order->cards.at[i];
		bool ends = i + 1 == order->cards.n || strcmp(card->group, card[1].group) != 0;

		if (card->of > 0 && card->number != next)
			return err_set(err, "piece %u of %u is missing%s%.300s", next, card->of,
				       order->across ? ", of the trace of " : "",
				       order->across ? card->name : "");
		if (ends && card->last < card->of)
			return err_set(err, "piece %u of %u is missing%s%.300s", card->last + 1, card->of,
				       order->across ? ", of the trace of " : "",
				       order->across ? card->name : "");
		next = ends ? 1 : card->last + 1;
	}
	return 0;
}
