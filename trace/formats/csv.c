/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of requests: columns separated by commas, semicolons, tabs or blanks.  Which column is what comes
   from --format csv:PROFILE, from --format csv:COLUMN,COLUMN,... (names as in trace/formats/row.h), from a
   first line that names the columns, or from the looks of a public collection's lines. */
#include "trace/formats/csv_profile.h"
#include "trace/formats.h"
#include "trace/formats/row.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct csv {
	struct field fields[CSV_COLUMNS];
	size_t n; /* columns up to the last that is needed */
	char separator;
	bool by_header; /* the first line names the columns */
	uint64_t without_op;
	bool told;
};

/* The columns that a list names: 0, or -1 when it is not a list that makes accesses. */
static int take_columns(struct csv *csv, const char *list, char separator, struct err *err)
{
	struct csv_cell cells[CSV_COLUMNS];
	size_t n = csv_split(list, separator, cells, CSV_COLUMNS);
	unsigned roles = 0;

	csv->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!field_named(cells[i].at, cells[i].len, &csv->fields[i]))
			return err_set(err, "column '%.*s': its unit is not known", (int)cells[i].len,
				       cells[i].at);
		roles |= 1u << csv->fields[i].role;
		if (csv->fields[i].role != ROLE_NONE)
			csv->n = i + 1;
	}
	if (*roles_missing(roles) != '\0')
		return err_set(err, "the columns '%.100s' lack %s", list, roles_missing(roles));
	return 0;
}

static bool is_table(const char *text)
{
	struct csv csv;
	struct err ignored;

	return csv_profile_of(text) != NULL ||
	       (csv_separator(text) != ' ' && take_columns(&csv, text, csv_separator(text), &ignored) == 0);
}

static bool csv_probe(const uint8_t *bytes, size_t len)
{
	return lines_first(bytes, len, is_table);
}

static void csv_close(struct trace *trace)
{
	free(trace->state);
}

/* The first line, as text for the caller to look at. */
static int first_line(struct trace *trace, char *text, size_t size, struct err *err)
{
	const uint8_t *bytes;
	long len = input_peek(trace->input, &bytes, INPUT_PEEK, err);
	size_t line;

	if (len < 0)
		return -1;
	line =
	    strcspn((const char *)memcpy(text, bytes, (size_t)len < size ? (size_t)len : size - 1), "\r\n");
	text[line < size ? line : size - 1] = '\0';
	return 0;
}

static void say_profile(struct trace *trace, const char *name)
{
	size_t used = strlen(trace->why);

	if (strstr(trace->why, "; columns") == NULL)
		snprintf(trace->why + used, sizeof(trace->why) - used, "; columns %s", name);
}

static int choose_columns(struct trace *trace, struct csv *csv, const char *first, struct err *err)
{
	const char *wanted = trace->argument;
	const struct csv_profile *profile = NULL;

	if (wanted != NULL && strcmp(wanted, "generic") == 0)
		wanted = NULL;
	else
		profile = wanted ? csv_profile_named(wanted) : csv_profile_of(first);
	csv->separator = csv_separator(first);
	if (profile != NULL) {
		say_profile(trace, profile->name);
		return take_columns(csv, profile->columns, ',', err);
	}
	if (wanted != NULL) {
		say_profile(trace, wanted);
		return take_columns(csv, wanted, ',', err);
	}
	csv->by_header = true;
	say_profile(trace, "as its first line names them");
	if (take_columns(csv, first, csv->separator, err) != 0)
		return err_prefix(err, "line 1: ");
	return 0;
}

static int csv_open(struct trace *trace, struct err *err)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	char first[4096] = "";

	trace->state = csv;
	if (csv == NULL)
		return err_nomem(err);
	if (first_line(trace, first, sizeof(first), err) != 0)
		return -1;
	return choose_columns(trace, csv, first, err);
}

/* A first line of names is no row, whether it was asked or not. */
static bool is_header(const struct csv *csv, const struct line *line, const struct csv_cell *cells, size_t n)
{
	if (line->number != 1)
		return false;
	if (csv->by_header)
		return true;
	for (size_t i = 0; i < n && i < csv->n; i++)
		if (csv->fields[i].role == ROLE_START)
			return cells[i].len > 0 && (cells[i].at[0] < '0' || cells[i].at[0] > '9');
	return false;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct csv *csv = trace->state;
	struct csv_cell cells[CSV_COLUMNS];
	struct row row;
	size_t n;

	if (line->len == 0)
		return 0;
	n = csv_split(line->text, csv->separator, cells, CSV_COLUMNS);
	if (is_header(csv, line, cells, n))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (csv_is_open(&cells[i]))
			return line_wrong(line, err, "%sa quote has no end", line->ended ? "" : "cut off, ");
	if (n < csv->n)
		return line_wrong(line, err, "%s%zu columns, expected %zu", line->ended ? "" : "cut off, ", n,
				  csv->n);
	row_start(&row);
	for (size_t i = 0; i < csv->n; i++) {
		csv_unquote(line->text, &cells[i]);
		if (row_take(&row, &csv->fields[i], cells[i].at, cells[i].len, line, err) != 0)
			return -1;
	}
	csv->without_op += row.op_len == 0;
	line_check_end(trace, line, access);
	return row_access(trace, &row, line, access, err);
}

static long csv_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct csv *csv = trace->state;
	long got = lines_read(trace, batch, n, parse_line, err);

	if (got != 0 || csv->told || csv->without_op == 0)
		return got;
	csv->told = true;
	return trace_note(trace, err, "%" PRIu64 " lines have no operation and are left out",
			  csv->without_op);
}

const struct trace_format format_csv = {
    .name = "csv",
    .help =
	"tables: csv:msr, alibaba, tencent, systor, k5, spc, fiu, fio-log, generic, or csv:COLUMN,COLUMN,...",
    .sign = "its first line is a row or a header of a table of requests",
    .probe = csv_probe,
    .open = csv_open,
    .read = csv_read,
    .close = csv_close,
};
