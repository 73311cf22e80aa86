/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io: how much, by any fields. Rows are found by numbers where the fields hang on nothing but the access's own
   numbers and on whose the place is; where one hangs on the sector, its texts are made each time. */
#include "analyzer/asked.h"
#include "analyzer/question.h"

#include "analyzer/usage.h"
#include "base/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS, SECTORS, UNALIGNED, FOLLOWING, WRITTEN };

static const struct ledger_column columns[] = {
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"SHARE", "share", FROM_SHARE, LEDGER_SHARE, SECTORS, 0},
    {"UNALIGNED", "unaligned", FROM_SUM, LEDGER_COUNT, UNALIGNED, 0},
    {"SEQ", "sequential", FROM_PART, LEDGER_SHARE, FOLLOWING, REQUESTS},
    {"REWRITE", "rewrite", FROM_REPEAT, LEDGER_RATIO, WRITTEN, 0},
    {"P50", "p50_us", FROM_PERCENTILE, LEDGER_NS, 500, 0},
    {"P90", "p90_us", FROM_PERCENTILE, LEDGER_NS, 900, 0},
    {"P99", "p99_us", FROM_PERCENTILE, LEDGER_NS, 990, 0},
    {"MAX", "max_us", FROM_MOST_VALUE, LEDGER_NS, 0, 0},
};

const struct ledger_plan plan_io = {
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 1,
    .remark = "SEQ: begins where the one before it in its row ended. REWRITE: bytes written for each that is "
	      "different",
};

/* --- by=FIELD[:N],... --- */

static bool is_of_parts(enum field_id field)
{
	return field == FIELD_FILE_DIR || field == FIELD_FILE_PATH;
}

/* "1s", "100ms" as nanoseconds. */
static int parse_time(const char *text, uint64_t *ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"", 1e9}};
	char *end;
	double value = strtod(text, &end);

	for (size_t i = 0; end != text && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].unit) == 0 && value * units[i].ns >= 1 && value < 1e9) {
			*ns = (uint64_t)(value * units[i].ns + 0.5);
			return 0;
		}
	return -1;
}

static int parse_step(struct question_field *by, const char *step, struct err *err)
{
	const struct field *field = &fields[by->field];
	int status = -1;

	if (field->unit == FIELD_SECONDS)
		status = parse_time(step, &by->step);
	else if (is_of_parts(by->field))
		status = number_parse(step, &by->step, err);
	else if (field->type == FIELD_NUMBER)
		status = size_parse(step, &by->step, err);
	if (status != 0 || by->step == 0)
		return err_set(err, "'%s:%.40s': %s", field->name, step,
			       field->unit == FIELD_SECONDS  ? "expected a time, as 1s or 100ms"
			       : is_of_parts(by->field)      ? "expected how many directories, from 1"
			       : field->type == FIELD_NUMBER ? "expected a number from 1, or a size"
							     : "this field takes no number");
	return 0;
}

static int parse_field(struct question_field *by, const char *text, struct err *err)
{
	const char *colon = strchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	const struct field *near;

	*by = (struct question_field){.field = field_find(text, len)};
	if (by->field == FIELDS) {
		near = field_near(text, len);
		return err_set(err, "'%.*s' is no field%s%s", (int)(len < 60 ? len : 60), text,
			       near != NULL ? "; did you mean " : "", near != NULL ? near->name : "");
	}
	return colon != NULL ? parse_step(by, colon + 1, err) : 0;
}

#define BY_MAX 400

/* How many fields, or -1. */
static int parse_by(struct question_field *by, const char *arguments, struct err *err)
{
	char copy[BY_MAX], *at = copy, *item;
	int n = 0;

	if (arguments == NULL || arguments[0] == '\0')
		arguments = "by=region.device,region.kind";
	if (strncmp(arguments, "by=", 3) != 0 || strlen(arguments) >= sizeof(copy))
		return err_set(err, "io: expected by=FIELD[:N],..., and found '%.60s'", arguments);
	memcpy(copy, arguments + 3, strlen(arguments + 3) + 1);
	while ((item = strsep(&at, ",")) != NULL) {
		if (n == LEDGER_KEYS_MAX)
			return err_set(err, "io: at most %d fields", LEDGER_KEYS_MAX);
		if (parse_field(&by[n++], item, err) != 0)
			return -1;
	}
	return n;
}

