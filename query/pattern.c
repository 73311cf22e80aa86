/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular expressions of filters. */
#include "query/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

/* How long one text may take: a pattern can be made to try for ever. */
#define MATCH_LIMIT 1000000

struct pattern {
	pcre2_code *code;
};

struct pattern_room {
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

int pattern_open(struct pattern **pattern, const char *text, size_t len, size_t *at, struct err *err)
{
	PCRE2_UCHAR8 why[128];
	PCRE2_SIZE offset = 0;
	int error;

	*at = 0;
	*pattern = calloc(1, sizeof(**pattern));
	if (*pattern == NULL)
		return err_nomem(err);
	(*pattern)->code = pcre2_compile((PCRE2_SPTR)text, len, PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_UTF,
					 &error, &offset, NULL);
	if ((*pattern)->code != NULL) {
		pcre2_jit_compile((*pattern)->code, PCRE2_JIT_COMPLETE);
		return 0;
	}
	pcre2_get_error_message(error, why, sizeof(why));
	err_set(err, "the pattern is wrong: %s", (const char *)why);
	*at = offset < len ? offset : len;
	free(*pattern);
	*pattern = NULL;
	return -1;
}

void pattern_close(struct pattern *pattern)
{
	if (pattern != NULL)
		pcre2_code_free(pattern->code);
	free(pattern);
}

struct pattern_room *pattern_room_open(void)
{
	struct pattern_room *room = calloc(1, sizeof(*room));

	if (room == NULL)
		return NULL;
	room->match = pcre2_match_data_create(1, NULL);
	room->limits = pcre2_match_context_create(NULL);
	if (room->match == NULL || room->limits == NULL) {
		pattern_room_close(room);
		return NULL;
	}
	pcre2_set_match_limit(room->limits, MATCH_LIMIT);
	return room;
}

void pattern_room_close(struct pattern_room *room)
{
	if (room == NULL)
		return;
	pcre2_match_data_free(room->match);
	pcre2_match_context_free(room->limits);
	free(room);
}

int pattern_matches(const struct pattern *pattern, struct pattern_room *room, const char *text, size_t len)
{
	int got = pcre2_match(pattern->code, (PCRE2_SPTR)text, len, 0, 0, room->match, room->limits);

	return got >= 0 ? 1 : got == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
