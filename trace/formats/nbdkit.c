/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log of nbdkit's log filter (nbdkit-log-filter(1), filters/log in nbdkit 1.4 to 1.40).

   A request has two lines, "TIME connection=N Read id=N offset=0x.. count=0x.. ..." and, when it is
   done, "TIME connection=N ...Read id=N return=0"; lines of parallel requests mix.  Before 1.24 the
   second ends in " (Success)" or the like, and 1.16 to 1.22 have no blank before the dots.  Offsets
   and counts are bytes.  With logappend=true the numbers of connections and requests start again
   when the server does. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/requests/pairs.h"
#include "trace/formats/scan.h"
#include "trace/formats/table.h"

#include <stdlib.h>

struct nbdkit {
	struct pairs *pairs;
	struct table connections; /* their devices */
	uint64_t server;          /* how many servers have logged here */
};

/* What a line says, but for its arguments. */
struct entry {
	int64_t time_ns;
	uint64_t connection; /* 0 for none */
	bool leaves;
	const char *action, *args; /* the action ends before args, or at a blank */
	size_t action_len;
};

static const char *scan_entry(const char *at, struct entry *entry)
{
	const char *next = scan_text(at, "Time unknown ");

	*entry = (struct entry){.time_ns = ACCESS_NO_TIME};
	if (next == NULL)
		next = scan_char(scan_date(at, &entry->time_ns), ' ');
	at = scan_text(next, "connection=");
	if (at != NULL)
		next = scan_char(scan_decimal(at, &entry->connection), ' ');
	at = scan_text(next, "...");
	entry->leaves = at != NULL;
	entry->action = at ? at : next;
	entry->args = scan_word(entry->action);
	if (entry->args == NULL || *entry->action < 'A' || *entry->action > 'Z')
		return NULL;
	entry->action_len = (size_t)(entry->args - entry->action);
	return entry->args;
}

static bool is_entry(const char *text)
{
	static const char *const words[] = {"Ready", "Fork", "Preconnect", "ListExports", "Connect"};
	struct entry entry;

	if (scan_entry(text, &entry) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == entry.action_len &&
		    strncmp(words[i], entry.action, entry.action_len) == 0)
			return true;
	return entry.connection != 0;
}

static bool nbdkit_probe(const uint8_t *bytes, size_t len)
{
	return lines_first(bytes, len, is_entry);
}

static void nbdkit_close(struct trace *trace)
{
	struct nbdkit *log = trace->state;

	if (log == NULL)
		return;
	pairs_free(log->pairs);
	table_done(&log->connections);
	free(log);
}

static int nbdkit_open(struct trace *trace, struct err *err)
{
	struct nbdkit *log = calloc(1, sizeof(*log));

	trace->state = log;
	if (log != NULL)
		log->pairs = pairs_new();
	return log != NULL && log->pairs != NULL ? 0 : err_nomem(err);
}

/* The export's name: in quotes; before 1.22 there is none. */
static const char *export_name(const char *args, size_t *len)
{
	const char *name = scan_key(args, "export"), *end = NULL;

	if (name != NULL && (*name == '"' || *name == '\'')) {
		for (end = name + 1; *end != '\0' && *end != *name; end++)
			if (*end == '\\' && end[1] != '\0')
				end++;
		name++;
	} else if (name != NULL) {
		end = name + strcspn(name, " ");
	}
	*len = name ? (size_t)(end - name) : 0;
	return name;
}

static int take_connect(struct trace *trace, const struct entry *entry, struct err *err)
{
	struct nbdkit *log = trace->state;
	const char *name;
	uint64_t size, known;
	size_t len;
	long device;

	if (table_get(&log->connections, entry->connection, &known) && known >> 32 == log->server)
		log->server++;
	name = export_name(entry->args, &len);
	device = len > 0 ? trace_device(trace, name, len, err) : trace_device(trace, "default", 7, err);
	if (device < 0)
		return -1;
	if (scan_number(scan_key(entry->args, "size"), &size) != NULL)
		trace->seen.at[device].sectors = size / 512 + (size % 512 != 0);
	return table_put(&log->connections, entry->connection, log->server << 32 | (uint64_t)device, err);
}

