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

static bool is_content(const char *word)
{
	return strncmp(word, "uuid:", 5) == 0;
}

static bool has_kind(const struct identity *identity, bool content)
{
	for (unsigned i = 0; i < identity->n; i++)
		if (is_content(identity->words[i]) == content)
			return true;
	return false;
}

bool identity_differs(const struct identity *a, const struct identity *b)
{
	bool comparable =
	    (has_kind(a, false) && has_kind(b, false)) || (has_kind(a, true) && has_kind(b, true));

	return comparable && identity_common(a, b) == NULL;
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
