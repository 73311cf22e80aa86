/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Safe text from any bytes.  UTF-8 as RFC 3629 has it: no surrogates, no overlong forms. */
#include "base/escape.h"

#include <stdint.h>
#include <string.h>

static bool is_tail(const char *bytes, size_t len, size_t i)
{
	return i < len && ((unsigned char)bytes[i] & 0xc0) == 0x80;
}

size_t utf8_char(const char *bytes, size_t len)
{
	unsigned char a, b;

	if (len == 0)
		return 0;
	a = (unsigned char)bytes[0];
	if (a < 0x80)
		return 1;
	if (!is_tail(bytes, len, 1) || a < 0xc2 || a > 0xf4)
		return 0;
	b = (unsigned char)bytes[1];
	if (a < 0xe0)
		return 2;
	if (!is_tail(bytes, len, 2) || (a == 0xe0 && b < 0xa0) || (a == 0xed && b >= 0xa0))
		return 0;
	if (a < 0xf0)
		return 3;
	if (!is_tail(bytes, len, 3) || (a == 0xf0 && b < 0x90) || (a == 0xf4 && b >= 0x90))
		return 0;
	return 4;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t load8(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* ASCII goes eight at a time. */
bool utf8_valid(const char *bytes, size_t len)
{
	while (len > 0) {
		size_t n = len >= 8 && (load8(bytes) & EACH(0x80)) == 0 ? 8 : utf8_char(bytes, len);

		if (n == 0)
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

static uint32_t decode(const char *bytes, size_t n)
{
	static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)bytes[0] & first[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)bytes[i] & 0x3f);
	return c;
}

/* Characters that show as nothing of their own or change what is around them: controls, C1 among them, marks of
   direction, separators, and what is no character, which no XML may hold. */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0x180e || (c >= 0xfdd0 && c <= 0xfdef) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c <= 0xe0fff);
}

static void add_hex(struct text *out, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_printf(out, "\\x%02x", (unsigned char)bytes[i]);
}

void escape_terminal(struct text *out, const char *bytes, size_t len)
{
	while (len > 0) {
		size_t n = utf8_char(bytes, len);

		if (bytes[0] == '\\')
			text_str(out, "\\\\");
		else if (bytes[0] == '\n')
			text_str(out, "\\n");
		else if (bytes[0] == '\t')
			text_str(out, "\\t");
		else if (n == 0 || is_invisible(decode(bytes, n)))
			add_hex(out, bytes, n == 0 ? 1 : n);
		else
			text_add(out, bytes, n);
		n = n == 0 ? 1 : n;
		bytes += n;
		len -= n;
	}
}

void escape_utf8(struct text *out, const char *bytes, size_t len)
{
	if (utf8_valid(bytes, len)) {
		text_add(out, bytes, len);
		return;
	}
	while (len > 0) {
		size_t n = utf8_char(bytes, len);

		if (n == 0)
			add_hex(out, bytes, 1);
		else if (bytes[0] == '\\')
			text_str(out, "\\\\");
		else
			text_add(out, bytes, n);
		n = n == 0 ? 1 : n;
		bytes += n;
		len -= n;
	}
}

/* By its number, so that the value stays what it is. */
static void json_char(struct text *out, uint32_t c)
{
	if (c == '"' || c == '\\') {
		text_char(out, '\\');
		text_char(out, (char)c);
	} else if (c == '\n') {
		text_str(out, "\\n");
	} else if (c == '\t') {
		text_str(out, "\\t");
	} else if (c > 0xffff) {
		text_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
	} else {
		text_printf(out, "\\u%04x", c);
	}
}

/* Sets the highest bit of the first byte that is lower; of those behind it perhaps wrongly. */
static uint64_t below(uint64_t word, uint8_t low)
{
	return (word - EACH(low)) & ~word;
}

static uint64_t equal(uint64_t word, uint8_t byte)
{
	return below(word ^ EACH(byte), 1);
}

/* Eight characters that JSON takes as they are. */
static bool is_plain_word(uint64_t word)
{
	return ((word | below(word, 0x20) | equal(word, '"') | equal(word, '\\') | equal(word, 0x7f)) &
		EACH(0x80)) == 0;
}

/* Printable ASCII that JSON takes as it is: most names are.  The rest goes with blanks behind it. */
static bool is_plain(const char *bytes, size_t len)
{
	uint64_t rest = EACH(' ');

	for (; len >= 8; bytes += 8, len -= 8)
		if (!is_plain_word(load8(bytes)))
			return false;
	memcpy(&rest, bytes, len);
	return is_plain_word(rest);
}

void escape_json(struct text *out, const char *bytes, size_t len)
{
	struct text clean = {0};
	size_t from = 0;

	if (is_plain(bytes, len)) {
		text_char(out, '"');
		text_add(out, bytes, len);
		text_char(out, '"');
		return;
	}
	if (!utf8_valid(bytes, len)) {
		escape_utf8(&clean, bytes, len);
		bytes = clean.at ? clean.at : "";
		len = clean.n;
		out->short_of_memory |= clean.short_of_memory;
	}
	text_char(out, '"');
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c;

		n = utf8_char(bytes + i, len - i);
		n = n == 0 ? 1 : n; /* only where memory was short */
		c = decode(bytes + i, n);
		if (c != '"' && c != '\\' && !is_invisible(c))
			continue;
		text_add(out, bytes + from, i - from);
		json_char(out, c);
		from = i + n;
	}
	text_add(out, bytes + from, len - from);
	text_char(out, '"');
	text_free(&clean);
}

void escape_csv(struct text *out, const char *bytes, size_t len)
{
	struct text clean = {0};
	const char *at;

	if (len > 0 && strchr("=+-@", bytes[0]) != NULL && bytes[0] != '\0') {
		add_hex(&clean, bytes++, 1);
		len--;
	}
	escape_terminal(&clean, bytes, len);
	text_char(&clean, '\0');
	out->short_of_memory |= clean.short_of_memory;
	at = clean.short_of_memory ? "" : clean.at;
	len = strlen(at);
	if (len == 0 || (strpbrk(at, ",;\"") == NULL && at[0] != ' ' && at[len - 1] != ' ')) {
		text_str(out, at);
	} else {
		text_char(out, '"');
		for (; *at != '\0'; at++) {
			text_char(out, *at);
			if (*at == '"')
				text_char(out, '"');
		}
		text_char(out, '"');
	}
	text_free(&clean);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool escape_undo(struct text *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char next = text[i] == '\\' && i + 1 < len ? text[i + 1] : '\0';

		if (text[i] != '\\') {
			text_char(out, text[i]);
		} else if (next == 'n' || next == 't' || next == '\\') {
			text_char(out, next == 'n' ? '\n' : next == 't' ? '\t' : '\\');
			i++;
		} else if (next == 'x' && i + 3 < len && hex_digit(text[i + 2]) >= 0 &&
			   hex_digit(text[i + 3]) >= 0) {
			text_char(out, (char)(hex_digit(text[i + 2]) * 16 + hex_digit(text[i + 3])));
			i += 3;
		} else {
			return false;
		}
	}
	return out->at != NULL && !out->short_of_memory;
}
