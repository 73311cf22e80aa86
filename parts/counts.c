/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "parts/counts.h"

#include <stdlib.h>
#include <string.h>

static int add_counted(const struct counted *counted, const struct part_bytes *from, bool behind,
		       const char *other, struct err *err)
{
	struct unpack bytes = {.at = from->at, .end = from->at + from->n};
	int status = counted->of->unpack(counted->at, &bytes, behind);

	if (status > 0)
		return err_set(err, "is of another disk than %.300s", other);
	if (status != 0)
		return err_nomem(err);
	if (bytes.bad || bytes.at != bytes.end)
		return err_set(err, "is damaged: its '%s' makes no sense", counted->of->name);
	return 0;
}

int counts_add(struct results *results, const struct part_counts *from, bool behind, const char *other,
	       struct err *err)
{
	results->trace.accesses += from->accesses;
	results->trace.past += from->past;
	results->trace.beyond += from->beyond;
	results->trace.elsewhere += from->elsewhere;
	for (unsigned i = 0; i < results->ncounted; i++)
		if (add_counted(&results->counted[i], &from->of[i], behind, other, err) != 0)
			return -1;
	return 0;
}

void counts_forget(struct results *results)
{
	results->trace.accesses = results->trace.past = results->trace.beyond = results->trace.elsewhere = 0;
	for (unsigned i = 0; i < results->ncounted; i++)
		results->counted[i].of->results_reset(results->counted[i].at);
}

int counts_pack(struct part_counts *counts, const struct results *results)
{
	*counts = (struct part_counts){.accesses = results->trace.accesses,
				       .past = results->trace.past,
				       .beyond = results->trace.beyond,
				       .elsewhere = results->trace.elsewhere};
	for (unsigned i = 0; i < results->ncounted; i++) {
		const struct counted *counted = &results->counted[i];
		struct text packed = {0};

		if (counted->of->sort(counted->at) == 0)
			counted->of->pack(&packed, counted->at);
		else
			packed.short_of_memory = true;
		counts->of[i] = (struct part_bytes){(const uint8_t *)packed.at, packed.n};
		if (packed.short_of_memory) {
			counts_free(counts);
			return -1;
		}
	}
	return 0;
}

int counts_copy(struct part_counts *copy, const struct part_counts *counts, unsigned nstatistics)
{
	*copy = *counts;
	memset(copy->of, 0, sizeof(copy->of));
	for (unsigned i = 0; i < nstatistics; i++) {
		uint8_t *at = malloc(counts->of[i].n + 1);

		if (at == NULL) {
			counts_free(copy);
			return -1;
		}
		memcpy(at, counts->of[i].at, counts->of[i].n);
		copy->of[i] = (struct part_bytes){at, counts->of[i].n};
	}
	return 0;
}

void counts_free(struct part_counts *counts)
{
	for (unsigned i = 0; i < STATISTICS_MAX; i++)
		free((void *)counts->of[i].at);
	memset(counts->of, 0, sizeof(counts->of));
}
