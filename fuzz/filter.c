/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a filter.  One that is taken is asked of some accesses, at once and alone, which must
   say the same. */
#include "fuzz/target.h"
#include "query/filter.h"

#include <stdlib.h>
#include <string.h>

#define ACCESSES 5

static void make(struct access *accesses)
{
	for (unsigned i = 0; i < ACCESSES; i++) {
		accesses[i] = access_blank();
		accesses[i].op = (uint8_t)(i % ACCESS_OPS);
		accesses[i].start = 13 * i;
		accesses[i].count = i;
		accesses[i].flags = (uint16_t)(1u << i);
		if (i % 2 == 0)
			accesses[i].time_ns = 1500000 * i;
		else
			accesses[i].latency_ns = 5000000;
	}
}

static void ask(struct filter_run *run)
{
	const struct access *pointers[ACCESSES];
	struct access accesses[ACCESSES];
	filter_verdict verdicts[ACCESSES];

	make(accesses);
	for (unsigned i = 0; i < ACCESSES; i++)
		pointers[i] = &accesses[i];
	filter_accesses(run, pointers, ACCESSES, 0, verdicts);
	for (unsigned i = 0; i < ACCESSES; i++) {
		bool off = accesses[i].op != ACCESS_FLUSH && access_is_unaligned(&accesses[i], 8);

		piece_set_access(run->piece, &accesses[i], i, off);
		if (filter_piece(run, verdicts[i]) != filter_piece(run, 0) && !run->gave_up)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct filter *filter;
	struct filter_run run;
	struct map *map;
	struct err err;
	size_t at;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (filter_open(&filter, text, &at, &err) == 0) {
		if (map_unknown(&map, 100, &err) == 0) {
			if (filter_run_init(&run, filter, NULL, map, 8) == 0)
				ask(&run);
			filter_run_done(&run);
			map_close(map);
		}
		filter_close(filter);
	} else if (at > size) {
		abort();
	}
	free(text);
	return 0;
}
