/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of statistics. */
#include "analyzer/latency.h"
#include "analyzer/statistic.h"

#include <string.h>

const struct statistic *const statistics[] = {
    &statistic_usage,
    &statistic_alignment,
    &statistic_heat,
    &statistic_latency,
    NULL,
};

const struct statistic *statistic_named(const char *name)
{
	for (size_t i = 0; statistics[i] != NULL; i++)
		if (strcmp(statistics[i]->name, name) == 0)
			return statistics[i];
	return NULL;
}