static int check(const char *arguments, struct err *err)
{
	struct question_field by[LEDGER_KEYS_MAX];

	return parse_by(by, arguments, err) < 0 ? -1 : 0;
}

static unsigned name_keys(struct ledger_key *keys, struct question_field *by, const struct statistic *asked)
{
	struct err err;
	int n = parse_by(by, asked->arguments, &err);

	for (int i = 0; i < n; i++) {
		const struct field *field = &fields[by[i].field];
		size_t j = 0;

		snprintf(keys[i].json, sizeof(keys[i].json), "%s", field->name);
		for (; field->column[j] != '\0' && j + 1 < sizeof(keys[i].title); j++)
			keys[i].title[j] = field->column[j] >= 'a' && field->column[j] <= 'z'
					       ? (char)(field->column[j] - 32)
					       : field->column[j];
		keys[i].title[j] = '\0';
		keys[i].is_number = field_is_number(by[i].field);
	}
	return n < 0 ? 0 : (unsigned)n;
}

/* --- rows --- */

/* What a field of an access hangs on; false where it is not one number. */
static bool access_number(const struct question_field *by, const struct access *access, bool unaligned,
			  uint64_t *number)
{
	switch (by->field) {
	case FIELD_IO_OP:
		*number = (uint64_t)access->op << 16 | (access->flags & (ACCESS_APPEND | ACCESS_RESET));
		return true;
	case FIELD_IO_FLAGS:
		*number = access->flags;
		return true;
	case FIELD_IO_ALIGNED:
		*number = unaligned;
		return true;
	case FIELD_IO_DEVICE:
		*number = access->device;
		return true;
	case FIELD_IO_PID:
		*number = access->pid;
		return true;
	case FIELD_IO_COMM:
		*number = access->comm;
		return true;
	case FIELD_IO_TIME:
		*number = (uint64_t)access->time_ns / (by->step ? by->step : 1);
		return access->time_ns >= 0;
	case FIELD_IO_BYTES:
	case FIELD_IO_SECTORS:
		*number = access->count;
		return true;
	default:
		return false;
	}
}

static bool is_of_owner(enum field_id field)
{
	switch (field) {
	case FIELD_REGION_DEVICE:
	case FIELD_REGION_KIND:
	case FIELD_REGION_FS:
	case FIELD_FILE_PATH:
	case FIELD_FILE_DIR:
	case FIELD_FILE_NAME:
	case FIELD_FILE_EXT:
	case FIELD_FILE_INODE:
	case FIELD_FILE_GENERATION:
		return true;
	default:
		return false;
	}
}

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t owner_number(const struct place *place)
{
	uint64_t hash = mix((uint64_t)place->space->id + 1, (uint64_t)place->kind + 1);

	if (place->kind != KIND_CHILD && kind_has_owner(place->kind))
		hash = mix(hash, place->extent->owner);
	hash = mix(hash, place->extent->flags);
	if (place->past.history != NULL)
		hash = mix(hash, (uint64_t)place->past.running << 1 | place->past.relabelled);
	return hash;
}

/* The numbers of all fields as one; 0 where some field hangs on more. */
static uint64_t row_number(const struct question *question, const struct access *access,
			   const struct place *place)
{
	uint64_t hash = 1, number;
	bool owner = false;

	for (unsigned i = 0; i < question->nby; i++) {
		const struct question_field *by = &question->by[i];

		if (is_of_owner(by->field))
			owner = true;
		else if (access_number(by, access, question->unaligned, &number))
			hash = mix(hash + i, number);
		else
			return 0;
	}
	if (owner)
		hash = mix(hash, place != NULL ? owner_number(place) : 7);
	return hash | 1;
}

/* So many parts of a path: 2 of "/a/b/c" are "/a/b". */
static void add_parts(struct text *out, const char *path, uint64_t parts)
{
	const char *at = path;

	for (uint64_t i = 0; i < parts && *at == '/' && at[1] != '\0'; i++)
		at += 1 + strcspn(at + 1, "/");
	text_add(out, path, at > path ? (size_t)(at - path) : strlen(path));
}

static void add_key(struct question *question, const struct question_field *by)
{
	struct field_value value;

	if (by->step == 0) {
		field_add(&question->text, by->field, &question->piece);
		return;
	}
	if (!field_get(by->field, &question->piece, &value))
		return;
	if (is_of_parts(by->field)) {
		add_parts(&question->text, value.text, by->step);
	} else {
		int64_t step = (int64_t)by->step, n = value.number / step;

		if (value.number % step < 0)
			n--;
		field_add_number(&question->text, by->field, n * step);
	}
}

