/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/shown.h"

#include "analyzer/asked.h"

#include <string.h>

static const struct shown usage = {&statistic_usage, true, usage_text, usage_json};
static const struct shown alignment = {&statistic_alignment, true, alignment_text, alignment_json};

/* Those that are asked for, each in its own file. */
extern const struct shown shown_latency;

static const struct shown shown_io = {&statistic_io, false, ledger_text, ledger_json};
static const struct shown shown_tx = {&statistic_tx, false, ledger_text, ledger_json};
static const struct shown shown_home = {&statistic_home, false, ledger_text, ledger_json};
static const struct shown shown_amp = {&statistic_amp, false, ledger_text, ledger_json};
static const struct shown shown_size = {&statistic_size, false, ledger_text, ledger_json};
static const struct shown shown_seq = {&statistic_seq, false, ledger_text, ledger_json};
static const struct shown shown_rewrite = {&statistic_rewrite, false, ledger_text, ledger_json};
static const struct shown shown_first = {&statistic_first, false, ledger_text, ledger_json};
static const struct shown shown_working_set = {&statistic_working_set, false, ledger_text, ledger_json};
static const struct shown shown_torn = {&statistic_torn, false, ledger_text, ledger_json};

/* clang-format off */
const struct shown *const shown[] = {
    &usage,
    &alignment,
    &shown_latency,
    &shown_io,
    &shown_tx,
    &shown_home,
    &shown_amp,
    &shown_size,
    &shown_seq,
    &shown_rewrite,
    &shown_first,
    &shown_working_set,
    &shown_torn,
    NULL,
};
/* clang-format on */

/* Whether the table has one with this name, and the names of all that can be asked for. */
static bool can_be_asked(const char *question, struct text *names)
{
	size_t len = strcspn(question, ",");
	bool found = false;

	for (size_t i = 0; shown[i] != NULL; i++) {
		const char *name = shown[i]->statistic->name;

		if (shown[i]->in_report)
			continue;
		found |= strlen(name) == len && memcmp(name, question, len) == 0;
		text_printf(names, "%s%s", names->n > 0 ? ", " : "", name);
	}
	return found;
}

const struct statistic *report_statistic(const char *question, struct err *err)
{
	const struct statistic *asked = NULL;
	struct text names = {0};

	if (!can_be_asked(question, &names))
		err_set(err, "-z: '%.60s' is no statistic; there are: %s", question,
			names.at ? names.at : "");
	else if ((asked = statistic_ask(question, err)) == NULL)
		err_prefix(err, "-z: ");
	text_free(&names);
	return asked;
}
