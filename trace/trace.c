/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a trace: which format it is, which device is meant, and reading it without knowing the format. */
#include "trace/trace.h"

#include "trace/unknown.h"

#include "base/device_name.h"
#include "trace/recorded.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SURVEY_BATCH 256
#define MARKS_MAX 65536

/* Adds a name to a list for a message, as long as there is room for it. */
static void list_add(char *list, size_t size, const char *name)
{
	size_t used = strlen(list);

	if (used + strlen(name) + 8 < size)
		snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
	else if (used > 3 && strcmp(list + used - 3, "...") != 0)
		strcat(list, ", ...");
}

static int format_unknown(const char *wanted, struct err *err)
{
	char list[256] = "";

	for (size_t i = 0; trace_formats[i] != NULL; i++)
		list_add(list, sizeof(list), trace_formats[i]->name);
	return err_set(err, "'%s' is not a trace format that blkmap knows (%s)", wanted, list);
}

static int format_named(struct trace *trace, const char *wanted, struct err *err)
{
	size_t len = strcspn(wanted, ":");

	for (size_t i = 0; trace_formats[i] != NULL; i++) {
		if (strlen(trace_formats[i]->name) != len ||
		    strncmp(wanted, trace_formats[i]->name, len) != 0)
			continue;
		trace->argument = wanted[len] == ':' ? wanted + len + 1 : NULL;
		trace->format = trace_formats[i];
		snprintf(trace->why, sizeof(trace->why), "%s, as --format says", trace->format->name);
		return 0;
	}
	return format_unknown(wanted, err);
}

/* A piece without the beginning of its trace: lines that some format would go on with. */
static int choose_for_piece(struct trace *trace, const uint8_t *bytes, size_t len, struct err *err)
{
	for (size_t i = 0; trace_formats[i] != NULL; i++) {
		if (trace_formats[i]->continues == NULL || !trace_formats[i]->continues(bytes, len))
			continue;
		trace->format = trace_formats[i];
		snprintf(trace->why, sizeof(trace->why), "%s, because its first line goes on with one",
			 trace->format->name);
		return 0;
	}
	return trace_unknown(bytes, len, err);
}

static int format_probed(struct trace *trace, struct err *err)
{
	const char *compression = input_compression(trace->input);
	const uint8_t *bytes;
	long len = input_peek(trace->input, &bytes, INPUT_PEEK, err);

	if (len < 0)
		return -1;
	if (len == 0)
		return err_set(err, "is empty, expected a trace");
	for (size_t i = 0; trace_formats[i] != NULL; i++) {
		if (trace_formats[i]->probe == NULL || !trace_formats[i]->probe(bytes, (size_t)len))
			continue;
		trace->format = trace_formats[i];
		snprintf(trace->why, sizeof(trace->why), "%s%s%s, because %s", trace->format->name,
			 compression ? " in " : "", compression ? compression : "", trace->format->sign);
		return 0;
	}
	return trace->options.piece ? choose_for_piece(trace, bytes, (size_t)len, err)
				    : trace_unknown(bytes, (size_t)len, err);
}

static const char *recognise(struct input *input)
{
	const uint8_t *bytes;
	struct err none;
	long len = input_peek(input, &bytes, INPUT_PEEK, &none);

	for (size_t i = 0; len > 0 && trace_formats[i] != NULL; i++)
		if (trace_formats[i]->probe != NULL && trace_formats[i]->probe(bytes, (size_t)len))
			return trace_formats[i]->name;
	return NULL;
}

