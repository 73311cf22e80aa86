/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/ledger.h"

#include <stdlib.h>
#include <string.h>

void ledger_begin(struct ledger *ledger, const struct ledger_plan *plan, const struct ledger_key *keys,
		  unsigned nkeys)
{
	ledger->plan = plan;
	ledger->nkeys = keys != NULL ? nkeys : plan->nkeys;
	memcpy(ledger->keys, keys != NULL ? keys : plan->keys, ledger->nkeys * sizeof(*ledger->keys));
}

static void row_free(struct ledger_row *row)
{
	for (unsigned i = 0; i < LEDGER_SETS; i++)
		if (row->set[i] != NULL) {
			sector_set_free(row->set[i]);
			free(row->set[i]);
		}
	histogram_free(&row->histogram);
}

void ledger_reset(struct ledger *ledger)
{
	row_free(&ledger->total);
	memset(&ledger->total, 0, sizeof(ledger->total));
	for (size_t i = 0; i < ledger->rows.n; i++)
		row_free(&ledger->rows.at[i]);
	ledger->rows.n = 0;
	keys_free(&ledger->index);
	ledger->accesses = 0;
	ledger->has_first = false;
	ledger->too_many = false;
}

void ledger_free(struct ledger *ledger)
{
	ledger_reset(ledger);
	VEC_FREE(&ledger->rows);
	pool_free(&ledger->strings);
}

/* --- rows --- */

static uint64_t hash_keys(const char *const *keys, unsigned n)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (unsigned i = 0; i < n; i++)
		for (const char *at = keys[i];; at++) {
			hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
			if (*at == '\0')
				break;
		}
	return hash ^ hash >> 31;
}

static bool same_keys(const struct ledger_row *row, const char *const *keys, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(row->key[i], keys[i]) != 0)
			return false;
	return true;
}

static struct ledger_row *add_row(struct ledger *ledger, const char *const *keys, size_t *index)
{
	struct ledger_row row = {.seen = 0};

	if (ledger->rows.n >= LEDGER_ROWS_MAX) {
		ledger->too_many = true;
		return NULL;
	}
	for (unsigned i = 0; i < ledger->nkeys; i++)
		if ((row.key[i] = pool_string(&ledger->strings, keys[i])) == NULL)
			break;
	if ((ledger->nkeys > 0 && row.key[ledger->nkeys - 1] == NULL) || VEC_PUSH(&ledger->rows, row) != 0) {
		ledger->short_of_memory = true;
		return NULL;
	}
	*index = ledger->rows.n;
	return &ledger->rows.at[*index - 1];
}

/* Two with one hash stand behind one another; ends at a hash that nobody has. */
struct ledger_row *ledger_row(struct ledger *ledger, const char *const *keys)
{
	for (uint64_t hash = hash_keys(keys, ledger->nkeys);; hash++) {
		size_t *index = keys_get(&ledger->index, hash);

		if (index == NULL) {
			ledger->short_of_memory = true;
			return NULL;
		}
		if (*index == 0)
			return add_row(ledger, keys, index);
		if (same_keys(&ledger->rows.at[*index - 1], keys, ledger->nkeys))
			return &ledger->rows.at[*index - 1];
	}
}

void ledger_value(struct ledger *ledger, struct ledger_row *row, uint64_t value)
{
	if (histogram_add(&row->histogram, value) != 0)
		ledger->short_of_memory = true;
}

void ledger_mark(struct ledger_row *row, unsigned which, int64_t number)
{
	if (!row->marked[which] || number < row->least[which])
		row->least[which] = number;
	if (!row->marked[which] || number > row->most[which])
		row->most[which] = number;
	row->marked[which] = true;
}

/* The row's set, made when it is new; NULL without memory. */
static struct sector_set *get_set(struct ledger_row *row, unsigned set)
{
	if (row->set[set] == NULL)
		row->set[set] = calloc(1, sizeof(*row->set[set]));
	return row->set[set];
}

