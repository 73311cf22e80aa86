/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A regular expression (PCRE2) over bytes.  The pattern is constant and may be shared; each thread has its own
   room for matching. */
#ifndef QUERY_PATTERN_H
#define QUERY_PATTERN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern;
struct pattern_room;

/* 0, or -1 with *at, the byte of the text that is wrong. */
int pattern_open(struct pattern **pattern, const char *text, size_t len, size_t *at, struct err *err);
void pattern_close(struct pattern *pattern);

/* NULL without memory; for any pattern. */
struct pattern_room *pattern_room_open(void);
void pattern_room_close(struct pattern_room *room);

/* Whether it matches somewhere: 1 or 0; -1 where that takes too long. */
int pattern_matches(const struct pattern *pattern, struct pattern_room *room, const char *text, size_t len);

#endif