const char *trace_recognised(const char *path)
{
	const char *name = NULL;
	struct input *input;
	struct stat st;
	struct err none;

	/* What comes through a pipe can be read once only. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || input_open(&input, path, NULL, &none) != 0)
		return NULL;
	name = recognise(input);
	input_close(input);
	return name;
}

static int choose_format(struct trace *trace, struct err *err)
{
	const char *wanted = trace->options.format;

	if ((wanted ? format_named(trace, wanted, err) : format_probed(trace, err)) != 0)
		return -1;
	if (trace->options.event != NULL && trace->format->events == NULL)
		return err_set(err, "a %s trace has one event a request, so --event does not apply",
			       trace->format->name);
	if (trace->options.piece && trace->options.of == 0 && trace->format->continues == NULL)
		return err_set(
		    err,
		    "a piece of a %s trace does not say what came before; give the whole trace and "
		    "--piece NUMBER/PIECES",
		    trace->format->name);
	return 0;
}

/* Opens the first of the files that is not empty: an idle CPU's is. */
static int open_input(struct trace *trace, struct err *err)
{
	const uint8_t *bytes;
	long len = 0;

	for (size_t i = 0; i < trace->files.n && len == 0; i++) {
		input_close(trace->input);
		trace->input = NULL;
		if (input_open(&trace->input, trace->files.at[i], trace->options.tmpdir, err) == 0)
			len = input_peek(trace->input, &bytes, 1, err);
		else
			len = -1;
		if (len < 0)
			return trace->files.n > 1 ? err_prefix(err, "%s: ", trace->files.at[i]) : -1;
	}
	return 0;
}

static void notes_clear(struct trace *trace)
{
	for (size_t i = 0; i < trace->notes.n; i++)
		free(trace->notes.at[i]);
	for (size_t i = 0; i < trace->marks.n; i++)
		free(trace->marks.at[i].name);
	trace->notes.n = trace->marks.n = 0;
}

bool trace_is_cut(const struct trace *trace)
{
	return trace->options.of > 0 && trace->single && trace->format->continues != NULL &&
	       trace->format->parse != NULL && input_can_cut(trace->input);
}

/* A blind spot is told with the trace, whatever is asked of it. */
static int tell_blind(struct trace *trace, struct err *err)
{
	struct text text = {0};
	int status = 0;

	if (trace->blind == 0)
		return 0;
	recorded_blind_text(&text, trace->blind);
	status = text.short_of_memory ? err_nomem(err)
				      : trace_note(trace, err, "this recording cannot see %s", text.at);
	text_free(&text);
	return status;
}

int trace_rewind(struct trace *trace, struct err *err)
{
	trace->format->close(trace);
	trace->state = NULL;
	notes_clear(trace);
	memset(&trace->strays, 0, sizeof(trace->strays));
	if (input_rewind(trace->input, err) != 0)
		return -1;
	if (trace->format->open(trace, err) != 0 || tell_blind(trace, err) != 0)
		return -1;
	return trace_is_cut(trace) ? input_cut(trace->input, trace->options.number, trace->options.of, err)
				   : 0;
}

/* Reads the trace once for its devices and events. */
static int survey(struct trace *trace, struct err *err)
{
	struct access batch[SURVEY_BATCH];
	long got;

	do
		got = trace->format->read(trace, batch, SURVEY_BATCH, err);
	while (got > 0);
	return got < 0 ? -1 : trace_end(trace, err);
}

static int choose_device(struct trace *trace, struct err *err)
{
	const char *wanted = trace->options.device;
	const char *const *names = (const char *const *)trace->devices.at;
	size_t meant[2];
	long index = wanted ? device_name_find(wanted, names, trace->devices.n, meant) : -1;
	char list[320] = "";

	if (index == -2)
		return err_set(err, "--device '%.100s' may be %.100s or %.100s", wanted, names[meant[0]],
			       names[meant[1]]);
	if (index >= 0) {
		trace->chosen = (uint32_t)index;
		trace->has_chosen = true;
		return 0;
	}
	if (wanted == NULL && trace->devices.n <= 1)
		return 0;
	if (trace->devices.n == 0)
		return err_set(err, "names no devices, so --device '%s' is not in it", wanted);
	for (size_t i = 0; i < trace->devices.n; i++)
		list_add(list, sizeof(list), trace->devices.at[i]);
	if (wanted == NULL)
		return err_set(err, "holds several devices; choose one with --device: %s", list);
	return err_set(err, "has no device '%.100s'; it has: %s", wanted, list);
}

static int trace_start(struct trace *trace, struct err *err)
{
	uint64_t memory = trace->options.max_memory;

	if (memory == 0 || memory > TRACE_MEMORY_DEFAULT)
		memory = TRACE_MEMORY_DEFAULT;
	trace->devices.room = trace->comms.room = trace->memory = memory / 4;
	trace->surveying = true;
	if (trace_comm(trace, "", 0, err) != 0 || files_find(&trace->files, trace->path, err) != 0 ||
	    open_input(trace, err) != 0 || choose_format(trace, err) != 0 ||
	    trace->format->open(trace, err) != 0)
		return -1;
	if (!trace->single && survey(trace, err) != 0)
		return -1;
	if (choose_device(trace, err) != 0)
		return -1;
	if (trace->chosen < trace->seen.n && trace->seen.at[trace->chosen].sectors != 0)
		trace->disk_sectors = trace->seen.at[trace->chosen].sectors;
	trace->surveying = false;
	return trace->single && !trace_is_cut(trace) ? tell_blind(trace, err) : trace_rewind(trace, err);
}

int trace_open(struct trace **result, const char *path, const struct trace_options *options, struct err *err)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (trace == NULL)
		return err_nomem(err);
	trace->path = path;
	if (options != NULL)
		trace->options = *options;
	if (trace_start(trace, err) != 0) {
		trace_close(trace);
		return -1;
	}
	*result = trace;
	return 0;
}

