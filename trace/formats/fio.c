/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fio's I/O logs (write_iolog; fio(1) "TRACE FILE FORMAT", iolog.c in fio 2 to 3.36).  Version 2:
   "FILE add|open|close", "FILE ACTION OFFSET LENGTH" with bytes, and "FILE wait MICROSECONDS".  Version 3,
   since 3.31, has microseconds since the start in front of every line and no wait. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdlib.h>

struct fio {
	unsigned version;
	int64_t waited_ns; /* version 2: the sum of the waits */
};

/* "fio version N iolog"; 0 when it is not. */
static unsigned version_of(const char *text)
{
	uint64_t version;
	const char *at = scan_decimal(scan_text(text, "fio version "), &version);

	at = scan_text(at, " iolog");
	return at != NULL && *at == '\0' && version < 100 ? (unsigned)version : 0;
}

static bool is_first(const char *text)
{
	return scan_text(text, "fio version ") != NULL;
}

static bool fio_probe(const uint8_t *bytes, size_t len)
{
	return lines_early(bytes, len, is_first);
}

static void fio_close(struct trace *trace)
{
	free(trace->state);
}

static int fio_open(struct trace *trace, struct err *err)
{
	struct fio *fio = calloc(1, sizeof(*fio));
	struct line line;
	int got;

	trace->state = fio;
	if (fio == NULL)
		return err_nomem(err);
	do
		got = input_line(trace->input, &line, err);
	while (got == 1 && !is_first(line.text) && line_stray(trace, &line, "'fio version 2 iolog'", err));
	if (got < 0)
		return -1;
	fio->version = got ? version_of(line.text) : 0;
	if (fio->version == 2 || fio->version == 3)
		return 0;
	if (fio->version != 0)
		return err_set(err, "line 1: a fio iolog of version %u; 2 and 3 are known", fio->version);
	return err_set(err, "line 1: expected 'fio version 2 iolog' or 'fio version 3 iolog'");
}

struct action {
	const char *word;
	int op; /* -1: touches nothing */
	bool has_place;
};

static const struct action *action_of(const char *word, size_t len)
{
	static const struct action actions[] = {
	    {"read", ACCESS_READ, true},
	    {"write", ACCESS_WRITE, true},
	    {"trim", ACCESS_DISCARD, true},
	    {"sync", ACCESS_FLUSH, false},
	    {"datasync", ACCESS_FLUSH, false},
	    {"wait", -1, false},
	    {"add", -1, false},
	    {"open", -1, false},
	    {"close", -1, false},
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strlen(actions[i].word) == len && strncmp(actions[i].word, word, len) == 0)
			return &actions[i];
	return NULL;
}

static int take_wait(struct fio *fio, const char *at, const struct line *line, struct err *err)
{
	int64_t wait;

	if (scan_time(scan_blanks(at), 1000, &wait) == NULL ||
	    __builtin_add_overflow(fio->waited_ns, wait, &fio->waited_ns))
		return line_bad(line, "'FILE wait MICROSECONDS'", err);
	return 0;
}

static int take_place(const char *at, const struct line *line, struct access *access, struct err *err)
{
	uint64_t offset, len;

	at = scan_decimal(scan_blanks(at), &offset);
	at = scan_blanks(scan_decimal(scan_blanks(at), &len));
	if (at == NULL || *at != '\0')
		return line_bad(line, "'FILE ACTION OFFSET LENGTH'", err);
	if (!access_set_bytes(access, offset, len))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	return len > 0;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct fio *fio = trace->state;
	const char *at = line->text, *name, *word;
	const struct action *action;
	size_t name_len;
	long device;

	if (line->len == 0)
		return 0;
	if (fio->waited_ns > 0)
		access->time_ns = fio->waited_ns;
	if (fio->version == 3)
		at = scan_char(scan_time(at, 1000, &access->time_ns), ' ');
	name = scan_blanks(at);
	at = scan_word(name);
	name_len = at ? (size_t)(at - name) : 0;
	word = scan_blanks(at);
	at = scan_word(word);
	action = at ? action_of(word, (size_t)(at - word)) : NULL;
	if (action == NULL)
		return line_bad(line,
				fio->version == 3 ? "'MICROSECONDS FILE ACTION ...' with an action of fio's"
						  : "'FILE ACTION ...' with an action of fio's",
				err);
	if (strcmp(action->word, "wait") == 0)
		return take_wait(fio, at, line, err);
	if (action->op < 0)
		return 0;
	access->op = (uint8_t)action->op;
	device = trace_device(trace, name, name_len, err);
	access->device = (uint32_t)device;
	if (device < 0)
		return -1;
	if (!action->has_place)
		return 1;
	line_check_end(trace, line, access);
	return take_place(at, line, access, err);
}

static long fio_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_fio = {
    .name = "fio",
    .help = "fio's I/O logs, versions 2 and 3",
    .sign = "it starts with 'fio version'",
    .probe = fio_probe,
    .open = fio_open,
    .read = fio_read,
    .close = fio_close,
};
