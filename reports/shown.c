/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/shown.h"

#include <string.h>

static const struct shown usage = {&statistic_usage, true, usage_text, usage_json};
static const struct shown alignment = {&statistic_alignment, true, alignment_text, alignment_json};

/* Those that are asked for, each in its own file. */
extern const struct shown shown_latency;

const struct shown *const shown[] = {
    &usage,
    &alignment,
    &shown_latency,
    NULL,
};

bool is_shown(const struct results *results, const struct shown *one)
{
	for (unsigned i = 0; i < results->nchosen; i++)
		if (results->chosen[i] == one->statistic)
			return true;
	return results->nchosen == 0 && one->in_report;
}

const struct statistic *report_statistic(const char *name, struct err *err)
{
	struct text names = {0};

	for (size_t i = 0; shown[i] != NULL; i++) {
		if (shown[i]->in_report)
			continue;
		if (strcmp(shown[i]->statistic->name, name) == 0)
			return shown[i]->statistic;
		text_printf(&names, "%s%s", names.n > 0 ? ", " : "", shown[i]->statistic->name);
	}
	err_set(err, "-z: '%.60s' is no statistic; there are: %s", name, names.at ? names.at : "");
	text_free(&names);
	return NULL;
}