static struct ledger_row *make_row(struct question *question)
{
	size_t begins[LEDGER_KEYS_MAX];
	const char *keys[LEDGER_KEYS_MAX];

	text_clear(&question->text);
	for (unsigned i = 0; i < question->nby; i++) {
		begins[i] = question->text.n;
		add_key(question, &question->by[i]);
		text_add(&question->text, "", 1);
	}
	if (question->text.short_of_memory)
		return NULL;
	for (unsigned i = 0; i < question->nby; i++)
		keys[i] = question->text.at + begins[i];
	return ledger_row(&question->ledger, keys);
}

static struct ledger_row *row_of(struct question *question, const struct access *access,
				 const struct place *place)
{
	uint64_t number = row_number(question, access, place);
	struct ledger_row *row;
	size_t *index = NULL;

	if (number != 0) {
		index = keys_get(&question->known, number);
		if (index == NULL)
			question->ledger.short_of_memory = true;
		else if (*index != 0)
			return &question->ledger.rows.at[*index - 1];
	}
	question_place(question, access, place);
	row = make_row(question);
	if (row != NULL && index != NULL)
		*index = (size_t)(row - question->ledger.rows.at) + 1;
	return row;
}

/* --- counting --- */

static void count_request(struct question *question, struct ledger_row *row, const struct access *access,
			  uint64_t start)
{
	unsigned chain = access->op == ACCESS_READ ? 0 : 1;

	row->sum[REQUESTS]++;
	row->sum[UNALIGNED] += question->unaligned;
	if (access->op == ACCESS_READ || access->op == ACCESS_WRITE)
		row->sum[FOLLOWING] += ledger_follow(row, chain, start);
	if (access->latency_ns != ACCESS_NO_LATENCY)
		ledger_value(&question->ledger, row,
			     access->latency_ns > 0 ? (uint64_t)access->latency_ns : 0);
}

static void count_sectors(struct question *question, struct ledger_row *row, const struct access *access,
			  uint64_t start, uint64_t sectors)
{
	row->sum[SECTORS] += sectors;
	if (access->op == ACCESS_READ)
		ledger_ends(row, 0, start + sectors);
	if (access->op != ACCESS_WRITE)
		return;
	ledger_ends(row, 1, start + sectors);
	row->sum[WRITTEN] += sectors;
	if (row != &question->ledger.total) /* whose set is made of all rows' */
		ledger_touch(&question->ledger, row, 0, start, sectors);
}

static void count_access(void *state, const struct access *access, uint64_t number)
{
	struct question *question = state;
	struct ledger_row *row;

	question_access(question, access, number);
	count_request(question, &question->ledger.total, access, access->start);
	if (access->op != ACCESS_FLUSH)
		return;
	row = row_of(question, access, NULL);
	if (row != NULL)
		count_request(question, row, access, 0);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct question *question = state;
	struct ledger_row *row = row_of(question, access, place);

	count_sectors(question, &question->ledger.total, access, place->start, place->count);
	if (row == NULL)
		return;
	if (question_is_first(question, row))
		count_request(question, row, access, place->start);
	count_sectors(question, row, access, place->start, place->count);
}

static int init(void *state, const struct statistic_setup *setup)
{
	struct question *question = state;
	struct ledger_key keys[LEDGER_KEYS_MAX] = {{{0}, {0}, false}};

	question->nby = name_keys(keys, question->by, setup->asked);
	question_init(question, setup, &plan_io, keys, question->nby);
	question->ledger.chain_sum = FOLLOWING;
	return 0;
}

static void begin(void *results, const struct statistic *asked)
{
	struct ledger_key keys[LEDGER_KEYS_MAX] = {{{0}, {0}, false}};
	struct question_field by[LEDGER_KEYS_MAX];
	struct ledger *ledger = results;
	unsigned n = name_keys(keys, by, asked);

	ledger_begin(ledger, &plan_io, keys, n);
	ledger->chain_sum = FOLLOWING;
}

const struct statistic statistic_io = {
    .name = "io",
    .help = "requests, bytes, sequential share, rewriting and latency by any fields",
    .needs = NEEDS_ORDER,
    .check = check,
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
