/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assertions, their figures, and whether they hold. */
#include "reports/assertion.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/size.h"

#include <inttypes.h>
#include <string.h>

static void add_amount(struct text *out, const struct assertion_count *count, uint64_t amount)
{
	char size[32];

	if (count->of->figure == FIGURE_BYTES)
		text_str(out, size_human(amount, size, sizeof(size)));
	else
		text_printf(out, "%" PRIu64, amount);
}

static void add_figure(struct text *out, const struct assertion_count *count)
{
	bool bytes = count->of->figure == FIGURE_BYTES;
	int64_t figure;

	if (!assertion_figure(count, &figure)) {
		text_str(out, "nothing was measured");
	} else if (count->of->is_share) {
		text_printf(out, "%.3f %% (", (double)figure / 1e6);
		add_amount(out, count, bytes ? count->bytes : count->requests);
		text_str(out, " of ");
		add_amount(out, count, bytes ? count->all_bytes : count->all_requests);
		text_char(out, ')');
	} else if (count->of->figure > FIGURE_BYTES) {
		text_printf(out, "%.3f ms", (double)figure / 1e6);
	} else {
		add_amount(out, count, (uint64_t)figure);
	}
}

bool assertions_text(struct text *out, const struct assertion_state *state)
{
	bool all = true;

	for (unsigned i = 0; i < state->n; i++) {
		const struct assertion_count *count = &state->at[i];
		bool holds = assertion_holds(count);

		all &= holds;
		text_str(out, holds ? "holds  " : "FAILS  ");
		escape_terminal(out, count->of->text, strlen(count->of->text));
		text_str(out, ": ");
		add_figure(out, count);
		text_char(out, '\n');
	}
	return all;
}

/* Exact: shares in percent, latencies in microseconds. */
static void add_value(struct text *out, const struct assertion_count *count)
{
	int64_t figure;

	if (!assertion_figure(count, &figure)) {
		text_str(out, ",\"value\":null");
	} else if (count->of->is_share) {
		text_printf(out, ",\"percent\":%" PRId64 ".%06" PRId64, figure / 1000000, figure % 1000000);
		json_u64(out,
			 ",\"value\":", count->of->figure == FIGURE_BYTES ? count->bytes : count->requests);
		json_u64(out, ",\"of\":",
			 count->of->figure == FIGURE_BYTES ? count->all_bytes : count->all_requests);
	} else if (count->of->figure > FIGURE_BYTES) {
		json_microseconds(out, ",\"latency_us\":", figure);
	} else {
		json_u64(out, ",\"value\":", (uint64_t)figure);
	}
}

bool assertions_json(struct text *out, const struct assertion_state *state)
{
	bool all = true;

	text_str(out, "{\"assertions\":[");
	for (unsigned i = 0; i < state->n; i++) {
		const struct assertion_count *count = &state->at[i];
		bool holds = assertion_holds(count);

		all &= holds;
		json_string(out, i > 0 ? ",\n {\"assertion\":" : "\n {\"assertion\":", count->of->text);
		text_str(out, holds ? ",\"holds\":true" : ",\"holds\":false");
		add_value(out, count);
		text_char(out, '}');
	}
	text_str(out, "]}\n");
	return all;
}
