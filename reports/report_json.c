/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as the contract's JSON document. Each region, file and device has a line of its own. */
#include "base/json.h"
#include "reports/report.h"
#include "reports/shown.h"

void json_item(struct text *out, size_t i)
{
	text_str(out, i > 0 ? ",\n  " : "\n  ");
}

void sink_put(struct json_sink *sink, struct text *text)
{
	if (sink->status == 0 && sink->flush != NULL)
		sink->status = sink->flush(text);
	else if (sink->status == 0)
		text_add(sink->out, text->at, text->n);
	text_clear(text);
}

static void add_list(struct text *out, const char *key, const char *const *texts, size_t n)
{
	text_str(out, key);
	for (size_t i = 0; i < n; i++) {
		json_item(out, i);
		json_string(out, "", texts[i]);
	}
}

/* Only where there are any; they come first. */
static void add_warnings(struct text *out, const struct results *results)
{
	text_char(out, '{');
	if (results->warnings.n == 0)
		return;
	add_list(out, "\"warnings\":[", results->warnings.at, results->warnings.n);
	text_str(out, "],\n ");
}

static void add_trace(struct text *out, const struct results_trace *trace)
{
	json_string(out, "\"trace\":{\"file\":", trace->file);
	json_string(out, ",\"format\":", trace->format);
	if (trace->event != NULL)
		json_string(out, ",\"event\":", trace->event);
	if (trace->relative_to != NULL)
		json_string(out, ",\"relative_to\":", trace->relative_to);
	if (trace->identity != NULL)
		json_string(out, ",\"identity\":", trace->identity);
	json_u64(out, ",\"accesses\":", trace->accesses);
	json_u64(out, ",\"windows\":", trace->windows);
	json_u64(out, ",\"outside\":", trace->outside + trace->past);
	if (trace->filter != NULL) {
		json_string(out, ",\"filter\":", trace->filter);
		json_u64(out, ",\"filtered\":", trace->filtered);
	}
	text_str(out, "},\n");
}

static void add_disk(struct text *out, const struct results_disk *disk)
{
	if (disk->file == NULL)
		return;
	json_string(out, " \"disk\":{\"file\":", disk->file);
	json_u64(out, ",\"sectors\":", disk->sectors);
	text_str(out, "},\n");
}

/* Those that are asked for are members of one. */
static void asked(struct json_sink *sink, const struct results *results)
{
	const char *before = " \"statistics\":{";

	for (size_t i = 0; shown[i] != NULL; i++)
		for (unsigned n = 0; n < results->nchosen; n++) {
			if (statistic_row(results->chosen[n]) != shown[i]->statistic)
				continue;
			text_str(sink->out, before);
			before = ",\n ";
			shown[i]->json(sink, results, results->chosen[n]);
		}
	text_str(sink->out, "},\n");
}

static void reported(struct json_sink *sink, const struct results *results)
{
	for (size_t i = 0; shown[i] != NULL; i++)
		if (shown[i]->in_report)
			shown[i]->json(sink, results, shown[i]->statistic);
}

int report_json(struct text *out, const struct results *results, report_flush *flush, struct err *err)
{
	struct json_sink sink = {.out = out, .flush = flush};

	add_warnings(out, results);
	add_trace(out, &results->trace);
	add_disk(out, &results->disk);
	if (results->nchosen > 0)
		asked(&sink, results);
	else
		reported(&sink, results);
	add_list(out, " \"notes\":[", results->notes.at, results->notes.n);
	text_str(out, "]}\n");
	if (out->short_of_memory)
		return err_nomem(err);
	if (flush != NULL)
		sink_put(&sink, out);
	return sink.status;
}
