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

#define CONSTANTS_MAX 8

/* A field that all rows have alike, "op=read" in the list of columns. */
struct constant {
	struct field field;
	char value[64];
};

struct csv {
	struct field fields[CSV_COLUMNS];
	size_t n; /* columns up to the last that is needed */
	struct constant constants[CONSTANTS_MAX];
	size_t nconstants;
	char separator;
	bool by_header; /* the first line names the columns */
	uint64_t first; /* the number of the table's first line */
	uint64_t without_op;
	struct row_tally tally;
	bool told;
};

static int take_constant(struct csv *csv, const char *at, size_t len, unsigned *roles, struct err *err)
{
	size_t name = strcspn(at, "=");
	struct constant *constant = &csv->constants[csv->nconstants];

	if (csv->nconstants == CONSTANTS_MAX || len - name - 1 >= sizeof(constant->value) || len == name + 1)
		return err_set(err, "'%.*s' is not NAME=VALUE, or one too many", (int)len, at);
	if (!field_named(at, name, &constant->field) || constant->field.role == ROLE_NONE)
		return err_set(err, "'%.*s' is not the name of a field", (int)name, at);
	memcpy(constant->value, at + name + 1, len - name - 1);
	constant->value[len - name - 1] = '\0';
	*roles |= 1u << constant->field.role;
	csv->nconstants++;
	return 0;
}

/* The columns that a list names: 0, or -1 when it is not a list that makes accesses. */
static int take_columns(struct csv *csv, const char *list, char separator, bool constants, struct err *err)
{
	struct csv_cell cells[CSV_COLUMNS];
	size_t n = csv_split(list, separator, cells, CSV_COLUMNS), columns = 0;
	unsigned roles = 0;

	csv->n = csv->nconstants = 0;
	for (size_t i = 0; i < n; i++) {
		if (constants && memchr(cells[i].at, '=', cells[i].len) != NULL) {
			if (take_constant(csv, cells[i].at, cells[i].len, &roles, err) != 0)
				return -1;
			continue;
		}
		if (!field_named(cells[i].at, cells[i].len, &csv->fields[columns]))
			return err_set(err, "column '%.*s': its unit is not known", (int)cells[i].len,
				       cells[i].at);
		roles |= 1u << csv->fields[columns].role;
		if (csv->fields[columns++].role != ROLE_NONE)
			csv->n = columns;
	}
	if (*roles_missing(roles) == '\0')
		return 0;
	return err_set(err,
		       "the columns '%.100s' lack %s; what all rows have alike can be given as in --format "
		       "csv:sector,op=read,sectors=8",
		       list, roles_missing(roles));
}

/* A header of blank-separated names is none: too much of what people write would be one. */
static bool is_header_line(const char *line)
{
	struct csv csv;
	struct err ignored;
	char separator = csv_separator(line);

	return separator != ' ' && take_columns(&csv, line, separator, false, &ignored) == 0;
}

static bool csv_probe(const uint8_t *bytes, size_t len)
{
	struct csv_rows rows;

	csv_rows_take(&rows, bytes, len);
	return csv_profile_of(&rows) != NULL || (rows.n > 0 && is_header_line(rows.line[0]));
}

static void csv_close(struct trace *trace)
{
	free(trace->state);
}

static void say_profile(struct trace *trace, const char *name)
{
	size_t used = strlen(trace->why);

	if (strstr(trace->why, "; columns") == NULL)
		snprintf(trace->why + used, sizeof(trace->why) - used, "; columns %s", name);
}

static int take_profile(struct trace *trace, struct csv *csv, const struct csv_profile *profile,
			struct err *err)
{
	if (profile->refusal != NULL)
		return err_set(err, "line %" PRIu64 ": %s", csv->first, profile->refusal);
	say_profile(trace, profile->name);
	return take_columns(csv, profile->columns, ',', false, err);
}

static int choose_columns(struct trace *trace, struct csv *csv, const struct csv_rows *rows, struct err *err)
{
	const char *wanted = trace->argument, *first = rows->n > 0 ? rows->line[0] : "";
	const struct csv_profile *profile = NULL;

	if (wanted != NULL && strcmp(wanted, "generic") == 0)
		wanted = NULL;
	else
		profile = wanted ? csv_profile_named(wanted) : csv_profile_of(rows);
	csv->separator = csv_separator(first);
	if (profile != NULL)
		return take_profile(trace, csv, csv_profile_decided(profile, rows), err);
	if (wanted != NULL) {
		say_profile(trace, wanted);
		return take_columns(csv, wanted, ',', true, err);
	}
	csv->by_header = true;
	say_profile(trace, "as its first line names them");
	if (take_columns(csv, first, csv->separator, false, err) != 0)
		return err_prefix(err, "line %" PRIu64 ": ", csv->first);
	return 0;
}

static int csv_open(struct trace *trace, struct err *err)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	struct csv_rows rows;
	const uint8_t *bytes;
	long len;

	trace->state = csv;
	if (csv == NULL)
		return err_nomem(err);
	len = input_peek(trace->input, &bytes, INPUT_PEEK, err);
	if (len < 0)
		return -1;
	csv_rows_take(&rows, bytes, (size_t)len);
	csv->first = rows.first + 1;
	return choose_columns(trace, csv, &rows, err);
}

/* A first line of names is no row, whether it was asked or not. */
static bool is_header(const struct csv *csv, const struct line *line, const struct csv_cell *cells, size_t n)
{
	if (line->number != csv->first)
		return false;
	if (csv->by_header || line->text[0] == '#')
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
	if (line->number == 1 && strncmp(line->text, CSV_MARK, 3) == 0)
		memset(line->text, ' ', 3);
	if (line->number < csv->first)
		return line_bad(line, "a row of the table", err);
	n = csv_split(line->text, csv->separator, cells, CSV_COLUMNS);
	if (is_header(csv, line, cells, n)) {
		trace->strays.headers++;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (csv_is_open(&cells[i]))
			return line_wrong(line, err, "%sa quote has no end", line->ended ? "" : "cut off, ");
	if (n < csv->n)
		return line_wrong(line, err, "%s%zu columns, expected %zu", line->ended ? "" : "cut off, ", n,
				  csv->n);
	row_start(&row);
	row.tally = &csv->tally;
	for (size_t i = 0; i < csv->nconstants; i++)
		if (row_take(&row, &csv->constants[i].field, csv->constants[i].value,
			     strlen(csv->constants[i].value), line, err) != 0)
			return -1;
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

	if (got != 0 || csv->told)
		return got;
	csv->told = true;
	if (row_tell(trace, &csv->tally, err) != 0)
		return -1;
	if (csv->without_op == 0)
		return 0;
	return trace_note(trace, err, "%" PRIu64 " lines have no operation and are left out",
			  csv->without_op);
}

const struct trace_format format_csv = {
    .name = "csv",
    .help =
	"tables: csv:msr, alibaba, tencent, systor, k5, spc, fiu, fio-log, mqsim, ssdsim, disksim, vscsi, "
	"vscsi-opcodes, generic, or csv:COLUMN,COLUMN,NAME=VALUE,...",
    .sign = "its first line is a row or a header of a table of requests",
    .probe = csv_probe,
    .open = csv_open,
    .read = csv_read,
    .close = csv_close,
};