void ledger_touch(struct ledger *ledger, struct ledger_row *row, unsigned set, uint64_t start,
		  uint64_t sectors)
{
	struct sector_set *touched = get_set(row, set);

	if (touched == NULL || sector_set_add(touched, start, sectors) != 0)
		ledger->short_of_memory = true;
}

bool ledger_follow(struct ledger_row *row, unsigned chain, uint64_t start)
{
	struct ledger_chain *last = &row->chain[chain];

	if (!last->any) {
		*last = (struct ledger_chain){true, start, start};
		return false;
	}
	return last->end == start;
}

void ledger_ends(struct ledger_row *row, unsigned chain, uint64_t end)
{
	row->chain[chain].end = end;
}

/* --- merging --- */

static void merge_chain(struct ledger_row *into, const struct ledger_chain *from, unsigned chain,
			unsigned sum, bool behind)
{
	struct ledger_chain *last = &into->chain[chain];

	if (!from->any)
		return;
	if (behind && last->any && last->end == from->first)
		into->sum[sum]++;
	if (!last->any)
		last->first = from->first;
	last->any = true;
	last->end = from->end;
}

static int merge_sets(struct ledger_row *into, const struct ledger_row *from)
{
	for (unsigned i = 0; i < LEDGER_SETS; i++) {
		struct sector_set *set;

		if (from->set[i] == NULL)
			continue;
		set = get_set(into, i);
		if (set == NULL || sector_set_merge(set, from->set[i]) != 0)
			return -1;
	}
	return 0;
}

void ledger_unite(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->rows.n; i++)
		if (merge_sets(&ledger->total, &ledger->rows.at[i]) != 0)
			ledger->short_of_memory = true;
}

static int merge_row(struct ledger_row *into, const struct ledger_row *from, const struct ledger *ledger,
		     bool behind)
{
	for (unsigned i = 0; i < LEDGER_CHAINS; i++)
		merge_chain(into, &from->chain[i], i, ledger->chain_sum, behind);
	for (unsigned i = 0; i < LEDGER_SUMS; i++)
		into->sum[i] += from->sum[i];
	for (unsigned i = 0; i < LEDGER_MARKS; i++)
		if (from->marked[i]) {
			ledger_mark(into, i, from->least[i]);
			ledger_mark(into, i, from->most[i]);
		}
	if (merge_sets(into, from) != 0)
		return -1;
	return histogram_merge(&into->histogram, &from->histogram);
}

/* Numbers of accesses are mark 0; those of what lies behind begin where the others end. */
static void shift(struct ledger_row *row, int64_t by)
{
	row->least[0] += by;
	row->most[0] += by;
}

void ledger_merge(struct ledger *into, const struct ledger *from, bool behind)
{
	int64_t by = behind ? (int64_t)(into->accesses - (from->has_first ? from->first : 0)) : 0;
	struct ledger_row total = from->total;
	int status;

	shift(&total, by);
	status = merge_row(&into->total, &total, into, behind);
	for (size_t i = 0; i < from->rows.n && status == 0; i++) {
		struct ledger_row moved = from->rows.at[i];
		struct ledger_row *row = ledger_row(into, moved.key);

		shift(&moved, by);
		if (row != NULL)
			status = merge_row(row, &moved, into, behind);
	}
	if (from->has_first && (!into->has_first || from->first < into->first) && !behind)
		into->first = from->first;
	into->has_first |= from->has_first;
	into->accesses += from->accesses;
	into->too_many |= from->too_many;
	into->short_of_memory |= from->short_of_memory || status != 0;
}

/* --- what is shown --- */

static bool whole(struct ledger_number *number, int64_t value)
{
	*number = (struct ledger_number){true, value, (double)value};
	return true;
}

static bool quotient(struct ledger_number *number, uint64_t a, uint64_t b)
{
	if (b == 0)
		return false;
	*number = (struct ledger_number){.real = (double)a / (double)b};
	return true;
}

static uint64_t set_count(const struct ledger_row *row, unsigned set)
{
	return row->set[set] != NULL ? row->set[set]->count : 0;
}

