/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accesses as rows of fields. */
#include "reports/columns.h"

#include "analyzer/access_filter.h"
#include "base/escape.h"

#include <string.h>

int columns_add(struct columns *columns, const char *names, struct err *err)
{
	size_t len;

	for (const char *name = names;; name += len + 1) {
		enum field_id field;
		const struct field *near;

		len = strcspn(name, ",");
		field = field_find(name, len);
		near = field_near(name, len);
		if (field == FIELDS)
			return err_set(err, "'%.*s' is no field%s%s%s", (int)(len < 80 ? len : 80), name,
				       near != NULL ? "; is it " : " (-G fields lists them)",
				       near != NULL ? near->name : "", near != NULL ? "?" : "");
		if (columns->n == COLUMNS_MAX)
			return err_set(err, "more than %d fields", COLUMNS_MAX);
		columns->at[columns->n++] = field;
		if (name[len] == '\0')
			return 0;
	}
}

/* --- options --- */

/* The character of an option, and how many bytes say it; 0 for none. */
static size_t take_character(const char *at, char *value)
{
	if (at[0] == '/' && (at[1] == 't' || at[1] == 's')) {
		*value = at[1] == 't' ? '\t' : ' ';
		return 2;
	}
	*value = at[0];
	return at[0] > 0 ? 1 : 0;
}

static size_t take_choice(const char *at, const char *choices, char *value)
{
	*value = at[0];
	return at[0] != '\0' && strchr(choices, at[0]) != NULL ? 1 : 0;
}

static size_t take_option(struct columns *columns, const char *name, size_t len, const char *value)
{
	char c = 0;
	size_t n = 0;

	if (len == 6 && memcmp(name, "header", len) == 0) {
		n = take_choice(value, "yn", &c);
		columns->header = c == 'y';
	} else if (len == 9 && memcmp(name, "separator", len) == 0) {
		n = take_character(value, &columns->separator);
	} else if (len == 10 && memcmp(name, "aggregator", len) == 0) {
		n = take_character(value, &columns->aggregator);
	} else if (len == 10 && memcmp(name, "occurrence", len) == 0) {
		n = take_choice(value, "fla", &columns->occurrence);
	} else if (len == 5 && memcmp(name, "quote", len) == 0) {
		n = take_choice(value, "dsn", &c);
		columns->quote = c == 'd' ? '"' : c == 's' ? '\'' : 0;
	}
	return n;
}

int columns_option(struct columns *columns, const char *options, struct err *err)
{
	const char *at = options;

	for (;;) {
		size_t len = strcspn(at, "=");
		size_t n = at[len] == '=' ? take_option(columns, at, len, at + len + 1) : 0;

		if (n == 0 || (at[len + 1 + n] != ',' && at[len + 1 + n] != '\0'))
			return err_set(err,
				       "'%s' is none of header=y|n, separator=C, aggregator=C, quote=d|s|n, "
				       "occurrence=f|l|a",
				       at);
		at += len + 1 + n;
		if (*at++ == '\0')
			return 0;
	}
}

void columns_header(struct text *out, const struct columns *columns)
{
	for (unsigned i = 0; i < columns->n; i++) {
		if (i > 0)
			text_char(out, columns->separator);
		text_str(out, fields[columns->at[i]].name);
	}
	text_char(out, '\n');
}

/* --- a row an access --- */

struct cells {
	struct text at[COLUMNS_MAX];
	unsigned n[COLUMNS_MAX]; /* values in it */
};

static void add_value(struct text *cell, enum field_id field, struct piece *piece)
{
	struct field_value value;

	if (!field_get(field, piece, &value))
		return;
	if (field_is_number(field))
		field_add_number(cell, field, value.number);
	else
		escape_terminal(cell, value.text, strlen(value.text));
}

/* What is the same in all pieces stands once. */
static void add_piece(struct cells *cells, const struct columns *columns, struct piece *piece)
{
	for (unsigned i = 0; i < columns->n; i++) {
		struct text *cell = &cells->at[i];
		struct field_value value;

		if (cells->n[i] > 0 &&
		    (fields[columns->at[i]].source == FIELD_OF_ACCESS || columns->occurrence == 'f'))
			continue;
		if (!field_get(columns->at[i], piece, &value))
			continue;
		if (columns->occurrence == 'l')
			text_clear(cell);
		else if (cells->n[i] > 0)
			text_char(cell, columns->aggregator);
		cells->n[i]++;
		add_value(cell, columns->at[i], piece);
	}
}

static void add_cell(struct text *out, const struct text *cell, char quote)
{
	if (quote == 0) {
		text_add(out, cell->n > 0 ? cell->at : "", cell->n);
		return;
	}
	text_char(out, quote);
	for (size_t i = 0; i < cell->n; i++) {
		if (cell->at[i] == quote)
			text_char(out, quote);
		text_char(out, cell->at[i]);
	}
	text_char(out, quote);
}

static void add_row(struct text *out, const struct columns *columns, struct cells *cells)
{
	for (unsigned i = 0; i < columns->n; i++) {
		if (i > 0)
			text_char(out, columns->separator);
		add_cell(out, &cells->at[i], columns->quote);
		out->short_of_memory |= cells->at[i].short_of_memory;
		text_free(&cells->at[i]);
	}
	text_char(out, '\n');
}

void columns_access(struct text *out, const struct columns *columns, const struct access_view *view,
		    struct filter_run *run)
{
	struct cells cells = {0};
	struct access_walk walk;
	struct place place;
	bool alone = true;

	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	access_filter_begin(run, &walk, view->access, view->index);
	while (access_walk_extent(&walk))
		while (access_walk_place(&walk, &place)) {
			alone = false;
			piece_set_place(run->piece, &place);
			add_piece(&cells, columns, run->piece);
		}
	if (alone)
		add_piece(&cells, columns, run->piece);
	add_row(out, columns, &cells);
}

/* --- a row a piece --- */

void csv_header(struct text *out)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		if (i > 0)
			text_char(out, ',');
		text_str(out, fields[i].column);
	}
	text_char(out, '\n');
}

void csv_piece(struct text *out, struct piece *piece)
{
	struct field_value value;

	for (unsigned i = 0; i < FIELDS; i++) {
		enum field_id field = (enum field_id)i;

		if (i > 0)
			text_char(out, ',');
		if (!field_get(field, piece, &value))
			continue;
		if (field_is_number(field))
			field_add_number(out, field, value.number);
		else
			escape_csv(out, value.text, strlen(value.text));
	}
	text_char(out, '\n');
}