/* What an action does; -1 when it touches nothing. */
static int op_of(const struct entry *entry)
{
	static const struct {
		const char *word;
		int op;
	} actions[] = {
	    {"Read", ACCESS_READ},    {"Write", ACCESS_WRITE}, {"Zero", ACCESS_ZERO},
	    {"Trim", ACCESS_DISCARD}, {"Flush", ACCESS_FLUSH},
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strlen(actions[i].word) == entry->action_len &&
		    strncmp(actions[i].word, entry->action, entry->action_len) == 0)
			return actions[i].op;
	return -1;
}

static int device_of(struct trace *trace, const struct entry *entry, struct access *access, struct err *err)
{
	const struct nbdkit *log = trace->state;
	uint64_t known;
	long device;

	if (!table_get(&log->connections, entry->connection, &known)) {
		device = trace_device(trace, "default", 7, err);
		if (device < 0)
			return -1;
		known = (uint64_t)device;
	}
	access->device = (uint32_t)known;
	return 0;
}

static int take_enter(struct trace *trace, const struct line *line, const struct entry *entry, int op,
		      struct pair_key key, struct err *err)
{
	struct nbdkit *log = trace->state;
	struct access access = access_blank();
	uint64_t offset = 0, count = 0, fua = 0;

	if (line->len < 3 || strcmp(line->text + line->len - 3, "...") != 0)
		return line_bad(line, "a request that ends in '...'", err);
	if (op != ACCESS_FLUSH && (scan_number(scan_key(entry->args, "offset"), &offset) == NULL ||
				   scan_number(scan_key(entry->args, "count"), &count) == NULL))
		return line_bad(line, "'offset=0xNUMBER count=0xNUMBER ...'", err);
	access.op = (uint8_t)op;
	access.time_ns = entry->time_ns;
	if (!access_set_bytes(&access, offset, count))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	if (scan_number(scan_key(entry->args, "fua"), &fua) != NULL && fua != 0)
		access.flags |= ACCESS_FUA;
	if (op != ACCESS_FLUSH && count == 0)
		return 0;
	if (device_of(trace, entry, &access, err) != 0)
		return -1;
	return pairs_put(log->pairs, &access, &key, err) ? 0 : -1;
}

static int take_leave(struct trace *trace, const struct line *line, const struct entry *entry,
		      struct pair_key key, struct err *err)
{
	struct nbdkit *log = trace->state;
	struct pair *pair = pairs_find(log->pairs, key);
	const char *result = scan_key(entry->args, "return");

	if (result == NULL)
		return line_bad(line, "the end of a request with 'return=NUMBER'", err);
	if (pair == NULL)
		return 0;
	if (*result == '-')
		pair->access.flags |= ACCESS_FAILED;
	pair_set_latency(&pair->access, pair->access.time_ns, entry->time_ns);
	pairs_finish(log->pairs, pair);
	return 0;
}

static int take_line(struct trace *trace, struct line *line, struct err *err)
{
	struct nbdkit *log = trace->state;
	struct entry entry;
	uint64_t id;
	int op;

	if (scan_entry(line->text, &entry) == NULL)
		return line_bad(line, "'YYYY-MM-DD HH:MM:SS.UUUUUU connection=N ACTION ...'", err);
	op = op_of(&entry);
	if (strncmp(entry.action, "Ready ", 6) == 0)
		log->server++;
	if (strncmp(entry.action, "Connect ", 8) == 0 && !entry.leaves)
		return take_connect(trace, &entry, err);
	if (op < 0)
		return 0;
	if (scan_number(scan_key(entry.args, "id"), &id) == NULL)
		return line_bad(line, "'id=NUMBER' after the action", err);
	if (entry.leaves)
		return take_leave(trace, line, &entry,
				  (struct pair_key){.a = log->server << 32 | entry.connection, .b = id}, err);
	return take_enter(trace, line, &entry, op,
			  (struct pair_key){.a = log->server << 32 | entry.connection, .b = id}, err);
}

static long nbdkit_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct nbdkit *log = trace->state;

	return lines_read_pairs(trace, log->pairs, batch, n, take_line, err);
}

const struct trace_format format_nbdkit = {
    .name = "nbdkit",
    .help = "the log of nbdkit's log filter",
    .sign = "its first line is an entry of nbdkit's log filter",
    .probe = nbdkit_probe,
    .open = nbdkit_open,
    .read = nbdkit_read,
    .close = nbdkit_close,
};
