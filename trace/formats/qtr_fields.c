/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the extended .qtr form. */
#include "trace/formats/qtr_fields.h"

#include "trace/input/lines.h"
#include "trace/formats/scan.h"

#include <string.h>

#define SECOND 1000000000

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool qtr_unescape(char *text)
{
	char *to = text;

	for (char *at = text; *at != '\0'; at++, to++) {
		int high, low;

		*to = *at;
		if (*at != '%')
			continue;
		high = hex_digit(at[1]);
		low = high < 0 ? -1 : hex_digit(at[2]);
		if (low < 0 || high + low == 0)
			return false;
		*to = (char)(high << 4 | low);
		at += 2;
	}
	*to = '\0';
	return true;
}

static bool take_flags(const char *value, struct access *access)
{
	while (*value != '\0') {
		size_t len = strcspn(value, ",");
		int flag = access_flag_named(value, len);

		if (flag < 0)
			return false;
		access->flags |= (uint16_t)flag;
		value += len + (value[len] == ',');
	}
	return true;
}

static bool take_op(const char *value, struct access *access)
{
	for (int op = ACCESS_DISCARD; op < ACCESS_OPS; op++) {
		if (strcmp(value, access_op_name((enum access_op)op)) != 0)
			continue;
		access->op = (uint8_t)op;
		return true;
	}
	return false;
}

static bool is_end(const char *at)
{
	return at != NULL && *at == '\0';
}

static bool take_field(const char *key, char *value, struct qtr_fields *fields, struct access *access)
{
	uint64_t number;

	if (strcmp(key, "time") == 0)
		return is_end(scan_time(value, SECOND, &access->time_ns));
	if (strcmp(key, "latency") == 0)
		return is_end(scan_time(value, SECOND, &access->latency_ns));
	if (strcmp(key, "sectors") == 0)
		return is_end(scan_decimal(value, &fields->sectors));
	if (strcmp(key, "flags") == 0)
		return take_flags(value, access);
	if (strcmp(key, "op") == 0)
		return fields->has_op = take_op(value, access);
	if (strcmp(key, "pid") == 0) {
		if (!is_end(scan_decimal(value, &number)) || number > UINT32_MAX)
			return false;
		access->pid = (uint32_t)number;
		return true;
	}
	if (!qtr_unescape(value))
		return false;
	if (strcmp(key, "comm") == 0)
		fields->comm = value;
	else if (strcmp(key, "device") == 0)
		fields->device = value;
	else if (strcmp(key, "mark") == 0)
		fields->mark = value;
	fields->has_mark = fields->mark != NULL;
	return true;
}

int qtr_fields_take(char *at, const struct line *line, struct qtr_fields *fields, struct access *access,
		    struct err *err)
{
	bool more = *at != '\0';

	*fields = (struct qtr_fields){.has_op = false};
	if (more && *at != ' ')
		return line_bad(line, "' KEY=VALUE' after the three columns", err);
	while (more) {
		char *key = at + 1, *end = strchrnul(key, ' '), *value;

		value = memchr(key, '=', (size_t)(end - key));
		if (*key < 'a' || *key > 'z' || value == NULL)
			return line_bad(line, "' KEY=VALUE' after the three columns", err);
		more = *end == ' ';
		*value++ = *end = '\0';
		if (!take_field(key, value, fields, access))
			return line_wrong(line, err, "the value of '%.40s' makes no sense", key);
		at = end;
	}
	return 0;
}
