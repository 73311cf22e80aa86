/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words and signs of a filter. */
#include "base/text.h"
#include "query/filter_private.h"

#include <string.h>

static const struct {
	const char *sign;
	enum token_type type;
} signs[] = {
    {"&&", TOKEN_AND},     {"||", TOKEN_OR},       {"==", TOKEN_EQUAL}, {"!=", TOKEN_UNEQUAL},
    {"<=", TOKEN_AT_MOST}, {">=", TOKEN_AT_LEAST}, {"..", TOKEN_RANGE}, {"!", TOKEN_NOT},
    {"<", TOKEN_LESS},     {">", TOKEN_MORE},      {"(", TOKEN_OPEN},   {")", TOKEN_CLOSE},
    {"{", TOKEN_BRACE},    {"}", TOKEN_UNBRACE},   {",", TOKEN_COMMA},  {"~", TOKEN_MATCHES},
};

/* Other tools' words for the same. */
static const struct {
	const char *word;
	enum token_type type;
} words[] = {
    {"and", TOKEN_AND},  {"or", TOKEN_OR},       {"not", TOKEN_NOT},         {"in", TOKEN_IN},
    {"eq", TOKEN_EQUAL}, {"ne", TOKEN_UNEQUAL},  {"lt", TOKEN_LESS},         {"le", TOKEN_AT_MOST},
    {"gt", TOKEN_MORE},  {"ge", TOKEN_AT_LEAST}, {"matches", TOKEN_MATCHES}, {"contains", TOKEN_CONTAINS},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_word(const char *at)
{
	return *at == '\0' || is_blank(*at) || strchr("()[]{},\"'&|!=<>~", *at) != NULL ||
	       (at[0] == '.' && at[1] == '.');
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* What follows a backslash; how many bytes that are, 0 when it makes no sense.  In patterns, which have their
   own escapes, only the quote and \xNN of what is printed need one: others are left as they are. */
static size_t unescape(const char *at, struct text *value)
{
	static const char from[] = "nt\\\"'", to[] = "\n\t\\\"'";
	const char *found = at[0] != '\0' ? strchr(from, at[0]) : NULL;

	if (found != NULL) {
		text_char(value, to[found - from]);
		return 1;
	}
	if (at[0] == 'x' && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0 &&
	    (hex_digit(at[1]) | hex_digit(at[2])) != 0) {
		text_char(value, (char)(hex_digit(at[1]) << 4 | hex_digit(at[2])));
		return 3;
	}
	return 0;
}

/* A pattern keeps its backslashes but for that before its own quote. */
static int take_string(const char *text, size_t *at, bool is_pattern, struct token *token, struct err *err)
{
	char quote = text[*at];
	size_t i = *at + 1, n;

	text_str(&token->value, "");
	for (; text[i] != quote; i += n) {
		if (text[i] == '\0')
			return err_set(err, "this quote has no end");
		n = 1;
		if (text[i] != '\\') {
			text_char(&token->value, text[i]);
		} else if (is_pattern) {
			text_add(&token->value, text + i + (text[i + 1] == quote),
				 text[i + 1] == '\0' ? 1 : 2 - (text[i + 1] == quote));
			n = text[i + 1] == '\0' ? 1 : 2;
		} else {
			n = 1 + unescape(text + i + 1, &token->value);
		}
		if (n == 1 && text[i] == '\\') {
			*at = i;
			return err_set(err,
				       "'\\' stands before n, t, x and two digits, a quote or '\\' only");
		}
	}
	token->type = TOKEN_STRING;
	token->len = i + 1 - token->at;
	*at = i + 1;
	return token->value.short_of_memory ? err_nomem(err) : 0;
}

static void take_word(const char *text, size_t *at, struct token *token)
{
	size_t end = *at;

	while (!ends_word(text + end))
		end++;
	token->type = TOKEN_WORD;
	token->len = end - *at;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == token->len && memcmp(words[i].word, text + *at, token->len) == 0)
			token->type = words[i].type;
	*at = end;
}

static bool take_sign(const char *text, size_t *at, struct token *token)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(text + *at, signs[i].sign, strlen(signs[i].sign)) == 0) {
			token->type = signs[i].type;
			token->len = strlen(signs[i].sign);
			*at += token->len;
			return true;
		}
	return false;
}

int token_next(const char *text, size_t *at, struct token *token, struct err *err)
{
	bool is_pattern = token->type == TOKEN_MATCHES;

	while (is_blank(text[*at]))
		++*at;
	text_clear(&token->value);
	token->type = TOKEN_END;
	token->at = *at;
	token->len = 0;
	if (text[*at] == '\0' || take_sign(text, at, token))
		return 0;
	if (text[*at] == '"' || text[*at] == '\'')
		return take_string(text, at, is_pattern, token, err);
	if (ends_word(text + *at))
		return err_set(err, "'%c' means nothing here%s", text[*at],
			       text[*at] == '='   ? "; '==' compares"
			       : text[*at] == '&' ? "; and is '&&'"
			       : text[*at] == '|' ? "; or is '||'"
						  : "");
	take_word(text, at, token);
	return 0;
}
