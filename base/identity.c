/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of words, small enough to be looked through. */
#include "base/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void add_word(struct identity *identity, const char *word)
{
	for (unsigned i = 0; i < identity->n; i++)
		if (strcmp(identity->words[i], word) == 0)
			return;
	if (identity->n < IDENTITY_WORDS)
		snprintf(identity->words[identity->n++], IDENTITY_WORD, "%s", word);
}

void identity_add(struct identity *identity, const char *kind, const char *value)
{
	char word[IDENTITY_WORD];
	size_t len = strlen(kind) + 1 + strlen(value);

	if (value[0] == '\0' || len >= sizeof(word))
		return;
	stpcpy(stpcpy(stpcpy(word, kind), ":"), value);
	for (size_t i = 0; i < len; i++)
		word[i] = word[i] <= ' ' || word[i] == ',' || word[i] > '~'
			      ? '_'
			      : (char)tolower((unsigned char)word[i]);
	add_word(identity, word);
}

void identity_join(struct identity *identity, const struct identity *other)
{
	for (unsigned i = 0; i < other->n; i++)
		add_word(identity, other->words[i]);
}

const char *identity_common(const struct identity *a, const struct identity *b)
{
	for (unsigned i = 0; i < a->n; i++)
		for (unsigned j = 0; j < b->n; j++)
			if (strcmp(a->words[i], b->words[j]) == 0)
				return a->words[i];
	return NULL;
}

bool identity_differs(const struct identity *a, const struct identity *b)
{
	return a->n > 0 && b->n > 0 && identity_common(a, b) == NULL;
}

bool identity_has_contents(const struct identity *identity)
{
	for (unsigned i = 0; i < identity->n; i++)
		if (strncmp(identity->words[i], "uuid:", 5) == 0)
			return true;
	return false;
}

void identity_text(struct text *out, const struct identity *identity)
{
	for (unsigned i = 0; i < identity->n; i++)
		text_printf(out, "%s%s", i > 0 ? "," : "", identity->words[i]);
}

bool identity_parse(struct identity *identity, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		char word[IDENTITY_WORD];

		if (len == 0 || len >= sizeof(word) || memchr(text, ':', len) == NULL)
			return false;
		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		add_word(identity, word);
		text += len + (text[len] == ',');
	}
	return true;
}
