/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A ledger as bytes: accesses, whether they have a first number (1) and which; the row of all; rows (number),
   then each with its keys (texts) before it. A row: sums; for each mark whether it is there (1), and then its
   least and most; for each chain whether there is one (1), and then its first and its end; for each set
   whether there is one (1), and then the set; the histogram. Signed numbers are zigzag. */
#include "analyzer/ledger.h"

#include <stdlib.h>

static void pack_signed(struct text *out, int64_t number)
{
	pack_number(out, ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0));
}

static int64_t unpack_signed(struct unpack *bytes)
{
	uint64_t number = unpack_number(bytes);

	return (int64_t)(number >> 1 ^ ((number & 1) != 0 ? UINT64_MAX : 0));
}

static void pack_row(struct text *out, const struct ledger_row *row)
{
	for (unsigned i = 0; i < LEDGER_SUMS; i++)
		pack_number(out, row->sum[i]);
	for (unsigned i = 0; i < LEDGER_MARKS; i++) {
		pack_u8(out, row->marked[i]);
		if (row->marked[i]) {
			pack_signed(out, row->least[i]);
			pack_signed(out, row->most[i]);
		}
	}
	for (unsigned i = 0; i < LEDGER_CHAINS; i++) {
		pack_u8(out, row->chain[i].any);
		if (row->chain[i].any) {
			pack_number(out, row->chain[i].first);
			pack_number(out, row->chain[i].end);
		}
	}
	for (unsigned i = 0; i < LEDGER_SETS; i++) {
		pack_u8(out, row->set[i] != NULL);
		if (row->set[i] != NULL)
			sector_set_pack(out, row->set[i]);
	}
	histogram_pack(out, &row->histogram);
}

void ledger_pack(struct text *out, const struct ledger *ledger)
{
	pack_number(out, ledger->accesses);
	pack_u8(out, ledger->has_first);
	pack_number(out, ledger->first);
	pack_row(out, &ledger->total);
	pack_number(out, ledger->rows.n);
	for (size_t i = 0; i < ledger->rows.n; i++) {
		for (unsigned key = 0; key < ledger->nkeys; key++)
			pack_str(out, ledger->rows.at[i].key[key]);
		pack_row(out, &ledger->rows.at[i]);
	}
}

static void unpack_marks(struct ledger_row *row, struct unpack *bytes)
{
	for (unsigned i = 0; i < LEDGER_MARKS; i++) {
		int64_t least;

		if (unpack_u8(bytes) == 0)
			continue;
		least = unpack_signed(bytes);
		ledger_mark(row, i, least);
		ledger_mark(row, i, unpack_signed(bytes));
		if (row->most[i] - row->least[i] < 0 || llabs(row->least[i]) > INT64_MAX / 4 ||
		    llabs(row->most[i]) > INT64_MAX / 4)
			bytes->bad = true;
	}
}

static int unpack_sets(struct ledger_row *row, struct unpack *bytes)
{
	for (unsigned i = 0; i < LEDGER_SETS; i++) {
		if (unpack_u8(bytes) == 0)
			continue;
		if (row->set[i] == NULL)
			row->set[i] = calloc(1, sizeof(*row->set[i]));
		if (row->set[i] == NULL || sector_set_unpack(row->set[i], bytes) != 0)
			return -1;
	}
	return 0;
}

/* Into a row of zeroes. */
static int unpack_row(struct ledger_row *row, struct unpack *bytes)
{
	for (unsigned i = 0; i < LEDGER_SUMS; i++)
		row->sum[i] = unpack_number(bytes);
	unpack_marks(row, bytes);
	for (unsigned i = 0; i < LEDGER_CHAINS; i++) {
		if (unpack_u8(bytes) == 0)
			continue;
		row->chain[i].any = true;
		row->chain[i].first = unpack_number(bytes);
		row->chain[i].end = unpack_number(bytes);
	}
	if (unpack_sets(row, bytes) != 0)
		return -1;
	return histogram_unpack(&row->histogram, bytes);
}

static int unpack_keyed(struct ledger *ledger, struct unpack *bytes)
{
	char *keys[LEDGER_KEYS_MAX] = {NULL};
	struct ledger_row *row = NULL;
	int status = 0;

	for (unsigned i = 0; i < ledger->nkeys && status == 0; i++)
		status = (keys[i] = unpack_str(bytes)) == NULL ? -1 : 0;
	if (status == 0)
		row = ledger_row(ledger, (const char *const *)keys);
	if (row != NULL)
		status = unpack_row(row, bytes);
	for (unsigned i = 0; i < ledger->nkeys; i++)
		free(keys[i]);
	if (bytes->bad || ledger->too_many)
		bytes->bad = true;
	return bytes->bad ? 0 : row == NULL ? -1 : status;
}

static int unpack_all(struct ledger *ledger, struct unpack *bytes)
{
	uint64_t n;

	ledger->accesses = unpack_number(bytes);
	ledger->has_first = unpack_u8(bytes) != 0;
	ledger->first = unpack_number(bytes);
	if (unpack_row(&ledger->total, bytes) != 0)
		return -1;
	n = unpack_number(bytes);
	for (uint64_t i = 0; i < n && !bytes->bad; i++)
		if (unpack_keyed(ledger, bytes) != 0)
			return -1;
	if (ledger->rows.n != n)
		bytes->bad = true;
	return 0;
}

int ledger_unpack(struct ledger *ledger, struct unpack *bytes, bool behind)
{
	struct ledger other = {.chain_sum = ledger->chain_sum};
	int status;

	ledger_begin(&other, ledger->plan, ledger->keys, ledger->nkeys);
	status = unpack_all(&other, bytes);
	if (status == 0 && !bytes->bad)
		ledger_merge(ledger, &other, behind);
	ledger_free(&other);
	return status == 0 && !ledger->short_of_memory ? 0 : -1;
}
