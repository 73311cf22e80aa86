/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* perf trace and babeltrace. */
#include "trace/formats/named_event.h"

#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <stdio.h>

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* The value behind "KEY: " or "KEY = "; NULL when it is not there. */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = text; (at = strstr(at, key)) != NULL; at += len) {
		const char *end = at + len;

		if (at != text && strchr(" ({", at[-1]) == NULL)
			continue;
		end = scan_text(end, ": ") ? end + 2 : scan_text(end, " = ");
		if (end != NULL)
			return end;
	}
	return NULL;
}

static uint64_t number(const char *text, const char *key)
{
	uint64_t value = 0;

	scan_number(value_of(text, key), &value);
	return value;
}

static void take_comm(const char *text, struct named_event *event)
{
	const char *at = scan_char(value_of(text, "comm"), '"'), *end = at ? strchr(at, '"') : NULL;

	if (end == NULL)
		return;
	event->comm = at;
	event->comm_len = (size_t)(end - at);
}

/* LTTng's bits. */
static void take_bits(uint64_t bits, struct named_event *event)
{
	static const struct {
		unsigned bit;
		enum access_flag flag;
	} flags[] = {
	    {3, ACCESS_AHEAD}, {5, ACCESS_SYNC}, {6, ACCESS_META}, {9, ACCESS_FUA}, {10, ACCESS_PREFLUSH}};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (bits >> flags[i].bit & 1)
			event->access.flags |= (uint16_t)flags[i].flag;
	event->counts = 1;
	if (event->sectors == 0 && (bits & (1u << 8 | 1u << 10)) != 0) {
		event->access.op = ACCESS_FLUSH;
		event->access.flags &= (uint16_t)~ACCESS_PREFLUSH;
	} else if (bits & 1)
		event->access.op = ACCESS_WRITE;
	else if (bits & 2)
		event->access.op = ACCESS_DISCARD;
	else if (bits & 4)
		event->access.op = ACCESS_READ;
	else if (event->sectors > 0)
		event->access.op = ACCESS_ZERO;
	else
		event->counts = 0;
}

static bool take_fields(const char *text, struct named_event *event)
{
	const char *rwbs = value_of(text, "rwbs"), *sector = value_of(text, "sector"), *end;
	uint64_t bits;

	if (value_of(text, "dev") == NULL || rwbs == NULL)
		return false;
	event->device = number(text, "dev");
	event->sector = number(text, "sector");
	event->sectors = number(text, "nr_sector");
	/* A flush's is -1. */
	if (sector != NULL && *sector == '-')
		event->sector = 0;
	event->failed = (value_of(text, "error") && *value_of(text, "error") != '0') ||
			(value_of(text, "errors") && *value_of(text, "errors") != '0');
	take_comm(text, event);
	if (*rwbs != '"') {
		if (scan_number(rwbs, &bits) == NULL)
			return false;
		take_bits(bits, event);
		return true;
	}
	end = strchr(rwbs + 1, '"');
	if (end == NULL)
		return false;
	snprintf(event->rwbs, sizeof(event->rwbs), "%.*s", (int)(end - rwbs - 1), rwbs + 1);
	event->counts = rwbs_parse(event->rwbs, strlen(event->rwbs), event->sectors, &event->access);
	return event->counts >= 0;
}

/* "  12.345 dd/2130 block:block_rq_issue(" */
static const char *scan_perf(const char *text, struct named_event *event)
{
	const char *name = strstr(text, " block:block_"), *at, *end, *slash;

	if (name == NULL)
		return NULL;
	event->name = name + strlen(" block:");
	event->name_end = event->name + strspn(event->name, "abcdefghijklmnopqrstuvwxyz_");
	at = scan_blanks(scan_time(scan_blanks(text), MS, &event->time_ns));
	if (at == NULL || at > name || *event->name_end != '(')
		return NULL;
	/* With --duration and the like there are parentheses in between. */
	end = name;
	slash = memrchr(at, '/', (size_t)(end - at));
	if (slash != NULL && scan_decimal(slash + 1, &event->pid) != NULL) {
		event->comm = at;
		event->comm_len = (size_t)(slash - at);
	}
	return event->name_end + 1;
}

/* "[TIME] (+DELTA) HOST block_rq_issue: { " */
static const char *scan_babel(const char *text, struct named_event *event)
{
	const char *name = text[0] == '[' ? strstr(text, " block_") : NULL, *at;

	if (name == NULL)
		return NULL;
	event->name = name + 1;
	event->name_end = event->name + strspn(event->name, "abcdefghijklmnopqrstuvwxyz_");
	if (strncmp(event->name_end, ": {", 3) != 0)
		return NULL;
	at = scan_date(text + 1, &event->time_ns);
	at = at ? at : scan_clock(text + 1, &event->time_ns);
	at = at ? at : scan_time(text + 1, SECOND, &event->time_ns);
	if (at == NULL || *at != ']')
		return NULL;
	event->pid = number(event->name_end, "tid");
	return event->name_end + 2;
}

bool named_event_scan(const char *text, struct named_event *event, bool *whole)
{
	const char *fields;
	size_t len = strlen(text);

	memset(event, 0, sizeof(*event));
	event->access = access_blank();
	fields = scan_perf(text, event);
	fields = fields ? fields : scan_babel(text, event);
	if (fields == NULL)
		return false;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	*whole = len > 0 && (text[len - 1] == ')' || text[len - 1] == '}') && take_fields(fields, event);
	return true;
}
