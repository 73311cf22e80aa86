/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes as a trace.  They go through the reader that takes them, the marks, the analysis, both
   reports and all writers.  A first line "--format NAME" or "--event NAME" is taken off and obeyed; of
   several devices the first that the error lists is chosen. */
#include "fuzz/target.h"

#include "analyzer/analysis.h"
#include "reports/access_json.h"
#include "reports/report.h"
#include "trace/writers/convert.h"
#include "trace/window.h"

#include <stdlib.h>
#include <string.h>

/* Takes "--NAME VALUE\n" off the front. */
static char *take_option(const char *name, const uint8_t **data, size_t *size)
{
	size_t len = strlen(name);
	const uint8_t *end = memchr(*data, '\n', *size);
	char *value;

	if (end == NULL || *size <= len || memcmp(*data, name, len) != 0)
		return NULL;
	value = strndup((const char *)*data + len, (size_t)(end - *data) - len);
	*size -= (size_t)(end + 1 - *data);
	*data = end + 1;
	return value;
}

static struct trace *open_first_device(const char *path, struct trace_options *options)
{
	struct trace *trace = NULL;
	struct err err = {.text = ""};
	char *list;

	if (trace_open(&trace, path, options, &err) == 0)
		return trace;
	list = strstr(err.text, "--device: ");
	if (list == NULL)
		return NULL;
	list += strlen("--device: ");
	list[strcspn(list, ",")] = '\0';
	options->device = list;
	if (trace_open(&trace, path, options, &err) != 0)
		return NULL;
	/* The text that it points into ends here. */
	trace->options.device = NULL;
	options->device = NULL;
	return trace;
}

static void analyze(struct trace *trace)
{
	struct analysis_options options = {.unit_sectors = 8, .all = true};
	struct analysis analysis;
	struct results results;
	struct text out = {0};
	struct map *map;
	struct err err;

	if (map_unknown(&map, trace->disk_sectors ? trace->disk_sectors : UINT64_MAX, &err) != 0)
		return;
	analysis_init(&analysis, map, &options);
	if (analysis_run(&analysis, trace, &err) == 0) {
		if (results_take(&results, trace, NULL, map, &analysis, &err) == 0 &&
		    report_text(&out, &results, 80, &err) == 0)
			report_json(&out, &results, NULL, &err);
		results_done(&results);
	}
	analysis_done(&analysis);
	map_close(map);
	text_free(&out);
}

static void rewrite(struct trace *trace)
{
	struct convert_result result;
	struct err err;
	bool writing;

	for (size_t i = 0; writer_formats[i] != NULL; i++) {
		struct convert_options options = {.to = writer_formats[i]};

		if (convert(trace, "/dev/null", &options, &result, &writing, &err) != 0)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *format = take_option("--format ", &data, &size);
	char *event = take_option("--event ", &data, &size);
	struct trace_options options = {.format = format, .event = event};
	struct trace *trace = open_first_device(target_file(data, size), &options);

	if (trace != NULL) {
		analyze(trace);
		rewrite(trace);
	}
	trace_close(trace);
	free(format);
	free(event);
	return 0;
}