void trace_close(struct trace *trace)
{
	if (trace == NULL)
		return;
	if (trace->format != NULL)
		trace->format->close(trace);
	input_close(trace->input);
	files_done(&trace->files);
	notes_clear(trace);
	remaps_free(trace->remaps);
	names_done(&trace->devices);
	names_done(&trace->comms);
	VEC_FREE(&trace->seen);
	VEC_FREE(&trace->notes);
	VEC_FREE(&trace->marks);
	free(trace);
}

/* Keeps the accesses of the chosen device. */
static long keep_chosen(const struct trace *trace, struct access *batch, long n)
{
	long kept = 0;

	for (long i = 0; i < n; i++)
		if (batch[i].device == trace->chosen)
			batch[kept++] = batch[i];
	return kept;
}

long trace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	for (;;) {
		long got = trace->format->read(trace, batch, n, err);

		if (got == 0)
			return trace_end(trace, err);
		if (got < 0)
			return got;
		if (trace->has_chosen)
			got = keep_chosen(trace, batch, got);
		if (got > 0)
			return got;
	}
}

int trace_end(struct trace *trace, struct err *err)
{
	char text[STRAYS_TEXT];

	if (strays_check(&trace->strays, err) != 0)
		return -1;
	while (strays_tell(&trace->strays, text, sizeof(text)))
		if (trace_note(trace, err, "%s", text) != 0)
			return -1;
	return 0;
}

long trace_device(struct trace *trace, const char *name, size_t len, struct err *err)
{
	long index = names_index(&trace->devices, name, len, err);

	if (index == -2)
		return err_set(err, "more devices than there is room for (%zu so far)", trace->devices.n);
	while (index >= 0 && trace->seen.n < trace->devices.n)
		if (VEC_PUSH(&trace->seen, (struct trace_seen){.stage = {0}}) != 0)
			return err_nomem(err);
	return index;
}

long trace_comm(struct trace *trace, const char *name, size_t len, struct err *err)
{
	long index = names_index(&trace->comms, name, len, err);

	return index == -2 ? 0 : index;
}

int trace_mark(struct trace *trace, uint64_t at, const char *name, size_t len, struct err *err)
{
	char *copy;

	if (trace->surveying || trace->marks.n >= MARKS_MAX)
		return 0;
	copy = strndup(name, len);
	if (copy != NULL && VEC_PUSH(&trace->marks, (struct trace_mark){.at = at, .name = copy}) == 0)
		return 0;
	free(copy);
	return err_nomem(err);
}

int trace_remap(struct trace *trace, const char *name, const char *from, uint64_t sector,
		uint64_t from_sector, struct err *err)
{
	if (!trace->surveying)
		return 0;
	if (trace->remaps == NULL)
		trace->remaps = remaps_new();
	if (trace->remaps == NULL)
		return err_nomem(err);
	remaps_add(trace->remaps, name, from, sector, from_sector);
	return 0;
}

void trace_see(struct trace *trace, const char *name, uint64_t sector)
{
	if (trace->surveying && trace->remaps != NULL && !remaps_have_enough(trace->remaps))
		remaps_access(trace->remaps, name, sector);
}

int trace_note(struct trace *trace, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	if (trace->surveying)
		return 0;
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_nomem(err);
	if (VEC_PUSH(&trace->notes, text) == 0)
		return 0;
	free(text);
	return err_nomem(err);
}
