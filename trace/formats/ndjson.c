/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One JSON object a line, as blkmap convert and record write them (trace/writers/write_ndjson.c) and as dump
   --json prints accesses: op, start and sectors, and where they are there time (seconds), latency_us,
   device_name, pid, comm, fua, uncertain and flags; "mark" for a named mark; "disk" and "blind" beside the
   first access (trace/recorded.h). Other keys mean nothing.  The only user of json-c in this room. */
#include "trace/formats.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"
#include "trace/input/lines.h"
#include "trace/recorded.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH 16 /* an access has three levels; dump's regions have five */

struct ndjson {
	json_tokener *tokener;
	uint64_t accesses;
};

static bool is_access(const char *text)
{
	if (scan_text(text, "{\"mark\":\"") != NULL)
		return true;
	return text[0] == '{' && strstr(text, "\"op\":\"") != NULL && strstr(text, "\"start\":") != NULL &&
	       strstr(text, "\"sectors\":") != NULL;
}

static bool ndjson_probe(const uint8_t *bytes, size_t len)
{
	return lines_first(bytes, len, is_access);
}

static int ndjson_open(struct trace *trace, struct err *err)
{
	struct ndjson *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state != NULL)
		state->tokener = json_tokener_new_ex(DEPTH);
	return state != NULL && state->tokener != NULL ? 0 : err_nomem(err);
}

static void ndjson_close(struct trace *trace)
{
	struct ndjson *state = trace->state;

	if (state != NULL && state->tokener != NULL)
		json_tokener_free(state->tokener);
	free(state);
}

static json_object *get(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

/* A whole number that is not negative; false for anything else, but for what is not there. */
static bool take_number(json_object *object, const char *key, uint64_t *number)
{
	json_object *value = get(object, key);
	const char *end;

	if (value == NULL)
		return true;
	end = json_object_is_type(value, json_type_int)
		  ? scan_decimal(json_object_to_json_string(value), number)
		  : NULL;
	return end != NULL && *end == '\0';
}

/* In the digits that the file has: a double has too few of them. */
static bool take_time(json_object *object, const char *key, int64_t unit, int64_t *ns)
{
	json_object *value = get(object, key);
	const char *end;

	if (value == NULL)
		return true;
	end = scan_time(json_object_to_json_string(value), unit, ns);
	return end != NULL && *end == '\0';
}

static int take_name(struct trace *trace, json_object *value, bool is_device, uint32_t *index,
		     struct err *err)
{
	const char *name;
	long got;

	*index = 0;
	if (value == NULL || !json_object_is_type(value, json_type_string))
		return 0;
	name = json_object_get_string(value);
	got = is_device ? trace_device(trace, name, strlen(name), err)
			: trace_comm(trace, name, strlen(name), err);
	*index = (uint32_t)got;
	return got < 0 ? -1 : 0;
}

static void take_flags(json_object *object, struct access *access)
{
	json_object *flags = get(object, "flags");
	size_t n = flags && json_object_is_type(flags, json_type_array) ? json_object_array_length(flags) : 0;

	if (json_object_get_boolean(get(object, "fua")))
		access->flags |= ACCESS_FUA;
	if (json_object_get_boolean(get(object, "uncertain")))
		access->flags |= ACCESS_UNCERTAIN;
	for (size_t i = 0; i < n; i++) {
		const char *word = json_object_get_string(json_object_array_get_idx(flags, i));
		int flag = word ? access_flag_named(word, strlen(word)) : -1;

		if (flag > 0)
			access->flags |= (uint16_t)flag;
	}
}

/* What the recorder knew, beside the first access. */
static void take_recorded(struct trace *trace, json_object *object)
{
	struct recorded recorded = {.blind = 0};
	json_object *disk = get(object, "disk"), *blind = get(object, "blind"), *identity;
	char word[1024];
	uint64_t sectors = 0;

	if (disk != NULL && json_object_is_type(disk, json_type_object) &&
	    take_number(disk, "sectors", &sectors)) {
		trace->disk_sectors = sectors <= ACCESS_SECTORS_MAX ? sectors : 0;
		identity = get(disk, "identity");
		snprintf(word, sizeof(word), "identity=%s", identity ? json_object_get_string(identity) : "");
		if (identity != NULL)
			recorded_take(&recorded, word);
	}
	snprintf(word, sizeof(word), "blind=%s", blind ? json_object_get_string(blind) : "");
	if (blind != NULL)
		recorded_take(&recorded, word);
	if (disk != NULL || blind != NULL)
		trace_recorded(trace, &recorded);
}

static int take_access(struct trace *trace, const struct line *line, json_object *object,
		       struct access *access, struct err *err)
{
	struct ndjson *state = trace->state;
	const char *op = json_object_get_string(get(object, "op"));
	uint64_t start = UINT64_MAX, sectors = UINT64_MAX, pid = 0;
	uint32_t device, comm;

	if (op == NULL || !take_number(object, "start", &start) ||
	    !take_number(object, "sectors", &sectors) || !take_number(object, "pid", &pid) ||
	    sectors == UINT64_MAX || !take_time(object, "time", 1000000000, &access->time_ns) ||
	    !take_time(object, "latency_us", 1000, &access->latency_ns) ||
	    op_word_parse(op, strlen(op), sectors, access) != 1)
		return line_bad(line, "an access with the keys op, start and sectors", err);
	if (access->op != ACCESS_FLUSH && start == UINT64_MAX)
		return line_bad(line, "an access that lies on one disk (start)", err);
	if (access->op != ACCESS_FLUSH && !access_set_sectors(access, start, sectors))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	access->flags &= (uint16_t)~ACCESS_UNCERTAIN;
	take_flags(object, access);
	if (state->accesses++ == 0)
		take_recorded(trace, object);
	if (take_name(trace, get(object, "device_name"), true, &device, err) != 0 ||
	    take_name(trace, get(object, "comm"), false, &comm, err) != 0)
		return -1;
	access->device = device;
	access->comm = comm;
	access->pid = (uint32_t)pid;
	return access->op == ACCESS_FLUSH || sectors > 0;
}

static int take_object(struct trace *trace, const struct line *line, json_object *object,
		       struct access *access, struct err *err)
{
	struct ndjson *state = trace->state;
	json_object *mark = get(object, "mark");
	const char *name;

	if (mark == NULL || !json_object_is_type(mark, json_type_string))
		return take_access(trace, line, object, access, err);
	name = json_object_get_string(mark);
	return trace_mark(trace, state->accesses, name, strlen(name), err);
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct ndjson *state = trace->state;
	json_object *object;
	int got = -1;

	if (line->len == 0)
		return 0;
	json_tokener_reset(state->tokener);
	object = json_tokener_parse_ex(state->tokener, line->text, (int)line->len);
	if (json_object_is_type(object, json_type_object) &&
	    json_tokener_get_parse_end(state->tokener) == line->len)
		got = take_object(trace, line, object, access, err);
	else
		line_bad(line, "a JSON object", err);
	json_object_put(object);
	return got;
}

static long ndjson_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_ndjson = {
    .name = "ndjson",
    .help = "one JSON object a line, as convert, record and dump --json write them",
    .sign = "its first line is a JSON object with op, start and sectors",
    .probe = ndjson_probe,
    .open = ndjson_open,
    .read = ndjson_read,
    .close = ndjson_close,
};