static int64_t common(const struct ledger_row *row)
{
	return row->set[0] != NULL && row->set[1] != NULL
		   ? (int64_t)sector_set_common(row->set[0], row->set[1])
		   : 0;
}

static bool of_histogram(const struct ledger_row *row, const struct ledger_column *column,
			 struct ledger_number *number)
{
	if (row->histogram.count == 0)
		return false;
	return whole(number, column->source == FROM_MOST_VALUE
				 ? (int64_t)row->histogram.most
				 : (int64_t)histogram_at(&row->histogram, column->a));
}

bool ledger_number(const struct ledger *ledger, const struct ledger_row *row,
		   const struct ledger_column *column, struct ledger_number *number)
{
	unsigned a = column->a, b = column->b;

	switch (column->source) {
	case FROM_SUM:
		return whole(number, (int64_t)row->sum[a]);
	case FROM_SHARE:
		return quotient(number, row->sum[a], ledger->total.sum[a]);
	case FROM_PART:
	case FROM_RATIO:
		return quotient(number, row->sum[a], row->sum[b]);
	case FROM_LEAST:
		return row->marked[a] && whole(number, row->least[a]);
	case FROM_SPAN:
		return row->marked[a] && whole(number, row->most[a] - row->least[a]);
	case FROM_SET:
		return whole(number, (int64_t)set_count(row, a));
	case FROM_COMMON:
		return whole(number, common(row));
	case FROM_EITHER:
		return whole(number, (int64_t)(set_count(row, 0) + set_count(row, 1)) - common(row));
	case FROM_AGAIN:
		return whole(number, (int64_t)(row->sum[a] - set_count(row, b)));
	case FROM_RUN:
		return quotient(number, row->sum[a], row->sum[a] - row->sum[b]);
	case FROM_REPEAT:
		return quotient(number, row->sum[a], set_count(row, b));
	default:
		return of_histogram(row, column, number);
	}
}

/* --- order --- */

struct item {
	struct ledger_row row;
	bool has;
	double value;
};

struct order {
	const struct ledger *ledger;
	bool by_keys, ascending;
};

static int compare_key(const struct ledger_key *key, const char *a, const char *b)
{
	if (key->is_number) {
		double left = strtod(a, NULL), right = strtod(b, NULL);

		if (left != right)
			return left < right ? -1 : 1;
	}
	return strcmp(a, b);
}

static int compare_keys(const struct ledger *ledger, const struct ledger_row *a, const struct ledger_row *b)
{
	for (unsigned i = 0; i < ledger->nkeys; i++) {
		int difference = compare_key(&ledger->keys[i], a->key[i], b->key[i]);

		if (difference != 0)
			return difference;
	}
	return 0;
}

static int compare_items(const void *left, const void *right, void *context)
{
	const struct item *a = left, *b = right;
	const struct order *order = context;

	if (!order->by_keys && a->has != b->has)
		return a->has ? -1 : 1;
	if (!order->by_keys && a->value != b->value)
		return (a->value < b->value) == order->ascending ? -1 : 1;
	return compare_keys(order->ledger, &a->row, &b->row);
}

/* The values are computed once: some are not quick. */
void ledger_sort(struct ledger *ledger, unsigned column, bool by_keys, bool ascending)
{
	struct order order = {ledger, by_keys, ascending};
	struct item *items = malloc((ledger->rows.n + 1) * sizeof(*items));

	keys_free(&ledger->index); /* of the order before */
	if (items == NULL) {
		ledger->short_of_memory = true;
		return;
	}
	for (size_t i = 0; i < ledger->rows.n; i++) {
		struct ledger_number number = {.real = 0};
		struct item *item = &items[i];

		item->row = ledger->rows.at[i];
		item->has =
		    !by_keys && ledger_number(ledger, &item->row, &ledger->plan->columns[column], &number);
		item->value = item->has ? number.real : 0;
	}
	if (ledger->rows.n > 1)
		qsort_r(items, ledger->rows.n, sizeof(*items), compare_items, &order);
	for (size_t i = 0; i < ledger->rows.n; i++)
		ledger->rows.at[i] = items[i].row;
	free(items);
}
