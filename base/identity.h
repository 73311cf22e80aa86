/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a disk or a volume is known: its size, and what was given to it and to what lies in it when these
   were made.  Words are "gpt:GUID" and "dos:SIGNATURE" for partition tables, "uuid:UUID" for file systems,
   physical volumes, arrays and other contents. */
#ifndef BASE_IDENTITY_H
#define BASE_IDENTITY_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_WORDS 32
#define IDENTITY_WORD 80

struct identity {
	uint64_t sectors; /* 0 where nothing says it */
	unsigned n;
	char words[IDENTITY_WORDS][IDENTITY_WORD];
};

/* Adds a word once, in small letters; what there is no room for is left out. */
void identity_add(struct identity *identity, const char *kind, const char *value);
void identity_join(struct identity *identity, const struct identity *other);

/* Whether they have a word in common; the first one, or NULL. */
const char *identity_common(const struct identity *a, const struct identity *b);

/* Whether both have words, and none in common. */
bool identity_differs(const struct identity *a, const struct identity *b);

/* Whether there are words of contents, not of a partition table alone. */
bool identity_has_contents(const struct identity *identity);

/* The words with commas between them; and from such a text: false where it is none. */
void identity_text(struct text *out, const struct identity *identity);
bool identity_parse(struct identity *identity, const char *text);

#endif
